// Package mllp carries HL7 messages over TCP: the framing (0x0B … 0x1C 0x0D),
// a listener for monitors that connect to us, a dialler for monitors that
// wait to be called, and a client that sends and waits for its own
// acknowledgement.
//
// Framing is read generously and every fault is said in words: how many bytes
// came, what they began with and what was missing. No error or notice holds
// message content beyond its first four bytes, so all may be logged.
//
// Connections are served one message at a time: the handler stores the
// message, then its reply is written. A monitor that never reads replies is
// still heard. Connections do not share state; a fault on one never reaches
// another.
//
// MLLP has neither encryption nor sign-in. Peers are admitted by network
// only, so monitors belong on a network of their own.
package mllp
