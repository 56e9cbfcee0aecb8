package scenariotest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Core is the pure core alone: commands are read, decided and folded in
// memory, with the shipped library. There is no store, no server, no clock.
type Core struct {
	rules    library.Session
	setting  Setting
	now      time.Time
	ids      uint64
	log      int64 // position of the latest entry
	visits   map[ident.Chair]*coreVisit
	house    house.State
	monitors map[ident.Chair]*coreMonitor
	persons  map[Speaker]ident.Person
	silent   bool // the station does not sound
}

type coreVisit struct {
	id      ident.Session
	patient ident.Patient
	state   session.State
	entries []session.Entry
}

// coreMonitor is what is heard of a monitor.
type coreMonitor struct {
	id     ident.Device
	speaks bool
	lastAt time.Time
	sent   []vital.Sample // all that it sent
}

// Day is the day on which every scenario plays, a Monday.
func Day() time.Time { return time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC) }

// NewCore opens a clinic in memory.
func NewCore(rules library.Session, s Setting) *Core {
	c := &Core{
		rules: rules, setting: s, visits: map[ident.Chair]*coreVisit{}, monitors: map[ident.Chair]*coreMonitor{},
		persons: map[Speaker]ident.Person{},
	}
	for who := range Cast() {
		c.persons[who] = newID[ident.Person](c)
	}
	return c
}

func newID[T ident.Command | ident.Session | ident.Patient | ident.Person | ident.Device | ident.Detail](c *Core) T {
	c.ids++
	var r [10]byte
	r[0] = 1
	binary.BigEndian.PutUint64(r[2:], c.ids)
	return ident.New[T](Day().UnixMilli(), r)
}

// Time is the instant of a time of day.
func (c *Core) Time(sinceMidnight time.Duration) time.Time { return Day().Add(sinceMidnight) }

// Date is the date as told.
func (c *Core) Date(date string) string { return date }

// visit is the visit at a chair; it is there before it is planned, as an id.
func (c *Core) visit(chair ident.Chair) *coreVisit {
	v, ok := c.visits[chair]
	if !ok {
		v = &coreVisit{id: newID[ident.Session](c), patient: newID[ident.Patient](c)}
		c.visits[chair] = v
		c.monitors[chair] = &coreMonitor{id: newID[ident.Device](c), speaks: true}
	}
	return v
}

// Visit is what was folded.
func (c *Core) Visit(_ context.Context, chair ident.Chair) (Visit, error) {
	v := c.visit(chair)
	return Visit{State: v.state, Entries: v.entries, Patient: v.patient, Monitor: c.monitors[chair].id, Persons: c.persons}, nil
}

// Shown is nothing: the core has no pages.
func (c *Core) Shown(context.Context, ident.Chair) (Pages, bool, error) { return Pages{}, false, nil }

// End has nothing to close.
func (c *Core) End(context.Context) error { return nil }

// Reach moves the time; a monitor that speaks is heard, the link to one that
// has been silent for too long is doubted, as the watch does.
func (c *Core) Reach(_ context.Context, to time.Time) error {
	c.now = to
	for chair, m := range c.monitors {
		if m.speaks {
			m.lastAt = to
			m.sends(to)
		}
		if err := c.watch(chair, m); err != nil {
			return err
		}
		if err := c.rounds(chair, m); err != nil {
			return err
		}
	}
	return nil
}

// sends keeps what a message of a settled patient holds.
func (m *coreMonitor) sends(at time.Time) {
	for _, s := range settled {
		x, err := s.kind.Parse(s.value)
		if err == nil && s.kind != vital.Temp {
			m.sent = append(m.sent, vital.Sample{Kind: s.kind, Value: x, At: at, Quality: vital.Good})
		}
	}
}

// rounds keeps what a monitor showed when rounds were due, as the server does.
func (c *Core) rounds(chair ident.Chair, m *coreMonitor) error {
	v := c.visits[chair]
	env := c.env(chair, v, act.Actor{Kind: act.Job, Job: "rounds", Proof: act.System})
	env.Seen = m.sent
	for _, r := range session.OpenRounds(v.state, env) {
		env.OccurredAt = r.Due
		d, refusal := session.Decide(v.state, session.TakeRound{Round: r.What, Due: r.Due}, env)
		if refusal != nil {
			continue // nothing valid came
		}
		if err := c.fold(v, d, env); err != nil {
			return err
		}
	}
	return nil
}

func (c *Core) watch(chair ident.Chair, m *coreMonitor) error {
	v := c.visits[chair]
	last := m.lastAt
	if v.state.Link.Since.After(last) {
		last = v.state.Link.Since
	}
	silent := c.now.Sub(last) > c.rules.Duration(library.MonitorOffline)
	if !v.state.Link.Confirmed || !silent || !c.now.After(v.state.OffTill) {
		return nil
	}
	watch := act.Actor{Kind: act.Job, Job: "link watch", Proof: act.System}
	env := c.env(chair, v, watch)
	d, refusal := session.Decide(v.state, session.DoubtLink{Cause: "drop", Since: last}, env)
	if refusal != nil {
		return fmt.Errorf("doubt the link: %w", refusal)
	}
	return c.fold(v, d, env)
}

