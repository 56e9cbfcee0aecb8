package gallery_test

import (
	"strings"
	"testing"
)

// TestBoard_AlarmsHaveShapeWordAndState: colour never stands alone, and a sign is
// coloured only together with a word.
func TestBoard_AlarmsHaveShapeWordAndState(t *testing.T) {
	t.Parallel()
	d := open(t, "board-alarms")
	rows := d.all(".rows > li")
	first := rows[0]
	for _, text := range []string{"SpO₂ low", "88 %, limit below 90 %", "Okafor is called", "no one hears", "Observation, due 10:15"} {
		first.has(text)
	}
	rows[1].in(".next").has("Acknowledged 10:11 by Brandt and Heart rate low, 1 other")
	if n := len(d.all(".alarm.red.called")); n != 1 {
		t.Errorf("%d red alarms stand out of 1 that nobody answered", n)
	}
	for _, n := range d.all(".alarm, .mark, .next .low") {
		if len(n.all(".shape")) != 1 || n.text() == "" {
			t.Errorf("a colour without a shape or a word: %q", n.text())
		}
	}
	for _, class := range []string{".sign.of-red", ".sign.of-amber"} {
		signs := d.all(class)
		if len(signs) == 0 {
			t.Errorf("no %s", class)
		}
		for _, n := range signs {
			if len(n.all(".mark .shape")) != 1 {
				t.Errorf("%q is coloured without a word", n.text())
			}
		}
	}
	d.in(".need").has("No one hears 1 watched chair")
}

// TestBoard_PublicSaysColoursOnly: no value, no sign, no name; and it is silent.
func TestBoard_PublicSaysColoursOnly(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"board-public", "board-alarms-public"} {
		d := open(t, name)
		d.none(".sign, .mark", "a value")
		d.none("#sound-off, #selftest", "sound")
		for _, secret := range []string{"SpO₂ low", "88", "171", "Rivera", "mmHg", "Okafor RN"} {
			if strings.Contains(d.in(".rows").text(), secret) {
				t.Errorf("%s says %q", name, secret)
			}
		}
	}
	d := open(t, "board-alarms-public")
	d.in(".alarm.red").has("Red alarm")
	d.in(".alarm.amber").has("Yellow alarm")
}

// TestBoard_SoundIsOffUntilItIsOn: without a script nobody takes the page for one
// that sounds, and each sound can be tried.
func TestBoard_SoundIsOffUntilItIsOn(t *testing.T) {
	t.Parallel()
	d := open(t, "board-six-chairs")
	d.in("#sound-off button").has("Sound is off here: touch to turn it on")
	d.none("#sound-off[hidden]", "silence that is not said")
	for _, tone := range []string{"high", "medium", "low", "lost"} {
		if len(d.all("#selftest button[data-tone="+tone+"] .shape")) != 1 {
			t.Errorf("the sound %q cannot be tried", tone)
		}
	}
}
