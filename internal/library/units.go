package library

import (
	"fmt"
	"time"

	"github.com/stillwatch/stillwatch/internal/unit"
)

// measure is a unit that a data file may use.
type measure struct {
	label string        // as people write it; empty for a count
	span  time.Duration // of a unit of time
}

// knownUnits maps the UCUM codes that a data file may use.
func knownUnits() map[string]measure {
	return map[string]measure{
		"1":       {},
		"%":       {label: "%"},
		"/min":    {label: "/min"},
		"mm[Hg]":  {label: "mmHg"},
		"Cel":     {label: "°C"},
		"kg":      {label: "kg"},
		"kg/m2":   {label: "kg/m²"},
		"a":       {label: "years"},
		"mg":      {label: "mg"},
		"mg/h":    {label: "mg/h"},
		"mg/kg":   {label: "mg/kg"},
		"mg/kg/h": {label: "mg/kg/h"},
		"mg/mL":   {label: "mg/mL"},
		"s":       {label: "s", span: time.Second},
		"min":     {label: "min", span: time.Minute},
		"h":       {label: "h", span: time.Hour},
		"d":       {label: "d", span: 24 * time.Hour},
	}
}

// maxWhole bounds a threshold, maxDays one in days: both still fit a
// time.Duration.
const (
	maxWhole = 1_000_000
	maxDays  = 36_500
)

// micros reads a number's exact decimal in millionths.
func micros(n fileNumber) (int64, error) {
	var q unit.Mass // any quantity reads decimals alike
	if err := q.UnmarshalText([]byte(n.Value)); err != nil {
		return 0, err
	}
	if q.Micro() < 0 || q.Micro() > maxWhole*unit.Micro {
		return 0, fmt.Errorf("a threshold lies between 0 and %d", maxWhole)
	}
	if n.Unit == "d" && q.Micro() > maxDays*unit.Micro {
		return 0, fmt.Errorf("a time in days is at most %d", maxDays)
	}
	return q.Micro(), nil
}
