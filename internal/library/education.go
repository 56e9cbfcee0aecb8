package library

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/cite"
)

const educationSchema = "stillwatch/education-library/1"

// The kinds of page.
const (
	// ReadPage is read, with questions on it.
	ReadPage = "page"
	// OptionPage is one treatment among others: benefit and harm.
	OptionPage = "option"
	// FactPage answers one claim that is often made.
	FactPage = "fact"
)

// Lesson is one page that patients read, or one treatment of the comparison.
type Lesson struct {
	Head       `yaml:",inline"`
	Kind       string     `yaml:"kind"`
	Claim      string     `yaml:"claim"` // that a fact answers
	Text       string     `yaml:"text"`  // its heading
	Statements []Told     `yaml:"statements"`
	Questions  []Question `yaml:"questions"`
}

// Told is a sentence for patients: where it comes from, and the records that it rests
// on, as "file/id".
type Told struct {
	Part   string    `yaml:"part"` // of an option: benefit or harm
	Text   string    `yaml:"text"`
	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
	Cites  []string  `yaml:"cites"`
}

// Question shows whether something came across. A wrong answer stops nothing. Source,
// Mark and Cites are of Why: what the question is answered from.
type Question struct {
	ID      string   `yaml:"id"`
	Text    string   `yaml:"text"`
	Answers []Answer `yaml:"answers"`
	Right   string   `yaml:"right"`
	Why     string   `yaml:"why"`

	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
	Cites  []string  `yaml:"cites"`
}

// Answer is one of those to choose from.
type Answer struct {
	ID   string `yaml:"id"`
	Text string `yaml:"text"`
}

// Education is everything that patients read before they decide.
type Education struct{ Knowledge[Lesson] }

// Records are the sentences of other files that a text for patients may rest on, by
// "file/id".
type Records map[string][]cite.Ref

// Records reads what texts for patients may cite: evidence, side effects, claims and
// rules of screening.
func (f Files) Records() (Records, error) {
	out := Records{}
	add := func(name string, list []Statement) {
		for _, s := range list {
			out[name] = append(out[name], cite.Ref{Source: s.Source, Mark: s.Mark})
		}
	}
	evidence, err := DecodeEvidence(f.Evidence)
	if err != nil {
		return nil, err
	}
	add("evidence/general", evidence.General)
	for _, r := range evidence.Rows {
		add("evidence/"+r.ID, r.Statements)
	}
	effects, err := DecodeEffects(f.Effects)
	if err != nil {
		return nil, err
	}
	add("effects/general", effects.General)
	for _, r := range effects.Rows {
		add("effects/"+r.ID, r.Incidence)
	}
	claims, err := DecodeClaims(f.Claims)
	if err != nil {
		return nil, err
	}
	for _, r := range claims.Rows {
		add("claims/"+r.ID, r.Why)
	}
	screening, err := f.Screening()
	if err != nil {
		return nil, err
	}
	for _, r := range screening.Rules() {
		out["rules/"+r.ID] = r.Cites
	}
	return out, nil
}

