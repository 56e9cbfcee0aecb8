package app

import (
	"cmp"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Sites are the values of one kind, each site and source once, in a fixed
// order: two stay two, and neither stands for the other.
func (f Feed) Sites(k vital.Kind) []series.Row {
	var out []series.Row
	for key, row := range f.Rows {
		if key.Kind == k {
			out = append(out, row)
		}
	}
	sortSites(out)
	return out
}

// All are the values of every kind, in a fixed order.
func (f Feed) All() []series.Row {
	out := make([]series.Row, 0, len(f.Rows))
	for _, row := range f.Rows {
		out = append(out, row)
	}
	sortSites(out)
	return out
}

func sortSites(rows []series.Row) {
	slices.SortFunc(rows, func(x, y series.Row) int {
		a, b := x.Sample, y.Sample
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Site, b.Site), cmp.Compare(a.Source, b.Source))
	})
}

// Current are the sites of a kind that speak of now: those measured no longer
// than a span before the newest of them. One whose sensor came off long ago
// drops out; of two that are fed, both stay.
func (f Feed) Current(k vital.Kind, span time.Duration) []series.Row {
	rows := f.Sites(k)
	var last time.Time
	for _, r := range rows {
		if r.At.After(last) {
			last = r.At
		}
	}
	return slices.DeleteFunc(rows, func(r series.Row) bool { return last.Sub(r.At) >= span })
}
