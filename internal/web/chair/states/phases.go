package states

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/web/view"
)

func empty(now time.Time) view.Chair {
	return view.Chair{
		Head: 12, AtMS: ms(now), Chair: 3, Table: "/v1/table.json", Zone: zone, PhaseText: "Free",
		Link: view.Link{State: "none", Text: "no monitor linked", Tone: view.Quiet}, Who: view.Who{Person: nurse, Name: "A. Okafor RN", Chair: 3},
		Tiles: []view.Tile{}, Scores: []view.Tile{}, Acts: nobody(), Alarms: calm(), Hearing: view.Hearing{By: []string{}},
	}
}

func scheduled(now time.Time) view.Chair {
	c := base(now, "scheduled", "Expected 10:40")
	unlinked(&c)
	c.Patient.Weight, c.Patient.Allergies, c.Patient.Known = "", "allergies not asked yet", false
	c.Gates = []view.Gate{drawUp(false)}
	c.Acts = does(act("arrive", "Check in"), act("cancel", "Cancel visit"), act("note", "Note"))
	return c
}

func arrived(now time.Time) view.Chair {
	c := base(now, "arrived", "Preparing")
	c.Headline = []view.Part{{Text: "3 of 14 checks stand in the way", Strong: true}}
	c.Gates = []view.Gate{drawUp(false)}
	primary := act("precheck", "Pre-check")
	primary.Sub = "3 parts not asked yet"
	ready := act("ready", "Ready")
	ready.Enabled, ready.Why = false, "3 checks stand in the way: pregnancy test, escort, consent."
	c.Acts = does(primary, act("observe", "Observation"), act("attest", "Paper"), ready, act("link-monitor", "Link monitor"), act("note", "Note"), act("leave", "Left"))
	c.Scores = nil
	return c
}

func ready(now time.Time) view.Chair {
	c := base(now, "ready", "Ready for draw-up")
	c.Gates = []view.Gate{drawUp(true)}
	primary := act("open-vials", "Open vials")
	primary.Sub = "lot, expiry, strength"
	c.Acts = does(primary, act("compute", "Compute"), act("observe", "Observation"), act("note", "Note"))
	return c
}

func prepared(now time.Time) view.Chair {
	c := base(now, "prepared", "Prepared")
	c.Headline = []view.Part{{Text: "label K7-3341", Strong: true}, {Text: "use by 14:05"}}
	c.Gates = []view.Gate{{
		Gate: "start", Title: "Before the start", Blockers: 1, Summary: "1 of 6 stands in the way",
		Checks: []view.Check{
			{
				ID: "pump", Outcome: "could not check", Title: "Pump read back", Why: "Nothing has been typed from the pump.",
				Settle: "Start, and type what the pump shows.", Source: "rule START-3 1", Mark: "our default", Tone: view.Plain, Blocks: true,
			},
			{ID: "label", Outcome: "clear", Title: "Label against patient and order", Why: "K7-3341 read 10:01", Tone: view.Plain},
			{ID: "useby", Outcome: "clear", Title: "Within use-by", Why: "until 14:05", Tone: view.Plain},
			{ID: "monitor", Outcome: "clear", Title: "Monitor linked", Why: "Monitor 3, 1 s", Tone: view.Plain},
			{ID: "call", Outcome: "clear", Title: "Call button pressed and heard", Tone: view.Plain},
			{ID: "room", Outcome: "clear", Title: "Room quiet, patient reclined", Tone: view.Plain},
		},
	}}
	primary := act("start", "Start")
	primary.Sub, primary.Planned = "start pump, then record", true
	c.Acts = does(primary, act("time-out", "Time-out"), act("observe", "Observation"), act("note", "Note"))
	return c
}

// unconfirmed is a chair with readings of the monitor that wait for a person,
// and without an early-warning score.
func unconfirmed(now time.Time) view.Chair {
	c := infusing(now)
	confirm := act("confirm-readings", "Confirm 2 readings")
	confirm.Beside = []string{
		clock(ago(now, 10)) + " pressure 141/85 mmHg, mean pressure 104 mmHg, measured " + clock(ago(now, 12)),
		clock(ago(now, 5)) + " SpO₂ 97 %, pulse 78 /min, no valid reading of breathing (nothing came in time)",
	}
	c.Notices = append(c.Notices, view.Notice{Tone: view.Plain, Text: "From the monitor: 2 readings not confirmed.", Act: &confirm})
	for i := range c.Scores {
		if t := &c.Scores[i]; t.Kind == "early" {
			t.Text, t.Context, t.AtMS, t.Empty = "", "", 0, "no score: no temperature"
		}
	}
	return c
}

