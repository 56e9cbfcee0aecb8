package view

// Board is the station's page: one row per chair, sorted by need.
type Board struct {
	Page
	Head   int64
	AtMS   int64
	Clock  string // "10:12"
	Date   string // "Monday 23 November"
	Chairs string // "6 chairs"
	Need   int    // how many rows need someone
	NeedIs string // "2 need someone"
	Right  string // "sound proven 10:11 · J. Weiss MD on site"
	// Alert is what is wrong with the record itself; empty when nothing is.
	Alert string
	// Elsewhere says why people elsewhere are not told of alarms; empty when they are.
	Elsewhere string
	Foot      string // "5 of 6 chairs linked · hash chain intact 10:11"
	Public    bool   // initials instead of names, and no values
	// Sounds is what a page that sounds has to sound for the room.
	Sounds []Sound
	// Unheard says how many watched chairs nobody is proven to hear; empty when
	// there is none.
	Unheard string
	// Devices are the troubles of monitors that no visit has: one line for each.
	Devices []string
	// Tested says how the test of sound stands at this station, or how many
	// stations were tested; TestFailed that it failed here, which is amber.
	Tested     string
	TestFailed bool
	// TestHere says that this page is at an enrolled station and may record its
	// test; Testers are who may do so by PIN, where nobody is signed in.
	TestHere    bool
	Testers     []Option
	TestTrouble string
	Axis        Axis
	Rows        []BoardRow
	Empty       string // what to say, and do, when no chair has a session
}

// Axis is the time axis that every row shares.
type Axis struct {
	FromMS, ToMS, NowMS int64
	Hours               []AxisHour
}

// AxisHour is one labelled line of the axis.
type AxisHour struct {
	AtMS  int64
	Label string
}

// BoardRow is one chair.
type BoardRow struct {
	Chair    int
	Href     string
	Name     string // "Haddad, S." or the initials in public view
	Phase    string // "Infusing", "Preparing · 1 blocker"
	Nurse    string // responsible nurse's family name; "–" when none
	Needs    bool   // someone is needed: amber, with a shape and words
	Help     bool   // help was called and not closed: red, before every other row
	Pressing bool   // cannot wait behind what is only late, as a pump to be stopped
	Alarm    *RowAlarm
	Waiting  bool   // has not come yet
	Unheard  bool   // watched, and no place is proven to sound
	Next     string // what to do next, in words
	NextSub  string // "6 min late"
	// Unconfirmed says how many rounds of the monitor wait for a person; empty
	// when none does.
	Unconfirmed string
	DueMS       int64
	Bars        []Bar
	Tiles       []Tile // pressure, pulse, SpO₂, breathing; an empty list shows NoVitals
	NoVitals    string // "no monitor linked"
}

// RowAlarm is the worst alarm of a chair. On a public board it is its colour and
// nothing else.
type RowAlarm struct {
	Tone    Tone
	Name    string // "SpO₂ low"; in public view "Red alarm"
	Text    string // "88 %, limit below 90 %"
	State   string // "acknowledged 10:12 by A. Okafor RN"
	SinceMS int64
	// Called says that somebody is called to it: it stands, and nobody has
	// acknowledged it.
	Called bool
	More   string // "and SpO₂ low, 1 other"
}

// Bar is a stretch of the visit on the axis.
type Bar struct {
	Kind    string // "prepare", "infuse", "pause", "recover"
	FromMS  int64
	ToMS    int64
	Planned bool
	Text    string // for those who do not see the picture: "infusing 9:28 to now"
}
