package library_test

import (
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/unit"
)

// TestSession_Reads: each getter reads its number exactly, in its unit.
func TestSession_Reads(t *testing.T) {
	t.Parallel()
	lib := decoded(t)
	for what, ok := range map[string]bool{
		"count":         lib.Count(library.Rechecks) == 2,
		"permille":      lib.Permille(library.PumpMismatch) == 20,
		"factor":        lib.Factor(library.WeightFactor) == 2200,
		"hours":         lib.Duration(library.FastSolids) == 6*time.Hour,
		"minutes":       lib.Duration(library.PauseLongest) == 30*time.Minute,
		"seconds":       lib.Duration(library.UndoHelp) == 5*time.Second,
		"sign":          lib.Vital(library.TodayTemp) == 38.5,
		"dose":          lib.Dose(library.MostBolus) == unit.MgPerKg("0.35"),
		"concentration": lib.Concentration(library.SecondConcentration) == unit.MgPerML("2"),
		"dose rate":     lib.DoseRate(library.SoftRate) == unit.MgPerKgH("0.5"),
		"mass rate":     lib.MassRate(library.MostMassRate) == unit.MgPerH("40"),
		"mass":          lib.Mass(library.MostMass) == unit.Mg("200"),
		"weight":        lib.Weight(library.MostDosingWeight) == unit.Kg("100"),
		"text":          lib.Text(library.TodaySBPHigh) == "180 mmHg" && lib.Text(library.Rechecks) == "2",
		"version":       lib.Version() == 1 && lib.Status() != "",
	} {
		if !ok {
			t.Errorf("%s is not read as it stands", what)
		}
	}
	if _, ok := lib.Rule("NONE"); ok {
		t.Error("a row that is not there was found")
	}
	if _, ok := lib.Number("CI-NPO", "none"); ok {
		t.Error("a number that is not there was found")
	}
}

// TestSession_EmptyAnswersNothing: no library is not a library of zeros.
func TestSession_EmptyAnswersNothing(t *testing.T) {
	t.Parallel()
	if (library.Session{}).Ready() {
		t.Error("an empty library is ready")
	}
	defer func() {
		if recover() == nil {
			t.Error("a threshold of an empty library was read as a number")
		}
	}()
	(library.Session{}).Count(library.Rechecks)
}
