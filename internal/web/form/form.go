// Package form describes what is asked for each act: fields with labels,
// units, ranges and choices, as data. Chair and desk draw the same forms, so
// that a range or a wording stands once, in Go.
package form

import "github.com/stillwatch/stillwatch/internal/act"

// Input says how a field is asked.
type Input string

// The inputs.
const (
	Number  Input = "number"  // number pad; Unit, Decimals, Low, High
	Choice  Input = "choice"  // one of Options, or of the list that Source names
	Choices Input = "choices" // any of Options; the value is a list
	YesNo   Input = "yesno"   // answered either way, never filled in beforehand
	Text    Input = "text"
	Time    Input = "time" // RFC 3339
	Date    Input = "date" // YYYY-MM-DD
	Scan    Input = "scan" // a code scanned or typed from a label
	Score   Input = "score"
	SE12    Input = "se12"  // twelve ratings in the order of Options, as a list of numbers
	Vital   Input = "vital" // one entry of the list at Path, of Kind, in the wire form of a reading
	Pump    Input = "pump"  // what the pump's display shows: Fields with paths under Path
	Person  Input = "person"
	List    Input = "list"  // any number of entries, each with Fields
	NewID   Input = "newid" // made by the client, never shown
	Known   Input = "known" // comes with the act's body; never asked
	None    Input = "none"  // words only
)

// Form is what is asked for one act.
type Form struct {
	Act      act.Act   `json:"act"`
	Version  int       `json:"version"` // schema version of the command's body
	Title    string    `json:"title"`
	Intro    string    `json:"intro,omitempty"`
	Submit   string    `json:"submit"`            // what the button says
	Witness  bool      `json:"witness,omitempty"` // a second person proves who they are
	Sign     bool      `json:"sign,omitempty"`    // the author's own signature: proved again at the desk
	Sections []Section `json:"sections"`
}

// Section is a group of fields. A section with Key is one object of the body:
// where it is Optional and nothing in it was touched, it is left out whole.
type Section struct {
	Title    string  `json:"title,omitempty"`
	Key      string  `json:"key,omitempty"`
	Optional bool    `json:"optional,omitempty"`
	Fields   []Field `json:"fields"`
}

// Field is one question. Path is its place in the command's body, names
// joined by dots. Its JSON is a string unless the input or a flag says otherwise.
type Field struct {
	Path     string   `json:"path"`
	Label    string   `json:"label"`
	Hint     string   `json:"hint,omitempty"`
	Input    Input    `json:"input"`
	UCUM     string   `json:"ucum,omitempty"`
	Unit     string   `json:"unit,omitempty"`
	Kind     string   `json:"kind,omitempty"`
	Decimals int      `json:"decimals,omitempty"`
	Low      string   `json:"low,omitempty"` // exact decimals: text on both sides
	High     string   `json:"high,omitempty"`
	Step     string   `json:"step,omitempty"`
	Options  []Option `json:"options,omitempty"`
	Source   string   `json:"source,omitempty"` // names a list in the chair's choices
	Required bool     `json:"required,omitempty"`
	ShowIf   *ShowIf  `json:"show_if,omitempty"`
	Private  bool     `json:"private,omitempty"`  // JSON {"text":"…"}
	Quantity bool     `json:"quantity,omitempty"` // JSON {"v":"1.5","u":"mg"}
	Int      bool     `json:"int,omitempty"`      // JSON number without fraction
	Days     string   `json:"days,omitempty"`     // of a Time: "past" or "ahead" where only those days can be meant
	Fields   []Field  `json:"fields,omitempty"`   // of a pump reading or a list entry, paths relative
}

// Option is one answer.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Hint  string `json:"hint,omitempty"`
}

// ShowIf shows a field only when the answer at Path, as text, equals Equals.
type ShowIf struct {
	Path   string `json:"path"`
	Equals string `json:"equals"`
}
