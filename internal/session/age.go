package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
)

// How old what a monitor sends may be. Without a library that is not known:
// no monitor counts as connected, and no value as one of now.

// Online reports whether a monitor that was last heard at an instant counts as
// connected now.
func Online(rules library.Session, last, now time.Time) bool {
	return rules.Ready() && !last.IsZero() && now.Sub(last) <= rules.Duration(library.MonitorOffline)
}

// LiveFor is the age at which a value that comes all the time is greyed.
func LiveFor(rules library.Session) time.Duration {
	if !rules.Ready() {
		return 0
	}
	return rules.Duration(library.MonitorLive)
}

// CuffLiveFor is the age at which a cuff reading is greyed: some intervals of
// the order, or of the library while no order gives one.
func CuffLiveFor(rules library.Session, o *drug.Order) time.Duration {
	if !rules.Ready() {
		return 0
	}
	every := rules.Duration(library.CuffEvery)
	if o != nil && o.Watch.Cuff > 0 {
		every = o.Watch.Cuff.Duration()
	}
	return time.Duration(rules.Count(library.CuffStale)) * every
}
