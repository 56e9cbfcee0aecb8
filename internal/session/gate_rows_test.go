package session

import (
	"maps"
	"slices"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/word"
)

// row is one case of one check of a gate: what is changed in the clear scene,
// and what the check then says.
type row struct {
	name   string
	check  CheckID
	want   Outcome
	rule   string // the row of the library that binds
	change func(*scene)
	// by may accept the finding; nobody a hard one.
	by []act.Role
}

// table is one gate with its rows.
type table struct {
	gate   Gate
	lines  func() []line
	clear  func() scene
	ask    func(scene) GateResult
	look   func(scene) look // what ask looks at, to ask one check alone
	guards []Command        // the acts it refuses while something blocks
	shut   string           // the message of that refusal
	rows   func() []row
}

func tables() []table {
	return []table{
		{GateDrawUp, drawUpLines, drawUpScene, func(x scene) GateResult { return DrawUpGate(x.s, x.env) }, lookPlain, []Command{MakeReady{}}, "session.draw_up_shut", drawUpRows},
		{GateStart, startLines, startScene, func(x scene) GateResult { return StartGate(x.s, x.env, x.read) }, lookStart, []Command{Start{}}, "session.start_shut", startRows},
		{GateResume, resumeLines, resumeScene, func(x scene) GateResult { return ResumeGate(x.s, x.env, x.read) }, lookResume, []Command{Resume{}}, "session.resume_shut", resumeRows},
		{GateDischarge, dischargeLines, dischargeScene, func(x scene) GateResult { return DischargeGate(x.s, x.env) }, lookPlain, []Command{Discharge{}}, "session.discharge_shut", dischargeRows},
	}
}

func drawUpRows() []row {
	return slices.Concat(whoRows(), orderRows(), precheckRows(), baselineRows(), placeRows())
}

func (g GateResult) find(id CheckID) (Check, bool) {
	i := slices.IndexFunc(g.Checks, func(c Check) bool { return c.ID == id })
	if i < 0 {
		return Check{}, false
	}
	return g.Checks[i], true
}

// asked is one row as it comes out.
func (tb table) asked(r row, rules library.Session) (scene, Check, bool) {
	x := tb.clear()
	x.env.Rules = rules
	if r.change != nil {
		r.change(&x)
	}
	c, ok := tb.ask(x).find(r.check)
	return x, c, ok
}

func lookPlain(x scene) look { return look{s: x.s, env: x.env} }

func lookStart(x scene) look {
	v := look{s: x.s, env: x.env, read: x.read}
	if x.s.Order != nil && len(x.s.Order.Steps) > 0 {
		v.rate = x.s.Order.Steps[0].Rate
	}
	return v
}

func lookResume(x scene) look { return look{s: x.s, env: x.env, read: x.read, rate: x.s.Ordered} }

// alone asks only the check of a row, for tests that ask many libraries.
func (tb table) alone(r row, rules library.Session) Check {
	x := tb.clear()
	x.env.Rules = rules
	if r.change != nil {
		r.change(&x)
	}
	lines := slices.DeleteFunc(tb.lines(), func(l line) bool { return l.id != r.check })
	return askAll(tb.gate, lines, tb.look(x)).Checks[0]
}

// meets reports whether a check says what its row says.
func (r row) meets(c Check) bool {
	if c.Outcome != r.want || (r.rule != "" && c.Rule != r.rule) {
		return false
	}
	return c.Outcome != Finding || c.Hard == (len(r.by) == 0)
}

func TestGates_EveryRow(t *testing.T) {
	t.Parallel()
	for _, tb := range tables() {
		if g := tb.ask(tb.clear()); !g.Open() {
			t.Fatalf("the clear scene of the %s gate is shut: %+v", tb.gate, g.Blockers())
		}
		for _, r := range tb.rows() {
			t.Run(string(tb.gate)+"/"+string(r.check)+"/"+r.name, func(t *testing.T) {
				t.Parallel()
				x, c, ok := tb.asked(r, rules())
				if !ok || !r.meets(c) {
					t.Fatalf("reads %s, hard %v, by %s: %s", c.Outcome, c.Hard, c.Rule, c.Why.English())
				}
				if alone := tb.alone(r, rules()); alone.Outcome != c.Outcome || alone.Rule != c.Rule {
					t.Errorf("asked alone it reads %s by %s", alone.Outcome, alone.Rule)
				}
				saysWhy(t, c)
				if c.Blocks() {
					tb.refuses(t, x, c)
				}
				if c.Outcome == Finding {
					r.accepted(t, tb, x, c)
				}
			})
		}
	}
}

// saysWhy: what is not clear says why, what would settle it, and what it
// rests on, in words that are in the table.
func saysWhy(t *testing.T, c Check) {
	t.Helper()
	row, known := rules().Rule(c.Rule)
	if !known || c.Version != row.Version || len(c.Cites) == 0 {
		t.Errorf("rests on %q, version %d, with %d citations", c.Rule, c.Version, len(c.Cites))
	}
	if c.Outcome == Clear || c.Outcome == Attested {
		return
	}
	for _, m := range []string{c.Title.English(), c.Why.English(), c.Settle.English()} {
		if m == "" || m[0] == '[' {
			t.Errorf("a person reads %q", m)
		}
	}
}

