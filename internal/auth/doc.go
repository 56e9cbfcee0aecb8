// Package auth says who is at the edge: passwords and PINs, accounts and their
// credentials, sign-in with back-off, browser sessions, enrolled devices,
// author grants, the server key and TLS certificates.
//
// It proves identity and says how and when it was proved; what a proved person
// may do is decided by package act alone, asked by app. Everything it keeps
// lies in registers behind the Registers interface. Clock and randomness are
// values of the Config, so that every rule here is tested without waiting.
//
// What is stored can be read without giving anything away: passwords and PINs
// as argon2id, session, device and enrolment tokens as SHA-256 only.
package auth
