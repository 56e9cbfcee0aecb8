package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// TodayTeller answers the one question of a day: may this patient be treated today?
type TodayTeller struct {
	Today  app.Today
	Course *CourseTeller // nil where the patient has no course that could be read
	Given  protocol.Given
	Rules  library.Session
}

// todayGates are the gates that the visit meets next, each as it opens and shuts.
func todayGates(v app.Visit) []view.Gate {
	if v.State.Phase == session.PhaseScheduled {
		return []view.Gate{Gate(v, asked(v, session.DrawUpGate(v.State, v.Env)))}
	}
	return Gates(v)
}

// Page is what stands in the way, what could not be checked, and everything that is
// clear by name. It says no yes and no no: who treats does.
func (t TodayTeller) Page() view.Today {
	v := t.Today.Visit
	out := view.Today{
		Session: string(v.ID), Patient: *Patient(v), Chair: int(v.State.Chair), Phase: PhaseText(v.State.Phase),
		Planned: "planned for " + word.Moment(v.State.PlannedStart.In(v.Zone)), Exposure: ExposureBesideCaps(t.Given, t.Rules),
	}
	if day(v.State.PlannedStart, v.Zone) != day(v.Env.Now, v.Zone) {
		out.OtherDay = "This visit is not planned for today. What stands here holds as of now."
	}
	var ways []string // in the order of what they settle
	settles := map[string][]string{}
	settle := func(way, what string) {
		if way == "" || slices.Contains(settles[way], what) {
			return
		}
		if settles[way] == nil {
			ways = append(ways, way)
		}
		settles[way] = append(settles[way], what)
	}
	seen := map[string]bool{}
	for _, g := range todayGates(v) {
		for _, c := range g.Checks {
			if seen[c.ID+c.Outcome] { // of two gates that ask the same
				continue
			}
			seen[c.ID+c.Outcome] = true
			if c.Outcome == string(session.Clear) {
				out.Clear = append(out.Clear, view.ClearItem{Name: c.Title, Inputs: t.age(session.CheckID(c.ID), c.Why)})
				continue
			}
			out.Items = append(out.Items, t.item(c))
			if c.Blocks {
				settle(c.Settle, c.Title)
			}
		}
	}
	t.rules(&out, settle)
	for _, way := range ways {
		if of := strings.Join(settles[way], "; "); of != "" {
			way = strings.TrimSuffix(way, ".") + ": " + of + "."
		}
		out.Settle = append(out.Settle, way)
	}
	slices.SortStableFunc(out.Items, func(a, b view.FindingItem) int { return weighToday(a) - weighToday(b) })
	return out
}

func day(at time.Time, zone *time.Location) string { return at.In(zone).Format(time.DateOnly) }

const (
	kindStop  = "Stop"
	kindWeigh = "Weigh"
	kindNot   = "Could not check"
)

// weighToday puts what stops first, then what nobody knows, then what is weighed, and
// last what somebody has answered for.
func weighToday(x view.FindingItem) int {
	if x.Tone != view.Amber {
		return 4
	}
	return slices.Index([]string{kindStop, kindNot, kindWeigh}, x.Kind)
}

// item is a check of a gate that is not clear.
func (t TodayTeller) item(c view.Check) view.FindingItem {
	x := view.FindingItem{Rule: "gate-" + c.ID, Kind: kindNot, Area: "at the chair", Title: c.Title, Text: strings.TrimSpace(c.Why), Tone: c.Tone, Source: c.Source, Marks: c.Mark}
	switch {
	case c.Outcome == string(session.Attested):
		x.Kind = "On paper"
	case c.Outcome == string(session.Finding) && !c.Blocks:
		x.Kind = "Accepted"
	case c.Outcome == string(session.Finding):
		x.Kind = kindStop
		if c.Override != nil {
			x.Kind = kindWeigh
		}
	}
	if c.Settle != "" && c.Blocks {
		x.Missing = []string{c.Settle}
	}
	return x
}

// rules are those of screening, run over the course with what the visit says.
func (t TodayTeller) rules(out *view.Today, settle func(way, what string)) {
	c := t.Course
	if c == nil {
		if !t.Today.Course.Known {
			out.NotRun = "The rules of screening could not be run over the patient's course: nothing of them was checked."
		} else {
			out.NotRun = "There is no course on record: no rule of screening was run."
		}
		return
	}
	out.Course = string(c.ID)
	rows := map[string]library.ScreenRule{}
	for _, r := range c.Rules {
		rows[r.ID] = r
	}
	chair := t.chair()
	fresh := map[string]bool{}
	for _, v := range t.Today.Course.Standing.New {
		fresh[v.Rule] = true
	}
	for i, f := range c.Found {
		x, r := c.Checked[i], rows[f.Rule]
		if f.Result == rule.Clear {
			out.Clear = append(out.Clear, view.ClearItem{Name: r.Text, Inputs: c.looked(f)})
			continue
		}
		item := c.finding(f, x, r)
		item.MayAccept, item.Needs = false, ""
		switch {
		case fresh[f.Rule]:
			item.Area += ", new since the decision"
			for _, l := range item.Missing {
				settle(Upper(l), "")
			}
		case x.Today && chair[f.Rule] == session.Clear: // the chair asked it itself since, or is the one to know
			item.Area, item.Tone = "said at the desk; clear at the chair", view.Plain
		case x.Today && f.Result == rule.CouldNotCheck && chair[f.Rule] != "":
			continue // the check of the chair says so already
		case x.Today:
			item.Area += ", today"
			for _, l := range item.Missing {
				settle(Upper(l), "")
			}
		default: // the decision was made over it: it is not asked again
			item.Tone = view.Plain
		}
		out.Items = append(out.Items, item)
	}
	out.Decided = c.Standing()
	out.Since = append(c.since(rows), t.entered()...)
}

