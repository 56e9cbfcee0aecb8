package library_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/library"
	shipped "github.com/stillwatch/stillwatch/library"
)

// text is the shipped file.
func text() string { return string(shipped.SessionYAML()) }

// once replaces the first place of old; the test fails when there is none.
func once(t *testing.T, old, with string) string {
	t.Helper()
	if !strings.Contains(text(), old) {
		t.Fatalf("the shipped file has no %q", old)
	}
	return strings.Replace(text(), old, with, 1)
}

// lineOf is the line on which the first place of part stands.
func lineOf(t *testing.T, file, part string) string {
	t.Helper()
	before, _, ok := strings.Cut(file, part)
	if !ok {
		t.Fatalf("no %q in the file", part)
	}
	n := strings.Count(before, "\n") + 1
	digits := ""
	for ; n > 0; n /= 10 {
		digits = string(rune('0'+n%10)) + digits
	}
	return "line " + digits
}

const (
	npoSolids = `{name: solids, value: "6", unit: h, mark: default, source: OURS, clinic: ["6", "12"]}`
	npoAction = "      - {part: action, source: OURS, mark: default}\n\n  - id: FAST-GLP1"
)

// TestDecodeSession_Refuses: each mistake is refused with what is wrong, where,
// and what was meant.
func TestDecodeSession_Refuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, old, with string
		at              string   // a part of the changed file on whose line the fault is; empty: the line is not checked
		says            []string // what the error has to say
	}{
		{"unknown key of a rule", "    stop: soft\n", "    stop: soft\n    colour: red\n", "colour: red", []string{"colour"}},
		{"unknown key of a number", npoSolids, `{name: solids, value: "6", unit: h, mark: default, source: OURS, note: x}`, "note: x", []string{"note"}},
		{"unknown key of the file", "version: 1\n", "version: 1\nowner: me\n", "owner: me", []string{"owner"}},
		{"another schema", "stillwatch/session-library/1", "stillwatch/session-library/2", "session-library/2", []string{"session-library/2", "session-library/1"}},
		{"no version", "\nversion: 1\n", "\nversion: 0\n", "version: 0", []string{"version above zero"}},
		{"no status", "status: not reviewed by a clinician; not adopted by a clinic's director", `status: " "`, `status: " "`, []string{"how far it was reviewed"}},
		{"the same rule twice", "- id: FAST-GLP1", "- id: CI-NPO", "", []string{`rule "CI-NPO" was given before`, `"FAST-GLP1" is missing`}},
		{"the same number twice", "{name: clear_fluids,", "{name: solids,", "", []string{`number "solids" was given before`, `no number "clear_fluids"`}},
		{"the same source twice", "{id: SCHWENK18,", "{id: COHEN18,", "", []string{`source "COHEN18" was given before`}},
		{"a source of no kind", "{id: SCHWENK18, kind: guideline,", "{id: SCHWENK18, kind: rumour,", "kind: rumour", []string{`unknown kind "rumour"`}},
		{"a source without a text", `text: "USP general chapter 797, 2023"`, `text: ""`, "", []string{"a source has an id and a text"}},
		{"a number without a source", npoSolids, `{name: solids, value: "6", unit: h, mark: default}`, `unit: h, mark: default}`, []string{"CI-NPO, solids", `unknown source ""`}},
		{"a number of an unknown source", npoSolids, strings.Replace(npoSolids, "OURS", "HEARSAY", 1), "HEARSAY", []string{`unknown source "HEARSAY"`}},
		{"a number of an unknown mark", npoSolids, strings.Replace(npoSolids, "default", "sure", 1), "mark: sure", []string{`"sure" is not a mark`, "verified, secondary, unverified, default"}},
		{"a number without a mark", npoSolids, `{name: solids, value: "6", unit: h, source: OURS}`, "unit: h, source: OURS", []string{`"" is not a mark`}},
		{"our own number, said to be verified", npoSolids, strings.Replace(npoSolids, "default", "verified", 1), "mark: verified, source: OURS", []string{"only our own settings are default"}},
		{"a guideline's number, said to be ours", `{name: use_by, value: "4", unit: h, mark: unverified, source: USP797}`, `{name: use_by, value: "4", unit: h, mark: default, source: USP797}`, "mark: default, source: USP797", []string{"only our own settings are default"}},
		{"an unknown unit", npoSolids, strings.Replace(npoSolids, "unit: h", "unit: fortnight", 1), "fortnight", []string{`unknown unit "fortnight"`}},
		{"another unit than is meant", npoSolids, strings.Replace(npoSolids, "unit: h", "unit: min", 1), `value: "6", unit: min`, []string{`unit "min" given where "h" is meant`}},
		{"no number at all", npoSolids, strings.Replace(npoSolids, `"6"`, `"six"`, 1), `"six"`, []string{`"six" is not a decimal number`}},
		{"not a number", npoSolids, strings.Replace(npoSolids, `"6"`, `"NaN"`, 1), `"NaN"`, []string{`"NaN" is not a decimal number`}},
		{"below nothing", npoSolids, strings.Replace(npoSolids, `"6"`, `"-6"`, 1), `"-6"`, []string{"between 0 and 1000000"}},
		{"beyond all bounds", npoSolids, strings.Replace(npoSolids, `"6"`, `"1000001"`, 1), `"1000001"`, []string{"between 0 and 1000000"}},
		{"a name that is none", "{name: solids,", "{name: Solid food,", "Solid food", []string{"lower-case letters, digits and underscores"}},
		{"a lower limit above its upper", `{name: sbp_low, value: "90",`, `{name: sbp_low, value: "181",`, "", []string{"CI-BPNOW", "sbp_low 181 is above upper limit sbp_high 180"}},
		{"limits in different units", `{name: rr_high, value: "30", unit: /min,`, `{name: rr_high, value: "30", unit: "1",`, "", []string{"rr_low and rr_high have different units"}},
		{"a number the program reads is missing", "      - " + npoSolids + "\n", "", "- id: CI-NPO", []string{`rule "CI-NPO" has no number "solids"`}},
		{"no stop", "    stop: soft\n", "    stop: maybe\n", "stop: maybe", []string{`stop "maybe" is not hard, soft or note`}},
		{"a hard stop made soft", "    text: Known hypersensitivity to ketamine or to an excipient of the product.\n    stop: hard\n", "    text: Known hypersensitivity to ketamine or to an excipient of the product.\n    stop: soft\n    may_override: [nurse]\n", "", []string{`rule "CI-ALLERGY" is soft; its gate needs it hard`}},
		{"a hard stop that somebody may accept", "    text: Known hypersensitivity to ketamine or to an excipient of the product.\n    stop: hard\n", "    text: Known hypersensitivity to ketamine or to an excipient of the product.\n    stop: hard\n    may_override: [director]\n", "may_override: [director]", []string{"nobody may accept it"}},
		{"a soft stop that nobody may accept", "    stop: soft\n    may_override: [prescriber]\n", "    stop: soft\n", "", []string{"say who may accept it"}},
		{"a role that is none", "    may_override: [prescriber]\n", "    may_override: [visitor]\n", "may_override: [visitor]", []string{`unknown role "visitor"`}},
		{"no version of a rule", "  - id: CI-NPO\n    version: 1\n", "  - id: CI-NPO\n    version: 0\n", "", []string{`rule "CI-NPO" has no version above zero`}},
		{"a review by nobody", "  - id: CI-NPO\n    version: 1\n    effective: 2026-11-01\n    reviewer: \"\"\n    reviewed_on: \"\"\n", "  - id: CI-NPO\n    version: 1\n    effective: 2026-11-01\n    reviewer: \"\"\n    reviewed_on: 2026-11-20\n", "2026-11-20", []string{"CI-NPO", "a reviewer and a date"}},
		{"a review on no day", "  - id: CI-NPO\n    version: 1\n    effective: 2026-11-01\n    reviewer: \"\"\n    reviewed_on: \"\"\n", "  - id: CI-NPO\n    version: 1\n    effective: 2026-11-01\n    reviewer: A. Person\n    reviewed_on: soon\n", "reviewed_on: soon", []string{"CI-NPO", "soon"}},
		{"a day that is none", "  - id: CI-NPO\n    version: 1\n    effective: 2026-11-01\n", "  - id: CI-NPO\n    version: 1\n    effective: 2026-13-01\n", "2026-13-01", []string{"CI-NPO", "2026-13-01"}},
		{"a rule without a text", "    text: Known hypersensitivity to ketamine or to an excipient of the product.\n", `    text: ""` + "\n", "", []string{"a rule has an id and a text"}},
		{"an action without a source", npoAction, "\n  - id: FAST-GLP1", "", []string{`rule "CI-NPO" does not say where its action comes from`}},
		{"a trigger without a source", "    text: A GLP-1 agonist is used; the stomach may not be empty after the usual fast.\n    stop: soft\n    may_override: [prescriber]\n    cites:\n      - {part: trigger, source: OURS, mark: default}\n", "    text: A GLP-1 agonist is used; the stomach may not be empty after the usual fast.\n    stop: soft\n    may_override: [prescriber]\n    cites:\n", "", []string{`rule "FAST-GLP1" does not say where its trigger comes from`}},
		{"a part that is none", "{part: trigger, source: LABEL, mark: verified}", "{part: mood, source: LABEL, mark: verified}", "part: mood", []string{`"mood" is not trigger, threshold, action or interval`}},
		{"a guideline that was not read", "text: A GLP-1 agonist is used;", "text: Guideline COHEN18 says that a GLP-1 agonist is used;", "Guideline COHEN18 says", []string{"claims more than its marks allow"}},
		{"a claim with an unverified mark", "text: Prepared drug is used at once,", "text: USP797 requires that prepared drug is used at once,", "USP797 requires", []string{"BUD-1", "claims more than its marks allow"}},
		{"a report with an unverified mark", "text: Prepared drug is used at once,", "text: As reported by USP797, prepared drug is used at once,", "As reported by USP797", []string{"as reported by"}},
		{"an anchor", "    stop: soft\n", "    stop: &s soft\n", "&s soft", []string{"anchors and aliases"}},
		{"a tag", "    stop: soft\n", "    stop: !!str soft\n", "!!str soft", []string{"tags have no place"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := once(t, c.old, c.with)
			_, err := library.DecodeSession([]byte(file))
			if err == nil {
				t.Fatal("loaded")
			}
			for _, part := range c.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("does not say %q: %v", part, err)
				}
			}
			if c.at != "" && !strings.Contains(err.Error(), lineOf(t, file, c.at)) {
				t.Errorf("does not point at %s: %v", lineOf(t, file, c.at), err)
			}
		})
	}
}

