package simmon

import (
	"bytes"
	"cmp"
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// PumpIdentity is what the virtual pump says of itself.
type PumpIdentity struct {
	Chair ident.Chair
	// PatientID is sent in PID-3; empty sends an unknown patient.
	PatientID string
}

// eui64 is locally administered, so that it can never be a real device's.
func (i PumpIdentity) eui64() string { return fmt.Sprintf("020000FFFE58%04X", int(i.Chair)) }

// Unit is how the pump names itself in OBX-18.
func (i PumpIdentity) Unit() string {
	return fmt.Sprintf("SIM-PUMP-%d^^%s^EUI-64", i.Chair, i.eui64())
}

// Pump is a virtual infusion pump: somebody presses its keys, and it tells over
// the network what it does (IHE PCD IPEC, PCD-10, and PCD-04 for its alarm).
// It takes nothing from the network: like a real one it knows nothing of what
// anybody charts. Each key returns the messages that the pump then sends. It is
// not safe for concurrent use.
type Pump struct {
	identity PumpIdentity
	at       time.Time // until when it was stepped
	does     pumpDoes
	rate     unit.PumpRate // set, and flowing while it runs
	volume   unit.Volume   // to infuse, as programmed at the last start
	begun    unit.ExactVolume
	given    unit.ExactVolume // since it was switched on
	why      string           // it delivers nothing, as the profile writes it
	blocked  bool
	blocks   int // how often its line was blocked: an alarm keeps its key from start to end
	sent     int
}

// pumpDoes is what a virtual pump does.
type pumpDoes int

const (
	standsStill pumpDoes = iota
	delivers
	keepsOpen
)

// keepOpenRate is the trickle after the programmed volume: what a maker's
// simulator is set to.
var keepOpenRate = unit.MLPerH("1")

// NewPump is a pump that is switched on and delivers nothing.
func NewPump(id PumpIdentity, at time.Time) *Pump {
	return &Pump{identity: id, at: at, why: "pump-stopped-not-specified"}
}

// Left is a pump as somebody left it at an instant: what it had given, and the
// rate at which it ran with so much left; no rate where it stood still.
func Left(id PumpIdentity, at time.Time, given unit.Volume, rate unit.PumpRate, left unit.Volume) *Pump {
	p := NewPump(id, at)
	p.given, p.begun = given.Exact(), given.Exact()
	if rate.Positive() {
		p.does, p.rate, p.volume, p.why = delivers, rate, left, ""
	}
	return p
}

// SwitchOn tells that the pump is there.
func (p *Pump) SwitchOn(at time.Time) [][]byte { return append(p.Step(at), p.tells(at, "")) }

// Start presses start at a rate, with a volume to infuse. A blocked line starts
// nothing.
func (p *Pump) Start(at time.Time, rate unit.PumpRate, volume unit.Volume) [][]byte {
	out := p.Step(at)
	if p.blocked || !rate.Positive() {
		return append(out, p.tells(at, ""))
	}
	p.does, p.rate, p.volume, p.begun, p.why = delivers, rate, volume, p.given, ""
	return append(out, p.tells(at, started))
}

// SetRate turns to another rate while it runs.
func (p *Pump) SetRate(at time.Time, rate unit.PumpRate) [][]byte {
	out := p.Step(at)
	if p.does != delivers || !rate.Positive() || rate == p.rate {
		return out
	}
	p.rate = rate
	return append(out, p.tells(at, ""))
}

// Delivers reports whether it runs at the rate that was set.
func (p *Pump) Delivers() bool { return p.does == delivers }

// Stop presses stop.
func (p *Pump) Stop(at time.Time) [][]byte {
	out := p.Step(at)
	if p.does == standsStill {
		return out
	}
	p.does, p.why = standsStill, "pump-stopped-by-clinician"
	return append(out, p.tells(at, ""))
}

// Block blocks its line: the pump stops by itself and alarms.
func (p *Pump) Block(at time.Time) [][]byte {
	out := p.Step(at)
	if p.blocked {
		return out
	}
	p.blocked, p.does, p.why = true, standsStill, "pump-stopped-alarming"
	p.blocks++
	return append(out, p.alarms(at, "start"), p.tells(at, ""))
}

// Clear frees its line. It stays stopped until somebody starts it.
func (p *Pump) Clear(at time.Time) [][]byte {
	out := p.Step(at)
	if !p.blocked {
		return out
	}
	p.blocked, p.why = false, "pump-stopped-not-specified"
	return append(out, p.alarms(at, "end"), p.tells(at, ""))
}

// Step lets time pass. When the volume is given the pump says so, and keeps the
// vein open.
func (p *Pump) Step(at time.Time) [][]byte {
	var out [][]byte
	if p.does == delivers {
		if done := p.at.Add(timeFor(p.left(), p.rate)); !at.Before(done) {
			p.flow(done)
			p.does = keepsOpen
			out = append(out, p.tells(done, complete))
		}
	}
	p.flow(at)
	return out
}

// flow counts what flows until an instant.
func (p *Pump) flow(at time.Time) {
	if at.After(p.at) {
		p.given = p.given.Add(unit.Infused(p.flows(), at.Sub(p.at)))
		p.at = at
	}
}

func (p *Pump) flows() unit.PumpRate {
	switch p.does {
	case delivers:
		return p.rate
	case keepsOpen:
		return keepOpenRate
	default:
		return unit.PumpRate{}
	}
}

// left is what of the programmed volume is not given yet.
func (p *Pump) left() unit.ExactVolume {
	if p.does == keepsOpen {
		return unit.ExactVolume{}
	}
	left := p.volume.Exact().Sub(p.given.Sub(p.begun))
	if left.Sign() < 0 {
		return unit.ExactVolume{}
	}
	return left
}

func timeFor(v unit.ExactVolume, rate unit.PumpRate) time.Duration {
	one := unit.MgPerML("1") // any: it cancels
	return unit.TimeFor(unit.MassIn(v, one), rate, one)
}

// The events whose number is known. That of a stop is in no source that could
// be read: a stop is told by the status alone.
const (
	started  = "197288^MDC_EVT_PUMP_DELIV_START^MDC"
	complete = "197292^MDC_EVT_PUMP_DELIV_COMP^MDC"
)

// tells is one PCD-10 ORU^R42: what the pump does, how fast, what it has given.
func (p *Pump) tells(at time.Time, event string) []byte {
	b := p.head(at, "ORU^R42^ORU_R01", "IHE_PCD_010^IHE PCD^1.3.6.1.4.1.19376.1.6.4.10^ISO", "2222^ketamine^99DEMO", "")
	row := 1
	add := func(kind, code, site, value, unit string) {
		row++
		fmt.Fprintf(b, "OBX|%d|%s|%s^MDC|%s|%s|%s||DEMO|||R\r", row, kind, code, site, value, unit)
	}
	infusing, delivery := "^pump-status-infusing", "^pump-delivery-status-delivering"
	switch p.does {
	case standsStill:
		infusing, delivery = "^pump-status-not-infusing", "^pump-delivery-status-not-delivering"
	case keepsOpen:
		delivery = "^pump-delivery-status-kvo"
	case delivers:
		// as said
	}
	const perHour, volume = "265266^MDC_DIM_MILLI_L_PER_HR^MDC^mL/h^mL/h^UCUM", "263762^MDC_DIM_MILLI_L^MDC^mL^mL^UCUM"
	if event != "" {
		add("CWE", "68487^MDC_ATTR_EVT_COND", "1.0.0.1", event, "")
	}
	add("CWE", "184519^MDC_PUMP_INFUSING_STATUS", "1.1.1.1", infusing, "")
	add("NM", "158014^MDC_FLOW_FLUID_PUMP_CURRENT", "1.1.1.2", p.flows().Decimal(), perHour)
	add("CWE", "158005^MDC_DEV_PUMP_CURRENT_DELIVERY_STATUS", "1.1.2.1", delivery, "")
	if p.does == standsStill {
		add("CWE", "158006^MDC_DEV_PUMP_NOT_DELIVERING_REASON", "1.1.2.2", "^"+p.why, "")
	}
	add("NM", "157872^MDC_VOL_FLUID_TBI_REMAIN", "1.1.2.3", p.left().Fixed(2), volume)
	add("NM", "157993^MDC_VOL_FLUID_DELIV_TOTAL", "1.1.2.4", p.given.Fixed(2), volume)
	return b.Bytes()
}

// alarms is one PCD-04 ORU^R40: the line is blocked, or is not any more.
func (p *Pump) alarms(at time.Time, phase string) []byte {
	b := p.head(at, "ORU^R40^ORU_R40", "IHE_PCD_ACM_001^IHE PCD^1.3.6.1.4.1.19376.1.6.4.4^ISO", "196616^MDC_EVT_ALARM^MDC", fmt.Sprintf("SIMPUMP%d-BLOCK-%d", p.identity.Chair, p.blocks))
	fmt.Fprintf(b, "OBX|2|CWE|196616^MDC_EVT_ALARM^MDC|1.1.0.0.1|196940^MDC_EVT_FLUID_LINE_OCCL^MDC^^^^^^Occlusion|||DEMO~ST|||F\r")
	fmt.Fprintf(b, "OBX|3|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.1.0.0.3|%s|||DEMO|||R\r", phase)
	fmt.Fprintf(b, "OBX|4|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.1.0.0.6|PH|||DEMO|||R\r")
	return b.Bytes()
}

// head begins a message, marked T and DEMO as all of a virtual device's are. key
// is the alarm's; empty for an event, which has that of its message.
func (p *Pump) head(at time.Time, kind, profile, what, key string) *bytes.Buffer {
	p.sent++
	b, now, eui := &bytes.Buffer{}, at.Format(stamp), p.identity.eui64()
	control := fmt.Sprintf("SIMPUMP%d-%d-%d", p.identity.Chair, at.UnixMilli(), p.sent)
	key = cmp.Or(key, control)
	patient := "Unknown^^^^U"
	if p.identity.PatientID != "" {
		patient = p.identity.PatientID + "^^^CLINIC^MR"
	}
	fmt.Fprintf(b, "MSH|^~\\&|STILLWATCH_SIM^%s^EUI-64|SIM|STILLWATCH|CLINIC|%s||%s|%s|T|2.6|||NE|AL||UNICODE UTF-8|||%s\r", eui, now, kind, control, profile)
	fmt.Fprintf(b, "PID|||%s\rPV1||O|INF^CHAIR^%d\rOBR|1|%s^SIM|%s^SIM^%s^EUI-64|%s|||%s\r", patient, p.identity.Chair, key, key, eui, what, now)
	fmt.Fprintf(b, "OBX|1||70049^MDC_DEV_PUMP_INFUS_LVP_MDS^MDC|1.0.0.0|||||||X|||%s||||%s\r", now, p.identity.Unit())
	return b
}