func infusing(now time.Time) view.Chair {
	c := base(now, "infusing", "Infusing")
	c.Headline = []view.Part{
		{Text: "1 h 12 of 4 h"},
		{Text: "21.7 mL/h", Strong: true},
		{Text: "of 1 mg/mL, pump read " + clock(ago(now, 2))},
		{Text: "23.6 mg given"},
	}
	c.Timeline = timeline(now, 72)
	primary := act("observe", "Observation")
	primary.Sub = "due " + clock(now.Add(3*time.Minute)) + ", last full set " + clock(ago(now, 12))
	primary.Body = []byte(`{"purpose":"round"}`)
	rate := act("rate", "Rate")
	rate.Planned = true
	c.Acts = does(primary, act("note-side-effect", "Side effect"), act("give-drug", "Drug"), rate, act("pause", "Pause"),
		act("read-pump", "Read pump"), act("presence", "Looked in"), act("off-monitor", "Off monitor"), act("take-over", "Take over"), act("note", "Note"))
	return c
}

func paused(now time.Time) view.Chair {
	c := infusing(now)
	c.Phase, c.PhaseText = "paused", "Paused"
	c.Headline = []view.Part{{Text: "4 min"}, {Text: "0 mL/h", Strong: true}, {Text: "toilet"}, {Text: "22.2 mg given"}}
	last := &c.Timeline.Rate[1]
	last.ToMS = ms(ago(now, 4))
	c.Timeline.Planned = nil
	c.Timeline.Events = append(c.Timeline.Events, view.Mark{AtMS: ms(ago(now, 4)), Mark: "pause", Text: "pause"})
	resume := act("resume", "Resume")
	resume.Planned, resume.Sub = true, "resume pump, then record"
	c.Acts = does(resume, act("observe", "Observation"), act("note-side-effect", "Side effect"), act("give-drug", "Drug"), act("note", "Note"))
	return c
}

func stopped(now time.Time) view.Chair {
	c := paused(now)
	c.Phase, c.PhaseText = "stopped", "Stop recorded, pump not confirmed"
	c.Headline = []view.Part{{Text: "stopped " + clock(ago(now, 4))}, {Text: "22.2 mg given"}}
	c.Timeline.Events[len(c.Timeline.Events)-1] = view.Mark{AtMS: ms(ago(now, 4)), Mark: "stop", Text: "stop"}
	confirm := act("confirm-pump-stopped", "Pump stopped")
	confirm.Sub = "read the volume given"
	claim := act("claim-stop", "I did")
	claim.Body = []byte(`{"stop":41}`)
	c.Notices = []view.Notice{
		{Tone: view.Amber, Text: "Stop recorded " + clock(ago(now, 4)) + ", pump not confirmed: look at the pump."},
		{Tone: view.Plain, Text: "Who stopped is not said yet: recorded by the tablet at chair 3.", Act: &claim},
	}
	c.Acts = does(confirm, act("observe", "Observation"), act("recover", "Recovery"), act("note", "Note"))
	return c
}

func recovering(now time.Time) view.Chair {
	c := paused(now)
	c.Phase, c.PhaseText = "recovering", "Recovering"
	c.Headline = []view.Part{{Text: "26 of 60 min"}, {Text: "22.2 mg given, 0.31 mg/kg"}}
	c.Timeline.Rate[1].ToMS = ms(ago(now, 26))
	c.Timeline.Events[len(c.Timeline.Events)-1] = view.Mark{AtMS: ms(ago(now, 26)), Mark: "stop", Text: "stop"}
	primary := act("observe", "Observation")
	primary.Sub = "due " + clock(now.Add(4*time.Minute))
	c.Acts = does(primary, act("score-discharge", "Scores"), act("check-discharge", "Going home"), act("waste", "Waste"), act("note", "Note"))
	return c
}