func TestDecodeSession_RefusesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"nothing": "", "a list": "- 1\n", "two documents": text() + "\n---\nschema: x\n", "no YAML": "a: [b",
		"an alias bomb": "a: &a [x, x]\nb: [*a, *a]\n", "too large": text() + "# " + strings.Repeat("x", 1<<20),
		"a binary": "\x00\x01",
	} {
		if s, err := library.DecodeSession([]byte(file)); err == nil || s.Ready() {
			t.Errorf("%s: loaded", name)
		}
	}
}

// TestDecodeSession_EveryRowIsNeeded: a file without one of its rows does not
// load, and says which gate's rule is missing.
func TestDecodeSession_EveryRowIsNeeded(t *testing.T) {
	t.Parallel()
	blocks := strings.SplitAfter(text(), "\n\n")
	lib := decoded(t)
	for _, r := range lib.Rules() {
		i := slices.IndexFunc(blocks, func(b string) bool { return strings.Contains(b, "  - id: "+r.ID+"\n") })
		if i < 0 {
			t.Fatalf("no block of %s", r.ID)
		}
		without := strings.Join(slices.Concat(blocks[:i], blocks[i+1:]), "")
		if strings.HasPrefix(blocks[i], "rules:") {
			without = strings.Join(blocks[:i], "") + "rules:\n" + strings.Join(blocks[i+1:], "")
		}
		_, err := library.DecodeSession([]byte(without))
		if err == nil || !strings.Contains(err.Error(), `rule "`+r.ID+`" is missing`) {
			t.Errorf("without %s: %v", r.ID, err)
		}
	}
}

