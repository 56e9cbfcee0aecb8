package app

import (
	"slices"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	shipped "github.com/stillwatch/stillwatch/library"
)

func shippedRules(t *testing.T) library.Session {
	t.Helper()
	lib, err := library.DecodeSession(shipped.SessionYAML())
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// TestHearing_WhoHearsAChair: a station hears all chairs, a nurse's page those
// of its nurse and never through the chair's own tablet, and nobody for longer
// than was proved.
func TestHearing_WhoHearsAChair(t *testing.T) {
	t.Parallel()
	rules := shippedRules(t)
	station := Place{Device: "s", Station: true, Name: "station"}
	page := Place{Person: "okafor", Name: "A. Okafor RN"}
	tablet3 := Place{Device: "t", Chair: 3, Person: "okafor", Name: "tablet at chair 3"}
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	type said struct {
		place   Place
		audible bool
		after   time.Duration
	}
	for _, c := range []struct {
		name  string
		said  []said
		chair ident.Chair
		nurse ident.Person
		at    time.Duration
		want  []string
	}{
		{"nobody said anything", nil, 3, "okafor", 0, nil},
		{"a station hears every chair", []said{{station, true, 0}}, 5, "brandt", 0, []string{"station"}},
		{"a station whose sound test failed", []said{{Place{Device: "deaf", Station: true, Name: "deaf station"}, true, 0}}, 5, "brandt", 0, nil},
		{"a station hears a chair without a nurse", []said{{station, true, 0}}, 5, "", 0, []string{"station"}},
		{"the responsible nurse's page", []said{{page, true, 0}}, 3, "okafor", 0, []string{"A. Okafor RN"}},
		{"another nurse's page", []said{{page, true, 0}}, 3, "brandt", 0, nil},
		{"nobody is responsible", []said{{page, true, 0}}, 3, "", 0, nil},
		{"the chair's own tablet", []said{{tablet3, true, 0}}, 3, "okafor", 0, nil},
		{"the nurse at another chair's tablet", []said{{tablet3, true, 0}}, 4, "okafor", 0, []string{"tablet at chair 3"}},
		{"a tablet that nobody is signed in at", []said{{Place{Device: "t", Chair: 3, Name: "tablet"}, true, 0}}, 4, "", 0, nil},
		{"both", []said{{station, true, 0}, {page, true, 0}}, 3, "okafor", 0, []string{"A. Okafor RN", "station"}},
		{"just within its time", []said{{station, true, 0}}, 3, "okafor", 25*time.Second - 1, []string{"station"}},
		{"no longer", []said{{station, true, 0}}, 3, "okafor", 25 * time.Second, nil},
		{"said again", []said{{station, true, 0}, {station, true, 20 * time.Second}}, 3, "okafor", 44 * time.Second, []string{"station"}},
		{"not audible any more", []said{{station, true, 0}, {station, false, time.Second}}, 3, "okafor", 2 * time.Second, nil},
		{"never audible", []said{{station, false, 0}}, 3, "okafor", 0, nil},
		{"one falls silent, the other sounds", []said{{station, true, 0}, {page, true, 0}, {page, false, 0}}, 3, "okafor", 0, []string{"station"}},
		{"the clock was set back", []said{{station, true, time.Hour}}, 3, "okafor", 0, nil},
	} {
		h := &hearing{rules: rules}
		for _, s := range c.said {
			h.say(s.place, s.audible, start.Add(s.after))
		}
		got := session.Heard{Places: h.of(c.chair, c.nurse, func(p Place) bool { return p.Device == "deaf" })}.By(rules, start.Add(c.at))
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: heard by %v, want %v", c.name, got, c.want)
		}
	}
}

// TestHearing_IsBoundedAndTells: what is over is forgotten, and pages are told
// only when who hears changes.
func TestHearing_IsBoundedAndTells(t *testing.T) {
	t.Parallel()
	rules := shippedRules(t)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	h := &hearing{rules: rules}
	station := Place{Device: "s", Station: true, Name: "station"}
	if !h.say(station, true, now) || h.say(station, true, now.Add(10*time.Second)) {
		t.Error("a place is told of once, when it begins to hear")
	}
	if !h.say(station, false, now.Add(11*time.Second)) || h.say(station, false, now.Add(12*time.Second)) {
		t.Error("a place that ceases to hear is told of once")
	}
	for i := range 1000 {
		h.say(Place{Device: ident.Device(rune(i)), Station: true}, true, now.Add(time.Duration(i)*time.Second))
	}
	if len(h.at) > 26 {
		t.Errorf("%d places are kept", len(h.at))
	}
}
