package web

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/web/view"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func command(id, body string) string {
	return `{"schema":1,"id":"` + id + `","session":"` + idB + `","occurred_at":"2026-11-23T10:12:03.25Z","offset_ms":1500,"grant":"g","body":` + body + `}`
}

func TestCommand_IsHandedOnWhole(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	c.reply = view.Reply{Outcome: "accepted", Position: 41, Text: "Recorded."}
	w := postJSON(h, "/v1/commands/session.observe", command(idA, `{"purpose":"round"}`))
	if w.Code != http.StatusOK || decode[view.Reply](t, w).Position != 41 {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	got := c.took[0]
	if got.Act != "session.observe" || got.ID != idA || got.Session != idB || got.Schema != 1 || got.Grant != "g" ||
		got.Offset != 1500*time.Millisecond || string(got.Body) != `{"purpose":"round"}` || got.OccurredAt.Nanosecond() != 250_000_000 {
		t.Errorf("took %+v", got)
	}
}

func TestCommand_StatusSaysWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	for outcome, want := range map[string]int{
		"accepted": http.StatusOK, "repeated": http.StatusOK, "refused": http.StatusUnprocessableEntity,
		"malformed": http.StatusBadRequest, "conflict": http.StatusConflict,
	} {
		c.reply = view.Reply{Outcome: outcome}
		if w := postJSON(h, "/v1/commands/session.stop", command(idA, `{}`)); w.Code != want {
			t.Errorf("%s answered %d, want %d", outcome, w.Code, want)
		}
	}
}

// The digest is over what was said: the same entry under a fresh grant, or
// spaced otherwise, is the same entry; another word is another.
func TestCommand_DigestCoversWhatWasSaid(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	one := command(idA, `{"cause":"clinical"}`)
	for _, body := range []string{
		one, strings.Replace(one, `"grant":"g"`, `"grant":"other"`, 1), strings.Replace(one, `{"cause":"clinical"}`, `{ "cause": "clinical" }`, 1),
		strings.Replace(one, "1500", "1400", 1), strings.Replace(one, "clinical", "emergency", 1), strings.Replace(one, "03.25Z", "03.26Z", 1),
	} {
		postJSON(h, "/v1/commands/session.stop", body)
	}
	postJSON(h, "/v1/commands/session.pause", one)
	for i, same := range []bool{true, true, true, true, false, false, false} {
		if (c.took[i].Digest == c.took[0].Digest) != same {
			t.Errorf("entry %d: same digest is %v", i, !same)
		}
	}
}

func TestCommand_StopIsTakenFromALockedTabletAndAnExpiredSignIn(t *testing.T) {
	t.Parallel()
	ungranted := strings.Replace(command(idA, `{"cause":"emergency"}`), `"grant":"g",`, "", 1)
	for name, who := range map[string]Visitor{"locked": locked, "tablet": tablet} {
		c, h, _ := bench(t, who)
		postJSON(h, "/v1/commands/session.stop", ungranted)
		if len(c.took) != 1 {
			t.Errorf("%s: the stop was not taken", name)
		}
	}
	c, h, _ := bench(t, nobody)
	postJSON(h, "/v1/commands/session.stop", command(idA, `{"cause":"emergency"}`))
	if len(c.took) != 1 {
		t.Error("a stop under a grant was not taken after the sign-in ended")
	}
	if w := postJSON(h, "/v1/commands/session.stop", ungranted); w.Code != http.StatusUnauthorized || len(c.took) != 1 {
		t.Errorf("a stop by nobody answered %d", w.Code)
	}
}

// An entry that left its tablet without a grant, and arrives when somebody else
// is signed in there, does not become theirs; a stop is taken as the tablet's.
func TestCommand_WithoutAGrantIsNeverAnothersEntry(t *testing.T) {
	t.Parallel()
	other := nurse
	other.Actor.Person = "brandt"
	said := strings.Replace(command(idA, `{}`), `"grant":"g",`, `"said":"`+string(nurse.Actor.Person)+`",`, 1)
	granted := strings.Replace(said, `"said"`, `"grant":"g","said"`, 1)
	for _, x := range []struct {
		name, act, body string
		who             Visitor
		status          int
		unsigned        bool
	}{
		{"its author is still there", "session.note", said, nurse, http.StatusOK, false},
		{"somebody else is", "session.note", said, other, http.StatusUnauthorized, false},
		{"nobody is, on the tablet", "session.note", said, tablet, http.StatusUnauthorized, false},
		{"a grant names its author itself", "session.note", granted, other, http.StatusOK, false},
		{"a stop, by its author", "session.stop", said, nurse, http.StatusOK, false},
		{"a stop, with somebody else there", "session.stop", said, other, http.StatusOK, true},
	} {
		c, h, _ := bench(t, x.who)
		c.reply = view.Reply{Outcome: "accepted"}
		w := postJSON(h, "/v1/commands/"+x.act, x.body)
		if w.Code != x.status || (len(c.took) == 1) != (x.status == http.StatusOK) {
			t.Errorf("%s: answered %d, handed on %d", x.name, w.Code, len(c.took))
			continue
		}
		if len(c.took) == 1 && c.took[0].Unsigned != x.unsigned {
			t.Errorf("%s: unsigned is %v", x.name, c.took[0].Unsigned)
		}
	}
}

