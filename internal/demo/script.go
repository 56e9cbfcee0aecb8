package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/simmon"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// visit is one chair's morning, told as offsets from now.
type visit struct {
	chair   int
	nurse   string
	planned time.Duration // planned start
	minutes drug.Minutes  // ordered length
	number  int
	arrived time.Duration
	started time.Duration
	// until names how far the story goes: "", "arrived", "infusing", "recovering".
	until  string
	stands func(p *player, v visit, now time.Time) // what happened beside the routine
}

const m = time.Minute

// story is where each chair stands when the demonstration opens.
func story() []visit {
	return []visit{
		{chair: 1, nurse: "brandt", planned: -95 * m, minutes: 74, number: 3, arrived: -140 * m, started: -95 * m, until: "recovering", stands: quiet},
		{chair: 2, nurse: "brandt", planned: 15 * m, minutes: 120, number: 1, arrived: -25 * m, until: "arrived"},
		{chair: 3, nurse: "okafor", planned: -72 * m, minutes: 240, number: 4, arrived: -120 * m, started: -72 * m, until: "infusing", stands: floating},
		{chair: 4, nurse: "okafor", planned: -44 * m, minutes: 110, number: 2, arrived: -90 * m, started: -44 * m, until: "infusing", stands: quiet},
		{chair: 5, planned: 28 * m, minutes: 120, number: 1, until: ""},
		{chair: 6, nurse: "brandt", planned: -8 * m, minutes: 120, number: 5, arrived: -55 * m, started: -8 * m, until: "infusing", stands: quiet},
	}
}

// write turns the story into steps.
func (p *player) write(now time.Time, patientIDs map[int]ident.Patient) {
	for _, v := range story() {
		p.plan(now, v, patientIDs[v.chair])
		if v.until == "" {
			continue
		}
		p.arrive(now, v)
		if v.until == "arrived" {
			continue
		}
		p.prepare(now, v)
		p.infuse(now, v)
		if v.until == "recovering" {
			p.recover(now, v)
		}
		if v.stands != nil {
			v.stands(p, v, now)
		}
	}
}

func (p *player) plan(now time.Time, v visit, patient ident.Patient) {
	early := now.Add(-160 * m)
	p.say(early, v.chair, "quinn", session.ActSchedule, obj{"patient": patient, "chair": v.chair, "planned_start": now.Add(v.planned).UTC()})
	p.at(early.Add(time.Second), func(ctx context.Context) error {
		o := order(app.NewID[ident.Order](p.app), patient, p.who["weiss"].Person, p.weights[v.chair], v.minutes, v.number, p.clock.Now().UTC())
		return p.send(ctx, p.visits[v.chair], "weiss", session.ActAttachOrder, obj{"order": o})
	})
}