// DecodeEducation reads and checks what patients read. Each sentence claims no more
// than the records that it cites; no page shows a dose, speaks of one reader's risk,
// promotes, or is harder to read than the bound; each question has one right answer
// among those that are shown, and is answered from what
// stands on its page.
func DecodeEducation(b []byte, records Records) (Education, error) {
	asked, answers := map[string]bool{}, map[string]bool{}
	k, err := decodeKnowledge(b, "education", educationSchema, func(c *knowledgeChecker, at int, r Lesson) {
		what := "row " + r.ID
		c.start(at, r.Head, r.Text)
		switch _, claimed := records["claims/"+r.Claim]; {
		case r.Kind != ReadPage && r.Kind != OptionPage && r.Kind != FactPage:
			c.fault(at, "%s: kind %q is not page, option or fact", what, r.Kind)
		case (r.Kind == FactPage) != (r.Claim != ""), r.Claim != "" && (!claimed || answers[r.Claim]):
			c.fault(at, "%s: a fact answers one claim, and nothing else does: %q", what, r.Claim)
		}
		answers[r.Claim] = true
		if len(r.Statements) == 0 {
			c.fault(at, "%s says nothing", what)
		}
		c.plain(at, what, r.Text)
		all := []string{r.Text + "."}
		parts := map[string]bool{}
		for _, s := range r.Statements {
			c.told(at, what, s, records)
			if (r.Kind == OptionPage) != (s.Part == "benefit" || s.Part == "harm") {
				c.fault(at, "%s: part %q: an option has benefit and harm, a page neither", what, s.Part)
			}
			parts[s.Part] = true
			all = append(all, s.Text)
		}
		if r.Kind == OptionPage && (!parts["benefit"] || !parts["harm"]) {
			c.fault(at, "%s: an option says its benefit and its harm", what)
		}
		for _, q := range r.Questions {
			c.question(at, what, q, asked)
			c.told(at, what+", question "+q.ID, Told{Text: q.Why, Source: q.Source, Mark: q.Mark, Cites: q.Cites}, records)
			if !slices.ContainsFunc(r.Statements, func(s Told) bool { return s.Source == q.Source && weaker(s.Mark, q.Mark) == q.Mark }) {
				c.fault(at, "%s: question %s: nothing on its page is of %s, as %s", what, q.ID, q.Source, q.Mark)
			}
			all = append(all, q.Text, q.Why)
		}
		if g := grade(strings.Join(all, " ")); g > mostGrade {
			c.fault(at, "%s reads at school year %.1f, above %.0f: shorter words and sentences", what, g, mostGrade)
		}
	})
	for name := range records {
		if id, claim := strings.CutPrefix(name, "claims/"); err == nil && claim && !answers[id] {
			err = fmt.Errorf("check education: claim %s has no answer in plain words", id)
		}
	}
	return Education{k}, err
}

// told checks a sentence for patients, and that it claims no more than what it cites.
func (c *knowledgeChecker) told(at int, what string, s Told, records Records) {
	c.statement(at, what, Statement{Part: "text", Text: s.Text, Source: s.Source, Mark: s.Mark})
	c.plain(at, what, s.Text)
	rests := s.Mark == cite.Default
	for _, name := range s.Cites {
		refs, ok := records[name]
		if !ok {
			c.fault(at, "%s cites %q, which is no record of the library", what, name)
		}
		rests = rests || slices.ContainsFunc(refs, func(ref cite.Ref) bool {
			return ref.Source == s.Source && weaker(ref.Mark, s.Mark) == s.Mark
		})
	}
	if !rests {
		c.fault(at, "%s: no record that it cites says this of %s as %s", what, s.Source, s.Mark)
	}
}

func (c *knowledgeChecker) question(at int, what string, q Question, asked map[string]bool) {
	if q.ID == "" || asked[q.ID] {
		c.fault(at, "%s: question %q has no id of its own", what, q.ID)
	}
	asked[q.ID] = true
	right, ids := 0, map[string]bool{}
	for _, a := range q.Answers {
		if a.ID == "" || len(a.ID) > 40 || ids[a.ID] || strings.TrimSpace(a.Text) == "" {
			c.fault(at, "%s: question %s: each answer has an id of its own and a text", what, q.ID)
		}
		ids[a.ID] = true
		if a.ID == q.Right {
			right++
		}
		c.plain(at, what+", question "+q.ID, a.Text)
	}
	if len(q.Answers) < 2 || len(q.Answers) > 4 || right != 1 {
		c.fault(at, "%s: question %s has two to four answers, and one of them is right", what, q.ID)
	}
	if strings.TrimSpace(q.Text) == "" || strings.TrimSpace(q.Why) == "" {
		c.fault(at, "%s: question %s has a text, and says why its answer is right", what, q.ID)
	}
	c.plain(at, what+", question "+q.ID, q.Text)
}

// Pages are the pages of one kind, in the order of the file.
func (e Education) Pages(kind string) []Lesson {
	var out []Lesson
	for _, r := range e.Rows {
		if r.Kind == kind {
			out = append(out, r)
		}
	}
	return out
}

// Hash is the SHA-256 of what is read and asked, in hex: what somebody has read is read
// no more once it has changed.
func (e Education) Hash() string {
	h := sha256.New()
	for _, r := range e.Rows {
		add(h, r.ID)
		add(h, r.Text)
		for _, s := range r.Statements {
			add(h, s.Text)
		}
		for _, q := range r.Questions {
			add(h, q.ID+" "+q.Right)
			add(h, q.Text)
			for _, a := range q.Answers {
				add(h, a.ID+" "+a.Text)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
