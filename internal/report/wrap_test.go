package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func mustTypesetter(t interface{ Fatal(...any) }) *typesetter {
	ts, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

func texts(lines []line) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		var parts []string
		for _, p := range l.pieces {
			parts = append(parts, p.text)
		}
		out[i] = strings.Join(parts, "|")
	}
	return out
}

func TestWrap_BreaksBetweenWordsAndKeepsLines(t *testing.T) {
	t.Parallel()
	ts := mustTypesetter(t)
	got := texts(ts.wrap(36, span{"Infusion started", body.bold()}, span{"14.5 mL/h read\n\nfrom the pump", body}))
	want := []string{"Infusion started|14.5", "mL/h read", "", "from the pump"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
}

func TestWrap_BreaksALongWordBetweenCharacters(t *testing.T) {
	t.Parallel()
	ts := mustTypesetter(t)
	word := strings.Repeat("ab₂", 100)
	got := texts(ts.wrap(20, span{word, body}))
	if len(got) < 10 || strings.Join(got, "") != word {
		t.Errorf("%d lines that join to %q", len(got), strings.Join(got, ""))
	}
}

// No line is wider than asked, unless it is one character that is: that one is
// printed whole. No character that can be printed is lost.
func TestWrap_KeepsWidthAndEveryCharacter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ts := mustTypesetter(t)
		width := rapid.Float64Range(5, 180).Draw(t, "width")
		text := rapid.StringN(0, 200, -1).Draw(t, "text")
		lines := ts.wrap(width, span{text, body}, span{text, heading})
		for _, l := range lines {
			if l.width() > width+1e-6 && utf8.RuneCountInString(texts([]line{l})[0]) > 1 {
				t.Fatalf("a line is %.2f mm wide, want at most %.2f", l.width(), width)
			}
		}
		squeeze := strings.NewReplacer(" ", "", "\n", "", "|", "")
		want := squeeze.Replace(ts.text(text) + ts.text(text))
		if got := squeeze.Replace(strings.Join(texts(lines), "")); got != want {
			t.Fatalf("set %q, want %q", got, want)
		}
	})
}

func TestWrap_ACharacterWiderThanTheColumnIsPrintedWhole(t *testing.T) {
	t.Parallel()
	ts := mustTypesetter(t)
	lines := ts.wrap(5, span{"ᾚᾚ", heading})
	if got := texts(lines); len(got) != 2 || got[0] != "ᾚ" || got[1] != "ᾚ" {
		t.Errorf("set %q, want each character whole on a line of its own", got)
	}
	if lines[0].width() <= 5 {
		t.Error("the character fits: this shows nothing")
	}
}

func TestClip_MarksThatThereWasMore(t *testing.T) {
	t.Parallel()
	ts := mustTypesetter(t)
	lines := ts.wrap(20, span{strings.Repeat("Ana ", 40), body})
	got := texts(ts.clip(lines, 2))
	if len(got) != 2 || !strings.HasSuffix(got[1], "Ana …") {
		t.Errorf("clip = %q, want two lines, the last with a mark", got)
	}
}

func TestClean_PrintsOrCounts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in, want string
		lost           int
	}{
		{"signs", "SpO₂ ≥ 92 % – ▲ · 0.3 µg", "SpO₂ ≥ 92 % – ▲ · 0.3 µg", 0},
		{"names", "Đặng Øster Łucja Ștefan Őry Ærø Đorđe Γιώργος Ольга", "Đặng Øster Łucja Ștefan Őry Ærø Đorđe Γιώργος Ольга", 0},
		{"decomposed", "Jose\u0301", "José", 0},
		{"direction", "\u202eabc\u2069\u200d\u00ad", "abc", 0},
		{"spaces", "a\tb\u2009c\u00a0d", "a b c\u00a0d", 0},
		{"lines", "a\r\nb\rc\u2028d", "a\nb\nc\nd", 0},
		{"words for signs", "37 ℃ ⚠", "37 °C !", 0},
		{"controls", "a\x00b\x1b", "a?b?", 2},
		{"broken bytes", "a\xffb", "a?b", 1},
		{"replacement sign", "\ufffd", "?", 1},
		{"beyond the faces", "שלום 😀", "???? ?", 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ts := mustTypesetter(t)
			if got := ts.text(tt.in); got != tt.want || ts.lost != tt.lost {
				t.Errorf("text(%q) = %q with %d lost, want %q with %d", tt.in, got, ts.lost, tt.want, tt.lost)
			}
		})
	}
}

func TestParseFace_KnowsItsGlyphs(t *testing.T) {
	t.Parallel()
	f, err := faces()
	if err != nil {
		t.Fatal(err)
	}
	// Figures of one width let columns of numbers stand under one another.
	for _, r := range "0123456789" {
		if f[regular].advance[r] != f[regular].advance['0'] {
			t.Errorf("%c is not as wide as 0", r)
		}
	}
	if got := f[regular].width("Wi"); got <= f[regular].width("ii") {
		t.Errorf("width of Wi = %d, not wider than ii", got)
	}
	if f[regular].has('א') || f[regular].has('😀') || f[regular].has(-1) {
		t.Error("the face claims glyphs it has not")
	}
}

func TestParseFace_RefusesOtherFiles(t *testing.T) {
	t.Parallel()
	for n := range 400 {
		if f, err := parseFace(regularTTF[:n]); err == nil {
			t.Fatalf("%d bytes of a font parse as one with %d characters", n, len(f.advance))
		}
	}
	if _, err := parseFace(append([]byte("OTTO"), regularTTF[4:]...)); err == nil {
		t.Error("a file of another kind parses")
	}
}
