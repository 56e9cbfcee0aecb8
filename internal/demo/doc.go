// Package demo runs a demonstration clinic: six chairs, each with a virtual
// monitor that speaks HL7 v2 over MLLP, and a morning that has already
// happened. The past is made by the same commands and messages, through the
// same doors, under a clock that is moved by hand; no table is written.
package demo
