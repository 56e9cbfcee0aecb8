package session

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

var update = flag.Bool("update", false, "write the corpus examples that are missing; existing ones are never changed")

// examples is one rich event of each type, every field filled where that
// makes sense: it is what the committed corpus was written from.
func examples() []Event {
	read := PumpReading{Rate: unit.MLPerH("28"), Concentration: unit.MgPerML("1"), ToInfuse: ptr(unit.ML("98")), Given: ptr(unit.ML("8.05"))}
	beyond := []Deviation{{Rule: RuleRate, Message: word.M("session.rate_beyond", "60 mL/h", "32 mL/h")}}
	gate := GateResult{Gate: GateStart, Checks: []Check{
		{
			ID: "pump", Outcome: Clear, Hard: true, Title: word.M("gate.pump"), Why: word.M("gate.pump.why", "16 mL/h"), Rule: RuleReadBack,
			Version: 1, Cites: []cite.Ref{{Part: "threshold", Source: "OURS", Mark: cite.Default}},
		},
		{ID: "fasting", Outcome: Finding, Title: word.M("gate.fasting"), Settle: word.M("gate.fasting.settle"), Rule: "CI-NPO", Version: 1, Overridden: 107},
	}}
	seen := fullObservation(read)
	raised := AlarmFact{
		Condition: alarm.SpO2Low, Priority: alarm.High, Rule: "AL-SPO2-LOW", RuleVersion: 1, Since: at(11), Announcement: 2, Stage: alarm.ToNurse,
		Recheck: true, Extent: 1, Value: "88 %", Limit: "below 90 %", Text: word.M("alarm.value", "SpO₂", "88 %", "15 s", "below 90 %"),
		Consider: []word.Message{word.M("alarm.do.oxygen"), word.M("alarm.do.pause")}, Wording: "Clinic setting", Telemetry: "cd34",
	}
	o := order()
	return []Event{
		Scheduled{Patient: patient, Chair: 3, PlannedStart: ten()},
		Arrived{Identifiers: []Identifier{ByBirth, ByName}},
		PrecheckAnswered{Precheck: fullPrecheck()},
		PaperAttested{Document: Consent, Title: said(71), DocumentDate: "2026-11-20"},
		OrderAttached{Order: o},
		OrderReviewed{Order: o.ID},
		ExceptionGranted{Protocol: drug.BasisRow{Name: "protocols/PR-FIRST", Hash: "c0ffee"}, Exception: drug.Exception{Number: "rate", Most: "0.4"}, Reason: said(76)},
		FindingOverridden{Gate: GateDrawUp, Check: "nurse-load", Reason: said(72), Load: 2},
		Readied{Gate: gate},
		Cancelled{Reason: said(73)},
		Transferred{To: said(74), Reason: said(75)},
		LeftEarly{
			Told: said(76), Capacity: HasCapacity, LastSigns: signs("72"), EscortCalled: true, EmergencyCalled: true,
			FollowUpDue: at(24 * 60), InstructionsGiven: true, Deviations: beyond,
		},
		VialsOpened{Vials: []drug.Vial{{Drug: drug.Ketamine, Lot: "K1", Expiry: "2027-01-31", Strength: unit.MgPerML("50"), Volume: unit.ML("5"), Scanned: true}}},
		DrawUpComputed{By: nurse, Mass: unit.Mg("250"), Volume: unit.ML("5")},
		DrawUpDisagreed{
			First:   DrawUpComputed{By: nurse, Mass: unit.Mg("250"), Volume: unit.ML("5")},
			Second:  DrawUpComputed{By: nurseTwo, Mass: unit.Mg("250"), Volume: unit.ML("2.5")},
			Message: word.M("session.draw_up_differ"),
		},
		Prepared{
			First: nurse, Second: nurseTwo, Drawn: unit.Mg("250"), DrawnVolume: unit.ML("5"), BagVolume: unit.ML("250"),
			Concentration: unit.MgPerML("1"), Label: "DEADBEEF-1", UseBy: at(215),
		},
		DrawUpDiscarded{
			Label: "DEADBEEF-1", Why: DiscardLate, Mass: unit.Mg("250"), Volume: unit.ML("250"), Method: said(107), Witness: nurseTwo,
		},
		MonitorLinked{Monitor: monitorOne, Name: "Monitor 1", SentID: said(77), Gap: &Gap{From: at(3), To: at(4)}},
		MonitorUnlinked{Monitor: monitorOne, Reason: word.M("session.unlinked_by_hand")},
		LinkDoubted{Monitor: monitorOne, Reason: word.M("session.doubt_drop"), Since: at(3)},
		OffMonitor{Reason: OffToilet, Companion: said(78), Until: at(8)},
		BackOnMonitor{},
		PumpLinked{Pump: pumpOne, Name: "Pump 6013", SentID: said(110), SentBed: said(111)},
		PumpUnlinked{Pump: pumpOne, Reason: word.M("session.pump_bed")},
		PumpSaid{
			Pump: pumpOne, At: at(5), State: PumpRuns, Why: WhyAlarming, Rate: ptr(unit.MLPerH("16")), Remaining: ptr(unit.ML("98.05")), Delivered: ptr(unit.ML("8")),
		},
		TimeOutDone{
			TimeOut:    TimeOut{LabelRead: "DEADBEEF-1", PatientAgrees: true, CallShown: true, CallPressed: true, RoomQuiet: true, Position: Reclined},
			Deviations: beyond,
		},
		Started{Gate: gate, Ordered: unit.MgPerKgH("0.2"), ToSet: unit.MLPerH("16"), Read: read, Telemetry: "cd34", Deviations: beyond, Phase: PhaseStopped},
		RateChanged{
			Ordered: unit.MgPerKgH("0.35"), ToSet: unit.MLPerH("28"), Read: read, Authority: SpokenOrder, Spoken: 120,
			Reason: said(79), Deviations: beyond, Phase: PhasePaused,
		},
		PumpRead{Read: read, Deviations: beyond},
		RateSettled{Entries: []int64{131, 132}, From: at(20), Rate: unit.MLPerH("16"), Reason: said(84), Deviations: beyond},
		Paused{Cause: PauseClinical, Reason: said(80), Deviations: beyond, Phase: PhaseInfusing},
		Resumed{Gate: gate, Ordered: unit.MgPerKgH("0.2"), ToSet: unit.MLPerH("16"), Read: read, Authority: SpokenOrder, Spoken: 121, Deviations: beyond, Phase: PhaseStopped},
		Stopped{Cause: StopClinical, Reason: said(81), Repeat: true, WhoOpen: true, Phase: PhaseInfusing, Telemetry: "cd34", Deviations: beyond},
		StopClaimed{Stop: 130, By: nurse},
		PumpStopConfirmed{Volume: unit.ML("98.05"), Deviations: beyond},
		SpokenOrderTaken{Prescriber: prescriber, What: SpokenRate, Rate: ptr(unit.MgPerKgH("0.3")), Text: said(82), ReadBack: true},
		SpokenOrderSigned{Spoken: 120},
		Observed{Observation: seen},
		SideEffectNoted{ID: id[ident.SideEffect](91), Code: "nausea", Grade: 1, Text: said(83)},
		SideEffectGraded{ID: id[ident.SideEffect](91), Grade: 2},
		SideEffectResolved{ID: id[ident.SideEffect](91)},
		DrugGiven{
			Drug: "ketamine", Amount: "5", Unit: "mg", Ketamine: unit.Mg("5"), Route: "IV", Adjunct: "bolus", Spoken: 122,
			Sedating: true, FromBag: true, Deviations: beyond,
		},
		RoundTaken{
			Round: RoundObservation, Due: at(15), Readings: []vital.Reading{
				{Kind: vital.SpO2, Value: 97, Quality: vital.Good, Origin: vital.FromDevice, At: at(14.9), Site: "1.2.1.1", Source: "MDC_PULS_OXIM_SAT_O2"},
			},
			Without: []NoReading{{vital.RR, AllDoubted}}, Late: true, Monitor: monitorOne, Telemetry: "cd34",
		},
		ReadingsConfirmed{Entries: []int64{140, 141}},
		ReadingDoubted{Entry: 140, Kind: vital.SpO2, Why: DoubtPatient},
		ConsentWithdrawn{Words: said(112)},
		RoundMissed{Round: RoundObservation, Due: at(15), Through: at(30), Why: MissedOther, Text: said(110)},
		PresenceChecked{},
		NurseResponsible{Nurse: nurse, From: nurseTwo, Read: &read, Seen: 139, Deviations: beyond, Open: &OpenWork{
			Alarms: []OpenAlarm{{alarm.SpO2Low, alarm.High, 2}}, Readings: []int64{130}, Spoken: []int64{120},
			Rounds: []OpenRound{{RoundObservation, at(15)}}, Warning: &OpenWarning{Without: ptr(2), Missing: []string{"consciousness"}},
		}},
		PrescriberResponsible{Prescriber: prescriber, OnSite: true},
		NoteAdded{Text: said(84)},
		Amended{
			Entry: 140, Reason: said(85), Observation: &seen, Read: &read, At: at(12), Struck: true, Deviations: beyond, Phase: PhaseInfusing,
		},
		HelpCalled{},
		HelpUndone{},
		HelpLogged{What: HelpOxygen, Text: said(86)},
		HelpEnded{Outcome: said(87)},
		AlarmRaised{raised},
		AlarmWorsened{raised},
		AlarmEscalated{raised},
		AlarmAnnouncedAgain{raised},
		AlarmPauseEnded{raised},
		AlarmAnswered{AlarmFact: raised, By: nurse},
		AlarmEased{raised},
		AlarmEnded{raised},
		AlarmCleared{raised},
		AlarmAcknowledged{Condition: alarm.SpO2Low, Announcement: 2},
		AlarmPaused{Condition: alarm.SpO2Low, Announcement: 2, Until: at(14)},
		ChairQuietened{Minutes: 5},
		AlarmLimitChanged{
			Limit: drug.Limit{Kind: vital.SpO2, Side: "low", Yellow: "92", Red: "88"}, Was: &drug.Limit{Kind: vital.SpO2, Side: "low", Yellow: "93"}, Reason: said(109),
		},
		RecoveryBegan{},
		DischargeScored{
			MPADSS:  scale.MPADSS{Vitals: 2, Ambulation: 1, Nausea: 2, Pain: 2, Bleeding: 2},
			Aldrete: scale.Aldrete{Activity: 2, Respiration: 2, Circulation: 2, Consciousness: 2, Saturation: 1},
		},
		DischargeChecked{DischargeList{
			EscortSeen: &EscortSeen{Seen: true, Name: said(88), SecondContact: said(89), Manager: said(90)}, TaughtBack: ptr(true),
			Written: ptr(true), Drinks: ptr(true), LineOut: ptr(true), SiteClean: ptr(false), PainAccepted: ptr(true), Transport: "car", SignOff: ptr(true),
			Mood: &Mood{Low: true, Suicidal: true, Action: said(108)},
		}},
		Discharged{Gate: gate, DrivingUntil: at(26 * 60), Telemetry: "cd34"},
		DrugWasted{Mass: unit.Mg("144"), Volume: unit.ML("144"), Method: said(92), Witness: nurseTwo},
		DrugReturned{Mass: unit.Mg("10"), Volume: unit.ML("0.2"), Witness: nurseTwo},
		Reviewed{Meaning: MeaningReviewed, Text: said(93), Head: "ab12"},
		FollowedUp{Outcome: FollowUpReached, Said: said(109)},
		EnteredFromPaper{Paper: Paper{Author: nurseTwo, Sheets: []int64{120, 121}}, Deviations: beyond},
		SheetKept{Sheet{Kind: SheetJPEG, Width: 3024, Height: 4032, Bytes: 3 << 20, Parts: []journal.DetailRef{{ID: said(110).ID, Hash: said(110).Hash}, {ID: said(111).ID, Hash: said(111).Hash}}}},
		Unwatched{From: at(15), To: at(55)},
		TotalReconciled{
			Mass: ptr(unit.Mg("98")), Programmed: unit.MgPerML("1"), Pump: unit.Mg("98"), Record: unit.Mg("106"), Reason: said(112), Deviations: beyond,
		},
		Closed{Drawn: unit.Mg("250"), Given: unit.Mg("106"), Wasted: unit.Mg("144"), Returned: unit.Mg("0")},
	}
}

