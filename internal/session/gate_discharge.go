package session

import (
	"slices"
	"strconv"
	"time"

	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/scale"
	"github.com/stillwatch/stillwatch/internal/schedule"
	"github.com/stillwatch/stillwatch/internal/word"
)

// dischargeLines is the gate before the patient goes home: G-1 to G-9, each
// of its questions on its own line.
func dischargeLines() []line {
	return slices.Concat([]line{
		{"stopped", "SW-STOPPED", look.stopped},
		{"discharge-score", "G-1", look.mpadss},
		{"aldrete", "G-1-ALDRETE", look.aldrete},
		{"pain-accepted", "G-1-PAIN", func(v look) verdict { return v.yes(v.s.Discharge.PainAccepted, "pain_accepted") }},
		{"awake", "G-2", look.awake},
		{"oriented", "G-2", look.oriented},
		{"first-standing", "SW-STANDING", look.stood},
		{"side-effects", "G-2", look.effects},
		{"dissociation", "G-2", look.dissociation},
		{"mood-home", "SW-SUICIDALITY-HOME", look.moodHome},
	}, homeSignLines(), []line{
		{"time-since-infusion", "G-4", look.sinceInfusion},
		{"time-since-sedative", "G-5", look.sinceSedative},
		{"escort-seen", "G-6", look.escortSeen},
		{"transport", "G-6", look.transport},
		{"written", "G-6", func(v look) verdict { return v.yes(v.s.Discharge.Written, "written") }},
		{"taught-back", "G-6", func(v look) verdict { return v.yes(v.s.Discharge.TaughtBack, "taught_back") }},
		{"driving", "G-7", look.driving},
		{"drinks", "G-8", func(v look) verdict { return v.yes(v.s.Discharge.Drinks, "drinks") }},
		{"line-out", "G-8", func(v look) verdict { return v.yes(v.s.Discharge.LineOut, "line_out") }},
		{"site-clean", "G-8", func(v look) verdict { return v.yes(v.s.Discharge.SiteClean, "site_clean") }},
		{"sign-off", "G-9", look.signOff},
	})
}

// sinceStop reports whether an answer of the discharge list was given after
// the infusion ended: what was true before it says nothing of now.
func (v look) sinceStop(answer string) bool {
	at, ok := v.s.DischargeAt[answer]
	return ok && !v.s.StoppedAt.IsZero() && !at.At.Before(v.s.StoppedAt)
}

// yes judges one answer of the discharge list.
func (v look) yes(answer *bool, about word.ID) verdict {
	switch {
	case answer == nil:
		return unsure(say("not_asked"), say("ask"))
	case !v.sinceStop(string(about)):
		return unsure(say("before_stop"), say("ask"))
	case !*answer:
		return found(say(about+".no"), say(about+".settle"))
	}
	return fine()
}

func (v look) stopped() verdict {
	switch {
	case v.s.StoppedAt.IsZero():
		return unsure(say("stopped.not"), say("stopped.stop"))
	case v.s.Help != nil:
		return found(say("stopped.help"), say("stopped.end_help"))
	case v.s.StopUnconfirmed():
		return unsure(say("stopped.unconfirmed"), say("stopped.read"))
	}
	return fine()
}

// scored is the discharge scores taken after the stop, no older than a set of
// signs may be.
func (v look) scored() (*DischargeScored, bool) {
	after := v.s.Scores != nil && !v.s.StoppedAt.IsZero() && !v.s.ScoresAt.Before(v.s.StoppedAt)
	return v.s.Scores, after && v.recent(v.s.ScoresAt)
}

// recent reports whether something charted in recovery still speaks of now:
// it is no older than one round and its grace.
func (v look) recent(at time.Time) bool {
	if v.s.Order == nil {
		return false
	}
	round := v.s.Order.Watch.Recovery.Duration()
	return round > 0 && v.env.Now.Sub(at) <= round+schedule.Grace(round, v.env.Rules.Duration(library.RoundGrace))
}

func (v look) mpadss() verdict {
	return v.score(library.MPADSSLeast, func(d DischargeScored) int { return d.MPADSS.Total() })
}