func discharge(now time.Time) view.Chair {
	c := recovering(now)
	c.Headline = []view.Part{{Text: "63 of 60 min"}, {Text: "1 check stands in the way", Strong: true}}
	escort := act("check-discharge", "Answer")
	override := act("override", "Accept with reason")
	c.Gates = []view.Gate{{
		Gate: "discharge", Title: "Before going home", Blockers: 1, Summary: "1 of 9 stands in the way",
		Checks: []view.Check{
			{
				ID: "G-6", Outcome: "finding", Title: "Escort seen in person", Why: "Not seen. Name given: T. Rivera.",
				Settle: "Stay; call the second contact; a named manager decides.", Source: "rule G-6 1 · product label", Mark: "verified", Tone: view.Amber, Blocks: true, Act: &escort,
			},
			{
				ID: "G-3", Outcome: "finding", Title: "Pressure against baseline", Why: "141/85, baseline 122/74: within 20 %, above 140.",
				Settle: "Measure again, or accept with a reason.", Source: "rule G-3 1", Mark: "our default", Tone: view.Amber, Override: &override,
			},
			{ID: "G-1", Outcome: "clear", Title: "Scores", Why: "MPADSS 9, Aldrete 10", Tone: view.Plain},
			{ID: "G-2", Outcome: "clear", Title: "Awake and oriented", Tone: view.Plain},
			{ID: "G-4", Outcome: "clear", Title: "60 minutes since the end", Tone: view.Plain},
			{ID: "G-5", Outcome: "clear", Title: "No sedating rescue drug", Tone: view.Plain},
			{ID: "G-7", Outcome: "clear", Title: "Driving-until time given", Tone: view.Plain},
			{ID: "G-8", Outcome: "clear", Title: "Drinks, line out, site clean", Tone: view.Plain},
			{ID: "G-9", Outcome: "clear", Title: "Second pair of eyes", Why: "L. Brandt RN", Tone: view.Plain},
		},
	}}
	d := act("discharge", "Discharge")
	d.Planned, d.Sub = true, "1 check stands in the way"
	c.Acts = does(d, act("check-discharge", "Going home"), act("observe", "Observation"), act("waste", "Waste"), act("note", "Note"))
	return c
}

func discharged(now time.Time) view.Chair {
	c := recovering(now)
	c.Phase, c.PhaseText = "discharged", "Gone home"
	c.Headline = []view.Part{{Text: "no driving until tomorrow, after a night's sleep"}, {Text: "drawn 50 mg, given 22.2 mg"}, {Text: "27.8 mg to account for", Strong: true}}
	unlinked(&c)
	waste := act("waste", "Waste")
	waste.Sub, waste.Witness = "27.8 mg, with a witness", true
	c.Acts = does(waste, act("return", "Return"), act("review", "Review and sign"), act("close", "Close"), act("note", "Note"))
	return c
}

func locked(now time.Time) view.Chair {
	c := infusing(now)
	c.Who = view.Who{Device: "tablet at chair 3", Chair: 3, Locked: true}
	return c
}

func monitorLost(now time.Time) view.Chair {
	c := infusing(now)
	since := ago(now, 6)
	c.Link = view.Link{State: "lost", Text: "no data from Monitor 3 since " + clock(since), Monitor: "Monitor 3", Device: monitor, Tone: view.Amber}
	c.Device = nil
	for i := range c.Tiles[1:] {
		c.Tiles[i+1].AtMS = ms(since)
	}
	for i := range c.Timeline.Series {
		s := &c.Timeline.Series[i]
		for len(s.Points) > 0 && int64(s.Points[len(s.Points)-1][0]) > ms(since) {
			s.Points = s.Points[:len(s.Points)-1]
		}
		s.Gaps = append(s.Gaps, view.Gap{FromMS: ms(since), Text: "no signal since " + clock(since)})
	}
	off := act("off-monitor", "Off on purpose")
	c.Notices = []view.Notice{{Tone: view.Amber, Text: "No data from Monitor 3 since " + clock(since) + ". Look at the patient and the cables.", Act: &off}}
	return c
}

func doubted(now time.Time) view.Chair {
	c := infusing(now)
	c.Link = view.Link{State: "doubted", Text: "link not confirmed since " + clock(ago(now, 1)), Monitor: "Monitor 3", Device: monitor, Tone: view.Amber}
	c.Device = nil
	link := act("link-monitor", "Yes, this patient")
	link.Body = []byte(`{"monitor":"` + monitor + `"}`)
	c.Notices = []view.Notice{{
		Tone: view.Amber, Text: "Is Monitor 3 on Maria Rivera? It was silent for 4 min and is back since " + clock(ago(now, 1)) + ". Until then its values are not charted.", Act: &link,
	}}
	return c
}

