package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// watchJob is who notes what became of alarms.
const watchJob = "alarm watch"

// alarms is the watch over all visits. What people were told of an alarm is in
// the record; here is only what is building up.
type alarms struct {
	mu   sync.Mutex // held for one look at all visits, its appends included: the watch is one
	held map[ident.Session]*watched
	news news
}

func newAlarms() *alarms {
	return &alarms{held: map[ident.Session]*watched{}, news: news{of: map[ident.Device]*sent{}}}
}

// around is how far the record has moved outside a visit: the clinic's own stream, and
// the patients' courses.
type around struct {
	house int64
	moves uint64
}

// watched is one visit as the watch knows it.
type watched struct {
	monitor   ident.Device
	pump      ident.Device // whose own word is taken for this visit
	sequence  int64        // of the last entry that was looked at
	around    around       // what the order rests on outside the visit
	knows     *Knowledge   // that the limits come from
	limits    alarm.Limits
	visit     alarm.Facts // what the record says
	told      alarm.Facts // with what the feed says, as the machine was last told
	symptoms  bool
	nurseOver time.Time
	unheard   time.Time // since when no place is proven to hear the chair
	building  alarm.Building
	due       time.Time
	// recorded are alarms of the monitor's own that only the record knows
	// of; until when they stand.
	recorded     []alarm.ID
	recordedTill time.Time
}

// LookAtAlarms lets the watch look at all that is new, notes what became of
// alarms, and returns when it next has to look; zero when nothing is due. An
// alarm is in the record before anybody is told of it; one that could not be
// written is written at the next look.
func (a *App) LookAtAlarms(ctx context.Context) (due time.Time, err error) {
	clinic, err := a.house(ctx)
	if err != nil || !a.signedAlarms(clinic) {
		return time.Time{}, err
	}
	a.alarms.mu.Lock()
	defer a.alarms.mu.Unlock()
	open := map[ident.Session]bool{}
	rows := a.sessions.current()
	_, moves := a.courses.kept()
	g := glance{running: runningOf(rows), deaf: deaf(clinic), around: around{clinic.Sequence, moves}}
	var said []*said
	for _, row := range rows {
		if row.Phase == session.PhaseScheduled {
			continue
		}
		open[row.ID] = true
		w, changes, failed := a.lookAt(ctx, row, g)
		err = errors.Join(err, failed)
		switch {
		case len(changes) > 0:
			said = append(said, newSaid(row.ID, w, changes))
		case w != nil:
			due = sooner(due, w.due)
		}
	}
	err = errors.Join(err, a.noteAll(ctx, said))
	for _, x := range said {
		due = sooner(due, x.of.due)
	}
	for id := range a.alarms.held {
		if !open[id] {
			delete(a.alarms.held, id)
		}
	}
	return due, err
}

// glance is what one look at all visits knows beside each of them.
type glance struct {
	running map[ident.Person]int // infusions, by responsible nurse
	deaf    func(Place) bool
	around  around
}

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// runningOf counts the running infusions of each responsible nurse.
func runningOf(rows []Listed) map[ident.Person]int {
	out := map[ident.Person]int{}
	for _, r := range rows {
		if r.Nurse != "" && runs(r.Phase) {
			out[r.Nurse]++
		}
	}
	return out
}

func runs(p session.Phase) bool { return p == session.PhaseInfusing || p == session.PhasePaused }

// said is what became of the alarms of one visit at one look.
type said struct {
	id      ident.Session
	of      *watched
	changes []alarm.Change
	urgent  int
	// calls says that it calls somebody to a yellow or red alarm.
	calls bool
}

func newSaid(id ident.Session, w *watched, changes []alarm.Change) *said {
	s := &said{id: id, of: w, changes: changes}
	for _, c := range changes {
		u := 2 * int(c.Priority)
		if c.Condition.Group() == alarm.Physiological {
			u++
		}
		s.urgent = max(s.urgent, u)
		s.calls = s.calls || c.Priority >= alarm.Medium && c.Kind.Calls()
	}
	return s
}

// byUrgency puts what is most urgent first.
func byUrgency(all []*said) {
	slices.SortStableFunc(all, func(x, y *said) int { return y.urgent - x.urgent })
}

