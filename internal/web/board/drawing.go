package board

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"

	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Drawing is the live part of one board in pieces, so that what goes on from it
// says only what changed. In a room of 200 chairs a whole board is half a megabyte.
type Drawing struct {
	board                *view.Board
	head, columns, under string
	rows                 []drawn
}

// drawn is one chair: its row up to the signs, and the signs.
type drawn struct{ still, signs string }

const endOfRow = "</li>"

// Draw draws a board. Rows that stood the same in the drawing before are taken from
// there; before may be nil. The ages written beside values may so be those of then:
// pages count them on from the instant of the value.
func Draw(b *view.Board, before *Drawing) (*Drawing, error) {
	d := &Drawing{board: b, rows: make([]drawn, len(b.Rows))}
	var out bytes.Buffer
	write := func(into *string, definition string, part any) error {
		out.Reset()
		if err := Page.Part(&out, definition, part); err != nil {
			return fmt.Errorf("draw the board: %w", err)
		}
		*into = out.String()
		return nil
	}
	whole := struct{ View *view.Board }{b}
	for definition, into := range map[string]*string{"head": &d.head, "columns": &d.columns, "under": &d.under} {
		if err := write(into, definition, whole); err != nil {
			return nil, err
		}
	}
	was := before.byChair()
	for i, r := range rows(*b) {
		have := &d.rows[i]
		if n, ok := was[r.Row.Chair]; ok {
			old := before.board.Rows[n]
			if reflect.DeepEqual(still(old), still(r.Row)) && reflect.DeepEqual(before.board.Axis, b.Axis) {
				have.still = before.rows[n].still
			}
			if old.NoVitals == r.Row.NoVitals && slices.Equal(old.Tiles, r.Row.Tiles) {
				have.signs = before.rows[n].signs
			}
		}
		if have.still == "" {
			if err := write(&have.still, "row", r); err != nil {
				return nil, err
			}
		}
		if have.signs == "" {
			if err := write(&have.signs, "signs", r); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// still is a row without its signs.
func still(r view.BoardRow) view.BoardRow {
	r.Tiles, r.NoVitals = nil, ""
	return r
}

func (d *Drawing) byChair() map[int]int {
	if d == nil {
		return nil
	}
	out := make(map[int]int, len(d.board.Rows))
	for i, r := range d.board.Rows {
		out[r.Chair] = i
	}
	return out
}

// Changes are what became of the board after another drawing.
type Changes struct {
	Head string `json:"head"`
	// Columns and Under are empty while they stand as before.
	Columns string `json:"columns,omitempty"`
	Under   string `json:"under,omitempty"`
	Rows    []Row  `json:"rows"`
	// Order are the chairs from top to bottom; absent while the order is as before.
	Order []int `json:"order,omitempty"`
}

// Row is a chair that changed: whole in HTML, or its signs alone.
type Row struct {
	Chair int    `json:"chair"`
	HTML  string `json:"html,omitempty"`
	Signs string `json:"signs,omitempty"`
}

// Since lists what changed since another drawing; ok is false where the board has to
// be sent whole, since one of the two shows no chair.
func (d *Drawing) Since(before *Drawing) (c Changes, ok bool) {
	if len(d.rows) == 0 || len(before.rows) == 0 {
		return Changes{}, false
	}
	c = Changes{Head: d.head, Columns: changed(d.columns, before.columns), Under: changed(d.under, before.under), Rows: []Row{}}
	was := before.byChair()
	for i, r := range d.board.Rows {
		n, known := was[r.Chair]
		switch {
		case !known || before.rows[n].still != d.rows[i].still:
			c.Rows = append(c.Rows, Row{Chair: r.Chair, HTML: d.rows[i].still + d.rows[i].signs + endOfRow})
		case before.rows[n].signs != d.rows[i].signs:
			c.Rows = append(c.Rows, Row{Chair: r.Chair, Signs: d.rows[i].signs})
		}
	}
	if now, then := chairs(d.board), chairs(before.board); !slices.Equal(now, then) {
		c.Order = now
	}
	return c, true
}

func changed(now, before string) string {
	if now == before {
		return ""
	}
	return now
}

func chairs(b *view.Board) []int {
	out := make([]int, len(b.Rows))
	for i, r := range b.Rows {
		out[i] = r.Chair
	}
	return out
}
