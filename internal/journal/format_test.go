package journal_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/vital"
)

const formatDocument = "../../doc/journal-format.md"

// vector is one worked example of the document: names in the order written,
// and their values.
type vector struct {
	kind   string
	names  []string
	values map[string]string
	rows   []string
}

// vectors reads every example of the document.
func vectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile(formatDocument)
	if err != nil {
		t.Fatal(err)
	}
	var out []vector
	for _, m := range regexp.MustCompile("(?s)```vector (\\w+)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		v := vector{kind: m[1], values: map[string]string{}}
		for line := range strings.Lines(m[2]) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			if value = strings.TrimLeft(value, " "); name == "row" {
				v.rows = append(v.rows, value)
				continue
			}
			v.names = append(v.names, name)
			v.values[name] = value
		}
		out = append(out, v)
	}
	return out
}

// only returns the examples of one kind, which must be as many as said.
func only(t *testing.T, kind string, want int) []vector {
	t.Helper()
	out := slices.DeleteFunc(vectors(t), func(v vector) bool { return v.kind != kind })
	if len(out) != want {
		t.Fatalf("%s has %d examples of %s, want %d", formatDocument, len(out), kind, want)
	}
	return out
}

func (v vector) hex(t *testing.T, name string) []byte {
	t.Helper()
	b, err := hex.DecodeString(v.values[name])
	if err != nil || len(b) == 0 {
		t.Fatalf("%s of %s is not hex: %q", name, v.kind, v.values[name])
	}
	return b
}

func (v vector) number(t *testing.T, name string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(v.values[name], 10, 64)
	if err != nil {
		t.Fatalf("%s of %s: %v", name, v.kind, err)
	}
	return n
}

func (v vector) time(t *testing.T, name string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, v.values[name])
	if err != nil {
		t.Fatalf("%s of %s: %v", name, v.kind, err)
	}
	return at
}

