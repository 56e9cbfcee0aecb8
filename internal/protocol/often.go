package protocol

import (
	"cmp"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
)

// Overrun is a soft limit, or a change of what is usual, that the orders of a protocol
// go beyond so often that the director looks at it.
type Overrun struct {
	Protocol, Rule string
	Times, Orders  int
}

// Often lists them, by protocol and rule: those with a reason in more than the share of
// SW-ORDER-OFTEN of the orders that were signed in its window before now. Orders that
// were written by hand do not count.
func Often(rules library.Session, orders []drug.Order, now time.Time) []Overrun {
	share, window := rules.Permille(library.OverriddenShare), rules.Duration(library.OverriddenWindow)
	all := map[string]int{}
	times := map[[2]string]int{}
	for _, o := range orders {
		if age := now.Sub(o.SignedAt); o.Basis == nil || age < 0 || age > window {
			continue
		}
		all[o.Protocol.ID]++
		for _, rule := range slices.Compact(slices.Sorted(slices.Values(o.Basis.Reasoned))) {
			times[[2]string{o.Protocol.ID, rule}]++
		}
	}
	var out []Overrun
	for of, n := range times {
		if int64(n)*1000 > int64(all[of[0]])*share {
			out = append(out, Overrun{Protocol: of[0], Rule: of[1], Times: n, Orders: all[of[0]]})
		}
	}
	slices.SortFunc(out, func(x, y Overrun) int {
		return cmp.Or(cmp.Compare(x.Protocol, y.Protocol), cmp.Compare(x.Rule, y.Rule))
	})
	return out
}
