package app

import (
	"context"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// screenToday is screen with what the patient's visit of today says, where the
// patient is in the room and the infusion has not begun.
func (a *App) screenToday(ctx context.Context, s course.State, now time.Time) ([]library.Found, error) {
	var visit []course.Statement
	for _, row := range a.sessions.of(s.Patient) {
		if !asksCourse(row.Phase) {
			continue
		}
		h, err := a.sessions.get(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		visit = append(visit, a.visitSays(h.state, now)...)
	}
	return a.screen(ctx, s, visit, now)
}

// Today is a visit before its infusion, with the course as its gates judge it.
type Today struct {
	Visit
	// Course is how the patient's course stands: what the gates ask, and of which
	// Checked is what every rule says.
	Course  CourseFacts
	Checked []course.Checked
}

// Today judges a visit before its infusion as its gates do. One whose patient has not
// come yet is judged as it will be when the patient has.
func (a *App) Today(ctx context.Context, v Visit) Today {
	if v.State.Phase == session.PhaseScheduled {
		v.State.Phase = session.PhaseArrived
		v.Env.Course, v.Env.Consent = a.courseState(ctx, v.State, v.Env.Now), a.consentState(ctx, v.State, v.Env.Now)
		v.State.Phase = session.PhaseScheduled
	}
	c := a.courseOf(ctx, v.State.Patient, a.visitSays(v.State, v.Env.Now), v.Env.Now)
	return Today{Visit: v, Course: c, Checked: a.checked(c.Found)}
}

// BeforeInfusion reports whether a visit may still be asked about today.
func BeforeInfusion(p session.Phase) bool { return p == session.PhaseScheduled || asksCourse(p) }

// asksCourse reports whether a visit may still ask for the course: before the
// infusion.
func asksCourse(p session.Phase) bool {
	return p == session.PhaseArrived || p == session.PhaseReady || p == session.PhasePrepared
}

// visitSays are the answers of a visit's pre-check and its signs at rest, as
// statements on the patient: what was asked at the chair is not asked again at the
// desk. Only what means the same there and in a rule is taken over, and nothing of
// after now or that the rules would not take.
func (a *App) visitSays(s session.State, now time.Time) []course.Statement {
	v := visitSpeaker{zone: a.Zone, now: now}
	if o, ok := session.RestingSet(s, session.Env{Now: now, Zone: a.Zone, Rules: a.Knows().Rules}); ok {
		v.signs(o)
	}
	when := func(section string) time.Time { return s.PrecheckAt[section].At }
	p := s.Precheck
	if l := p.Bladder; l != nil {
		at := when("bladder")
		v.bladder("frequency", l.Frequency, at)
		v.bladder("urgency", l.Urgency, at)
		v.bladder("nocturia", l.Nocturia, at)
		v.bladder("dysuria", l.Dysuria, at)
		v.bladder("haematuria", l.Haematuria, at)
		v.bladder("pelvic_pain", l.PelvicPain, at)
	}
	if p.Weight != nil {
		v.number(rule.Body, "weight", p.Weight.Weight.Fixed(1), when("weight"))
	}
	if t := p.Pregnancy; t != nil && t.Applies && (t.Result == session.PregnancyNegative || t.Result == session.PregnancyPositive) {
		v.add(course.Statement{Section: rule.Pregnancy, Item: "test", Result: string(t.Result)}, when("pregnancy"))
	}
	return v.out
}

// signKinds are the kinds of sign that answer an input, the one that counts first.
var signKinds = []struct {
	item  string
	kinds []vital.Kind
}{
	{"sbp", []vital.Kind{vital.NIBPSys, vital.ARTSys}},
	{"dbp", []vital.Kind{vital.NIBPDia, vital.ARTDia}},
	{"hr", []vital.Kind{vital.HR, vital.Pulse}},
	{"rr", []vital.Kind{vital.RR}},
	{"spo2", []vital.Kind{vital.SpO2}},
	{"temp", []vital.Kind{vital.Temp}},
}

type visitSpeaker struct {
	zone *time.Location
	now  time.Time
	out  []course.Statement
}

func (v *visitSpeaker) signs(o session.ObservationFact) {
	for _, k := range signKinds {
		if k.item == "spo2" && (o.Oxygen == nil || !o.Oxygen.Air) {
			continue // the rules ask for it on air
		}
		for _, kind := range k.kinds {
			i := slices.IndexFunc(o.Readings, func(r vital.Reading) bool { return r.Kind == kind })
			if i >= 0 {
				v.number(rule.Signs, k.item, kind.Text(o.Readings[i].Value), o.At)
				break
			}
		}
	}
}

func (v *visitSpeaker) bladder(item string, is bool, at time.Time) {
	s := course.Statement{Section: rule.Bladder, Item: item, Answer: "no"}
	if is {
		s.Answer = "yes"
	}
	v.add(s, at)
}

func (v *visitSpeaker) number(g rule.Group, item, value string, at time.Time) {
	in, ok := inputs[string(g)+"."+item]
	if !ok {
		return
	}
	if _, err := in.Parse(value); err != nil {
		return // not known to the rules, which then say so
	}
	v.add(course.Statement{Section: g, Item: item, Value: value, Unit: in.Unit}, at)
}

func (v *visitSpeaker) add(s course.Statement, at time.Time) {
	if at.IsZero() || at.After(v.now) {
		return
	}
	s.At, s.Source = at.In(v.zone).Format(time.RFC3339Nano), course.ByVisit
	v.out = append(v.out, s)
}

var inputs = func() map[string]rule.Input {
	out := map[string]rule.Input{}
	for _, in := range rule.Inputs(nil) {
		out[in.Name] = in
	}
	return out
}()
