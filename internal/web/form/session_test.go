package form

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// commands are the commands a person may give; DoubtLink is the watch's.
var commands = []session.Command{
	session.Schedule{},
	session.Arrive{},
	session.AnswerPrecheck{},
	session.Attest{},
	session.AttachOrder{},
	session.ReviewOrder{},
	session.GrantException{},
	session.Override{},
	session.MakeReady{},
	session.Cancel{},
	session.Transfer{},
	session.Leave{},
	session.OpenVials{},
	session.Compute{},
	session.DiscardDrawUp{},
	session.LinkMonitor{},
	session.LinkPump{},
	session.UnlinkPump{},
	session.UnlinkMonitor{},
	session.TakeOffMonitor{},
	session.ReturnToMonitor{},
	session.AnswerTimeOut{},
	session.Start{},
	session.SetRate{},
	session.ReadPump{},
	session.SettleRate{},
	session.Pause{},
	session.Resume{},
	session.Stop{},
	session.ClaimStop{},
	session.ConfirmPumpStopped{},
	session.TakeSpokenOrder{},
	session.SignSpokenOrder{},
	session.Observe{},
	session.NoteSideEffect{},
	session.GradeSideEffect{},
	session.ResolveSideEffect{},
	session.GiveDrug{},
	session.ConfirmReadings{},
	session.DoubtReading{},
	session.MissRound{},
	session.WithdrawConsent{},
	session.CheckPresence{},
	session.TakeOver{},
	session.TakePrescriber{},
	session.Note{},
	session.Amend{},
	session.CallHelp{},
	session.UndoHelp{},
	session.LogHelp{},
	session.EndHelp{},
	session.BeginRecovery{},
	session.ScoreDischarge{},
	session.CheckDischarge{},
	session.Discharge{},
	session.Reconcile{},
	session.Waste{},
	session.ReturnDrug{},
	session.Review{},
	session.CloseRecord{},
	session.FollowUp{},
}

func TestSession_EveryActHasAForm(t *testing.T) {
	t.Parallel()
	var want []string
	for _, value := range constants(t, "../../session/command.go", "Act") {
		if !slices.Contains([]act.Act{session.ActDoubtLink, session.ActNotePump, session.ActDropPump}, act.Act(value)) {
			want = append(want, value)
		}
	}
	for _, value := range constants(t, "../../session/round.go", "Act") {
		if act.Act(value) != session.ActTakeRound {
			want = append(want, value)
		}
	}
	want = append(want, string(session.ActWithdrawConsent))
	for _, value := range constants(t, "../../session/backentry.go", "Act") {
		if act.Act(value) == session.ActReconcile { // the others are said on the page of a paper
			want = append(want, value)
		}
	}
	var got []string
	for _, f := range Session(Limits{}) {
		got = append(got, string(f.Act))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("acts and forms differ (-act +form):\n%s", diff)
	}
	if len(commands) != len(got) {
		t.Errorf("this test knows %d commands, there are %d forms", len(commands), len(got))
	}
}

func TestSession_EveryPathIsInItsCommand(t *testing.T) {
	t.Parallel()
	for _, c := range commands {
		f, ok := Of(c.Act())
		if !ok {
			t.Errorf("%s has no form", c.Act())
			continue
		}
		asked := map[string]bool{}
		for _, s := range f.Sections {
			for _, field := range s.Fields {
				checkField(t, f, reflect.TypeOf(c), field)
				asked[strings.Split(field.Path, ".")[0]] = true
			}
		}
		for _, name := range jsonNames(reflect.TypeOf(c)) {
			onPage := c.Act() == session.ActAttachOrder && name == "reason" // asked where an order comes from a protocol
			if !asked[name] && name != "findings" && name != "scanned" && !onPage {
				t.Errorf("%s: nothing asks for %q", f.Act, name)
			}
		}
	}
}

// checkField follows the field's path and compares the type found with what
// the field's flags say about its JSON.
func checkField(t *testing.T, f Form, in reflect.Type, field Field) {
	t.Helper()
	found, ok := follow(in, field.Path)
	if !ok {
		t.Errorf("%s: path %q is not in %s", f.Act, field.Path, in)
		return
	}
	isList := found.Kind() == reflect.Slice && field.Input != Choices
	if isList {
		found = found.Elem()
	}
	quantity := strings.Contains(found.Name(), "Of[") && found.PkgPath() == "github.com/stillwatch/stillwatch/internal/unit"
	integer := found.Kind() == reflect.Int || found.Kind() == reflect.Int64 || field.Input == SE12
	want := struct{ private, quantity, integer, boolean, clock bool }{
		found == reflect.TypeFor[journal.Private](), quantity, integer, found.Kind() == reflect.Bool, found == reflect.TypeFor[time.Time](),
	}
	got := struct{ private, quantity, integer, boolean, clock bool }{
		field.Private, field.Quantity, field.Int, field.Input == YesNo, field.Input == Time,
	}
	if field.Input == Known && isList {
		got.integer = integer
	}
	if field.Input == Known && want.clock {
		got.clock = true
	}
	if want != got {
		t.Errorf("%s: %q is %s, asked as %+v", f.Act, field.Path, found, field)
	}
	if field.Input == Vital && found != reflect.TypeFor[vital.Reading]() {
		t.Errorf("%s: %q is no list of readings", f.Act, field.Path)
	}
	if field.Label == "" && field.Input != Known && field.Input != NewID {
		t.Errorf("%s: %q has no label", f.Act, field.Path)
	}
	for _, inner := range field.Fields {
		checkField(t, f, found, inner)
	}
}

