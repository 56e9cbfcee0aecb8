package hl7

import (
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Alert is an alarm that the monitor itself raised (IHE PCD ACM, PCD-04). It
// is shown beside our own alarms and is no source of vitals.
type Alert struct {
	// Key is the alert's own identifier (OBR-3), the same from start to end.
	Key string
	// Kind and High say what it is about where the monitor names a metric of
	// our table and a limit: high or low. Kind is empty otherwise.
	Kind vital.Kind
	High bool
	// Priority is the monitor's: "high", "medium" or "low".
	Priority string
	// Active is false once the monitor says that it has ended.
	Active bool
	// Text is what the monitor says, or the metric, its value and limits in
	// words; at most 120 bytes. It names no patient.
	Text string
	// Simulated marks an alert of a simulated monitor.
	Simulated bool
	// Pump names the pump that alarms as it names itself (OBX-18); empty where
	// the alert is not a pump's. Blocked says that its line is blocked.
	Pump    string
	Blocked bool
}

// The codes of PCD-04. A maker sends 68164 and 68165 for source and phase.
const (
	eventAlarm    = "196616" // MDC_EVT_ALARM, in OBR-4
	eventHigh     = "196648" // MDC_EVT_HI
	eventLow      = "196670" // MDC_EVT_LO
	attrPhase     = "68481"  // MDC_ATTR_EVENT_PHASE
	attrPhaseToo  = "68165"
	attrState     = "68482" // MDC_ATTR_ALARM_STATE
	attrPriority  = "68484" // MDC_ATTR_ALARM_PRIORITY
	attrAlertText = "68546" // MDC_ATTR_ALARM_TEXT
)

// What a pump alarms of. That of a blocked line stands in sample messages of the
// profile; air in the line, and all others, come with a name whose number is in
// no source that we could read, and are shown in the pump's own words.
const (
	eventBlocked     = "196940"
	eventBlockedName = "MDC_EVT_FLUID_LINE_OCCL"
)

const maxAlertText = 120

// alertOf reads an ORU^R40. ok is false where it does not say of which alert
// it is, or with what priority: such a message is only kept.
func alertOf(m *Message, processing string, opt Options) (a Alert, ok bool) {
	obr := m.each("OBR")
	if len(obr) != 1 || obr[0].Field(4).Comp(1).Text() != eventAlarm {
		return Alert{}, false
	}
	a = Alert{Key: clip(obr[0].Field(3).Raw(), 120), Active: true, Simulated: processing == "T" || processing == "D"}
	if a.Key == "" || a.Simulated && !opt.AllowSimulated {
		return Alert{}, false
	}
	pumps := false
	for _, obx := range m.each("OBX") {
		pumps = pumps || strings.HasPrefix(obx.Field(3).Comp(2).Text(), "MDC_DEV_PUMP_")
		if simulatedRow(obx) && !opt.AllowSimulated {
			return Alert{}, false
		}
		a.facet(obx)
	}
	if units := unitsOf(m); (pumps || a.Blocked) && len(units) > 0 && !differ(units) {
		a.Pump = units[0]
	}
	if len(a.Text) > maxAlertText {
		a.Text = strings.ToValidUTF8(a.Text[:maxAlertText], "")
	}
	return a, a.Priority != ""
}

// simulatedRow reports whether OBX-8 says TEST or DEMO.
func simulatedRow(obx Segment) bool {
	return slices.ContainsFunc(obx.Field(8).Repeats(), func(f Field) bool {
		return strings.EqualFold(f.Text(), "TEST") || strings.EqualFold(f.Text(), "DEMO")
	})
}

// facet folds one row in.
func (a *Alert) facet(obx Segment) {
	value := strings.TrimSpace(obx.Field(5).Comp(1).Text())
	switch number := obx.Field(3).Comp(1).Text(); number {
	case eventHigh, eventLow:
		a.High = number == eventHigh
		c, ok := codeByNumber(value)
		if ok && c.named(obx.Field(5).Comp(2).Text()) {
			a.Kind = c.Kind
			a.Text = c.Means + map[bool]string{true: " high", false: " low"}[a.High]
			if limits := clip(obx.Field(7).Text(), 40); limits != "" {
				a.Text += ", its limits " + limits
			}
		}
		for _, flag := range obx.Field(8).Repeats() { // a maker packs the priority here
			a.priority(flag.Text())
		}
	case eventAlarm:
		named := obx.Field(5).Comp(2).Text() == eventBlockedName
		a.Blocked = a.Blocked || value == eventBlocked && named
		if text := strings.TrimSpace(obx.Field(5).Comp(9).Text()); text != "" && a.Text == "" {
			a.Text = clip(text, maxAlertText)
		}
		for _, flag := range obx.Field(8).Repeats() {
			a.priority(flag.Text())
		}
	case attrPhase, attrPhaseToo:
		a.Active = a.Active && !strings.EqualFold(value, "end")
	case attrState:
		a.Active = a.Active && !strings.EqualFold(value, "inactive")
	case attrPriority:
		a.priority(value)
	case attrAlertText:
		if value != "" {
			a.Text = clip(value, maxAlertText)
		}
	}
}

func (a *Alert) priority(code string) {
	switch code {
	case "PH":
		a.Priority = "high"
	case "PM":
		a.Priority = "medium"
	case "PL", "PN":
		a.Priority = "low"
	}
}
