package app

import (
	"cmp"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// An order that is being written is nobody's record yet: it is kept in memory, for
// everyone who has its form open, and a browser keeps what its person typed. After the
// server was started again no signature is taken from a page that was open before, as
// nobody knows what another person had changed.

// The bounds of what is kept.
const (
	mostDrafts       = 500
	mostDraftChanges = 1000
	mostDraftBytes   = 256 << 10
	mostDraftAnswer  = 4000 // bytes of one answer
	draftHereFor     = 15 * time.Second
	draftSeenFor     = 30 * time.Minute
)

// Answers are those of a form, by name.
type Answers map[string][]string

// DraftChange is one answer that somebody changed.
type DraftChange struct {
	Number   int
	Field    string
	From, To []string
	By       ident.Person
	Page     ident.Command // the page it was typed on
	At       time.Time
	was      bool // From was somebody's answer, and not what the form begins with
}

// DraftSigned is the signature that ended a draft.
type DraftSigned struct {
	By   ident.Person
	At   time.Time
	page ident.Command
}

// DraftVisitor is another person who has the form open.
type DraftVisitor struct {
	Person ident.Person
	Opened time.Time
	// Here says that their page was heard of just now; a page without a script is not.
	Here bool
}

// DraftLook is how a draft stands for one page.
type DraftLook struct {
	// Seen names what stands in the draft now; the page sends it back.
	Seen    string
	Answers Answers
	// Last is who changed each answer last.
	Last map[string]DraftChange
	// Others are the answers that were changed elsewhere since the page was read, each
	// once, from what the page showed to what stands now.
	Others []DraftChange
	// Unknown says that it cannot be told what was changed since.
	Unknown bool
	// Signed is the signature that was given since; nil for none.
	Signed   *DraftSigned
	Visitors []DraftVisitor
	// First says that this person is not known to have the form open: reading the
	// draft is a read then.
	First bool
}

// Stands reports whether what a page read is all there is to read.
func (l DraftLook) Stands() bool { return len(l.Others) == 0 && !l.Unknown && l.Signed == nil }

// DraftPage is a page with the form of an order open.
type DraftPage struct {
	By   ident.Person
	Page ident.Command
	// Read is what the draft was when the page was read; a signature is under that.
	Read string
	// Shown is what the page has been told of since; empty for no more than Read.
	Shown string
	// Form is the protocol that the page asks the questions of: that another chose the
	// same is no change to it.
	Form string
}

type orderDrafts struct {
	mu sync.Mutex
	of map[ident.Session]*orderDraft
}

type orderDraft struct {
	id      string
	number  int
	answers Answers
	log     []DraftChange
	lost    int // the last number that is not in the log any more
	signed  DraftSigned
	ended   int // the number at which it was signed
	people  map[ident.Person]*draftVisit
	touched time.Time
}

type draftVisit struct{ opened, last, live time.Time }

// withDraft runs over the draft of a visit, made where there is none.
func (a *App) withDraft(visit ident.Session, f func(d *orderDraft, now time.Time)) {
	now := a.Now()
	s := &a.drafts
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.of[visit]
	if d == nil {
		if s.of == nil {
			s.of = map[ident.Session]*orderDraft{}
		}
		for len(s.of) >= mostDrafts {
			delete(s.of, s.oldest())
		}
		var id [8]byte
		a.Random(id[:])
		d = &orderDraft{id: hex.EncodeToString(id[:]), answers: Answers{}, people: map[ident.Person]*draftVisit{}}
		s.of[visit] = d
	}
	d.touched = now
	f(d, now)
}

func (s *orderDrafts) oldest() ident.Session {
	var oldest ident.Session
	for id, d := range s.of {
		if oldest == "" || d.touched.Before(s.of[oldest].touched) {
			oldest = id
		}
	}
	return oldest
}

// OpenDraft is the draft of a visit's order for who opens its form.
func (a *App) OpenDraft(visit ident.Session, by ident.Person) (look DraftLook) {
	a.withDraft(visit, func(d *orderDraft, now time.Time) {
		first := d.visited(by, now, false)
		look = d.look(DraftPage{By: by, Read: d.seen()}, now)
		look.First = first
	})
	return look
}

// FollowDraft says what became of a draft since a page was read; the page asks by itself.
func (a *App) FollowDraft(visit ident.Session, p DraftPage) (look DraftLook) {
	a.withDraft(visit, func(d *orderDraft, now time.Time) {
		first := d.visited(p.By, now, true)
		look = d.look(p, now)
		look.First = first
	})
	return look
}

// WriteDraft takes answers that were typed on a page. Known are those that the form
// begins with: they are nobody's. Merged is what stands in the form then: what was
// typed there, and what others changed of the answers that were left alone there. Only
// a named answer is touched; live says that the page sent it by itself.
func (a *App) WriteDraft(visit ident.Session, p DraftPage, typed, known Answers, live bool) (merged Answers, look DraftLook) {
	a.withDraft(visit, func(d *orderDraft, now time.Time) {
		first := d.visited(p.By, now, live)
		look = d.look(p, now)
		look.First = first
		merged = d.merge(p, typed, known, now)
		after := d.look(DraftPage{By: p.By, Read: d.seen()}, now)
		look.Seen, look.Answers, look.Last = after.Seen, after.Answers, after.Last
	})
	return merged, look
}

// SignedDraft ends a draft: an order was signed from it.
func (a *App) SignedDraft(visit ident.Session, p DraftPage) {
	a.withDraft(visit, func(d *orderDraft, now time.Time) {
		d.number++
		d.ended, d.signed = d.number, DraftSigned{By: p.By, At: now, page: p.Page}
		d.answers, d.log, d.lost = Answers{}, nil, d.number
	})
}

// SignedFrom reports whether this very page signed the draft: what it sends again is
// the same signature.
func (a *App) SignedFrom(visit ident.Session, page ident.Command) bool {
	s := &a.drafts
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.of[visit]
	return d != nil && d.ended > 0 && d.signed.page == page
}

func (d *orderDraft) seen() string { return d.id + "." + strconv.Itoa(d.number) }

// numberOf reads what a page has seen; ok is false for what this draft cannot tell from.
func (d *orderDraft) numberOf(seen string) (n int, ok bool) {
	id, number, _ := strings.Cut(seen, ".")
	n, err := strconv.Atoi(number)
	return n, err == nil && id == d.id && n >= 0 && n <= d.number
}

func (d *orderDraft) visited(by ident.Person, now time.Time, live bool) (first bool) {
	v := d.people[by]
	if first = v == nil || now.Sub(v.last) > draftSeenFor; first {
		v = &draftVisit{opened: now}
		d.people[by] = v
	}
	v.last = now
	if live {
		v.live = now
	}
	maps.DeleteFunc(d.people, func(_ ident.Person, v *draftVisit) bool { return now.Sub(v.last) > draftSeenFor })
	return first
}

func (d *orderDraft) look(p DraftPage, now time.Time) DraftLook {
	l := DraftLook{Seen: d.seen(), Answers: maps.Clone(d.answers), Last: map[string]DraftChange{}}
	for _, c := range d.log {
		if _, ok := d.answers[c.Field]; ok {
			l.Last[c.Field] = c
		}
	}
	read, ok := d.numberOf(p.Read)
	switch {
	case ok && read < d.ended:
		signed := d.signed
		l.Signed = &signed
	case !ok || read < d.lost:
		l.Unknown = true
	}
	l.Others = slices.DeleteFunc(d.others(max(read, d.ended), p.Page), func(c DraftChange) bool {
		return c.Field == "protocol" && slices.Equal(c.To, []string{p.Form})
	})
	for by, v := range d.people {
		if by != p.By {
			l.Visitors = append(l.Visitors, DraftVisitor{by, v.opened, !v.live.IsZero() && now.Sub(v.live) <= draftHereFor})
		}
	}
	slices.SortFunc(l.Visitors, func(a, b DraftVisitor) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Person, b.Person))
	})
	return l
}

