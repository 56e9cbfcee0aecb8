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

//go:embed evidence.yaml
var evidence string

//go:embed effects.yaml
var effects string

//go:embed claims.yaml
var claims string

//go:embed instruments.yaml
var instruments string

//go:embed protocols.yaml
var protocols string

//go:embed consent.yaml
var consent string

//go:embed kinetics.yaml
var kinetics string

//go:embed intake.yaml
var intake string

//go:embed education.yaml
var education string

//go:embed instructions.yaml
var instructions string

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

// EvidenceYAML is what is known of ketamine for each condition.
func EvidenceYAML() []byte { return []byte(evidence) }

// EffectsYAML is the vocabulary of side effects.
func EffectsYAML() []byte { return []byte(effects) }

// ClaimsYAML is the claims of promotion against the evidence.
func ClaimsYAML() []byte { return []byte(claims) }

// InstrumentsYAML is the scored instruments and what may be shipped of them.
func InstrumentsYAML() []byte { return []byte(instruments) }

// ProtocolsYAML is the data file of the protocols.
func ProtocolsYAML() []byte { return []byte(protocols) }

// ConsentYAML is the consent document.
func ConsentYAML() []byte { return []byte(consent) }

// KineticsYAML is the published models of ketamine in the body.
func KineticsYAML() []byte { return []byte(kinetics) }

// IntakeYAML is what patients are asked themselves.
func IntakeYAML() []byte { return []byte(intake) }

// EducationYAML is what patients read before they decide.
func EducationYAML() []byte { return []byte(education) }

// InstructionsYAML is what patients do before an infusion and after it.
func InstructionsYAML() []byte { return []byte(instructions) }
