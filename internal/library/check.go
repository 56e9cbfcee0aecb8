package library

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/stillwatch/stillwatch/internal/cite"
)

// checker gathers every mistake of a file instead of the first one: a person
// mends it once.
type checker struct {
	root    *yaml.Node
	sources map[string]cite.Source
	faults  []error
}

func (c *checker) fault(at int, format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("line %d: %s", at, fmt.Sprintf(format, args...)))
}

// head checks what every library file begins with.
func (c *checker) head(schema, want string, version int, status string, sources []cite.Source) {
	if schema != want {
		c.fault(line(c.root, "schema"), "schema is %q; this program reads %q", schema, want)
	}
	if version < 1 {
		c.fault(line(c.root, "version"), "the file has no version above zero")
	}
	if strings.TrimSpace(status) == "" {
		c.fault(line(c.root, "status"), "the file does not say how far it was reviewed")
	}
	for i, s := range sources {
		c.source(i, s)
	}
}

func (c *checker) session(f file) Session {
	c.head(f.Schema, schema, f.Version, f.Status, f.Sources)
	s := Session{version: f.Version, status: f.Status, byID: map[string]int{}, sources: c.sources}
	for i, r := range f.Rules {
		if first, twice := s.byID[r.ID]; twice {
			c.fault(line(c.root, "rules", i, "id"), "rule %q was given before, on line %d", r.ID, line(c.root, "rules", first, "id"))
		}
		s.byID[r.ID] = i
		s.rules = append(s.rules, c.rule(i, r))
	}
	c.required(s)
	c.softer(s)
	return s
}

// softer checks that no soft limit lies beyond the hard one of its kind: it would never
// ask for anything.
func (c *checker) softer(s Session) {
	for i, soft := range s.rules {
		j, ok := s.byID[strings.TrimSuffix(soft.ID, "-SOFT")]
		if !ok || !strings.HasPrefix(soft.ID, "LIM-") || i == j {
			continue
		}
		for _, n := range soft.Numbers {
			for _, hard := range s.rules[j].Numbers {
				if hard.Name == n.Name && n.micro > hard.micro {
					c.fault(line(c.root, "rules", i, "numbers"), "rule %q: %s %s is above the hard limit, %s of %s", soft.ID, n.Name, n.Value, hard.Value, s.rules[j].ID)
				}
			}
		}
	}
}

func (c *checker) source(i int, s cite.Source) {
	at := line(c.root, "sources", i)
	if _, twice := c.sources[s.ID]; twice {
		c.fault(at, "source %q was given before", s.ID)
	}
	if s.ID == "" || strings.TrimSpace(s.Text) == "" {
		c.fault(at, "a source has an id and a text")
	}
	if !s.Kind.Valid() {
		c.fault(at, "source %q: unknown kind %q", s.ID, s.Kind)
	}
	c.sources[s.ID] = s
}

func (c *checker) rule(i int, r fileRule) Rule {
	at := func(path ...any) int { return line(c.root, append([]any{"rules", i}, path...)...) }
	if r.ID == "" || strings.TrimSpace(r.Text) == "" {
		c.fault(at(), "a rule has an id and a text")
	}
	if r.Version < 1 {
		c.fault(at("version"), "rule %q has no version above zero", r.ID)
	}
	if _, err := time.Parse(time.DateOnly, r.Effective); err != nil {
		c.fault(at("effective"), "rule %q: effective %q is not a date (YYYY-MM-DD)", r.ID, r.Effective)
	}
	c.reviewed(at("reviewed_on"), r.ID, r.Reviewer, r.ReviewedOn)
	c.stop(at, r)
	out := Rule{
		ID: r.ID, Version: r.Version, Effective: r.Effective, Text: r.Text, Stop: r.Stop,
		Cites: r.Cites, MayOverride: r.MayOverride,
	}
	for j, n := range r.Numbers {
		out.Numbers = append(out.Numbers, c.value(at("numbers", j), r, n, out.Numbers))
	}
	c.order(at("numbers"), out)
	c.cites(at, r)
	return out
}

