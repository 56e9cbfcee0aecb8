package referral

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/rule"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Entry is one form that adds to a course.
type Entry struct {
	Name, Title, Label string
	Lead               string
	Act                act.Act
	// Groups are the inputs that a form of statements asks.
	Groups []rule.Group
	Dated  bool
}

// Entries are all of them, in the order in which a course is filled in.
func Entries() []Entry {
	const none = "Answer what was asked. What is left open stays as it was; “not known” is an answer."
	return []Entry{
		{Name: "history", Title: "History", Label: "Add to the history", Lead: none, Act: course.ActState, Groups: []rule.Group{rule.History, rule.Pregnancy, rule.Bladder, rule.Today}, Dated: true},
		{Name: "medicines", Title: "Medicines", Label: "List the medicines", Act: course.ActMedicines, Dated: true, Lead: "The whole list takes the place of the one before."},
		{Name: "allergies", Title: "Allergies", Label: "List the allergies", Act: course.ActAllergies, Dated: true, Lead: "The whole list takes the place of the one before."},
		{Name: "measurements", Title: "Measurements", Label: "Add measurements", Lead: none, Act: course.ActState, Groups: []rule.Group{rule.Body, rule.Signs}, Dated: true},
		{Name: "results", Title: "Laboratory and other tests", Label: "Add results", Lead: none, Act: course.ActState, Groups: []rule.Group{rule.Labs, rule.Tests}, Dated: true},
		{Name: "scores", Title: "Scores", Label: "Add scores", Lead: none, Act: course.ActState, Groups: []rule.Group{rule.Instruments}, Dated: true},
		{Name: "prior", Title: "Treatments tried before", Label: "Add a treatment", Act: course.ActTellPrior},
		{Name: "infusions", Title: "Ketamine given elsewhere", Label: "List infusions given elsewhere", Act: course.ActInfusions, Dated: true, Lead: "Infusions of this clinic are known from its own record. The whole list takes the place of the one before."},
		{Name: "judgement", Title: "Judgement of the prescriber", Label: "Add to the judgement", Lead: none, Act: course.ActState, Groups: []rule.Group{rule.Plan}, Dated: true},
		{Name: "response", Title: "Response to the last course", Label: "Add the response", Lead: none, Act: course.ActState, Groups: []rule.Group{rule.Response}, Dated: true},
		{Name: "plan", Title: "Plan", Label: "Plan the course", Act: course.ActPlan, Lead: "What the course is for, and when it is looked at again."},
		{Name: "ask", Title: "Information asked for", Label: "Ask for information", Act: course.ActAsk},
		{Name: "review", Title: "Re-evaluation", Label: "Re-evaluate", Act: course.ActReevaluate},
		{Name: "end", Title: "End of the course", Label: "End the course", Act: course.ActDiscontinue},
	}
}

// EntryOf finds a form by its name in the address.
func EntryOf(name string) (Entry, bool) {
	i := slices.IndexFunc(Entries(), func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return Entry{}, false
	}
	return Entries()[i], true
}

// now are the items of the day that a course is judged by too.
var now = []string{"today.jaundice", "today.liver_explained", "today.bladder_explained", "today.urine_infection", "today.suicide_action"}

// planned are the items that a plan states; they are not asked twice.
var planned = []string{"plan.indication", "plan.infusions", "plan.hours", "plan.endpoint", "plan.course_defined", "plan.adjunct"}

// Inputs are what a form of statements asks, by group.
func (e Entry) Inputs(g rule.Group) []rule.Input {
	var out []rule.Input
	for _, in := range rule.Inputs(nil) {
		if in.Group == g && !in.Derived && !slices.Contains(planned, in.Name) && (g != rule.Today || slices.Contains(now, in.Name)) {
			out = append(out, in)
		}
	}
	return out
}

// Asks reports whether a form of statements asks an input.
func (e Entry) Asks(name string) bool {
	return slices.ContainsFunc(e.Groups, func(g rule.Group) bool {
		return slices.ContainsFunc(e.Inputs(g), func(in rule.Input) bool { return in.Name == name })
	})
}

// Item is an input without its group.
func Item(in rule.Input) string {
	_, item, _ := strings.Cut(in.Name, ".")
	return item
}

// StrikeBody is the command that the form for striking becomes.
func StrikeBody(f url.Values) ([]byte, error) {
	part := strings.Fields(f.Get("what"))
	if len(part) != 3 {
		return nil, fmt.Errorf("choose what was said in error")
	}
	b, err := json.Marshal(with(map[string]any{"entry": json.Number(part[0]), "part": part[1], "place": json.Number(part[2])}, "reason", f.Get("reason")))
	if err != nil {
		return nil, fmt.Errorf("choose what was said in error")
	}
	return b, nil
}

