package view

import "encoding/json"

// Chair is everything the chair's page shows, sent whole after each event.
// Between events the values move by Live.
type Chair struct {
	Head    int64  `json:"head"`   // log position this view includes
	Cursor  int64  `json:"cursor"` // telemetry cursor this view includes
	AtMS    int64  `json:"at_ms"`  // server time of this view
	Chair   int    `json:"chair"`
	Session string `json:"session,omitempty"`
	Table   string `json:"table"` // address of the table of fields, messages and forms
	Zone    string `json:"zone"`  // IANA zone of the clinic, for times that are typed

	// ClockOffMS is from where on the clock of the device that shows this is
	// said to be off; 0 where the library does not say.
	ClockOffMS int64 `json:"clock_off_ms,omitempty"`

	Phase     string `json:"phase"`
	PhaseText string `json:"phase_text"`

	Patient *Patient `json:"patient,omitempty"`
	// Headline is the line under the name: "1 h 12 of 4 h", "21.7 mL/h" …
	Headline []Part  `json:"headline,omitempty"`
	Staff    string  `json:"staff"` // responsible nurse and prescriber
	Alarms   Alarms  `json:"alarms"`
	Hearing  Hearing `json:"hearing"`
	Link     Link    `json:"link"`
	Who      Who     `json:"who"`

	Tiles    []Tile    `json:"tiles"`
	Scores   []Tile    `json:"scores"`
	Timeline *Timeline `json:"timeline,omitempty"`
	// Device holds the monitor's current values, while the link is confirmed:
	// offered for confirmation in an observation, never entered by themselves.
	Device []Reading `json:"device,omitempty"`

	// Label is there from the draw-up until the time-out has read it.
	Label *Label `json:"label,omitempty"`

	// Order is the order in force as it was signed, to look it up.
	Order []OrderPart `json:"order,omitempty"`

	Notices []Notice `json:"notices,omitempty"`
	Acts    []Act    `json:"acts"` // always holds help and stop
	Next    *Next    `json:"next,omitempty"`
	Help    *Help    `json:"help,omitempty"` // an open emergency
	// Calls are the calls for help that are open at other chairs.
	Calls []Call `json:"calls"`

	// Choices fills the fields whose Source names a list that depends on this
	// patient or clinic: "prescribers", "adjuncts", "monitors", "rates" …
	Choices map[string][]Option `json:"choices,omitempty"`
	Gates   []Gate              `json:"gates,omitempty"`
	Entries []Entry             `json:"entries,omitempty"` // newest first
	// RecordClosed says that the record is closed to who looks: the entries
	// are withheld, not absent.
	RecordClosed bool `json:"record_closed,omitempty"`
}

// Patient identifies who is in the chair.
type Patient struct {
	Name      string `json:"name"`
	Initials  string `json:"initials"`
	Born      string `json:"born"` // "born 4 May 1981"
	Age       string `json:"age"`
	Weight    string `json:"weight,omitempty"`
	Allergies string `json:"allergies"` // "allergic to morphine (hives)", "no known allergies", "allergies not asked"
	// Known is false while allergies were not asked: shown, never assumed.
	Known bool `json:"allergies_known"`
}

// Part is a run of text in a line; strong parts are the ones read first.
type Part struct {
	Text   string `json:"text"`
	Strong bool   `json:"strong,omitempty"`
}

// Link is the monitor linked to the session.
type Link struct {
	State   string `json:"state"` // "linked", "doubted", "off", "lost", "none"
	Text    string `json:"text"`  // "monitor linked", "link not confirmed since 10:04" …
	Monitor string `json:"monitor,omitempty"`
	Device  string `json:"device,omitempty"` // id, for confirming again
	// Beside says what only the bedside monitor alarms on; empty where it sends
	// its own alarms, or where nobody is watched.
	Beside string `json:"beside,omitempty"`
	Tone   Tone   `json:"tone"`
}

