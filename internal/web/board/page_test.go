package board

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/web/view"
)

func TestX_LiesOnTheAxis(t *testing.T) {
	t.Parallel()
	a := view.Axis{FromMS: 1000, ToMS: 3000}
	for ms, want := range map[int64]string{1000: "0%", 2000: "50%", 3000: "100%", 0: "0%", 9000: "100%", 1333: "16.65%"} {
		if got := x(a, ms); got != want {
			t.Errorf("%d lies at %s, want %s", ms, got, want)
		}
	}
	if got := x(view.Axis{}, 5); got != "0%" {
		t.Errorf("an axis without length puts it at %s", got)
	}
}

func TestBars_StayOnTheAxis(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := view.Axis{FromMS: 10_000, ToMS: 20_000}
		b := view.Bar{Kind: "infuse", FromMS: rapid.Int64Range(-1e6, 1e6).Draw(t, "from"), ToMS: rapid.Int64Range(-1e6, 1e6).Draw(t, "to")}
		got := bars(a, []view.Bar{b})
		inside := b.ToMS > b.FromMS && b.ToMS > a.FromMS && b.FromMS < a.ToMS
		if len(got) > 1 || (len(got) == 1) != (inside && share(a, b.ToMS) > share(a, b.FromMS)) {
			t.Fatalf("%+v is drawn as %+v", b, got)
		}
		if from, to := share(a, b.FromMS), share(a, b.ToMS); from < 0 || to > 100_00 {
			t.Fatalf("%+v leaves the axis", b)
		}
	})
}

func TestStale_AtItsAge(t *testing.T) {
	t.Parallel()
	tile := view.Tile{AtMS: 1000, FreshMS: 500}
	if stale(tile, 1499) || !stale(tile, 1500) || stale(view.Tile{}, 9999) || stale(view.Tile{AtMS: 1}, 9999) {
		t.Error("a value is old from its age on, and only where an age is set")
	}
}

// TestPage_SaysWhatIsQuestionable: a value that is not to be relied on is never
// shown like one that is.
func TestPage_SaysWhatIsQuestionable(t *testing.T) {
	t.Parallel()
	b := view.Board{Rows: []view.BoardRow{{Chair: 1, Tiles: []view.Tile{
		{Kind: "spo2", Text: "88", AtMS: 1, Doubt: true}, {Kind: "pulse", Text: "70", AtMS: 1},
	}}}}
	var out strings.Builder
	if err := Page.Fragment(&out, "live", b); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "questionable"); got != 1 {
		t.Errorf("of two values, one questionable, the board says so of %d", got)
	}
}

// TestPage_HelpIsRed: no other row is, so it is seen from the door.
func TestPage_HelpIsRed(t *testing.T) {
	t.Parallel()
	b := view.Board{Rows: []view.BoardRow{
		{Chair: 1, Needs: true, Help: true, Next: "Help called"},
		{Chair: 2, Needs: true, Next: "Observation"},
	}}
	var out strings.Builder
	if err := Page.Fragment(&out, "live", b); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "red"); got != 1 || !strings.Contains(out.String(), `what red"><span class="shape"></span>Help called`) {
		t.Errorf("%d times red in %s", got, out.String())
	}
}
