package hl7

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

const head01 = "MSH|^~\\&|MON|||STW|20260301101500+0000||ORU^R01^ORU_R01|C1|P|2.6\r"

// report is a message with one OBR and these rows.
func report(rows ...string) []byte {
	return []byte(head01 + "PID|||P1\rOBR|1||||||20260301101500+0000\r" + strings.Join(rows, "\r") + "\r")
}

func TestLex_Refuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		raw  string
		says string
	}{
		"nothing":         {"", "nothing received"},
		"blanks":          {" \r\n\r\n", "nothing received"},
		"web request":     {"GET / HTTP/1.1\r\n", "do not begin with an MSH"},
		"UTF-16":          {"\xff\xfeM\x00S\x00H\x00|\x00", "UTF-16"},
		"batch":           {"BHS|^~\\&|MON\rMSH|^~\\&|\r", "batch"},
		"header cut":      {"MSH\r0", "ends before"},
		"no encoding":     {"MSH|^~\\&\r", "encoding characters"},
		"digit separator": {"MSH1^~\\&1MON\r", "separators"},
		"same separators": {"MSH|^^\\&|MON\r", "separators"},
		"minus separator": {"MSH-^~\\&-MON\r", "separators"},
		"too large":       {head01 + strings.Repeat("x", MaxMessage), "more than the 1048576 allowed"},
		"many segments":   {head01 + strings.Repeat("NTE|1\r", MaxSegments), "more than 10000 segments"},
		"two messages":    {head01 + head01, "more than one MSH"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Lex([]byte(tt.raw))
			var p *ParseError
			if !errors.As(err, &p) || !strings.Contains(p.Text, tt.says) {
				t.Fatalf("error %v, want one that says %q", err, tt.says)
			}
			if r := Parse([]byte(tt.raw), Options{}); r.Reply != (Reply{AE, p.Text}) || len(r.Accepted) != 0 {
				t.Errorf("reply %+v with %d accepted, want AE and none", r.Reply, len(r.Accepted))
			}
		})
	}
}

func TestLex_TakesUpToTheBounds(t *testing.T) {
	t.Parallel()
	m, err := Lex([]byte(head01 + strings.Repeat("NTE|1\r", MaxSegments-1)))
	if err != nil || len(m.Segments) != MaxSegments {
		t.Fatalf("%d segments, error %v", len(m.Segments), err)
	}
	fits := head01 + "NTE|" + strings.Repeat("x", MaxMessage-len(head01)-5) + "\r"
	if _, err := Lex([]byte(fits)); err != nil || len(fits) != MaxMessage {
		t.Errorf("%d bytes: %v", len(fits), err)
	}
	widest := "OBX" + strings.Repeat("|", MaxFields-1)
	for extra, want := range map[string]string{"": "", "|": "too many fields"} {
		m, err := Lex([]byte(head01 + widest + extra))
		if err != nil || m.Segments[1].Malformed != want {
			t.Errorf("fields %d: %q, error %v; want %q", MaxFields, m.Segments[1].Malformed, err, want)
		}
	}
}

func TestLex_UnreadableKeepsItsHeaderForTheReply(t *testing.T) {
	t.Parallel()
	r := Parse([]byte(head01+head01), Options{})
	if r.ControlID != "C1" || r.Message == nil {
		t.Errorf("control id %q, want that of the first header", r.ControlID)
	}
}

