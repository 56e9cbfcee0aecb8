package library

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/stillwatch/stillwatch/internal/cite"
)

// ResponseKind says what a card of an effect gives.
type ResponseKind string

// The kinds.
const (
	// HalfMaximum is a concentration at which half of the greatest effect was seen.
	HalfMaximum ResponseKind = "half_maximum"
	// Incidence is how many of those studied had it.
	Incidence ResponseKind = "incidence"
	// MeanChange is by how much a sign changed in the mean.
	MeanChange ResponseKind = "mean_change"
)

// KineticResponse is what is known of one effect: from the concentration where that
// was published, else how often it was seen.
type KineticResponse struct {
	ID     string       `yaml:"id"`
	Effect string       `yaml:"effect"`
	Kind   ResponseKind `yaml:"kind"`
	// Drug and NgPerML are of a half maximum, in plasma.
	Drug      string         `yaml:"drug"`
	NgPerML   float64        `yaml:"ng_ml"`
	Steepness *ResponseSteep `yaml:"steepness"`
	// Percent and Of are of an incidence: of how many people.
	Percent float64 `yaml:"percent"`
	Of      int     `yaml:"of"`
	// Change and Unit are of a mean change.
	Change float64 `yaml:"change"`
	Unit   string  `yaml:"unit"`
	// Interval says what is known of the number's own error: wilson_95, published_95
	// with Low and High, or not_found.
	Interval   string    `yaml:"interval"`
	Low        float64   `yaml:"low"`
	High       float64   `yaml:"high"`
	Population string    `yaml:"population"`
	Problems   []string  `yaml:"problems"`
	Source     string    `yaml:"source"`
	Mark       cite.Mark `yaml:"mark"`
}

// ResponseSteep is how steep an effect rises, as the exponent of the concentration.
type ResponseSteep struct {
	Value  float64   `yaml:"value"`
	Source string    `yaml:"source"`
	Mark   cite.Mark `yaml:"mark"`
}

// At is the part of the greatest effect, 0 to 1, at a plasma concentration in ng/mL;
// NaN for a card that is not of concentrations. (The model of Hill and of Emax: c to
// the steepness over the sum of itself and the half-maximal one's.)
func (r KineticResponse) At(ngPerML float64) float64 {
	if r.Kind != HalfMaximum {
		return math.NaN()
	}
	if ngPerML <= 0 {
		return 0
	}
	return 1 / (1 + math.Pow(r.NgPerML/ngPerML, r.Steepness.Value))
}

// Bounds are the ends of the interval of an incidence, in percent; ok is false where
// nothing is known of its error. Of a count of people it is the score interval of
// Wilson (J Am Stat Assoc 1927;22:209): the shares that a count as seen does not speak
// against at 5 %.
func (r KineticResponse) Bounds() (low, high float64, ok bool) {
	switch r.Interval {
	case intervalPublished:
		return r.Low, r.High, true
	case intervalWilson:
		const z = 1.959963984540054
		p, n := r.Percent/100, float64(r.Of)
		mid, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
		return 100 * (mid - half) / (1 + z*z/n), 100 * (mid + half) / (1 + z*z/n), true
	}
	return 0, 0, false
}

const (
	intervalWilson    = "wilson_95"
	intervalPublished = "published_95"
	intervalNone      = "not_found"
)

// Responses are the cards of effects, in the order of the file.
func (k Kinetics) Responses() []KineticResponse { return slices.Clone(k.responses) }

// relief is what no card may predict.
var relief = regexp.MustCompile(`(?i)analges|pain|relief|antinocicep`)

func (c *kineticsChecker) response(r KineticResponse, seen map[string]bool) {
	what := "response " + r.ID
	if r.ID == "" || seen[r.ID] || strings.TrimSpace(r.Effect) == "" {
		c.fault("%s has an id of its own and an effect", what)
	}
	seen[r.ID] = true
	if relief.MatchString(r.Effect) {
		c.fault("%s: relief of pain is not predicted: levels did not explain it", what)
	}
	if r.Population == "" || len(r.Problems) == 0 {
		c.fault("%s says in whom it was seen, and what is wrong with it", what)
	}
	c.source(what, r.Source, r.Mark)
	half, seenIn, mean := r.NgPerML != 0 || r.Drug != "" || r.Steepness != nil, r.Percent != 0 || r.Of != 0, r.Change != 0 || r.Unit != ""
	switch r.Kind {
	case HalfMaximum:
		if !(r.NgPerML > 0 && r.NgPerML < 1e5) || !slices.Contains(drugs, r.Drug) || r.Steepness == nil || !(r.Steepness.Value > 0 && r.Steepness.Value <= 20) {
			c.fault("%s: a half maximum has a drug, a concentration in ng/mL and a steepness of 0 to 20", what)
		}
		if r.Steepness != nil {
			c.source(what+", steepness", r.Steepness.Source, r.Steepness.Mark)
		}
		if seenIn || mean {
			c.fault("%s is of more than one kind", what)
		}
	case Incidence:
		if !(r.Percent > 0 && r.Percent < 100) || r.Of < 1 || half || mean {
			c.fault("%s: an incidence is more than 0 and less than 100 %% of a number of people, and nothing else", what)
		}
	case MeanChange:
		if r.Change == 0 || math.Abs(r.Change) > 200 || r.Unit == "" || half || seenIn {
			c.fault("%s: a mean change has a number and a unit, and nothing else", what)
		}
	default:
		c.fault("%s: kind %q is not half_maximum, incidence or mean_change", what, r.Kind)
	}
	switch r.Interval {
	case intervalWilson:
		if r.Kind != Incidence || r.Low != 0 || r.High != 0 {
			c.fault("%s: wilson_95 is worked out of an incidence", what)
		}
	case intervalPublished:
		value := max(r.Percent, r.NgPerML, r.Change)
		if !(r.Low < value && value < r.High) {
			c.fault("%s: its interval of %g to %g does not hold its number", what, r.Low, r.High)
		}
	case intervalNone:
		if r.Low != 0 || r.High != 0 {
			c.fault("%s: an interval that was not found has no ends", what)
		}
	default:
		c.fault("%s: interval %q is not wilson_95, published_95 or not_found", what, r.Interval)
	}
}

// source checks where a number comes from.
func (c *kineticsChecker) source(what, id string, mark cite.Mark) {
	c.used[id] = true
	if !c.sources[id] || !mark.Valid() {
		c.fault("%s: source %q with mark %q", what, id, mark)
	}
}
