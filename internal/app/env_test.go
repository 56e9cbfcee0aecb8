package app

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/project"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// TestPatientFacts_AFailedLookUpIsNotNoWeight: an earlier visit that cannot be
// read may hold the last weight.
func TestPatientFacts_AFailedLookUpIsNotNoWeight(t *testing.T) {
	t.Parallel()
	const patient = ident.Patient("018f4c3a-5b6d-7e8f-9a0b-000000000001")
	weighed := written(t, session.Scheduled{Patient: patient, Chair: 3}, session.Arrived{},
		session.PrecheckAnswered{Precheck: session.Precheck{Weight: &session.WeightMeasured{Weight: unit.Kg("72.4")}}})
	for name, c := range map[string]struct {
		store  *streamStore
		phase  session.Phase
		weight bool
		read   bool
	}{
		"measured then":         {&streamStore{records: weighed}, session.PhaseClosed, true, true},
		"none measured":         {&streamStore{records: weighed[:2]}, session.PhaseClosed, false, true},
		"cannot be read":        {&streamStore{records: weighed, err: errors.New("disk")}, session.PhaseClosed, false, false},
		"today's, not over yet": {&streamStore{records: weighed, err: errors.New("disk")}, session.PhaseArrived, false, true},
	} {
		a := bare(t, c.store, slog.New(slog.DiscardHandler))
		a.sessions = newSessions(c.store)
		a.sessions.put(visit, project.SessionRow{Patient: patient, Phase: c.phase, LastAt: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)})
		a.patients = newCache(a.readPatients)
		a.patients.rows = map[ident.Patient]Patient{patient: {ID: patient, Born: "1981-05-04"}}
		f, err := a.patientFacts(t.Context(), patient)
		if err != nil || !f.Known || f.Weights != c.read || (f.LastWeight != nil) != c.weight {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}
