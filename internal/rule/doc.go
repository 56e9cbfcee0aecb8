// Package rule checks a patient against rules that are data: expressions in
// CEL over a typed snapshot, evaluated with unknowns. A rule answers clear,
// finding or could not check; what is missing or too old is unknown, and a
// could not check names it. Removing what is known about a patient never turns
// a finding or a could not check into clear.
//
// The package is pure: the snapshot and the instant it is judged at are
// values. It knows no citation: package library says what a rule rests on.
package rule
