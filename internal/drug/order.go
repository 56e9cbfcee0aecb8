// Package drug holds presentations, infusion orders and their limits as
// values. An order is attached to a session whole; nothing in it changes
// afterwards, a new order replaces it.
package drug

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/unit"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Esketamine is its S-enantiomer, about which a vial may be mistaken.
const Esketamine = "esketamine"

// Ketamine is the drug infused, RxNorm ingredient 6130 (verified).
const Ketamine = "ketamine"

// Minutes is a whole number of minutes.
type Minutes int

// Duration is the same span as a time.Duration.
func (m Minutes) Duration() time.Duration { return time.Duration(m) * time.Minute }

// WeightBasis says which weight an order doses on.
type WeightBasis string

// The weight bases (clinical.md 7.4, default).
const (
	ActualWeight   WeightBasis = "actual"
	AdjustedWeight WeightBasis = "adjusted"
)

// Protocol names the exact signed protocol an order came from.
type Protocol struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Name    string `json:"name"`
}

// Step is one part of the ordered infusion: a rate held for a time.
type Step struct {
	Rate    unit.DoseRate `json:"rate"`
	Minutes Minutes       `json:"minutes"`
}

// Loading is a dose given by hand over some minutes, beside the ordered steps.
type Loading struct {
	Dose    unit.Dose `json:"dose"`
	Minutes Minutes   `json:"minutes"`
}

// LoadingID is how the loading dose is called among the drugs that an order has given
// beside the pump.
const LoadingID = "loading"

// Maxima are the hard bounds of the order. A planned act beyond one is
// refused; a recorded fact beyond one carries its deviation.
type Maxima struct {
	Rate     unit.DoseRate `json:"rate"`
	MassRate unit.MassRate `json:"mass_rate"`
	Total    unit.Mass     `json:"total"`
	Dose     unit.Dose     `json:"dose"`
	Minutes  Minutes       `json:"minutes"`
}

// Adjunct is an ordered drug beside the infusion: given before, or a rescue
// order with its indication. Amount and unit are as the prescriber wrote them.
type Adjunct struct {
	ID         string `json:"id"`
	Drug       string `json:"drug"`
	Amount     string `json:"amount"`
	Unit       string `json:"unit"`
	Route      string `json:"route"`
	Indication string `json:"indication"`
	MaxDoses   int    `json:"max_doses"`
	// Sedating drugs start the extended observation of gate G-5.
	Sedating bool `json:"sedating"`
	Rescue   bool `json:"rescue"`
}

// Watch is how often each phase is observed, in minutes.
type Watch struct {
	CuffFirst     Minutes `json:"cuff_first"`      // cuff interval in the first half hour and after a rate change
	Cuff          Minutes `json:"cuff"`            // cuff interval afterwards
	Observation   Minutes `json:"observation"`     // what needs a person: sedation, breathing, distress, IV site
	Recovery      Minutes `json:"recovery"`        // full set after the infusion
	Peak          Minutes `json:"peak"`            // minutes after start when SE-12 is asked whole
	RecoveryLeast Minutes `json:"recovery_least"`  // least time from stop to discharge (gate G-4)
	Presence      Minutes `json:"presence"`        // someone looks in
	EtCO2         bool    `json:"etco2,omitempty"` // capnography ordered
}

// Limit is one alarm limit of the order, for the watch. Side is "low" or "high".
type Limit struct {
	Kind   vital.Kind `json:"kind"`
	Side   string     `json:"side"`
	Yellow string     `json:"yellow,omitempty"`
	Red    string     `json:"red,omitempty"`
}

// Order is a prescriber's infusion order, as a value.
type Order struct {
	ID            ident.Order        `json:"id"`
	Protocol      Protocol           `json:"protocol"`
	Patient       ident.Patient      `json:"patient"`
	Drug          string             `json:"drug"`
	DosingWeight  unit.Weight        `json:"dosing_weight"`
	WeightBasis   WeightBasis        `json:"weight_basis"`
	Concentration unit.Concentration `json:"concentration"`
	BagVolume     unit.Volume        `json:"bag_volume"`
	Diluent       string             `json:"diluent"`
	Steps         []Step             `json:"steps"`
	// Loading is a dose given beside the pump once the infusion has started; nil for
	// none.
	Loading    *Loading      `json:"loading,omitempty"`
	Maxima     Maxima        `json:"maxima"`
	PumpStep   unit.PumpRate `json:"pump_step"` // the pump's resolution
	Adjuncts   []Adjunct     `json:"adjuncts,omitempty"`
	Watch      Watch         `json:"watch"`
	Limits     []Limit       `json:"limits,omitempty"`
	Prescriber ident.Person  `json:"prescriber"`
	SignedAt   time.Time     `json:"signed_at"`
	ValidUntil time.Time     `json:"valid_until"`
	// Infusion n of N in the plan.
	Number int `json:"number"`
	Of     int `json:"of"`
	// Basis is what an order from a protocol of the library was decided on; nil in
	// one that was written by hand.
	Basis *Basis `json:"basis,omitempty"`
}

