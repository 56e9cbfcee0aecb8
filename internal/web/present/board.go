package present

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// BoardInput is what the station's board is made of.
type BoardInput struct {
	Now    time.Time
	Zone   *time.Location
	Chairs int
	Head   int64
	// Intact is when the chain was last found intact; zero when not checked.
	Intact time.Time
	// Broken says that the newest entries were found not to fit their chain.
	Broken bool
	// Told says that people elsewhere are told of alarms; Elsewhere, why they are
	// not; nil when they are.
	Told      bool
	Elsewhere error
	// Rows are the chairs, each as BoardChairOf made it.
	Rows   []BoardChair
	Public bool
	Demo   bool
	// Troubles are those of monitors that no visit has.
	Troubles []app.MonitorTrouble
}

// deviceLines are the troubles of monitors that no visit has. One that fell silent
// on an earlier day is switched off: the devices page has it.
func deviceLines(in BoardInput) []string {
	var out []string
	for _, t := range in.Troubles {
		switch {
		case t.Trouble != house.Silent:
			out = append(out, TroubleText(t, in.Zone))
		case t.Since.In(in.Zone).Format(time.DateOnly) == in.Now.In(in.Zone).Format(time.DateOnly):
			out = append(out, TroubleText(t, in.Zone))
		}
	}
	return out
}

// TroubleText is one trouble of a monitor in words.
func TroubleText(t app.MonitorTrouble, zone *time.Location) string {
	switch t.Trouble {
	case house.ClockOff:
		return word.M("house.monitor.clock_off", t.Name).English()
	case house.Aside:
		return word.M("house.monitor.aside", t.Name).English()
	default:
		return word.M("house.monitor.silent", t.Name, clock(t.Since, zone)).English()
	}
}

// boardStep is the step in which the clock moves on the board's axis: a third of a
// pixel, so that rows stand still in between.
const boardStep = 15 * time.Second

// BoardChair is what the board shows of one visit.
type BoardChair struct {
	row    view.BoardRow
	sounds []view.Sound
	linked bool
	onSite string // the prescriber, who is there
}

// BoardChairOf is what a board shows of a visit, with names or for the public.
func BoardChairOf(v app.Visit, public bool) BoardChair {
	c := BoardChair{row: boardRow(v, public), linked: v.State.Link.Confirmed}
	if !public {
		c.sounds = Alarms(v, nil).Sounds
	}
	if v.State.OnSite && v.State.Prescriber != "" {
		c.onSite = name(v.Names, v.State.Prescriber)
	}
	return c
}

