package library

import (
	"errors"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/cite"
	"github.com/stillwatch/stillwatch/internal/drug"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Patient is what a file says of one patient's alarm limits: those of an
// order, and the resting values that relative limits are worked out from.
type Patient struct {
	Limits []drug.Limit
	Rest   []alarm.Rest
}

type patientFile struct {
	Baseline []fileRest         `yaml:"baseline"`
	Limits   []filePatientLimit `yaml:"limits"`
}

type fileRest struct {
	Kind  vital.Kind `yaml:"kind"`
	Value string     `yaml:"value"`
}

type filePatientLimit struct {
	Kind   vital.Kind `yaml:"kind"`
	Side   string     `yaml:"side"`
	Yellow string     `yaml:"yellow"`
	Red    string     `yaml:"red"`
}

// DecodePatient reads one patient's limits, YAML or JSON:
//
//	baseline:
//	  - {kind: nibp_sys, value: "118"}
//	limits:
//	  - {kind: spo2, side: low, yellow: "92", red: "88"}
//
// Numbers are text, in the unit of the kind. Every mistake is named with its
// line; a file with one mistake is refused, since a limit that is not applied
// would look like one that was never given.
func DecodePatient(b []byte, a Alarms) (Patient, error) {
	f, root, err := parse[patientFile](b)
	if err != nil {
		return Patient{}, fmt.Errorf("read limits: %w", err)
	}
	c := checker{root: root, sources: map[string]cite.Source{}}
	var p Patient
	for i, r := range f.Baseline {
		v, err := r.Kind.Parse(r.Value)
		if err != nil {
			c.fault(line(root, "baseline", i), "baseline: %v", err)
		}
		p.Rest = append(p.Rest, alarm.Rest{Kind: r.Kind, Value: v})
	}
	for i, l := range f.Limits {
		limit := drug.Limit{Kind: l.Kind, Side: l.Side, Yellow: l.Yellow, Red: l.Red}
		c.limit(line(root, "limits", i), limit, a)
		p.Limits = append(p.Limits, limit)
	}
	if len(c.faults) > 0 {
		return Patient{}, fmt.Errorf("check limits: %w", errors.Join(c.faults...))
	}
	return p, nil
}

// limit checks that a limit can be applied.
func (c *checker) limit(at int, l drug.Limit, a Alarms) {
	if l.Yellow == "" && l.Red == "" {
		c.fault(at, "limit on %s: neither yellow nor red is given", l.Kind)
	}
	for _, fault := range alarm.CannotApply(a.rules, l) {
		c.fault(at, "%s", fault.English())
	}
}