// atOnce is what is written at this look: each red alarm, and of the others so many
// as are written beside one another. The rest is due at once, and said at the next
// look: a red alarm that comes meanwhile does not wait until a whole room's rounds
// are noted.
func atOnce(all []*said, now time.Time) []*said {
	n := 0
	for n < len(all) && (n < notesAtOnce || all[n].urgent >= 2*int(alarm.High)) {
		n++
	}
	for _, x := range all[n:] {
		x.of.due = now
	}
	return all[:n]
}

// notesAtOnce is how many visits' alarms are written beside one another: what
// is written together shares one sync of the disk.
const notesAtOnce = 16

// noteAll writes what became of alarms, the most urgent first and several at
// once: when something befalls the whole room, as a loudspeaker that is lost, a
// patient's alarm does not wait behind two hundred others. A visit whose alarms
// could not be written is looked at again at once.
func (a *App) noteAll(ctx context.Context, all []*said) error {
	byUrgency(all)
	all = atOnce(all, journal.Time(a.Now()))
	var mu sync.Mutex // held for an access to next and failed
	var failed error
	next := 0
	take := func() *said {
		mu.Lock()
		defer mu.Unlock()
		if next == len(all) {
			return nil
		}
		next++
		return all[next-1]
	}
	var writing sync.WaitGroup
	for range min(notesAtOnce, len(all)) {
		writing.Go(func() {
			for x := take(); x != nil; x = take() {
				err := a.noteAlarms(ctx, x.id, x.changes)
				if x.calls { // what calls nobody comes with the board's rhythm
					a.announced.Add(1)
				}
				a.feed.entries() // said once more: now it is known to be an alarm
				if err != nil {
					x.of.due = journal.Time(a.Now()) // what nobody was told is still to be said
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	writing.Wait()
	return failed
}

// lookAt looks at one visit and says what has to be written. There is no watched where the visit is none's.
func (a *App) lookAt(ctx context.Context, row Listed, g glance) (*watched, []alarm.Change, error) {
	h, err := a.sessions.get(ctx, row.ID)
	if err != nil {
		return nil, nil, err
	}
	if !session.InRoom(row.Phase) && len(h.state.Alarms.Alarms) == 0 {
		delete(a.alarms.held, row.ID)
		return nil, nil, nil
	}
	now := journal.Time(a.Now())
	w, ok := a.alarms.held[row.ID]
	if !ok || w.monitor != h.state.Link.Monitor || w.pump != h.state.PumpLink.Pump || amended(h, w.sequence) || a.alarms.news.lost(w.monitor) || w.knows != a.Knows() {
		if w, err = a.beginWatch(ctx, row.ID, h, g, now); err != nil {
			return nil, nil, err
		}
		a.alarms.held[row.ID] = w
	}
	ripe := !w.due.IsZero() && !now.Before(w.due) || len(w.recorded) > 0 && !now.Before(w.recordedTill)
	alone := a.unheard(h.state, g.deaf, now)
	moved := runs(row.Phase) && w.around != g.around
	if !ripe && !moved && h.state.Sequence == w.sequence && !a.alarms.news.has(w.monitor) && !a.alarms.news.has(w.pump) && alone == !w.unheard.IsZero() {
		return w, nil, nil
	}
	w.unheard = overSince(w.unheard, alone, now)
	over := runs(row.Phase) && a.Knows().Rules.Ready() && g.running[row.Nurse] > a.Knows().Rules.Count(library.NurseRunning)
	w.nurseOver = overSince(w.nurseOver, over, now)
	inputs, err := a.newInputs(ctx, row.ID, w, h, now, moved)
	if err != nil {
		return w, nil, err
	}
	w.around = g.around
	s := alarm.State{Announced: h.state.Alarms, Building: w.building}
	var changes []alarm.Change
	for _, in := range append(inputs, alarm.Tick{Told: alarm.Told(now)}) {
		var said []alarm.Change
		s, said = alarm.Step(s, w.limits, in)
		changes = append(changes, said...)
	}
	w.building = s.Building
	w.due, _ = s.Due()
	return w, changes, nil
}

// unheardFrom is since when nobody hears a chair that the watch has not looked at
// before: after a restart it goes on as people were told of it, else it begins.
func unheardFrom(said alarm.Announced, l alarm.Limits, now time.Time) time.Time {
	a, standing := said.Alarm(alarm.Unheard)
	rule, ok := l.Rule(alarm.Unheard)
	if !standing || !ok {
		return now
	}
	return a.Since.Add(-rule.Levels[0].After)
}

// amended reports whether an entry that was looked at, or has come since, was
// corrected: then what is building up is made anew.
func amended(h held, since int64) bool {
	for i := len(h.entries) - 1; i >= 0 && h.entries[i].Sequence > since; i-- {
		if _, ok := h.entries[i].Event.(session.Amended); ok {
			return true
		}
	}
	return false
}

// beginWatch makes what is building up from what the record holds and what the
// monitor sent in the last while: after a start, with another monitor, and
// after a correction.
func (a *App) beginWatch(ctx context.Context, id ident.Session, h held, g glance, now time.Time) (*watched, error) {
	w := &watched{monitor: h.state.Link.Monitor, pump: h.state.PumpLink.Pump, sequence: h.state.Sequence, around: g.around, knows: a.Knows()}
	if old, ok := a.alarms.held[id]; ok {
		w.nurseOver, w.unheard = old.nurseOver, old.unheard
	}
	if err := a.readVisit(ctx, id, w, h); err != nil {
		return nil, err
	}
	if w.unheard.IsZero() && a.unheard(h.state, g.deaf, now) {
		w.unheard = unheardFrom(h.state.Alarms, w.limits, now)
	}
	w.symptoms = h.state.Symptomatic(a.Knows().AlarmRules.Symptoms())
	w.told = a.withFeed(w, h.state)
	from := now.Add(-a.Knows().AlarmRules.Settings().Rebuild)
	if w.visit.Since.After(from) {
		from = w.visit.Since
	}
	a.alarms.news.take(w.monitor) // the store has it too
	a.alarms.news.take(w.pump)
	past := h.state.AlarmHistory()
	if w.monitor != "" && w.visit.Watching {
		rows, err := a.Telemetry.Samples(ctx, w.monitor, from, now.Add(time.Microsecond))
		if err != nil {
			return nil, fmt.Errorf("read what a monitor sent, for its alarms: %w", err)
		}
		past = append(past, since(h.state.Link.Since, rows)...)
	}
	past = append(past, a.ofTheMonitor(w, h.state, now)...)
	slices.SortStableFunc(past, func(x, y alarm.Input) int { return alarm.ToldAt(x).Compare(alarm.ToldAt(y)) })
	first := alarm.Told(from)
	inputs := append([]alarm.Input{alarm.FactsChanged{Told: first, Facts: w.told}, alarm.Symptoms{Told: first, Present: w.symptoms}}, past...)
	s := alarm.Rebuild(w.limits, h.state.Alarms, inputs, now)
	w.building = s.Building
	w.due, _ = s.Due()
	return w, nil
}

// ofTheMonitor are the monitor's own alarms that have not ended. Those from
// before a restart only the record knows: they stand until the monitor speaks
// of its alarms again, or for as long as a restart reads back.
func (a *App) ofTheMonitor(w *watched, s session.State, now time.Time) []alarm.Input {
	var out []alarm.Input
	known := map[alarm.ID]bool{}
	standing := a.alarms.news.standing(w.monitor, s.Link.Since)
	if w.pump != "" {
		standing = append(standing, a.alarms.news.standing(w.pump, s.PumpLink.Since)...)
	}
	for _, d := range standing {
		known[d.Match] = true
		out = append(out, d)
	}
	for _, x := range s.Alarms.Alarms {
		if x.Condition.OfPump() && w.pump == "" {
			continue // nobody's pump speaks here any more
		}
		match := x.Condition
		if match == alarm.MonitorAlarm {
			match = ""
		}
		if x.EndedAt.IsZero() && x.Condition.OfDevice() && !known[match] {
			d := remembered(match, true)
			d.Told, d.Priority, d.Text = alarm.Told(x.Since), x.Priority, x.Value
			out = append(out, d)
			w.recorded, w.recordedTill = append(w.recorded, match), now.Add(a.Knows().AlarmRules.Settings().Rebuild)
		}
	}
	return out
}

// forget ends what only the record knew of the monitor's alarms, in time.
func (w *watched) forget(now time.Time) []alarm.Input {
	if len(w.recorded) == 0 || now.Before(w.recordedTill) {
		return nil
	}
	var out []alarm.Input
	for _, match := range w.recorded {
		d := remembered(match, false)
		d.Told = alarm.Told(now)
		out = append(out, d)
	}
	w.recorded = nil
	return out
}

// since are rows received after the monitor was linked, as inputs: before, they
// may have been another patient's. Each message is heard after its values.
func since(linked time.Time, rows []series.Row) []alarm.Input {
	var out, heard []alarm.Input
	for _, r := range rows {
		if r.ReceivedAt.After(linked) {
			out = append(out, sampleOf(r))
			heard = append(heard, alarm.Heard{Told: alarm.Told(r.ReceivedAt)})
		}
	}
	return append(out, heard...) // put in order by when they were told, which keeps this order
}

// readVisit works out what the record says: the patient's own limits, and the
// instants that alarms depend on.
func (a *App) readVisit(ctx context.Context, id ident.Session, w *watched, h held) error {
	env, _, err := a.facts(ctx, id, h.state)
	if err != nil {
		return err
	}
	w.limits = a.Knows().AlarmRules.For(h.state.LimitsInForce(), session.Resting(h.state, env))
	w.visit = session.AlarmFacts(h.state, env)
	return nil
}

// overSince is since when something is so, as far as the watch has seen: that the
// nurse has more running infusions than the library allows, or that no place
// hears a chair.
func overSince(since time.Time, over bool, now time.Time) time.Time {
	switch {
	case !over:
		return time.Time{}
	case since.IsZero():
		return now
	}
	return since
}

// newInputs is what has come since the last look: entries of the record, then
// what the monitor sent, then what both together say now.
func (a *App) newInputs(ctx context.Context, id ident.Session, w *watched, h held, now time.Time, moved bool) ([]alarm.Input, error) {
	var out []alarm.Input
	if h.state.Sequence != w.sequence || moved {
		if err := a.readVisit(ctx, id, w, h); err != nil {
			return nil, err
		}
		for _, e := range h.entries {
			if e.Sequence > w.sequence {
				out = append(out, session.AlarmInputs(h.state, e)...)
			}
		}
		w.sequence = h.state.Sequence
		if present := h.state.Symptomatic(a.Knows().AlarmRules.Symptoms()); present != w.symptoms {
			w.symptoms = present
			out = append([]alarm.Input{alarm.Symptoms{Told: alarm.Told(now), Present: present}}, out...)
		}
	}
	told := append(w.forget(now), a.alarms.news.take(w.monitor)...)
	told = append(told, a.alarms.news.alarmsOf(w.pump)...)
	if facts := a.withFeed(w, h.state); !reflect.DeepEqual(facts, w.told) {
		w.told = facts
		out = append([]alarm.Input{alarm.FactsChanged{Told: alarm.Told(now), Facts: facts}}, out...)
	}
	return append(out, told...), nil
}

// withFeed adds what only the feed of the monitor knows to what the record says.
func (a *App) withFeed(w *watched, s session.State) alarm.Facts {
	f := w.visit
	f.NurseOver, f.UnheardSince, f.Listening = w.nurseOver, w.unheard, journal.Time(a.started)
	if w.monitor == "" {
		return f
	}
	feed, ok := a.monitors.feed(w.monitor)
	if !ok {
		return f
	}
	if feed.OffsetKnown && session.ClockOff(a.Knows().Rules, feed.Offset) {
		f.ClockOffset = feed.Offset.Abs().Round(time.Second)
	}
	f.Quarantined = a.alarms.news.aside(w.monitor)
	if s.Link.Confirmed {
		f.Rounds = afterCuff(f.Rounds, lastCuff(feed, s.Link.Since))
	}
	every := a.Knows().Rules.Duration(library.MonitorLive) / 2 // two of it is when a value is greyed
	sends := func(k vital.Kind) bool { return feed.sends(k, s.Link.Since) }
	for _, k := range expected(sends, s) {
		f.Expected = append(f.Expected, alarm.Expected{Kind: k, Every: every, Continuous: true})
	}
	return f
}

// lastCuff is when the cuff last read a pressure that may be taken, since the
// monitor was linked; zero when it did not.
func lastCuff(f Feed, linked time.Time) time.Time {
	row, ok := f.good[vital.NIBPSys]
	if !ok || row.ReceivedAt.Before(linked) {
		return time.Time{}
	}
	return row.At
}

// afterCuff counts the next cuff round from the reading that the monitor sent,
// though nobody has charted it yet: that the pressure is not known is one
// thing, that it is not charted another.
func afterCuff(rounds []alarm.Round, read time.Time) []alarm.Round {
	out := slices.Clone(rounds)
	for i, r := range out {
		if later := read.Add(r.Every).Sub(r.DueAt); r.What == alarm.CuffOverdue && !read.IsZero() && later > 0 {
			out[i].DueAt, out[i].LateAt = r.DueAt.Add(later), r.LateAt.Add(later)
		}
	}
	return out
}

// expected are the signs that have to come: saturation and the heart always,
// breathing once the monitor has sent it for this patient, CO₂ where it is
// ordered.
func expected(sends func(vital.Kind) bool, s session.State) []vital.Kind {
	heart := vital.HR
	if !sends(vital.HR) && sends(vital.Pulse) {
		heart = vital.Pulse
	}
	out := []vital.Kind{vital.SpO2, heart}
	if sends(vital.RR) {
		out = append(out, vital.RR)
	}
	if s.Order != nil && s.Order.Watch.EtCO2 {
		out = append(out, vital.EtCO2)
	}
	return out
}

// sends reports whether the monitor has sent a sign since an instant.
func (f *Feed) sends(k vital.Kind, since time.Time) bool {
	for _, row := range f.Rows {
		if row.Sample.Kind == k && !row.ReceivedAt.Before(since) {
			return true
		}
	}
	return false
}

// noteAlarms writes what became of alarms, an entry for each instant.
func (a *App) noteAlarms(ctx context.Context, id ident.Session, changes []alarm.Change) error {
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].At.Equal(changes[0].At) {
			n++
		}
		var cmd session.NoteAlarms
		for _, c := range changes[:n] {
			cmd.Changes = append(cmd.Changes, session.NoteOf(c))
		}
		if err := a.note(ctx, id, cmd, changes[0].At); err != nil {
			return err
		}
		changes = changes[n:]
	}
	return nil
}

func (a *App) note(ctx context.Context, id ident.Session, cmd session.NoteAlarms, at time.Time) error {
	body, err := json.Marshal(cmd)
	if err != nil {
		return fmt.Errorf("encode alarms: %w", err)
	}
	answer, err := a.Do(ctx, Request{
		Act: cmd.Act(), Schema: 1, ID: NewID[ident.Command](a), Session: id, OccurredAt: at, Actor: job(watchJob), Body: body,
	})
	switch {
	case err != nil:
		return fmt.Errorf("note alarms: %w", err)
	case answer.Refusal == nil:
		return nil
	case answer.Refusal.Message.ID == "session.alarm_moved_on":
		return errMovedOn // somebody answered meanwhile: the next look begins with that
	}
	return fmt.Errorf("note alarms: refused to the server: %s, %s", answer.Refusal.Rule, answer.Refusal.Message.ID)
}

// errMovedOn says that the alarms changed while the watch decided.
var errMovedOn = errors.New("the alarms changed meanwhile")

// WatchAlarms looks whenever the record or a monitor moved, whenever something
// is due, and once a second, until ctx ends. What fails is said once, and tried
// again.
func (a *App) WatchAlarms(ctx context.Context) {
	const (
		// A room of monitors speaks hundreds of times a second; what they say in
		// a fortieth of one is looked at together.
		often  = 25 * time.Millisecond
		seldom = time.Second // a clinic's clock may be set forward
	)
	l := a.Listen()
	defer l.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.C:
			if !lull(ctx, often) {
				return
			}
		case <-timer.C:
		}
		due, err := a.LookAtAlarms(ctx)
		said = a.sayOnce(ctx, said, err)
		wait := seldom
		if !due.IsZero() {
			wait = min(wait, max(due.Sub(a.Now()), often))
		}
		timer.Reset(wait)
	}
}

// lull waits a while; false when ctx ends meanwhile.
func lull(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// sayOnce logs a fault of the watch when it is another than the last.
func (a *App) sayOnce(ctx context.Context, said string, err error) string {
	if err == nil || errors.Is(err, errMovedOn) || ctx.Err() != nil {
		return ""
	}
	if now := err.Error(); now != said {
		a.Log.Error("alarms could not be looked at or written; tried again", "error", err)
		return now
	}
	return said
}
