// Package hl7 reads what a bedside monitor says. Bytes of one HL7 version 2
// message go in; vitals, the rows that could not be trusted, and the reply to
// give come out.
//
// It reads the IHE device reports (PCD-01, ORU^R01) generously in form and
// strictly in meaning: separators, line ends, charsets and missing fields are
// tolerated, but a number becomes a vital only when the code and the name
// agree with the table in code.go, the unit is one that units.go converts,
// and no flag speaks against it. Everything else is set aside with a reason
// that a nurse can read. One bad row never loses the message.
//
// Structure is no sign of safety: a message may parse without a fault and
// still call a cuff pressure arterial.
//
// The package is pure: no clock, no socket, no package state.
package hl7