func decoded(t testing.TB) library.Session {
	t.Helper()
	lib, err := library.DecodeSession(shipped.SessionYAML())
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// TestShipped_EveryRowIsMarked: every part and number of every row has a
// source that is there and a mark that its source can carry, and no text is
// worded stronger than the weakest mark of its row.
func TestShipped_EveryRowIsMarked(t *testing.T) {
	t.Parallel()
	lib := decoded(t)
	cited := map[string]bool{}
	for _, r := range lib.Rules() {
		refs := slices.Clone(r.Cites)
		for _, n := range r.Numbers {
			refs = append(refs, cite.Ref{Part: n.Name, Source: n.Source, Mark: n.Mark})
		}
		for _, ref := range refs {
			s, ok := lib.Source(ref.Source)
			if !ok || !ref.Mark.Valid() || (ref.Mark == cite.Default) != (s.Kind == cite.Ours) {
				t.Errorf("%s, %s: %s of %q", r.ID, ref.Part, ref.Mark, ref.Source)
			}
			cited[ref.Source] = true
			w := lib.Wording(ref)
			if strings.Contains(w, "says") && ref.Mark != cite.Verified {
				t.Errorf("%s, %s: %q with mark %s", r.ID, ref.Part, w, ref.Mark)
			}
		}
		if _, ok := r.WeakestMark("action"); !ok {
			t.Errorf("%s: no mark for its action", r.ID)
		}
		if strings.Contains(strings.ToLower(r.Text), "guideline") {
			t.Errorf("%s speaks for a guideline: %q", r.ID, r.Text)
		}
		if (r.Stop == library.Soft) != (len(r.MayOverride) > 0) {
			t.Errorf("%s is %s and may be accepted by %v", r.ID, r.Stop, r.MayOverride)
		}
	}
	for id := range sourceIDs() {
		if !cited[id] {
			t.Errorf("source %s stands behind nothing", id)
		}
	}
}

// sourceIDs reads the ids of the sources from the text.
func sourceIDs() map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(text()) {
		if rest, ok := strings.CutPrefix(line, "  - {id: "); ok {
			id, _, _ := strings.Cut(rest, ",")
			out[id] = true
		}
	}
	return out
}

