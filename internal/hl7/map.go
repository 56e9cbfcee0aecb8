package hl7

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Parse reads one unframed message. It always answers: bytes that are no
// message yield no vitals and the reply AE.
func Parse(raw []byte, opt Options) Result {
	m, err := Lex(raw)
	if err == nil {
		return Map(m, opt)
	}
	r := head(m, opt)
	r.Reply = Reply{AE, "could not be read"}
	var p *ParseError
	if errors.As(err, &p) {
		r.Reply.Text = p.Text
	}
	return r
}

// Map says what a message means.
func Map(m *Message, opt Options) Result {
	r := head(m, opt)
	switch e := r.Event; {
	case e.Type == "ORU" && (e.Trigger == "R01" || e.Trigger == ""):
		r.report(m, opt)
	case e.Type == "ORU" && e.Trigger == "R42":
		r.pump(m, opt)
	case e.Type == "ORU" && e.Trigger == "R40":
		r.setAside(m, "alarms and pump events are kept and are no source of vitals")
		r.Alert, r.HasAlert = alertOf(m, r.Processing, opt)
	case e.Type == "ADT":
		r.setAside(m, "patient administration messages carry no vitals")
	case e.Type == "ACK":
		return r // a reply is never replied to
	case e.Type == "QRY" || e.Type == "QBP":
		r.Reply = Reply{AR, "queries are not answered here: this system only receives"}
		return r
	default:
		r.Reply = Reply{AR, "message type " + quote(e.String(), 24) + " is not received here"}
		r.setAside(m, "this type of message carries no vitals")
		return r
	}
	r.Reply = Reply{Code: AA}
	return r
}

// head reads what every message has.
func head(m *Message, opt Options) Result {
	if m == nil {
		return Result{}
	}
	r := Result{
		Message: m, ControlID: m.ControlID(), DedupeKey: m.DedupeKey(), Event: m.Event(),
		Version: m.Version(), Processing: m.Processing(),
		Device:  Device{m.EUI64(), m.EUI64() != "" && m.measured() == "", m.Application()},
		Patient: patient(m), Location: location(m),
	}
	r.Sent, _ = stamp(m.header().Field(7).Text(), opt.Zone, opt.Received)
	return r
}

func patient(m *Message) Patient {
	var p Patient
	if list := m.each("PID"); len(list) > 0 {
		f := list[0].Field(3)
		p.Sent = clip(f.Raw(), 250)
		for _, r := range f.Repeats() {
			id := PatientID{clip(r.Comp(1).Text(), 64), clip(r.Comp(4).Sub(1).Text(), 64), clip(r.Comp(5).Text(), 16)}
			if id.ID != "" && !(strings.EqualFold(id.ID, "unknown") || id.Type == "U") {
				p.IDs = append(p.IDs, id)
			}
		}
	}
	return p
}

func location(m *Message) Location {
	for _, pv1 := range m.each("PV1") {
		f := pv1.Field(3)
		return Location{clip(f.Raw(), 250), clip(f.Comp(3).Raw(), 80)}
	}
	return Location{}
}

// report reads the rows of an ORU^R01.
func (r *Result) report(m *Message, opt Options) {
	if why := mixed(m); why != "" {
		r.setAsideAs(m, CauseMixed, why)
		return
	}
	var obr Segment
	for _, s := range m.Segments {
		switch {
		case s.Malformed != "":
			r.Quarantined = append(r.Quarantined, malformed(s))
		case s.Name == "OBR":
			obr = s
		case s.Name == "OBX" && !structural(s):
			r.row(s, obr, opt)
		}
	}
	r.settleRepeats()
}

func (r *Result) row(obx, obr Segment, opt Options) {
	a, err := judge(obx, obr, r.Processing, opt)
	if err != nil {
		r.Quarantined = append(r.Quarantined, quarantine(obx, err))
		return
	}
	r.Accepted = append(r.Accepted, a)
}

// mixed says why the rows cannot all be one patient's on one monitor; empty
// if they can.
func mixed(m *Message) string {
	var mds []string
	for _, s := range m.each("OBX") {
		if id := eui64(s.Field(18)); id != "" && strings.HasSuffix(s.Field(4).Text(), ".0.0.0") {
			mds = append(mds, id)
		}
	}
	switch {
	case m.unreadable("PID") || m.unreadable("PV1"):
		return "the patient or bed in the message could not be read"
	case differ(fields(m, "PID")):
		return "the message speaks of more than one patient"
	case differ(fields(m, "PV1")):
		return "the message speaks of more than one bed"
	case differ(mds):
		return "the message speaks of more than one monitor"
	}
	return ""
}

// fields collects field 3 of every segment with this name.
func fields(m *Message, name string) []string {
	var out []string
	for _, s := range m.each(name) {
		out = append(out, s.Field(3).Raw())
	}
	return out
}

func differ(s []string) bool {
	return slices.ContainsFunc(s, func(x string) bool { return x != s[0] })
}

