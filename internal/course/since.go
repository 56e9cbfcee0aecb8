package course

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/rule"
)

// Since is what changed after a decision.
type Since struct {
	// Rules are those that say something else than they did, in their order now.
	Rules []Moved
	// Added and Gone are medicines by their key, sorted.
	Added, Gone []string
	// NotCoded is how many medicines of a list taken since are not coded: whether they
	// are new cannot be told.
	NotCoded int
}

// Moved is a rule that says something else.
type Moved struct {
	Rule string
	Was  rule.Result // empty for a rule that was not there
	Is   rule.Result
}

// Since holds what the rules say now, and the medicines, against those of the last
// decision. Nothing where nothing is decided.
func (s State) Since(now []Verdict) Since {
	if s.Decision == nil {
		return Since{}
	}
	var out Since
	if s.Screening != nil { // else the rules were not run for it, and nothing is known to differ
		was := map[string]rule.Result{}
		for _, v := range s.Screening.What.Verdicts {
			was[v.Rule] = v.Result
		}
		for _, v := range now {
			if !v.Today && was[v.Rule] != v.Result {
				out.Rules = append(out.Rules, Moved{v.Rule, was[v.Rule], v.Result})
			}
		}
	}
	taken := s.Medicines != nil && s.Medicines.At.After(s.Decision.At)
	struck := slices.ContainsFunc(s.Struck, func(x StruckOut) bool { return x.Part == PartMedicines && !x.At.Before(s.Decision.At) })
	if !taken && !struck {
		return out
	}
	var before, after []string
	if s.DecidedOver != nil {
		before, _ = s.DecidedOver.keys()
	}
	if s.Medicines != nil {
		after, out.NotCoded = s.Medicines.What.keys()
	}
	if !taken {
		out.NotCoded = 0 // they stood there when it was decided
	}
	out.Added, out.Gone = without(after, before), without(before, after)
	return out
}

// keys are the medicines of a list that are coded, sorted, each once, and how many
// are not.
func (l MedicineList) keys() (coded []string, notCoded int) {
	for _, m := range l.List {
		if m.Key == "" {
			notCoded++
			continue
		}
		coded = append(coded, m.Key)
	}
	slices.Sort(coded)
	return slices.Compact(coded), notCoded
}

func without(list, these []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return slices.Contains(these, x) })
}
