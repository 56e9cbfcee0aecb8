package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
)

// infusionPump is a real pump as it speaks through its maker's gateway: all
// pumps of the maker share one EUI-64, and the label tells them apart.
type infusionPump struct {
	*place
	label, bed, patient string
	n                   int
}

func (h *place) infusionPump(label string) *infusionPump {
	return &infusionPump{place: h, label: label, bed: "INF^CHAIR^3", patient: "4711"}
}

// event is a PCD-10 message: what the pump does, how fast, and what it counts.
func (p *infusionPump) event(status, rate string, rows ...string) []byte {
	p.n++
	at := p.now().Format(wireStamp)
	unit := p.label + "^^0012210000000000^EUI-64"
	m := fmt.Sprintf("MSH|^~\\&|PUMPGW|X|STILLWATCH|C|%s||ORU^R42^ORU_R01|%s-%d|P|2.6\rPID|||%s\rPV1||O|%s\rOBR|1|||2222^drug^99X|||%s\r", at, p.label, p.n, p.patient, p.bed, at)
	m += "OBX|1||70049^MDC_DEV_PUMP_INFUS_LVP_MDS^MDC|1.0.0.0|||||||X|||" + at + "||||" + unit + "\r"
	m += "OBX|2|CWE|184519^MDC_PUMP_INFUSING_STATUS^MDC|1.1.1.1|^pump-status-" + status + "||||||R\r"
	m += "OBX|3|NM|158014^MDC_FLOW_FLUID_PUMP_CURRENT^MDC|1.1.1.2|" + rate + "|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R\r"
	return []byte(m + strings.Join(rows, "\r") + "\r")
}

func (p *infusionPump) says(status, rate string, rows ...string) {
	p.t.Helper()
	p.sends(p.event(status, rate, rows...))
}

func (p *infusionPump) sends(message []byte) {
	p.t.Helper()
	if _, err := p.App().ReceiveHL7(p.t.Context(), netip.MustParseAddrPort("192.0.2.9:40100"), message); err != nil {
		p.t.Fatal(err)
	}
}

// alarms is a PCD-04 message of the pump's own.
func (p *infusionPump) alarms(event, text, phase string) {
	p.t.Helper()
	p.n++
	at := p.now().Format(wireStamp)
	unit := p.label + "^^0012210000000000^EUI-64"
	p.sends([]byte(fmt.Sprintf("MSH|^~\\&|PUMPGW|X|STILLWATCH|C|%s||ORU^R40^ORU_R40|%s-%d|P|2.6\rPID|||%s\rPV1||O|%s\rOBR|1|A1^GW|A1^GW|196616^MDC_EVT_ALARM^MDC|||%s\r", at, p.label, p.n, p.patient, p.bed, at) +
		"OBX|1||70049^MDC_DEV_PUMP_INFUS_LVP_MDS^MDC|1.0.0.0|||||||X|||" + at + "||||" + unit + "\r" +
		"OBX|2|CWE|196616^MDC_EVT_ALARM^MDC|1.1.0.0.1|" + event + "^MDC^^^^^^" + text + "|||||F\r" +
		"OBX|3|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.1.0.0.3|" + phase + "||||||R\r" +
		"OBX|4|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.1.0.0.6|PM||||||R\r"))
}

func (p *infusionPump) id() ident.Device {
	for _, f := range p.App().Monitors() {
		if f.Monitor.Pump && strings.HasPrefix(f.Monitor.Unit, p.label+"^") {
			return f.Monitor.ID
		}
	}
	p.t.Fatalf("pump %s is not in the register", p.label)
	return ""
}

// pumped is a running infusion whose pump is linked.
func pumped(t *testing.T) (*place, *guest, *bedside, *infusionPump, ident.Session) {
	t.Helper()
	h, n, b, id := guarded(t)
	p := h.infusionPump("P6013")
	p.says("infusing", "16")
	n.say(id, session.ActLinkPump, map[string]any{"pump": p.id()})
	return h, n, b, p, id
}