// Monitor lets a monitor fall silent or speak.
func (c *Core) Monitor(ctx context.Context, chair ident.Chair, speaks bool) error {
	c.visit(chair)
	c.monitors[chair].speaks = speaks
	return c.Reach(ctx, c.now)
}

// Station lets the station fall silent or sound.
func (c *Core) Station(_ context.Context, sounds bool) error {
	c.silent = !sounds
	return nil
}

// hearing is who hears the chairs.
func (c *Core) hearing() session.Heard {
	h := session.Heard{Since: Day()}
	if !c.silent {
		h.Places = []session.Proved{{Name: stationName, At: c.now}}
	}
	return h
}

// SignRoom decides the room check and folds it.
func (c *Core) SignRoom(_ context.Context, by Speaker, missing []house.Equipment) error {
	cmd := house.CheckRoom{Room: "infusion room"}
	for _, what := range house.List() {
		item := house.Item{What: what, Present: !slices.Contains(missing, what)}
		if what.Expires() {
			item.Expiry = emergencyDrugsEnd
		}
		cmd.Items = append(cmd.Items, item)
	}
	who := c.actor(by)
	d, refusal := house.Decide(c.house, cmd, house.Env{Now: c.now, OccurredAt: c.now, Actor: who})
	if refusal != nil {
		return refusal
	}
	for i, ev := range d.Events {
		c.log++
		c.house = house.Evolve(c.house, house.Entry{Event: ev, Meta: journal.Meta{
			Position: c.log, Sequence: c.house.Sequence + 1, Index: i, OccurredAt: c.now, EffectiveAt: d.EffectiveAt, RecordedAt: c.now, Actor: who,
		}})
	}
	return nil
}

// emergencyDrugsEnd is the earliest expiry in the room's box.
const emergencyDrugsEnd = "2027-05-31"

func (c *Core) actor(by Speaker) act.Actor {
	if by == LockedTablet {
		return act.Actor{Kind: act.Device, Via: c.tablet(), Proof: act.Enrolled}
	}
	return act.Actor{Kind: act.Person, Person: c.persons[by], Roles: Cast()[by].Roles, Via: c.tablet(), Proof: act.PIN}
}

func (c *Core) tablet() ident.Device {
	return ident.New[ident.Device](Day().UnixMilli(), [10]byte{2})
}

// Say decides commands one after the other: what the second one finds is what
// the first one left, as when two tablets send at once and one waits.
func (c *Core) Say(_ context.Context, said ...Said) ([]Reply, error) {
	var out []Reply
	for _, s := range said {
		r, err := c.say(s)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func (c *Core) say(s Said) (Reply, error) {
	body, err := json.Marshal(s.Body)
	if err != nil {
		return Reply{}, err
	}
	if body, err = c.seal(body); err != nil {
		return Reply{}, err
	}
	cmd, err := session.DecodeCommand(s.Act, 1, body)
	if err != nil {
		return Reply{}, fmt.Errorf("the command cannot be read: %w", err)
	}
	v, who := c.visit(s.Chair), c.actor(s.By)
	if s.Other {
		who.Via = ident.New[ident.Device](Day().UnixMilli(), [10]byte{3})
	}
	if p := act.May(who, s.Act); !p.Allowed {
		return Reply{Outcome: "refused", Rule: "authority", Text: "Your role may not do this.", Needs: roles(p.Needs)}, nil
	}
	env := c.env(s.Chair, v, who)
	env.OccurredAt, env.Command = s.Holds, newID[ident.Command](c)
	if s.Witness != Nobody {
		w := c.actor(s.Witness)
		env.Witness = &w
	}
	if s.Paper != Nobody {
		env.Paper = &session.Paper{Author: c.persons[s.Paper]}
	}
	env.Staff.ActorMissing, env.Staff.ActorExpires = c.credentials(s.By, s.Act)
	d, refusal := session.Decide(v.state, cmd, env)
	if refusal != nil {
		return replyOf(refusal), nil
	}
	return Reply{Outcome: "accepted"}, c.fold(v, d, env)
}

func replyOf(f *session.Refusal) Reply {
	r := Reply{Outcome: "refused", Rule: f.Rule, Text: f.Message.English(), Needs: roles(f.Needs)}
	if f.Malformed {
		r.Outcome = "malformed"
	}
	if f.Gate != nil {
		r.Gate = checks(*f.Gate)
	}
	return r
}

func roles(rs []act.Role) []string {
	var out []string
	for _, r := range rs {
		out = append(out, string(r))
	}
	return out
}

// fold writes the events as bytes, reads them back and folds them: what
// cannot be written is not decided.
func (c *Core) fold(v *coreVisit, d session.Decision, env session.Env) error {
	for i, ev := range d.Events {
		typ, version, payload, err := session.Codec.Encode(ev)
		if err != nil {
			return fmt.Errorf("write an event: %w", err)
		}
		if ev, err = session.Codec.Decode(typ, version, payload); err != nil {
			return fmt.Errorf("read an event back: %w", err)
		}
		c.log++
		e := session.Entry{Event: ev, Meta: journal.Meta{
			Position: c.log, Sequence: v.state.Sequence + 1, Command: env.Command, Index: i, OccurredAt: env.OccurredAt, EffectiveAt: d.EffectiveAt,
			RecordedAt: env.Now, Actor: env.Actor, Device: env.Actor.Via,
		}}
		v.state, v.entries = session.Evolve(v.state, e), append(v.entries, e)
	}
	return nil
}

// env is everything a decision may look at.
func (c *Core) env(chair ident.Chair, v *coreVisit, who act.Actor) session.Env {
	room := c.house.RoomToday(c.now, time.UTC)
	e := session.Env{
		Session: v.id, Now: c.now, OccurredAt: c.now, Zone: time.UTC, Actor: who, Rules: c.rules,
		Room:    session.RoomCheck{Known: room.Known, Done: room.Done, At: room.At, Open: room.Open},
		Signed:  session.AlarmsSigned{Known: true, Done: true},
		Adopted: session.Adopted{Known: true, Done: true}, Course: session.CourseState{Known: true}, Consent: session.ConsentState{Known: true},
		Heard:   c.hearing(),
		Patient: session.PatientFacts{Known: true, Weights: true, BornOn: "1981-05-04", AllergyToDrug: c.setting.DrugAllergy},
		Head:    hex.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(c.log))),
		Staff:   session.Staff{Known: true, Load: c.load(chair, v), Prescribers: map[ident.Person]bool{}},
		Monitor: c.heard(c.monitors[chair]),
	}
	for by, p := range Cast() {
		if slices.Contains(p.Roles, act.Prescriber) {
			e.Staff.Prescribers[c.persons[by]] = c.stands(by)
		}
	}
	return e
}

