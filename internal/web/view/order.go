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
	// MaySign says that the reader may sign the order, and not only write at it.
	MaySign bool
	// Draft names what stood in the draft when the page was made; it is sent back.
	Draft string
	// Here is who else has the form open; Last, by answer, who changed it last; Since
	// what was changed elsewhere since the page was read. Changed says so of a page that
	// came back.
	Here    []string
	Last    map[string]string
	Since   []string
	Changed bool
	// SignedMS is when an order was attached last, and when the page was
	// made, in milliseconds; 0 for never.
	SignedMS, NowMS int64
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

// OrderNews is what became of a draft since its page was made.
type OrderNews struct {
	Draft string `json:"draft"`
	// Answers are those that somebody gave; Last, by answer, who changed it last.
	Answers map[string][]string `json:"answers"`
	Last    map[string]string   `json:"last"`
	Here    []string            `json:"here"`
	Since   []string            `json:"since"`
	// Ended says that an order was signed from the draft; Unknown that the server
	// does not know what the page was made from.
	Ended   string `json:"ended,omitempty"`
	Unknown bool   `json:"unknown,omitempty"`
	AtMS    int64  `json:"at_ms"`
}
