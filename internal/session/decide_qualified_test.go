package session

import (
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// An expired credential blocks the planned act it is needed for; a register
// that cannot be read blocks what handles drug.
func TestQualified_PlannedActsNeedCredentials(t *testing.T) {
	t.Parallel()
	lapsed := func(e Env) Env { e.Staff.ActorMissing = []string{"licence"}; return e }
	unread := func(e Env) Env { e.Staff.Known = false; return e }
	vials := OpenVials{Vials: []drug.Vial{{Drug: drug.Ketamine, Lot: "K1", Expiry: "2027-01-31", Strength: unit.MgPerML("50"), Volume: unit.ML("5")}}}
	o := order()
	for name, c := range map[string]struct {
		phase   Phase
		command Command
	}{
		"order":   {PhaseArrived, AttachOrder{Order: o}},
		"vials":   {PhaseReady, vials},
		"compute": {PhaseReady, Compute{Mass: unit.Mg("100"), Volume: unit.ML("2")}},
		"rate up": {PhaseInfusing, SetRate{Ordered: o.Steps[1].Rate, Read: reading(o.ToSet(o.Steps[1].Rate).Decimal())}},
	} {
		for what, spoil := range map[string]func(Env) Env{"session.credentials_missing": lapsed, "session.credentials_unknown": unread} {
			r := until(c.phase).refused(t, c.command, spoil(envAt(at(5))))
			if string(r.Message.ID) != what || r.Rule != RuleCredentials {
				t.Errorf("%s: %s by %s, want %s", name, r.Message.ID, r.Rule, what)
			}
		}
	}
	if r := until(PhaseArrived).refused(t, Cancel{}, lapsed(envAt(at(5)))); !strings.Contains(r.Error(), "licence") {
		t.Errorf("it does not name what is missing: %s", r.Error())
	}
}

// What was done, and lowering the rate, is open whatever anyone's papers say.
func TestQualified_NeverStandsInTheWayOfWhatWasDone(t *testing.T) {
	t.Parallel()
	lapsed := func(e Env) Env { e.Staff.ActorMissing, e.Staff.Known = []string{"licence"}, false; return e }
	o := order()
	lower := unit.HalfRate(o.Steps[0].Rate)
	for name, c := range map[string]Command{
		"lowering": SetRate{Ordered: lower, Read: reading(o.ToSet(lower).Decimal())},
		"found":    SetRate{Ordered: o.Steps[1].Rate, Read: reading("40"), Found: true},
		"pause":    Pause{Cause: PausePatient},
		"stop":     Stop{Cause: StopClinical},
		"help":     CallHelp{},
		"round":    Observe{Observation: round()},
	} {
		if _, r := Decide(until(PhaseInfusing).state, c, lapsed(envAt(at(5)))); r != nil {
			t.Errorf("%s was refused: %v", name, r)
		}
	}
}

// A gate names a missing credential among its other lines.
func TestQualified_GatesGiveTheWholeList(t *testing.T) {
	t.Parallel()
	e := envAt(at(5))
	e.Staff.ActorMissing = []string{"licence"}
	for _, c := range []struct {
		phase   Phase
		command Command
	}{{PhaseArrived, MakeReady{}}, {PhasePrepared, Start{Read: reading("16")}}, {PhasePaused, Resume{Ordered: order().Steps[0].Rate, Read: reading("16")}}} {
		r := until(c.phase).refused(t, c.command, e)
		if r.Gate == nil {
			t.Errorf("%s is refused without its list: %v", c.command.Act(), r)
			continue
		}
		found := false
		for _, k := range r.Gate.Blockers() {
			found = found || k.ID == "credentials"
		}
		if !found {
			t.Errorf("%s: credentials do not block", c.command.Act())
		}
	}
}
