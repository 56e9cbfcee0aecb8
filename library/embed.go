// Package library carries the shipped clinical knowledge in the binary, as the
// bytes of its files. internal/library reads and checks them.
package library

import _ "embed" // the data files

//go:embed session.yaml
var session string

//go:embed alarms.yaml
var alarms string

//go:embed rules.yaml
var rules string

//go:embed medicines.yaml
var medicines string

//go:embed codes.yaml
var codes string

// SessionYAML is the data file behind the gates of a session.
func SessionYAML() []byte { return []byte(session) }

// AlarmsYAML is the data file of the alarms.
func AlarmsYAML() []byte { return []byte(alarms) }

// RulesYAML is the data file of the screening rules.
func RulesYAML() []byte { return []byte(rules) }

// MedicinesYAML is the table of medicines and the classes they belong to.
func MedicinesYAML() []byte { return []byte(medicines) }

// CodesYAML is the table of codes that other files may use.
func CodesYAML() []byte { return []byte(codes) }
