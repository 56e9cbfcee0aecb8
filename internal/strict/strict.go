// Package strict reads the JSON that clients send: one object, every field
// known, no key twice, nothing after it. What is stored is read by the codec of
// the journal, which takes whatever was once taken.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// mostDeep bounds how deep objects and lists lie in one another; a command of
// ours has six.
const mostDeep = 32

// space is what JSON takes for it.
const space = " \t\r\n"

// Errors of Object.
var (
	ErrNotObject = errors.New("it is not a JSON object")
	ErrMore      = errors.New("more follows after it")
	ErrDeep      = fmt.Errorf("it is nested deeper than %d", mostDeep)
)

// TwiceError refuses a key that an object has twice: which of the two was meant
// nobody can tell. The standard library takes the last one, and takes keys that
// differ in case for one, so they are one here too.
type TwiceError struct{ Key string }

func (e *TwiceError) Error() string {
	if !plain(e.Key) {
		return "a key stands twice" // what was sent is not repeated: it may be personal
	}
	return "the key " + e.Key + " stands twice"
}

// plain reports whether a key looks like one of ours.
func plain(key string) bool {
	return len(key) > 0 && len(key) <= 48 && strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// Object reads b into v.
func Object(b []byte, v any) error { return read(b, v, mostDeep) }

// Envelope reads b into v and leaves to whoever opens them what the objects in
// it hold.
func Envelope(b []byte, v any) error { return read(b, v, 1) }

func read(b []byte, v any, deep int) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if len(bytes.Trim(b[d.InputOffset():], space)) != 0 {
		return ErrMore
	}
	if b = bytes.Trim(b, space); b[0] != '{' {
		return ErrNotObject
	}
	return once(b, deep)
}

// level is one object or list that is open while its tokens go by.
type level struct {
	keys  map[string]bool // nil in a list
	value bool            // in an object: the next token is a value
}

// once refuses a key that stands twice in one object, down to a depth. b is
// well-formed.
func once(b []byte, deep int) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber() // a number is not read here
	var open []level
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			if len(open) == mostDeep {
				return ErrDeep
			}
			if n := len(open); n > 0 {
				open[n-1].value = false
			}
			l := level{}
			if token == json.Delim('{') {
				l.keys = map[string]bool{}
			}
			open = append(open, l)
			continue
		case json.Delim('}'), json.Delim(']'):
			if open = open[:len(open)-1]; len(open) == 0 {
				return nil
			}
			continue
		}
		if len(open) > deep {
			continue
		}
		if err := open[len(open)-1].next(token); err != nil {
			return err
		}
	}
}

// next takes a token that opens or closes nothing.
func (l *level) next(token json.Token) error {
	key, text := token.(string)
	switch {
	case l.keys == nil:
	case l.value:
		l.value = false
	case text && l.keys[folded(key)]:
		return &TwiceError{Key: key}
	default:
		l.keys[folded(key)], l.value = true, true
	}
	return nil
}

// folded is a key as encoding/json compares keys: every letter in the smallest
// of its cases.
func folded(key string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
			least = min(least, c)
		}
		return least
	}, key)
}
