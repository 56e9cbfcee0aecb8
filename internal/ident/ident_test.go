package ident

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNew_MakesWhatParseTakes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var random [10]byte
		for i := range random {
			random[i] = rapid.Byte().Draw(t, "byte")
		}
		ms := rapid.Int64Range(0, 1<<48-1).Draw(t, "ms")
		id := New[Session](ms, random)
		if back, err := Parse[Session](string(id)); err != nil || back != id || !Valid(id) {
			t.Fatalf("%s: %v", id, err)
		}
	})
}

func TestNew_SortsByTime(t *testing.T) {
	t.Parallel()
	if a, b := New[Order](1, [10]byte{0xff}), New[Order](2, [10]byte{}); a >= b {
		t.Errorf("%s is not before %s", a, b)
	}
}

func TestParse_Refuses(t *testing.T) {
	t.Parallel()
	const good = "01941f29-7c00-7000-8000-000000000001"
	for _, s := range []string{
		"", "x", strings.ToUpper("01941f29-7c00-7000-8000-00000000000a"), good + "0", good[:35], "01941f29-7c00-4000-8000-000000000001",
		"01941f29-7c00-7000-c000-000000000001", "01941f297c00-70000-8000-000000000001", "01941f29-7c00-7000-8000-00000000000g", strings.Repeat("a", 1<<10),
	} {
		if _, err := Parse[Patient](s); err == nil || len(err.Error()) > 200 {
			t.Errorf("%.40q: %v", s, err)
		}
	}
	if _, err := Parse[Patient](good); err != nil {
		t.Error(err)
	}
}

func TestValidClinicAndChair(t *testing.T) {
	t.Parallel()
	for c, want := range map[Clinic]bool{"demo": true, "north-2": true, "": false, "Demo": false, "a b": false, "ä": false, Clinic(strings.Repeat("a", 33)): false} {
		if ValidClinic(c) != want {
			t.Errorf("clinic %q: %v", c, !want)
		}
	}
	for c, want := range map[Chair]bool{0: false, 1: true, 999: true, 1000: false, -1: false} {
		if c.Valid() != want {
			t.Errorf("chair %v: %v", c, !want)
		}
	}
}
