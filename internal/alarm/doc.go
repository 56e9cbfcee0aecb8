// Package alarm holds the conditions that a session is watched for, and the
// machine that raises, escalates, repeats and ends their alarms. It is pure:
// Step takes a state, the limits that hold and one input, and returns the next
// state with the changes that somebody has to be told.
//
// The state has two halves. Announced is what people were told and what they
// answered: a fold over changes and acknowledgements, kept as events. Building
// is what is only building up (an onset delay that runs, the last values, a
// cuff reading that waits for its repeat): it is made of inputs alone, and is
// made again from the last half hour of them after a restart.
//
// The state also knows the next instant at which something will change without
// an input; one timer outside wakes the machine then. Between two such instants
// a tick changes nothing, so that it does not matter how often it is woken.
//
// Every number comes from the alarm library (library/alarms.yaml) or from the
// patient's order; none stands here.
package alarm
