package journal_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

const (
	someLog     ident.Log     = "01951f00-0000-7000-8000-00000000000a"
	otherLog    ident.Log     = "01951f00-0000-7000-8000-00000000000b"
	someCommand ident.Command = "01951f00-0000-7000-8000-000000000002"
	someDetail  ident.Detail  = "01951f00-0000-7000-8000-000000000003"
)

func start() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

// sample is an entry with a different value in every field.
func sample() journal.Record {
	return journal.Record{
		Clinic: "clinic", Log: someLog, Position: 7, Stream: "session/a", Sequence: 3, Type: "test.said", Version: 2,
		Command: someCommand, Index: 1,
		OccurredAt: start(), EffectiveAt: start().Add(time.Microsecond), RecordedAt: start().Add(time.Second),
		Actor: []byte(`{"kind":"job","job":"test","proof":"system"}`), Device: "tablet", Payload: []byte(`{"text":"x"}`),
	}
}

// byHand writes the canonical bytes a second time, from the rule alone: each
// field with its length before it, numbers as eight bytes.
func byHand(fields ...any) []byte {
	var out []byte
	for _, f := range fields {
		var b []byte
		switch f := f.(type) {
		case string:
			b = []byte(f)
		case int64:
			b = binary.BigEndian.AppendUint64(nil, uint64(f))
		}
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(b))), b...)
	}
	return out
}

func TestAppendFields(t *testing.T) {
	t.Parallel()
	const occurred = int64(1772442000_000000) // 2026-03-02 09:00:00 UTC
	want := byHand("clinic", string(someLog), int64(7), "session/a", int64(3), "test.said", int64(2), string(someCommand), int64(1),
		occurred, occurred+1, occurred+1_000_000, `{"kind":"job","job":"test","proof":"system"}`, "tablet", `{"text":"x"}`)
	if got := sample().AppendFields(nil); !bytes.Equal(got, want) {
		t.Errorf("canonical bytes\n%q\nwant\n%q", got, want)
	}
	prev := journal.Hash{1, 2, 3}
	message := append(append([]byte("stillwatch/event/1"), prev[:]...), want...)
	if got := journal.Link(prev, sample()); got != sha256.Sum256(message) {
		t.Errorf("hash %x, want that of domain, hash before and fields", got)
	}
}

func TestGenesis(t *testing.T) {
	t.Parallel()
	message := append([]byte("stillwatch/log/1"), byHand("clinic", string(someLog))...)
	if got := journal.Genesis("clinic", someLog); got != sha256.Sum256(message) {
		t.Errorf("hash(0) %x, want that of domain, clinic and log", got)
	}
	if journal.Genesis("clinic", someLog) == journal.Genesis("clinic", otherLog) || journal.Genesis("clinic", someLog) == journal.Genesis("other", someLog) {
		t.Error("two logs begin with one hash: entries could be moved between them")
	}
}

// anyRecord draws entries that may stand in the record.
func anyRecord() *rapid.Generator[journal.Record] {
	name := rapid.StringMatching(`[a-z0-9._-]{1,20}`)
	at := rapid.Custom(func(t *rapid.T) time.Time { return time.UnixMicro(rapid.Int64().Draw(t, "µs")).UTC() })
	return rapid.Custom(func(t *rapid.T) journal.Record {
		text, err := json.Marshal(rapid.String().Draw(t, "text"))
		if err != nil {
			t.Fatal(err)
		}
		r := journal.Record{
			Clinic: ident.Clinic(rapid.StringMatching(`[a-z0-9-]{1,32}`).Draw(t, "clinic")), Log: someLog,
			Position: rapid.Int64Range(1, math.MaxInt64).Draw(t, "position"),
			Stream:   journal.NewStream(name.Draw(t, "kind"), name.Draw(t, "id")),
			Sequence: rapid.Int64Range(1, math.MaxInt64).Draw(t, "sequence"),
			Type:     name.Draw(t, "type"), Version: rapid.IntRange(1, 99).Draw(t, "version"), Command: someCommand,
			Index:      rapid.IntRange(0, 99).Draw(t, "index"),
			OccurredAt: at.Draw(t, "occurred"), EffectiveAt: at.Draw(t, "effective"), RecordedAt: at.Draw(t, "recorded"),
			Actor:   []byte(`{"kind":"job","proof":"system"}`),
			Device:  ident.Device(rapid.StringN(0, 20, journal.MaxStream).Draw(t, "device")),
			Payload: text,
		}
		if rapid.Bool().Draw(t, "without command") {
			r.Command = ""
		}
		return r
	})
}

func TestFields_RoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := anyRecord().Draw(t, "record")
		got, err := journal.ParseFields(r.AppendFields(nil))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(r, got); d != "" {
			t.Fatalf("read back (-written +read)\n%s", d)
		}
	})
}