// TestKeys_AreTheNumbersOfTheFile: every number of the file is one that the
// program reads, and the other way round.
func TestKeys_AreTheNumbersOfTheFile(t *testing.T) {
	t.Parallel()
	read := map[library.Key]bool{}
	for _, k := range library.Keys() {
		if read[k] {
			t.Errorf("%v is listed twice", k)
		}
		read[k] = true
	}
	for _, r := range decoded(t).Rules() {
		for _, n := range r.Numbers {
			k := library.Key{Rule: r.ID, Name: n.Name, Unit: n.Unit}
			if !read[k] {
				t.Errorf("%v is read by nothing", k)
			}
			delete(read, k)
		}
	}
	for k := range maps.Keys(read) {
		t.Errorf("%v is not in the file", k)
	}
}

// TestSession_IsNotChangedFromOutside: what a caller does to a row it was
// given changes nothing in the library.
func TestSession_IsNotChangedFromOutside(t *testing.T) {
	t.Parallel()
	lib := decoded(t)
	r, _ := lib.Rule("CI-NPO")
	r.Numbers[0].Value, r.Cites[0].Mark, r.MayOverride[0] = "0", cite.Verified, act.FrontDesk
	lib.Rules()[0].Cites[0].Mark = "changed"
	again, _ := lib.Rule("CI-NPO")
	if again.Numbers[0].Value != "6" || again.MayOverride[0] != act.Prescriber || lib.Rules()[0].Cites[0].Mark == "changed" {
		t.Error("the library changed")
	}
}

func FuzzDecodeSession(f *testing.F) {
	f.Add(shipped.SessionYAML())
	f.Add([]byte(strings.Replace(text(), npoSolids, strings.Replace(npoSolids, `"6"`, `"999999.999999"`, 1), 1)))
	f.Add([]byte("schema: stillwatch/session-library/1\nversion: 1\nrules:\n  - {id: A, numbers: [{name: x, value: \"1\"}]}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		lib, err := library.DecodeSession(b)
		if err != nil {
			if lib.Ready() {
				t.Fatal("refused, and ready")
			}
			return
		}
		// What loads can be asked for every number without a panic.
		for _, k := range library.Keys() {
			if lib.Text(k) == "" {
				t.Fatalf("%v has no text", k)
			}
		}
	})
}