func (p *player) arrive(now time.Time, v visit) {
	t := now.Add(v.arrived)
	p.say(t, v.chair, "quinn", session.ActArrive, obj{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	p.say(t.Add(m), v.chair, v.nurse, session.ActTakeNurse, obj{})
	p.say(t.Add(m), v.chair, "weiss", session.ActTakePrescriber, obj{"on_site": true})
	p.link(t.Add(m), v)
	papers := []session.Document{session.Consent}
	if !p.screened[v.chair] {
		papers = append(papers, session.Screening)
	}
	for _, doc := range papers {
		p.say(t.Add(3*m), v.chair, v.nurse, session.ActAttest, obj{"document": doc, "title": text("signed form in the paper file"), "document_date": now.Add(-48 * time.Hour).Format(time.DateOnly)})
	}
	p.say(t.Add(4*m), v.chair, v.nurse, session.ActPrecheck, precheck(t, v, p.weights[v.chair], v.until != "arrived"))
	// The cuff inflates every 5 min: a set waits for one since the link, which
	// alone is known to be this patient's.
	p.baseline(t.Add(7*m), v)
	p.baseline(t.Add(12*m+30*time.Second), v)
}

func precheck(t time.Time, v visit, kg string, reached bool) obj {
	return obj{
		"allergies":   obj{"agreed": true},
		"fasting":     obj{"solids": t.Add(-12 * time.Hour).UTC(), "clear_fluids": t.Add(-3 * time.Hour).UTC()},
		"escort":      obj{"arranged": true, "name": text("a sister"), "phone": text("555 0100"), "reached": reached, "will_drive": false},
		"pregnancy":   obj{"applies": false, "why": session.NotChildbearing},
		"weight":      obj{"weight": qty(kg, "kg"), "scale": "scale 1"},
		"medicines":   obj{"changed": false, "theophylline": false, "sedating": false, "stimulant": false},
		"substances":  obj{"alcohol": false, "cannabis": false, "sedatives": false},
		"conditions":  obj{"glp1": false, "insulin": false, "cpap": false},
		"bladder":     obj{"frequency": false, "urgency": false, "nocturia": false, "dysuria": false, "haematuria": false, "pelvic_pain": false},
		"mood":        obj{"low": false, "suicidal": false},
		"last_time":   obj{"first": v.number == 1, "any": false},
		"consent_now": obj{"confirmed": true},
		"premed":      obj{"given": false, "declined": true},
		"access":      obj{"site": "left forearm", "gauge": 22, "attempts": 1},
	}
}

func (p *player) link(t time.Time, v visit) {
	p.at(t, func(ctx context.Context) error {
		id, ok := p.monitorAt(v.chair)
		if !ok {
			return fmt.Errorf("no monitor has spoken at chair %d", v.chair)
		}
		return p.send(ctx, p.visits[v.chair], v.nurse, session.ActLinkMonitor, obj{"monitor": id})
	})
}

func (p *player) monitorAt(chair int) (ident.Device, bool) {
	for _, f := range p.app.Monitors() {
		if f.Monitor.Chair == ident.Chair(chair) && !f.Monitor.Pump {
			return f.Monitor.ID, true
		}
	}
	return "", false
}

// signs are the monitor's values as a nurse confirms them.
func (p *player) signs(chair int) []vital.Reading {
	var out []vital.Reading
	id, ok := p.monitorAt(chair)
	f, known := p.app.Feed(id)
	if !ok || !known {
		return nil
	}
	for _, k := range []vital.Kind{vital.NIBPSys, vital.NIBPDia, vital.NIBPMean, vital.Pulse, vital.SpO2, vital.RR} {
		for _, row := range f.Sites(k) {
			out = append(out, vital.Reading{
				Kind: k, Value: k.Round(row.Sample.Value), Quality: vital.Good, Origin: vital.DeviceConfirmed,
				At: row.At.UTC(), Site: row.Sample.Site, Source: row.Sample.Source,
			})
		}
	}
	return out
}

// confirm looks at a link in doubt, as a nurse does on each visit to the chair.
func (p *player) confirm(ctx context.Context, v visit) error {
	now, err := p.app.Visit(ctx, p.visits[v.chair])
	if err != nil || now.State.Link.Confirmed || now.State.Link.Monitor == "" {
		return err
	}
	return p.send(ctx, p.visits[v.chair], v.nurse, session.ActLinkMonitor, obj{"monitor": now.State.Link.Monitor})
}

// observe adds one complete observation.
func (p *player) observe(t time.Time, v visit, purpose session.Purpose) {
	// Values count from the confirmation on, so that a link in doubt is looked at first.
	p.at(t.Add(-30*time.Second), func(ctx context.Context) error { return p.confirm(ctx, v) })
	p.at(t, func(ctx context.Context) error {
		return p.send(ctx, p.visits[v.chair], v.nurse, session.ActObserve, set(purpose, p.signs(v.chair)))
	})
}

func (p *player) baseline(t time.Time, v visit) {
	p.at(t, func(ctx context.Context) error {
		temp := vital.Reading{Kind: vital.Temp, Value: 36.6, Quality: vital.Good, Origin: vital.ByHand}
		body := set(session.ForBaseline, append(p.signs(v.chair), temp))
		body["se12"], body["nothing_new"], body["oriented"] = make([]int, 12), false, true
		return p.send(ctx, p.visits[v.chair], v.nurse, session.ActObserve, body)
	})
}

// set is one complete observation of a settled patient.
func set(purpose session.Purpose, signs []vital.Reading) obj {
	return obj{
		"purpose": purpose, "readings": signs, "oxygen": obj{"air": true, "flow": qty("0", "L/min")},
		"position": session.Reclined, "sedation": 5, "pain": 5, "distress": 0, "site": session.SiteFine, "nothing_new": true,
	}
}

func (p *player) prepare(now time.Time, v visit) {
	t := now.Add(v.arrived + 13*m)
	second := "brandt"
	if v.nurse == "brandt" {
		second = "okafor"
	}
	p.say(t, v.chair, v.nurse, session.ActReady, obj{})
	p.say(t.Add(m), v.chair, v.nurse, session.ActOpenVials, obj{"vials": []obj{{
		"drug": "ketamine", "lot": "DEMO-2291", "expiry": now.AddDate(1, 0, 0).Format(time.DateOnly), "strength": qty("50", "mg/mL"), "volume": qty("2", "mL"),
	}}})
	for i, who := range []string{v.nurse, second} {
		p.say(t.Add(time.Duration(2+i)*m), v.chair, who, session.ActCompute, obj{"mass": qty("100", "mg"), "volume": qty("2", "mL")})
	}
}

func (p *player) infuse(now time.Time, v visit) {
	start := now.Add(v.started)
	p.at(start.Add(-time.Second), func(ctx context.Context) error { return p.confirm(ctx, v) })
	p.at(start.Add(-m), func(ctx context.Context) error {
		visit, err := p.app.Visit(ctx, p.visits[v.chair])
		if err != nil {
			return err
		}
		if visit.State.Prepared == nil {
			return fmt.Errorf("chair %d: the drug is not prepared", v.chair)
		}
		return p.send(ctx, p.visits[v.chair], v.nurse, session.ActTimeOut, obj{
			"label_read": visit.State.Prepared.Label, "patient_agrees": true, "call_shown": true, "call_pressed": true,
			"room_quiet": true, "position": session.Reclined,
		})
	})
	p.linkPump(start.Add(-3*m), v)
	p.atRate(start, v, 0, session.ActStart)
	end := now
	if v.until == "recovering" {
		end = start.Add(v.minutes.Duration())
	}
	if start.Add(20 * m).Before(end) {
		p.atRate(start.Add(20*m), v, 1, session.ActRate)
	}
	for t := start.Add(15 * m); t.Before(end.Add(-30 * time.Second)); t = t.Add(15 * m) {
		p.observe(t, v, session.ForRound)
		if t.Sub(start) == 30*m {
			p.peak(start.Add(40*m), v)
		}
		p.say(t.Add(7*m), v.chair, v.nurse, session.ActPresence, obj{})
	}
}

// accept lets the prescriber accept the soft findings of a gate, each with a
// reason, as a busy morning has it.
func (p *player) accept(ctx context.Context, v visit, g session.GateResult) error {
	for _, c := range g.Blockers() {
		if c.Outcome != session.Finding || c.Hard {
			continue
		}
		body := obj{"gate": g.Gate, "check": c.ID, "reason": text("second nurse in the room for the first half hour")}
		if err := p.send(ctx, p.visits[v.chair], "weiss", session.ActOverride, body); err != nil {
			return err
		}
	}
	return nil
}

// peak asks the twelve side effects whole, at the protocol's time of peak.
func (p *player) peak(t time.Time, v visit) {
	p.at(t, func(ctx context.Context) error {
		body := set(session.ForPeak, p.signs(v.chair))
		body["se12"], body["nothing_new"] = []int{1, 2, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0}, false
		return p.send(ctx, p.visits[v.chair], v.nurse, session.ActObserve, body)
	})
}

// atRate sets the pump to a step of the order and reads it back.
func (p *player) atRate(t time.Time, v visit, stepNo int, what act.Act) {
	p.at(t, func(ctx context.Context) error {
		visit, err := p.app.Visit(ctx, p.visits[v.chair])
		if err != nil {
			return err
		}
		o := visit.State.Order
		rate := o.Steps[stepNo].Rate
		left := unit.ML(planned(*o).Sub(visit.State.PumpedAt(p.clock.Now()).Volume).Fixed(1)) // as a pump shows it
		body := obj{"read": obj{"rate": o.ToSet(rate), "concentration": o.Concentration, "to_infuse": left}}
		if what == session.ActStart {
			read := session.PumpReading{Rate: o.ToSet(rate), Concentration: o.Concentration, ToInfuse: &left}
			if err := p.accept(ctx, v, session.StartGate(visit.State, visit.Env, read)); err != nil {
				return err
			}
		} else {
			body["ordered"] = rate
		}
		// The pump is set first, and charted then.
		if err := p.press(ctx, v.chair, func(k *simmon.Pump) [][]byte {
			if what == session.ActStart {
				return k.Start(p.clock.Now(), o.ToSet(rate), left)
			}
			return k.SetRate(p.clock.Now(), o.ToSet(rate))
		}); err != nil {
			return err
		}
		if err := p.send(ctx, p.visits[v.chair], v.nurse, what, body); err != nil {
			return err
		}
		return p.rates.read(ctx, p.app, v.chair)
	})
}

// planned is the volume that the order's steps give: the pump is programmed
// with it, so that it stops by itself.
func planned(o drug.Order) unit.ExactVolume {
	var v unit.ExactVolume
	for _, s := range o.Steps {
		v = v.Add(unit.Infused(o.ToSet(s.Rate), s.Minutes.Duration()))
	}
	return v
}

func (p *player) recover(now time.Time, v visit) {
	end := now.Add(v.started + v.minutes.Duration())
	p.say(end, v.chair, v.nurse, session.ActStop, obj{"cause": session.StopPlanned})
	p.at(end.Add(20*time.Second), func(ctx context.Context) error {
		visit, err := p.app.Visit(ctx, p.visits[v.chair])
		if err != nil {
			return err
		}
		given := visit.State.TotalsAt(p.clock.Now()).Volume.Fixed(1)
		if err := p.send(ctx, p.visits[v.chair], v.nurse, session.ActConfirmStop, obj{"volume": qty(given, "mL")}); err != nil {
			return err
		}
		return p.rates.read(ctx, p.app, v.chair)
	})
	p.say(end.Add(2*m), v.chair, v.nurse, session.ActRecover, obj{})
}

// quiet says nothing happened beside the routine.
func quiet(*player, visit, time.Time) {}

// floating is chair 3: two side effects and one rescue drug.
func floating(p *player, v visit, now time.Time) {
	start := now.Add(v.started)
	effect := func(t time.Time, code string, grade int) {
		p.at(t, func(ctx context.Context) error {
			return p.send(ctx, p.visits[v.chair], v.nurse, session.ActNoteEffect, obj{"id": app.NewID[ident.SideEffect](p.app), "code": code, "grade": grade})
		})
	}
	effect(start.Add(32*m), "dissociation", 2)
	effect(start.Add(46*m), "nausea", 1)
	p.say(start.Add(50*m), v.chair, v.nurse, session.ActGiveDrug, obj{"drug": "ondansetron", "amount": "4", "unit": "mg", "route": "IV", "adjunct": "ondansetron"})
}
