package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
	shipped "github.com/stillwatch/stillwatch/library"
)

// TestVisitSays: a visit says of the patient what was asked and measured at the
// chair, when it was, and nothing that was not.
func TestVisitSays(t *testing.T) {
	t.Parallel()
	rules, err := library.DecodeSession(shipped.SessionYAML())
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, zone)
	at := now.Add(-20 * time.Minute)
	reading := func(k vital.Kind, v vital.Value) vital.Reading {
		return vital.Reading{Kind: k, Value: v, Quality: vital.Good, Origin: vital.ByHand}
	}
	set := func(change func(*session.ObservationFact)) session.State {
		o := session.ObservationFact{Stamp: session.Stamp{At: at}, Observation: session.Observation{
			Purpose: session.ForBaseline, Oxygen: &session.Oxygen{Air: true},
			Readings: []vital.Reading{reading(vital.NIBPSys, 118), reading(vital.NIBPDia, 74), reading(vital.HR, 66), reading(vital.RR, 14), reading(vital.SpO2, 98), reading(vital.Temp, 36.64)},
		}}
		change(&o)
		return session.State{Observations: []session.ObservationFact{o}}
	}
	answered := func(p session.Precheck, section string, at time.Time) session.State {
		return session.State{Precheck: p, PrecheckAt: map[string]session.Stamp{section: {At: at}}}
	}
	weight := session.Precheck{Weight: &session.WeightMeasured{Weight: unit.Kg("72.46")}}
	tests := map[string]struct {
		s    session.State
		says []string
	}{
		"nothing": {session.State{}, nil},
		"signs": {set(func(*session.ObservationFact) {}), []string{
			"signs.sbp 118 mm[Hg]", "signs.dbp 74 mm[Hg]", "signs.hr 66 /min", "signs.rr 14 /min", "signs.spo2 98 %", "signs.temp 36.6 Cel",
		}},
		"signs on oxygen": {set(func(o *session.ObservationFact) { o.Oxygen = &session.Oxygen{} }), []string{
			"signs.sbp 118 mm[Hg]", "signs.dbp 74 mm[Hg]", "signs.hr 66 /min", "signs.rr 14 /min", "signs.temp 36.6 Cel",
		}},
		"a set struck out":            {set(func(o *session.ObservationFact) { o.Struck = true }), nil},
		"a set that is not at rest":   {set(func(o *session.ObservationFact) { o.Observation.Position = session.Standing }), nil},
		"a round":                     {set(func(o *session.ObservationFact) { o.Purpose = session.ForRound }), nil},
		"a set that is not whole":     {set(func(o *session.ObservationFact) { o.Readings = o.Readings[1:] }), nil},
		"a pressure nobody looked at": {set(func(o *session.ObservationFact) { o.Readings[0].Origin = vital.FromDevice }), nil},
		"an impossible temperature": {set(func(o *session.ObservationFact) { o.Readings[5].Value = 20 }), []string{
			"signs.sbp 118 mm[Hg]", "signs.dbp 74 mm[Hg]", "signs.hr 66 /min", "signs.rr 14 /min", "signs.spo2 98 %",
		}},
		"bladder": {answered(session.Precheck{Bladder: &scale.LUTS6{Urgency: true}}, "bladder", at), []string{
			"bladder.frequency no", "bladder.urgency yes", "bladder.nocturia no", "bladder.dysuria no", "bladder.haematuria no", "bladder.pelvic_pain no",
		}},
		"weight":                   {answered(weight, "weight", at), []string{"body.weight 72.5 kg"}},
		"weight, of no time":       {answered(weight, "fasting", at), nil},
		"weight, of after now":     {answered(weight, "weight", now.Add(time.Second)), nil},
		"weight, impossible":       {answered(session.Precheck{Weight: &session.WeightMeasured{Weight: unit.Kg("10")}}, "weight", at), nil},
		"pregnancy test":           {answered(session.Precheck{Pregnancy: &session.Pregnancy{Applies: true, Result: session.PregnancyNegative}}, "pregnancy", at), []string{"pregnancy.test negative"}},
		"test declined":            {answered(session.Precheck{Pregnancy: &session.Pregnancy{Applies: true, Result: session.PregnancyDeclined}}, "pregnancy", at), nil},
		"test that does not apply": {answered(session.Precheck{Pregnancy: &session.Pregnancy{}}, "pregnancy", at), nil},
	}
	for name, tt := range tests {
		a := &App{Options: Options{Shipped: Knowledge{Rules: rules}, Zone: zone}}
		var says []string
		said := a.visitSays(tt.s, now)
		for _, s := range said {
			value := s.Answer + s.Result + s.Value
			if s.Unit != "" {
				value += " " + s.Unit
			}
			says = append(says, fmt.Sprint(s.Name(), " ", value))
			if s.At != at.Format(time.RFC3339Nano) || s.Source != course.ByVisit {
				t.Errorf("%s: %s is said %s by %s", name, s.Name(), s.At, s.Source)
			}
		}
		if !slices.Equal(says, tt.says) {
			t.Errorf("%s says %q, want %q", name, says, tt.says)
		}
		if _, err := (course.State{}).With(said).Snapshot(now, "1984-03-02", nil); err != nil {
			t.Errorf("%s cannot be screened: %v", name, err)
		}
	}
}
