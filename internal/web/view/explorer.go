package view

// Explorer is the page on which what models expect of a regimen is looked at.
type Explorer struct {
	Page
	Form   ExplorerForm
	Answer ExplorerAnswer
	Aim    ExplorerAim
}

// ExplorerForm is the question, as it was asked last.
type ExplorerForm struct {
	Models  []ExplorerModel
	A, B    ExplorerRegimen
	Two     bool // a second regimen beside the first
	Kg      string
	Years   string
	Until   string
	Levels  string
	Trouble string // why it could not be asked
}

// ExplorerRegimen is one regimen: a rate for a time, or the words of one.
type ExplorerRegimen struct {
	Name, Title   string // "a", "First regimen"
	Rate, Minutes string
	Text          string
}

// ExplorerModel is one card with everything that it rests on.
type ExplorerModel struct {
	ID, Drug, Sampling string
	Chosen             bool
	Population         string
	Limits             string // "45 to 150 kg"
	Spread             string // what is known of the variability between patients
	Parameters         []ExplorerParameter
	Problems           []string
}

// ExplorerParameter is one number of a card.
type ExplorerParameter struct{ Name, Value, Source, Mark string }

// ExplorerAnswer is what the models expect, one side for each regimen.
type ExplorerAnswer struct {
	Sides []ExplorerSide
}

// ExplorerSide is what is expected of one regimen.
type ExplorerSide struct {
	Title, Regimen string
	Chart          Chart
	Observed       string
	Peaks          []ChartLegend
	Levels         []ExplorerLevel
	Effects        []ExplorerEffect
	Warnings       []string
}

// ExplorerLevel is one level of concentration.
type ExplorerLevel struct {
	Level string   // "50 ng/mL"
	Above string   // the most of simulated patients that are above it at one time
	Below []string // until when plasma is below it for good: each model, then patients
}

// ExplorerEffect is one card of an effect.
type ExplorerEffect struct {
	Effect, Says, Rests string
	Problems            []string
}

// ExplorerAim is the plan that approaches a concentration.
type ExplorerAim struct {
	Protocol, Model, At, Target, For, Every, MostRate, MostDose string
	Protocols                                                   []Option
	Ats                                                         []Option
	Steps                                                       []ExplorerStep
	Trouble                                                     string
	Only                                                        string // that it is no order
}

// ExplorerStep is one step of it.
type ExplorerStep struct{ From, Rate, AtEnd, Plasma string }

// Chart is concentrations over time as paths of an SVG of 640 by 320, made by Go.
type Chart struct {
	Label      string // for who does not see it
	Bands      []ChartBand
	Lines      []ChartLine
	YTicks     []ChartTick
	XTicks     []ChartTick
	Levels     []ChartTick
	Observed   *ChartTick
	YUnit      string
	XUnit      string
	NothingYet bool
}

// ChartBand is an area between two quantiles.
type ChartBand struct{ Path, Class string }

// ChartLine is one line; Class says how it is dashed.
type ChartLine struct{ Path, Class string }

// ChartTick is a mark of an axis.
type ChartTick struct {
	At    string // the coordinate
	Label string
}

// ChartLegend names a line or a band.
type ChartLegend struct {
	Class, Text string
	Href        string // of its card; empty for none
}
