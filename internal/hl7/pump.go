package hl7

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Pump is what an infusion pump says of itself in one event (IHE PCD IPEC,
// PCD-10, ORU^R42). It is shown beside what people charted and changes none of
// it.
type Pump struct {
	// Unit is how the pump names itself: OBX-18 as sent. Pumps of one maker are
	// known to share the EUI-64 in it, so the whole of it counts.
	Unit string
	// At is when the event happened by the pump's clock (OBX-14 or OBR-7). A
	// pump that was off the network sends its events late.
	At time.Time
	// Event is what happened; empty where the event was not named, or not by a
	// number and a name that we know to belong together.
	Event PumpEvent
	// State is what the pump does now; empty where it does not say, or
	// contradicts itself.
	State PumpState
	// Why is why nothing is delivered, in words; empty where that is not said.
	Why string
	// Rate is the flow now, Remaining what is left of the volume programmed,
	// Delivered what has been given since the pump's counter was last cleared;
	// nil where it was not sent, or could not be taken.
	Rate                 *unit.PumpRate
	Remaining, Delivered *unit.Volume
	// Simulated marks a pump that is none.
	Simulated bool
}

// PumpEvent is what happened on a pump.
type PumpEvent string

// The events that are read.
const (
	PumpStarted  PumpEvent = "started"
	PumpComplete PumpEvent = "complete"
)

// PumpState is what a pump does.
type PumpState string

// The states. KeepOpen is the trickle after the programmed volume (KVO);
// Between is the moment in which a pump goes from one rate to another.
const (
	PumpRuns     PumpState = "running"
	PumpHalted   PumpState = "stopped"
	PumpKeepOpen PumpState = "keep open"
	PumpBetween  PumpState = "between"
)

// attribute is one row of the table of what is read from a pump: number
// (partition × 65536 + term) and reference name must both be sent and belong
// together, as for vitals.
type attribute struct {
	number, name string
	alias        string // as one maker's simulator names it
	fold         func(*pumpReader, Segment) error
}

// attributes lists what is read. The numbers are those that a maker's
// simulator and the sample messages of the profile agree on; the names stand
// in the profile (IHE PCD IPEC, revision 1.5, table X.1.2.1-1).
func attributes() []attribute {
	return []attribute{
		{number: "68487", name: "MDC_ATTR_EVT_COND", fold: (*pumpReader).event},
		{number: "184519", name: "MDC_PUMP_INFUSING_STATUS", fold: (*pumpReader).infusing},
		{number: "158005", name: "MDC_DEV_PUMP_CURRENT_DELIVERY_STATUS", alias: "MDC_PUMP_CURRENT_DELIVERY_STATUS", fold: (*pumpReader).delivery},
		{number: "158006", name: "MDC_DEV_PUMP_NOT_DELIVERING_REASON", alias: "MDC_PUMP_NOT_DELIVERING_REASON", fold: (*pumpReader).reason},
		{number: "158014", name: "MDC_FLOW_FLUID_PUMP_CURRENT", fold: (*pumpReader).flow},
		{number: "157872", name: "MDC_VOL_FLUID_TBI_REMAIN", fold: (*pumpReader).remaining},
		{number: "157993", name: "MDC_VOL_FLUID_DELIV_TOTAL", fold: (*pumpReader).delivered},
	}
}

// pumpEvents are the events by number and name. The number of
// MDC_EVT_PUMP_DELIV_STOP is in no source that we could read: that event is set
// aside, and that the pump stopped is read from its status, which the profile
// asks for in each event.
var pumpEvents = []struct {
	number, name string
	event        PumpEvent
}{
	{"197288", "MDC_EVT_PUMP_DELIV_START", PumpStarted},
	{"197292", "MDC_EVT_PUMP_DELIV_COMP", PumpComplete},
}

const eventPumpStop = "MDC_EVT_PUMP_DELIV_STOP"

// The words of a pump's status, as the profile writes them.
var (
	infusingWords = map[string]bool{"pump-status-infusing": true, "pump-status-not-infusing": false}
	deliveryWords = map[string]PumpState{
		"pump-delivery-status-delivering": PumpRuns, "pump-delivery-status-not-delivering": PumpHalted,
		"pump-delivery-status-kvo": PumpKeepOpen, "pump-delivery-status-transitioning": PumpBetween,
	}
	reasonWords = map[string]string{
		"pump-stopped-by-clinician": "stopped by hand", "pump-stopped-not-specified": "", "pump-stopped-switching-source": "switching its source",
		"pump-stopped-alarming": "it alarms", "pump-stopped-powered-off": "switched off",
	}
)

// What no pump at a chair can show; beyond, a number is set aside.
var (
	fastest = big.NewRat(2000, 1) // mL/h
	largest = big.NewRat(5000, 1) // mL
)

// unit of flow and of volume: 265266 and 263762 are dimension partition
// 4 × 65536 + term.
var (
	millilitresPerHour = unitRow{number: "265266", names: []string{"MDC_DIM_MILLI_L_PER_HR"}, ucum: []string{"mL/h", "ml/h"}}
	millilitres        = unitRow{number: "263762", names: []string{"MDC_DIM_MILLI_L"}, ucum: []string{"mL", "ml"}}
)

// pumpReader is a Pump in the making.
type pumpReader struct {
	pump     Pump
	infuses  *bool
	delivers *PumpState
	rate     *big.Rat
}

// pump reads an ORU^R42. What is not read is set aside, row by row. ok is
// false where nothing of it can be taken as one pump's word at a known time.
func (r *Result) pump(m *Message, opt Options) {
	why := mixed(m)
	pumps := unitsOf(m)
	if why == "" && differ(pumps) {
		why = "the message speaks of more than one pump"
	}
	if why != "" {
		r.setAsideAs(m, CauseMixed, why)
		return
	}
	read, seen := &pumpReader{}, map[string]string{}
	if len(pumps) > 0 {
		read.pump.Unit = pumps[0]
	}
	var obr Segment
	for _, s := range m.Segments {
		switch {
		case s.Malformed != "":
			r.Quarantined = append(r.Quarantined, malformed(s))
		case s.Name == "OBR":
			obr = s
		case s.Name == "OBX" && !structural(s):
			if err := read.row(s, obr, r.Processing, seen, opt); err != nil {
				r.Quarantined = append(r.Quarantined, quarantine(s, err))
			}
		}
	}
	if err := read.settle(); err != nil {
		r.Quarantined = nil // all of it is set aside for one reason
		r.setAsideAs(m, CauseConflict, err.Error())
		return
	}
	p := read.pump
	if r.HasPump = !p.At.IsZero() && (p.State != "" || p.Event != ""); r.HasPump {
		r.Pump = p
	}
}

// unitsOf are the pumps that rows name in OBX-18.
func unitsOf(m *Message) []string {
	var out []string
	for _, s := range m.each("OBX") {
		if u := clip(s.Field(18).Raw(), 120); u != "" && eui64(s.Field(18)) != "" {
			out = append(out, u)
		}
	}
	return out
}

// row folds one row in, or says why it is set aside.
func (p *pumpReader) row(obx, obr Segment, processing string, seen map[string]string, opt Options) error {
	a, err := attributeOf(obx.Field(3))
	if err != nil {
		return err
	}
	t, err := trust(flagsOf(obx), obx.Field(11).Text(), processing)
	if err != nil {
		return err
	}
	if t.simulated != "" && !opt.AllowSimulated {
		return refuse(CauseSimulated, "test or demonstration data (%s): never taken for a pump's", t.simulated)
	}
	if t.quality != vital.Good {
		return refuse(CauseFlag, "the pump itself doubts it")
	}
	at, err := timeOf(obx, obr, opt)
	if err != nil {
		return err
	}
	value := obx.Field(5).Raw()
	if old, twice := seen[a.number]; twice && old != value {
		return refuse(CauseConflict, "sent twice in one message with different values")
	}
	seen[a.number] = value
	if err := a.fold(p, obx); err != nil {
		return err
	}
	p.pump.Simulated = p.pump.Simulated || t.simulated != ""
	if p.pump.At.IsZero() || at.After(p.pump.At) {
		p.pump.At = at
	}
	return nil
}

// attributeOf reads OBX-3 of a pump's row.
func attributeOf(id Field) (attribute, error) {
	number, name, system := id.Comp(1).Text(), id.Comp(2).Text(), id.Comp(3).Text()
	if system != "" && system != "MDC" {
		return attribute{}, refuse(CauseUnknownCode, "%s; only codes of the monitor standard (MDC) are used", codeSystem(system))
	}
	for _, a := range attributes() {
		named := name == a.name || a.alias != "" && name == a.alias
		switch {
		case number == a.number && named:
			return a, nil
		case number == a.number || named:
			return attribute{}, refuse(CauseMismatch, "code and name do not belong together")
		}
	}
	return attribute{}, refuse(CauseNotReport, "not one of the rows that Stillwatch reads of a pump")
}

func (p *pumpReader) event(obx Segment) error {
	number, name := obx.Field(5).Comp(1).Text(), obx.Field(5).Comp(2).Text()
	if name == eventPumpStop {
		return refuse(CauseNotReport, "the number of this event is not confirmed; that the pump stopped is read from its status")
	}
	for _, e := range pumpEvents {
		switch {
		case number == e.number && name == e.name:
			p.pump.Event = e.event
			return nil
		case number == e.number || name == e.name:
			return refuse(CauseMismatch, "number and name of the event do not belong together")
		}
	}
	return refuse(CauseUnknownCode, "not an event that Stillwatch reads")
}

// statusWord is the word of a coded row; it stands in the first or the second
// component.
func statusWord(obx Segment) string {
	if w := obx.Field(5).Comp(1).Text(); w != "" {
		return strings.ToLower(strings.TrimSpace(w))
	}
	return strings.ToLower(strings.TrimSpace(obx.Field(5).Comp(2).Text()))
}

func (p *pumpReader) infusing(obx Segment) error {
	yes, known := infusingWords[statusWord(obx)]
	if !known {
		return refuse(CauseNoResult, "not a status that Stillwatch knows")
	}
	p.infuses = &yes
	return nil
}

func (p *pumpReader) delivery(obx Segment) error {
	state, known := deliveryWords[statusWord(obx)]
	if !known {
		return refuse(CauseNoResult, "not a status that Stillwatch knows")
	}
	p.delivers = &state
	return nil
}

func (p *pumpReader) reason(obx Segment) error {
	why, known := reasonWords[statusWord(obx)]
	if !known {
		return refuse(CauseNoResult, "not a reason that Stillwatch knows")
	}
	p.pump.Why = why
	return nil
}

func (p *pumpReader) flow(obx Segment) error {
	x, err := amount(obx, millilitresPerHour, fastest)
	if err != nil {
		return err
	}
	var rate unit.PumpRate
	if err := quantity(&rate, x); err != nil {
		return err
	}
	p.rate, p.pump.Rate = x, &rate
	return nil
}

func (p *pumpReader) remaining(obx Segment) (err error) {
	p.pump.Remaining, err = volume(obx)
	return err
}

func (p *pumpReader) delivered(obx Segment) (err error) {
	p.pump.Delivered, err = volume(obx)
	return err
}

func volume(obx Segment) (*unit.Volume, error) {
	x, err := amount(obx, millilitres, largest)
	if err != nil {
		return nil, err
	}
	var v unit.Volume
	if err := quantity(&v, x); err != nil {
		return nil, err
	}
	return &v, nil
}

// quantity reads a number as millionths of its unit.
func quantity[U unit.Base](to *unit.Of[U], x *big.Rat) (err error) {
	if *to, err = unit.Parse[U](x.FloatString(6)); err != nil {
		return refuse(CauseNotNumber, "text where a number must stand")
	}
	return nil
}

// amount reads a number from nothing up to most, in one unit. Unlike a sign, a
// flow or a volume may be nothing.
func amount(obx Segment, in unitRow, most *big.Rat) (*big.Rat, error) {
	s := obx.Field(5).Text()
	switch {
	case s == "":
		return nil, refuse(CauseNoResult, "no value was sent")
	case obx.Field(2).Text() != "NM" || !decimal(s):
		return nil, refuse(CauseNotNumber, "text where a number must stand")
	case !in.is(obx.Field(6)):
		return nil, refuse(CauseUnit, "unit %s is not the one that Stillwatch reads here, or its code and name disagree", quote(obx.Field(6).Raw(), 40))
	}
	x, ok := new(big.Rat).SetString(strings.TrimPrefix(s, "+"))
	if !ok {
		return nil, refuse(CauseNotNumber, "text where a number must stand")
	}
	if x.Sign() < 0 || x.Cmp(most) > 0 {
		return nil, refuse(CauseImplausible, "%s is not what a pump at a chair can show (0 to %s)", shown(x), shown(most))
	}
	return x, nil
}

// is reports whether OBX-6 names the unit, in MDC or UCUM; a second coding must
// name it too.
func (u unitRow) is(f Field) bool {
	names := func(code, text, system string) bool {
		switch system {
		case "MDC":
			return code == u.number && (text == "" || slices.Contains(u.names, text))
		case "UCUM", "":
			return slices.Contains(u.ucum, code) && (text == "" || slices.Contains(u.ucum, text))
		}
		return false
	}
	first := names(f.Comp(1).Text(), f.Comp(2).Text(), f.Comp(3).Text())
	alt := f.Comp(4).Text() != "" || f.Comp(6).Text() != ""
	return first && (!alt || names(f.Comp(4).Text(), f.Comp(5).Text(), f.Comp(6).Text()))
}

// settle brings what the rows say together. Rows that contradict each other are
// no word of anything.
func (p *pumpReader) settle() error {
	flows := p.rate != nil && p.rate.Sign() > 0
	switch {
	case p.infuses != nil && p.rate != nil && *p.infuses != flows:
		return refuse(CauseConflict, "the pump says that it infuses and that nothing flows, or the reverse: not taken")
	case p.infuses == nil && p.rate == nil:
		p.pump.State = ""
	case p.infuses != nil && *p.infuses, p.infuses == nil && flows:
		p.pump.State = PumpRuns
	default:
		p.pump.State = PumpHalted
	}
	if p.delivers == nil {
		return nil
	}
	switch d := *p.delivers; {
	case d == PumpBetween && p.pump.State != PumpRuns:
		p.pump.State = PumpBetween
	case d == PumpBetween:
	case p.pump.State == "":
		p.pump.State = d
	case d == PumpHalted != (p.pump.State == PumpHalted):
		return refuse(CauseConflict, "the pump says that it delivers and that it does not: not taken")
	default:
		p.pump.State = d
	}
	return nil
}
