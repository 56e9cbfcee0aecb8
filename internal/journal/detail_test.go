package journal_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

func TestDetail_Hash(t *testing.T) {
	t.Parallel()
	salt := strings.Repeat("s", journal.MinSalt)
	d := journal.NewDetail(someDetail, []byte(salt), []byte("a name"))
	sum := sha256.Sum256(append([]byte("stillwatch/detail/1"), byHand(string(someDetail), salt, "a name")...))
	if d.Hash() != hex.EncodeToString(sum[:]) || d.Ref() != (journal.DetailRef{ID: someDetail, Hash: d.Hash()}) {
		t.Errorf("hash %s, want that of domain, id, salt and body", d.Hash())
	}
	others := map[string]journal.Detail{
		"salt": journal.NewDetail(someDetail, []byte(salt+"s"), []byte("a name")),
		"body": journal.NewDetail(someDetail, []byte(salt), []byte("a Name")),
		"id":   journal.NewDetail("01951f00-0000-7000-8000-000000000004", []byte(salt), []byte("a name")),
		"cut":  journal.NewDetail(someDetail, []byte(salt+"a"), []byte(" name")),
	}
	for name, other := range others {
		if other.Hash() == d.Hash() {
			t.Errorf("%s makes no difference", name)
		}
	}
}

func TestDetail_Check(t *testing.T) {
	t.Parallel()
	salt := make([]byte, journal.MinSalt)
	tests := map[string]struct {
		d  journal.Detail
		ok bool
	}{
		"fits":       {journal.NewDetail(someDetail, salt, nil), true},
		"id":         {journal.NewDetail("1", salt, nil), false},
		"short salt": {journal.NewDetail(someDetail, salt[1:], nil), false},
		"long salt":  {journal.NewDetail(someDetail, make([]byte, journal.MaxSalt+1), nil), false},
		"long body":  {journal.NewDetail(someDetail, salt, make([]byte, journal.MaxDetail+1)), false},
	}
	for name, test := range tests {
		if err := test.d.Check(); (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReferences finds each reference where it stands, and none in what a
// person typed, whatever they typed.
func TestReferences(t *testing.T) {
	t.Parallel()
	ref := journal.NewDetail(someDetail, make([]byte, journal.MinSalt), []byte("x")).Ref()
	other := journal.DetailRef{ID: "01951f00-0000-7000-8000-000000000004", Hash: strings.Repeat("0f", 32)}
	looksLike, err := json.Marshal(ref)
	if err != nil {
		t.Fatal(err)
	}
	type payload struct {
		A journal.DetailRef   `json:"a"`
		S string              `json:"s"`
		L []journal.DetailRef `json:"l"`
		P journal.Private     `json:"p"`
	}
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(rapid.String(), rapid.Just(string(looksLike)), rapid.Just(`","hash":"`)).Draw(t, "typed")
		b, err := json.Marshal(payload{ref, typed, []journal.DetailRef{other, ref}, journal.Private{ID: other.ID, Hash: other.Hash}})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]journal.DetailRef{ref, other, ref, other}, journal.References(b)); d != "" {
			t.Fatalf("references in %s\n%s", b, d)
		}
	})
	for name, text := range map[string]string{
		"nothing":     ``,
		"cut":         string(looksLike[:len(looksLike)-1]),
		"capitals":    strings.Replace(string(looksLike), ref.Hash, strings.ToUpper(ref.Hash), 1),
		"not an id":   strings.Replace(string(looksLike), string(ref.ID), strings.Repeat("x", 36), 1),
		"only middle": `","hash":"`,
	} {
		if got := journal.References([]byte(text)); len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestErased(t *testing.T) {
	t.Parallel()
	payload := []byte(`{"detail":"` + someDetail + `"}`)
	if id, ok, err := journal.Erased("house/erasures", journal.DetailErased, payload); id != someDetail || !ok || err != nil {
		t.Errorf("%s, %v, %v", id, ok, err)
	}
	if _, ok, err := journal.Erased("session/a", "session.closed", payload); ok || err != nil {
		t.Errorf("another event erases: %v, %v", ok, err)
	}
	if _, ok, err := journal.Erased("session/a", journal.DetailErased, payload); ok || err == nil {
		t.Error("a visit erases personal detail")
	}
	if _, ok, err := journal.Erased("house/erasures", journal.DetailErased, []byte(`{"detail":"x"}`)); ok || err == nil {
		t.Error("an erasure that names no row is taken")
	}
}

func TestPrivate(t *testing.T) {
	t.Parallel()
	var p journal.Private
	if err := json.Unmarshal([]byte(`{"text":"a name"}`), &p); err != nil || !p.Given() {
		t.Fatalf("text of a command: %v", err)
	}
	if _, err := json.Marshal(p); err == nil {
		t.Fatal("text that was not sealed is written")
	}
	heard := ""
	seal := func(text string) (ident.Detail, string) { heard = text; return someDetail, "hash" }
	if err := p.Seal(seal); err != nil || heard != "a name" {
		t.Fatalf("seal: heard %q, %v", heard, err)
	}
	if b, err := json.Marshal(p); err != nil || string(b) != `{"id":"`+string(someDetail)+`","hash":"hash"}` {
		t.Errorf("sealed: %s, %v", b, err)
	}
	if err := p.Seal(seal); err == nil {
		t.Error("a reference from outside is taken for text")
	}
	var none journal.Private
	if err := none.Seal(seal); err != nil || none.Given() || !none.IsZero() {
		t.Errorf("nothing said is sealed into something: %+v, %v", none, err)
	}
	for name, text := range map[string]string{
		"text and reference": `{"text":"a","id":"b"}`,
		"text and hash":      `{"text":"a","hash":"b"}`,
		"not an object":      `"a name"`,
		"too long":           `{"text":"` + strings.Repeat("x", journal.MaxPrivate+1) + `"}`,
	} {
		var p journal.Private
		err := json.Unmarshal([]byte(text), &p)
		if err == nil {
			t.Errorf("%s: read as %+v", name, p)
		} else if strings.Contains(err.Error(), "a name") {
			t.Errorf("%s: the refusal repeats the text", name)
		}
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	s := journal.NewStream("session", "018f")
	if s.Kind() != "session" || s.ID() != "018f" || s.Check() != nil {
		t.Errorf("%s: kind %s, id %s, %v", s, s.Kind(), s.ID(), s.Check())
	}
	for _, bad := range []journal.Stream{"", "session", "session/", "/x", "session/x/y", "session/X", "session/x y", "ses sion/x"} {
		if bad.Check() == nil {
			t.Errorf("%q names a stream", bad)
		}
	}
}