// changes holds, for every field of Record that is hashed, a way to make it
// something else.
func changes() map[string]func(*journal.Record) {
	return map[string]func(*journal.Record){
		"Clinic":      func(r *journal.Record) { r.Clinic += "x" },
		"Log":         func(r *journal.Record) { r.Log = otherLog },
		"Position":    func(r *journal.Record) { r.Position-- },
		"Stream":      func(r *journal.Record) { r.Stream += "x" },
		"Sequence":    func(r *journal.Record) { r.Sequence-- },
		"Type":        func(r *journal.Record) { r.Type += "x" },
		"Version":     func(r *journal.Record) { r.Version++ },
		"Command":     func(r *journal.Record) { r.Command += "x" },
		"Index":       func(r *journal.Record) { r.Index++ },
		"OccurredAt":  func(r *journal.Record) { r.OccurredAt = r.OccurredAt.Add(time.Microsecond) },
		"EffectiveAt": func(r *journal.Record) { r.EffectiveAt = r.EffectiveAt.Add(time.Microsecond) },
		"RecordedAt":  func(r *journal.Record) { r.RecordedAt = r.RecordedAt.Add(time.Microsecond) },
		"Actor":       func(r *journal.Record) { r.Actor = append(bytes.Clone(r.Actor), ' ') },
		"Device":      func(r *journal.Record) { r.Device += "x" },
		"Payload":     func(r *journal.Record) { r.Payload = append(bytes.Clone(r.Payload), ' ') },
	}
}

// TestLink_EveryFieldCounts changes one field at a time; a field added to
// Record and forgotten in the canonical bytes has no change here and fails.
func TestLink_EveryFieldCounts(t *testing.T) {
	t.Parallel()
	ways := changes()
	typ := reflect.TypeFor[journal.Record]()
	rapid.Check(t, func(t *rapid.T) {
		r := anyRecord().Draw(t, "record")
		before := journal.Link(journal.Hash{}, r)
		for i := range typ.NumField() {
			name := typ.Field(i).Name
			if name == "Hash" { // it is the result
				continue
			}
			change, ok := ways[name]
			if !ok {
				t.Fatalf("no test changes field %s", name)
			}
			other := r
			change(&other)
			if journal.Link(journal.Hash{}, other) == before {
				t.Errorf("field %s is not hashed", name)
			}
		}
		if journal.Link(journal.Hash{1}, r) == before {
			t.Error("the hash before is not hashed")
		}
	})
}

// TestLink_BoundariesHold moves bytes from one field into its neighbour: the
// same bytes in a row, cut elsewhere, are another entry.
func TestLink_BoundariesHold(t *testing.T) {
	t.Parallel()
	neighbours := map[string]func(r *journal.Record, a, b string){
		"clinic and log":     func(r *journal.Record, a, b string) { r.Clinic, r.Log = ident.Clinic(a), ident.Log(b) },
		"actor and device":   func(r *journal.Record, a, b string) { r.Actor, r.Device = []byte(a), ident.Device(b) },
		"device and payload": func(r *journal.Record, a, b string) { r.Device, r.Payload = ident.Device(a), []byte(b) },
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringN(1, 40, -1).Draw(t, "bytes")
		i := rapid.IntRange(0, len(s)).Draw(t, "cut")
		j := rapid.IntRange(0, len(s)).Filter(func(j int) bool { return j != i }).Draw(t, "other cut")
		for name, set := range neighbours {
			a, b := sample(), sample()
			set(&a, s[:i], s[i:])
			set(&b, s[:j], s[j:])
			if journal.Link(journal.Hash{}, a) == journal.Link(journal.Hash{}, b) {
				t.Errorf("%s: cut at %d and at %d are one entry", name, i, j)
			}
		}
	})
}