func fullObservation(read PumpReading) Observation {
	o := round()
	o.Purpose, o.Readings = ForPeak, append(signs("88"), vital.Reading{
		Kind: vital.NIBPSys, Value: 131, Quality: vital.Questionable, Origin: vital.DeviceConfirmed, At: at(39), Site: "left arm", Source: "MDC_PRESS_CUFF_SYS",
	})
	o.Oxygen = &Oxygen{Flow: unit.LPerMin("2"), Device: "nasal cannula"}
	o.Distress, o.StaysWith = ptr(scale.NRS(6)), said(94)
	o.SE12, o.Pump = &scale.SE12{1, 2, 0, 0, 3, 1, 0, 2, 0, 1, 0, 0}, &read
	o.PainNotAsked, o.SE12NotAsked = Asleep, Asleep
	o.WorstHeadache, o.Stood, o.Oriented = true, &Stood{Assisted: true, Steady: true}, ptr(true)
	o.Text, o.Late = said(95), true
	o.Findings = []Deviation{{Rule: RuleHeadache, Message: word.M("session.worst_headache")}}
	return o
}

func fullPrecheck() Precheck {
	glucose := unit.MmolPerL("6.1")
	return Precheck{
		Allergies:  &AllergiesRead{Agreed: true, Change: said(101)},
		Fasting:    &Fasting{Solids: at(-600), ClearFluids: at(-240)},
		Escort:     &Escort{Arranged: true, Name: said(102), Phone: said(103), Reached: true},
		Pregnancy:  &Pregnancy{Applies: true, Result: PregnancyNegative},
		Weight:     &WeightMeasured{Weight: unit.Kg("80.4"), Scale: "scale 2"},
		Medicines:  &Medicines{Changed: true, List: said(104), Theophylline: true, Sedating: true, Stimulant: true},
		Substances: &Substances{Alcohol: true, Cannabis: true, Sedatives: true},
		Conditions: &Conditions{GLP1: true, Insulin: true, Glucose: &glucose, CPAP: true, CPAPHere: true},
		Bladder:    &scale.LUTS6{Frequency: true, Urgency: true, Nocturia: true, Dysuria: true, Haematuria: true, PelvicPain: true},
		Mood:       &Mood{Low: true, Suicidal: true, Action: said(105)},
		LastTime:   &LastTime{Any: true, Text: said(106)},
		ConsentNow: &ConsentNow{Confirmed: true},
		Premed:     &Premed{Given: true, Adjunct: "ondansetron"},
		Access:     &Access{Site: "left forearm", Gauge: 22, Attempts: 1},
	}
}

