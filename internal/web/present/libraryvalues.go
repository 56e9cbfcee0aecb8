package present

import (
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// ValueField is how a form calls a number that the clinic may set.
func ValueField(s library.Settable) string { return "set." + s.Row() + "." + s.Name }

// ValuesTyped are the values of a form that are not the shipped ones. An empty field is
// the shipped value.
func ValuesTyped(shipped []library.Settable, typed func(string) string) []house.Value {
	var out []house.Value
	for _, s := range shipped {
		value := strings.Replace(strings.TrimSpace(typed(ValueField(s))), ",", ".", 1)
		if value != "" && value != s.Now {
			out = append(out, house.Value{Row: s.Row(), Name: s.Name, Value: value})
		}
	}
	return out
}

// ValuesInForce are those of a library, as a form would say them.
func ValuesInForce(values []house.Value) func(string) string {
	return func(field string) string {
		for _, v := range values {
			if field == "set."+v.Row+"."+v.Name {
				return v.Value
			}
		}
		return ""
	}
}

// LibraryValues is the form of what a clinic may set: the shipped value, the bounds, and
// what is typed.
func LibraryValues(shipped []library.Settable, rows []library.Row, typed func(string) string) []view.ValueFile {
	said := map[string]string{}
	for _, r := range rows {
		said[r.Name()] = r.Text
	}
	var out []view.ValueFile
	for _, s := range shipped {
		if len(out) == 0 || out[len(out)-1].ID != s.File {
			out = append(out, view.ValueFile{ID: s.File, Title: titleOf(s.File)})
		}
		f := &out[len(out)-1]
		if len(f.Rows) == 0 || f.Rows[len(f.Rows)-1].Name != s.ID {
			f.Rows = append(f.Rows, view.ValueRow{ID: anchor(s.Row()), Name: s.ID, Text: said[s.Row()]})
		}
		row := &f.Rows[len(f.Rows)-1]
		x := view.ValueField{
			Field: ValueField(s), Label: strings.NewReplacer("_", " ", ".", ", ").Replace(s.Name), Unit: library.UnitLabel(s.Unit),
			Value: typed(ValueField(s)), Shipped: s.Now, Least: s.Least, Most: s.Most,
		}
		if s.Says != "" {
			x.Label = strings.ReplaceAll(s.Says, "_", " ")
		}
		if x.Value == "" {
			x.Value = s.Now
		}
		for _, o := range s.Options {
			x.Options = append(x.Options, view.Option{Value: o, Label: o})
		}
		x.Own = x.Value != s.Now
		row.Open = row.Open || x.Own
		row.Values = append(row.Values, x)
	}
	return out
}

// ValueChanges are the rows that would be other than they were adopted, each with what
// of it changes. Where nothing was adopted it is other than it is now.
func ValueChanges(adopted *house.AdoptedLibrary, kept map[house.LibraryRow]house.KeptRow, before, after []library.Row) []view.ValueChange {
	was := map[string]house.KeptRow{}
	var seen []library.Seen
	for _, r := range before {
		was[r.Name()] = house.KeptRow{Text: r.Text, Facts: r.Facts}
		if adopted == nil {
			seen = append(seen, library.Seen{Name: r.Name(), Hash: r.Hash})
		}
	}
	if adopted != nil {
		for _, r := range adopted.Rows {
			seen = append(seen, library.Seen{Name: r.Name, Hash: r.Hash})
			if k, ok := kept[r]; ok {
				was[r.Name] = k
			}
		}
	}
	changes := library.Differences(seen, after)
	var out []view.ValueChange
	for _, r := range after {
		if _, changed := changes[r.Name()]; !changed {
			continue
		}
		old := was[r.Name()]
		out = append(out, view.ValueChange{Name: r.Name(), Text: r.Text, Was: without(old.Facts, r.Facts), Now: without(r.Facts, old.Facts)})
	}
	return out
}

// without are the lines that the others do not have.
func without(lines, others []string) []string {
	var out []string
	for _, l := range lines {
		if !slices.Contains(others, l) {
			out = append(out, l)
		}
	}
	return out
}

// titleOf is how a file is called.
func titleOf(file string) string {
	for _, f := range libraryFiles {
		if f.file == file {
			return f.title
		}
	}
	return file
}