// refuses: the act is refused while the check blocks, with the whole list in
// which the check says why.
func (tb table) refuses(t *testing.T, x scene, c Check) {
	t.Helper()
	for _, cmd := range tb.guards {
		switch cmd.(type) {
		case Start:
			cmd = Start{x.read}
		case Resume:
			cmd = Resume{Ordered: x.s.Ordered, Read: x.read}
		default:
			// the others need nothing read
		}
		d, r := Decide(x.s, cmd, x.env)
		if r == nil {
			t.Errorf("%s became %#v", cmd.Act(), d.Events)
			continue
		}
		if r.Malformed || r.Gate == nil {
			// Something before the gate refuses it too, such as no order at all.
			continue
		}
		got, ok := r.Gate.find(c.ID)
		if string(r.Message.ID) != tb.shut || r.Rule != "gate."+string(tb.gate) || !ok || got.Rule != c.Rule || got.Why.English() != c.Why.English() {
			t.Errorf("%s refused by %s: %s", cmd.Act(), r.Rule, r.Message.English())
		}
		if !slices.Contains(englishOf(r.Open), c.Why.English()) {
			t.Errorf("the refusal does not name %q among its reasons", c.Why.English())
		}
	}
}

// accepted: a soft finding is accepted with a reason by the roles its row of
// the library names and by nobody else; a hard one by nobody.
func (r row) accepted(t *testing.T, tb table, x scene, c Check) {
	t.Helper()
	over := Override{Gate: tb.gate, Check: c.ID, Reason: said(9)}
	for _, role := range []act.Role{act.Nurse, act.Prescriber, act.Pharmacist, act.Director, act.FrontDesk} {
		actor := byNurseTwo()
		actor.Roles = []act.Role{role}
		env := x.env.by(actor)
		if asked, _ := tb.ask(scene{x.s, env, x.read}).find(c.ID); asked.Outcome != Finding {
			continue // who asks is part of the answer: a prescriber may resume
		}
		_, refused := Decide(x.s, over, env)
		if may := slices.Contains(r.by, role); (refused == nil) != may {
			t.Errorf("accepted by a %s: %v", role, refused)
		}
	}
	if len(r.by) == 0 {
		return
	}
	said := FindingOverridden{Gate: tb.gate, Check: c.ID, Reason: said(9)}
	if c.ID == checkLoad {
		said.Load = x.env.Staff.Load
	}
	x.add(x.env.Now.Sub(ten()).Minutes(), byPrescriber(), said)
	got, _ := tb.ask(x).find(c.ID)
	if got.Outcome != Finding || got.Overridden != x.s.Position || got.Blocks() {
		t.Errorf("accepted, it reads %+v", got)
	}
}

// could lists the checks that cannot say one of the three.
func could() map[Outcome][]CheckID {
	return map[Outcome][]CheckID{
		// What is only ever there or not there is no finding.
		Finding: {
			"identity", "glucose", "weight", "access", "baseline", "side-effects-before",
			"pain-before", "nurse", "transport", "driving", "monitor-values",
		},
	}
}

// TestGates_EveryCheckHasItsRows: no check is without a case for each of the
// three results that it can have.
func TestGates_EveryCheckHasItsRows(t *testing.T) {
	t.Parallel()
	for _, tb := range tables() {
		seen := map[CheckID]map[Outcome]bool{}
		for _, r := range tb.rows() {
			if seen[r.check] == nil {
				seen[r.check] = map[Outcome]bool{}
			}
			seen[r.check][r.want] = true
		}
		for _, l := range tb.lines() {
			for _, want := range []Outcome{Clear, Finding, CouldNotCheck} {
				if never := slices.Contains(could()[want], l.id); seen[l.id][want] == never {
					t.Errorf("%s gate, %s: a row that reads %s: %v", tb.gate, l.id, want, seen[l.id][want])
				}
			}
			delete(seen, l.id)
		}
		for id := range seen {
			t.Errorf("%s gate: rows for a check %q that it does not have", tb.gate, id)
		}
	}
}

// TestGates_WithoutALibraryNothingIsClear: every check of every gate reads
// that it could not be made.
func TestGates_WithoutALibraryNothingIsClear(t *testing.T) {
	t.Parallel()
	for _, tb := range tables() {
		x := tb.clear()
		x.env.Rules = library.Session{}
		for _, c := range tb.ask(x).Checks {
			if c.Outcome != CouldNotCheck || !c.Blocks() {
				t.Errorf("%s gate, %s: %s without a library", tb.gate, c.ID, c.Outcome)
			}
		}
	}
}

// TestGates_RulesOfTheFileAndOfTheGates: no row of the library goes unasked,
// and no gate asks a row that is not there or not tested.
func TestGates_RulesOfTheFileAndOfTheGates(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{}
	for _, tb := range tables() {
		for _, l := range tb.lines() {
			if _, ok := rules().Rule(l.rule); !ok {
				t.Errorf("%s gate, %s: no row %q in the library", tb.gate, l.id, l.rule)
			}
		}
		for _, r := range tb.rows() {
			tested[tb.alone(r, rules()).Rule] = true
		}
	}
	maps.Copy(tested, limitsTested())
	for _, r := range rules().Rules() {
		if !tested[r.ID] {
			t.Errorf("no test has a row for rule %s", r.ID)
		}
		delete(tested, r.ID)
	}
	for id := range tested {
		t.Errorf("rule %q is tested and not in the library", id)
	}
}

func englishOf(ms []word.Message) []string {
	var out []string
	for _, m := range ms {
		out = append(out, m.English())
	}
	return out
}