func (v look) aldrete() verdict {
	return v.score(library.AldreteLeast, func(d DischargeScored) int { return d.Aldrete.Total() })
}

func (v look) score(least library.Key, total func(DischargeScored) int) verdict {
	d, ok := v.scored()
	if !ok {
		return unsure(say("score.none"), say("score.take"))
	}
	if n, need := total(*d), v.env.Rules.Count(least); n < need {
		return found(say("score.low", strconv.Itoa(n), strconv.Itoa(need)), say("score.later"))
	}
	return fine()
}

// homeSets lists the latest set charted for discharge after the stop, and
// whatever was charted after it; none when it is older than a round and its
// grace.
func (v look) homeSets() []ObservationFact {
	at := -1
	for i, o := range v.s.Observations {
		after := !v.s.StoppedAt.IsZero() && !o.At.Before(v.s.StoppedAt) && !o.At.After(v.env.Now)
		if !o.Struck && o.Purpose == ForDischarge && after {
			at = i
		}
	}
	if at < 0 || !v.recent(v.s.Observations[at].At) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.s.Observations[at:]), func(o ObservationFact) bool {
		return o.Struck || o.At.After(v.env.Now)
	})
}

// homeSet is the latest of them for which has holds.
func (v look) homeSet(has func(ObservationFact) bool) (ObservationFact, bool) {
	sets := v.homeSets()
	for i := len(sets) - 1; i >= 0; i-- {
		if has(sets[i]) {
			return sets[i], true
		}
	}
	return ObservationFact{}, false
}

func noHomeSet() verdict { return unsure(say("home.none"), say("home.chart")) }

func (v look) awake() verdict {
	o, ok := v.homeSet(func(o ObservationFact) bool { return o.Sedation != nil })
	switch {
	case !ok:
		return noHomeSet()
	case int(*o.Sedation) < v.env.Rules.Count(library.HomeSedation):
		return found(say("alert.sedated", o.Sedation.Text()), say("home.wait"))
	}
	return fine()
}

func (v look) oriented() verdict {
	o, ok := v.homeSet(func(o ObservationFact) bool { return o.Oriented != nil })
	switch {
	case !ok:
		return noHomeSet()
	case !*o.Oriented:
		return found(say("alert.confused"), say("home.wait"))
	}
	return fine()
}

// stood: the patient has stood since the infusion ended, and steadily.
func (v look) stood() verdict {
	o := v.s.standing()
	switch {
	case o == nil || o.At.After(v.env.Now):
		return unsure(say("stood.not_charted"), say("stood.chart"))
	case !o.Stood.Steady:
		return found(say("stood.unsteady", v.clock(o.At)), say("stood.again"))
	}
	return fine()
}

// effectsNow is the whole list of side effects asked before discharge.
func (v look) effectsNow() (scale.SE12, bool) {
	o, ok := v.homeSet(func(o ObservationFact) bool { return o.SE12 != nil })
	if !ok {
		return scale.SE12{}, false
	}
	return *o.SE12, true
}

// effectsThen is the list as it was at baseline.
func (v look) effectsThen() (scale.SE12, bool) {
	sets := v.baselineSets()
	for i := len(sets) - 1; i >= 0; i-- {
		if sets[i].SE12 != nil {
			return *sets[i].SE12, true
		}
	}
	return scale.SE12{}, false
}

func (v look) effects() verdict {
	now, asked := v.effectsNow()
	then, before := v.effectsThen()
	if !asked {
		return unsure(say("effects.not_asked"), say("home.chart"))
	}
	for i, x := range now {
		if x < v.env.Rules.Count(library.HomeEffect) {
			continue
		}
		if !before {
			return unsure(say("effects.no_baseline"), say("prescriber.look"))
		}
		if x > then[i] {
			return found(say("effects.high", scale.SE12Items()[i].Text, strconv.Itoa(x), strconv.Itoa(then[i])), say("home.wait"))
		}
	}
	return fine()
}

