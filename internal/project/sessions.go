// Package project holds the projections: pure folds from (row, event) to
// row, keyed by clinic, projection and key. The store applies them in the
// transaction that appends the event; they hold no clinical rules.
package project

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
)

// SessionsName is the name of the index of sessions.
const SessionsName = "sessions.3"

// SessionRow is one visit in the index: enough to find it, to list the day
// and to know what is still to be closed.
type SessionRow struct {
	Patient      ident.Patient `json:"patient"`
	Chair        ident.Chair   `json:"chair"`
	PlannedStart time.Time     `json:"planned_start"`
	Phase        session.Phase `json:"phase"`
	Nurse        ident.Person  `json:"nurse,omitempty"`
	Prescriber   ident.Person  `json:"prescriber,omitempty"`
	StartedAt    time.Time     `json:"started_at,omitzero"`
	StoppedAt    time.Time     `json:"stopped_at,omitzero"`
	DischargedAt time.Time     `json:"discharged_at,omitzero"`
	ClosedAt     time.Time     `json:"closed_at,omitzero"`
	// Drug says that drug was opened or ran: it has to be accounted for
	// however the visit ended.
	Drug bool `json:"drug,omitempty"`
	// Help says that an emergency is open.
	Help bool `json:"help,omitempty"`
	// FollowUp says that somebody still has to call the patient at home.
	FollowUp bool `json:"follow_up,omitempty"`
	// Withdrawn is when the patient withdrew consent during the visit.
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	LastAt    time.Time `json:"last_at"`
	Sequence  int64     `json:"sequence"`
	Position  int64     `json:"position"`
}

// Over reports whether nothing is left to do for the visit.
func (r SessionRow) Over() bool {
	switch r.Phase {
	case session.PhaseClosed, session.PhaseCancelled:
		return !r.Unclosed()
	default:
		// the others do not concern this
	}
	return false
}

// Unclosed reports whether the visit ended for the patient but its record is
// not closed. A cancelled visit has nothing to close unless drug was opened.
func (r SessionRow) Unclosed() bool {
	switch r.Phase {
	case session.PhaseDischarged, session.PhaseTransferred, session.PhaseLeft:
		return true
	case session.PhaseCancelled:
		return r.Drug || r.Help
	case session.PhaseClosed:
		return r.Help
	default:
		// the others do not concern this
	}
	return false
}

// SessionOf returns the session a record belongs to.
func SessionOf(r journal.Record) (ident.Session, bool) {
	id, ok := strings.CutPrefix(string(r.Stream), "session/")
	return ident.Session(id), ok
}

// DecodeSessionRow reads a stored row.
func DecodeSessionRow(body []byte) (SessionRow, error) {
	var row SessionRow
	if err := json.Unmarshal(body, &row); err != nil {
		return SessionRow{}, fmt.Errorf("decode row of the index of sessions: %w", err)
	}
	return row, nil
}

// FoldSession adds one record to a row.
func FoldSession(row SessionRow, r journal.Record) (SessionRow, error) {
	if r.Sequence <= row.Sequence {
		return row, nil
	}
	ev, err := session.Codec.Decode(r.Type, r.Version, r.Payload)
	if err != nil {
		return row, fmt.Errorf("fold entry %d into the index of sessions: %w", r.Position, err)
	}
	meta, err := r.Meta()
	if err != nil {
		return row, fmt.Errorf("fold entry %d into the index of sessions: %w", r.Position, err)
	}
	row.Sequence, row.Position, row.LastAt = r.Sequence, r.Position, meta.RecordedAt
	row.Phase = session.PhaseAfter(row.Phase, ev)
	switch e := ev.(type) {
	case session.Scheduled:
		row.Patient, row.Chair, row.PlannedStart = e.Patient, e.Chair, e.PlannedStart
	case session.NurseResponsible:
		row.Nurse = e.Nurse
	case session.PrescriberResponsible:
		row.Prescriber = e.Prescriber
	case session.Started:
		row.StartedAt, row.Drug = meta.EffectiveAt, true
	case session.VialsOpened, session.Prepared, session.RateChanged, session.Resumed, session.DrugGiven:
		row.Drug = true
	case session.HelpCalled:
		row.Help = true
	case session.HelpUndone, session.HelpEnded:
		row.Help = false
	case session.Stopped:
		if row.StoppedAt.IsZero() || meta.EffectiveAt.Before(row.StoppedAt) {
			row.StoppedAt = meta.EffectiveAt
		}
	case session.Discharged:
		row.DischargedAt, row.FollowUp = meta.EffectiveAt, !row.StartedAt.IsZero()
	case session.LeftEarly:
		row.FollowUp = true
	case session.FollowedUp:
		row.FollowUp = e.Outcome == session.FollowUpAgain
	case session.ConsentWithdrawn:
		if row.Withdrawn.Before(meta.EffectiveAt) {
			row.Withdrawn = meta.EffectiveAt
		}
	case session.Closed:
		row.ClosedAt = meta.RecordedAt
	default:
		// Every other event leaves the index as it is.
	}
	return row, nil
}

// Sessions is the index of sessions, as the store applies it.
type Sessions struct{}

// Name is the projection's name.
func (Sessions) Name() string { return SessionsName }

// Keys lists the rows a record touches.
func (Sessions) Keys(r journal.Record) []string {
	if id, ok := SessionOf(r); ok {
		return []string{string(id)}
	}
	return nil
}

// Fold adds a record to a row.
func (Sessions) Fold(_ string, body []byte, r journal.Record) ([]byte, error) {
	var row SessionRow
	if len(body) > 0 {
		var err error
		if row, err = DecodeSessionRow(body); err != nil {
			return nil, err
		}
	}
	row, err := FoldSession(row, r)
	if err != nil {
		return nil, err
	}
	return json.Marshal(row)
}