// text is personal text on its way to be sealed.
type text struct {
	Text string `json:"text"`
}

func said(s string) *text {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	return &text{s}
}

// Body is the command that a filled form becomes. Keys are the names in the table
// of medicines. An error is for who typed it.
func (e Entry) Body(f url.Values, names map[string]string) ([]byte, error) {
	var body any
	var err error
	at, by := f.Get("at"), f.Get("source")
	switch e.Name {
	case "medicines":
		body = map[string]any{"at": at, "source": by, "complete": f.Get("complete"), "list": medicines(f.Get("list"), names)}
	case "allergies":
		body = map[string]any{"source": by, "complete": f.Get("complete"), "list": medicines(f.Get("list"), names)}
	case "infusions":
		var list []any
		list, err = infusions(f.Get("list"))
		body = map[string]any{"at": at, "source": by, "complete": f.Get("complete"), "list": list}
	case "prior":
		one := map[string]any{"what": f.Get("what"), "adequacy": f.Get("adequacy"), "result": f.Get("result")}
		if t := said(f.Get("text")); t != nil {
			one["text"] = t
		}
		body = map[string]any{"treatments": []any{one}}
	case "plan":
		body, err = plan(f)
	case "ask":
		body = with(map[string]any{"from": f.Get("from"), "items": orEmpty(f["items"])}, "text", f.Get("text"))
	case "review":
		goes := f.Get("goes_on") == "yes"
		if f.Get("goes_on") == "" {
			return nil, fmt.Errorf("say whether the course goes on")
		}
		one := map[string]any{"goes_on": goes}
		if v := strings.TrimSpace(f.Get("reached")); v != "" {
			one["reached"] = v
		}
		if v := f.Get("next"); v != "" {
			one["next"] = v
		}
		body = with(one, "reason", f.Get("reason"))
	case "end":
		body = with(map[string]any{"why": f.Get("why")}, "reason", f.Get("reason"))
	default:
		body = e.statements(f)
	}
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("write form: %w", err)
	}
	return b, nil
}

