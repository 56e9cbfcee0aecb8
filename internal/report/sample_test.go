package report

import (
	"fmt"
	"time"
)

// sample is a whole visit with something of everything.
func sample() Document {
	return Document{
		Title: "Infusion visit record", Clinic: "Clinic am Stadtgraben",
		Patient: Patient{
			Name: "Māra Đặng-Øster", Born: "born 4 May 1981", Number: "P-1023", Detail: "45 years · 72.4 kg",
			Allergies: "allergic to morphine (hives)", AllergiesKnown: true,
		},
		Visit:   "Monday 23 November 2026 · chair 3 · Discharged",
		Missing: []string{"3.4 mg not accounted for", "the prescriber’s signature"},
		Facts: []Fact{
			{Term: "Given", Text: "86.80 mg, 1.199 mg/kg, 86.80 mL", Note: "by the pump’s read-back rate"},
			{Term: "Order", Text: "ketamine 1 mg/mL, dosing weight 72.4 kg (measured), 0.2 mg/kg/h for 30 min, then 0.3 mg/kg/h for 210 min"},
			{Term: "Prescriber", Text: "J. Weiss MD, signed 23 November 2026 08:12"},
			{Term: "Monitor", Text: "Bed 3, one gap 9:46–9:49", Tone: Amber},
		},
		Gates:   []Gate{sampleGate("Before a vial is opened"), sampleGate("Before the pump is started")},
		Tables:  []Table{observations(17), {Title: "Drugs beside the infusion", Empty: "None was given."}},
		Account: []Fact{{Term: "Drawn", Text: "100 mg"}, {Term: "Given", Text: "86.80 mg"}, {Term: "Wasted, witnessed", Text: "9.8 mg", Note: "by L. Brandt RN"}, {Term: "Not accounted for", Text: "3.4 mg", Tone: Amber}},
		Entries: sampleEntries(40),
		Signatures: []Signature{
			{Name: "J. Weiss MD", Roles: "prescriber", Time: "23 November 2026 08:12:04 CET", Meaning: "ordered", Of: "order 7c1f"},
			{Name: "L. Brandt RN", Roles: "nurse", Time: "23 November 2026 08:51:40 CET", Meaning: "prepared, as second person", Of: "label 0193-22"},
			{Name: "A. Okafor RN", Roles: "nurse, director", Time: "23 November 2026 13:55:11 CET", Meaning: "discharged", Of: "discharge gate"},
		},
		Head: Head{
			Short: "entry 4211, 3f7a9c0e5b1d2846…, 14:01:05",
			Full:  "entry 4211, 3f7a9c0e5b1d28463f7a9c0e5b1d28463f7a9c0e5b1d28463f7a9c0e5b1d2846, 14:01:05",
		},
		Printed: "printed 23 November 2026 14:02 by A. Okafor RN",
		At:      time.Date(2026, 11, 23, 13, 2, 0, 0, time.UTC), Demo: true,
	}
}

func sampleGate(title string) Gate {
	return Gate{Title: title, Summary: "Passed 8:51 with one accepted finding.", Checks: []Check{
		{Outcome: "finding", Title: "Last solid food 5 h 10 before.", Why: "Solids ≥ 6 h before.", Settle: "Accepted by J. Weiss MD: light meal, low risk.", Source: "rule FASTING 1, ASA 2023", Mark: "clinic default", Tone: Amber},
		{Outcome: "attested on paper", Title: "Consent.", Why: "Consent form 4, 2 November 2026, read by A. Okafor RN.", Tone: Quiet},
		{Outcome: "clear", Title: "Identity.", Why: "Name and date of birth compared 8:40.", Tone: Plain},
		{Outcome: "could not check", Title: "Glucose.", Why: "Not measured.", Settle: "Measure it.", Tone: Red},
	}}
}

func observations(n int) Table {
	t := Table{Title: "Observations", Columns: []string{"Time", "Why", "Pressure mmHg", "Pulse /min", "SpO₂ %", "Breathing /min", "Awake", "Pain", "Distress", "By"}}
	for i := range n {
		t.Rows = append(t.Rows, []string{fmt.Sprintf("%d:%02d", 9+i/4, i%4*15), "scheduled", "131/79", fmt.Sprint(70 + i), "97", "14", "5", "not asked", "0", "A. Okafor RN"})
	}
	return t
}

func sampleEntries(n int) []Entry {
	kinds := []Entry{
		{Title: "Checked in", Text: "full name and date of birth compared", By: "A. Okafor RN"},
		{Title: "Infusion started", Text: "14.5 mL/h of 1 mg/mL, read from the pump", By: "A. Okafor RN"},
		{Title: "Rate found", Text: "21.9 mL/h", By: "A. Okafor RN", Tone: Amber, Findings: []string{"0.9 % above the ordered 21.7 mL/h"}, Replaced: []string{"corrected by A. Okafor RN at 9:31: rate 21.7 mL/h, 9:20"}},
		{Title: "Note", Text: "sleeping", By: "L. Brandt RN", Struck: true},
		{Title: "Note", Text: "Says the room is “far away, but kind”.\nAsked for the blanket; companion stays in the room and knows whom to call.", By: "L. Brandt RN"},
		{Title: "Stopped", Text: "pump stopped, then recorded", By: "tablet, person to be confirmed", Tone: Red},
	}
	out := make([]Entry, n)
	for i := range out {
		out[i] = kinds[i%len(kinds)]
		out[i].Position = int64(3990 + 7*i)
		out[i].Time = fmt.Sprintf("%d:%02d", 8+i/12, i%12*5)
		if i%7 == 3 {
			out[i].Time += ", charted 12:31"
		}
	}
	return out
}