func TestCommand_MalformedIsGivenBackWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	c, h, log := bench(t, nurse)
	good := command(idA, `{}`)
	for name, body := range map[string]string{
		"no JSON":                      "stop Rivera",
		"unknown field":                strings.Replace(good, `"grant"`, `"grnat":"Rivera","grant"`, 1),
		"more after it":                good + good,
		"a key twice":                  strings.Replace(good, `"grant"`, `"schema":1,"grant"`, 1),
		"a key twice, in another case": strings.Replace(good, `"grant"`, `"Schema":1,"grant"`, 1),
		"no id":                        strings.Replace(good, idA, "Rivera", 1),
		"no visit":                     strings.Replace(good, idB, "", 1),
		"wrong type":                   strings.Replace(good, `"schema":1`, `"schema":"Rivera"`, 1),
		"another version":              strings.ToUpper(idA),
	} {
		w := postJSON(h, "/v1/commands/session.stop", body)
		if w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), "Rivera") {
			t.Errorf("%s: answered %d %s", name, w.Code, w.Body)
		}
	}
	twice := strings.Replace(good, `"grant"`, `"schema":1,"grant"`, 1)
	if w := postJSON(h, "/v1/commands/session.note", twice); !strings.Contains(w.Body.String(), "the key schema stands twice") {
		t.Errorf("which key stands twice is not said: %s", w.Body)
	}
	for name, body := range untimed(good) {
		if w := postJSON(h, "/v1/commands/session.note", body); w.Code != http.StatusBadRequest {
			t.Errorf("%s: answered %d %s", name, w.Code, w.Body)
		}
	}
	if len(c.took) != 0 || strings.Contains(log.String(), "Rivera") {
		t.Error("a malformed command was taken or logged")
	}
	if w := postJSON(h, "/v1/commands/session.note", command(idA, `"`+strings.Repeat("x", maxCommand)+`"`)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a command beyond the bound answered %d", w.Code)
	}
}

// untimed are commands without a version or a time that can be meant.
func untimed(good string) map[string]string {
	return map[string]string{
		"no time":       strings.Replace(good, `"occurred_at":"2026-11-23T10:12:03.25Z",`, "", 1),
		"no version":    strings.Replace(good, `"schema":1`, `"schema":0`, 1),
		"absurd offset": strings.Replace(good, "1500", "9000000000000", 1),
	}
}

// A stop goes on to be recorded as of now.
func TestCommand_StopIsNotGivenBackForAWrongClock(t *testing.T) {
	t.Parallel()
	for name, body := range untimed(command(idA, `{}`)) {
		c, h, _ := bench(t, tablet)
		postJSON(h, "/v1/commands/session.stop", body)
		if len(c.took) != 1 {
			t.Errorf("%s: the stop was not taken", name)
			continue
		}
		if got := c.took[0]; name != "no version" && (got.OccurredAt.IsZero() || got.Offset != 0) {
			t.Errorf("%s: it holds from %s, offset %s", name, got.OccurredAt, got.Offset)
		}
	}
}

func TestCommand_FailureOfTheServerCanBeSentAgain(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	c.doErr = io.ErrClosedPipe
	w := postJSON(h, "/v1/commands/session.stop", command(idA, `{}`))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "closed pipe") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}

func TestWitness_ProvesASecondPerson(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, tablet)
	if w := postJSON(h, "/v1/witness", `{"person":"`+idB+`","pin":"482913"}`); w.Code != http.StatusOK || decode[Granted](t, w).Grant != "w" {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if w := postJSON(h, "/v1/witness", `{"person":"`+idB+`","pin":"000000"}`); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "This PIN was not taken.") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if w := postJSON(h, "/v1/witness", `{"name":"B"}`); w.Code != http.StatusBadRequest {
		t.Errorf("a witness by name answered %d", w.Code)
	}
}

func TestUnlockHere_OpensTheScreenWithoutLeavingTheChair(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, locked)
	if w := postJSON(h, "/v1/unlock", `{"person":"`+idA+`","pin":"482913"}`); w.Code != http.StatusOK || decode[view.Who](t, w).Locked {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	c.signErr = &Trouble{Status: http.StatusForbidden, What: "This PIN was not taken."}
	if w := postJSON(h, "/v1/unlock", `{"person":"`+idA+`","pin":"1"}`); w.Code != http.StatusForbidden {
		t.Errorf("answered %d", w.Code)
	}
}

func TestTable_IsNamedByItsContent(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, nurse)
	c := decode[view.Chair](t, get(h, "/v1/chair/3"))
	w := get(h, c.Table)
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Fatalf("%s answered %d", c.Table, w.Code)
	}
	got := decode[tableWire](t, w)
	if len(got.Forms) < 40 || len(got.Fields) != 12 || len(got.Always) != 2 {
		t.Errorf("%d forms, %d fields, always %v", len(got.Forms), len(got.Fields), got.Always)
	}
	if w := get(h, "/v1/table-0000000000000000.json"); w.Code != http.StatusNotFound {
		t.Errorf("another version answered %d", w.Code)
	}
	if c.Chair != 3 || c.Who.Name != nurse.Name {
		t.Errorf("the view is of chair %d for %q", c.Chair, c.Who.Name)
	}
}
