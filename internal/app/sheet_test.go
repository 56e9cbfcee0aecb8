package app_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/session"
)

func picture(t testing.TB, kind session.SheetKind, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, w, h))
	var err error
	if kind == session.SheetPNG {
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSheetOf: a photo is what its header says, never what its name or a
// browser says.
func TestSheetOf(t *testing.T) {
	t.Parallel()
	for _, kind := range []session.SheetKind{session.SheetPNG, session.SheetJPEG} {
		raw := picture(t, kind, 64, 48)
		s, err := app.SheetOf(raw)
		if err != nil || s.Kind != kind || s.Width != 64 || s.Height != 48 || s.Bytes != int64(len(raw)) {
			t.Errorf("%s: %+v %v", kind, s, err)
		}
	}
	photo := picture(t, session.SheetJPEG, 64, 48)
	for name, raw := range map[string][]byte{
		"nothing": nil, "an SVG": []byte("<svg onload=alert(1)>"), "HTML": []byte("<!doctype html>"), "a GIF": []byte("GIF89a\x01\x00\x01\x00"),
		"a JPEG cut short": photo[:20], "a PNG's first bytes": []byte("\x89PNG\r\n\x1a\n"), "too large": append(photo, make([]byte, app.MaxSheet)...),
	} {
		if _, err := app.SheetOf(raw); err == nil {
			t.Errorf("%s was taken for a photo", name)
		}
	}
}

// FuzzSheetOf: whatever is uploaded is taken as what its header says or given
// back; no size that is claimed makes the server reserve it.
func FuzzSheetOf(f *testing.F) {
	f.Add(picture(f, session.SheetJPEG, 8, 8))
	f.Add(picture(f, session.SheetPNG, 8, 8))
	f.Add([]byte("\xff\xd8\xff\xe1\xff\xff"))
	f.Add([]byte("<svg/>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := app.SheetOf(raw)
		if err != nil {
			return
		}
		if (s.Kind != session.SheetJPEG && s.Kind != session.SheetPNG) || s.Bytes != int64(len(raw)) {
			t.Errorf("%+v", s)
		}
	})
}