func TestField_Access(t *testing.T) {
	t.Parallel()
	m, err := Lex([]byte(head01 + `OBX|1|ST|A\T\B^b\S\c&d\E\&e^|""|x~y^z|` + ` p \F\q\.br\r\H\s\N\|\X48C3A9\|\Xzz\|\X48|\Xff\` + "\r"))
	if err != nil {
		t.Fatal(err)
	}
	s := m.Segments[1]
	tests := []struct{ got, want string }{
		{s.Field(0).Raw(), "OBX"},
		{s.Field(1).Text(), "1"},
		{s.Field(3).Comp(1).Text(), "A&B"},
		{s.Field(3).Comp(2).Sub(1).Text(), "b^c"},
		{s.Field(3).Comp(2).Sub(2).Text(), `d\`},
		{s.Field(3).Comp(2).Sub(3).Text(), "e"},
		{s.Field(3).Comp(3).Text(), ""},
		{s.Field(3).Comp(4).Text(), ""},
		{s.Field(4).Text(), ""},
		{s.Field(5).Comp(1).Text(), "x"},
		{s.Field(5).Comp(2).Text(), ""},
		{s.Field(5).Repeats()[1].Comp(2).Text(), "z"},
		{s.Field(6).Text(), "p |q\nrs"},
		{s.Field(7).Text(), "Hé"},
		{s.Field(8).Text(), `\Xzz\`},
		{s.Field(9).Text(), `\X48`},
		{s.Field(10).Text(), "\uFFFD"},
		{s.Field(11).Text(), ""},
		{s.Field(-1).Text(), ""},
		{m.header().Field(1).Raw(), "|"},
		{m.header().Field(2).Raw(), `^~\&`},
		{m.header().Field(3).Raw(), "MON"},
	}
	for i, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("case %d: got %q, want %q", i, tt.got, tt.want)
		}
	}
}

func TestEscape_ComesBack(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "plain", `a|b^c~d\e&f`, `\F\`, "Ünïcode µ"} {
		if got := unescape(escape(s, usual), usual); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	}
	if got := escape("a\rb\x0bc\x7f\xff", usual); got != "a b c \uFFFD" {
		t.Errorf("control signs escaped as %q", got)
	}
	if got := escape("a^b", separators{field: '|', component: '^'}); got != "a b" {
		t.Errorf("without an escape sign: %q", got)
	}
}

func TestDecode_Charsets(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ charset, in, want string }{
		"UTF-8":                 {"UNICODE UTF-8", "Jürgen", "Jürgen"},
		"UNICODE":               {"UNICODE", "Jürgen", "Jürgen"},
		"ASCII with a stray":    {"ASCII", "J\xfcrgen", "J\uFFFDrgen"},
		"none with a stray":     {"", "J\xfcrgen", "J\uFFFDrgen"},
		"8859/1":                {"8859/1", "J\xfcrgen", "Jürgen"},
		"8859/15 is not 8859/1": {"8859/15", "\xa4", "\uFFFD"},
		"GB18030 double":        {"GB 18030-2000", "\x81|x", "\uFFFDx"},
		"GB18030 four bytes":    {"GB18030", "\x81\x30\x84\x36x", "\uFFFDx"},
		"GB2312":                {"GB2312", "\xc4\xe3\xba\xc3", "\uFFFD\uFFFD"},
		"stray lead at the end": {"GB2312", "\xb0\xa1 \x81", "\uFFFD \uFFFD"},
		"lead before a line":    {"GB2312", "\x81\r\x81\n", "\uFFFD\r\uFFFD\n"},
		"GB named, UTF-8 sent":  {"GB18030", "病床", "病床"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := fmt.Sprintf("MSH|^~\\&|MON|||||||||||||||%s|", tt.charset)
			body := []byte(header + "\rNTE|" + tt.in)
			got := decode(body, charsetOf(body, usual))
			if want := header + "\rNTE|" + tt.want; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestLex_ByteOrderMark(t *testing.T) {
	t.Parallel()
	if m, err := Lex(append([]byte("\xef\xbb\xbf"), head01...)); err != nil || m.ControlID() != "C1" {
		t.Errorf("with a byte order mark: %v", err)
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"abc": "abc", "abcd": "abcd", "abcde": "abc…", "a\x00\u2028\u0085": "a   ", "é\xff": "é\uFFFD"} {
		if got := clip(in, 4); got != want {
			t.Errorf("clip(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLex_DoesNotKeepTheCallersBytes(t *testing.T) {
	t.Parallel()
	raw := []byte(head01)
	m, err := Lex(raw)
	if err != nil {
		t.Fatal(err)
	}
	copy(raw, bytes.Repeat([]byte("x"), len(raw)))
	if m.ControlID() != "C1" {
		t.Error("the message changed with the caller's buffer")
	}
}

// TestLex_FewSeparators: MSH-2 may be empty or short; what is missing is then
// no separator at all.
func TestLex_FewSeparators(t *testing.T) {
	t.Parallel()
	for enc, flags := range map[string]int{"": 2, "^": 1, "^~": 2, "^~\\&#": 2} {
		raw := strings.Replace(string(report("OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1|70|bpm||H~L|||R")), `^~\&`, enc, 1)
		m, err := Lex([]byte(raw))
		if err != nil {
			t.Errorf("%q: %v", enc, err)
			continue
		}
		if got := len(flagsOf(m.each("OBX")[0])); got != flags {
			t.Errorf("%q: %d flags, want %d", enc, got, flags)
		}
		if a, err := ParseAck(Ack(m, AE, "x", now, "1")); err != nil || a.ControlID != "C1" {
			t.Errorf("%q: reply reads as %+v, %v", enc, a, err)
		}
	}
}