// Tile is one value with unit, age and context.
type Tile struct {
	Kind    string `json:"kind"`  // vital kind, or "nibp", "sedation", "pain" …
	Label   string `json:"label"` // "Pressure"
	Text    string `json:"text"`  // "141/85"; empty when there is no value
	Unit    string `json:"unit,omitempty"`
	AtMS    int64  `json:"at_ms,omitempty"`
	FreshMS int64  `json:"fresh_ms,omitempty"` // at this age the value is greyed
	Context string `json:"context,omitempty"`  // "mean 104, was 122/74"
	Empty   string `json:"empty,omitempty"`    // why there is no value: "no signal since 9:46"
	// Doubt marks a value that is questionable. The context says so too, where
	// it is shown.
	Doubt bool `json:"doubt,omitempty"`
	// Tone and Mark are set while an alarm of this very sign stands: its colour,
	// and in a word what it is, "low".
	Tone Tone   `json:"tone,omitempty"`
	Mark string `json:"mark,omitempty"`
}

// Timeline is the one time axis of the chair.
type Timeline struct {
	FromMS int64  `json:"from_ms"`
	ToMS   int64  `json:"to_ms"`
	Zone   string `json:"zone"` // IANA zone of the clinic, for the axis labels
	Lanes  []Lane `json:"lanes"`
	// Rate holds what the pump was read at; Planned what the order asks for.
	Rate    []Segment `json:"rate,omitempty"`
	Planned []Segment `json:"planned,omitempty"`
	RateTop float64   `json:"rate_top,omitempty"` // upper end of the rate scale, mg/kg/h
	Cuffs   []Cuff    `json:"cuffs,omitempty"`
	Series  []Series  `json:"series,omitempty"`
	Kept    []Kept    `json:"kept,omitempty"`
	Events  []Mark    `json:"events,omitempty"`
	Ticks   []Tick    `json:"ticks,omitempty"`
}

