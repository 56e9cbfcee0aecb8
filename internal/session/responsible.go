package session

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
)

// ActPrescriberGone is the server's: see PrescriberGone.
const ActPrescriberGone act.Act = "session.prescriber-gone"

// PrescriberGone says that a prescriber who is responsible here has left: it was
// said at another chair, and nobody is at one chair and gone from another.
type PrescriberGone struct {
	Prescriber ident.Person `json:"prescriber"`
}

// Act names the command on the wire.
func (PrescriberGone) Act() act.Act { return ActPrescriberGone }

func (PrescriberGone) Planned() bool { return false }
func (PrescriberGone) command()      {}

func (d *decider) prescriberGone(c PrescriberGone) ([]Event, *Refusal) {
	switch {
	case d.env.Actor.Kind != act.Job:
		return nil, malformed("session.job_only")
	case c.Prescriber == "" || c.Prescriber != d.s.Prescriber || !d.s.OnSite || d.at.Before(d.s.OnSiteAt):
		return nil, refuse(RuleCredentials, "session.prescriber_moved_on")
	}
	return one(PrescriberResponsible{Prescriber: c.Prescriber, OnSite: false})
}

// withNurse adds to an entry by which a patient comes to be watched who is
// responsible, where nobody is: the nurse who found the pump running. Where a
// nurse did not say it, the chair and the board ask for one.
func (d *decider) withNurse(events []Event) []Event {
	if Watched(d.s) || d.s.Nurse != "" || !d.env.Actor.Is(act.Nurse) {
		return events
	}
	after := *d
	for _, e := range events {
		after.s = after.after(e)
	}
	if !Watched(after.s) || after.s.Nurse != "" {
		return events
	}
	return append(events, NurseResponsible{Nurse: d.env.Actor.Person})
}

// OnDuty is a stretch in which one person was responsible, or nobody was.
type OnDuty struct {
	From, To time.Time    // To is zero while it lasts
	Who      ident.Person // empty for nobody
	OnSite   bool         // of a prescriber
}

// NursesOnDuty are the responsible nurses from the start of the infusion until
// the patient went, without a gap: where nobody was, it says so.
func NursesOnDuty(s State) []OnDuty {
	said := make([]OnDuty, len(s.Nurses))
	for i, f := range s.Nurses {
		said[i] = OnDuty{From: f.At, Who: f.Nurse}
	}
	return s.onDuty(said)
}

// PrescribersOnDuty are the same of prescribers, with whether they were on site.
func PrescribersOnDuty(s State) []OnDuty {
	said := make([]OnDuty, len(s.Prescribers))
	for i, f := range s.Prescribers {
		said[i] = OnDuty{From: f.At, Who: f.Prescriber, OnSite: f.OnSite}
	}
	return s.onDuty(said)
}

// onDuty lays what was said in turn over the time from the start to the end.
func (s State) onDuty(said []OnDuty) []OnDuty {
	if s.StartedAt.IsZero() {
		return nil
	}
	out := []OnDuty{{From: s.StartedAt}}
	for _, d := range said {
		last := &out[len(out)-1]
		switch {
		case !s.GoneAt.IsZero() && !d.From.Before(s.GoneAt):
			continue
		case !d.From.After(last.From):
			last.Who, last.OnSite = d.Who, d.OnSite
		case d.Who != last.Who || d.OnSite != last.OnSite:
			last.To = d.From
			out = append(out, d)
		}
	}
	out[len(out)-1].To = s.GoneAt
	return out
}