// reviewed checks that a review has its reviewer and its day, or neither.
func (c *checker) reviewed(at int, id, reviewer, on string) {
	if (reviewer == "") != (on == "") {
		c.fault(at, "row %q: a review has a reviewer and a date", id)
	}
	if _, err := time.Parse(time.DateOnly, on); on != "" && err != nil {
		c.fault(at, "row %q: reviewed on %q, which is not a date (YYYY-MM-DD)", id, on)
	}
}

func (c *checker) stop(at func(...any) int, r fileRule) {
	switch r.Stop {
	case Hard, Note:
		if len(r.MayOverride) > 0 {
			c.fault(at("may_override"), "rule %q is %s: nobody may accept it", r.ID, r.Stop)
		}
	case Soft:
		if len(r.MayOverride) == 0 {
			c.fault(at("stop"), "rule %q is soft: say who may accept it (may_override)", r.ID)
		}
	default:
		c.fault(at("stop"), "rule %q: stop %q is not hard, soft or note", r.ID, r.Stop)
	}
	for _, role := range r.MayOverride {
		if !role.Valid() {
			c.fault(at("may_override"), "rule %q: unknown role %q", r.ID, role)
		}
	}
}

func (c *checker) value(at int, r fileRule, n fileNumber, before []Number) Number {
	if !name(n.Name) {
		c.fault(at, "rule %q: a number needs a name of lower-case letters, digits and underscores", r.ID)
	}
	if slices.ContainsFunc(before, func(b Number) bool { return b.Name == n.Name }) {
		c.fault(at, "rule %q: number %q was given before", r.ID, n.Name)
	}
	known, ok := knownUnits()[n.Unit]
	if !ok {
		c.fault(at, "rule %q, %s: unknown unit %q", r.ID, n.Name, n.Unit)
	}
	micro, err := micros(n)
	if err != nil {
		c.fault(at, "rule %q, %s: %v", r.ID, n.Name, err)
	}
	c.ref(at, r.ID+", "+n.Name, cite.Ref{Part: "threshold", Source: n.Source, Mark: n.Mark})
	c.bounded(at, r.ID+", "+n.Name, n.Clinic, n.Mark, n.Value)
	return Number{Name: n.Name, Value: n.Value, Unit: n.Unit, Mark: n.Mark, Source: n.Source, micro: micro, unit: known}
}

// order checks that a pair named x_low and x_high is in order.
func (c *checker) order(at int, r Rule) {
	for _, low := range r.Numbers {
		stem, ok := strings.CutSuffix(low.Name, "_low")
		if !ok {
			continue
		}
		for _, high := range r.Numbers {
			if high.Name != stem+"_high" {
				continue
			}
			if high.Unit != low.Unit {
				c.fault(at, "rule %q: %s and %s have different units", r.ID, low.Name, high.Name)
			}
			if low.micro > high.micro {
				c.fault(at, "rule %q: lower limit %s %s is above upper limit %s %s", r.ID, low.Name, low.Value, high.Name, high.Value)
			}
		}
	}
}

// The parts of a row that a source may stand behind.
var parts = []string{"trigger", "threshold", "action", "interval"}

func (c *checker) cites(at func(...any) int, r fileRule) {
	has := map[string]bool{}
	for j, ref := range r.Cites {
		if !slices.Contains(parts, ref.Part) {
			c.fault(at("cites", j), "rule %q: %q is not trigger, threshold, action or interval", r.ID, ref.Part)
		}
		has[ref.Part] = true
		c.ref(at("cites", j), r.ID, ref)
	}
	if !has["action"] {
		c.fault(at("cites"), "rule %q does not say where its action comes from", r.ID)
	}
	if !has["trigger"] && !has["threshold"] && !has["interval"] {
		c.fault(at("cites"), "rule %q does not say where its trigger comes from", r.ID)
	}
	if len(r.Numbers) > 0 && !has["threshold"] && !has["interval"] {
		c.fault(at("cites"), "rule %q has numbers: say where its threshold or interval comes from", r.ID)
	}
	if err := claims(r, c.sources); err != nil {
		c.fault(at("text"), "rule %q: %v", r.ID, err)
	}
}

