package session

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// commandTypes are the types in command.go that have an act.
func commandTypes(t testing.TB) []string {
	f, err := parser.ParseFile(token.NewFileSet(), "command.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if ok && fn.Recv != nil && fn.Name.Name == "Act" {
			out = append(out, fn.Recv.List[0].Type.(*ast.Ident).Name)
		}
	}
	return out
}

func TestDecodeCommand_KnowsEveryCommand(t *testing.T) {
	t.Parallel()
	var known []string
	for _, k := range commandKinds() {
		c, err := DecodeCommand(k.Act, k.Version, []byte(`{}`))
		if err != nil {
			t.Errorf("%s: %v", k.Act, err)
			continue
		}
		if c.Act() != k.Act {
			t.Errorf("%s decodes to the act %s", k.Act, c.Act())
		}
		known = append(known, reflect.TypeOf(c).Name())
	}
	for _, name := range commandTypes(t) {
		if !slices.Contains(known, name) {
			t.Errorf("command %s cannot be read from the wire", name)
		}
	}
}

func TestActs_AreInTheRoleTable(t *testing.T) {
	t.Parallel()
	for _, a := range Acts() {
		if !act.Known(a) {
			t.Errorf("no role may %s", a)
		}
	}
	for _, a := range act.Acts() {
		if strings.HasPrefix(string(a), "session.") && !slices.Contains(Acts(), a) {
			t.Errorf("the role table knows %s, which is no command", a)
		}
	}
}

func TestActs_DeviceOnlyStopsAndSeesToAnEmergency(t *testing.T) {
	t.Parallel()
	for _, a := range Acts() {
		want := slices.Contains([]act.Act{ActStop, ActHelp, ActUndoHelp, ActLogHelp}, a)
		if got := act.May(byTablet(), a).Allowed; got != want {
			t.Errorf("a device may %s: %v", a, got)
		}
		if got := act.May(byWatch(), a).Allowed; got != slices.Contains([]act.Act{ActDoubtLink, ActNoteAlarms, ActNotePump, ActDropPump, ActTakeRound, ActPrescriberGone}, a) {
			t.Errorf("a job may %s: %v", a, got)
		}
	}
}

func TestDecodeCommand_IsStrict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, act, body string }{
		{"unknown field", "session.stop", `{"cause":"clinical","why":"x"}`},
		{"unknown field within", "session.rate", `{"ordered":{"v":"0.2","u":"mg/kg/h"},"read":{"rate":{"v":"16","u":"mL/h"},"vtbi":1}}`},
		{"a field twice", "session.stop", `{"cause":"clinical","cause":"planned end"}`},
		{"a field twice, in another case", "session.stop", `{"cause":"clinical","Cause":"planned end"}`},
		{"a field twice within", "session.confirm-pump-stopped", `{"volume":{"v":"5","v":"50","u":"mL"}}`},
		{"trailing data", "session.stop", `{"cause":"clinical"} {}`},
		{"not an object", "session.stop", `null`},
		{"a list", "session.stop", `[]`},
		{"wrong unit", "session.confirm-pump-stopped", `{"volume":{"v":"5","u":"L"}}`},
		{"not a number", "session.confirm-pump-stopped", `{"volume":{"v":"NaN","u":"mL"}}`},
		{"infinity", "session.observe", `{"purpose":"round","readings":[{"kind":"hr","v":"Inf","u":"/min","quality":"good","origin":"by hand"}]}`},
		{"implausible", "session.observe", `{"purpose":"round","readings":[{"kind":"spo2","v":"101","u":"%","quality":"good","origin":"by hand"}]}`},
		{"too large", "session.note", `{"text":{"text":"` + strings.Repeat("a", MaxCommand) + `"}}`},
		{"no such act", "session.fly", `{}`},
		{"empty", "session.stop", ``},
	} {
		if got, err := DecodeCommand(act.Act(c.act), 1, []byte(c.body)); err == nil {
			t.Errorf("%s: read as %#v", c.name, got)
		}
	}
	if _, err := DecodeCommand(ActConfirmStop, 1, []byte(`{"volume":{"v":"5","v":"50","u":"mL"}}`)); err == nil || !strings.Contains(err.Error(), "the key v stands twice") {
		t.Errorf("which field stands twice is not said: %v", err)
	}
	// What is in the record already is read as it always was.
	old := []byte(`{"volume":{"v":"5","v":"50","u":"mL"}}`)
	if e, err := Codec.Decode("session.pump-stop-confirmed", 1, old); err != nil || e.(PumpStopConfirmed).Volume != unit.ML("50") {
		t.Errorf("a stored entry is not read any more: %v", err)
	}
	if _, err := DecodeCommand(ActStop, 2, []byte(`{}`)); err == nil {
		t.Error("a schema version that was never released was read")
	}
	if _, err := DecodeCommand(ActStop, 1, []byte("{\"cause\":\"clinical\"}\n")); err != nil {
		t.Errorf("a final line feed is refused: %v", err)
	}
}

func FuzzDecodeCommand(f *testing.F) {
	acts := Acts()
	seeds := []string{
		`{}`, `{"cause":"clinical"}`, `{"read":{"rate":{"v":"16","u":"mL/h"},"concentration":{"v":"1","u":"mg/mL"}}}`,
		`{"purpose":"round","sedation":5,"readings":[{"kind":"hr","v":"72","u":"/min","quality":"good","origin":"by hand"}]}`,
		`{"vials":[{"drug":"ketamine","lot":"K1","expiry":"2027-01-31","strength":{"v":"50","u":"mg/mL"},"volume":{"v":"5","u":"mL"}}]}`,
		`{"reason":{"text":"late"},"entry":5,"strike":true}`, `null`, `{"v":1e309}`,
	}
	for i := range acts {
		for _, s := range seeds {
			f.Add(uint8(i), s)
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, body string) {
		what := acts[int(n)%len(acts)]
		c, err := DecodeCommand(what, 1, []byte(body))
		if err != nil {
			return
		}
		if c.Act() != what {
			t.Fatalf("%s decoded as %s", what, c.Act())
		}
		if !json.Valid([]byte(body)) {
			t.Fatal("what is not JSON was read")
		}
		for _, p := range []Phase{PhaseScheduled, PhaseReady, PhaseInfusing, PhaseDischarged} {
			l := until(p)
			d, r := Decide(l.state, c, envAt(at(32)))
			if r != nil && what == ActStop {
				t.Fatalf("a stop was refused: %v", r)
			}
			for _, ev := range d.Events {
				if _, _, _, err := Codec.Encode(ev); err != nil && !strings.Contains(err.Error(), "not sealed") {
					t.Fatalf("%T cannot be written: %v", ev, err)
				}
			}
			l.add(d.EffectiveAt, byNurse(), d.Events...)
		}
	})
}
