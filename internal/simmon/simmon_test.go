package simmon

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/testenv"
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
	for name, c := range map[string][2]string{
		"empty":             {"", "header"},
		"no rows":           {"minute,HR_bpm\n", "no rows below the header"},
		"unknown column":    {"minute,HR\n0,1\n", `line 1: unknown column "HR": the columns are ABPDias_mmHg,`},
		"a column twice":    {"minute,HR_bpm,HR_bpm\n0,1,1\n", "is there twice: remove one"},
		"not a number":      {"minute,HR_bpm\n0,70\n1,fast\n", `line 3: column HR_bpm: "fast" is not a number: leave the cell empty`},
		"NaN":               {"minute,HR_bpm\n0,NaN\n", `"NaN" is not a number`},
		"infinite":          {"minute,HR_bpm\n0,Inf\n", `"Inf" is not a number`},
		"no minute":         {"HR_bpm,minute\n70,0\n", "the first column must be called minute"},
		"a minute below 0":  {"minute,HR_bpm\n-1,70\n", `minute "-1" is not a number from 0`},
		"minutes backwards": {"minute,HR_bpm\n5,70\n4,70\n", "line 3: minute 4 is not after the one before: sort the rows by time"},
		"a minute twice":    {"minute,HR_bpm\n5,70\n5,70\n", "is not after the one before"},
		"cells missing":     {"minute,HR_bpm\n5\n", "wrong number of fields"},
	} {
		if _, err := ReadCSV(strings.NewReader(c[0])); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadCSV_SetsAsideWhatNobodyCanHave(t *testing.T) {
	t.Parallel()
	rec, err := ReadCSV(strings.NewReader("minute,HR_bpm,SpO2_%\n0,900,7\n1,70,97\n"))
	if err != nil {
		t.Fatal(err)
	}
	if rows := rec.Rows(); len(rows[0].Values) != 0 || rows[0].SetAside != 2 || len(rows[1].Values) != 2 || rows[1].SetAside != 0 {
		t.Errorf("%+v", rows)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("minute,HR_bpm,SpO2_%,NBPSys_mmHg\n0,0.0,97.4,\n1,62.8,0,119\n")
	f.Fuzz(func(t *testing.T, in string) {
		rec, err := ReadCSV(strings.NewReader(in))
		if err != nil {
			return
		}
		last := -1.0
		for _, row := range rec.Rows() {
			if !(row.Minute > last) {
				t.Fatal("minutes do not go up")
			}
			last = row.Minute
			for _, v := range row.Values {
				if !v.Kind.Plausible(v.Value) {
					t.Fatal("a value that is not plausible")
				}
			}
		}
	})
}

func TestReadCSV_RealRecording(t *testing.T) {
	t.Parallel()
	f, err := os.Open(testenv.Shared(t, "monitor/mimic2_s00001.csv"))
	if err != nil {
		t.Fatal(err)
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
