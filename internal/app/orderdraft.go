package app

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// An order that is being written is nobody's record yet: it is kept in the register of
// drafts, for everyone who has its form open, and a browser keeps what its person typed
// and the server did not take. What nobody came back to goes after a while, and with a
// signature at once: nothing of it stands for ever.

// The bounds of what is kept.
const (
	mostDrafts       = 500 // in memory; the register has the others
	mostDraftChanges = 1000
	mostDraftBytes   = 256 << 10
	mostDraftAnswer  = 4000 // bytes of one answer
	draftHereFor     = 15 * time.Second
	draftSeenFor     = 30 * time.Minute
	draftKeptFor     = 7 * 24 * time.Hour // where nobody comes back to it
	draftsSweptEach  = 24 * time.Hour
)

const draftRegister = "draft"

// Answers are those of a form, by name.
type Answers map[string][]string

// DraftChange is one answer that somebody changed.
type DraftChange struct {
	Number int           `json:"number"`
	Field  string        `json:"field"`
	From   []string      `json:"from,omitempty"`
	To     []string      `json:"to,omitempty"`
	By     ident.Person  `json:"by"`
	Page   ident.Command `json:"page"` // that it was typed on
	At     time.Time     `json:"at"`
	// Was says that From was somebody's answer, and not what the form begins with.
	Was bool `json:"was,omitempty"`
}

// DraftSigned is the signature that ended a draft.
type DraftSigned struct {
	By   ident.Person  `json:"by"`
	At   time.Time     `json:"at"`
	Page ident.Command `json:"page"`
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
	mu    sync.Mutex // held for one look at a draft, and until what changed is stored
	of    map[ident.Session]*orderDraft
	swept time.Time
}

// orderDraft is a row of the register, and who has the form open, whom nothing outlasts
// the server for.
type orderDraft struct {
	ID      string        `json:"id"`
	Number  int           `json:"number"`
	Answers Answers       `json:"answers"`
	Log     []DraftChange `json:"log"`
	Lost    int           `json:"lost"` // the last number that is not in the log any more
	Signed  DraftSigned   `json:"signed,omitzero"`
	Ended   int           `json:"ended"` // the number at which it was signed

	people   map[ident.Person]*draftVisit
	touched  time.Time
	revision int64 // of the row
	stored   int   // the number that the row has
}

type draftVisit struct{ opened, last, live time.Time }

// withDraft runs over the draft of a visit, made where there is none, and stores what it
// changes before anybody is told. What cannot be stored is not kept in memory either:
// nobody reads on in what a restart would take away.
func (a *App) withDraft(ctx context.Context, visit ident.Session, f func(d *orderDraft, now time.Time)) error {
	now := a.Now()
	s := &a.drafts
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.swept) > draftsSweptEach {
		if err := a.sweepDrafts(ctx, now); err != nil {
			return err
		}
		s.swept = now
	}
	d, err := a.draftOf(ctx, visit)
	if err != nil {
		return err
	}
	d.touched = now
	f(d, now)
	if d.Number == d.stored {
		return nil
	}
	if err := a.storeDraft(ctx, visit, d); err != nil {
		delete(s.of, visit)
		return err
	}
	return nil
}

// draftOf is the draft of a visit, from memory or the register. The lock is held.
func (a *App) draftOf(ctx context.Context, visit ident.Session) (*orderDraft, error) {
	s := &a.drafts
	if d := s.of[visit]; d != nil {
		return d, nil
	}
	row, found, err := a.Store.Row(ctx, draftRegister, string(visit))
	if err != nil {
		return nil, fmt.Errorf("read the draft of an order: %w", err)
	}
	d := &orderDraft{}
	if found {
		if err := json.Unmarshal(row.Body, d); err != nil {
			return nil, fmt.Errorf("read the draft of an order: %w", err)
		}
	}
	if d.ID == "" {
		var id [8]byte
		a.Random(id[:])
		d = &orderDraft{ID: hex.EncodeToString(id[:])}
	}
	if d.Answers == nil {
		d.Answers = Answers{}
	}
	d.people, d.revision, d.stored = map[ident.Person]*draftVisit{}, row.Revision, d.Number
	if s.of == nil {
		s.of = map[ident.Session]*orderDraft{}
	}
	for len(s.of) >= mostDrafts {
		delete(s.of, s.oldest())
	}
	s.of[visit] = d
	return d, nil
}

func (a *App) storeDraft(ctx context.Context, visit ident.Session, d *orderDraft) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("keep the draft of an order: %w", err)
	}
	put := journal.RegisterPut{Register: draftRegister, ID: string(visit), Body: body, Revision: d.revision}
	if err := a.Store.PutRows(ctx, []journal.RegisterPut{put}, nil); err != nil {
		return fmt.Errorf("keep the draft of an order: %w", err)
	}
	d.revision, d.stored = d.revision+1, d.Number
	return nil
}

// sweepDrafts empties what nobody came back to. The lock is held.
func (a *App) sweepDrafts(ctx context.Context, now time.Time) error {
	rows, err := a.Store.Rows(ctx, draftRegister)
	if err != nil {
		return fmt.Errorf("look for old drafts: %w", err)
	}
	for _, r := range rows {
		if string(r.Body) == emptyDraft || now.Sub(r.UpdatedAt) <= draftKeptFor {
			continue
		}
		delete(a.drafts.of, ident.Session(r.ID))
		put := journal.RegisterPut{Register: draftRegister, ID: r.ID, Body: []byte(emptyDraft), Revision: r.Revision}
		if err := a.Store.PutRows(ctx, []journal.RegisterPut{put}, nil); err != nil {
			return fmt.Errorf("take an old draft away: %w", err)
		}
	}
	return nil
}