// Lane is one strip of the timeline with its own scale.
type Lane struct {
	Kind     string  `json:"kind"` // "rate", "nibp", or a vital kind
	Label    string  `json:"label"`
	Unit     string  `json:"unit"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Baseline *Level  `json:"baseline,omitempty"`
	Limits   []Level `json:"limits,omitempty"`
}

// Level is a horizontal line with its words.
type Level struct {
	Value float64 `json:"value"`
	Text  string  `json:"text"`
	Tone  Tone    `json:"tone,omitempty"`
}

// Segment is a rate held from one instant to the next.
type Segment struct {
	FromMS int64   `json:"from_ms"`
	ToMS   int64   `json:"to_ms"`
	Rate   float64 `json:"rate"` // mg/kg/h, for drawing only
	Text   string  `json:"text"` // "0.30 → 21.7 mL/h"
}

// Cuff is one cuff measurement.
type Cuff struct {
	AtMS int64   `json:"at_ms"`
	Sys  float64 `json:"sys"`
	Dia  float64 `json:"dia"`
	Mean float64 `json:"mean,omitempty"` // 0 when the monitor sent none
	Text string  `json:"text"`           // "141/85 at 10:10"
	Site string  `json:"site,omitempty"` // which cuff, where the monitor says
	// Doubt marks a reading that is questionable; the text says so too.
	Doubt bool `json:"doubt,omitempty"`
	// Unconfirmed marks a monitor's reading that no person stands behind yet; the
	// text says so too.
	Unconfirmed bool `json:"unconfirmed,omitempty"`
}

// Kept is a monitor's value that stands in the record: kept when a round was due, or
// taken over by a person.
type Kept struct {
	AtMS      int64   `json:"at_ms"`
	Kind      string  `json:"kind"`
	Value     float64 `json:"value"`
	Confirmed bool    `json:"confirmed,omitempty"` // by a person
	Text      string  `json:"text"`                // "97 at 10:15, monitor, not confirmed"
}

// Series is one curve: points as measured, and the gaps between them drawn as
// gaps. Two sites of one metric are two curves of one kind.
type Series struct {
	Kind   string       `json:"kind"`
	Site   string       `json:"site,omitempty"`
	Source string       `json:"source,omitempty"`
	Where  string       `json:"where,omitempty"` // which of several; empty for the only one
	Points [][2]float64 `json:"points"`          // [server ms, value]
	Gaps   []Gap        `json:"gaps,omitempty"`
}

// Gap is a time without a trusted value. ToMS is 0 while it lasts.
type Gap struct {
	FromMS int64  `json:"from_ms"`
	ToMS   int64  `json:"to_ms,omitempty"`
	Text   string `json:"text"` // "no signal 9:46–9:49"
}

// Mark is something that happened, on the events lane.
type Mark struct {
	AtMS int64  `json:"at_ms"`
	Mark string `json:"mark"` // "start", "rate", "stop", "effect", "drug", "note", "help"
	Text string `json:"text"`
	Tone Tone   `json:"tone"`
}

// Tick is one observation time, done, late or still due.
type Tick struct {
	AtMS int64 `json:"at_ms"`
	Done bool  `json:"done"`
	Late bool  `json:"late,omitempty"`
}

// Notice is a line that stays until what it says is settled.
type Notice struct {
	Tone Tone   `json:"tone"`
	Text string `json:"text"`
	Act  *Act   `json:"act,omitempty"` // what settles it
}

// Act is a button. Body holds the parts of the command that are already
// known (an entry's position, a side effect's id); the form asks for the rest.
type Act struct {
	Act     string          `json:"act"`
	Label   string          `json:"label"`
	Sub     string          `json:"sub,omitempty"`
	Primary bool            `json:"primary,omitempty"`
	Enabled bool            `json:"enabled"`
	Why     string          `json:"why,omitempty"` // why it is not enabled
	Planned bool            `json:"planned,omitempty"`
	Witness bool            `json:"witness,omitempty"` // a second person proves who they are
	Body    json.RawMessage `json:"body,omitempty"`
	Skip    []string        `json:"skip,omitempty"` // questions of the form that do not arise now
	// Intro, where it is there, stands in place of the form's own, under the
	// button's label, and Submit on the button that sends it; Beside are the lines
	// of the order that it is done by.
	Intro  string   `json:"intro,omitempty"`
	Submit string   `json:"submit,omitempty"`
	Beside []string `json:"beside,omitempty"`
}

// OrderPart is one part of the order, in words.
type OrderPart struct {
	Part string `json:"part"`
	Text string `json:"text"`
}

// Label is what stands on a prepared bag.
type Label struct {
	Code    string `json:"code"`
	Patient string `json:"patient"` // name and date of birth
	Drug    string `json:"drug"`    // "ketamine 100 mg in 100 mL, 1 mg/mL"
	By      string `json:"by"`      // both persons
	UseBy   string `json:"use_by"`
}

// Next is what to do next, in words.
type Next struct {
	Act   string `json:"act"`
	Text  string `json:"text"` // "Observation"
	Sub   string `json:"sub,omitempty"`
	DueMS int64  `json:"due_ms,omitempty"`
	Late  bool   `json:"late"`
}

// Help is an open emergency with its log, oldest first.
type Help struct {
	SinceMS     int64     `json:"since_ms"`
	UndoUntilMS int64     `json:"undo_until_ms"`
	Log         []HelpRow `json:"log"`
	Acts        []Option  `json:"acts"` // the one-tap entries
}

// HelpRow is one line of the emergency log.
type HelpRow struct {
	AtMS int64  `json:"at_ms"`
	Time string `json:"time"`
	Text string `json:"text"`
	By   string `json:"by"`
}

// Gate is one of the gates with every check by name.
type Gate struct {
	Gate     string  `json:"gate"`
	Title    string  `json:"title"` // "Before a vial is opened"
	Open     bool    `json:"open"`
	Blockers int     `json:"blockers"`
	Summary  string  `json:"summary"` // "2 of 14 stand in the way"
	Checks   []Check `json:"checks"`  // what stands in the way first
}

// Check is one line of a gate: clear, attested on paper, finding or could not check.
type Check struct {
	ID      string `json:"id"`
	Outcome string `json:"outcome"`
	Title   string `json:"title"`
	Why     string `json:"why,omitempty"`
	Settle  string `json:"settle,omitempty"`
	Source  string `json:"source,omitempty"` // "rule FAST-1 2 · ASA 2023"
	Mark    string `json:"mark,omitempty"`   // evidence mark in words
	Tone    Tone   `json:"tone"`
	Blocks  bool   `json:"blocks"`
	// Override is set where a person who may can accept the finding with a reason.
	Override *Act `json:"override,omitempty"`
	// Act settles it, where a form here does.
	Act *Act `json:"act,omitempty"`
}

// Entry is one line of the record.
type Entry struct {
	Position int64    `json:"position"`
	AtMS     int64    `json:"at_ms"`
	Time     string   `json:"time"` // "10:10", with "charted 10:31" when late
	Title    string   `json:"title"`
	Text     string   `json:"text,omitempty"`
	By       string   `json:"by"`
	Tone     Tone     `json:"tone"`
	Findings []string `json:"findings,omitempty"`
	Replaced []string `json:"replaced,omitempty"` // what an amendment replaced stays visible
	Struck   bool     `json:"struck,omitempty"`
	Amend    *Act     `json:"amend,omitempty"`
}

// Live moves a chair's values between events: tiles whole, points since the
// last frame. Points never repeat and never fill a gap.
type Live struct {
	Chair  int    `json:"chair"`
	Head   int64  `json:"head"`
	Cursor int64  `json:"cursor"`
	AtMS   int64  `json:"at_ms"`
	Tiles  []Tile `json:"tiles"`
	Scores []Tile `json:"scores,omitempty"`
	// Headline and Notices replace the chair's whole: amounts, times and
	// lateness move with the clock.
	Headline []Part   `json:"headline"`
	Notices  []Notice `json:"notices"`
	Link     Link     `json:"link"`
	Series   []Series `json:"series,omitempty"`
	Cuffs    []Cuff   `json:"cuffs,omitempty"`
	Next     *Next    `json:"next,omitempty"`
	// Device replaces the chair's list whole.
	Device []Reading `json:"device,omitempty"`
	// Calls replaces the chair's list whole: without any, it says that there
	// are none.
	Calls []Call `json:"calls"`
	// Hearing replaces the chair's: who hears changes without any entry.
	Hearing Hearing `json:"hearing"`
}

// Call is a call for help at another chair, which names nobody; with a text it is
// an alarm there that calls the person at this screen.
type Call struct {
	Chair   int    `json:"chair"`
	SinceMS int64  `json:"since_ms"`
	Text    string `json:"text,omitempty"` // "You are called to chair 3: SpO₂ low"
	Tone    Tone   `json:"tone,omitempty"`
}

// Reading is one current value of the monitor, in the wire form of an
// observation's reading. Past FreshMS it is no longer offered.
type Reading struct {
	Kind    string `json:"kind"`
	V       string `json:"v"`
	U       string `json:"u"`
	AtMS    int64  `json:"at_ms"`
	FreshMS int64  `json:"fresh_ms"`
	Site    string `json:"site,omitempty"`
	Source  string `json:"source,omitempty"`
	// Where says which of several values of this kind it is; then a person
	// chooses. Empty when it is the only one.
	Where string `json:"where,omitempty"`
}

// Reply is the answer to a posted command.
type Reply struct {
	// Outcome is "accepted", "repeated" (this id was accepted before),
	// "refused" (a rule), "malformed" or "conflict" (this id, other content).
	Outcome  string   `json:"outcome"`
	Position int64    `json:"position,omitempty"`
	Text     string   `json:"text"`               // one sentence
	Rule     string   `json:"rule,omitempty"`     // the binding rule
	Asked    string   `json:"asked,omitempty"`    // what was asked
	Allowed  string   `json:"allowed,omitempty"`  // what is allowed
	Source   string   `json:"source,omitempty"`   // citation
	Needs    []string `json:"needs,omitempty"`    // roles of which one would do
	Findings []string `json:"findings,omitempty"` // deviations that the entry carries
	Gate     *Gate    `json:"gate,omitempty"`
	Field    string   `json:"field,omitempty"`   // the answer that the refusal is about, by its path
	Witness  bool     `json:"witness,omitempty"` // a second person is needed
}
