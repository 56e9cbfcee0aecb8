package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// libraryFiles are the files in the order they are read: first what decides.
var libraryFiles = []struct{ file, title string }{
	{"session.yaml", "Checks and limits of a visit"},
	{"rules.yaml", "Rules of screening"},
	{"protocols.yaml", "Protocols"},
	{"consent.yaml", "Consent"},
	{"alarms.yaml", "Alarms"},
	{"evidence.yaml", "Evidence, by condition"},
	{"effects.yaml", "Side effects"},
	{"claims.yaml", "Common claims, against the evidence"},
	{"education.yaml", "What patients read"},
	{"instructions.yaml", "What patients do"},
	{"intake.yaml", "What patients are asked"},
	{"instruments.yaml", "Instruments"},
	{"medicines.yaml", "Medicines that interact"},
	{"kinetics.yaml", "Published models of ketamine in the body"},
	{"codes.yaml", "Codes"},
}

// byWeakness are the marks, what asks most of the director first.
var byWeakness = []cite.Mark{cite.Default, cite.Unverified, cite.Secondary, cite.Verified, ""}

// Library shows every row in words, for whoever adopts it. Adopted is what was
// adopted last, nil when nothing ever was, and kept what its rows said.
func Library(rows []library.Row, adopted *house.AdoptedLibrary, kept map[house.LibraryRow]house.KeptRow) view.Library {
	out := view.Library{Count: len(rows)}
	changes := map[string]library.Change{}
	if adopted != nil {
		var seen []library.Seen
		for _, r := range adopted.Rows {
			seen = append(seen, library.Seen{Name: r.Name, Hash: r.Hash})
		}
		changes = library.Differences(seen, rows)
	}
	counts := map[cite.Mark]int{}
	for _, r := range rows {
		counts[r.Mark]++
		if r.Mark != cite.Verified && r.Mark != "" {
			out.NotVerified++
		}
	}
	for _, m := range byWeakness {
		if counts[m] > 0 {
			out.Marks = append(out.Marks, view.MarkCount{Mark: markWord(m), Count: counts[m]})
		}
	}
	files := libraryFiles
	for _, r := range rows { // a file that nobody gave a title is shown all the same
		if !slices.ContainsFunc(files, func(f struct{ file, title string }) bool { return f.file == r.File }) {
			files = append(slices.Clone(files), struct{ file, title string }{r.File, r.File})
		}
	}
	for _, f := range files {
		if shown := libraryFile(f.file, f.title, rows, changes); shown.Count > 0 {
			out.Files = append(out.Files, shown)
		}
	}
	was := map[string]string{}
	if adopted != nil {
		for _, r := range adopted.Rows {
			if k, ok := kept[r]; ok {
				was[r.Name] = keptText(k)
			}
		}
	}
	for name, what := range changes {
		out.Changes = append(out.Changes, view.LibraryChange{What: string(what), Name: name, ID: anchor(name), Gone: what == library.Removed, Was: was[name]})
	}
	slices.SortFunc(out.Changes, func(x, y view.LibraryChange) int {
		return cmp.Or(cmp.Compare(x.What, y.What), cmp.Compare(x.Name, y.Name))
	})
	return out
}

func libraryFile(file, title string, rows []library.Row, changes map[string]library.Change) view.LibraryFile {
	out := view.LibraryFile{ID: strings.TrimSuffix(file, ".yaml"), Title: title}
	for _, m := range byWeakness {
		g := view.LibraryGroup{Open: m == cite.Unverified}
		for _, r := range rows {
			if r.File != file || r.Mark != m {
				continue
			}
			row := view.LibraryRow{
				ID: anchor(r.Name()), Name: r.ID, Mark: markWord(m), Text: r.Text, Version: r.Version, Facts: r.Facts, Change: string(changes[r.Name()]),
			}
			g.Open = g.Open || row.Change != ""
			g.Rows = append(g.Rows, row)
		}
		if len(g.Rows) > 0 {
			g.Title = upper(markWord(m)) + ": " + plural(len(g.Rows), "row")
			out.Groups, out.Count = append(out.Groups, g), out.Count+len(g.Rows)
		}
	}
	return out
}

func markWord(m cite.Mark) string {
	if m == "" {
		return "without a mark"
	}
	return string(m)
}

// anchor is a row's name as a place on the page.
func anchor(name string) string {
	return "row-" + strings.NewReplacer("/", "-", " ", "-").Replace(name)
}

// ExceptionMade says what a director let an order go beyond.
func ExceptionMade(x app.ExceptionMade, names map[ident.Person]string, zone *time.Location) view.LibraryException {
	text, label := protocol.Called(x.Number)
	out := view.LibraryException{
		Visit: string(x.Visit), Used: "No order in force rests on it.",
		Text: fmt.Sprintf("%s: %s, %s to %s, by %s", word.Moment(x.At.In(zone)), strings.TrimPrefix(x.Protocol.Name, "protocols/"), text, strings.TrimSpace(x.Most+" "+label), name(names, x.By)),
	}
	if x.Used {
		out.Used = "The order in force rests on it."
	}
	return out
}
