package present

import (
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// ClockText warns of a monitor whose times may be read wrongly: its clock is
// off, or its zone is not known. It is empty while neither is.
func ClockText(f app.Feed, rules library.Session) string {
	if f.ZoneUnknown != "" {
		return fmt.Sprintf("The monitor's zone %s is not known here. Times that it sends without a zone are read in the clinic's.", f.ZoneUnknown)
	}
	if f.LastAt.IsZero() || !f.OffsetKnown || !session.ClockOff(rules, f.Offset) {
		return ""
	}
	way := "ahead of"
	if f.Offset < 0 {
		way = "behind"
	}
	text := fmt.Sprintf("The monitor's clock is %s %s the server's. Set its clock.", span(f.Offset.Abs()), way)
	if f.Offset > 0 {
		text += " Until then its values are set aside."
	}
	return text
}

// asideTexts say which of the chair's signs the monitor sends and Stillwatch
// does not take: a value that is missing here is there on the monitor.
func asideTexts(v app.Visit) []string {
	if !v.HasFeed || v.Env.Now.Before(v.State.OffTill) {
		return nil
	}
	var out []string
	for _, g := range []struct {
		label string
		kinds []vital.Kind
		span  time.Duration
	}{
		{"Pressure", []vital.Kind{vital.NIBPSys, vital.NIBPDia}, cuffFresh(v)},
		{"Pulse", []vital.Kind{vital.Pulse, vital.HR}, live(v)},
		{"SpO₂", []vital.Kind{vital.SpO2}, live(v)},
		{"Breathing", []vital.Kind{vital.RR}, live(v)},
	} {
		if why, ok := aside(v, g.kinds, g.span); ok {
			out = append(out, g.label+" received but set aside: "+why+". Read it on the monitor.")
		}
	}
	return out
}

// aside finds why the newest of some kinds was not taken, unless one of them
// was taken since, or it was long ago.
func aside(v app.Visit, kinds []vital.Kind, span time.Duration) (string, bool) {
	newest := app.Aside{}
	for _, a := range v.Feed.Aside {
		if slices.Contains(kinds, a.Kind) && a.At.After(newest.At) {
			newest = a
		}
	}
	if newest.At.IsZero() || newest.At.Before(v.State.Link.Since) || v.Env.Now.Sub(newest.At) > span {
		return "", false
	}
	for _, k := range kinds {
		for _, r := range v.Feed.Sites(k) {
			if since(v, r) && !r.ReceivedAt.Before(newest.At) && v.Env.Now.Sub(r.At) < span {
				return "", false
			}
		}
	}
	return newest.Reason, true
}