// dissociative are the items of SE-12 that stand for dissociation: strange or
// unreal, floating, seeing or hearing things. Evidence mark: default.
const dissociative = 3

func (v look) dissociation() verdict {
	now, asked := v.effectsNow()
	then, before := v.effectsThen()
	switch {
	case !asked:
		return unsure(say("effects.not_asked"), say("home.chart"))
	case !before:
		return unsure(say("effects.no_baseline"), say("prescriber.look"))
	}
	for i := range dissociative {
		if now[i]-then[i] > v.env.Rules.Count(library.HomeDissociation) {
			return found(say("effects.dissociated", scale.SE12Items()[i].Text, strconv.Itoa(now[i]), strconv.Itoa(then[i])), say("home.wait"))
		}
	}
	return fine()
}

// moodHome: mood and suicidality are asked again before the patient goes home
// where today gave reason to.
func (v look) moodHome() verdict {
	m, said := v.s.Discharge.Mood, v.s.DischargeAt["mood"]
	switch why, since := v.moodReason(); {
	case m == nil && why.ID == "":
		return noted(say("mood_home.no_reason"))
	case m == nil || said.At.Before(since):
		return unsure(why, say("mood_home.ask"))
	case !v.sinceStop("mood"):
		return unsure(say("before_stop"), say("mood_home.ask"))
	}
	return moodSaid(*m).resting(said.Position)
}

// moodReason says what of today asks for it, and since when; nothing when
// nothing does. That it was not asked before the infusion is a reason too, and
// so is that side effects were not asked since: then nobody knows.
func (v look) moodReason() (why word.Message, since time.Time) {
	asked := false
	for _, o := range v.s.Observations {
		if o.Struck || o.SE12 == nil || o.At.Before(v.s.StartedAt) {
			continue
		}
		asked = true
		if o.SE12[scale.LowMood] > 0 {
			since = latest(since, o.At)
		}
	}
	for _, e := range v.s.Effects {
		if !e.Struck && e.Code == scale.EffectLowMood {
			since = latest(since, e.At)
		}
	}
	m := v.s.Precheck.Mood
	switch {
	case !since.IsZero():
		return say("mood_home.effect", v.clock(since)), since
	case m == nil:
		return say("mood_home.not_before"), since
	case m.Suicidal:
		return say("mood_home.suicidal"), since
	case m.Low:
		return say("mood_home.low"), since
	case !asked:
		return say("mood_home.not_since"), since
	}
	return word.Message{}, since
}

func (v look) sinceInfusion() verdict {
	if v.s.StoppedAt.IsZero() {
		return unsure(say("stopped.not"), say("stopped.stop"))
	}
	end, wait, ok := Recovery(v.s, v.env)
	switch {
	case !ok:
		return unsure(say("order.none"), say("order.attach"))
	case v.env.Now.Sub(end) < wait:
		dose := v.s.TotalsAt(v.env.Now).Dose
		return found(say("since.infusion", whole(int(wait.Minutes())), v.clock(end), dose.Text(2)), say("since.until", v.clock(end.Add(wait))))
	}
	return fine()
}

// Recovery is how long the patient stays after the infusion, and from when
// that counts: from its end, or from ketamine given after it. More ketamine,
// or the order, asks for a longer stay. It is not known before the stop, nor
// without an order that says a dosing weight.
func Recovery(s State, env Env) (from time.Time, least time.Duration, ok bool) {
	if s.StoppedAt.IsZero() || s.Order == nil || !s.Order.DosingWeight.Positive() {
		return time.Time{}, 0, false
	}
	from = s.StoppedAt
	for _, d := range s.Drugs {
		if !d.Struck && d.Ketamine.Positive() && d.At.After(from) {
			from = d.At
		}
	}
	least = env.Rules.Duration(library.WaitMore)
	if s.TotalsAt(env.Now).Dose.Cmp(env.Rules.Dose(library.LowDose).Exact()) <= 0 {
		least = env.Rules.Duration(library.WaitLowDose)
	}
	return from, max(least, s.Order.Watch.RecoveryLeast.Duration()), true
}

