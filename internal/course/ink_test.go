package course

import (
	"fmt"
	"strings"
	"testing"
)

func TestReadInk(t *testing.T) {
	t.Parallel()
	line := func(n int) string {
		p := make([]string, n)
		for i := range p {
			p[i] = fmt.Sprintf("%d,%d", i%(InkWidth+1), i%(InkHeight+1))
		}
		return strings.Join(p, " ")
	}
	got, err := ReadInk("0,0 1,2 3,4 1000,300;7,8 9,9 1,1 2,2")
	if err != nil || len(got) != 2 || got[0][3] != (Point{InkWidth, InkHeight}) || got[1][0] != (Point{7, 8}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := ReadInk(line(MaxInk)); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]error{
		"": errInkShort, line(leastInk - 1): errInkShort, line(MaxInk + 1): errInkLong,
		line(8) + ";": errInk, line(8) + " 1001,0": errInk, line(8) + " 0,301": errInk, line(8) + " -1,0": errInk, line(8) + " 1": errInk,
		line(8) + " 1,2,3": errInk, line(8) + "  1,2": errInk, line(8) + " 1.5,2": errInk, line(8) + " <,2": errInk, "0,+1 " + line(8): errInk,
	} {
		if _, err := ReadInk(text); err != want { //nolint:errorlint // each is returned as it is
			t.Errorf("%.30q: %v, want %v", text, err, want)
		}
	}
}

// FuzzReadInk: whatever is sent, what is read lies within the field.
func FuzzReadInk(f *testing.F) {
	f.Add("0,0 1,2 3,4 1000,300;7,8 9,9 1,1 2,2")
	f.Fuzz(func(t *testing.T, text string) {
		strokes, err := ReadInk(text)
		n := 0
		for _, s := range strokes {
			for _, p := range s {
				n++
				if p.X < 0 || p.X > InkWidth || p.Y < 0 || p.Y > InkHeight {
					t.Fatalf("%v", p)
				}
			}
		}
		if err == nil && (n < leastInk || n > MaxInk) {
			t.Fatalf("%d points", n)
		}
	})
}