func headline(g *guest, chair int) string {
	var out []string
	for _, part := range g.chair(chair).Headline {
		out = append(out, part.Text)
	}
	return strings.Join(out, " · ")
}

// TestPump_SaysBesideTheChartedRate: what a pump says is shown with its time
// beside the charted rate, and changes neither rate nor total.
func TestPump_SaysBesideTheChartedRate(t *testing.T) {
	t.Parallel()
	h, n, _, p, id := pumped(t)
	before := h.state(id)
	if strings.Contains(headline(n, 3), "pump says") {
		t.Fatalf("a word of before the link counts: %s", headline(n, 3))
	}
	h.later(time.Second)
	p.says("infusing", "20")
	says := "pump says 20 mL/h, " + h.now().In(h.App().Zone).Format("15:04:05")
	if got := headline(n, 3); !strings.Contains(got, says) || !strings.Contains(got, before.RateAt(h.now()).String()) {
		t.Errorf("the headline says %q, want %q beside %s", got, says, before.RateAt(h.now()))
	}
	after := h.state(id)
	if after.RateAt(h.now()) != before.RateAt(h.now()) || len(after.Pump) != len(before.Pump) || after.Phase != before.Phase {
		t.Errorf("the pump's word changed the record: %s, %s", after.RateAt(h.now()), after.Phase)
	}
	// The same event sent again, as by a pump that was not answered, is noted once.
	message := p.event("infusing", "21")
	p.sends(message)
	p.sends(message)
	if got := h.state(id).PumpSaidCount; got != 2 {
		t.Errorf("%d words noted, want 2", got)
	}
}

// TestPump_DiffersFromTheRecord: the pump runs at another rate than is charted;
// after half a minute that is an alarm, and it is over when the rate is charted.
func TestPump_DiffersFromTheRecord(t *testing.T) {
	t.Parallel()
	h, n, b, p, id := pumped(t)
	charted := h.state(id).RateAt(h.now())
	p.says("infusing", "20")
	b.seconds(29, "97")
	if got := h.said(id, alarm.PumpDiffers); got != nil {
		t.Fatalf("before its delay: %v", got)
	}
	b.seconds(2, "97")
	a := h.alarm(id, alarm.PumpDiffers)
	if a.Priority != alarm.High || a.Value != "20 mL/h" || a.Limit != charted.String() {
		t.Fatalf("%+v", a)
	}
	p.says("infusing", strings.TrimSuffix(charted.String(), " mL/h"))
	b.seconds(1, "97")
	if got := h.said(id, alarm.PumpDiffers); len(got) != 2 || got[1] != "cleared high" {
		t.Errorf("%v", got)
	}
	// It stops by itself.
	p.says("not-infusing", "0", "OBX|4|CWE|158006^MDC_DEV_PUMP_NOT_DELIVERING_REASON^MDC|1.1.2.2|^pump-stopped-alarming||||||R")
	b.seconds(31, "97")
	if a := h.alarm(id, alarm.PumpStopped); a.Priority != alarm.Medium || a.Value != "stopped (it alarms)" {
		t.Errorf("stopped by itself: %+v", a)
	}
	// Once a stop is recorded that is no contradiction, and it answers the
	// question whether the pump stands.
	n.say(id, session.ActStop, map[string]any{"cause": session.StopPlanned})
	b.seconds(32, "97")
	if got := h.said(id, alarm.PumpUnconfirmed); got != nil {
		t.Errorf("the pump itself says that it stopped: %v", got)
	}
	if !h.state(id).StopUnconfirmed() {
		t.Error("the pump's word confirmed the stop in the record")
	}
	if _, standing := h.state(id).Alarms.Alarm(alarm.PumpStopped); standing {
		t.Error("stopped, as recorded, and still an alarm")
	}
}

