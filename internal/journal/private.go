package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// MaxPrivate bounds one piece of personal text, in bytes.
const MaxPrivate = 8 << 10

// Private is personal text: a name, a phone number, a reason in free words.
// In a command it is written {"text":"…"}. In the record only a reference
// and the salted hash stand: Seal replaces the text before a decision is
// made, and a value that still holds text refuses to be written.
type Private struct {
	ID   ident.Detail
	Hash string
	text string
}

// Say makes unsealed personal text.
func Say(text string) Private { return Private{text: text} }

// Given reports whether anything was said, sealed or not.
func (p Private) Given() bool { return p.ID != "" || p.text != "" }

// IsZero lets encoding/json leave an absent text out.
func (p Private) IsZero() bool { return !p.Given() }

type privateWire struct {
	ID   ident.Detail `json:"id,omitempty"`
	Hash string       `json:"hash,omitempty"`
	Text *string      `json:"text,omitempty"`
}

// MarshalJSON writes the reference. Text that was not sealed is an error:
// it must never reach a payload.
func (p Private) MarshalJSON() ([]byte, error) {
	if p.text != "" {
		return nil, errors.New("personal text was not sealed before it was written")
	}
	return json.Marshal(privateWire{ID: p.ID, Hash: p.Hash})
}

// UnmarshalJSON reads a reference from the record or text from a command.
func (p *Private) UnmarshalJSON(b []byte) error {
	var w privateWire
	if err := json.Unmarshal(b, &w); err != nil {
		return errors.New(`text is written {"text":"…"}`)
	}
	if w.Text == nil {
		*p = Private{ID: w.ID, Hash: w.Hash}
		return nil
	}
	if w.ID != "" || w.Hash != "" {
		return errors.New("text comes with a reference: give one of them")
	}
	if len(*w.Text) > MaxPrivate {
		return fmt.Errorf("text is longer than %d bytes", MaxPrivate)
	}
	if !utf8.ValidString(*w.Text) {
		return errors.New("text is not valid UTF-8")
	}
	*p = Say(*w.Text)
	return nil
}

// Seal replaces text by a reference made by seal. A reference that came from
// outside is refused: a command must not point at somebody else's text.
func (p *Private) Seal(seal func(text string) (ident.Detail, string)) error {
	if p.ID != "" || p.Hash != "" {
		return errors.New("a command carries text, not a reference to text")
	}
	if p.text != "" {
		id, hash := seal(p.text)
		*p = Private{ID: id, Hash: hash}
	}
	return nil
}
