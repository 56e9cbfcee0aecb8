package series

import (
	"cmp"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Site tells the rows of a device apart: two sites of one metric are two, and
// so are two ways of measuring it. Breathing by the chest is not breathing by
// CO₂.
type Site struct {
	Kind   vital.Kind
	Site   string
	Source string
}

// Place is the site a row belongs to.
func (r Row) Place() Site { return Site{r.Sample.Kind, r.Sample.Site, r.Sample.Source} }

// MostSites bounds the sites that are remembered of one metric. A patient has
// two or three; a device that calls each value another site must not fill the
// memory.
const MostSites = 16

// Newest holds the newest row of each site of a device.
type Newest map[Site]Row

// Add keeps what came last; of what came together, what was measured last.
// What a device's clock says counts last: one that was ahead for a while hides
// nothing that came after. Beyond MostSites of a metric the oldest is dropped.
func (n Newest) Add(r Row) {
	place := r.Place()
	old, known := n[place]
	if known && older(r, old) {
		return
	}
	n[place] = r
	if !known {
		n.bound(place.Kind)
	}
}

// bound drops the oldest site of a metric that has too many.
func (n Newest) bound(k vital.Kind) {
	count := 0
	var oldest Row
	for place, r := range n {
		if place.Kind != k {
			continue
		}
		if count == 0 || older(r, oldest) {
			oldest = r
		}
		count++
	}
	if count > MostSites {
		delete(n, oldest.Place())
	}
}

// older reports whether x says less of now than y.
func older(x, y Row) bool {
	return cmp.Or(x.ReceivedAt.Compare(y.ReceivedAt), x.At.Compare(y.At)) < 0
}
