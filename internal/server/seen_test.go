package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
)

// reads counts a person's audited reads of one kind; of a chair, for one visit.
func (g *guest) reads(what string, id ident.Session) int {
	g.t.Helper()
	n := 0
	for _, r := range g.auditLog("read") {
		var p struct{ Subject, What string }
		if err := json.Unmarshal(r.Payload, &p); err != nil {
			g.t.Fatal(err)
		}
		if p.What == what && p.Subject == string(id) && strings.Contains(string(r.Actor), string(g.person)) {
			n++
		}
	}
	return n
}

// follow begins a live stream, as the door of the stream does.
func (g *guest) follow(topics ...web.Topic) web.Frames {
	g.t.Helper()
	r := room{app: g.App(), people: people{auth: g.Auth()}, chain: g.chainNow}
	f, err := r.Follow(g.t.Context(), web.Visitor{Actor: g.actor}, topics, web.Mark{})
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(f.Close)
	return f
}

func (g *guest) next(f web.Frames) web.Frame {
	g.t.Helper()
	frame, err := f.Next(g.t.Context())
	if err != nil {
		g.t.Fatal(err)
	}
	return frame
}

// Whoever is shown a patient by a live stream is in the log of reads, once
// for each visit and stream; a board of initials, and a tablet alone, are no
// person's read.
func TestStream_ReadsAreInTheLog(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	desk := h.hire("quinn", "P. Quinn", act.FrontDesk)

	chair := desk.follow(web.Topic{Chair: 3})
	if f := desk.next(chair); f.Chair == nil || f.Chair.Session != string(id) {
		t.Fatalf("the stream of the chair begins with %+v", f)
	}
	if n := desk.reads("chair", id); n != 1 {
		t.Errorf("a stream of a chair left %d reads, want 1", n)
	}
	okafor.say(id, session.ActHelp, map[string]any{})
	desk.next(chair)
	if n := desk.reads("chair", id); n != 1 {
		t.Errorf("an entry of the same visit made it %d reads, want 1", n)
	}

	board := desk.follow(web.Topic{})
	desk.next(board)
	if n := desk.reads("board", ""); n != 1 {
		t.Errorf("a stream of the board left %d reads, want 1", n)
	}
	other := okafor.visit(h.patient(okafor, "2", "Ada", "Lang"), 4)
	okafor.say(other, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	desk.next(board)
	if n := desk.reads("board", ""); n != 2 {
		t.Errorf("with another patient on it the board has %d reads, want 2", n)
	}
	if desk.get("/board"); desk.reads("board", "") != 3 {
		t.Errorf("the board's page made it %d reads, want 3", desk.reads("board", ""))
	}

	all := len(h.auditLog("read"))
	desk.next(desk.follow(web.Topic{Public: true}))
	tablet.next(tablet.follow(web.Topic{Chair: 3}))
	if n := len(h.auditLog("read")); n != all {
		t.Errorf("initials, or a tablet alone, left %d reads", n-all)
	}
}

// A stop from the tablet of another chair holds, and says where it came from.
func TestStop_FromAnotherChairsTabletSaysSo(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	other := h.tablet(4)
	for n, from := range []*guest{tablet, other} {
		if rec, _ := from.send(session.ActStop, from.wire(id)); rec.Code != http.StatusOK {
			t.Fatalf("a stop was answered %d %s", rec.Code, rec.Body)
		}
		h.stops(id, n+1)
		found := slices.ContainsFunc(h.state(id).Deviations, func(d session.DeviationFact) bool { return d.Rule == session.RuleOtherChair })
		if want := from == other; found != want {
			t.Errorf("after stop %d it is said that another chair's tablet stopped: %v, want %v", n+1, found, want)
		}
	}
	if page := okafor.get("/sessions/" + string(id)).Body.String(); !strings.Contains(page, "from the tablet of chair 4") {
		t.Error("the record does not say which chair's tablet it was")
	}
}

// Who stopped is asked of everybody, the front desk too; the page that asks
// opens nothing of a record that is closed to them.
func TestDeskAct_TellsNothingOfAClosedRecord(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	guests := map[string]*guest{
		"nurse": okafor, "front desk": h.hire("quinn", "P. Quinn", act.FrontDesk), "administrator": h.hire("adams", "B. Adams", act.Administrator),
	}
	okafor.runs(id)
	if rec, _ := tablet.send(session.ActStop, tablet.wire(id)); rec.Code != http.StatusOK {
		t.Fatalf("a stop was answered %d", rec.Code)
	}
	okafor.say(id, session.ActTransfer, map[string]any{"to": private("City Hospital"), "reason": private("chest pain")})
	opened := map[string]int{}
	for who, g := range guests {
		for _, what := range []act.Act{session.ActConfirmStop, session.ActClaimStop, session.ActStop} {
			page := "/sessions/" + string(id) + "/acts/" + string(what)
			if what == session.ActClaimStop {
				page += "?of=" + strconv.FormatInt(h.stops(id, 1).Position, 10)
			}
			w := g.get(page)
			if w.Code != http.StatusOK {
				continue // this act is not this role's
			}
			body := w.Body.String()
			if told := strings.Contains(body, " mg"); told != (who == "nurse") {
				t.Errorf("%s to the %s tells of doses: %v", what, who, told)
			}
			if named := strings.Contains(body, "Rivera"); named != (who != "administrator") {
				t.Errorf("%s to the %s names the patient: %v", what, who, named)
			}
			opened[who]++
		}
	}
	if len(opened) != len(guests) {
		t.Errorf("the question was opened only by %v", opened)
	}
}
