package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// draftRows is a register in memory that can refuse.
type draftRows struct {
	Store
	rows    map[string]journal.RegisterRow
	now     func() time.Time
	refuses error
}

func (r *draftRows) Row(_ context.Context, register, id string) (journal.RegisterRow, bool, error) {
	row, ok := r.rows[register+"/"+id]
	return row, ok, r.refuses
}

func (r *draftRows) Rows(_ context.Context, register string) (out []journal.RegisterRow, err error) {
	for key, row := range r.rows {
		if strings.HasPrefix(key, register+"/") {
			out = append(out, row)
		}
	}
	return out, r.refuses
}

func (r *draftRows) PutRows(_ context.Context, puts []journal.RegisterPut, _ []journal.AuditDraft) error {
	for _, p := range puts {
		if r.refuses != nil {
			return r.refuses
		}
		if r.rows[p.Register+"/"+p.ID].Revision != p.Revision {
			return journal.ErrConflict
		}
		r.rows[p.Register+"/"+p.ID] = journal.RegisterRow{ID: p.ID, Body: p.Body, Revision: p.Revision + 1, UpdatedAt: r.now()}
	}
	return nil
}

// draftClinic is an app over a register of drafts, with a clock that a test sets.
type draftClinic struct {
	*App
	at   time.Time
	rows *draftRows
	n    byte
}

