// Package safetytest reads the hazard register in doc/safety/hazards.yaml and
// checks that each hazard has its controls and that each control names tests
// that stand in the tree. It cannot tell whether a test is a good one: that is
// for the reviewer of the register.
package safetytest