func (v look) sinceSedative() verdict {
	if v.s.StoppedAt.IsZero() {
		return unsure(say("stopped.not"), say("stopped.stop"))
	}
	wait := v.env.Rules.Duration(library.WaitSedative)
	last := v.sedatedBefore()
	for _, d := range v.s.Drugs {
		if !d.Struck && d.Sedating && d.At.After(last) {
			last = d.At
		}
	}
	if !last.IsZero() && v.env.Now.Sub(last) < wait {
		return found(say("since.sedative", whole(int(wait.Minutes())), v.clock(last)), say("since.until", v.clock(last.Add(wait))))
	}
	return fine()
}

// sedatedBefore is when a sedating premedication was given; zero when none was.
// What the order does not say is not sedating counts as sedating, and without
// a time it was given when that was answered.
func (v look) sedatedBefore() time.Time {
	p := v.s.Precheck.Premed
	if p == nil || !p.Given {
		return time.Time{}
	}
	if v.s.Order != nil && slices.ContainsFunc(v.s.Order.Adjuncts, func(a drug.Adjunct) bool { return a.ID == p.Adjunct && !a.Sedating }) {
		return time.Time{}
	}
	if p.At.IsZero() {
		return v.s.PrecheckAt["premed"].At
	}
	return p.At
}

// escortSeen: without an escort the patient stays; a second contact is tried
// and a named manager decides where the patient waits.
func (v look) escortSeen() verdict {
	e := v.s.Discharge.EscortSeen
	switch {
	case e == nil:
		return unsure(say("escort_seen.not_asked"), say("escort_seen.look"))
	case !v.sinceStop("escort_seen"):
		return unsure(say("before_stop"), say("escort_seen.look"))
	case e.Seen && !e.Name.Given():
		return unsure(say("escort_seen.unnamed"), say("escort.name"))
	case e.Seen:
		return fine()
	case !e.SecondContact.Given():
		return found(say("escort_seen.missing"), say("escort_seen.second"))
	case !e.Manager.Given():
		return found(say("escort_seen.missing"), say("escort_seen.manager"))
	}
	return found(say("escort_seen.missing"), say("escort_seen.stay"))
}

func (v look) transport() verdict {
	switch {
	case v.s.Discharge.Transport == "":
		return unsure(say("transport.unknown"), say("transport.arrange"))
	case !v.sinceStop("transport"):
		return unsure(say("before_stop"), say("transport.arrange"))
	}
	return fine()
}

// DrivingUntil is until when the patient does not drive who goes home at an
// instant: the same hour of the next day on the clinic's clock, so that a
// whole night lies between (the hour is ours, evidence mark: default). Driving
// also waits for a night's restful sleep, which the words say and no time can.
// ok is false without the clinic's zone.
func DrivingUntil(at time.Time, zone *time.Location) (until time.Time, ok bool) {
	if zone == nil || at.IsZero() {
		return time.Time{}, false
	}
	return at.In(zone).AddDate(0, 0, 1), true
}

func (v look) driving() verdict {
	until, ok := DrivingUntil(v.env.Now, v.env.Zone)
	if !ok {
		return unsure(say("no_zone"), say("set_zone"))
	}
	return noted(say("driving.until", word.Moment(until)))
}

// signOff: somebody other than whoever set the rate, and the prescriber where
// only one nurse is there.
func (v look) signOff() verdict {
	by, rate := v.s.SignOffBy, v.s.RateSetBy
	switch said := v.s.Discharge.SignOff; {
	case said == nil:
		return unsure(say("sign_off.none"), say("sign_off.sign"))
	case !v.sinceStop("sign_off"):
		return unsure(say("before_stop"), say("sign_off.sign"))
	case !*said:
		return found(say("sign_off.refused"), say("sign_off.sign"))
	case by == "":
		return unsure(say("sign_off.none"), say("sign_off.sign"))
	case !v.s.StartedAt.IsZero() && rate == "":
		return unsure(say("sign_off.who_set"), say("sign_off.sign"))
	case by == rate:
		return found(say("sign_off.same"), say("sign_off.sign"))
	}
	return fine()
}
