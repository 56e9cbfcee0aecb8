package series_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/vital"
)

const monitor ident.Device = "01951f00-0000-7000-8000-0000000000aa"

func start() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

// row is a heart rate so many seconds after the start.
func row(second int, v vital.Value) series.Row {
	at := start().Add(time.Duration(second) * time.Second)
	return series.Row{At: at, ReceivedAt: at.Add(300 * time.Millisecond), Sample: vital.Sample{
		Kind: vital.HR, Value: v, At: at.Add(-2 * time.Second), Source: "MDC_ECG_HEART_RATE", Quality: vital.Good,
	}}
}

// anyRows draws rows in any order, of any times, with every flag.
func anyRows() *rapid.Generator[[]series.Row] {
	var kinds []vital.Kind
	for _, f := range vital.Fields() {
		kinds = append(kinds, f.Kind)
	}
	words := rapid.OneOf(rapid.SampledFrom([]string{"", "axilla", "MDC_X", "1.2.1"}), rapid.StringN(0, 10, 60))
	at := rapid.OneOf(
		rapid.Int64Range(start().UnixMicro(), start().UnixMicro()+60_000_000),
		rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, -1, 0, 1, math.MaxInt64}),
	)
	value := rapid.Custom(func(t *rapid.T) vital.Value {
		places := rapid.IntRange(0, 6).Draw(t, "places")
		n := rapid.OneOf(rapid.Int64Range(0, 400), rapid.Int64Range(-999_999_999, 999_999_999)).Draw(t, "n")
		return vital.Value(float64(n) / math.Pow10(places))
	})
	one := rapid.Custom(func(t *rapid.T) series.Row {
		micro := func(name string) time.Time { return time.UnixMicro(at.Draw(t, name)).UTC() }
		return series.Row{At: micro("at"), ReceivedAt: micro("received"), Sample: vital.Sample{
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Value: value.Draw(t, "value"), At: micro("own"),
			Site: words.Draw(t, "site"), Source: words.Draw(t, "source"),
			Quality:   rapid.SampledFrom([]vital.Quality{vital.Good, vital.Questionable, vital.Artefact, ""}).Draw(t, "quality"),
			Simulated: rapid.Bool().Draw(t, "simulated"),
		}}
	})
	return rapid.SliceOfN(one, 0, 60)
}

func TestCodec_RoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := anyRows().Draw(t, "rows")
		b, err := series.Encode(monitor, rows)
		if err != nil {
			t.Fatal(err)
		}
		device, got, err := series.Decode(b)
		if err != nil || device != monitor {
			t.Fatalf("device %s, %v", device, err)
		}
		if len(rows) == 0 {
			rows = []series.Row{}
		}
		if d := cmp.Diff(rows, got); d != "" {
			t.Fatalf("read back (-written +read)\n%s", d)
		}
	})
}

// TestEncode_OneColumn puts coarse and fine values into one column: the
// decimals of one must not push another out of range.
func TestEncode_OneColumn(t *testing.T) {
	t.Parallel()
	rows := []series.Row{row(0, 999_999_999), row(1, 0.000001), row(2, -999_999_999.999999), row(3, 36.6), row(4, 0)}
	b, err := series.Encode(monitor, rows)
	if err != nil {
		t.Fatal(err)
	}
	if _, got, err := series.Decode(b); err != nil || cmp.Diff(rows, got) != "" {
		t.Errorf("%v\n%s", err, cmp.Diff(rows, got))
	}
}

func TestEncode_Refuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 257)
	tests := map[string]func(r *series.Row){
		"NaN":              func(r *series.Row) { r.Sample.Value = vital.Value(math.NaN()) },
		"infinite":         func(r *series.Row) { r.Sample.Value = vital.Value(math.Inf(1)) },
		"minus infinite":   func(r *series.Row) { r.Sample.Value = vital.Value(math.Inf(-1)) },
		"seven places":     func(r *series.Row) { r.Sample.Value = 0.0000001 },
		"a third":          func(r *series.Row) { r.Sample.Value = vital.Value(1) / 3 },
		"thousand million": func(r *series.Row) { r.Sample.Value = 1e9 },
		"largest":          func(r *series.Row) { r.Sample.Value = math.MaxFloat64 },
		"unknown kind":     func(r *series.Row) { r.Sample.Kind = "mood" },
		"long site":        func(r *series.Row) { r.Sample.Site = long },
		"long source":      func(r *series.Row) { r.Sample.Source = long },
		"long quality":     func(r *series.Row) { r.Sample.Quality = vital.Quality(long) },
	}
	for name, spoil := range tests {
		r := row(0, 70)
		spoil(&r)
		if b, err := series.Encode(monitor, []series.Row{row(0, 70), r}); err == nil || b != nil {
			t.Errorf("%s: written as %x", name, b)
		}
	}
	if _, err := series.Encode(ident.Device(long), nil); err == nil {
		t.Error("a device id beyond its bound is written")
	}
	if _, err := series.Encode(monitor, make([]series.Row, series.MaxRows+1)); err == nil {
		t.Error("more rows than a chunk may hold are written")
	}
}