func TestParseFields_Refuses(t *testing.T) {
	t.Parallel()
	whole := sample().AppendFields(nil)
	tests := map[string]struct {
		bytes []byte
		says  string
	}{
		"nothing":             {nil, "read clinic"},
		"cut in a length":     {whole[:2], "length is cut short"},
		"cut in a field":      {whole[:len(whole)-1], "read payload"},
		"bytes after the end": {append(bytes.Clone(whole), 0), "after the last field"},
		"huge length":         {append([]byte{0xff, 0xff, 0xff, 0xff}, whole...), "field is cut short"},
		"short number":        {byHand("clinic", string(someLog), "1234567"), "read stream"},
	}
	for name, test := range tests {
		_, err := journal.ParseFields(test.bytes)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
	seven := sample()
	short := bytes.Replace(seven.AppendFields(nil), byHand(int64(7)), byHand("\x00\x00\x00\x00\x00\x00\x07"), 1)
	if _, err := journal.ParseFields(short); err == nil || !strings.Contains(err.Error(), "not eight bytes") {
		t.Errorf("a number of seven bytes: %v", err)
	}
}

func TestRecord_Check(t *testing.T) {
	t.Parallel()
	if err := sample().Check(); err != nil {
		t.Fatal(err)
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	tests := map[string]func(*journal.Record){
		"clinic name":    func(r *journal.Record) { r.Clinic = "Clinic" },
		"log id":         func(r *journal.Record) { r.Log = "1" },
		"position 0":     func(r *journal.Record) { r.Position = 0 },
		"sequence 0":     func(r *journal.Record) { r.Sequence = 0 },
		"version 0":      func(r *journal.Record) { r.Version = 0 },
		"index below 0":  func(r *journal.Record) { r.Index = -1 },
		"type name":      func(r *journal.Record) { r.Type = "Test Said" },
		"no type":        func(r *journal.Record) { r.Type = "" },
		"long type":      func(r *journal.Record) { r.Type = long(journal.MaxType + 1) },
		"command id":     func(r *journal.Record) { r.Command = "1" },
		"payload":        func(r *journal.Record) { r.Payload = []byte(`{"a":1}{`) },
		"long payload":   func(r *journal.Record) { r.Payload = []byte(`"` + long(journal.MaxPayload) + `"`) },
		"no payload":     func(r *journal.Record) { r.Payload = nil },
		"actor":          func(r *journal.Record) { r.Actor = []byte("nurse") },
		"long actor":     func(r *journal.Record) { r.Actor = []byte(`"` + long(journal.MaxActor) + `"`) },
		"long device":    func(r *journal.Record) { r.Device = ident.Device(long(journal.MaxStream + 1)) },
		"stream":         func(r *journal.Record) { r.Stream = "session" },
		"stream in caps": func(r *journal.Record) { r.Stream = "session/A" },
		"long stream":    func(r *journal.Record) { r.Stream = journal.NewStream("session", long(journal.MaxStream)) },
	}
	for name, spoil := range tests {
		r := sample()
		spoil(&r)
		if err := r.Check(); err == nil {
			t.Errorf("%s: may stand in the record", name)
		}
		if _, err := journal.ParseFields(r.AppendFields(nil)); err == nil {
			t.Errorf("%s: is read", name)
		}
	}
}

func TestActor(t *testing.T) {
	t.Parallel()
	proved := time.Date(2026, 3, 2, 10, 0, 0, 123456789, time.FixedZone("CET", 3600))
	a := act.Actor{Kind: act.Person, Person: "p", Roles: []act.Role{act.Nurse}, Proof: act.PIN, ProvedAt: proved}
	b, err := journal.EncodeActor(a)
	if err != nil {
		t.Fatal(err)
	}
	r := sample()
	r.Actor = b
	m, err := r.Meta()
	if err != nil {
		t.Fatal(err)
	}
	a.ProvedAt = time.Date(2026, 3, 2, 9, 0, 0, 123456000, time.UTC)
	want := journal.Meta{
		Position: 7, Sequence: 3, Command: someCommand, Index: 1, Actor: a, Device: "tablet",
		OccurredAt: r.OccurredAt, EffectiveAt: r.EffectiveAt, RecordedAt: r.RecordedAt,
	}
	if d := cmp.Diff(want, m); d != "" {
		t.Errorf("envelope (-want +got)\n%s", d)
	}
	r.Actor = []byte(`{"kind":"person","proof":"pin","rank":1}`)
	if _, err := r.Meta(); err == nil {
		t.Error("an actor with a field nobody knows is read")
	}
	a.Job = strings.Repeat("x", journal.MaxActor)
	if _, err := journal.EncodeActor(a); err == nil {
		t.Error("an actor beyond its bound is written")
	}
}

// FuzzParseFields asks that any bytes are refused, or are exactly the
// canonical bytes of the record they are read as.
func FuzzParseFields(f *testing.F) {
	whole := sample().AppendFields(nil)
	for _, seed := range [][]byte{nil, whole, whole[:len(whole)-1], append(bytes.Clone(whole), 0), whole[4:], {0xff, 0xff, 0xff, 0xff}} {
		f.Add(seed)
	}
	bare := sample()
	bare.Command, bare.Device, bare.Payload = "", "", []byte("null")
	f.Add(bare.AppendFields(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := journal.ParseFields(b)
		if err != nil {
			return
		}
		if err := r.Check(); err != nil {
			t.Errorf("read, but may not stand in the record: %v", err)
		}
		if again := r.AppendFields(nil); !bytes.Equal(again, b) {
			t.Errorf("read from\n%x\nwritten as\n%x", b, again)
		}
	})
}
