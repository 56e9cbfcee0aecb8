package project

import (
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestReadings_TwoSitesAndOneDoubtful: the value that can be relied on is not
// replaced by the one that cannot.
func TestReadings_TwoSitesAndOneDoubtful(t *testing.T) {
	t.Parallel()
	o := session.Observation{Purpose: session.ForRound, Readings: []vital.Reading{
		{Kind: vital.NIBPSys, Value: 124, Quality: vital.Good, Origin: vital.ByHand},
		{Kind: vital.NIBPDia, Value: 76, Quality: vital.Good, Origin: vital.ByHand},
		{Kind: vital.SpO2, Value: 97, Quality: vital.Good, Origin: vital.DeviceConfirmed, Site: "1.2.1.7"},
		{Kind: vital.SpO2, Value: 88, Quality: vital.Questionable, Origin: vital.DeviceConfirmed, Site: "1.2.2.7"},
		{Kind: vital.Temp, Value: 36.6, Quality: vital.Good, Origin: vital.FromDevice},
	}}
	want := "by hand: 124/76 mmHg; monitor: SpO₂ 97 % (at site 1.2.1.7), SpO₂ 88 % (at site 1.2.2.7, questionable); " +
		"monitor, not confirmed by a person: temperature 36.6 °C"
	if got := speaker().Say(session.Entry{Event: session.Observed{Observation: o}}).Text; got != want {
		t.Errorf("the record reads\n%s, not\n%s", got, want)
	}
}

// TestReadings_TwoCuffsStayPairs: each systolic keeps its own diastolic, and
// neither is lost when it is not known which belongs to which.
func TestReadings_TwoCuffsStayPairs(t *testing.T) {
	t.Parallel()
	later := time.Date(2026, time.November, 23, 10, 5, 0, 0, time.UTC)
	r := func(k vital.Kind, v vital.Value, site string) vital.Reading {
		return vital.Reading{Kind: k, Value: v, Quality: vital.Good, Origin: vital.DeviceConfirmed, Site: site}
	}
	at := func(x vital.Reading, t time.Time) vital.Reading { x.At = t; return x }
	for _, c := range []struct {
		name string
		rs   []vital.Reading
		want []string
	}{
		{"by channel", []vital.Reading{r(vital.NIBPDia, 60, "1.2.1"), r(vital.NIBPSys, 130, "1.1.1"), r(vital.NIBPSys, 110, "1.2.2"), r(vital.NIBPDia, 80, "1.1.2")}, []string{"130/80", "110/60"}},
		{"other time", []vital.Reading{r(vital.NIBPSys, 130, ""), at(r(vital.NIBPDia, 80, ""), later)}, []string{"130", "80"}},
		{"which is not known", []vital.Reading{r(vital.NIBPSys, 130, ""), r(vital.NIBPDia, 80, ""), r(vital.NIBPDia, 60, "")}, []string{"130", "80", "60"}},
	} {
		var got []string
		for _, v := range Values(c.rs) {
			got = append(got, v.Number)
		}
		if strings.Join(got, " ") != strings.Join(c.want, " ") {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestReadings_EachIsSaid: of every sign, with every quality and origin.
func TestReadings_EachIsSaid(t *testing.T) {
	t.Parallel()
	for _, f := range vital.Fields() {
		for _, q := range []vital.Quality{vital.Questionable, vital.Artefact} {
			for o, who := range map[vital.Origin]string{vital.ByHand: "by hand", vital.FromDevice: "monitor", vital.DeviceConfirmed: "monitor"} {
				said := Readings([]vital.Reading{{Kind: f.Kind, Value: f.Low, Quality: q, Origin: o}})
				for _, part := range []string{f.Kind.Text(f.Low), f.Unit, string(q), who} {
					if !strings.Contains(said, part) {
						t.Errorf("%s reads %q, without %q", f.Kind, said, part)
					}
				}
			}
		}
	}
}