// Board is the whole board.
func Board(in BoardInput) view.Board {
	b := view.Board{
		Head: in.Head, AtMS: ms(in.Now), Clock: clock(in.Now, in.Zone), Date: word.Weekday(in.Now.In(in.Zone)),
		Chairs: plural(in.Chairs, "chair"), Public: in.Public, Axis: axis(in),
	}
	if !in.Public {
		b.Devices = deviceLines(in)
	}
	type ranked struct {
		row  view.BoardRow
		rank int
	}
	var rows []ranked
	linked, unheard := 0, 0
	onSite := ""
	for _, c := range in.Rows {
		if c.row.Needs {
			b.Need++
		}
		b.Sounds = append(b.Sounds, c.sounds...)
		if c.row.Unheard {
			unheard++
		}
		if c.linked {
			linked++
		}
		if c.onSite != "" {
			onSite = c.onSite + " on site"
		}
		rows = append(rows, ranked{c.row, needRank(c.row)})
	}
	slices.SortStableFunc(rows, func(x, y ranked) int {
		return cmp.Or(x.rank-y.rank, x.row.Chair-y.row.Chair)
	})
	for _, r := range rows {
		b.Rows = append(b.Rows, r.row)
	}
	if b.Need == 1 {
		b.NeedIs = "1 needs someone"
	} else if b.Need > 1 {
		b.NeedIs = fmt.Sprintf("%d need someone", b.Need)
	}
	if unheard > 0 {
		b.Unheard = "No one hears " + plural(unheard, "watched chair")
	}
	b.Right = onSite
	b.Foot = fmt.Sprintf("%d of %s linked", linked, plural(in.Chairs, "chair"))
	switch {
	case in.Broken:
		b.Alert = "The record does not fit its hash chain: call the administrator, who runs verify"
	case !in.Intact.IsZero():
		b.Foot += " · hash chain intact " + clock(in.Intact, in.Zone)
	}
	switch {
	case in.Public:
	case in.Elsewhere != nil:
		b.Elsewhere = upper(in.Elsewhere.Error())
	case in.Told:
		b.Foot += " · alarms are also sent elsewhere, which may be late or fail"
	}
	if len(rows) == 0 {
		b.Empty = "No visits today. Plan one under Visits."
	}
	return b
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func axis(in BoardInput) view.Axis {
	from := in.Now.Add(-90 * time.Minute).Truncate(30 * time.Minute)
	to := from.Add(6 * time.Hour)
	a := view.Axis{FromMS: ms(from), ToMS: ms(to), NowMS: ms(in.Now.Truncate(boardStep))}
	for t := from.Truncate(time.Hour); t.Before(to); t = t.Add(time.Hour) {
		if !t.Before(from) {
			a.Hours = append(a.Hours, view.AxisHour{AtMS: ms(t), Label: clock(t, in.Zone)})
		}
	}
	return a
}

// needRank sorts rows by need: a call for help, a red alarm, what cannot wait, a
// yellow alarm, what is late, then the rest. Of one colour what nobody has
// answered comes first, of one need the chair's number decides, so that rows
// stand still while nothing changes.
func needRank(r view.BoardRow) int {
	tone, answered := view.Plain, 0
	if r.Alarm != nil {
		tone = r.Alarm.Tone
		if !r.Alarm.Called {
			answered = 1
		}
	}
	switch {
	case r.Help:
		return 0
	case tone == view.Red:
		return 1 + answered
	case r.Pressing:
		return 3
	case tone == view.Amber:
		return 4 + answered
	case r.Needs:
		return 6
	case r.Waiting:
		return 8
	}
	return 7
}

func boardRow(v app.Visit, public bool) view.BoardRow {
	s := v.State
	r := view.BoardRow{Chair: int(s.Chair), Href: fmt.Sprintf("/chair/%d", s.Chair), Name: v.Patient.ListName(), Phase: PhaseText(s.Phase), Nurse: "–", Bars: bars(v)}
	if public {
		r.Name = v.Patient.Initials()
	}
	if s.Nurse != "" {
		r.Nurse = family(name(v.Names, s.Nurse))
	}
	switch s.Phase {
	case session.PhaseScheduled:
		r.Phase, r.Waiting = "Arrives "+clock(s.PlannedStart, v.Zone), true
	case session.PhaseArrived:
		if b := blockerText(v); b != "" {
			r.Phase += " · " + b
		}
	case session.PhaseRecovering:
		if from, least, ok := session.Recovery(s, v.Env); ok { // short: the column is narrow
			r.Phase += fmt.Sprintf(" %d/%d min", int(v.Env.Now.Sub(from).Minutes()), int(least.Minutes()))
		}
	default:
		// the others do not concern this
	}
	if len(s.Contests()) > 0 { // whatever alarm takes the row: amounts are not certain
		r.Phase += " · rate unresolved"
	}
	if n := Next(v); n != nil {
		r.Next, r.NextSub, r.DueMS, r.Needs = n.Text, n.Sub, n.DueMS, n.Late
	}
	urgent(v, &r)
	r.Alarm, r.Unheard = rowAlarm(v, public), Hearing(v).Nobody && !public
	r.Needs = r.Needs || r.Alarm != nil && r.Alarm.Called && r.Alarm.Tone != view.Low
	r.Unconfirmed = unconfirmed(v)
	if public {
		r.Unconfirmed = ""
		r.NextSub, r.NoVitals = "", "values are not shown here"
		return r
	}
	if s.Link.Monitor == "" && len(s.Observations) == 0 {
		r.NoVitals = "no monitor linked"
		return r
	}
	r.Tiles = Tiles(v)
	return r
}

// urgent puts what cannot wait before what is due.
func urgent(v app.Visit, r *view.BoardRow) {
	s, now := v.State, v.Env.Now
	set := func(next, sub string) {
		r.Next, r.NextSub, r.Needs = next, sub, true
		r.DueMS = ms(now)
	}
	press := func(next, sub string, since time.Time) {
		set(next, sub)
		r.DueMS, r.Pressing = ms(since), true
	}
	end, _ := session.EndStatus(s, v.Env)
	grave := session.Concern{}
	if cs := session.Concerns(s, v.Env); len(cs) > 0 {
		grave = cs[0]
	}
	switch l := Link(v); {
	case s.Help != nil:
		press("Help called", span(now.Sub(s.Help.At))+" ago", s.Help.At)
		r.Help = true
	case grave.Kind == session.ConcernHeadache:
		press(label(grave.Needs), string(grave.Kind)+" "+clock(grave.At, v.Zone), grave.At)
	case s.StopUnconfirmed():
		press("Stop recorded", "pump not confirmed", s.StoppedAt)
	case end.Near == session.EndPast:
		press("Stop the pump", string(end.Bound)+" "+span(now.Sub(end.At))+" ago", end.At)
	case end.Near == session.EndNow:
		press("Stop the pump", string(end.Bound)+" is now", end.At)
	case grave.Kind == session.ConcernContest:
		press("Settle the rate", "two readings disagree, "+grave.Contest.Most().String()+" counts", grave.At)
	case grave.Kind == session.ConcernBag:
		press("Check the pump", "set for "+grave.Conc.String()+", the bag holds "+grave.Bag.String(), grave.At)
	case grave.Kind == session.ConcernRate:
		chosen := "nobody chose a rate"
		if grave.ToSet.Positive() {
			chosen = "to set " + grave.ToSet.String()
		}
		press("Set the rate", "pump showed "+grave.Read.String()+", "+chosen, grave.At)
	case grave.Kind == session.ConcernNurse:
		press("Take over", "no nurse is responsible", grave.At)
	case grave.Kind == session.ConcernDistress:
		set("Who stays?", fmt.Sprintf("distress %d of 10 at %s", grave.Level, clock(grave.At, v.Zone)))
	case l.State == "off" && now.After(s.OffTill) && session.InRoom(s.Phase):
		set("Back on the monitor?", "was due "+clock(s.OffTill, v.Zone))
	case l.State == "doubted":
		set("Confirm the monitor", l.Text)
	case l.State == "lost" && s.Phase == session.PhaseInfusing:
		set("Check the monitor", l.Text)
	case end.Near == session.EndSoon && !r.Needs:
		r.Next, r.NextSub = "Ends "+clock(end.At, v.Zone), "in "+span(end.At.Sub(now)+time.Minute-1)
		return
	}
	if end.Near == session.EndSoon {
		r.NextSub = join(r.NextSub, "ends "+clock(end.At, v.Zone))
	}
}

func bars(v app.Visit) []view.Bar {
	s, now := v.State, v.Env.Now.Truncate(boardStep)
	var out []view.Bar
	add := func(kind string, from, to time.Time, planned bool) {
		if from.IsZero() || !from.Before(to) {
			return
		}
		text := fmt.Sprintf("%s %s to %s", kind, clock(from, v.Zone), clock(to, v.Zone))
		if planned {
			text = "planned: " + text
		}
		out = append(out, view.Bar{Kind: kind, FromMS: ms(from), ToMS: ms(to), Planned: planned, Text: text})
	}
	end := s.PlannedEnd(v.Env.Now)
	least := time.Duration(0)
	if s.Order != nil {
		least = s.Order.Watch.RecoveryLeast.Duration()
	}
	switch {
	case s.StartedAt.IsZero():
		if !s.ArrivedAt.IsZero() {
			add("prepare", s.ArrivedAt, now, false)
		}
		if s.Order != nil {
			start := s.PlannedStart
			if start.Before(now) {
				start = now
			}
			add("infuse", start, start.Add(s.Order.Planned()), true)
			add("recover", start.Add(s.Order.Planned()), start.Add(s.Order.Planned()+least), true)
		}
	case s.StoppedAt.IsZero():
		add("prepare", s.ArrivedAt, s.StartedAt, false)
		add("infuse", s.StartedAt, now, false)
		add("infuse", now, end, true)
		add("recover", end, end.Add(least), true)
	default:
		add("prepare", s.ArrivedAt, s.StartedAt, false)
		add("infuse", s.StartedAt, s.StoppedAt, false)
		done := now
		if !s.DischargedAt.IsZero() {
			done = s.DischargedAt
		}
		add("recover", s.StoppedAt, done, false)
		if from, required, ok := session.Recovery(s, v.Env); ok {
			add("recover", now, from.Add(required), true)
		}
	}
	return out
}
