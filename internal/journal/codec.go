package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Codec turns the events of one closed sum E into payload bytes and back.
type Codec[E any] struct {
	kinds  []Kind[E]
	byName map[key]int
}

type key struct {
	name    string
	version int
}

// Kind is one (type, version) of payload a codec knows.
type Kind[E any] struct {
	Name    string
	Version int
	// Current says new events are written so; others are only read.
	Current bool

	fits    bool // the struct is one of E
	encode  func(E) ([]byte, bool, error)
	decode  func([]byte) (E, error)
	rewrite func([]byte) ([]byte, error)
}

// Type registers the Go struct T as what name, version is now. T must be one
// of E; a codec that is told otherwise panics when it is made.
func Type[T, E any](name string, version int) Kind[E] {
	var zero T
	_, fits := any(zero).(E)
	return Kind[E]{
		Name: name, Version: version, Current: true, fits: fits,
		encode: func(e E) ([]byte, bool, error) {
			v, ok := any(e).(T)
			if !ok {
				return nil, false, nil
			}
			b, err := json.Marshal(v)
			return b, true, err
		},
		decode: func(b []byte) (E, error) {
			var v T
			var e E
			if err := decodeStrict(b, &v); err != nil {
				return e, err
			}
			e, _ = any(v).(E) // NewCodec has seen that it fits
			return e, nil
		},
		rewrite: rewrite[T],
	}
}

// Was registers the struct Old as what name, version used to be, and how it
// is read today. A released version is never taken out.
func Was[Old, E any](name string, version int, up func(Old) E) Kind[E] {
	return Kind[E]{
		Name: name, Version: version, fits: true,
		encode: func(E) ([]byte, bool, error) { return nil, false, nil },
		decode: func(b []byte) (E, error) {
			var v Old
			if err := decodeStrict(b, &v); err != nil {
				var none E
				return none, err
			}
			return up(v), nil
		},
		rewrite: rewrite[Old],
	}
}

// NewCodec makes a codec of its kinds. It is called once for a package's
// table of events and panics when that table is wrong.
func NewCodec[E any](kinds ...Kind[E]) *Codec[E] {
	c := &Codec[E]{kinds: slices.Clone(kinds), byName: make(map[key]int, len(kinds))}
	current := map[string]bool{}
	for i, k := range kinds {
		at := key{k.Name, k.Version}
		if _, twice := c.byName[at]; twice || !k.fits || !name(k.Name) || len(k.Name) > MaxType || k.Version < 1 {
			panic(fmt.Sprintf("event type %q version %d is malformed, registered twice or not one of the codec's events", k.Name, k.Version))
		}
		if k.Current && current[k.Name] {
			panic(fmt.Sprintf("event type %q has two current versions", k.Name))
		}
		current[k.Name] = current[k.Name] || k.Current
		c.byName[at] = i
	}
	return c
}

// Kinds lists every (type, version) the codec reads.
func (c *Codec[E]) Kinds() []Kind[E] { return slices.Clone(c.kinds) }

// Encode writes e once. NaN and infinities, and personal text that was not
// sealed, make it fail.
func (c *Codec[E]) Encode(e E) (typ string, version int, payload []byte, err error) {
	for _, k := range c.kinds {
		payload, ok, err := k.encode(e)
		if !ok {
			continue
		}
		if err != nil {
			return "", 0, nil, fmt.Errorf("encode %s: %w", k.Name, err)
		}
		if len(payload) > MaxPayload {
			return "", 0, nil, fmt.Errorf("encode %s: %d bytes are more than %d", k.Name, len(payload), MaxPayload)
		}
		return k.Name, k.Version, payload, nil
	}
	return "", 0, nil, fmt.Errorf("encode %T: not a registered event", e)
}

// Decode reads a payload of any version ever released.
func (c *Codec[E]) Decode(typ string, version int, payload []byte) (E, error) {
	var none E
	i, ok := c.byName[key{typ, version}]
	if !ok {
		return none, fmt.Errorf("decode %q version %d: not a registered event", clip(typ), version)
	}
	if len(payload) > MaxPayload {
		return none, fmt.Errorf("decode %s: %d bytes are more than %d", typ, len(payload), MaxPayload)
	}
	e, err := c.kinds[i].decode(payload)
	if err != nil {
		return none, fmt.Errorf("decode %s version %d: %w", typ, version, err)
	}
	return e, nil
}

// Open reads a record's envelope and event.
func (c *Codec[E]) Open(r Record) (Entry[E], error) {
	m, err := r.Meta()
	if err != nil {
		return Entry[E]{}, err
	}
	e, err := c.Decode(r.Type, r.Version, r.Payload)
	if err != nil {
		return Entry[E]{}, fmt.Errorf("entry %d: %w", r.Position, err)
	}
	return Entry[E]{Meta: m, Event: e}, nil
}

// Rewrite reads a payload of this kind and writes it again, by the struct it
// was written from: a payload that has not changed gives the same bytes.
func (k Kind[E]) Rewrite(payload []byte) ([]byte, error) { return k.rewrite(payload) }

func rewrite[T any](payload []byte) ([]byte, error) {
	var v T
	if err := decodeStrict(payload, &v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// decodeStrict reads exactly one JSON value with no field unknown to v.
func decodeStrict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.InputOffset() != int64(len(b)) {
		return errors.New("bytes after the value")
	}
	return nil
}