// others are the answers that other pages changed after a number, each once.
func (d *orderDraft) others(after int, page ident.Command) []DraftChange {
	var out []DraftChange
	for _, c := range d.log {
		if c.Number <= after || c.Page == page {
			continue
		}
		i := slices.IndexFunc(out, func(o DraftChange) bool { return o.Field == c.Field })
		if i < 0 {
			out = append(out, c)
			continue
		}
		from, was := out[i].From, out[i].was
		out[i] = c
		out[i].From, out[i].was = from, was
	}
	return slices.DeleteFunc(out, func(c DraftChange) bool { return slices.Equal(c.From, c.To) })
}

// merge takes what was typed. An answer that stands as the page last had it was left
// alone there, and what others made of it meanwhile counts.
func (d *orderDraft) merge(p DraftPage, typed, known Answers, now time.Time) Answers {
	shown := 0
	for _, s := range []string{p.Read, p.Shown} {
		if n, ok := d.numberOf(s); ok {
			shown = max(shown, n)
		}
	}
	_, whole := d.numberOf(p.Read)
	out := Answers{}
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		says := tidy(typed[name])
		out[name] = says
		stands, set := d.answers[name]
		if !set {
			stands = tidy(known[name])
		}
		base := stands
		if whole && shown >= d.ended {
			base = d.before(name, stands, shown, p.Page, known)
		}
		switch {
		case slices.Equal(says, stands):
		case slices.Equal(says, base): // left alone here, changed elsewhere
			out[name] = stands
		case fits(says):
			d.change(DraftChange{Field: name, From: stands, To: says, By: p.By, Page: p.Page, At: now, was: set})
		}
	}
	return out
}

// before is what a page last had of an answer: what it was told of, or sent itself.
func (d *orderDraft) before(name string, now []string, shown int, page ident.Command, known Answers) []string {
	for _, c := range slices.Backward(d.log) {
		if c.Field != name {
			continue
		}
		if c.Number <= shown || c.Page == page {
			return c.To
		}
		if now = c.From; !c.was {
			now = tidy(known[name])
		}
	}
	return now
}

func (d *orderDraft) change(c DraftChange) {
	d.number++
	c.Number = d.number
	d.answers[c.Field] = c.To
	d.log = append(d.log, c)
	size := 0
	for i, c := range slices.Backward(d.log) {
		for _, s := range slices.Concat(c.From, c.To) {
			size += len(s)
		}
		if size > mostDraftBytes || len(d.log)-i > mostDraftChanges {
			d.lost = c.Number
			d.log = slices.Clone(d.log[i+1:])
			return
		}
	}
}

// tidy is what was typed as it is compared: browsers break lines differently, and
// nothing typed is no answer.
func tidy(typed []string) []string {
	var out []string
	for _, s := range typed {
		if s = strings.ReplaceAll(s, "\r\n", "\n"); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func fits(says []string) bool {
	size := 0
	for _, s := range says {
		size += len(s)
	}
	return size <= mostDraftAnswer && len(says) <= 50
}
