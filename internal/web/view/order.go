package view

// OrderPage is the page on which an order is written from a protocol.
type OrderPage struct {
	Page
	Session string
	Patient Patient
	Visit   string
	// Protocols are those to choose from; Protocol is the chosen one, empty for none.
	Protocols []AskOption
	Protocol  string
	Text      string
	Evidence  []string
	// Review says that a second person has to sign.
	Review bool
	// Exposure is what the patient was given in the last days and months.
	Exposure []string
	Sections []AskSection
	// Lines are the limits, those that stand in the way first; nil before anything was
	// asked. Derived is what follows from what was asked.
	Lines       []OrderLine
	Derived     []Fact
	Stops       int
	SignTrouble string
	// Bands are what models expect of the order and of its most; NoBands says why there
	// are none.
	Bands   []OrderBand
	NoBands string
}

// OrderBand is one prediction, drawn.
type OrderBand struct {
	Title, Regimen, Words string
	Chart                 Chart
}

// OrderLine is one limit of an order.
type OrderLine struct {
	What, Asked, Allowed, Says, Source string
	Tone                               Tone
	Result                             string
}
