package series

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// magic begins every chunk and carries the version of its layout.
const magic = "SWC1"

// Bounds of one chunk: far beyond a minute of any monitor. A chunk within
// them is always shorter than maxBytes.
const (
	MaxRows    = 100_000
	maxColumns = 1_000
	maxText    = 256
	maxBytes   = 16 << 20
	maxScale   = 6 // decimals
	// maxValue keeps a value with maxScale decimals well inside what a float64
	// holds exactly, so that it fits its column whatever else stands there.
	maxValue = 1e9
)

// A chunk is, in order and nothing after it:
//
//	magic      "SWC1"
//	device     text
//	columns    count, then for each: kind, unit (UCUM), site, source, quality
//	           as texts, simulated (0 or 1), decimals (0 to 6)
//	rows       count, then five sequences of that many numbers each:
//	  column     which column the row belongs to
//	  at         microseconds, as the difference to the row before
//	  received   microseconds later than at, as the difference to the row before
//	  own        device time minus at, microseconds, as the difference to the row before
//	  value      value × 10^decimals, as the difference to the column's row before
//
// A text is its length and its bytes; a count or length is an unsigned
// varint, a difference a zig-zag varint, as in encoding/binary, each in its
// shortest form. Columns stand in order of first use. Differences wrap at 64
// bits.

// column is what rows of one metric share.
type column struct {
	kind      vital.Kind
	site      string
	source    string
	quality   vital.Quality
	simulated bool
}

func columnOf(r Row) column {
	return column{r.Sample.Kind, r.Sample.Site, r.Sample.Source, r.Sample.Quality, r.Sample.Simulated}
}

// Metrics counts the columns that rows need. Sites and sources are a
// monitor's own words: nothing says how many it has.
type Metrics struct{ seen map[column]bool }

// Take adds rows that still fit into one chunk with those taken before, all
// of them or none.
func (m *Metrics) Take(rows ...Row) bool {
	fresh := map[column]bool{}
	for _, r := range rows {
		if c := columnOf(r); !m.seen[c] {
			fresh[c] = true
		}
	}
	if len(m.seen)+len(fresh) > maxColumns {
		return false
	}
	if m.seen == nil {
		m.seen = map[column]bool{}
	}
	maps.Copy(m.seen, fresh)
	return true
}

// Encode writes rows, in the order given, as one chunk. A value must be a
// decimal of at most six places below a thousand million, as mapping leaves
// it; NaN and infinities are refused. Times are cut to whole microseconds.
func Encode(device ident.Device, rows []Row) ([]byte, error) {
	if len(rows) > MaxRows {
		return nil, fmt.Errorf("encode chunk: %d rows are more than %d", len(rows), MaxRows)
	}
	e := newEncoder()
	for _, r := range rows {
		if err := e.add(r); err != nil {
			return nil, fmt.Errorf("encode chunk: %w", err)
		}
	}
	out := appendText([]byte(magic), string(device))
	out, err := e.appendColumns(out)
	if err != nil {
		return nil, fmt.Errorf("encode chunk: %w", err)
	}
	if len(device) > maxText {
		return nil, errors.New("encode chunk: device id is too long")
	}
	return e.appendRows(out, rows), nil
}

type encoder struct {
	index   map[column]int
	columns []column
	scales  []int
	of      []int // row → column
}

func newEncoder() *encoder { return &encoder{index: map[column]int{}} }

func (e *encoder) add(r Row) error {
	c := columnOf(r)
	i, ok := e.index[c]
	if !ok {
		i = len(e.columns)
		e.index[c] = i
		e.columns, e.scales = append(e.columns, c), append(e.scales, 0)
	}
	e.of = append(e.of, i)
	scale, ok := scaleOf(r.Sample.Value)
	if !ok {
		return fmt.Errorf("value of %s is not a decimal of at most %d places", r.Sample.Kind, maxScale)
	}
	e.scales[i] = max(e.scales[i], scale)
	return nil
}

func (e *encoder) appendColumns(out []byte) ([]byte, error) {
	if len(e.columns) > maxColumns {
		return nil, fmt.Errorf("%d metrics are more than %d", len(e.columns), maxColumns)
	}
	out = binary.AppendUvarint(out, uint64(len(e.columns)))
	for i, c := range e.columns {
		f, ok := vital.Of(c.kind)
		if !ok || len(c.site) > maxText || len(c.source) > maxText || len(c.quality) > maxText {
			return nil, errors.New("kind is unknown, or site, source or quality too long")
		}
		for _, s := range []string{string(c.kind), f.UCUM, c.site, c.source, string(c.quality)} {
			out = appendText(out, s)
		}
		out = append(out, flag(c.simulated), byte(e.scales[i]))
	}
	return out, nil
}

func (e *encoder) appendRows(out []byte, rows []Row) []byte {
	out = binary.AppendUvarint(out, uint64(len(rows)))
	for _, i := range e.of {
		out = binary.AppendUvarint(out, uint64(i))
	}
	out = appendDeltas(out, rows, func(r Row) int64 { return r.At.UnixMicro() })
	out = appendDeltas(out, rows, func(r Row) int64 { return r.ReceivedAt.UnixMicro() - r.At.UnixMicro() })
	out = appendDeltas(out, rows, func(r Row) int64 { return r.Sample.At.UnixMicro() - r.At.UnixMicro() })
	last := make([]int64, len(e.columns))
	for n, r := range rows {
		i := e.of[n]
		v := scaled(r.Sample.Value, e.scales[i])
		out = binary.AppendVarint(out, v-last[i])
		last[i] = v
	}
	return out
}