// Basis is what an order from a protocol was decided on: the library, the rows of it,
// the body, and what was changed of what is usual.
type Basis struct {
	Library string     `json:"library_sha256"`
	Rows    []BasisRow `json:"rows"`
	Body    Body       `json:"body"`
	// Changes are modifications of the protocol's list.
	Changes []string `json:"changes,omitempty"`
	// Reasoned are the soft limits for which the order gives a reason.
	Reasoned []string `json:"reasoned,omitempty"`
	// Driving is from when the patient may drive, a choice of the protocol.
	Driving string `json:"driving"`
	// Exceptions are what a director let this order go beyond of its protocol.
	Exceptions []Exception `json:"exceptions,omitempty"`
	// SecondReview says that a second person has to sign before a vial is opened.
	SecondReview bool `json:"second_review,omitempty"`
}

// Exception is up to what one number of a protocol may go in an order, beyond its range,
// as a director let it: an exact decimal in the unit of the number.
type Exception struct {
	Number string `json:"number"`
	Most   string `json:"most"`
}

// BasisRow is a row of the library, as it was.
type BasisRow struct {
	Name string `json:"name"`
	Hash string `json:"sha256"`
}

// Body is what a dosing weight is worked out of.
type Body struct {
	Weight  unit.Weight `json:"weight"`
	Weighed time.Time   `json:"weighed,omitzero"` // zero: not known when
	Height  unit.Height `json:"height"`           // zero: not measured
	Sex     Sex         `json:"sex,omitempty"`
	// Before is the weight of an earlier visit; zero where there is none.
	Before unit.Weight `json:"before,omitzero"`
}

// Sex is the one that a formula of the ideal weight asks for.
type Sex string

// The sexes that the formula knows.
const (
	Female Sex = "female"
	Male   Sex = "male"
)

// Planned is the length of all steps together.
func (o Order) Planned() time.Duration {
	var d time.Duration
	for _, s := range o.Steps {
		d += s.Minutes.Duration()
	}
	return d
}

// LoadingMass is the loading dose in mg, cut to a tenth: what a syringe can hold, and
// never more than was ordered. It is zero where the order has none.
func (o Order) LoadingMass() unit.Mass {
	if o.Loading == nil {
		return unit.Mass{}
	}
	return unit.TenthsOf(unit.DoseMass(o.Loading.Dose, o.DosingWeight))
}

// PlannedMass is the exact mass that the loading dose and all steps together order.
func (o Order) PlannedMass() unit.ExactMass {
	var m unit.ExactMass
	if o.Loading != nil {
		m = unit.DoseMass(o.Loading.Dose, o.DosingWeight)
	}
	for _, s := range o.Steps {
		m = m.Add(unit.Dosed(s.Rate, o.DosingWeight, s.Minutes.Duration()))
	}
	return m
}

// BagMass is the mass the whole bag holds.
func (o Order) BagMass() unit.ExactMass { return unit.MassIn(o.BagVolume.Exact(), o.Concentration) }

// Missing names the first part of the order that is not written, or is not
// above zero where only that makes sense; empty when all is there.
func (o Order) Missing() string {
	for _, part := range []struct {
		there bool
		name  string
	}{
		{o.Protocol.ID != "" && o.Protocol.Version != "", "protocol"},
		{o.Patient != "", "patient"},
		{o.Drug != "", "drug"},
		{o.DosingWeight.Positive(), "dosing weight"},
		{o.WeightBasis == ActualWeight || o.WeightBasis == AdjustedWeight, "weight basis"},
		{o.Concentration.Positive(), "concentration"},
		{o.BagVolume.Positive(), "bag volume"},
		{o.PumpStep.Positive(), "pump step"},
		{len(o.Steps) > 0, "steps"},
		{o.stepsPositive(), "rate or minutes of a step"},
		{o.Loading == nil || o.Loading.Dose.Positive() && o.Loading.Minutes > 0, "dose or minutes of the loading dose"},
		{o.Maxima.Rate.Positive(), "greatest rate"},
		{o.Maxima.MassRate.Positive(), "greatest mg/h"},
		{o.Maxima.Total.Positive(), "greatest total"},
		{o.Maxima.Dose.Positive(), "greatest dose"},
		{o.Maxima.Minutes > 0, "greatest duration"},
		{!o.ValidUntil.IsZero(), "valid until"},
	} {
		if !part.there {
			return part.name
		}
	}
	return ""
}

func (o Order) stepsPositive() bool {
	for _, s := range o.Steps {
		if !s.Rate.Positive() || s.Minutes <= 0 {
			return false
		}
	}
	return true
}

// ToSet is the pump rate for dose rate r under this order.
func (o Order) ToSet(r unit.DoseRate) unit.PumpRate {
	return unit.ToSet(r, o.DosingWeight, o.Concentration, o.PumpStep)
}

// Vial is one opened container of drug.
type Vial struct {
	Drug     string             `json:"drug,omitempty"` // as read from the vial; empty in entries from before it was asked
	Lot      string             `json:"lot"`
	Expiry   string             `json:"expiry"` // YYYY-MM-DD, the last day of use
	Strength unit.Concentration `json:"strength"`
	Volume   unit.Volume        `json:"volume"` // drawn from it
	Scanned  bool               `json:"scanned,omitempty"`
}
