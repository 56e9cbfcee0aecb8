// Package library carries the shipped clinical knowledge in the binary, as the
// bytes of its files. internal/library reads and checks them.
package library

import _ "embed" // the data files

//go:embed session.yaml
var session string

//go:embed alarms.yaml
var alarms string

// SessionYAML is the data file behind the gates of a session.
func SessionYAML() []byte { return []byte(session) }

// AlarmsYAML is the data file of the alarms.
func AlarmsYAML() []byte { return []byte(alarms) }
