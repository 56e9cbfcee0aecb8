package simmon

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestMessage_AlwaysMarkedAsSimulated(t *testing.T) {
	t.Parallel()
	p := NewPatient(Profile{Name: "x", HR: 70, SpO2: 97, RR: 14, Sys: 120, Dia: 70, Artefact: 1, Cuff: 1}, 1, nine)
	for i := range 300 {
		at := nine.Add(time.Duration(i) * time.Second)
		numerics := p.Step(at, 0.3)
		msg := string(Message(Identity{Chair: 3}, "C1", at, numerics))
		head, _, _ := strings.Cut(msg, "\r")
		if got := strings.Split(head, "|")[10]; got != "T" {
			t.Fatalf("MSH-11 is %q, want T", got)
		}
		for _, seg := range strings.Split(msg, "\r") {
			f := strings.Split(seg, "|")
			if f[0] == "OBX" && f[2] == "NM" && !strings.Contains(f[8], "DEMO") {
				t.Fatalf("value without DEMO: %s", seg)
			}
		}
	}
}

func TestReadCSV_ZeroAndEmptyAreAbsent(t *testing.T) {
	t.Parallel()
	rec, err := ReadCSV(strings.NewReader("minute,HR_bpm,SpO2_%,NBPSys_mmHg\n0,0.0,97.4,\n1,62.8,0,119\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := &Replay{Recording: rec, Speed: 60}
	first, ok := r.Next(nine)
	if !ok || len(first) != 1 || first[0].Kind != vital.SpO2 {
		t.Fatalf("minute 0: got %v", first)
	}
	second, ok := r.Next(nine.Add(time.Second))
	if !ok || len(second) != 2 {
		t.Fatalf("minute 1 after one second at speed 60: got %v", second)
	}
	if _, ok := r.Next(nine.Add(2 * time.Second)); ok {
		t.Fatal("a recording at its end goes on")
	}
}

func TestReadCSV_Refuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"empty":          "",
		"no rows":        "minute,HR_bpm\n",
		"unknown column": "minute,HR\n0,1\n",
		"not a number":   "minute,HR_bpm\n0,fast\n",
		"no minute":      "HR_bpm,minute\n70,0\n",
	} {
		if _, err := ReadCSV(strings.NewReader(in)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestReadCSV_RealRecording(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../../../shared/data/monitor/mimic2_s00001.csv")
	if err != nil {
		t.Skip("the recorded intensive-care numerics are not beside this checkout; the synthetic cases still ran")
	}
	defer func() { _ = f.Close() }()
	rec, err := ReadCSV(f)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Len() != 1936 {
		t.Fatalf("rows: %d, want 1936", rec.Len())
	}
}

func TestPatient_PressureFollowsTheRate(t *testing.T) {
	t.Parallel()
	p, _ := ProfileNamed("pressor")
	p.Dropout = 0
	mean := func(rate float64) float64 {
		pt := NewPatient(p, 7, nine)
		sum, n := 0.0, 0.0
		for i := range 3600 {
			for _, v := range pt.Step(nine.Add(time.Duration(i)*time.Second), rate) {
				if v.Kind == vital.NIBPSys && i > 2400 {
					sum, n = sum+float64(v.Value), n+1
				}
			}
		}
		return sum / n
	}
	if rise := mean(refRate) - mean(0); rise < 10 || rise > 25 {
		t.Fatalf("systolic rise %.1f mmHg at the reference rate, want about 19.6", rise)
	}
}

func TestPatient_SilenceSendsNothing(t *testing.T) {
	t.Parallel()
	p := NewPatient(Profile{HR: 70, SpO2: 97, RR: 14, Sys: 120, Dia: 70, Dropout: 1000, Cuff: 5}, 1, nine)
	rec := &recorder{}
	m := Monitor{Identity: Identity{Chair: 1}, Source: Live{Patient: p}, Sender: rec}
	if more, err := m.SendAt(t.Context(), nine.Add(time.Second)); !more || err != nil {
		t.Fatal(more, err)
	}
	if len(rec.messages) != 0 {
		t.Fatalf("a silent monitor sent %q", rec.messages[0])
	}
}

type recorder struct{ messages [][]byte }

func (r *recorder) Send(_ context.Context, m []byte) error {
	r.messages = append(r.messages, bytes.Clone(m))
	return nil
}