// emptyDraft is a row whose draft is gone.
const emptyDraft = "{}"

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
func (a *App) OpenDraft(ctx context.Context, visit ident.Session, by ident.Person) (look DraftLook, err error) {
	err = a.withDraft(ctx, visit, func(d *orderDraft, now time.Time) {
		first := d.visited(by, now, false)
		look = d.look(DraftPage{By: by, Read: d.seen()}, now)
		look.First = first
	})
	return look, err
}

// FollowDraft says what became of a draft since a page was read; the page asks by itself.
func (a *App) FollowDraft(ctx context.Context, visit ident.Session, p DraftPage) (look DraftLook, err error) {
	err = a.withDraft(ctx, visit, func(d *orderDraft, now time.Time) {
		first := d.visited(p.By, now, true)
		look = d.look(p, now)
		look.First = first
	})
	return look, err
}

// WriteDraft takes answers that were typed on a page. Known are those that the form
// begins with: they are nobody's. Merged is what stands in the form then: what was
// typed there, and what others changed of the answers that were left alone there. Only
// a named answer is touched; live says that the page sent it by itself.
func (a *App) WriteDraft(ctx context.Context, visit ident.Session, p DraftPage, typed, known Answers, live bool) (merged Answers, look DraftLook, err error) {
	err = a.withDraft(ctx, visit, func(d *orderDraft, now time.Time) {
		first := d.visited(p.By, now, live)
		look = d.look(p, now)
		look.First = first
		merged = d.merge(p, typed, known, now)
		after := d.look(DraftPage{By: p.By, Read: d.seen()}, now)
		look.Seen, look.Answers, look.Last = after.Seen, after.Answers, after.Last
	})
	return merged, look, err
}

// SignedDraft ends a draft: an order was signed from it. What was typed is gone with it.
func (a *App) SignedDraft(ctx context.Context, visit ident.Session, p DraftPage) error {
	return a.withDraft(ctx, visit, func(d *orderDraft, now time.Time) {
		d.Number++
		d.Ended, d.Signed = d.Number, DraftSigned{By: p.By, At: now, Page: p.Page}
		d.Answers, d.Log, d.Lost = Answers{}, nil, d.Number
	})
}

// SignedFrom reports whether this very page signed the draft: what it sends again is
// the same signature.
func (a *App) SignedFrom(ctx context.Context, visit ident.Session, page ident.Command) (signed bool, err error) {
	err = a.withDraft(ctx, visit, func(d *orderDraft, _ time.Time) { signed = d.Ended > 0 && d.Signed.Page == page })
	return signed, err
}

func (d *orderDraft) seen() string { return d.ID + "." + strconv.Itoa(d.Number) }

// numberOf reads what a page has seen; ok is false for what this draft cannot tell from.
func (d *orderDraft) numberOf(seen string) (n int, ok bool) {
	id, number, _ := strings.Cut(seen, ".")
	n, err := strconv.Atoi(number)
	return n, err == nil && id == d.ID && n >= 0 && n <= d.Number
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
	l := DraftLook{Seen: d.seen(), Answers: maps.Clone(d.Answers), Last: map[string]DraftChange{}}
	for _, c := range d.Log {
		if _, ok := d.Answers[c.Field]; ok {
			l.Last[c.Field] = c
		}
	}
	read, ok := d.numberOf(p.Read)
	switch {
	case ok && read < d.Ended:
		signed := d.Signed
		l.Signed = &signed
	case !ok || read < d.Lost:
		l.Unknown = true
	}
	l.Others = slices.DeleteFunc(d.others(max(read, d.Ended), p.Page), func(c DraftChange) bool {
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
	for _, c := range d.Log {
		if c.Number <= after || c.Page == page {
			continue
		}
		i := slices.IndexFunc(out, func(o DraftChange) bool { return o.Field == c.Field })
		if i < 0 {
			out = append(out, c)
			continue
		}
		from, was := out[i].From, out[i].Was
		out[i] = c
		out[i].From, out[i].Was = from, was
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
		stands, set := d.Answers[name]
		if !set {
			stands = tidy(known[name])
		}
		base := stands
		if whole && shown >= d.Ended {
			base = d.before(name, stands, shown, p.Page, known)
		}
		switch {
		case slices.Equal(says, stands):
		case slices.Equal(says, base): // left alone here, changed elsewhere
			out[name] = stands
		case fits(says):
			d.change(DraftChange{Field: name, From: stands, To: says, By: p.By, Page: p.Page, At: now, Was: set})
		}
	}
	return out
}

// before is what a page last had of an answer: what it was told of, or sent itself.
func (d *orderDraft) before(name string, now []string, shown int, page ident.Command, known Answers) []string {
	for _, c := range slices.Backward(d.Log) {
		if c.Field != name {
			continue
		}
		if c.Number <= shown || c.Page == page {
			return c.To
		}
		if now = c.From; !c.Was {
			now = tidy(known[name])
		}
	}
	return now
}

func (d *orderDraft) change(c DraftChange) {
	d.Number++
	c.Number = d.Number
	d.Answers[c.Field] = c.To
	d.Log = append(d.Log, c)
	size := 0
	for i, c := range slices.Backward(d.Log) {
		for _, s := range slices.Concat(c.From, c.To) {
			size += len(s)
		}
		if size > mostDraftBytes || len(d.Log)-i > mostDraftChanges {
			d.Lost = c.Number
			d.Log = slices.Clone(d.Log[i+1:])
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
