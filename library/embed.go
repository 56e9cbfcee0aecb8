// Package library carries the shipped clinical knowledge in the binary, as the
// bytes of its files. internal/library reads and checks them.
package library

import _ "embed" // the data files

//go:embed session.yaml
var session string

// SessionYAML is the data file behind the gates of a session.
func SessionYAML() []byte { return []byte(session) }
