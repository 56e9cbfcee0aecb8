package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// On a locked tablet a call is made, logged and taken back without anybody
// signing in; nothing else is.
func TestHelp_OnALockedTablet(t *testing.T) {
	t.Parallel()
	h, _, tablet, id := stopPlace(t)
	other := h.tablet(4)
	if rec, _ := tablet.send(session.ActHelp, tablet.wire(id)); rec.Code != http.StatusOK {
		t.Fatalf("help answered %d %s", rec.Code, rec.Body)
	}
	if rec, reply := other.send(session.ActUndoHelp, other.wire(id)); rec.Code != http.StatusUnprocessableEntity || h.state(id).Help == nil {
		t.Errorf("another tablet took the call back: %d %+v", rec.Code, reply)
	}
	for _, grant := range []string{"", "nonsense"} {
		if rec, _ := tablet.send(session.ActLogHelp, tablet.wire(id).but("grant", grant).but("body", map[string]any{"what": session.HelpOxygen})); rec.Code != http.StatusOK {
			t.Errorf("a line of the log was answered %d %s", rec.Code, rec.Body)
		}
	}
	if rec, _ := tablet.send(session.ActUndoHelp, tablet.wire(id)); rec.Code != http.StatusOK || h.state(id).Help != nil {
		t.Errorf("taking it back was answered %d %s", rec.Code, rec.Body)
	}
	if rec, _ := tablet.send(session.ActEndHelp, tablet.wire(id).but("body", map[string]any{"outcome": private("well")})); rec.Code == http.StatusOK {
		t.Error("a tablet alone ended an emergency")
	}
}

// The log on the screen is of this call, with the name of the drug.
func TestHelp_LogIsOfThisCallAndNamesTheDrug(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	okafor.say(id, session.ActHelp, map[string]any{})
	okafor.say(id, session.ActLogHelp, map[string]any{"what": session.HelpShock})
	okafor.say(id, session.ActEndHelp, map[string]any{"outcome": private("well")})
	h.later(2 * time.Minute)
	if rec, _ := tablet.send(session.ActHelp, tablet.wire(id)); rec.Code != http.StatusOK {
		t.Fatalf("help answered %d", rec.Code)
	}
	h.later(20 * time.Second)
	body := map[string]any{"what": session.HelpDrug, "text": private("midazolam 1 mg")}
	if rec, _ := tablet.send(session.ActLogHelp, tablet.wire(id).but("body", body)); rec.Code != http.StatusOK {
		t.Fatalf("the log answered %d %s", rec.Code, rec.Body)
	}
	got := okafor.chairView(3).Help
	if got == nil || len(got.Log) != 1 || got.Log[0].Text != "Drug: midazolam 1 mg" || got.Log[0].By != "from the tablet" || got.Log[0].Time != "10:14:20" {
		t.Errorf("the log shows %+v", got)
	}
	if undo := got.UndoUntilMS - got.SinceMS; undo != 5000 {
		t.Errorf("it can be taken back for %d ms", undo)
	}
	if page := okafor.get("/sessions/" + string(id)).Body.String(); !strings.Contains(page, "midazolam 1 mg") {
		t.Error("the record does not name the drug")
	}
}

// A call for help at one chair is on the screen of every other, with a visit
// or without, locked too, and goes when it is taken back or ended. It names
// nobody.
func TestHelp_IsOnEveryOtherChairsScreen(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	other := okafor.visit(h.patient(okafor, "2", "Ada", "Lang"), 4)
	okafor.say(other, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	locked := h.tablet(4)
	streams := map[string]web.Frames{
		"with a visit": locked.follow(web.Topic{Chair: 4}), "without one": h.tablet(5).follow(web.Topic{Chair: 5}),
		"of the call": tablet.follow(web.Topic{Chair: 3}),
	}
	calls := func(want int) {
		t.Helper()
		for which, f := range streams {
			want := want
			if which == "of the call" {
				want = 0 // it shows the emergency itself
			}
			var got []view.Call
			switch frame := okafor.next(f); {
			case frame.Chair != nil:
				got = frame.Chair.Calls
			case frame.Live != nil:
				got = frame.Live.Calls
			}
			if len(got) != want || want > 0 && (got[0].Chair != 3 || got[0].SinceMS != h.state(id).Help.At.UnixMilli()) {
				t.Errorf("the stream of the chair %s says %+v, want %d calls", which, got, want)
			}
		}
	}
	calls(0)
	okafor.say(id, session.ActHelp, map[string]any{})
	calls(1)
	first := locked.get("/v1/chair/4").Body.String()
	if !strings.Contains(first, `"calls":[{"chair":3,"since_ms":`) || strings.Contains(first, "Rivera") {
		t.Error("the first view of the other chair does not show the call, or names the patient")
	}
	okafor.say(id, session.ActUndoHelp, map[string]any{})
	calls(0)
	okafor.say(id, session.ActHelp, map[string]any{})
	calls(1)
	okafor.say(id, session.ActEndHelp, map[string]any{"outcome": private("well")})
	calls(0)
}
