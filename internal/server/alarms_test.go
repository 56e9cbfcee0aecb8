package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// guarded is a clinic with alarms, a nurse and a running infusion at chair 3
// with its monitor.
func guarded(t *testing.T) (h *place, n *guest, b *bedside, id ident.Session) {
	t.Helper()
	h = watchedPlace(t)
	n, b = h.nurse(), h.bedside()
	id = b.linked(n)
	n.runs(id)
	h.look()
	return h, n, b, id
}

// look lets the watch look, as the server does whenever something moved.
func (h *place) look() {
	h.t.Helper()
	if _, err := h.App().LookAtAlarms(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// seconds lets time pass, a message and a look each second.
func (b *bedside) seconds(n int, spo2 string) {
	b.t.Helper()
	for range n {
		b.later(time.Second)
		b.sends(oxygen("1.2.1.1", spo2), ecg("72"))
		b.look()
	}
}

// said lists what the record says of one condition's alarm, as what became of
// it and how many seconds after the test began.
func (h *place) said(id ident.Session, c alarm.ID) []string {
	h.t.Helper()
	v, err := h.App().Visit(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, e := range v.Entries {
		if f, kind, ok := session.AlarmSaid(e.Event); ok && f.Condition == c {
			out = append(out, fmt.Sprintf("%s %s", kind, f.Priority))
		}
	}
	return out
}

func (h *place) alarm(id ident.Session, c alarm.ID) alarm.Alarm {
	h.t.Helper()
	a, _ := h.state(id).Alarms.Alarm(c)
	return a
}

// TestAlarms_SaturationFalls: a monitor sends a falling saturation, the alarm is
// in the record after its delay, with what it was decided on; the nurse
// acknowledges it at the chair; it clears when the saturation is back.
func TestAlarms_SaturationFalls(t *testing.T) {
	t.Parallel()
	h, n, b, id := guarded(t)
	b.seconds(5, "97")
	b.seconds(15, "88")
	if got := h.said(id, alarm.SpO2Low); got != nil {
		t.Fatalf("before its delay: %v", got)
	}
	b.seconds(1, "88")
	a := h.alarm(id, alarm.SpO2Low)
	if a.Priority != alarm.High || a.Rule != "AL-SPO2-LOW" || a.Value != "88 %" || a.Limit != "below 90 %" || a.AnnouncedAt.Sub(a.Since) != 15*time.Second {
		t.Fatalf("%+v", a)
	}
	v, err := h.App().Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	last := v.Entries[len(v.Entries)-1]
	if last.Actor.Job != "alarm watch" || !last.EffectiveAt.Equal(a.AnnouncedAt) {
		t.Errorf("noted by %+v at %v", last.Actor, last.EffectiveAt)
	}
	body := map[string]any{"condition": "spo2_low", "announcement": 1}
	if rec, _ := n.send(session.ActAcknowledgeAlarm, n.wire(id).but("body", body)); rec.Code != http.StatusOK {
		t.Fatalf("acknowledging answered %d: %s", rec.Code, rec.Body)
	}
	b.seconds(60, "88") // no ladder any more
	if got := h.said(id, alarm.SpO2Low); len(got) != 1 {
		t.Errorf("after it was acknowledged: %v", got)
	}
	if a = h.alarm(id, alarm.SpO2Low); a.AckedBy != n.person {
		t.Errorf("acknowledged by %q", a.AckedBy)
	}
	b.seconds(16, "97")
	if got := h.said(id, alarm.SpO2Low); !slices.Equal(got, []string{"raised high", "cleared high"}) {
		t.Errorf("%v", got)
	}
}

// TestAlarms_LadderWithoutAnybody: what nobody answers goes to the room, where
// there is nobody to call next, woken by nothing but time.
func TestAlarms_LadderWithoutAnybody(t *testing.T) {
	t.Parallel()
	h, _, b, id := guarded(t)
	b.seconds(16, "88")
	for range 70 {
		h.later(time.Second)
		h.look()
	}
	if got := h.said(id, alarm.SpO2Low); !slices.Equal(got, []string{"raised high", "escalated high"}) || h.alarm(id, alarm.SpO2Low).Stage != alarm.ToRoom {
		t.Errorf("%v", got)
	}
	// The monitor has been silent meanwhile: that is said too, and hides nothing.
	all := h.state(id).Alarms.Alarms
	if len(all) < 2 || all[0].Condition != alarm.SpO2Low || h.alarm(id, alarm.MonitorOffline).Priority != alarm.High {
		t.Errorf("%+v", all)
	}
}

// TestAlarms_Restart: a restart within the delay does not begin it anew, and
// one after the alarm raises nothing twice.
func TestAlarms_Restart(t *testing.T) {
	t.Parallel()
	h, _, b, id := guarded(t)
	b.seconds(9, "88")
	h.restart()
	h.look()
	b.seconds(6, "88")
	if got := h.said(id, alarm.SpO2Low); got != nil {
		t.Fatalf("before its delay: %v", got)
	}
	b.seconds(1, "88")
	if got := h.said(id, alarm.SpO2Low); !slices.Equal(got, []string{"raised high"}) {
		t.Fatalf("after its delay: %v", got)
	}
	for range 3 {
		h.restart()
		h.look()
		b.seconds(1, "88")
	}
	if got := h.said(id, alarm.SpO2Low); !slices.Equal(got, []string{"raised high"}) {
		t.Errorf("after restarts: %v", got)
	}
	// Nobody listened for ten minutes. What fell due is said once, at the restart.
	h.later(10 * time.Minute)
	h.restart()
	h.look()
	if got := h.said(id, alarm.SpO2Low); !slices.Equal(got, []string{"raised high", "escalated high"}) {
		t.Errorf("after ten minutes: %v", got)
	}
	if a := h.alarm(id, alarm.SpO2Low); !a.StageAt.Equal(h.now()) {
		t.Errorf("passed on at %v, which nobody saw; now is %v", a.StageAt, h.now())
	}
	if got := h.said(id, alarm.MonitorOffline); got != nil {
		t.Errorf("a server that was down calls the monitor silent: %v", got)
	}
}

// TestAlarms_ARestartReadsNoOtherPatient: what the monitor sent before it was
// linked raises nothing.
func TestAlarms_ARestartReadsNoOtherPatient(t *testing.T) {
	t.Parallel()
	h := watchedPlace(t)
	n, b := h.nurse(), h.bedside()
	b.seconds(60, "80")
	id := b.linked(n)
	n.runs(id)
	h.restart()
	h.look()
	b.seconds(3, "97")
	if got := h.said(id, alarm.SpO2Low); got != nil {
		t.Errorf("%v", got)
	}
}

// TestAlarms_Help: a call for help is everyone's, at once.
func TestAlarms_Help(t *testing.T) {
	t.Parallel()
	h, n, _, id := guarded(t)
	n.say(id, session.ActHelp, map[string]any{})
	h.look()
	if a := h.alarm(id, alarm.Help); a.Stage != alarm.ToEveryone || a.Priority != alarm.High {
		t.Errorf("%+v", a)
	}
	n.say(id, session.ActEndHelp, map[string]any{"outcome": private("settled")})
	h.look()
	if got := h.said(id, alarm.Help); !slices.Equal(got, []string{"raised high", "cleared high"}) {
		t.Errorf("%v", got)
	}
}

// TestAlarms_Scores: a score that was charted is answered at the chair; another
// entry is the answer.
func TestAlarms_Scores(t *testing.T) {
	t.Parallel()
	h, n, _, id := guarded(t)
	h.later(time.Minute)
	n.say(id, session.ActObserve, map[string]any{"purpose": "concern", "sedation": 3})
	h.look()
	if a := h.alarm(id, alarm.SedationDeep); a.Stage != alarm.AtBedside || a.Priority != alarm.High {
		t.Fatalf("%+v", a)
	}
	h.later(30 * time.Second)
	n.say(id, session.ActPause, map[string]any{"cause": "clinical"})
	h.look()
	h.later(90 * time.Second)
	h.look()
	if got := h.said(id, alarm.SedationDeep); !slices.Equal(got, []string{"raised high", "answered high"}) {
		t.Errorf("%v", got)
	}
	if a := h.alarm(id, alarm.SedationDeep); a.AckedBy != n.person {
		t.Errorf("answered by %q", a.AckedBy)
	}
	// Corrected: it was never there.
	var at int64
	v, err := h.App().Visit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range v.Entries {
		if o, ok := e.Event.(session.Observed); ok && o.Sedation != nil {
			at = e.Position
		}
	}
	n.say(id, session.ActAmend, map[string]any{"entry": at, "reason": private("wrong patient"), "strike": true})
	h.look()
	if got := h.said(id, alarm.SedationDeep); len(got) != 3 || got[2] != "cleared high" {
		t.Errorf("after it was struck: %v", got)
	}
}

// TestAlarms_OrderLimits: a limit changed for the patient holds from the next
// value on.
func TestAlarms_OrderLimits(t *testing.T) {
	t.Parallel()
	h, _, b, id := guarded(t)
	weiss := h.hire("weiss", "R. Weiss MD", "prescriber")
	weiss.say(id, session.ActChangeAlarmLimit, map[string]any{
		"limit": map[string]any{"kind": "spo2", "side": "low", "yellow": "88", "red": "86"}, "reason": private("lives at 88 to 92"),
	})
	b.seconds(60, "88")
	if got := h.said(id, alarm.SpO2Low); got != nil {
		t.Errorf("%v", got)
	}
	b.seconds(31, "87")
	if a := h.alarm(id, alarm.SpO2Low); a.Priority != alarm.Medium || !strings.Contains(a.Limit, "(order)") {
		t.Errorf("%+v", a)
	}
}

// brokenStore takes nothing of the alarm watch while it is broken.
type brokenStore struct {
	app.Store
	broken *bool
}

func (s brokenStore) Append(ctx context.Context, b journal.Batch) (journal.Result, error) {
	if *s.broken && b.Actor.Job == "alarm watch" {
		return journal.Result{}, errors.New("the disk is full")
	}
	return s.Store.Append(ctx, b)
}

// TestAlarms_WrittenBeforeTold: an alarm that could not be written is told to
// nobody, and is written when it can be.
func TestAlarms_WrittenBeforeTold(t *testing.T) {
	t.Parallel()
	h, _, b, id := guarded(t)
	broken := true
	a := h.App()
	a.Store = brokenStore{a.Store, &broken}
	for i := range 20 {
		b.later(time.Second)
		b.sends(oxygen("1.2.1.1", "84"), ecg(strconv.Itoa(70+i)))
		if _, err := a.LookAtAlarms(t.Context()); err == nil {
			t.Fatal("a failed write was not said")
		}
	}
	if got := h.said(id, alarm.SpO2Low); got != nil {
		t.Fatalf("told without being written: %v", got)
	}
	broken = false
	h.later(time.Second)
	h.look()
	if got := h.alarm(id, alarm.SpO2Low); got.Stage != alarm.ToEveryone || !got.AnnouncedAt.Equal(h.now()) {
		t.Errorf("%+v, now %v", got, h.now())
	}
}

// TestAlarms_Off: without the director's switch nothing is alarmed on.
func TestAlarms_Off(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	n, b := h.nurse(), h.bedside()
	id := b.linked(n)
	n.runs(id)
	b.seconds(60, "70")
	if got := h.state(id).Alarms.Alarms; len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestWatchAlarms: the watch itself, woken by what a monitor sends.
func TestWatchAlarms(t *testing.T) {
	t.Parallel()
	h, _, b, id := guarded(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	heard := h.App().Listen()
	defer heard.Stop()
	go func() {
		defer close(ended)
		h.App().WatchAlarms(ctx)
	}()
	defer func() { stop(); <-ended }()
	b.later(time.Second)
	b.sends(oxygen("1.2.1.1", "84"), ecg("72"))
	for h.alarm(id, alarm.SpO2Low).Priority != alarm.High {
		select {
		case <-heard.C:
		case <-t.Context().Done():
			t.Fatal("nothing was raised")
		}
	}
}

// alerts sends an alarm of the monitor's own (PCD-04): its facets.
func (b *bedside) alerts(key string, facets ...string) {
	b.t.Helper()
	b.n++
	at := b.now().Format(wireStamp)
	m := fmt.Sprintf("MSH|^~\\&|%s|X|STILLWATCH|C|%s||ORU^R40^ORU_R40|%s-%d|P|2.6\rPID|||%s\rPV1||O|%s\rOBR|1|%s|%s|196616^MDC_EVT_ALARM^MDC|||%s\r"+
		"OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||%s||||%s^^%s^EUI-64\r", b.sender, at, b.eui, b.n, b.patient, b.bed, key, key, at, at, b.eui, b.eui)
	m += strings.Join(facets, "\r") + "\r"
	if _, err := b.App().ReceiveHL7(b.t.Context(), netip.MustParseAddrPort("192.0.2.9:40000"), []byte(m)); err != nil {
		b.t.Fatal(err)
	}
	b.look()
}

const (
	saysApnoea  = "OBX|2|ST|68546^MDC_ATTR_ALARM_TEXT^MDC|1.2.1.0.2|APNOEA||||||F"
	isHigh      = "OBX|3|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.2.1.0.3|PH||||||F"
	hasEnded    = "OBX|4|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.2.1.0.4|end||||||F"
	saysLowSpO2 = "OBX|2|CWE|196670^MDC_EVT_LO^MDC|1.2.1.0.1|150456^MDC_PULS_OXIM_SAT_O2^MDC||90-100|L~PH~SP|||F"
)

// TestAlarms_OfTheMonitorItself: what the monitor alarms of by itself stands
// beside ours, in its words; where it is a condition of ours, ours decides.
func TestAlarms_OfTheMonitorItself(t *testing.T) {
	t.Parallel()
	h, n, b, id := guarded(t)
	b.seconds(2, "97")
	if n.chair(3).Link.Beside == "" {
		t.Error("the chair does not say that apnoea is the bedside monitor's alone")
	}
	b.alerts("A1^MON", saysApnoea, isHigh)
	if got := n.chair(3).Link.Beside; got != "" {
		t.Errorf("the monitor sends its alarms, and the chair says %q", got)
	}
	got := h.alarm(id, alarm.MonitorAlarm)
	if got.Priority != alarm.High || !strings.Contains(got.Text.English(), "APNOEA") {
		t.Errorf("%+v", got)
	}
	b.seconds(2, "97")
	if said := h.said(id, alarm.MonitorAlarm); len(said) != 1 {
		t.Errorf("one alarm of the monitor became %v", said)
	}
	n.say(id, session.ActAcknowledgeAlarm, map[string]any{"condition": alarm.MonitorAlarm, "announcement": got.Announcement})
	b.alerts("A1^MON", saysApnoea, isHigh, hasEnded)
	b.seconds(6, "97") // it is over when it has been over for as long as its row says
	if a, standing := h.state(id).Alarms.Alarm(alarm.MonitorAlarm); standing {
		t.Errorf("it ended and stands: %+v", a)
	}

	b.alerts("A2^MON", saysLowSpO2)
	if a, standing := h.state(id).Alarms.Alarm(alarm.SpO2Low); standing {
		t.Errorf("ours was raised by the monitor's limits: %+v", a)
	}
	if a, standing := h.state(id).Alarms.Alarm(alarm.MonitorAlarm); standing {
		t.Errorf("the same thing twice: %+v", a)
	}
}

// TestAlarms_OfTheMonitorItself_AfterARestart: nothing of the monitor's own
// alarms is in a store. A restart does not say that they are over; the monitor
// does, or half an hour.
func TestAlarms_OfTheMonitorItself_AfterARestart(t *testing.T) {
	t.Parallel()
	h, _, b, id := guarded(t)
	b.seconds(2, "97")
	b.alerts("A1^MON", saysApnoea, isHigh)
	h.restart()
	b.seconds(20, "97")
	if said := h.said(id, alarm.MonitorAlarm); len(said) != 1 || !h.alarm(id, alarm.MonitorAlarm).EndedAt.IsZero() {
		t.Fatalf("after a restart the monitor's own alarm became %v", said)
	}
	b.alerts("A1^MON", saysApnoea, isHigh, hasEnded)
	b.seconds(6, "97")
	if h.alarm(id, alarm.MonitorAlarm).EndedAt.IsZero() {
		if _, stands := h.state(id).Alarms.Alarm(alarm.MonitorAlarm); stands {
			t.Errorf("the monitor says that it is over: %v", h.said(id, alarm.MonitorAlarm))
		}
	}

	b.alerts("A2^MON", saysApnoea, isHigh)
	h.restart()
	b.seconds(1, "97")
	b.later(30 * time.Minute)
	b.seconds(6, "97")
	a, stands := h.state(id).Alarms.Alarm(alarm.MonitorAlarm)
	if stands && a.EndedAt.IsZero() {
		t.Errorf("half an hour without a word of the monitor's: %v", h.said(id, alarm.MonitorAlarm))
	}
}

// TestAlarms_TheNextPersonByName: another nurse whose page sounds is called by
// name when the responsible one does not answer, then the room.
func TestAlarms_TheNextPersonByName(t *testing.T) {
	t.Parallel()
	h, n, b, id := guarded(t)
	n.say(id, session.ActTakeNurse, map[string]any{})
	brandt := h.hire("brandt", "L. Brandt RN", act.Nurse)
	state := func() string {
		t.Helper()
		for _, a := range n.chair(3).Alarms.List {
			if a.Condition == string(alarm.SpO2Low) {
				return a.State
			}
		}
		return ""
	}
	b.seconds(16, "88")
	if got := state(); got != "A. Okafor RN is called" {
		t.Fatalf("at first: %q", got)
	}
	brandt.hears()
	b.seconds(20, "88")
	brandt.hears()
	b.seconds(10, "88")
	if got := state(); got != "Called next: L. Brandt RN" {
		t.Errorf("after 30 seconds: %q", got)
	}
	if got := h.alarm(id, alarm.SpO2Low).Called; !slices.Equal(got, []ident.Person{brandt.person}) {
		t.Errorf("the record names %v", got)
	}
	if calls := brandt.chair(1).Calls; len(calls) == 0 || calls[0].Text != "You are called to chair 3: SpO₂ low" || calls[0].Tone != view.Red {
		t.Errorf("on a chair's screen of hers: %+v", calls)
	}
	if calls := h.hire("lane", "P. Lane RN", act.Nurse).chair(1).Calls; len(calls) != 0 {
		t.Errorf("another nurse is told that she is called: %+v", calls)
	}
	b.seconds(30, "88")
	if got := state(); got != "The room is called" {
		t.Errorf("after a minute: %q", got)
	}
}

// TestAlarms_AScoreIsAnsweredAtTheChairFirst: what the nurse has just charted
// sounds nowhere for two minutes, and then everywhere; charting an answer keeps it
// from sounding at all.
func TestAlarms_AScoreIsAnsweredAtTheChairFirst(t *testing.T) {
	t.Parallel()
	for name, answered := range map[string]bool{"nothing is charted": false, "a drug is": true} {
		h, n, b, id := guarded(t)
		sounds := func() bool {
			t.Helper()
			return slices.ContainsFunc(n.chair(3).Alarms.Sounds, func(s view.Sound) bool { return strings.Contains(s.Key, string(alarm.DistressHigh)) })
		}
		n.say(id, session.ActObserve, map[string]any{"purpose": "round", "distress": 7})
		h.look()
		a := h.alarm(id, alarm.DistressHigh)
		if a.Stage != alarm.AtBedside || a.Priority != alarm.High || sounds() {
			t.Fatalf("%s: at first %+v", name, a)
		}
		shown := n.chair(3).Alarms.List
		if i := slices.IndexFunc(shown, func(x view.Alarm) bool { return x.Condition == string(alarm.DistressHigh) }); i < 0 || !shown[i].Here || len(shown[i].Advice) == 0 {
			t.Errorf("%s: the chair suggests nothing: %+v", name, shown)
		}
		b.seconds(119, "97")
		if answered {
			n.say(id, session.ActGiveDrug, map[string]any{"drug": "midazolam", "amount": "1", "unit": "mg", "route": "IV"})
		}
		b.seconds(2, "97")
		if got := sounds(); got == answered {
			t.Errorf("%s: sounds elsewhere after two minutes: %v", name, got)
		}
	}
}