// TestEncode_Bounds fills a chunk to its bounds: it can be read.
func TestEncode_Bounds(t *testing.T) {
	t.Parallel()
	rows := make([]series.Row, series.MaxRows)
	var m series.Metrics
	taken := 0
	for i := range rows {
		r := row(i, vital.Value(i%300))
		r.Sample.Site = strings.Repeat("s", 250) + fmt.Sprint(i%1000)
		r.At = time.UnixMicro(int64(i%2) * math.MaxInt64).UTC()
		if m.Take(r) {
			taken++
		}
		rows[i] = r
	}
	b, err := series.Encode(monitor, rows)
	if err != nil || taken != len(rows) {
		t.Fatalf("%d of %d rows taken, %v", taken, len(rows), err)
	}
	if _, got, err := series.Decode(b); err != nil || len(got) != len(rows) {
		t.Errorf("%d bytes: %d rows read, %v", len(b), len(got), err)
	}
	extra := row(0, 70)
	if m.Take(rows[7], extra) || !m.Take(rows[7]) {
		t.Error("a metric beyond the bound is taken, or one that is known is not")
	}
	rows[0] = extra
	rows[1000] = row(0, 70) // the column the first row had is still used by row 2000
	if _, err := series.Encode(monitor, rows); err == nil {
		t.Error("more metrics than a chunk may hold are written")
	}
}

