package server

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
)

// TestDrawnChair_Stands: a chair at which something was entered is looked at again
// for every drawing; another one when it is as old as a board may be, or twice as old
// where its monitor was silent too.
func TestDrawnChair_Stands(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	was := app.Standing{Session: "a", Position: 7, Cursor: 30}
	value, entry, other := was, was, was
	value.Cursor, entry.Position, other.Session = 31, 8, "b"
	for name, tt := range map[string]struct {
		now  app.Standing
		age  time.Duration
		want bool
	}{
		"as it was":              {was, boardEvery, true},
		"as it was, old":         {was, 2 * boardEvery, false},
		"another value":          {value, boardEvery - 1, true},
		"another value, old":     {value, boardEvery, false},
		"an entry":               {entry, 0, false},
		"another patient's":      {other, 0, false},
		"as it was, a bit older": {was, 2*boardEvery - 1, true},
	} {
		if got := (drawnChair{standing: was, at: at}).stands(tt.now, at.Add(tt.age)); got != tt.want {
			t.Errorf("%s: stands %v", name, got)
		}
	}
}
