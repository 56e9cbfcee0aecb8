package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Monitor is the device of the telemetry tests.
const Monitor ident.Device = "01951f00-0000-7000-8000-0000000000aa"

// Message is one message of a monitor, second seconds after the start, with
// heart rate, saturation and one numeric that was not accepted in each tenth.
func Message(device ident.Device, second int) series.Received {
	at := Start().Add(time.Duration(second) * time.Second)
	sample := func(k vital.Kind, v vital.Value, source string) series.Row {
		return series.Row{At: at, ReceivedAt: at, Sample: vital.Sample{
			Kind: k, Value: v, At: at.Add(-3 * time.Second), Source: source, Quality: vital.Good, Simulated: true,
		}}
	}
	r := series.Received{
		Device: device, ControlKey: fmt.Sprint("MONITOR|", second), ReceivedAt: at, Raw: fmt.Append(nil, "MSH|", second),
		Rows: []series.Row{
			sample(vital.HR, vital.Value(70+second%5), "MDC_ECG_HEART_RATE"),
			sample(vital.SpO2, 97, "MDC_PULS_OXIM_SAT_O2"),
		},
	}
	if second%10 == 0 {
		r.Rejected = []series.Rejected{{Code: "99999", Name: "MDC_UNKNOWN\x00\xff", Value: "1", Reason: "code is not in our table"}}
	}
	return r
}

// MustReceive receives messages second by second, from one until before another.
func MustReceive(t testing.TB, s *sqlstore.Store, device ident.Device, from, to int) {
	t.Helper()
	for second := from; second < to; second++ {
		if _, duplicate, err := s.Receive(t.Context(), Message(device, second)); err != nil || duplicate {
			t.Fatalf("receive second %d: duplicate %v, %v", second, duplicate, err)
		}
	}
}

func testTelemetry(t *testing.T, p Place) {
	s := p.MustOpen(t)
	MustReceive(t, s, Monitor, 0, 5)
	got, err := s.SamplesSince(t.Context(), 3, 0)
	if err != nil || len(got) != 2 || got[0].Cursor != 4 || got[0].Device != Monitor {
		t.Fatalf("since cursor 3: %v, %v", got, err)
	}
	if d := cmp.Diff(Message(Monitor, 3).Rows, got[0].Rows); d != "" {
		t.Errorf("rows are not as received (-received +read)\n%s", d)
	}
	rows, err := s.Samples(t.Context(), Monitor, Start().Add(time.Second), Start().Add(3*time.Second))
	if err != nil || len(rows) != 4 {
		t.Errorf("two seconds hold %d rows (%v), want 4", len(rows), err)
	}
	for _, later := range []int{5, 6} {
		latest, err := s.Latest(t.Context(), Monitor)
		if err != nil || len(latest) != 2 || !latest[0].At.Equal(Start().Add(time.Duration(later-1)*time.Second)) {
			t.Errorf("latest after %d seconds: %v, %v", later, latest, err)
		}
		MustReceive(t, s, Monitor, later, later+1)
	}
	q, err := s.Quarantined(t.Context(), Start(), 0)
	if err != nil || len(q) != 1 || q[0].Name != "MDC_UNKNOWN\uFFFD\uFFFD" || q[0].Cursor != 1 {
		t.Errorf("quarantined: %+v, %v", q, err)
	}
	odd := Message(Monitor, 30)
	odd.Rejected, odd.Rows[0].Sample.Value = nil, vital.Value(1)/3
	if _, _, err := s.Receive(t.Context(), odd); err != nil {
		t.Errorf("a value no chunk can hold loses its message: %v", err)
	}
	if q, err := s.Quarantined(t.Context(), Start().Add(30*time.Second), 0); err != nil || len(q) != 1 {
		t.Errorf("a value no chunk can hold: %d quarantined (%v), want 1", len(q), err)
	}
}

// testLatest: what came last is the latest, whatever the device's clock says;
// two sites, and two ways of measuring, stay two. The same after a restart.
func testLatest(t *testing.T, p Place) {
	s := p.MustOpen(t)
	send := func(second int, ahead time.Duration, samples ...vital.Sample) {
		t.Helper()
		m := Message(Monitor, second)
		m.Rows, m.Rejected = nil, nil
		for _, x := range samples {
			x.Quality, x.At = vital.Good, m.ReceivedAt.Add(ahead)
			m.Rows = append(m.Rows, series.Row{At: x.At, ReceivedAt: m.ReceivedAt, Sample: x})
		}
		if _, _, err := s.Receive(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	send(1, time.Hour, vital.Sample{Kind: vital.SpO2, Value: 88, Site: "1"}, vital.Sample{Kind: vital.SpO2, Value: 95, Site: "2"})
	send(2, 0, vital.Sample{Kind: vital.SpO2, Value: 97, Site: "1"},
		vital.Sample{Kind: vital.RR, Value: 9, Source: "MDC_CO2_RESP_RATE"}, vital.Sample{Kind: vital.RR, Value: 18, Source: "MDC_TTHOR_RESP_RATE"})
	for _, when := range []string{"while it runs", "after a restart"} {
		rows, err := s.Latest(t.Context(), Monitor)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			got = append(got, fmt.Sprint(r.Sample.Kind, r.Sample.Site, "=", float64(r.Sample.Value)))
		}
		slices.Sort(got)
		if d := cmp.Diff([]string{"rr=18", "rr=9", "spo21=97", "spo22=95"}, got); d != "" {
			t.Errorf("latest %s (-want +got)\n%s", when, d)
		}
		MustClose(t, s)
		s = p.MustOpen(t)
	}
}

func testRepeat(t *testing.T, p Place) {
	s := p.MustOpen(t)
	m := Message(Monitor, 0)
	first, duplicate, err := s.Receive(t.Context(), m)
	if err != nil || duplicate || first != 1 {
		t.Fatalf("first: cursor %d, duplicate %v, %v", first, duplicate, err)
	}
	again, duplicate, err := s.Receive(t.Context(), m)
	if err != nil || !duplicate || again != first {
		t.Errorf("repeat: cursor %d, duplicate %v, %v", again, duplicate, err)
	}
	// A monitor that counts from one again after a restart sends new data.
	m.Raw = []byte("MSH|other")
	next, duplicate, err := s.Receive(t.Context(), m)
	if err != nil || duplicate || next != 2 {
		t.Errorf("same key, other bytes: cursor %d, duplicate %v, %v", next, duplicate, err)
	}
	if got, err := s.SamplesSince(t.Context(), 0, 0); err != nil || len(got) != 2 {
		t.Errorf("%d messages stored (%v), want 2", len(got), err)
	}
}