func with(m map[string]any, name, words string) map[string]any {
	if t := said(words); t != nil {
		m[name] = t
	}
	return m
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// statements are the answers that were given; what was left open says nothing.
func (e Entry) statements(f url.Values) any {
	list := []map[string]string{}
	for _, g := range e.Groups {
		for _, in := range e.Inputs(g) {
			v := strings.TrimSpace(f.Get(in.Name))
			if v == "" {
				continue
			}
			one := map[string]string{"section": string(g), "item": Item(in), "at": f.Get("at"), "source": f.Get("source")}
			switch {
			case v == "unknown" || v == "not asked" || in.Type == rule.Answer:
				one["answer"] = v
			case in.Type == rule.Choice:
				one["result"] = v
			default:
				one["value"], one["unit"] = strings.ReplaceAll(v, ",", "."), in.Unit
				if g == rule.Labs {
					one["unit"], one["uln"] = f.Get("u."+in.Name), strings.ReplaceAll(strings.TrimSpace(f.Get("l."+in.Name)), ",", ".")
				}
			}
			list = append(list, one)
		}
	}
	return map[string]any{"statements": list}
}

// Lines are the lines of a list as it was typed.
func Lines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// medicines reads a list, one medicine a line, its name first. A name that is
// exactly one of the table is coded by it; everything else is not coded.
func medicines(s string, names map[string]string) []any {
	out := []any{}
	for _, line := range Lines(s) {
		one := map[string]any{"text": text{line}}
		if key := Coded(line, names); key != "" {
			one["key"] = key
		}
		out = append(out, one)
	}
	return out
}

// Coded is the key of the medicine by whose longest name a line begins, as whole
// words; empty for none.
func Coded(line string, names map[string]string) string {
	line = strings.ToLower(strings.ReplaceAll(line, "\u2019", "'")) + " "
	best, key := "", ""
	for n, k := range names {
		if rest, ok := strings.CutPrefix(line, n); ok && len(n) > len(best) && strings.ContainsAny(rest[:1], " ,;:(") {
			best, key = n, k
		}
	}
	return key
}

// infusions reads a list, one infusion a line: the day, the hours, the series.
func infusions(s string) ([]any, error) {
	out := []any{}
	for i, line := range Lines(s) {
		part := strings.Fields(strings.NewReplacer(",", " ", ";", " ").Replace(line))
		series := 0
		if len(part) == 3 {
			series, _ = strconv.Atoi(part[2])
		}
		if len(part) != 3 || series < 1 {
			return nil, fmt.Errorf("line %d of the list: write the day, the hours and the number of the series, such as 2025-05-01 4 1", i+1)
		}
		out = append(out, map[string]any{"ended_at": part[0], "hours": part[1], "series": series})
	}
	return out, nil
}

func plan(f url.Values) (any, error) {
	infusions, err1 := strconv.Atoi(strings.TrimSpace(f.Get("infusions")))
	weeks, err2 := strconv.Atoi(strings.TrimSpace(f.Get("weeks")))
	if err1 != nil {
		return nil, fmt.Errorf("the number of infusions is a whole number")
	}
	if err2 != nil {
		return nil, fmt.Errorf("the weeks to reach the endpoint are a whole number")
	}
	return with(map[string]any{
		"indication": f.Get("indication"), "icd10": strings.ToUpper(strings.TrimSpace(f.Get("icd10"))), "infusions": infusions, "hours": strings.TrimSpace(f.Get("hours")),
		"endpoint":   map[string]any{"instrument": f.Get("instrument"), "now": strings.TrimSpace(f.Get("now")), "target": strings.TrimSpace(f.Get("target")), "weeks": weeks},
		"adjuncts":   orEmpty(f["adjuncts"]),
		"reevaluate": f.Get("reevaluate"),
	}, "diagnosis", f.Get("diagnosis")), nil
}

// Form is a form with its questions, showing what was said last and what was typed
// before.
func (e Entry) Form(s course.State, f url.Values, last func(rule.Input) string) view.CourseForm {
	out := view.CourseForm{Form: e.Name, Lead: e.Lead, Dated: e.Dated, At: f.Get("at"), Source: f.Get("source")}
	for _, src := range course.Sources() {
		out.Sources = append(out.Sources, view.Option{Value: string(src), Label: string(src)})
	}
	one := func(title string, items ...view.CourseFormItem) {
		for i := range items {
			items[i].Value, items[i].Chosen = f.Get(items[i].Name), map[string]bool{}
			for _, v := range f[items[i].Name] {
				items[i].Chosen[v] = true
			}
		}
		out.Groups = append(out.Groups, view.CourseFormGroup{Title: title, Items: items})
	}
	whole := view.CourseFormItem{Name: "complete", Label: "Is this list all there is?", Kind: "choice", Options: options("yes", "no", "unknown")}
	reason := view.CourseFormItem{Name: "reason", Label: "Reason", Kind: "long"}
	switch e.Name {
	case "medicines":
		one("", view.CourseFormItem{Name: "list", Label: "Medicines, one a line, the ingredient first", Kind: "long", Hint: "“morphine 10 mg twice a day”. A name that is not in the table is kept as written, and its interactions cannot be checked."}, whole)
	case "allergies":
		one("", view.CourseFormItem{Name: "list", Label: "Allergies, one a line, with the reaction", Kind: "long"}, whole)
	case "infusions":
		one("", view.CourseFormItem{Name: "list", Label: "Infusions, one a line: day, hours, number of the series", Kind: "long", Hint: "2025-05-01 4 1"}, whole)
	case "prior":
		one("", view.CourseFormItem{Name: "what", Label: "Treatment", Kind: "choice", Options: options(course.PriorKinds()...)},
			view.CourseFormItem{Name: "adequacy", Label: "Tried long and strong enough", Kind: "choice", Options: options(course.Adequacies()...)},
			view.CourseFormItem{Name: "result", Label: "What came of it", Kind: "choice", Options: options(course.PriorResults()...)},
			view.CourseFormItem{Name: "text", Label: "Which, when, what dose", Kind: "long"})
	case "plan":
		e.plan(one)
	case "ask":
		one("", view.CourseFormItem{Name: "from", Label: "Who owes it", Kind: "choice", Options: options(course.Parties()...)},
			view.CourseFormItem{Name: "items", Label: "What is needed", Kind: "many", Options: askable()},
			view.CourseFormItem{Name: "text", Label: "In words", Kind: "long"})
	case "review":
		one("", view.CourseFormItem{Name: "reached", Label: "Score reached", Kind: "number", Hint: endpointOf(s)},
			view.CourseFormItem{Name: "goes_on", Label: "The course goes on", Kind: "choice", Options: options("yes", "no")},
			view.CourseFormItem{Name: "next", Label: "To be looked at again by", Kind: "date"}, reason)
	case "end":
		one("", view.CourseFormItem{Name: "why", Label: "Why it ends", Kind: "choice", Options: options(course.Whys()...)}, reason)
	default:
		for _, g := range e.Groups {
			var items []view.CourseFormItem
			for _, in := range e.Inputs(g) {
				items = append(items, item(in, f, last(in)))
			}
			one(groupTitle(g, len(e.Groups)), items...)
		}
	}
	return out
}

func (e Entry) plan(one func(string, ...view.CourseFormItem)) {
	var indications, instruments []view.Option
	for _, in := range rule.Inputs(nil) {
		switch {
		case in.Name == "plan.indication":
			for _, c := range in.Choices {
				indications = append(indications, view.Option{Value: c, Label: Words(c)})
			}
		case in.Group == rule.Instruments && in.Type == rule.Number && !in.Derived:
			instruments = append(instruments, view.Option{Value: Item(in), Label: in.Text})
		}
	}
	one("Indication",
		view.CourseFormItem{Name: "indication", Label: "Indication", Kind: "choice", Options: indications},
		view.CourseFormItem{Name: "icd10", Label: "ICD-10 code", Kind: "text", Hint: "such as G90.5", Required: true},
		view.CourseFormItem{Name: "diagnosis", Label: "Diagnosis in words", Kind: "text"})
	one("Therapeutic endpoint",
		view.CourseFormItem{Name: "instrument", Label: "Measured by", Kind: "choice", Options: instruments},
		view.CourseFormItem{Name: "now", Label: "Score now", Kind: "number", Required: true},
		view.CourseFormItem{Name: "target", Label: "Score aimed at", Kind: "number", Required: true},
		view.CourseFormItem{Name: "weeks", Label: "Reached within", Kind: "number", Unit: "weeks after the last infusion", Required: true})
	one("Course",
		view.CourseFormItem{Name: "infusions", Label: "Number of infusions", Kind: "number", Required: true},
		view.CourseFormItem{Name: "hours", Label: "Longest infusion", Kind: "number", Unit: "h", Required: true},
		view.CourseFormItem{Name: "adjuncts", Label: "Beside the infusions", Kind: "many", Options: options(course.Adjuncts()...)},
		view.CourseFormItem{Name: "reevaluate", Label: "To be looked at again by", Kind: "date", Required: true})
}

func item(in rule.Input, f url.Values, last string) view.CourseFormItem {
	out := view.CourseFormItem{Name: in.Name, Label: Upper(in.Text), Last: last}
	switch in.Type {
	case rule.Answer:
		out.Kind, out.Options = "choice", []view.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}, {Value: "unknown", Label: "Not known"}}
	case rule.Choice:
		out.Kind = "choice"
		for _, c := range in.Choices {
			out.Options = append(out.Options, view.Option{Value: c, Label: Words(c)})
		}
		out.Options = append(out.Options, view.Option{Value: "unknown", Label: "not known"})
	case rule.Number:
		out.Kind, out.Unit = "number", Unit(in.Unit)
		out.Range = in.Low + " to " + in.High
		if in.Group == rule.Labs {
			out.ULN, out.Units, out.Range, out.Label = true, rule.LabUnits(), "", Upper(strings.TrimSuffix(in.Text, ", in multiples of its upper limit of normal"))
			out.UnitValue, out.ULNValue = f.Get("u."+in.Name), f.Get("l."+in.Name)
		}
	}
	return out
}

