package server

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
)

// counted is every series as it is served, by name and labels.
func (h *place) counted() map[string]float64 {
	h.t.Helper()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(h.metrics(), promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	out := map[string]float64{}
	for line := range strings.Lines(w.Body.String()) {
		series, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(line, "#") {
			continue
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			h.t.Fatalf("%q: %v", line, err)
		}
		name := strings.TrimPrefix(strings.ReplaceAll(series, `"`, ""), "stillwatch_")
		if !strings.Contains(name, "{") {
			name += "{}"
		}
		out[name] = n
	}
	return out
}

// TestMeter_CountsCommandsByActAndOutcome: each of what may become of a command,
// and nothing that a client chose as a label.
func TestMeter_CountsCommandsByActAndOutcome(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	okafor := h.nurse()
	id := okafor.visit(h.patient(okafor, "P-77", "Maria", "Rivera"), 3)
	note := okafor.wire(id).but("body", map[string]any{"text": map[string]any{"text": "private words"}})
	okafor.send(session.ActNote, note)                                                                            // accepted
	okafor.send(session.ActNote, note)                                                                            // repeated
	okafor.send(session.ActNote, note.but("body", map[string]any{"text": map[string]any{"text": "other words"}})) // conflict
	okafor.send(session.ActReady, okafor.wire(id))                                                                // refused
	okafor.send(session.ActNote, okafor.wire(id).but("body", map[string]any{"txt": 1}))                           // invalid: the body
	okafor.send(session.ActNote, okafor.wire(id).but("schema", 0))                                                // invalid: the envelope
	okafor.send("session.rivera", okafor.wire(id))                                                                // an act that is none
	got := h.counted()
	for name, want := range map[string]float64{
		"command_seconds_count{act=session.note,outcome=accepted}": 1, "command_seconds_count{act=session.note,outcome=repeated}": 1,
		"command_seconds_count{act=session.note,outcome=conflict}": 1, "command_seconds_count{act=session.ready,outcome=refused}": 1,
		"command_seconds_count{act=session.note,outcome=invalid}": 2, "command_seconds_count{act=unknown,outcome=invalid}": 1,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	private := regexp.MustCompile(`(?i)rivera|maria|words|P-77|` + regexp.QuoteMeta(string(id)) + `|` + regexp.QuoteMeta(string(okafor.person)))
	for name := range got {
		if private.MatchString(name) {
			t.Errorf("%s names somebody", name)
		}
	}
}

// TestMeter_CountsWhatADeskFormDoes: planning a visit is a command too.
func TestMeter_CountsWhatADeskFormDoes(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	okafor := h.nurse()
	patient := h.patient(okafor, "P-77", "Maria", "Rivera")
	rec := okafor.fill("/schedule", map[string][]string{"patient": {string(patient)}, "chair": {"3"}, "date": {h.now().Format("2006-01-02")}, "time": {"11:00"}})
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("answered %d %s", rec.Code, rec.Body)
	}
	if n := h.counted()["command_seconds_count{act=session.schedule,outcome=accepted}"]; n != 1 {
		t.Errorf("counted %v", n)
	}
}

// TestMeter_CountsStreamsAndMessages.
func TestMeter_CountsStreamsAndMessages(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	okafor := h.nurse()
	r := room{app: h.App(), people: people{auth: h.Auth()}, chain: h.chainNow, meter: h.meter}
	f, err := r.Follow(t.Context(), web.Visitor{Actor: okafor.actor}, []web.Topic{{}}, web.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	okafor.next(f)
	if got := h.counted(); got["stream_clients{}"] != 1 || got["stream_frame_seconds_count{}"] != 1 {
		t.Errorf("while one follows: %v clients, %v frames", got["stream_clients{}"], got["stream_frame_seconds_count{}"])
	}
	f.Close()
	f.Close()
	if n := h.counted()["stream_clients{}"]; n != 0 {
		t.Errorf("gone, %v clients are left", n)
	}

	b := h.bedside()
	b.sends(oxygen("1.2.1.1", "97"), numeric{"999999", "MDC_ODD", "1.9.1.1", "1", share}) // a value, and one aside
	b.sends(numeric{"999999", "MDC_ODD", "1.9.1.1", "1", share})                          // nothing but one aside
	b.sends()                                                                             // no value at all
	b.n--
	b.sends() // the same message again
	got := h.counted()
	for outcome, want := range map[string]float64{"accepted": 1, "quarantined": 1, "empty": 1, "repeated": 1, "failed": 0} {
		if n := got["monitor_messages_by_outcome_total{outcome="+outcome+"}"]; n != want {
			t.Errorf("%s messages: %v, want %v", outcome, n, want)
		}
	}
	if got["monitor_messages_total{}"] != 3 || got["monitor_numerics_aside_total{}"] != 2 {
		t.Errorf("in all %v messages, %v aside", got["monitor_messages_total{}"], got["monitor_numerics_aside_total{}"])
	}
}