// want compares what the document says with a hash computed by the
// document's rule and with the program's.
func (v vector) want(t *testing.T, name string, message []byte, program journal.Hash) {
	t.Helper()
	rule := sha256.Sum256(message)
	if said := v.values[name]; said != hex.EncodeToString(rule[:]) || said != hex.EncodeToString(program[:]) {
		t.Errorf("%s of %s\ndocument %s\nrule     %x\nprogram  %x", name, v.kind, said, rule, program)
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestFormat_EveryExampleIsChecked(t *testing.T) {
	t.Parallel()
	got := map[string]int{}
	for _, v := range vectors(t) {
		got[v.kind]++
	}
	if d := cmp.Diff(map[string]int{"log": 1, "event": 2, "detail": 1, "checkpoint": 1, "telemetry": 1, "chunk": 2}, got); d != "" {
		t.Errorf("examples of the document (-checked +written)\n%s", d)
	}
}

func TestFormat_Log(t *testing.T) {
	t.Parallel()
	v := only(t, "log", 1)[0]
	message := join([]byte("stillwatch/log/1"), byHand(v.values["clinic"], v.values["log"]))
	if !bytes.Equal(message, v.hex(t, "bytes")) {
		t.Errorf("bytes\n%x, want\n%s", message, v.values["bytes"])
	}
	v.want(t, "hash", message, journal.Genesis(ident.Clinic(v.values["clinic"]), ident.Log(v.values["log"])))
}

// tableFields are the fields in the order of the document's table, each with
// its kind.
func tableFields(t *testing.T) (names []string, kinds map[string]string) {
	t.Helper()
	text, err := os.ReadFile(formatDocument)
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| field | kind | what it is |")
	table, _, _ = strings.Cut(table, "\n\n")
	kinds = map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (\\w+) \\|").FindAllStringSubmatch(table, -1) {
		names = append(names, m[1])
		kinds[m[1]] = m[2]
	}
	return names, kinds
}

// TestFormat_Event builds the fields in the order and of the kinds that the
// document's table gives, and compares with the program.
func TestFormat_Event(t *testing.T) {
	t.Parallel()
	names, kinds := tableFields(t)
	log := only(t, "log", 1)[0]
	prev := log.hex(t, "hash")
	for _, v := range only(t, "event", 2) {
		if d := cmp.Diff(append(slices.Clone(names), "fields", "hash"), v.names); d != "" {
			t.Errorf("the example's fields are not the table's (-table +example)\n%s", d)
		}
		var fields []byte
		for _, name := range names {
			switch kinds[name] {
			case "number":
				fields = append(fields, byHand(v.number(t, name))...)
			case "time":
				fields = append(fields, byHand(v.time(t, name).UnixMicro())...)
			case "text", "bytes":
				fields = append(fields, byHand(v.values[name])...)
			default:
				t.Fatalf("field %s is of no kind the document explains: %q", name, kinds[name])
			}
		}
		r := v.record(t)
		if !bytes.Equal(fields, v.hex(t, "fields")) || !bytes.Equal(fields, r.AppendFields(nil)) {
			t.Errorf("fields\nrule     %x\ndocument %s\nprogram  %x", fields, v.values["fields"], r.AppendFields(nil))
		}
		v.want(t, "hash", join([]byte("stillwatch/event/1"), prev, fields), journal.Link(journal.Hash(prev), r))
		if err := r.Check(); err != nil {
			t.Error(err)
		}
		if _, err := r.Meta(); err != nil {
			t.Error(err)
		}
		prev = v.hex(t, "hash")
	}
}

func (v vector) record(t *testing.T) journal.Record {
	t.Helper()
	return journal.Record{
		Clinic: ident.Clinic(v.values["clinic"]), Log: ident.Log(v.values["log"]), Position: v.number(t, "position"),
		Stream: journal.Stream(v.values["stream"]), Sequence: v.number(t, "sequence"),
		Type: v.values["type"], Version: int(v.number(t, "version")),
		Command: ident.Command(v.values["command"]), Index: int(v.number(t, "index")),
		OccurredAt: v.time(t, "occurred_at"), EffectiveAt: v.time(t, "effective_at"), RecordedAt: v.time(t, "recorded_at"),
		Actor: []byte(v.values["actor"]), Device: ident.Device(v.values["device"]), Payload: []byte(v.values["payload"]),
	}
}

func TestFormat_Detail(t *testing.T) {
	t.Parallel()
	v := only(t, "detail", 1)[0]
	d := journal.NewDetail(ident.Detail(v.values["id"]), v.hex(t, "salt"), []byte(v.values["body"]))
	program, err := hex.DecodeString(d.Hash())
	if err != nil {
		t.Fatal(err)
	}
	v.want(t, "hash", join([]byte("stillwatch/detail/1"), byHand(v.values["id"], string(d.Salt), v.values["body"])), journal.Hash(program))
	second := only(t, "event", 2)[1]
	if got := journal.References([]byte(second.values["payload"])); len(got) != 1 || got[0] != d.Ref() {
		t.Errorf("the second entry refers to %v, the example is %v", got, d.Ref())
	}
}

func TestFormat_Checkpoint(t *testing.T) {
	t.Parallel()
	v := only(t, "checkpoint", 1)[0]
	secret := ed25519.NewKeyFromSeed(v.hex(t, "seed"))
	if !bytes.Equal(secret.Public().(ed25519.PublicKey), v.hex(t, "public")) {
		t.Error("seed and public key do not belong together")
	}
	c, err := journal.ParseCheckpoint(v.values["line"])
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Verify(signedBy(secret)); err != nil {
		t.Error(err)
	}
	last := only(t, "event", 2)[1]
	if c.Position != last.number(t, "position") || hex.EncodeToString(c.Hash[:]) != last.values["hash"] || string(c.Log) != last.values["log"] {
		t.Error("the checkpoint is not the last example entry's")
	}
	words := strings.Split(v.values["line"], " ")
	message := strings.Join(words[:len(words)-1], " ")
	if len(words) != 7 || !bytes.Equal(ed25519.Sign(secret, []byte(message)), c.Signature) {
		t.Error("the signature is not over the line's bytes before it")
	}
}

// rowOf reads one row of a chunk's example.
func rowOf(t *testing.T, text string) series.Row {
	t.Helper()
	f := map[string]string{}
	for _, word := range strings.Fields(text) {
		name, value, _ := strings.Cut(word, "=")
		f[name] = value
	}
	after := func(name string) time.Duration {
		n, err := strconv.ParseInt(f[name], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return time.Duration(n) * time.Microsecond
	}
	at, err := time.Parse(time.RFC3339Nano, f["at"])
	if err != nil {
		t.Fatal(err)
	}
	value, err := strconv.ParseFloat(f["value"], 64)
	if err != nil {
		t.Fatal(err)
	}
	return series.Row{At: at, ReceivedAt: at.Add(after("received")), Sample: vital.Sample{
		Kind: vital.Kind(f["kind"]), Value: vital.Value(value), At: at.Add(after("own")),
		Site: f["site"], Source: f["source"], Quality: vital.Quality(f["quality"]),
	}}
}

func TestFormat_Telemetry(t *testing.T) {
	t.Parallel()
	v := only(t, "telemetry", 1)[0]
	clinic, device := ident.Clinic(v.values["clinic"]), ident.Device(v.values["device"])
	v.want(t, "log0", join([]byte("stillwatch/log/1"), byHand(v.values["clinic"], v.values["log"])), journal.Genesis(clinic, ident.Log(v.values["log"])))
	v.want(t, "device0", join([]byte("stillwatch/device/1"), byHand(v.values["clinic"], v.values["device"])), series.Genesis(clinic, device))
	prev, log := v.hex(t, "device0"), v.hex(t, "log0")
	for _, c := range only(t, "chunk", 2) {
		var rows []series.Row
		for _, text := range c.rows {
			rows = append(rows, rowOf(t, text))
		}
		body, err := series.Encode(device, rows)
		if err != nil || !bytes.Equal(body, c.hex(t, "bytes")) {
			t.Errorf("chunk written as\n%x (%v), document\n%s", body, err, c.values["bytes"])
		}
		gotDevice, got, err := series.Decode(c.hex(t, "bytes"))
		if d := cmp.Diff(rows, got); err != nil || gotDevice != device || d != "" {
			t.Errorf("chunk read: device %s, %v\n%s", gotDevice, err, d)
		}
		n := c.number(t, "number")
		number := binary.BigEndian.AppendUint64(nil, uint64(n))
		c.want(t, "device", join([]byte("stillwatch/chunk/1"), prev, byHand(string(number), string(c.hex(t, "bytes")))), series.Link(journal.Hash(prev), n, body))
		prev = c.hex(t, "device")
		c.want(t, "log", join([]byte("stillwatch/seal/1"), log, prev), series.Seal(journal.Hash(log), journal.Hash(prev)))
		log = c.hex(t, "log")
	}
}
