// Package scenariotest plays the scenario files of testdata/scenarios: a visit
// told in the clinic's words, with clock times, given, done and then. One
// strict parser reads them; two clinics play them, the pure core alone and
// the server over HTTP. testdata/scenarios/README.md is the grammar.
package scenariotest
