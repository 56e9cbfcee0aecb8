package board

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/web/view"
)

// screen is a page that is sent changes, as change.ts puts them in place.
type screen struct {
	head, columns, under string
	rows                 map[int]string
	order                []int
}

func whole(d *Drawing) screen {
	s := screen{d.head, d.columns, d.under, map[int]string{}, chairs(d.board)}
	for i, r := range d.board.Rows {
		s.rows[r.Chair] = d.rows[i].still + d.rows[i].signs + endOfRow
	}
	return s
}

func (s *screen) take(c Changes) {
	s.head = c.Head
	if c.Columns != "" {
		s.columns = c.Columns
	}
	if c.Under != "" {
		s.under = c.Under
	}
	for _, r := range c.Rows {
		switch old := s.rows[r.Chair]; {
		case r.HTML != "":
			s.rows[r.Chair] = r.HTML
		default:
			at := max(strings.Index(old, `<dl class="signs">`), strings.Index(old, `<p class="novitals">`))
			s.rows[r.Chair] = old[:at] + r.Signs + endOfRow
		}
	}
	if c.Order == nil {
		return
	}
	s.order = c.Order
	for chair := range s.rows {
		if !slices.Contains(s.order, chair) {
			delete(s.rows, chair)
		}
	}
}

// aBoard is one of few, so that much of two of them is the same.
func aBoard(t *rapid.T) *view.Board {
	few := func(what string) int { return rapid.IntRange(0, 2).Draw(t, what) }
	b := &view.Board{AtMS: 50_000, Clock: fmt.Sprint("10:1", few("clock")), Foot: fmt.Sprint("foot ", few("foot")), Axis: view.Axis{FromMS: 0, ToMS: 100_000, NowMS: int64(few("axis"))}}
	for _, chair := range rapid.SliceOfNDistinct(rapid.IntRange(1, 4), 0, 4, rapid.ID[int]).Draw(t, "chairs") {
		r := view.BoardRow{Chair: chair, Name: "Rivera, M.", Next: fmt.Sprint("next ", few("next")), NoVitals: "no monitor linked", Bars: []view.Bar{{Kind: "infuse", ToMS: int64(few("bar") * 10_000)}}}
		if n := few("sign"); n > 0 {
			r.Tiles = []view.Tile{{Kind: "spo2", Text: fmt.Sprint(90 + n), AtMS: int64(n)}}
		}
		if few("alarm") == 0 {
			r.Alarm = &view.RowAlarm{Tone: view.Red, Name: "SpO₂ low", Called: true}
		}
		b.Rows = append(b.Rows, r)
	}
	return b
}

// TestChanges_ComeToTheSame: a page that was shown any board and is sent what
// changed shows what one that opens now does, however much of a drawing was taken
// over from the one before.
func TestChanges_ComeToTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var last *Drawing
		var page screen
		for range rapid.IntRange(1, 6).Draw(t, "boards") {
			b := aBoard(t)
			d, err := Draw(b, last)
			if err != nil {
				t.Fatal(err)
			}
			anew, err := Draw(b, nil)
			if err != nil {
				t.Fatal(err)
			}
			if last == nil {
				page = whole(d)
			} else if c, ok := d.Since(last); ok {
				page.take(c)
			} else if page = whole(d); len(d.rows) > 0 && len(last.rows) > 0 {
				t.Fatal("a board with chairs was sent whole after one with chairs")
			}
			if got, want := fmt.Sprint(page), fmt.Sprint(whole(anew)); got != want {
				t.Fatalf("shown\n%s\nis\n%s", got, want)
			}
			last = d
		}
	})
}

// TestChanges_AreFew: what stands is not sent again.
func TestChanges_AreFew(t *testing.T) {
	t.Parallel()
	row := func(chair int, next, spo2 string) view.BoardRow {
		return view.BoardRow{Chair: chair, Next: next, Tiles: []view.Tile{{Kind: "spo2", Text: spo2, AtMS: 1}}}
	}
	since := func(before, now view.Board) Changes {
		t.Helper()
		a, err := Draw(&before, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Draw(&now, a)
		if err != nil {
			t.Fatal(err)
		}
		c, ok := b.Since(a)
		if !ok {
			t.Fatal("sent whole")
		}
		return c
	}
	first := view.Board{AtMS: 1000, Rows: []view.BoardRow{row(1, "Observe", "97"), row(2, "Observe", "98"), row(3, "Observe", "96")}}
	second := view.Board{AtMS: 9000, Rows: []view.BoardRow{row(2, "Stop the pump", "98"), row(1, "Observe", "93"), row(3, "Observe", "96")}}
	c := since(first, second)
	if c.Columns != "" || c.Under != "" || !slices.Equal(c.Order, []int{2, 1, 3}) || len(c.Rows) != 2 {
		t.Fatalf("%+v", c)
	}
	if r := c.Rows[0]; r.Chair != 2 || r.Signs != "" || !strings.Contains(r.HTML, "Stop the pump") || !strings.HasSuffix(r.HTML, endOfRow) {
		t.Errorf("the chair with something else to do is %+v", r)
	}
	if r := c.Rows[1]; r.Chair != 1 || r.HTML != "" || !strings.Contains(r.Signs, "93") {
		t.Errorf("the chair with another value is %+v", r)
	}
	if c := since(first, first); len(c.Rows) > 0 || c.Order != nil {
		t.Errorf("nothing changed: %+v", c)
	}
}
