package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/store/sqlstore"
)

// maxSnapshot bounds a patient snapshot, in bytes.
const maxSnapshot = 1 << 20

type screenCmd struct {
	File string `arg:"" help:"Patient snapshot, JSON; doc/screening.md describes it." placeholder:"FILE"`
	JSON bool   `name:"json" help:"Print JSON."`
	// A clinic's record says what it has adopted.
	Data     string `help:"Data directory of a clinic: run the rules that it has adopted, with its own values, instead of the shipped ones." placeholder:"DIR"`
	Database string `help:"With --data: PostgreSQL address of the record, as given to serve." placeholder:"URL"`
	Clinic   string `help:"With --data: short name of the clinic, where the record holds several."`
}

func (c screenCmd) Run(e *env) error {
	files := library.Shipped()
	if c.Data != "" {
		var err error
		if files, err = adoptedFiles(e, storeFlags{Data: c.Data, Database: c.Database, Clinic: c.Clinic}); err != nil {
			return err
		}
	}
	rules, err := files.Screening()
	if err != nil {
		return err
	}
	raw, err := readBounded(c.File, maxSnapshot)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	patient, err := rule.DecodeSnapshot(raw)
	if err != nil {
		return err
	}
	found := rules.Screen(patient)
	if !c.JSON {
		return printFound(e.out, rules, patient, found)
	}
	return printJSON(e.out, struct {
		Findings []library.Found `json:"findings"`
	}{found})
}

// adoptedFiles is the library that a clinic's director has adopted, with the clinic's
// own values. Another than this program has cannot be run by it.
func adoptedFiles(e *env, f storeFlags) (library.Files, error) {
	clinics, err := f.clinics(e.ctx)
	if err != nil {
		return library.Files{}, err
	}
	if len(clinics) > 1 {
		return library.Files{}, fmt.Errorf("%s holds %d clinics: name one with --clinic", f.where(), len(clinics))
	}
	var s house.State
	err = f.each(e, clinics, true, func(store *sqlstore.Store) error {
		records, err := store.Load(e.ctx, house.Stream)
		for _, r := range records {
			entry, err := house.Codec.Open(r)
			if err != nil {
				return fmt.Errorf("read the clinic's own record: %w", err)
			}
			s = house.Evolve(s, entry)
		}
		return err
	})
	if err != nil {
		return library.Files{}, err
	}
	if s.Library == nil {
		return library.Files{}, errors.New("no library is adopted there; without --data the shipped rules are run")
	}
	values := make([]library.Value, len(s.Library.Values))
	for i, v := range s.Library.Values {
		values[i] = library.Value(v)
	}
	files, err := library.Shipped().With(values)
	if err != nil || files.Hash() != s.Library.Hash {
		return library.Files{}, errors.New("the library that was adopted there is not the one of this program: nothing was run")
	}
	return files, nil
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// printFound writes a table for people: what was found, what could not be
// checked, what is clear, each by name.
func printFound(w io.Writer, rules library.Screening, p rule.Snapshot, found []library.Found) error {
	if _, err := fmt.Fprintf(w, "As of %s, by the %s.\n", p.AsOf.Format("2006-01-02 15:04 -07:00"), rules.Standing()); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	last := rule.Result("")
	for _, f := range found {
		if f.Result != last {
			last = f.Result
			_, _ = fmt.Fprintf(t, "\n%s\n", strings.ToUpper(strings.ReplaceAll(string(last), "_", " ")))
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", f.Rule, f.Policy, f.Mark, f.Message)
	}
	return t.Flush() // reports what the writes above met
}

type libraryCmd struct {
	Check libraryCheckCmd `cmd:"" help:"Check every file: sources, marks, wording, limits, units, codes, expressions, examples."`
}

type libraryCheckCmd struct {
	Dir  string `help:"Check the files of this directory instead of the shipped ones." placeholder:"DIR"`
	JSON bool   `name:"json" help:"Print JSON."`
}

func (c libraryCheckCmd) Run(e *env) error {
	files := library.Shipped()
	if c.Dir != "" {
		var err error
		if files, err = readLibrary(c.Dir); err != nil {
			return err
		}
	}
	faults := files.Check()
	if c.JSON {
		if err := printJSON(e.out, struct {
			OK     bool            `json:"ok"`
			Faults []library.Fault `json:"faults"`
		}{len(faults) == 0, append([]library.Fault{}, faults...)}); err != nil {
			return err
		}
	} else if err := printFaults(e.out, files, faults); err != nil {
		return err
	}
	if len(faults) > 0 {
		return errFailed
	}
	return nil
}

func printFaults(w io.Writer, files library.Files, faults []library.Fault) error {
	for _, f := range faults {
		if _, err := fmt.Fprintf(w, "%s: %s\n", f.File, f.Fault); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		_, err := fmt.Fprintf(w, "%d faults: the library does not load until they are mended.\n", len(faults))
		return err
	}
	rules, err := files.Screening()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "The library is sound: %d rules of screening, each with examples that fire it, clear it and leave it unchecked.\n", len(rules.Rules()))
	return err
}

// readLibrary reads the files of a directory, by the names the shipped ones have.
func readLibrary(dir string) (library.Files, error) {
	var f library.Files
	for name, into := range f.ByName() {
		raw, err := readBounded(filepath.Join(dir, name), maxSnapshot)
		if err != nil {
			return f, fmt.Errorf("library: %w", err)
		}
		*into = raw
	}
	return f, nil
}

// soundLibrary refuses to start on a library with a mistake in it.
func soundLibrary() error {
	if faults := library.Shipped().Check(); len(faults) > 0 {
		return fmt.Errorf("shipped library, %s: %s", faults[0].File, faults[0].Fault)
	}
	return nil
}
