package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

func draftApp() *App {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	n := byte(0)
	return &App{Options: Options{Now: func() time.Time { return at }, Random: func(b []byte) {
		n++
		for i := range b {
			b[i] = n
		}
	}}}
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
			read := a.OpenDraft(visit, "weiss").Seen
			mine := DraftPage{By: "weiss", Page: "mine", Read: read}
			hers := DraftPage{By: "pham", Page: "hers", Read: a.OpenDraft(visit, "pham").Seen}
			send := func(p DraftPage, rates []string) {
				for _, r := range rates {
					a.WriteDraft(visit, p, Answers{"rate": {r}}, known, true) // its answer never came
				}
			}
			send(mine, c.mine)
			send(hers, c.hers)
			merged, look := a.WriteDraft(visit, mine, Answers{"rate": {c.last}, "weight": {"72"}}, known, false)
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
	mine := DraftPage{By: "weiss", Page: "mine", Read: a.OpenDraft(visit, "weiss").Seen}
	hers := DraftPage{By: "pham", Page: "hers", Read: mine.Read}
	for i := range mostDraftChanges + 1 {
		a.WriteDraft(visit, hers, Answers{"rate": {fmt.Sprint(i % 2)}}, Answers{}, true)
	}
	if l := a.FollowDraft(visit, mine); !l.Unknown || l.Stands() {
		t.Error("with the changes of before gone the page is told that it knows all")
	}
	big := strings.Repeat("x", mostDraftAnswer)
	for i := range 2 * mostDraftBytes / mostDraftAnswer {
		a.WriteDraft(visit, hers, Answers{"reason": {fmt.Sprint(i%10) + big[1:]}}, Answers{}, true)
	}
	a.withDraft(visit, func(d *orderDraft, _ time.Time) {
		size := 0
		for _, c := range d.log {
			size += len(strings.Join(slices.Concat(c.From, c.To), ""))
		}
		if size > mostDraftBytes {
			t.Errorf("%d bytes are kept", size)
		}
	})
	if merged, _ := a.WriteDraft(visit, mine, Answers{"reason": {big + "x"}}, Answers{}, false); len(merged["reason"][0]) != mostDraftAnswer+1 {
		t.Error("what is too long for the draft is lost to who typed it")
	}
	for i := range mostDrafts {
		a.OpenDraft(ident.Session(fmt.Sprint(i)), "weiss")
	}
	if l := a.FollowDraft(visit, mine); !l.Unknown || len(a.drafts.of) > mostDrafts {
		t.Errorf("%d drafts are kept, or one that is gone is known", len(a.drafts.of))
	}
}
