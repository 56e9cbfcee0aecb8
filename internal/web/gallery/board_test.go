package gallery_test

import (
	"strconv"
	"strings"
	"testing"
)

func TestBoard_RowsSayWhoPhaseNextAndWhoIsResponsible(t *testing.T) {
	t.Parallel()
	d := open(t, "board-six-chairs")
	if n := len(d.all(".rows > li")); n != 6 {
		t.Fatalf("%d rows for six chairs", n)
	}
	first := d.in(".rows > li")
	for _, text := range []string{"4", "Haddad, S.", "Infusing", "Okafor", "Recheck cuff now", "171/96, one reading, 4 min ago"} {
		first.has(text)
	}
	if href := first.in("a").attr("href"); href != "/chair/4" {
		t.Errorf("the row leads to %s", href)
	}
	d.in("header").has("2 need someone")
	d.in("footer").has("Stillwatch is a second pair of eyes: the bedside monitor is the primary alarm")
	d.in("footer").has("dashed: planned")
}

func TestBoard_AmberAlwaysHasAShapeAndWords(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"board-six-chairs", "board-old-values"} {
		d := open(t, name)
		for _, n := range d.all(".amber") {
			if len(n.all(".shape")) == 0 || n.text() == "" {
				t.Errorf("%s: amber without a shape or a word: %q", name, n.text())
			}
		}
		if needs, amber := len(d.all("li.needs")), len(d.all("li .amber")); needs != amber {
			t.Errorf("%s: %d rows need someone, %d say so", name, needs, amber)
		}
	}
}

func TestBoard_NoVitalIsColouredBySeverity(t *testing.T) {
	t.Parallel()
	d := open(t, "board-six-chairs")
	d.none(".signs .amber, .signs .red, .signs.amber, .signs.red", "a coloured vital")
}

func TestBoard_EveryValueHasUnitAndAge(t *testing.T) {
	t.Parallel()
	d := open(t, "board-six-chairs")
	values := d.all(".sign .value")
	if len(values) != 20 {
		t.Fatalf("%d values", len(values))
	}
	for _, n := range d.all(".sign") {
		if n.in("[data-age]").text() == "" {
			t.Errorf("%s has no age", n.text())
		}
		if !strings.Contains(n.in("dt").text(), " in ") {
			t.Errorf("%s has no unit", n.text())
		}
		if at, err := strconv.ParseInt(n.attr("data-at"), 10, 64); err != nil || at == 0 {
			t.Errorf("%s has no time", n.text())
		}
	}
	d.in(".sign.nibp").has("4 min")
}

func TestBoard_OldValuesAreMarkedByTheServer(t *testing.T) {
	t.Parallel()
	d := open(t, "board-old-values")
	row := d.in("li[data-chair='3']")
	if n := len(row.all(".sign.stale")); n != 3 {
		t.Errorf("%d of 3 old values are marked", n)
	}
	row.none(".sign.nibp.stale", "a cuff value within its time")
	d.in("li[data-chair='6'] .sign.rr").has("off")
	d.in("li[data-chair='5']").has("no monitor linked")
	d.in(".demo-note").has("simulated")
}

func TestBoard_ClockIsOneLineForTheRoom(t *testing.T) {
	t.Parallel()
	d := open(t, "board-six-chairs")
	at := d.in(".now").attr("x1")
	if at == "0%" || !strings.HasSuffix(at, "%") {
		t.Fatalf("the clock stands at %q", at)
	}
	lines := d.all("line.now")
	if len(lines) != 7 {
		t.Errorf("%d lines for an axis and six rows", len(lines))
	}
	for _, l := range lines {
		if l.attr("x1") != at || l.attr("x2") != at {
			t.Errorf("a clock stands at %s, another at %s", l.attr("x1"), at)
		}
	}
	// What was measured ends at the clock; what is planned begins there.
	row := d.in("li[data-chair='4'] svg")
	planned := row.in("rect.infuse.planned").attr("x")
	if planned != at {
		t.Errorf("planned infusion begins at %s, the clock is at %s", planned, at)
	}
	if label := row.attr("aria-label"); !strings.Contains(label, "infusing since 9:28") {
		t.Errorf("the picture reads %q", label)
	}
}

func TestBoard_PublicShowsInitialsOnly(t *testing.T) {
	t.Parallel()
	d := open(t, "board-public")
	for _, name := range []string{"Haddad", "Rivera", "Abebe", "Lindqvist", "Sato"} {
		if strings.Contains(d.text(), name) {
			t.Errorf("the public board shows %s", name)
		}
	}
	d.in(".name").has("S. H.")
	if d.in("#live").attr("data-public") != "true" {
		t.Error("the public board would go on with names")
	}
}

func TestBoard_EmptySaysWhatToDo(t *testing.T) {
	t.Parallel()
	open(t, "board-empty").in(".empty").has("planned at the desk")
}
