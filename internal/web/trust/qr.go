package trust

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quietZone is the empty border a scanner needs, in modules.
const quietZone = 4

// Draw makes a QR code of an address as SVG path data, one square for each
// dark module, and says how many modules a side has.
func Draw(address string) (path string, size int, err error) {
	dark, side, err := modules(address)
	if err != nil {
		return "", 0, err
	}
	var b strings.Builder
	for y := range side {
		for x := range side {
			if dark(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quietZone, y+quietZone)
			}
		}
	}
	return b.String(), side + 2*quietZone, nil
}

// Text makes a QR code of an address for a terminal or a log, two modules in
// each character: light where there is ink, since terminals are dark.
func Text(address string) (string, error) {
	dark, side, err := modules(address)
	if err != nil {
		return "", err
	}
	light := func(x, y int) bool { return x < 0 || y < 0 || x >= side || y >= side || !dark(x, y) }
	var b strings.Builder
	for y := -quietZone; y < side+quietZone; y += 2 {
		for x := -quietZone; x < side+quietZone; x++ {
			switch {
			case light(x, y) && light(x, y+1):
				b.WriteRune('█')
			case light(x, y):
				b.WriteRune('▀')
			case light(x, y+1):
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// modules reads a QR code: whether a module is dark, and how many a side has.
func modules(address string) (dark func(x, y int) bool, side int, err error) {
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return nil, 0, fmt.Errorf("draw QR code: %w", err)
	}
	r := code.Bounds()
	return func(x, y int) bool {
		return color.GrayModel.Convert(code.At(r.Min.X+x, r.Min.Y+y)).(color.Gray).Y < 128 // GrayModel makes Gray
	}, r.Dx(), nil
}
