// Package archtest keeps the house in the shape doc/architecture.md draws: it
// parses the tree in process, with no outside command, and says which package
// imports what it may not, where the pure core reads a clock, starts a
// goroutine or changes a package variable, and which package has no comment.
//
// The table of packages, their levels and their peers is in rooms.go. A new
// package enters it first.
package archtest