func corpusFile(name string, version int) string {
	return filepath.Join("testdata", "corpus", fmt.Sprintf("%s.v%d.json", name, version))
}

func TestCodec_CorpusDecodesForEver(t *testing.T) {
	t.Parallel()
	if *update {
		writeCorpus(t)
	}
	for _, k := range Codec.Kinds() {
		b, err := os.ReadFile(corpusFile(k.Name, k.Version))
		if err != nil {
			t.Errorf("every released event has an example: %v", err)
			continue
		}
		b = bytes.TrimSuffix(b, []byte("\n"))
		ev, err := Codec.Decode(k.Name, k.Version, b)
		if err != nil {
			t.Errorf("%s version %d no longer decodes: %v", k.Name, k.Version, err)
			continue
		}
		if again, err := k.Rewrite(b); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%s version %d writes other bytes than it read (%v):\n%s\n%s", k.Name, k.Version, err, again, b)
		}
		_ = Evolve(State{}, Entry{Event: ev})
	}
}

func writeCorpus(t *testing.T) {
	for _, ev := range examples() {
		name, version, payload, err := Codec.Encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		file := corpusFile(name, version)
		if _, err := os.Stat(file); err == nil {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(payload, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCodec_NamesArePastTenseAndOurs(t *testing.T) {
	t.Parallel()
	for _, k := range Codec.Kinds() {
		if !strings.HasPrefix(k.Name, "session.") || strings.Trim(k.Name, "abcdefghijklmnopqrstuvwxyz-.") != "" {
			t.Errorf("%q is not a name of this package", k.Name)
		}
	}
}

func TestCodec_EveryEventRoundTrips(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, ev := range examples() {
		name, version, payload, err := Codec.Encode(ev)
		if err != nil {
			t.Errorf("%T: %v", ev, err)
			continue
		}
		seen[name] = true
		back, err := Codec.Decode(name, version, payload)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, _, again, _ := Codec.Encode(back); !bytes.Equal(again, payload) {
			t.Errorf("%s changed on the way:\n%s\n%s", name, payload, again)
		}
	}
	for _, k := range Codec.Kinds() {
		if k.Current && !seen[k.Name] {
			t.Errorf("no example of %s", k.Name)
		}
	}
}

func TestCodec_RefusesUnsealedTextAndUnknownFields(t *testing.T) {
	t.Parallel()
	if _, _, _, err := Codec.Encode(NoteAdded{Text: journal.Say("her sister called")}); err == nil {
		t.Error("text that was not sealed reached a payload")
	}
	if _, err := Codec.Decode("session.note-added", 1, []byte(`{"text":{},"extra":1}`)); err == nil {
		t.Error("a payload with an unknown field was read")
	}
}

func TestCodec_PayloadHasNoFloats(t *testing.T) {
	t.Parallel()
	for _, ev := range examples() {
		name, _, payload, err := Codec.Encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(payload))
		d.UseNumber()
		for {
			tok, err := d.Token()
			if err != nil {
				break
			}
			if n, ok := tok.(json.Number); ok && strings.ContainsAny(n.String(), ".eE") {
				t.Errorf("%s holds the number %s: quantities are decimal strings with a unit", name, n)
			}
		}
	}
}
