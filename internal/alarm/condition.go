package alarm

import (
	"slices"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// ID names a condition: the one thing an alarm is about. There is at most one
// alarm of a condition at a time, however many samples speak of it.
type ID string

// The conditions on signs.
const (
	SBPHigh   ID = "sbp_high"
	SBPLow    ID = "sbp_low"
	DBPHigh   ID = "dbp_high"
	MAPHigh   ID = "map_high"
	MAPLow    ID = "map_low"
	HRHigh    ID = "hr_high"
	HRLow     ID = "hr_low"
	SpO2Low   ID = "spo2_low"
	RRHigh    ID = "rr_high"
	RRLow     ID = "rr_low"
	Apnoea    ID = "apnoea"
	EtCO2High ID = "etco2_high"
	EtCO2Low  ID = "etco2_low"
	EtCO2Lost ID = "etco2_lost"
)

// The conditions on charted scores, alone and with signs.
const (
	SedationDeep      ID = "sedation_deep"
	SedationBreathing ID = "sedation_breathing"
	DistressHigh      ID = "distress_high"
)

// The conditions on the infusion.
const (
	RateOffOrder    ID = "rate_off_order"
	PumpOcclusion   ID = "pump_occlusion"
	PumpAir         ID = "pump_air"
	PumpWrong       ID = "pump_wrong"
	PlannedEnd      ID = "planned_end"
	SessionMaximum  ID = "session_maximum"
	VolumeLow       ID = "volume_low"
	PauseLong       ID = "pause_long"
	PumpUnconfirmed ID = "pump_unconfirmed"
	PumpDiffers     ID = "pump_differs"
	PumpStopped     ID = "pump_stopped"
	PumpAlarm       ID = "pump_alarm"
	RatesApart      ID = "rates_apart"
)

// The conditions on what people do.
const (
	ObservationOverdue ID = "observation_overdue"
	CuffOverdue        ID = "cuff_overdue"
	PresenceOverdue    ID = "presence_overdue"
	Help               ID = "help"
	PrescriberAbsent   ID = "prescriber_absent"
	ConsentGone        ID = "consent_withdrawn"
	OrderOutdated      ID = "order_outdated"
	NurseAbsent        ID = "nurse_absent"
	NurseLoad          ID = "nurse_load"
)

// The conditions on the data themselves.
const (
	NoReading         ID = "no_reading"
	MonitorOffline    ID = "monitor_offline"
	LinkUnconfirmed   ID = "link_unconfirmed"
	ClockOff          ID = "clock_off"
	QuarantineGrowing ID = "quarantine_growing"
	Unheard           ID = "unheard"
)

// MonitorAlarm is an alarm of the monitor's own that is none of ours.
const MonitorAlarm ID = "monitor_alarm"

// Group says what kind of thing a condition is about.
type Group string

// The groups.
const (
	Physiological Group = "physiological"
	Infusion      Group = "infusion"
	Watch         Group = "watch"
	Technical     Group = "technical"
)

// measure says what of the inputs a condition looks at.
type measure int

const (
	// ofSigns: the values of signals, sample by sample.
	ofSigns measure = iota
	// ofTime: how long ago an instant was that the session's facts name.
	ofTime
	// ofBoth: a charted score together with signs.
	ofBoth
)

// signal is a sign or a score that levels are set on, as a small index.
type signal int8

const (
	none signal = iota - 1
	hr
	pulse
	spo2
	nibpSys
	nibpDia
	nibpMean
	artSys
	artDia
	artMean
	rr
	etco2
	moaas
	distress
	clock
	signals // how many there are
)

var kinds = [...]vital.Kind{
	hr: vital.HR, pulse: vital.Pulse, spo2: vital.SpO2, nibpSys: vital.NIBPSys, nibpDia: vital.NIBPDia, nibpMean: vital.NIBPMean,
	artSys: vital.ARTSys, artDia: vital.ARTDia, artMean: vital.ARTMean, rr: vital.RR, etco2: vital.EtCO2,
}

func signalOf(k vital.Kind) signal { return signal(slices.Index(kinds[:], k)) }

// sign reports whether the signal is a measured sign, and which.
func (s signal) sign() (vital.Kind, bool) {
	if s < 0 || int(s) >= len(kinds) {
		return "", false
	}
	return kinds[s], true
}

// cuff reports whether the signal is read now and then by a cuff.
func (s signal) cuff() bool { return s == nibpSys || s == nibpDia || s == nibpMean }

// single reports whether the signal comes value by value, each of which
// somebody or something chose to take, and not as a stream: an onset delay
// has no meaning for it.
func (s signal) single() bool { return s.cuff() || s == moaas || s == distress || s == clock }

// about is what the machine knows of a condition.
type about struct {
	id      ID
	group   Group
	measure measure
	side    Side
	signals []signal
}

// conditions lists every condition, the worst kind of thing first: at one
// priority a technical alarm never stands before a physiological one.
var conditions = []about{
	{id: Help, group: Watch, measure: ofTime},
	{id: Apnoea, group: Physiological, measure: ofTime},
	{id: SpO2Low, group: Physiological, side: SideLow, signals: []signal{spo2}},
	{id: SedationDeep, group: Physiological, side: SideLow, signals: []signal{moaas}},
	{id: RRLow, group: Physiological, side: SideLow, signals: []signal{rr}},
	{id: EtCO2Lost, group: Physiological, measure: ofTime},
	{id: EtCO2Low, group: Physiological, side: SideLow, signals: []signal{etco2}},
	{id: EtCO2High, group: Physiological, side: SideHigh, signals: []signal{etco2}},
	{id: SBPLow, group: Physiological, side: SideLow, signals: []signal{nibpSys, artSys}},
	{id: SBPHigh, group: Physiological, side: SideHigh, signals: []signal{nibpSys, artSys}},
	{id: DBPHigh, group: Physiological, side: SideHigh, signals: []signal{nibpDia, artDia}},
	{id: MAPLow, group: Physiological, side: SideLow, signals: []signal{nibpMean, artMean}},
	{id: MAPHigh, group: Physiological, side: SideHigh, signals: []signal{nibpMean, artMean}},
	{id: HRLow, group: Physiological, side: SideLow, signals: []signal{hr, pulse}},
	{id: HRHigh, group: Physiological, side: SideHigh, signals: []signal{hr, pulse}},
	{id: RRHigh, group: Physiological, side: SideHigh, signals: []signal{rr}},
	{id: SedationBreathing, group: Physiological, measure: ofBoth, side: SideLow, signals: []signal{moaas}},
	{id: DistressHigh, group: Physiological, side: SideHigh, signals: []signal{distress}},
	{id: MonitorAlarm, group: Physiological, measure: ofTime},
	{id: PumpUnconfirmed, group: Infusion, measure: ofTime},
	{id: RateOffOrder, group: Infusion, measure: ofTime},
	{id: PumpWrong, group: Infusion, measure: ofTime},
	{id: PumpOcclusion, group: Infusion, measure: ofTime},
	{id: PumpAir, group: Infusion, measure: ofTime},
	{id: PumpDiffers, group: Infusion, measure: ofTime},
	{id: PumpStopped, group: Infusion, measure: ofTime},
	{id: PumpAlarm, group: Infusion, measure: ofTime},
	{id: RatesApart, group: Infusion, measure: ofTime},
	{id: ConsentGone, group: Infusion, measure: ofTime},
	{id: OrderOutdated, group: Infusion, measure: ofTime},
	{id: SessionMaximum, group: Infusion, measure: ofTime},
	{id: PlannedEnd, group: Infusion, measure: ofTime},
	{id: VolumeLow, group: Infusion, measure: ofTime},
	{id: PauseLong, group: Infusion, measure: ofTime},
	{id: PresenceOverdue, group: Watch, measure: ofTime},
	{id: ObservationOverdue, group: Watch, measure: ofTime},
	{id: CuffOverdue, group: Watch, measure: ofTime},
	{id: PrescriberAbsent, group: Watch, measure: ofTime},
	{id: NurseAbsent, group: Watch, measure: ofTime},
	{id: NurseLoad, group: Watch, measure: ofTime},
	{id: MonitorOffline, group: Technical, measure: ofTime},
	{id: NoReading, group: Technical, measure: ofTime},
	{id: LinkUnconfirmed, group: Technical, measure: ofTime},
	{id: Unheard, group: Technical, measure: ofTime},
	{id: ClockOff, group: Technical, side: SideHigh, signals: []signal{clock}},
	{id: QuarantineGrowing, group: Technical, measure: ofTime},
}

// IDs lists every condition, in the order alarms of one priority are shown.
func IDs() []ID {
	out := make([]ID, len(conditions))
	for i, c := range conditions {
		out[i] = c.id
	}
	return out
}

// number is the place of a condition in the table, -1 when there is none.
func (id ID) number() int {
	return slices.IndexFunc(conditions, func(c about) bool { return c.id == id })
}

// Valid reports whether the machine knows the condition.
func (id ID) Valid() bool { return id.number() >= 0 }

// Group is what kind of thing the condition is about.
func (id ID) Group() Group {
	if n := id.number(); n >= 0 {
		return conditions[n].group
	}
	return ""
}

// OnSigns reports whether levels of the condition are values of signs or
// scores; otherwise they are times.
func (id ID) OnSigns() bool {
	n := id.number()
	return n >= 0 && conditions[n].measure != ofTime
}

// OfDevice reports whether only a device's own alarm raises the condition.
func (id ID) OfDevice() bool {
	switch id {
	case MonitorAlarm, PumpAlarm, Apnoea, PumpOcclusion, PumpAir, PumpWrong:
		return true
	default:
		return false
	}
}

// OfPump reports whether only a pump's own alarm raises the condition.
func (id ID) OfPump() bool {
	switch id {
	case PumpAlarm, PumpOcclusion, PumpAir, PumpWrong:
		return true
	default:
		return false
	}
}

// OfMonitor reports whether only the bedside monitor's own alarm raises the
// condition, and not a pump's.
func (id ID) OfMonitor() bool { return id == MonitorAlarm || id == Apnoea }

// Kinds lists the signs that the condition looks at value by value.
func (id ID) Kinds() []vital.Kind {
	n := id.number()
	if n < 0 {
		return nil
	}
	var out []vital.Kind
	for _, s := range conditions[n].signals {
		if k, ok := s.sign(); ok {
			out = append(out, k)
		}
	}
	return out
}
