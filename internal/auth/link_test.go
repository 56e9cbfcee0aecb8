package auth

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

func testLinks() Links { return NewLinks(ServerKey{secret: [32]byte{7}}, "north") }

func testPass() Pass {
	return Pass{Course: ident.New[ident.Course](1, [10]byte{1}), Link: ident.New[ident.Command](2, [10]byte{2}), Proved: morning()}
}

// TestLinks_Secret: a link's secret is its own, the same when it is asked for again, and
// another under another key, clinic or id.
func TestLinks_Secret(t *testing.T) {
	t.Parallel()
	id := ident.New[ident.Command](2, [10]byte{2})
	secret := testLinks().Secret(id)
	if secret != testLinks().Secret(id) {
		t.Error("a link that is printed again has another secret")
	}
	for name, other := range map[string]string{
		"clinic": NewLinks(ServerKey{secret: [32]byte{7}}, "south").Secret(id),
		"key":    NewLinks(ServerKey{secret: [32]byte{8}}, "north").Secret(id),
		"id":     testLinks().Secret(ident.New[ident.Command](2, [10]byte{3})),
	} {
		if other == secret {
			t.Errorf("another %s has the same secret", name)
		}
	}
	hash, ok := SecretHash(secret)
	if !ok || len(hash) != 64 || strings.Contains(hash, secret) {
		t.Errorf("hash %q, %v", hash, ok)
	}
	for _, bad := range []string{"", "abc", secret + "A", secret[1:], strings.Repeat("!", len(secret))} {
		if _, ok := SecretHash(bad); ok {
			t.Errorf("%q could be a secret", bad)
		}
	}
}

// TestLinks_Pass: a pass holds for its time, and for who got it from this server.
func TestLinks_Pass(t *testing.T) {
	t.Parallel()
	l := testLinks()
	token, err := l.Issue(testPass())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		after time.Duration
		want  error
	}{{0, nil}, {PassLife - time.Second, nil}, {PassLife, ErrNoPass}, {-time.Second, ErrNoPass}} {
		p, err := l.Check(token, morning().Add(tt.after))
		if !errors.Is(err, tt.want) || p.Link != testPass().Link || p.Course != testPass().Course {
			t.Errorf("after %s: %+v, %v", tt.after, p, err)
		}
	}
	dot := strings.LastIndexByte(token, '.')
	foreign, _ := NewLinks(ServerKey{secret: [32]byte{8}}, "north").Issue(testPass())
	south, _ := NewLinks(ServerKey{secret: [32]byte{7}}, "south").Issue(testPass())
	for name, bad := range map[string]string{
		"empty": "", "prefix": passPrefix, "no mac": token[:dot], "half a mac": token[:len(token)-9], "padded": token + "=", "other key": foreign, "other clinic": south,
		"a grant": "swg1" + token[4:], "too long": token + strings.Repeat("A", passMost), "no payload": passPrefix + token[dot:],
	} {
		if p, err := l.Check(bad, morning()); !errors.Is(err, ErrNoPass) || p.Link != "" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// FuzzPass: no text is a pass that was not made here.
func FuzzPass(f *testing.F) {
	l := testLinks()
	token, err := l.Issue(testPass())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add(passPrefix + "e30.AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := l.Check(s, morning()); s != token && (err == nil || p.Link != "") {
			t.Fatalf("%q is a pass: %+v", s, p)
		}
	})
}
