package library

import (
	"errors"

	shipped "github.com/stillwatch/stillwatch/library"
)

// Files are the data files of a library, as bytes.
type Files struct{ Session, Alarms, Codes, Medicines, Rules, Evidence, Effects, Claims, Instruments, Protocols, Consent, Kinetics, Intake, Education, Instructions []byte }

// Shipped is the library that the program carries.
func Shipped() Files {
	return Files{
		Session: shipped.SessionYAML(), Alarms: shipped.AlarmsYAML(), Codes: shipped.CodesYAML(),
		Medicines: shipped.MedicinesYAML(), Rules: shipped.RulesYAML(),
		Evidence: shipped.EvidenceYAML(), Effects: shipped.EffectsYAML(), Claims: shipped.ClaimsYAML(), Instruments: shipped.InstrumentsYAML(),
		Protocols: shipped.ProtocolsYAML(), Consent: shipped.ConsentYAML(), Kinetics: shipped.KineticsYAML(),
		Intake: shipped.IntakeYAML(), Education: shipped.EducationYAML(), Instructions: shipped.InstructionsYAML(),
	}
}

// Fault is one mistake in one file.
type Fault struct {
	File  string `json:"file"`
	Fault string `json:"fault"`
}

// Check reads every file and lists what is wrong. A file that rests on another
// is checked against what could be read of it.
func (f Files) Check() []Fault {
	var out []Fault
	note := func(file string, err error) {
		for _, e := range flatten(err) {
			out = append(out, Fault{File: file, Fault: e.Error()})
		}
	}
	session, err := DecodeSession(f.Session)
	note("session.yaml", err)
	_, err = DecodeAlarms(f.Alarms)
	note("alarms.yaml", err)
	codes, err := DecodeCodes(f.Codes)
	note("codes.yaml", err)
	table, err := DecodeMedicines(f.Medicines, codes)
	note("medicines.yaml", err)
	_, err = DecodeScreening(f.Rules, table, session)
	note("rules.yaml", err)
	_, err = DecodeEvidence(f.Evidence)
	note("evidence.yaml", err)
	_, err = DecodeEffects(f.Effects)
	note("effects.yaml", err)
	_, err = DecodeClaims(f.Claims)
	note("claims.yaml", err)
	_, err = DecodeInstruments(f.Instruments, codes)
	note("instruments.yaml", err)
	_, err = DecodeProtocols(f.Protocols, session)
	note("protocols.yaml", err)
	_, err = DecodeConsent(f.Consent)
	note("consent.yaml", err)
	_, err = DecodeKinetics(f.Kinetics)
	note("kinetics.yaml", err)
	_, err = DecodeIntake(f.Intake)
	note("intake.yaml", err)
	records, err := f.Records()
	if err == nil { // else a file that it rests on is listed already
		_, err = DecodeEducation(f.Education, records)
		note("education.yaml", err)
	}
	_, err = DecodeInstructions(f.Instructions)
	note("instructions.yaml", err)
	return out
}

// ByName gives each file under the name it has in a directory.
func (f *Files) ByName() map[string]*[]byte {
	return map[string]*[]byte{
		"session.yaml": &f.Session, "alarms.yaml": &f.Alarms, "codes.yaml": &f.Codes, "medicines.yaml": &f.Medicines, "rules.yaml": &f.Rules,
		"evidence.yaml": &f.Evidence, "effects.yaml": &f.Effects, "claims.yaml": &f.Claims, "instruments.yaml": &f.Instruments, "protocols.yaml": &f.Protocols,
		"consent.yaml": &f.Consent, "kinetics.yaml": &f.Kinetics, "intake.yaml": &f.Intake,
		"education.yaml": &f.Education, "instructions.yaml": &f.Instructions,
	}
}

// Screening reads the rules of screening and what they rest on.
func (f Files) Screening() (Screening, error) {
	session, err := DecodeSession(f.Session)
	if err != nil {
		return Screening{}, err
	}
	codes, err := DecodeCodes(f.Codes)
	if err != nil {
		return Screening{}, err
	}
	table, err := DecodeMedicines(f.Medicines, codes)
	if err != nil {
		return Screening{}, err
	}
	return DecodeScreening(f.Rules, table, session)
}

// flatten takes joined faults apart, so that each is one line.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	return []error{err}
}
