package present

import (
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Two sites of one metric stay two: each is shown, and said with its place.

// current are the values of a kind that speak of now, each site and source
// once. Values from before the link may be another patient's and are left out.
func current(v app.Visit, k vital.Kind, span time.Duration) []series.Row {
	if !v.HasFeed {
		return nil
	}
	v.Feed.Rows = sinceLink(v)
	return v.Feed.Current(k, span)
}

func sinceLink(v app.Visit) map[series.Site]series.Row {
	out := map[series.Site]series.Row{}
	for key, row := range v.Feed.Rows {
		if since(v, row) {
			out[key] = row
		}
	}
	return out
}

// where tells one of several values apart from the others: by how it was
// measured if that differs, else by the site that the monitor names.
func where(r series.Row, among []series.Row) string {
	sameManner := func(o series.Row) bool { return project.Manner(o.Sample.Source) == project.Manner(r.Sample.Source) }
	alike := 0
	for _, o := range among {
		if sameManner(o) {
			alike++
		}
	}
	how := project.Manner(r.Sample.Source)
	if alike == 1 && how != "" {
		return how
	}
	return strings.TrimSpace(how + " at " + site(r))
}

func site(r series.Row) string {
	if r.Sample.Site == "" {
		return "a site the monitor does not name"
	}
	return "site " + r.Sample.Site
}

// apart are several values of one kind: the text shows each, the context says
// which is which, and the age is that of the oldest.
func apart(rows []series.Row) (all, which string, at time.Time) {
	var values, named []string
	for i, r := range rows {
		values = append(values, text(r))
		named = append(named, text(r)+" "+where(r, rows))
		if i == 0 || r.At.Before(at) {
			at = r.At
		}
	}
	if len(rows) == 1 {
		return values[0], "", at
	}
	return strings.Join(values, " · "), strings.Join(named, ", "), at
}

func questionable(rows []series.Row) bool {
	return slices.ContainsFunc(rows, func(r series.Row) bool { return r.Sample.Quality == vital.Questionable })
}

// cuffed is one cuff measurement from a monitor.
type cuffed struct {
	sys, dia series.Row
	mean     string
}

// cuffsNow are the newest cuff measurements, one for each cuff.
func cuffsNow(v app.Visit) []cuffed {
	span := cuffFresh(v)
	dias, means := current(v, vital.NIBPDia, span), current(v, vital.NIBPMean, span)
	syss := current(v, vital.NIBPSys, span)
	var out []cuffed
	for _, s := range syss {
		d, ok := partner(s, dias, len(syss) == 1)
		if !ok {
			continue
		}
		c := cuffed{sys: s, dia: d}
		if m, ok := partner(s, means, len(syss) == 1); ok {
			c.mean = text(m)
		}
		out = append(out, c)
	}
	return out
}

// partner finds the value that one inflation of the same cuff gave: the same
// time, and the same channel of the monitor unless there is only one cuff.
func partner(s series.Row, among []series.Row, alone bool) (series.Row, bool) {
	var found []series.Row
	for _, r := range among {
		if r.At.Equal(s.At) && (alone || channel(r) == channel(s)) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		return series.Row{}, false
	}
	return found[0], true
}

// channel is the part of the monitor that measured.
func channel(r series.Row) string { return project.Channel(r.Sample.Site) }