// Unit is a UCUM unit as a clinician writes it.
func Unit(u string) string {
	switch u {
	case "1":
		return ""
	case "mm[Hg]":
		return "mmHg"
	case "Cel":
		return "°C"
	case "umol/L":
		return "µmol/L"
	}
	return u
}

// Words is a name of ours as words.
func Words(s string) string {
	if s == "crps" {
		return "CRPS"
	}
	return strings.ReplaceAll(s, "_", " ")
}

// Upper begins a line with a capital letter.
func Upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func groupTitle(g rule.Group, n int) string {
	if n == 1 {
		return ""
	}
	return map[rule.Group]string{
		rule.Signs: "Signs at rest", rule.Body: "Body", rule.Labs: "Laboratory", rule.Tests: "Other tests",
		rule.History: "History", rule.Pregnancy: "Pregnancy", rule.Bladder: "Bladder", rule.Today: "At present",
	}[g]
}

func options[T ~string](list ...T) []view.Option {
	var out []view.Option
	for _, v := range list {
		out = append(out, view.Option{Value: string(v), Label: string(v)})
	}
	return out
}

// askable are the things that somebody can be asked for.
func askable() []view.Option {
	var out []view.Option
	for _, in := range rule.Inputs(nil) {
		switch in.Group {
		case rule.Labs, rule.Tests, rule.Instruments, rule.Signs, rule.Body:
			if !in.Derived {
				out = append(out, view.Option{Value: in.Name, Label: strings.TrimSuffix(in.Text, ", in multiples of its upper limit of normal")})
			}
		default:
			// a history is asked as a whole, in words
		}
	}
	return out
}

func endpointOf(s course.State) string {
	if s.Plan == nil {
		return ""
	}
	e := s.Plan.What.Endpoint
	return fmt.Sprintf("%s: from %s to %s within %d weeks after the last infusion", e.Instrument, e.Now, e.Target, e.Weeks)
}