// TestPump_AlarmsByItself: a blocked line is our condition, anything else the
// pump's own; both end when the pump says so.
func TestPump_AlarmsByItself(t *testing.T) {
	t.Parallel()
	h, _, b, p, id := pumped(t)
	p.alarms("196940^MDC_EVT_FLUID_LINE_OCCL", "Occlusion", "start")
	b.seconds(1, "97")
	if a := h.alarm(id, alarm.PumpOcclusion); a.Priority != alarm.High || a.Value != "Occlusion" {
		t.Errorf("a blocked line: %+v", a)
	}
	p.alarms("196940^MDC_EVT_FLUID_LINE_OCCL", "Occlusion", "end")
	b.seconds(1, "97")
	if a := h.alarm(id, alarm.PumpOcclusion); a.EndedAt.IsZero() {
		t.Errorf("open again: %+v", a)
	}
	p.alarms("196802^MDC_EVT_BATT_LO", "Battery low", "start")
	b.seconds(1, "97")
	if a := h.alarm(id, alarm.PumpAlarm); a.Priority != alarm.Medium || a.Value != "Battery low" {
		t.Errorf("the pump's own: %+v", a)
	}
	p.alarms("196802^MDC_EVT_BATT_LO", "Battery low", "end")
	b.seconds(1, "97")
	if _, standing := h.state(id).Alarms.Alarm(alarm.PumpAlarm); standing {
		t.Error("over, and it stands")
	}
}

// TestPump_IsNoMonitor: a pump that speaks does not make a silent monitor heard.
func TestPump_IsNoMonitor(t *testing.T) {
	t.Parallel()
	h, _, b, p, id := pumped(t)
	b.seconds(1, "97")
	for range 31 {
		h.later(time.Second)
		p.says("infusing", "16")
		h.look()
	}
	if _, standing := h.state(id).Alarms.Alarm(alarm.MonitorOffline); !standing {
		t.Error("the monitor is silent for half a minute, and nothing says so")
	}
}

// TestPump_Link: pumps of one maker are two though they share an EUI-64; a pump
// is one patient's; one that sends another bed is linked no more until a person
// looks.
func TestPump_Link(t *testing.T) {
	t.Parallel()
	h, n, _, p, id := pumped(t)
	other := h.infusionPump("P6014")
	other.bed = "INF^CHAIR^4"
	other.says("infusing", "99")
	if other.id() == p.id() {
		t.Fatal("two pumps are one")
	}
	if strings.Contains(headline(n, 3), "99") {
		t.Errorf("another pump's word is shown: %s", headline(n, 3))
	}
	second := n.visit(h.patient(n, "2", "Ana", "Silva"), 4)
	n.say(second, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	rec, _ := n.send(session.ActLinkPump, n.wire(second).but("body", map[string]any{"pump": p.id()}))
	if rec.Code != http.StatusUnprocessableEntity && rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "linked to another patient") {
		t.Errorf("linked to two patients: %d %s", rec.Code, rec.Body)
	}
	p.bed = "INF^CHAIR^4"
	p.says("infusing", "99")
	s := h.state(id)
	if s.PumpLink.Pump != "" || s.Says != nil {
		t.Errorf("still linked: %+v, says %+v", s.PumpLink, s.Says)
	}
	found := false
	for _, notice := range n.chair(3).Notices {
		found = found || strings.Contains(notice.Text, "now sends another bed") && notice.Act != nil
	}
	if !found {
		t.Errorf("nobody is told: %+v", n.chair(3).Notices)
	}
}

// TestPump_IsInTheRegisterOfDevices: as what it is, under its own name.
func TestPump_IsInTheRegisterOfDevices(t *testing.T) {
	t.Parallel()
	h, _, b, p, _ := pumped(t)
	var monitors, pumps int
	for _, f := range h.App().Monitors() {
		if f.Monitor.Pump {
			pumps++
		} else {
			monitors++
		}
	}
	if monitors != 1 || pumps != 1 || b.id() == "" {
		t.Errorf("%d monitors, %d pumps", monitors, pumps)
	}
	if f, ok := h.App().Feed(p.id()); !ok || f.Monitor.Name != "Pump P6013" {
		t.Errorf("%+v", f.Monitor)
	}
}

