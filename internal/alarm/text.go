package alarm

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/word"
)

// Name is the message that names a condition.
func (id ID) Name() word.Message { return word.M(word.ID("alarm.name." + id)) }

func (id ID) name() string { return id.Name().English() }

// words says what a condition is, how long, and against which limit.
func (m *machine) words(n int, r reach) (value, limit string, text word.Message) {
	if conditions[n].measure == ofTime {
		return m.timeWords(n, r)
	}
	if r.clause < 0 {
		return "", "", conditions[n].id.Name()
	}
	c := m.limits.clauses[r.clause]
	x := m.source(c.signal, r.source)
	value, limit = c.signal.text(x.value), c.text()
	lasts := m.building.Now.Sub(r.since)
	switch {
	case conditions[n].measure == ofBoth:
		text = word.M("alarm.light_sedation", value, m.breathing())
	case c.signal == clock:
		text = word.M("alarm.clock_off", value, limit)
	case r.recheck:
		text = word.M("alarm.recheck", c.signal.label(), value, limit)
	case lasts < time.Second || c.signal.single():
		text = word.M("alarm.value_now", c.signal.label(), value, limit)
	default:
		text = word.M("alarm.value", c.signal.label(), value, span(lasts), limit)
	}
	return value, limit, text
}

// source finds the source that speaks, or the newest of its signal.
func (m *machine) source(s signal, i int) source {
	if i >= 0 && i < len(m.building.sources) {
		return m.building.sources[i]
	}
	var newest source
	for _, x := range m.building.sources {
		if x.signal == s && !x.at.Before(newest.at) {
			newest = x
		}
	}
	return newest
}

// breathing names the newest signs of breathing.
func (m *machine) breathing() string {
	var out []string
	for _, s := range []signal{rr, spo2} {
		if x := m.source(s, -1); !x.at.IsZero() {
			out = append(out, s.label()+" "+s.text(x.value))
		}
	}
	return strings.Join(out, ", ")
}

// text is the threshold of a level in words, with where it comes from.
func (c clause) text() string {
	limit := word.M(word.ID("alarm.limit."+string(c.Test)), c.signal.text(c.limit)).English()
	switch {
	case c.basis == fromOrder:
		return word.M("alarm.limit.order", limit).English()
	case c.basis == fromBaseline && c.Rise > 0:
		return word.M("alarm.limit.rise", limit, c.signal.text(c.Rise), c.signal.text(c.rest)).English()
	case c.basis == fromBaseline:
		return word.M("alarm.limit.baseline", limit, strconv.FormatFloat(float64(c.OfBaseline), 'f', -1, 64), c.signal.text(c.rest)).English()
	}
	return limit
}

// timeWords says how a condition on time stands.
func (m *machine) timeWords(n int, r reach) (value, limit string, text word.Message) {
	id, now, f := conditions[n].id, m.building.Now, &m.building.facts
	key := word.ID("alarm.is." + id)
	if r.clause < 0 {
		return "", "", id.Name()
	}
	c := m.limits.clauses[r.clause]
	switch id {
	case PlannedEnd, SessionMaximum, VolumeLow:
		return m.endWords(id, now.Sub(f.anchor(id)))
	case RateOffOrder:
		return f.RateOff.Found, f.RateOff.Allowed, word.M(key, f.RateOff.Found, f.RateOff.Allowed)
	case PumpDiffers:
		return f.PumpOff.Found, f.PumpOff.Allowed, word.M(key, f.PumpOff.Found, f.PumpOff.Allowed)
	case RatesApart:
		return f.RatesApart.Found, "", word.M(key, f.RatesApart.Found, f.RatesApart.Allowed)
	case OrderOutdated:
		return f.OrderOff.Found, "", word.M(key, f.OrderOff.Found)
	case PumpStopped:
		return f.PumpHalted.Found, "", word.M(key, f.PumpHalted.Found)
	case ObservationOverdue, CuffOverdue, PresenceOverdue:
		return m.roundWords(id, key)
	case NoReading:
		value = m.silentNames(&c)
		return value, span(c.After), word.M(key, value)
	case EtCO2Lost:
		value = span(now.Sub(m.building.last(etco2)))
		return value, span(c.After), word.M(key, value)
	case MonitorOffline:
		value = span(now.Sub(later(later(m.building.heard, f.Since), f.Listening)))
		return value, span(c.After), word.M(key, value)
	case QuarantineGrowing:
		value = strconv.Itoa(f.Quarantined)
		return value, "", word.M(key, value)
	case PumpOcclusion, PumpAir, PumpWrong, PumpAlarm, Apnoea, MonitorAlarm:
		value = m.deviceText(id, r.priority)
		return value, "", word.M(key, value)
	default:
		value = span(now.Sub(f.anchor(id)))
		return value, span(c.After), word.M(key, value)
	}
}

// endWords says how near an end is, at it or past it.
func (m *machine) endWords(id ID, past time.Duration) (value, limit string, text word.Message) {
	key := word.ID("alarm.is." + id)
	if id == VolumeLow && m.building.facts.EmptyByPump {
		key += ".pump"
	}
	switch {
	case past < 0:
		value, text = span(-past), word.M(key+".near", span(-past))
	case past < time.Minute:
		text = word.M(key + ".at")
	default:
		value, text = span(past), word.M(key+".past", span(past))
	}
	return value, "", text
}

func (m *machine) roundWords(id ID, key word.ID) (value, limit string, text word.Message) {
	var due time.Time
	label := ""
	for _, r := range m.building.facts.Rounds {
		if r.What == id && (due.IsZero() || r.DueAt.Before(due)) {
			due, label = r.DueAt, r.Label
		}
	}
	value = span(m.building.Now.Sub(due))
	return value, "", word.M(key, label, value)
}

// silentNames lists the signs that do not come, as people say them.
func (m *machine) silentNames(c *clause) string {
	which, _ := m.building.silent(c)
	names := make([]string, len(which))
	for i, e := range which {
		f, _ := vital.Of(e.Kind)
		names[i] = f.Label
	}
	return strings.Join(names, ", ")
}

// deviceText is what the device itself says.
func (m *machine) deviceText(id ID, p Priority) string {
	for _, d := range m.building.devices {
		if d.is(id, p) {
			return d.Text
		}
	}
	return ""
}

// span is a length of time as people say it.
func span(d time.Duration) string {
	if d < 0 {
		d = 0
	}
	switch s := int64(math.Round(d.Seconds())); {
	case s < 120:
		return strconv.FormatInt(s, 10) + " s"
	case s < 3600*2:
		return strconv.FormatInt(s/60, 10) + " min"
	default:
		return fmt.Sprintf("%d h %02d", s/3600, s/60%60)
	}
}