func follow(in reflect.Type, path string) (reflect.Type, bool) {
	for name := range strings.SplitSeq(path, ".") {
		for in.Kind() == reflect.Pointer {
			in = in.Elem()
		}
		if in.Kind() != reflect.Struct {
			return nil, false
		}
		f, ok := byJSON(in, name)
		if !ok {
			return nil, false
		}
		in = f.Type
	}
	for in.Kind() == reflect.Pointer {
		in = in.Elem()
	}
	return in, true
}

func byJSON(in reflect.Type, name string) (reflect.StructField, bool) {
	for _, f := range reflect.VisibleFields(in) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func jsonNames(in reflect.Type) []string {
	var out []string
	for _, f := range reflect.VisibleFields(in) {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" && len(f.Index) <= 2 {
			out = append(out, tag)
		}
	}
	return out
}

// TestSession_ChoicesAreComplete finds every field that holds one of the
// record's closed lists and compares its answers with the constants.
func TestSession_ChoicesAreComplete(t *testing.T) {
	t.Parallel()
	const value = "../../session/value.go"
	for _, tt := range []struct {
		file, typ, path string
		act             act.Act
	}{
		{value, "Identifier", "identifiers", session.ActArrive},
		{value, "Document", "document", session.ActAttest},
		{value, "Capacity", "capacity", session.ActLeave},
		{value, "NotApplies", "pregnancy.why", session.ActPrecheck},
		{value, "PregnancyResult", "pregnancy.result", session.ActPrecheck},
		{value, "OffReason", "reason", session.ActOffMonitor},
		{value, "Position", "position", session.ActTimeOut},
		{value, "Position", "position", session.ActObserve},
		{value, "PauseCause", "cause", session.ActPause},
		{value, "StopCause", "cause", session.ActStop},
		{value, "SpokenKind", "what", session.ActSpokenOrder},
		{value, "Purpose", "purpose", session.ActObserve},
		{value, "NotAsked", "pain_not_asked", session.ActObserve},
		{value, "NotAsked", "se12_not_asked", session.ActObserve},
		{value, "Site", "site", session.ActObserve},
		{value, "HelpAct", "what", session.ActLogHelp},
		{value, "Gate", "gate", session.ActOverride},
		{"../../drug/order.go", "WeightBasis", "order.weight_basis", session.ActAttachOrder},
	} {
		f, _ := Of(tt.act)
		want := constants(t, tt.file, tt.typ)
		var got []string
		for _, o := range find(f, tt.path).Options {
			got = append(got, o.Value)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s (-constants +answers):\n%s", tt.act, tt.path, diff)
		}
	}
}

func TestSession_RangesComeFromTheTableOfKinds(t *testing.T) {
	t.Parallel()
	f, _ := Of(session.ActObserve)
	for _, s := range f.Sections {
		for _, field := range s.Fields {
			if field.Input != Vital {
				continue
			}
			k := vital.Kind(field.Kind)
			d, _ := vital.Of(k)
			if field.Low != k.Text(d.Low) || field.High != k.Text(d.High) || field.UCUM != d.UCUM || field.Decimals != d.Decimals {
				t.Errorf("%s: %+v is not the table's %+v", k, field, d)
			}
		}
	}
}

func TestSession_ShowIfPointsAtAFieldOfTheForm(t *testing.T) {
	t.Parallel()
	for _, f := range Session(Limits{}) {
		for _, s := range f.Sections {
			for _, field := range s.Fields {
				if field.ShowIf != nil && find(f, field.ShowIf.Path).Path == "" {
					t.Errorf("%s: %q waits for %q, which the form does not ask", f.Act, field.Path, field.ShowIf.Path)
				}
			}
		}
	}
}

func TestSession_FormsDoNotNameAPumpActionAsDoneByUs(t *testing.T) {
	t.Parallel()
	for _, a := range []act.Act{session.ActStart, session.ActRate, session.ActStop} {
		f, _ := Of(a)
		if !strings.Contains(f.Intro, "records; it does not act on the pump") {
			t.Errorf("%s does not say that its button only records: %q", a, f.Intro)
		}
	}
}

func find(f Form, path string) Field {
	for _, s := range f.Sections {
		for _, field := range s.Fields {
			if field.Path == path {
				return field
			}
		}
	}
	return Field{}
}

// constants reads the string constants of a type from its source, so that a
// new one that no form offers fails the test.
func constants(t *testing.T, file, typ string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatalf("read constants: %v", err)
	}
	var out []string
	for _, d := range parsed.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			if v, ok := s.(*ast.ValueSpec); ok && typeName(v.Type) == typ {
				out = append(out, literal(t, v.Values[0]))
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s has no constants of type %s", file, typ)
	}
	return out
}

func typeName(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}

func literal(t *testing.T, e ast.Expr) string {
	t.Helper()
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		t.Fatalf("constant is no literal: %v", e)
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		t.Fatalf("unquote constant: %v", err)
	}
	return s
}

// TestSession_SaysTheLibrarysLongestTimeOffTheMonitor, and none where none is
// known: then the server tells.
func TestSession_SaysTheLibrarysLongestTimeOffTheMonitor(t *testing.T) {
	t.Parallel()
	for most, want := range map[int]string{7: "7", 10: "10", 0: ""} {
		for _, f := range Session(Limits{OffMinutes: most}) {
			if f.Act != session.ActOffMonitor {
				continue
			}
			minutes := f.Sections[0].Fields[2]
			if minutes.Path != "minutes" || minutes.High != want || minutes.Low != "1" {
				t.Errorf("of %d min it says %+v", most, minutes)
			}
		}
	}
}
