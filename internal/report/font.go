package report

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
)

//go:embed font/SourceSans3-Regular.ttf
var regularTTF []byte

//go:embed font/SourceSans3-Semibold.ttf
var semiboldTTF []byte

// weight is one of the two faces of the document.
type weight int

const (
	regular weight = iota
	strong
)

// face knows which characters a font can draw and how wide they are. Only the
// basic plane counts: the PDF's text is written in 16 bits.
type face struct {
	ttf []byte
	// advance is the width in thousandths of the size, plus one; 0 is no glyph.
	advance []uint16
}

func (f *face) has(r rune) bool { return r >= 0 && int(r) < len(f.advance) && f.advance[r] > 0 }

// width is the length of s in thousandths of the type size.
func (f *face) width(s string) int {
	w := 0
	for _, r := range s {
		if f.has(r) {
			w += int(f.advance[r]) - 1
		}
	}
	return w
}

// faces reads the two fonts once.
var faces = sync.OnceValues(func() (out [2]*face, err error) {
	for i, ttf := range [][]byte{regularTTF, semiboldTTF} {
		if out[i], err = parseFace(ttf); err != nil {
			return out, fmt.Errorf("read font %d: %w", i, err)
		}
	}
	return out, nil
})

var errFont = errors.New("not a TrueType font with a Unicode map of format 4")

// parseFace reads of a TrueType file what typesetting needs: the tables head,
// hhea, hmtx and the cmap of format 4 (OpenType 1.9, chapter 5).
func parseFace(ttf []byte) (*face, error) {
	tables, err := tableDirectory(ttf)
	if err != nil {
		return nil, err
	}
	head, hhea, hmtx := tables["head"], tables["hhea"], tables["hmtx"]
	if len(head) < 20 || len(hhea) < 36 {
		return nil, errFont
	}
	em, metrics := int(u16(head, 18)), int(u16(hhea, 34))
	if em == 0 || metrics == 0 || len(hmtx) < 4*metrics {
		return nil, errFont
	}
	f := &face{ttf: ttf, advance: make([]uint16, 1<<16)}
	err = eachGlyph(tables["cmap"], func(r, glyph int) {
		units := int(u16(hmtx, 4*min(glyph, metrics-1)))
		f.advance[r] = uint16((units*1000+em/2)/em + 1)
	})
	return f, err
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }

func tableDirectory(ttf []byte) (map[string][]byte, error) {
	if len(ttf) < 12 || binary.BigEndian.Uint32(ttf) != 0x00010000 {
		return nil, errFont
	}
	out := map[string][]byte{}
	for i := range int(u16(ttf, 4)) {
		at := 12 + 16*i
		if at+16 > len(ttf) {
			return nil, errFont
		}
		from := uint64(binary.BigEndian.Uint32(ttf[at+8:]))
		to := from + uint64(binary.BigEndian.Uint32(ttf[at+12:]))
		if to > uint64(len(ttf)) {
			return nil, errFont
		}
		out[string(ttf[at:at+4])] = ttf[from:to]
	}
	return out, nil
}

// eachGlyph calls yield for each character of the basic plane that has a glyph.
func eachGlyph(cmap []byte, yield func(r, glyph int)) error {
	sub := unicodeMap(cmap)
	if sub == nil {
		return errFont
	}
	n := int(u16(sub, 6)) / 2
	ends, starts := 14, 16+2*n
	deltas, offsets := starts+2*n, starts+4*n
	if len(sub) < offsets+2*n {
		return errFont
	}
	for i := range n {
		offset := int(u16(sub, offsets+2*i))
		for r, end := int(u16(sub, starts+2*i)), int(u16(sub, ends+2*i)); r <= end && r < 0xffff; r++ {
			glyph := r
			if offset != 0 {
				at := offsets + 2*i + offset + 2*(r-int(u16(sub, starts+2*i)))
				if at+2 > len(sub) {
					return errFont
				}
				if glyph = int(u16(sub, at)); glyph == 0 {
					continue
				}
			}
			if glyph = (glyph + int(u16(sub, deltas+2*i))) & 0xffff; glyph != 0 {
				yield(r, glyph)
			}
		}
	}
	return nil
}

// unicodeMap finds the Windows or Unicode map of format 4.
func unicodeMap(cmap []byte) []byte {
	if len(cmap) < 4 {
		return nil
	}
	for i := range int(u16(cmap, 2)) {
		at := 4 + 8*i
		if at+8 > len(cmap) {
			return nil
		}
		platform, encoding := u16(cmap, at), u16(cmap, at+2)
		offset := uint64(binary.BigEndian.Uint32(cmap[at+4:]))
		if (platform != 3 || encoding != 1) && platform != 0 || offset+16 > uint64(len(cmap)) {
			continue
		}
		if sub := cmap[offset:]; u16(sub, 0) == 4 {
			return sub
		}
	}
	return nil
}