// setAside quarantines every row that carries something.
func (r *Result) setAside(m *Message, why string) { r.setAsideAs(m, CauseNotReport, why) }

func (r *Result) setAsideAs(m *Message, c Cause, why string) {
	for _, s := range m.each("OBX") {
		if !structural(s) {
			r.Quarantined = append(r.Quarantined, quarantine(s, refuse(c, "%s", why)))
		}
	}
}

func malformed(s Segment) Quarantined {
	return Quarantined{Name: s.Name, Cause: CauseMalformed, Reason: "line " + strconv.Itoa(s.Line) + " of the message could not be read: " + s.Malformed}
}

// structural reports whether a row only names a part of the device (MDS, VMD
// or channel): no type, no value, and no metric that should have had one.
func structural(obx Segment) bool {
	if !obx.Field(2).Empty() || !obx.Field(5).Empty() {
		return false
	}
	_, byNumber := codeByNumber(obx.Field(3).Comp(1).Text())
	_, byName := codeByName(obx.Field(3).Comp(2).Text())
	return !byNumber && !byName
}

// judge decides on one row: code, trust, number, unit, plausibility, time.
func judge(obx, obr Segment, processing string, opt Options) (Accepted, error) {
	code, err := codeOf(obx.Field(3))
	if err != nil {
		return Accepted{}, err
	}
	t, err := trust(flagsOf(obx), obx.Field(11).Text(), processing)
	if err != nil {
		return Accepted{}, err
	}
	if t.simulated != "" && !opt.AllowSimulated {
		return Accepted{}, refuse(CauseSimulated, "test or demonstration data (%s): never charted as a patient's", t.simulated)
	}
	a := Accepted{SentValue: clip(obx.Field(5).Raw(), 40), SentUnit: clip(obx.Field(6).Raw(), 80)}
	a.Kind, a.Source, a.Site = code.Kind, obx.Field(3).Comp(2).Text(), siteOf(obx)
	a.Quality, a.Simulated = t.quality, t.simulated != ""
	if a.Value, a.Text, err = value(obx, code); err != nil {
		return Accepted{}, err
	}
	a.At, err = timeOf(obx, obr, opt)
	return a, err
}

func value(obx Segment, c Code) (v vital.Value, text string, err error) {
	x, err := number(obx.Field(2).Text(), obx.Field(5))
	if err != nil {
		return 0, "", err
	}
	unit, err := unitOf(obx.Field(6), c.Kind)
	if err != nil {
		return 0, "", err
	}
	return measure(c.Kind, unit, x)
}

// flagsOf are the flags of OBX-8; makers repeat them with ~.
func flagsOf(obx Segment) []string {
	var out []string
	for _, f := range obx.Field(8).Repeats() {
		out = append(out, strings.ToUpper(f.Comp(1).Text()))
	}
	return out
}

// timeOf is OBX-14, or OBR-7 where that is empty. The time of sending is no
// time of measurement and never stands in.
func timeOf(obx, obr Segment, opt Options) (time.Time, error) {
	s := obx.Field(14).Text()
	if s == "" {
		s = obr.Field(7).Text()
	}
	at, err := stamp(s, opt.Zone, opt.Received)
	if err != nil {
		return time.Time{}, &refusal{CauseTime, err.Error()}
	}
	if ahead := at.Sub(opt.Received); opt.Ahead > 0 && !opt.Received.IsZero() && ahead > opt.Ahead {
		return time.Time{}, refuse(CauseAhead, "the monitor's clock is %s ahead of the server's: it would look live while it is old", ahead.Round(time.Second))
	}
	return at, nil
}

// settleRepeats handles one metric of one site that stands twice with one
// time: an equal repeat counts once, of two different values neither can be
// taken.
func (r *Result) settleRepeats() {
	first := map[slot]int{}
	bad := make([]error, len(r.Accepted))
	for i, a := range r.Accepted {
		k := slotOf(a)
		j, seen := first[k]
		switch {
		case !seen:
			first[k] = i
		case a.Text == r.Accepted[j].Text:
			bad[i] = refuse(CauseRepeat, "sent twice in one message; used once")
		default:
			bad[i] = refuse(CauseConflict, "two different values of one measurement at one time")
			bad[j] = bad[i]
		}
	}
	kept := r.Accepted[:0]
	for i, a := range r.Accepted {
		if bad[i] == nil {
			kept = append(kept, a)
			continue
		}
		r.Quarantined = append(r.Quarantined, a.aside(bad[i]))
	}
	r.Accepted = kept
}

// slot is what must be unique among the samples of a message.
type slot struct {
	source, site string
	at           int64
}

func slotOf(a Accepted) slot { return slot{a.Source, a.Site, a.At.UnixNano()} }

func (a Accepted) aside(err error) Quarantined {
	c, _ := codeByName(a.Source)
	q := Quarantined{Code: c.Number, Name: a.Source, Value: a.SentValue, Site: a.Site, Kind: a.Kind, Reason: err.Error()}
	var why *refusal
	if errors.As(err, &why) {
		q.Cause = why.cause
	}
	return q
}
