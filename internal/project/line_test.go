package project

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/word"
)

// everyEvent decodes the committed example of each type of event, in which
// every field is filled.
func everyEvent(t *testing.T) []session.Event {
	t.Helper()
	var out []session.Event
	for _, k := range session.Codec.Kinds() {
		b, err := os.ReadFile(filepath.Join("..", "session", "testdata", "corpus", k.Name+".v"+strconv.Itoa(k.Version)+".json"))
		if err != nil {
			t.Fatal(err)
		}
		ev, err := session.Codec.Decode(k.Name, k.Version, bytes.TrimSpace(b))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, ev)
	}
	return out
}

// deviating puts one deviation wherever an event can carry some, and reports
// whether it can.
func deviating(v reflect.Value) bool {
	carries := false
	for i := range v.NumField() {
		f := v.Field(i)
		if _, ok := f.Interface().([]session.Deviation); ok {
			f.Set(reflect.ValueOf([]session.Deviation{{Rule: "r", Message: word.M("session.stood_alone")}}))
			carries = true
		} else if v.Type().Field(i).Anonymous && f.Kind() == reflect.Struct {
			carries = deviating(f) || carries
		}
	}
	return carries
}

func speaker() Speaker { return Speaker{Zone: time.UTC, Names: map[ident.Person]string{}} }

// TestSay_EveryDeviationIsSpoken: what was found beyond an order or a limit is
// in the record's words, whichever entry carries it.
func TestSay_EveryDeviationIsSpoken(t *testing.T) {
	t.Parallel()
	want := word.M("session.stood_alone").English()
	carriers := 0
	for _, ev := range everyEvent(t) {
		v := reflect.New(reflect.TypeOf(ev)).Elem()
		v.Set(reflect.ValueOf(ev))
		if !deviating(v) {
			continue
		}
		carriers++
		if said := speaker().Say(session.Entry{Event: v.Interface().(session.Event)}).Findings; !slices.Contains(said, want) {
			t.Errorf("%T keeps its deviations to itself: %v", ev, said)
		}
	}
	if carriers < 12 {
		t.Errorf("only %d types of event can carry a deviation", carriers)
	}
}

func TestSay_EveryEventHasATitle(t *testing.T) {
	t.Parallel()
	for _, ev := range everyEvent(t) {
		if l := speaker().Say(session.Entry{Event: ev}); l.Title == "" || l.Mark == "" || strings.Contains(l.Title, "does not know") {
			t.Errorf("%T reads %+v", ev, l)
		}
	}
}

// TestSay_ARateFoundIsNotAChange: nobody chose it, and the record says so.
func TestSay_ARateFoundIsNotAChange(t *testing.T) {
	t.Parallel()
	read := session.PumpReading{Rate: unit.MLPerH("30"), Concentration: unit.MgPerML("1")}
	l := speaker().Say(session.Entry{Event: session.RateChanged{Ordered: unit.MgPerKgH("0.2"), ToSet: unit.MLPerH("16"), Read: read, Authority: session.NoAuthority}})
	if l.Title != "Rate found" || strings.Contains(l.Text, "none") || !strings.HasPrefix(l.Text, "pump read 30 mL/h of 1 mg/mL, chosen by nobody") {
		t.Errorf("reads %q: %q", l.Title, l.Text)
	}
	if l := speaker().Say(session.Entry{Event: session.RateChanged{Read: read, Authority: session.Lowered}}); l.Title != "Rate changed" {
		t.Errorf("a rate that was chosen reads %q", l.Title)
	}
}

// TestSay_ADisagreementStaysBlind: two people compute again after it, and
// neither may read the other's numbers, nor the right ones.
func TestSay_ADisagreementStaysBlind(t *testing.T) {
	t.Parallel()
	e := session.Entry{Event: session.DrawUpDisagreed{
		First:   session.DrawUpComputed{Mass: unit.Mg("237"), Volume: unit.ML("4.74")},
		Second:  session.DrawUpComputed{Mass: unit.Mg("219"), Volume: unit.ML("4.38")},
		Message: word.M("session.draw_up_not_ordered", "237 mg", "250 mg"),
	}}
	blind := speaker()
	blind.Blind = true
	l := blind.Say(e)
	said := l.Text + strings.Join(l.Findings, " ")
	for _, n := range []string{"237", "219", "250", "4.74", "4.38"} {
		if strings.Contains(said, n) {
			t.Errorf("while both compute again, the record says %q: %s", n, said)
		}
	}
	if l := speaker().Say(e); !strings.Contains(l.Text, "237") || !strings.Contains(l.Text, "4.38") {
		t.Errorf("once the bag is prepared the record no longer says both: %s", l.Text)
	}
}

// TestSay_NamesTheSideEffect that a grade or an end is about: two go on at once.
func TestSay_NamesTheSideEffect(t *testing.T) {
	t.Parallel()
	say := speaker()
	say.Effects = map[string]string{"nausea": "Nausea", "headache": "Headache"}
	say.Noted = map[ident.SideEffect]string{"one": "nausea", "two": "headache"}
	for _, c := range []struct {
		event session.Event
		want  string
	}{
		{session.SideEffectGraded{ID: "one", Grade: 2}, "Nausea now grade 2"},
		{session.SideEffectResolved{ID: "two"}, "Headache gone"},
		{session.SideEffectResolved{ID: "three"}, "Side effect that is not in this record gone"},
	} {
		if got := say.Say(session.Entry{Event: c.event}).Title; got != c.want {
			t.Errorf("%T reads %q, want %q", c.event, got, c.want)
		}
	}
}

// TestPrecheck_SaysWhetherTheCPAPWasAskedFor: what nobody asked is not a no.
func TestPrecheck_SaysWhetherTheCPAPWasAskedFor(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for want, c := range map[string]session.Conditions{
		"CPAP yes, brought along: yes":       {CPAP: true, CPAPBrought: &yes},
		"CPAP yes, brought along: no":        {CPAP: true, CPAPBrought: &no},
		"CPAP yes, brought along: not asked": {CPAP: true},
	} {
		l := Speaker{}.Say(session.Entry{Event: session.PrecheckAnswered{Precheck: session.Precheck{Conditions: &c}}})
		if !strings.HasSuffix(l.Text, want) {
			t.Errorf("the record says %q, want %q at the end", l.Text, want)
		}
	}
	if l := (Speaker{}).Say(session.Entry{Event: session.PrecheckAnswered{Precheck: session.Precheck{Conditions: &session.Conditions{}}}}); strings.Contains(l.Text, "brought") {
		t.Errorf("without CPAP the record says %q", l.Text)
	}
}
