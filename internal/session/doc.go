// Package session is one infusion visit: its commands and events, the state
// they add up to, what may be decided from it, the gates, and the exact
// totals. It is pure: everything a decision looks at comes in as a value.
package session