func appendDeltas(out []byte, rows []Row, of func(Row) int64) []byte {
	last := int64(0)
	for _, r := range rows {
		n := of(r)
		out = binary.AppendVarint(out, n-last)
		last = n
	}
	return out
}

// scaleOf is the fewest decimals that give v exactly.
func scaleOf(v vital.Value) (int, bool) {
	if !(v > -maxValue && v < maxValue) { // which NaN is not either
		return 0, false
	}
	for scale := range maxScale + 1 {
		if unscaled(scaled(v, scale), scale) == v {
			return scale, true
		}
	}
	return 0, false
}

// scaled needs a value within maxValue.
func scaled(v vital.Value, scale int) int64 { return int64(math.Round(float64(v) * pow10(scale))) }

func unscaled(n int64, scale int) vital.Value { return vital.Value(float64(n) / pow10(scale)) }

func pow10(scale int) float64 { return [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}[scale] }

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// Decode reads one chunk, and refuses every sequence of bytes that Encode
// would not have written.
func Decode(b []byte) (ident.Device, []Row, error) {
	if len(b) > maxBytes {
		return "", nil, fmt.Errorf("decode chunk: %d bytes are more than %d", len(b), maxBytes)
	}
	d := decoder{b: b}
	device, rows := d.chunk()
	if d.err != nil {
		return "", nil, fmt.Errorf("decode chunk: %w", d.err)
	}
	again, err := Encode(device, rows)
	if err != nil || !bytes.Equal(again, b) {
		return "", nil, errors.New("decode chunk: not as it would be written")
	}
	return device, rows, nil
}

// decoder reads from b until its first error; then everything is zero.
type decoder struct {
	b   []byte
	err error
}

var errShort = errors.New("cut short or malformed")

func (d *decoder) fail() {
	d.err = errShort
	d.b = nil
}

func (d *decoder) count(most int) int {
	n, size := binary.Uvarint(d.b)
	if size <= 0 || n > uint64(most) {
		d.fail()
		return 0
	}
	d.b = d.b[size:]
	return int(n)
}

func (d *decoder) delta() int64 {
	n, size := binary.Varint(d.b)
	if size <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[size:]
	return n
}

func (d *decoder) text() string {
	n := d.count(maxText)
	if n > len(d.b) {
		d.fail()
		return ""
	}
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.fail()
		return 0
	}
	n := d.b[0]
	d.b = d.b[1:]
	return n
}

func (d *decoder) chunk() (ident.Device, []Row) {
	if !bytes.HasPrefix(d.b, []byte(magic)) {
		d.fail()
		return "", nil
	}
	d.b = d.b[len(magic):]
	device := ident.Device(d.text())
	columns, scales := d.columns()
	rows := d.rows(columns, scales)
	if len(d.b) != 0 {
		d.fail()
	}
	return device, rows
}

func (d *decoder) columns() ([]column, []int) {
	n := d.count(maxColumns)
	var columns []column
	var scales []int
	for i := 0; i < n && d.err == nil; i++ {
		c := column{kind: vital.Kind(d.text())}
		unit := d.text()
		c.site, c.source, c.quality = d.text(), d.text(), vital.Quality(d.text())
		simulated, scale := d.byte(), d.byte()
		f, ok := vital.Of(c.kind)
		if !ok || f.UCUM != unit || simulated > 1 || scale > maxScale {
			d.fail()
			break
		}
		c.simulated = simulated == 1
		columns, scales = append(columns, c), append(scales, int(scale))
	}
	return columns, scales
}

func (d *decoder) rows(columns []column, scales []int) []Row {
	n := d.count(MaxRows)
	if n*5 > len(d.b) || n > 0 && len(columns) == 0 {
		d.fail()
		return nil
	}
	of := make([]int, n)
	for i := range of {
		if of[i] = d.count(len(columns) - 1); d.err != nil {
			return nil
		}
	}
	at, received, own := d.deltas(n), d.deltas(n), d.deltas(n)
	rows := make([]Row, 0, n)
	last := make([]int64, len(columns))
	for i := range n {
		c := columns[of[i]]
		last[of[i]] += d.delta()
		if d.err != nil {
			return nil
		}
		rows = append(rows, Row{
			At: micro(at[i]), ReceivedAt: micro(at[i] + received[i]),
			Sample: vital.Sample{
				Kind: c.kind, Value: unscaled(last[of[i]], scales[of[i]]), At: micro(at[i] + own[i]),
				Site: c.site, Source: c.source, Quality: c.quality, Simulated: c.simulated,
			},
		})
	}
	return slices.Clip(rows)
}

func (d *decoder) deltas(n int) []int64 {
	out := make([]int64, n)
	last := int64(0)
	for i := range out {
		last += d.delta()
		out[i] = last
	}
	return out
}

func micro(n int64) time.Time { return time.UnixMicro(n).UTC() }