// load counts the running infusions of the visit's nurse, this one included.
func (c *Core) load(chair ident.Chair, v *coreVisit) int {
	n := 1
	for other, x := range c.visits {
		running := x.state.Phase == session.PhaseInfusing || x.state.Phase == session.PhasePaused
		if other != chair && running && x.state.Nurse == v.state.Nurse {
			n++
		}
	}
	return n
}

// heard is what is known of a monitor now.
func (c *Core) heard(m *coreMonitor) session.MonitorState {
	out := session.MonitorState{
		Known: !m.lastAt.IsZero(), Device: m.id, Name: "Monitor", LastAt: m.lastAt, Latest: map[vital.Kind]vital.Sample{},
	}
	for _, s := range settled {
		x, err := s.kind.Parse(s.value)
		if err == nil && out.Known {
			out.Latest[s.kind] = vital.Sample{Kind: s.kind, Value: x, At: m.lastAt, Quality: vital.Good}
		}
	}
	return out
}

// register is the credentials of one of the cast.
func (c *Core) register(by Speaker) []auth.Credential {
	var out []auth.Credential
	for _, k := range auth.CredentialKinds() {
		ends := credentialsEnd
		for _, e := range c.setting.Ended {
			if e.Login == Cast()[by].Login && e.Kind == string(k) {
				ends = e.On
			}
		}
		out = append(out, auth.Credential{Kind: k, Number: "1", Expires: auth.Date(ends)})
	}
	return out
}

// credentialsEnd is a year on: nothing warns.
const credentialsEnd = "2027-11-23"

func (c *Core) credentials(by Speaker, what act.Act) (missing, expiring []string) {
	for _, f := range auth.DefaultRequirements().Findings(what, auth.Performer, c.register(by), c.now, time.UTC) {
		if f.Blocks() {
			missing = append(missing, f.Standing.Kind.Name())
		} else {
			expiring = append(expiring, f.Standing.Kind.Name())
		}
	}
	return missing, expiring
}

// stands reports whether a prescriber may supervise an infusion.
func (c *Core) stands(by Speaker) bool {
	return !slices.ContainsFunc(auth.DefaultRequirements().Findings(session.ActStart, auth.Supervisor, c.register(by), c.now, time.UTC),
		func(f auth.Finding) bool { return f.Blocks() })
}

// seal replaces personal text in a command's body by a reference, as the
// server does before it asks the core.
func (c *Core) seal(body []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, errors.New("the command is no JSON")
	}
	return json.Marshal(c.sealed(v))
}

func (c *Core) sealed(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if text, ok := v["text"].(string); ok && len(v) == 1 {
			hash := sha256.Sum256([]byte(text))
			return map[string]any{"id": newID[ident.Detail](c), "hash": hex.EncodeToString(hash[:])}
		}
		for k := range v {
			v[k] = c.sealed(v[k])
		}
	case []any:
		for i := range v {
			v[i] = c.sealed(v[i])
		}
	}
	return v
}
