package course

import (
	"errors"
	"strconv"
	"strings"
)

// The field that a signature is drawn in, in its own units, and the most points that
// one has.
const (
	InkWidth  = 1000
	InkHeight = 300
	MaxInk    = 800
	leastInk  = 8 // points: a touch is no signature
)

// Point is a place in the field, from its upper left corner.
type Point struct{ X, Y int }

var (
	errInk      = errors.New(`a drawn signature is written as strokes "x,y x,y;x,y x,y" within the field`)
	errInkShort = errors.New("the field for the signature is empty: it is drawn with a finger or a pen, or signed in another way")
	errInkLong  = errors.New("the drawn signature is too long: it is drawn again, or signed in another way")
)

// ReadInk reads a drawn signature: strokes apart by semicolons, points by spaces, both
// coordinates whole numbers within the field.
func ReadInk(text string) ([][]Point, error) {
	if text == "" {
		return nil, errInkShort
	}
	var out [][]Point
	n := 0
	for stroke := range strings.SplitSeq(text, ";") {
		var points []Point
		for p := range strings.SplitSeq(stroke, " ") {
			if n++; n > MaxInk {
				return nil, errInkLong
			}
			a, b, ok := strings.Cut(p, ",")
			x, errX := strconv.ParseUint(a, 10, 16)
			y, errY := strconv.ParseUint(b, 10, 16)
			if !ok || errX != nil || errY != nil || x > InkWidth || y > InkHeight {
				return nil, errInk
			}
			points = append(points, Point{int(x), int(y)})
		}
		out = append(out, points)
	}
	if n < leastInk {
		return nil, errInkShort
	}
	return out, nil
}