// ref checks one pointer at a source with its mark.
func (c *checker) ref(at int, what string, ref cite.Ref) {
	s, ok := c.sources[ref.Source]
	switch {
	case !ref.Mark.Valid():
		c.fault(at, "%s: %q is not a mark (verified, secondary, unverified, default)", what, ref.Mark)
	case !ok:
		c.fault(at, "%s: unknown source %q", what, ref.Source)
	case (ref.Mark == cite.Default) != (s.Kind == cite.Ours):
		c.fault(at, "%s: mark %s does not go with source %s (%s): only our own settings are default", what, ref.Mark, s.ID, s.Kind)
	case s.Kind == cite.Summary && ref.Mark != cite.Unverified:
		c.fault(at, "%s: a machine summary never suffices for mark %s", what, ref.Mark)
	}
}

// required checks that every rule and number the program asks for is there.
func (c *checker) required(s Session) {
	end := line(c.root, "rules")
	stops := stopsOf()
	for _, id := range slices.Sorted(maps.Keys(stops)) {
		i, ok := s.byID[id]
		if !ok {
			c.fault(end, "rule %q is missing: a gate asks for it", id)
			continue
		}
		if got := s.rules[i].Stop; got != stops[id] {
			c.fault(line(c.root, "rules", i, "stop"), "rule %q is %s; its gate needs it %s", id, got, stops[id])
		}
	}
	for _, k := range Keys() {
		c.requiredNumber(s, k)
	}
}

func (c *checker) requiredNumber(s Session, k Key) {
	i, ok := s.byID[k.Rule]
	if !ok {
		return // said already
	}
	at := line(c.root, "rules", i)
	for j, n := range s.rules[i].Numbers {
		if n.Name != k.Name {
			continue
		}
		if n.Unit != k.Unit {
			c.fault(line(c.root, "rules", i, "numbers", j), "rule %q, %s: unit %q given where %q is meant", k.Rule, k.Name, n.Unit, k.Unit)
		}
		return
	}
	c.fault(at, "rule %q has no number %q: a gate asks for it", k.Rule, k.Name)
}

// weakest is the weakest of a rule's marks for one part.
func weakest(refs []cite.Ref, part string) (cite.Mark, bool) {
	rank := []cite.Mark{cite.Verified, cite.Secondary, cite.Unverified, cite.Default}
	worst := -1
	for _, ref := range refs {
		if ref.Part == part {
			worst = max(worst, slices.Index(rank, ref.Mark))
		}
	}
	if worst < 0 {
		return "", false
	}
	return rank[worst], true
}

// WeakestMark is how well a part of the rule is known: as well as the weakest
// of the marks it carries. ok is false when the part is not cited.
func (r Rule) WeakestMark(part string) (mark cite.Mark, ok bool) { return weakest(r.Cites, part) }

var errClaim = errors.New("its text claims more than its marks allow")

// claims refuses a text that speaks in a source's name without that source
// behind it: only verified parts of a guideline may say "guideline X says",
// and only secondary or better may say "as reported by X".
func claims(r fileRule, sources map[string]cite.Source) error {
	text := strings.ToLower(r.Text)
	reported := strings.Contains(text, "as reported by")
	for _, verb := range []string{" says", " states", " recommends", " requires", " advises", "according to"} {
		if !strings.Contains(text, verb) {
			continue
		}
		if !backed(r, sources, strings.Contains(text, "guideline")) {
			return fmt.Errorf("%w: %q needs a verified source named in the text", errClaim, strings.TrimSpace(verb))
		}
	}
	if strings.Contains(text, "guideline") && !backed(r, sources, true) {
		return fmt.Errorf("%w: %q needs a verified guideline named in the text", errClaim, "guideline")
	}
	if reported && !slices.ContainsFunc(r.Cites, func(ref cite.Ref) bool {
		return named(r, ref) && (ref.Mark == cite.Verified || ref.Mark == cite.Secondary)
	}) {
		return fmt.Errorf("%w: %q needs a secondary source named in the text", errClaim, "as reported by")
	}
	return nil
}

// backed reports whether the text names a source that the row cites as verified.
func backed(r fileRule, sources map[string]cite.Source, guideline bool) bool {
	return slices.ContainsFunc(r.Cites, func(ref cite.Ref) bool {
		kind := sources[ref.Source].Kind
		return named(r, ref) && ref.Mark == cite.Verified && (!guideline || kind == cite.Guideline)
	})
}

func named(r fileRule, ref cite.Ref) bool {
	return ref.Source != "" && strings.Contains(r.Text, ref.Source)
}