func draftApp() *draftClinic {
	c := &draftClinic{at: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	c.rows = &draftRows{rows: map[string]journal.RegisterRow{}, now: func() time.Time { return c.at }}
	c.restart()
	return c
}

// restart is the next process over the same register.
func (c *draftClinic) restart() {
	c.App = &App{Options: Options{Store: c.rows, Now: func() time.Time { return c.at }, Random: func(b []byte) {
		c.n++
		for i := range b {
			b[i] = c.n
		}
	}}}
}

func (c *draftClinic) opens(t *testing.T, visit ident.Session, by ident.Person) DraftLook {
	t.Helper()
	l, err := c.OpenDraft(t.Context(), visit, by)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (c *draftClinic) follows(t *testing.T, visit ident.Session, p DraftPage) DraftLook {
	t.Helper()
	l, err := c.FollowDraft(t.Context(), visit, p)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (c *draftClinic) writes(t *testing.T, visit ident.Session, p DraftPage, typed, known Answers, live bool) (Answers, DraftLook) {
	t.Helper()
	merged, l, err := c.WriteDraft(t.Context(), visit, p, typed, known, live)
	if err != nil {
		t.Fatal(err)
	}
	return merged, l
}

// TestOrderDraft_Merge: what was left alone on a page is what others made of it; what
// was typed there stands, also when the answer to the page was lost on its way.
func TestOrderDraft_Merge(t *testing.T) {
	t.Parallel()
	known := Answers{"rate": nil, "weight": {"72"}}
	for name, c := range map[string]struct {
		hers, mine []string // rates that were sent from each page, in turns
		last       string   // what stands in my form when it is posted
		want       string
		others     int
	}{
		"left alone":                          {[]string{"0.2"}, nil, "", "0.2", 1},
		"both the same":                       {[]string{"0.2"}, nil, "0.2", "0.2", 1},
		"both, each another":                  {[]string{"0.2"}, nil, "0.3", "0.3", 1},
		"mine alone":                          {nil, []string{"0.3"}, "0.3", "0.3", 0},
		"mine, taken back and not sent again": {nil, []string{"0.3"}, "", "", 0},
		"hers, changed back":                  {[]string{"0.2", ""}, nil, "", "", 0},
		"mine, then hers, mine left alone":    {[]string{"0.2"}, []string{"0.3"}, "0.3", "0.2", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, visit := draftApp(), ident.Session("v")
			read := a.opens(t, visit, "weiss").Seen
			mine := DraftPage{By: "weiss", Page: "mine", Read: read}
			hers := DraftPage{By: "pham", Page: "hers", Read: a.opens(t, visit, "pham").Seen}
			send := func(p DraftPage, rates []string) {
				for _, r := range rates {
					a.writes(t, visit, p, Answers{"rate": {r}}, known, true) // its answer never came
				}
			}
			send(mine, c.mine)
			send(hers, c.hers)
			merged, look := a.writes(t, visit, mine, Answers{"rate": {c.last}, "weight": {"72"}}, known, false)
			if got := strings.Join(merged["rate"], ""); got != c.want || len(look.Others) != c.others || look.Stands() != (c.others == 0) {
				t.Errorf("the form has %q, want %q; %d changed elsewhere, want %d", got, c.want, len(look.Others), c.others)
			}
			if _, said := look.Last["weight"]; said {
				t.Error("what the form begins with is somebody's answer")
			}
		})
	}
}

// TestOrderDraft_Bounds: of what is kept no more, nobody says that nothing changed.
func TestOrderDraft_Bounds(t *testing.T) {
	t.Parallel()
	a, visit := draftApp(), ident.Session("v")
	mine := DraftPage{By: "weiss", Page: "mine", Read: a.opens(t, visit, "weiss").Seen}
	hers := DraftPage{By: "pham", Page: "hers", Read: mine.Read}
	for i := range mostDraftChanges + 1 {
		a.writes(t, visit, hers, Answers{"rate": {fmt.Sprint(i % 2)}}, Answers{}, true)
	}
	if l := a.follows(t, visit, mine); !l.Unknown || l.Stands() {
		t.Error("with the changes of before gone the page is told that it knows all")
	}
	big := strings.Repeat("x", mostDraftAnswer)
	for i := range 2 * mostDraftBytes / mostDraftAnswer {
		a.writes(t, visit, hers, Answers{"reason": {fmt.Sprint(i%10) + big[1:]}}, Answers{}, true)
	}
	if err := a.withDraft(t.Context(), visit, func(d *orderDraft, _ time.Time) {
		size := 0
		for _, c := range d.Log {
			size += len(strings.Join(slices.Concat(c.From, c.To), ""))
		}
		if size > mostDraftBytes {
			t.Errorf("%d bytes are kept", size)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if merged, _ := a.writes(t, visit, mine, Answers{"reason": {big + "x"}}, Answers{}, false); len(merged["reason"][0]) != mostDraftAnswer+1 {
		t.Error("what is too long for the draft is lost to who typed it")
	}
	for i := range mostDrafts {
		a.opens(t, ident.Session(fmt.Sprint(i)), "weiss")
	}
	if len(a.drafts.of) > mostDrafts {
		t.Errorf("%d drafts are kept in memory", len(a.drafts.of))
	}
	a.at = a.at.Add(time.Second)
	a.opens(t, "7", "weiss")
	a.at = a.at.Add(time.Second)
	for i := range mostDrafts - 1 {
		a.opens(t, ident.Session(fmt.Sprint("more", i)), "weiss")
	}
	if a.drafts.of["7"] == nil || a.drafts.of["8"] != nil {
		t.Error("memory has not let go of what nobody looked at for longest")
	}
	hers.Read = a.opens(t, visit, "pham").Seen // it comes back from the register
	if l := a.follows(t, visit, hers); !l.Stands() || len(l.Answers["reason"]) != 1 {
		t.Errorf("a draft that memory had no room for: %+v", l)
	}
}

// TestOrderDraft_OutlastsTheServer: what was typed, by whom, and what a page has read of
// it stand in the register: a page of before a restart goes on, and is told what another
// changed since; a draft that was signed is gone, and who signed it is known.
func TestOrderDraft_OutlastsTheServer(t *testing.T) {
	t.Parallel()
	c, visit := draftApp(), ident.Session("v")
	mine := DraftPage{By: "weiss", Page: "mine", Read: c.opens(t, visit, "weiss").Seen}
	hers := DraftPage{By: "pham", Page: "hers", Read: mine.Read}
	c.writes(t, visit, mine, Answers{"rate": {"0.2"}}, Answers{}, true)
	c.restart()
	c.writes(t, visit, hers, Answers{"rate": {"0.3"}}, Answers{}, true)
	c.restart()
	l := c.follows(t, visit, mine)
	if l.Unknown || len(l.Others) != 1 || l.Others[0].By != "pham" || l.Others[0].From[0] != "0.2" || l.Answers["rate"][0] != "0.3" || !l.First {
		t.Errorf("after a restart: %+v", l)
	}
	if err := c.SignedDraft(t.Context(), visit, hers); err != nil {
		t.Fatal(err)
	}
	c.restart()
	if l := c.follows(t, visit, mine); l.Signed == nil || l.Signed.By != "pham" || len(l.Answers) > 0 {
		t.Errorf("after it was signed: %+v", l)
	}
	if again, err := c.SignedFrom(t.Context(), visit, "hers"); err != nil || !again {
		t.Errorf("the page that signed is not known any more: %v", err)
	}
	if body := string(c.rows.rows["draft/v"].Body); strings.Contains(body, "0.3") {
		t.Errorf("what was typed stands on: %s", body)
	}
}

// TestOrderDraft_NotKeptIsNotSaid: what the register refuses is an error to the page, and
// nobody reads on in it.
func TestOrderDraft_NotKeptIsNotSaid(t *testing.T) {
	t.Parallel()
	c, visit := draftApp(), ident.Session("v")
	mine := DraftPage{By: "weiss", Page: "mine", Read: c.opens(t, visit, "weiss").Seen}
	c.writes(t, visit, mine, Answers{"rate": {"0.2"}}, Answers{}, true)
	c.rows.refuses = errors.New("the disk is full")
	if _, _, err := c.WriteDraft(t.Context(), visit, mine, Answers{"rate": {"0.3"}}, Answers{}, true); err == nil {
		t.Error("what could not be kept was taken")
	}
	c.rows.refuses = nil
	if l := c.opens(t, visit, "pham"); len(l.Answers["rate"]) != 1 || l.Answers["rate"][0] != "0.2" {
		t.Errorf("others read what a restart would take away: %v", l.Answers)
	}
}

// TestOrderDraft_OldOnesGo: what nobody came back to for a week is taken away, with what
// was typed; a younger one stands.
func TestOrderDraft_OldOnesGo(t *testing.T) {
	t.Parallel()
	c := draftApp()
	write := func(visit ident.Session, rate string) {
		p := DraftPage{By: "weiss", Page: "mine", Read: c.opens(t, visit, "weiss").Seen}
		c.writes(t, visit, p, Answers{"rate": {rate}}, Answers{}, true)
	}
	write("old", "0.2")
	c.at = c.at.Add(time.Second)
	write("young", "0.3")
	c.at = c.at.Add(draftKeptFor)
	old := c.opens(t, "old", "weiss")
	if len(old.Answers) > 0 || strings.Contains(string(c.rows.rows["draft/old"].Body), "0.2") {
		t.Errorf("a week old: %v, %s", old.Answers, c.rows.rows["draft/old"].Body)
	}
	if l := c.opens(t, "young", "weiss"); len(l.Answers["rate"]) != 1 {
		t.Errorf("a second younger: %v", l.Answers)
	}
	gone := c.rows.rows["draft/young"].Revision
	c.at = c.at.Add(2 * draftKeptFor)
	c.opens(t, "other", "weiss")
	if c.rows.rows["draft/young"].Revision != gone+1 {
		t.Error("it stands for longer than a week")
	}
	c.at = c.at.Add(2 * draftKeptFor)
	c.opens(t, "other", "weiss")
	if c.rows.rows["draft/young"].Revision != gone+1 {
		t.Error("what is gone is taken away again and again")
	}
}
