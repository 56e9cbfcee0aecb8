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
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return "", 0, fmt.Errorf("draw QR code: %w", err)
	}
	var b strings.Builder
	r := code.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128 { // GrayModel makes Gray
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x-r.Min.X+quietZone, y-r.Min.Y+quietZone)
			}
		}
	}
	return b.String(), r.Dx() + 2*quietZone, nil
}
