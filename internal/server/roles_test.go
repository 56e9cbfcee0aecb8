package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// command posts the least of a command through the door that pages use.
func (g *guest) command(id ident.Session, what act.Act, body string) (int, view.Reply) {
	g.t.Helper()
	b, err := json.Marshal(map[string]any{
		"schema": 1, "id": app.NewID[ident.Command](g.App()), "session": id, "occurred_at": g.now(), "body": json.RawMessage(body),
	})
	if err != nil {
		g.t.Fatal(err)
	}
	w := g.do(httptest.NewRequest(http.MethodPost, "http://stillwatch.test/v1/commands/"+string(what), strings.NewReader(string(b))))
	var r view.Reply
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil {
		g.t.Fatalf("%s answered %d %q", what, w.Code, w.Body)
	}
	return w.Code, r
}

// Every role at every command's door: who may not is told 403 and whose it
// is, and nothing is written; who may is never told so.
func TestCommands_RoleByRoleThroughTheDoor(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	guests := map[act.Role]*guest{}
	for _, r := range act.Roles() {
		guests[r] = h.hire(strings.ReplaceAll(string(r), " ", "-"), string(r), r)
	}
	nurse := guests[act.Nurse]
	patient := h.patient(nurse, "1", "Maria", "Rivera")
	tried := map[bool]int{}
	for _, what := range act.Acts() {
		if !strings.HasPrefix(string(what), "session.") {
			continue // the registers and the house have no command of this door
		}
		id := nurse.visit(patient, 3)
		for _, role := range act.Roles() {
			before := h.state(id).Sequence
			code, reply := guests[role].command(id, what, `{}`)
			may := act.May(act.Actor{Kind: act.Person, Roles: []act.Role{role}}, what).Allowed
			tried[may]++
			if (code == http.StatusForbidden) == may {
				t.Errorf("%s by a %s answered %d %q, allowed is %v", what, role, code, reply.Text, may)
			}
			if !may && (h.state(id).Sequence != before || reply.Outcome != "refused") {
				t.Errorf("%s by a %s: %s, and the visit went from entry %d to %d", what, role, reply.Outcome, before, h.state(id).Sequence)
			}
		}
	}
	if tried[true] < 100 || tried[false] < 100 {
		t.Errorf("tried only %v", tried)
	}
}

// Nobody and a stranger's cookie reach no command at all.
func TestCommands_NobodyIsTurnedAway(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.hire("okafor", "A. Okafor RN", act.Nurse)
	id := nurse.visit(h.patient(nurse, "1", "Maria", "Rivera"), 3)
	for name, cookies := range map[string][]*http.Cookie{
		"no cookie": nil, "a stranger's": {{Name: nurse.cookies[0].Name, Value: strings.Repeat("A", len(nurse.cookies[0].Value))}},
	} {
		g := &guest{place: h, cookies: cookies}
		for _, what := range []act.Act{"session.note", "session.stop", "session.help"} {
			if code, _ := g.command(id, what, `{}`); code != http.StatusUnauthorized {
				t.Errorf("%s: %s answered %d", name, what, code)
			}
		}
	}
}