// chunk writes a chunk by hand, from the layout alone.
func chunk(columns []string, scale byte, rows ...[]byte) []byte {
	text := func(b []byte, s string) []byte { return append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	b := text([]byte("SWC1"), string(monitor))
	b = binary.AppendUvarint(b, uint64(len(columns)))
	for _, kind := range columns {
		b = text(text(text(text(text(b, kind), "/min"), ""), "MDC_X"), "good")
		b = append(b, 0, scale)
	}
	b = binary.AppendUvarint(b, uint64(len(rows)))
	return append(b, bytes.Join(rows, nil)...)
}

func TestDecode_Refuses(t *testing.T) {
	t.Parallel()
	// One row of one column: column 0, at 0, received 0, own 0, value 3 (zig-zag 6).
	plain := []byte{0, 0, 0, 0, 6}
	good := chunk([]string{"hr"}, 0, plain)
	if _, rows, err := series.Decode(good); err != nil || len(rows) != 1 || rows[0].Sample.Value != 3 {
		t.Fatalf("a chunk by hand: %v, %v", rows, err)
	}
	huge := binary.AppendUvarint(chunk(nil, 0)[:len(chunk(nil, 0))-2], 1<<40)
	tests := map[string][]byte{
		"nothing":                nil,
		"magic":                  append([]byte("SWC2"), good[4:]...),
		"cut":                    good[:len(good)-1],
		"more behind":            append(bytes.Clone(good), 0),
		"unit of another":        bytes.Replace(good, []byte("/min"), []byte("/day"), 1),
		"unknown kind":           bytes.Replace(good, []byte("hr"), []byte("xx"), 1),
		"flag of 2":              bytes.Replace(good, append([]byte("good"), 0, 0), append([]byte("good"), 2, 0), 1),
		"seven decimals":         chunk([]string{"hr"}, 7, plain),
		"decimals not needed":    chunk([]string{"hr"}, 1, []byte{0, 0, 0, 0, 60}),
		"column not used":        chunk([]string{"hr", "rr"}, 0, plain),
		"column twice":           chunk([]string{"hr", "hr"}, 0, plain),
		"columns out of order":   chunk([]string{"hr", "rr"}, 0, []byte{1, 0}, []byte{0, 0}, []byte{0, 0}, []byte{0, 0}, []byte{6, 6}),
		"no such column":         chunk([]string{"hr"}, 0, []byte{1, 0, 0, 0, 6}),
		"rows without a column":  chunk(nil, 0, plain),
		"varint not shortest":    chunk([]string{"hr"}, 0, []byte{0, 0, 0, 0, 0x86, 0}),
		"value beyond its bound": chunk([]string{"hr"}, 0, append([]byte{0, 0, 0, 0}, binary.AppendVarint(nil, 1e9)...)),
		"columns without end":    huge,
	}
	for name, b := range tests {
		if _, rows, err := series.Decode(b); err == nil || rows != nil {
			t.Errorf("%s: read as %v", name, rows)
		}
	}
	for i := range good {
		if _, _, err := series.Decode(good[:i]); err == nil {
			t.Errorf("cut after %d bytes: read", i)
		}
	}
}

// TestDecode_Bounded gives counts that promise far more than is there: they
// must not be believed. Not parallel, since it counts the program's memory.
func TestDecode_Bounded(t *testing.T) {
	one := chunk([]string{"hr"}, 0)
	rows := binary.AppendUvarint(one[:len(one)-1], series.MaxRows)
	columns := binary.AppendUvarint(chunk(nil, 0)[:len(chunk(nil, 0))-2], 1000)
	text := binary.AppendUvarint([]byte("SWC1"), 256)
	for name, b := range map[string][]byte{"rows": rows, "columns": columns, "text": text} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := series.Decode(b)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; err == nil || got > 64<<10 {
			t.Errorf("%s: %d bytes of input took %d bytes of memory, %v", name, len(b), got, err)
		}
	}
	if _, _, err := series.Decode(make([]byte, 16<<20+1)); err == nil || !strings.Contains(err.Error(), "are more than") {
		t.Errorf("a chunk beyond its bound: %v", err)
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	h := series.Head{Device: monitor, Number: 12, Hash: series.Hash{0xab}}
	want := string(monitor) + ":12:ab" + strings.Repeat("0", 62)
	got, err := series.ParseHead(want)
	if h.String() != want || err != nil || got != h {
		t.Errorf("%s read as %+v, %v", h, got, err)
	}
	for _, bad := range []string{"", "a:1", want + ":x", "a:x:" + strings.Repeat("0", 64), "a:-1:" + strings.Repeat("0", 64), "a:1:00", want + "0"} {
		if h, err := series.ParseHead(bad); err == nil {
			t.Errorf("%q read as %+v", bad, h)
		}
	}
}

// TestLink has each part of a link make a difference.
func TestLink(t *testing.T) {
	t.Parallel()
	prev, body := series.Genesis("clinic", monitor), []byte("body")
	hash := series.Link(prev, 1, body)
	others := map[string]series.Hash{
		"hash before": series.Link(series.Hash{}, 1, body),
		"number":      series.Link(prev, 2, body),
		"body":        series.Link(prev, 1, []byte("bodx")),
		"seal":        series.Seal(prev, hash),
	}
	for name, other := range others {
		if other == hash {
			t.Errorf("%s makes no difference", name)
		}
	}
	if series.Genesis("clinic", "ab") == series.Genesis("clinica", "b") {
		t.Error("clinic and device can be cut elsewhere")
	}
	if series.Seal(prev, hash) == series.Seal(hash, prev) {
		t.Error("the order of sealed chunks makes no difference")
	}
}

// FuzzDecode asks that any bytes are refused, or are exactly what Encode
// writes for the rows they are read as.
func FuzzDecode(f *testing.F) {
	good := chunk([]string{"hr"}, 0, []byte{0, 0, 0, 0, 6})
	for _, seed := range [][]byte{nil, good, good[:len(good)-1], chunk(nil, 0), chunk([]string{"hr", "rr"}, 2, []byte{0, 1}, []byte{2, 2}, []byte{0, 0}, []byte{1, 1}, []byte{6, 9})} {
		f.Add(seed)
	}
	minute, err := series.Encode(monitor, minuteOf(3, 8))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(minute)
	f.Fuzz(func(t *testing.T, b []byte) {
		device, rows, err := series.Decode(b)
		if err != nil {
			return
		}
		again, err := series.Encode(device, rows)
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("read from\n%x\nwritten as\n%x (%v)", b, again, err)
		}
		for _, r := range rows {
			if v := float64(r.Sample.Value); math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("a value that is no number: %v", v)
			}
		}
	})
}

// minuteOf is what a monitor sends in so many seconds, so many signals each.
func minuteOf(seconds, signals int) []series.Row {
	fields := vital.Fields()
	var out []series.Row
	for s := range seconds {
		for k := range signals {
			f := fields[k%len(fields)]
			r := row(s, f.Kind.Round(f.Low+vital.Value((s*7+k*13)%20)))
			r.Sample.Kind = f.Kind
			out = append(out, r)
		}
	}
	return out
}

func BenchmarkEncode(b *testing.B) {
	rows := minuteOf(60, 8)
	var body []byte
	for b.Loop() {
		var err error
		if body, err = series.Encode(monitor, rows); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(body)))
	b.ReportMetric(float64(len(body))/float64(len(rows)), "B/row")
	b.ReportMetric(float64(len(rows))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkDecode(b *testing.B) {
	rows := minuteOf(60, 8)
	body, err := series.Encode(monitor, rows)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, _, err := series.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(rows))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