func help(now time.Time) view.Chair {
	c := infusing(now)
	since := now.Add(-94 * time.Second)
	c.Help = &view.Help{
		SinceMS: ms(since), UndoUntilMS: ms(since.Add(5 * time.Second)),
		Log: []view.HelpRow{
			{AtMS: ms(since.Add(40 * time.Second)), Time: clock(since.Add(40 * time.Second)), Text: "Oxygen", By: "A. Okafor RN"},
			{AtMS: ms(since.Add(70 * time.Second)), Time: clock(since.Add(70 * time.Second)), Text: "Airway", By: "A. Okafor RN"},
		},
		Acts: []view.Option{
			{Value: "drug", Label: "Drug"},
			{Value: "oxygen", Label: "Oxygen"},
			{Value: "airway", Label: "Airway"},
			{Value: "compressions", Label: "Compressions"},
			{Value: "shock", Label: "Shock"},
			{Value: "ambulance called", Label: "Ambulance called"},
			{Value: "help arrived", Label: "Help arrived"},
		},
	}
	return c
}

// unlinked takes the monitor and its values away.
func unlinked(c *view.Chair) {
	c.Link = view.Link{State: "none", Text: "no monitor linked", Tone: view.Quiet}
	c.Device = nil
	for i := range c.Tiles {
		c.Tiles[i].Text, c.Tiles[i].AtMS, c.Tiles[i].Context, c.Tiles[i].Empty = "", 0, "", "no monitor linked"
	}
	c.Scores = nil
}

func drawUp(open bool) view.Gate {
	precheck, attest := act("precheck", "Ask"), act("attest", "Read on paper")
	g := view.Gate{
		Gate: "draw-up", Title: "Before a vial is opened", Open: open, Summary: "nothing stands in the way",
		Checks: []view.Check{
			{ID: "order", Outcome: "attested on paper", Title: "Order", Why: "read by A. Okafor RN, dated 16 November", Source: "rule ORD-1 1", Mark: "our default", Tone: view.Plain},
			{ID: "identity", Outcome: "clear", Title: "Identity", Why: "full name, date of birth", Tone: view.Plain},
			{ID: "fasting", Outcome: "clear", Title: "Fasting", Why: "solids 22:00, clear fluids 6:30", Tone: view.Plain},
			{ID: "allergy", Outcome: "clear", Title: "Allergies read back", Tone: view.Plain},
			{ID: "weight", Outcome: "clear", Title: "Weight today", Why: "72.4 kg", Tone: view.Plain},
			{ID: "baseline", Outcome: "clear", Title: "Two resting sets", Why: "122/74 and 121/75, 7 min apart", Tone: view.Plain},
			{ID: "room", Outcome: "clear", Title: "Room check", Why: "signed 7:52", Tone: view.Plain},
			{ID: "staff", Outcome: "clear", Title: "Staff and credentials", Tone: view.Plain},
		},
	}
	if open {
		return g
	}
	g.Blockers, g.Summary = 3, "3 of 11 stand in the way"
	g.Checks = append([]view.Check{
		{
			ID: "escort", Outcome: "finding", Title: "Escort", Why: "Not reached by phone, 9:50.", Settle: "Reach the escort, or the second contact.",
			Source: "rule ESC-1 1 · product label", Mark: "verified", Tone: view.Amber, Blocks: true, Act: &precheck,
		},
		{
			ID: "pregnancy", Outcome: "could not check", Title: "Pregnancy test", Why: "Not asked yet.", Settle: "Ask, and test where it applies.",
			Source: "rule PREG-1 1", Mark: "secondary", Tone: view.Plain, Blocks: true, Act: &precheck,
		},
		{
			ID: "consent", Outcome: "could not check", Title: "Consent", Why: "No signed consent is known here.", Settle: "Read it on paper and attest it.",
			Source: "rule CONS-1 1", Mark: "our default", Tone: view.Plain, Blocks: true, Act: &attest,
		},
	}, g.Checks...)
	return g
}

// nobody is what help and stop say at a chair without a visit.
func nobody() []view.Act {
	return []view.Act{
		{Act: "session.help", Label: "Call for help", Why: "No visit at this chair: shout, and use the room's bell."},
		{Act: "session.stop", Label: "Stop", Sub: "stop pump, then record", Why: "No visit at this chair."},
	}
}