// TestPump_RatesChartedApart: two tablets that were offline charted two rates for
// one time. Both stay, the pump's word stands beside them, the alarm stands until
// a person has said which was true, and a stop is taken all the while.
func TestPump_RatesChartedApart(t *testing.T) {
	t.Parallel()
	h, n, b, p, id := pumped(t)
	brandt := h.hire("brandt", "L. Brandt RN", act.Nurse)
	b.seconds(61, "97")
	held := h.now().Add(-time.Minute)
	charts := func(g *guest, rate string) {
		t.Helper()
		read := map[string]any{"rate": map[string]any{"v": rate, "u": "mL/h"}, "concentration": map[string]any{"v": "1", "u": "mg/mL"}}
		if rec, _ := g.send(session.ActReadPump, g.wire(id).but("occurred_at", held).but("body", map[string]any{"read": read})); rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	charts(n, "16")
	b.seconds(1, "97")
	if got := h.said(id, alarm.RatesApart); got != nil {
		t.Fatalf("one reading: %v", got)
	}
	charts(brandt, "28")
	p.says("infusing", "16")
	b.seconds(1, "97")
	a := h.alarm(id, alarm.RatesApart)
	if a.Priority != alarm.Medium || a.Value != "16 mL/h and 28 mL/h" || a.Rule != "AL-RATES-APART" {
		t.Fatalf("%+v", a)
	}
	asked := func() string {
		for _, x := range n.chair(3).Notices {
			if strings.HasPrefix(x.Text, "Unresolved") {
				return x.Text
			}
		}
		return ""
	}
	if got := asked(); !strings.Contains(got, "16 mL/h at") || !strings.Contains(got, "28 mL/h at") || !strings.Contains(got, "Pump says 16 mL/h") {
		t.Errorf("the chair asks %q", got)
	}
	// Neither an acknowledgement nor the pump answers it, nor the stop, which is taken.
	n.say(id, session.ActAcknowledgeAlarm, map[string]any{"condition": a.Condition, "announcement": a.Announcement})
	n.say(id, session.ActStop, map[string]any{"cause": session.StopClinical})
	b.seconds(5, "97")
	if a := h.alarm(id, alarm.RatesApart); !a.EndedAt.IsZero() {
		t.Errorf("over without a person's word: %+v", a)
	}
	n.say(id, session.ActSettleRate, map[string]any{"entries": h.state(id).Contests()[0].Entries(), "from": held, "rate": map[string]any{"v": "16", "u": "mL/h"}})
	b.seconds(1, "97")
	if _, standing := h.state(id).Alarms.Alarm(alarm.RatesApart); standing || asked() != "" {
		t.Error("a person has said it, and it stands")
	}
}

// TestPump_IsNoOtherMonitor: a pump that speaks at the chair of a silent monitor
// does not stand in the monitor's place.
func TestPump_IsNoOtherMonitor(t *testing.T) {
	t.Parallel()
	h, n, b, p, id := pumped(t)
	for _, d := range []struct {
		id   ident.Device
		name string
	}{{b.id(), "Monitor 3"}, {p.id(), "Pump 3"}} {
		if err := h.App().DescribeMonitor(t.Context(), n.actor, d.id, app.Description{Name: d.name, Chair: 3}); err != nil {
			t.Fatal(err)
		}
	}
	b.seconds(1, "97")
	for range 25 { // within the time a monitor may be silent
		h.later(time.Second)
		p.says("infusing", "16")
		h.watch()
	}
	if why, from := h.doubted(id); why != "" {
		t.Errorf("the link to the monitor is in doubt since %s: %s", from, why)
	}
}