// chair is what the gate answers by each rule that it asks, clear only where all its
// checks by that rule are.
func (t TodayTeller) chair() map[string]session.Outcome {
	out := map[string]session.Outcome{}
	for _, c := range session.DrawUpGate(t.Today.State, t.Today.Env).Checks {
		if was := out[c.Rule]; was == "" || was == session.Clear {
			out[c.Rule] = c.Outcome
		}
	}
	return out
}

// entered is what was recorded after the decision: the body, medicines and all that
// somebody stated, the latest of each.
func (t TodayTeller) entered() []string {
	c := t.Course
	d := c.State.Decision
	if d == nil {
		return nil
	}
	var names []string
	for name, s := range c.Latest {
		if s.At.After(d.At) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(c.Latest[a].At.Compare(c.Latest[b].At), cmp.Compare(a, b))
	})
	var out []string
	for _, name := range names {
		s := c.Latest[name].What
		out = append(out, Upper(c.inputText(name))+": "+valueOf(s)+" · "+c.said(s)+".")
	}
	v := t.Today.Visit
	if w, at := v.State.Precheck.Weight, v.State.PrecheckAt["weight"].At; w != nil && w.Weight.Positive() && at.After(d.At) {
		was := ""
		if last := v.Env.Patient.LastWeight; last != nil {
			was = "; at the visit before " + last.Weight.String()
		}
		out = append(out, "Weight: "+w.Weight.String()+" · this visit, "+clock(at, v.Zone)+was+".")
	}
	if s := c.State.Consent; s != nil && s.At.After(d.At) {
		out = append(out, "Consent: signed "+shortDay(s.At.In(v.Zone), c.Now)+".")
	}
	if s := c.State.Withdrawn; s != nil && s.At.After(d.At) {
		out = append(out, "Consent: withdrawn "+shortDay(s.At.In(v.Zone), c.Now)+".")
	}
	return out
}

// sectionOf is the part of the pre-check that answers a check.
var sectionOf = map[session.CheckID]string{
	"allergies": "allergies", "consent-today": "consent_now", "fasting": "fasting", "glp1": "conditions", "glucose": "conditions", "cpap": "conditions",
	"escort": "escort", "pregnancy": "pregnancy", "weight": "weight", "weight-unit": "weight", "weight-dosing": "weight", "theophylline": "medicines",
	"stimulant": "medicines", "sedating": "medicines", "alcohol": "substances", "cannabis": "substances", "sedatives": "substances", "bladder": "bladder",
	"mood": "mood", "last-time": "last_time", "premedication": "premed", "access": "access",
}

// atRest are the checks that rest on the signs at rest.
var atRest = []session.CheckID{"baseline", "systolic", "diastolic", "heart-rate", "breathing", "saturation", "alert", "temperature", "side-effects-before", "pain-before"}

// age says what a clear check looked at, and how old that is.
func (t TodayTeller) age(id session.CheckID, why string) string {
	v := t.Today.Visit
	from := func(what string, at time.Time) string {
		if at.IsZero() {
			return what
		}
		return fmt.Sprintf("%s, %s", what, shortAge(at, v.Env.Now, v.Zone))
	}
	said := "as it is now"
	section, asked := sectionOf[id]
	switch {
	case asked:
		said = from("asked", v.State.PrecheckAt[section].At)
	case slices.Contains(atRest, id):
		if o, ok := session.RestingSet(v.State, v.Env); ok {
			said = from("signs at rest", o.At)
		}
	case strings.HasPrefix(string(id), "order") || strings.HasPrefix(string(id), "limit"):
		if o := v.State.Order; o != nil {
			said = from("order signed", o.SignedAt)
		}
	case id == "consent" && t.Today.Course.State.Consent != nil:
		said = from("consent signed", t.Today.Course.State.Consent.At)
	case id == "screening" && t.Today.Course.State.Decision != nil:
		said = from("decided", t.Today.Course.State.Decision.At) + "; every rule run again now"
	}
	return strings.TrimSpace(why + " " + said)
}

// shortAge is a clock of today with its age, or a day.
func shortAge(at, now time.Time, zone *time.Location) string {
	if day(at, zone) != day(now, zone) {
		return shortDay(at.In(zone), now.In(zone))
	}
	return clock(at, zone) + ", " + span(now.Sub(at)) + " ago"
}

// TodayCourse is the teller of a course as the gates of a visit judge it.
func TodayCourse(t app.Today, c CourseTeller) *CourseTeller {
	if !t.Course.Known || !t.Course.Has {
		return nil
	}
	c.ID, c.State, c.Found, c.Checked = t.Course.ID, t.Course.State, t.Course.Found, t.Checked
	c.Latest = t.Course.State.Latest(t.Zone)
	c.Now = t.Env.Now.In(t.Zone)
	return &c
}
