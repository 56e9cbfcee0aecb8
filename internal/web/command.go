package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/strict"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// envelope is what stands around every command on the wire. Unknown fields
// are refused: a misspelt one must not be taken for an absent one.
type envelope struct {
	Schema     int       `json:"schema"`
	ID         string    `json:"id"`
	Session    string    `json:"session"`
	OccurredAt time.Time `json:"occurred_at"`
	OffsetMS   int64     `json:"offset_ms"`
	Grant      string    `json:"grant,omitempty"`
	// Unsigned says that nobody was known at the screen when it was touched:
	// whoever is signed in where it arrives did not say it.
	Unsigned bool `json:"unsigned,omitempty"`
	// Said is who was at the screen when it was touched. It proves nothing; it
	// keeps an entry without a grant from becoming somebody else's.
	Said    ident.Person    `json:"said,omitempty"`
	Witness string          `json:"witness,omitempty"`
	Paper   *session.Paper  `json:"paper,omitempty"`
	Body    json.RawMessage `json:"body"`
}

// maxOffset bounds a device clock that is plainly wrong; the claimed time is
// then given back to its author, not guessed at.
const maxOffset = 366 * 24 * time.Hour

func (s *site) command(w http.ResponseWriter, r *http.Request, v Visitor) error {
	began := time.Now()
	c, err := readCommand(r, s.Now())
	if err != nil {
		if s.Unread != nil {
			s.Unread(act.Act(r.PathValue("act")), began)
		}
		return err
	}
	// A grant names its author even when the sign-in has ended; without one
	// somebody has to be known.
	if c.Grant == "" && !v.Known() {
		return errNobody
	}
	// Without a grant whoever is signed in on arrival is the author: somebody
	// else may be by then, while the entry waited or was on its way.
	if c.Grant == "" && c.Said != "" && c.Said != v.Actor.Person {
		if !act.Unsigned(c.Act) {
			return errAnother
		}
		c.Unsigned = true // a stop holds all the same, as the tablet's
	}
	if now := s.Now(); now.Sub(c.OccurredAt.Add(-c.Offset)).Abs() < time.Minute { // not what waited: its clock was measured then
		s.skew(v, c.Offset.Milliseconds())
	}
	reply, err := s.Commands.Do(r.Context(), v, c)
	if err != nil {
		return err
	}
	s.json(w, r, statusOf(reply), reply)
	return nil
}

// ruleAuthority is the rule that a role does not allow an act.
const ruleAuthority = "authority"

// statusOf maps what became of a command. A refusal by a rule is an answer.
func statusOf(r view.Reply) int {
	if r.Rule == ruleAuthority {
		return http.StatusForbidden
	}
	switch r.Outcome {
	case "accepted", "repeated":
		return http.StatusOK
	case "conflict":
		return http.StatusConflict
	case "malformed":
		return http.StatusBadRequest
	}
	return http.StatusUnprocessableEntity
}

func readCommand(r *http.Request, now time.Time) (Command, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return Command{}, asMalformed(err)
	}
	var e envelope
	if err := strict.Envelope(raw, &e); err != nil {
		err = shortJSON(err)
		return Command{}, malformed("The command could not be read: " + err.Error() + ".")
	}
	id, err := ident.Parse[ident.Command](e.ID)
	if err != nil {
		return Command{}, malformed("The command has no proper id.")
	}
	visit, err := ident.Parse[ident.Session](e.Session)
	if err != nil {
		return Command{}, malformed("The command names no visit.")
	}
	what := act.Act(r.PathValue("act"))
	if len(e.Body) == 0 {
		e.Body = json.RawMessage("{}")
	}
	c := Command{
		Act: what, Schema: e.Schema, ID: id, Session: visit, OccurredAt: e.OccurredAt,
		Offset: time.Duration(e.OffsetMS) * time.Millisecond,
		Grant:  e.Grant, Unsigned: e.Unsigned, Said: e.Said, Witness: e.Witness, Paper: e.Paper, Body: e.Body, Digest: digest(what, e),
	}
	timed := !e.OccurredAt.IsZero() && e.OffsetMS <= maxOffset.Milliseconds() && e.OffsetMS >= -maxOffset.Milliseconds()
	switch {
	case e.Schema >= 1 && timed:
	case act.Unsigned(what):
		// A stop is not given back for a clock that is plainly wrong: it holds from when it came.
		if !timed {
			c.OccurredAt, c.Offset = now, 0
		}
	default:
		return Command{}, malformed("The command lacks its version or its time.")
	}
	return c, nil
}

// digest covers what was said, not who delivers it or how: the same entry
// brought again under a fresh grant is the same entry.
func digest(what act.Act, e envelope) [32]byte {
	var b bytes.Buffer
	for _, part := range []string{string(what), e.ID, e.Session, e.OccurredAt.UTC().Format(time.RFC3339Nano)} {
		b.WriteString(part)
		b.WriteByte(0)
	}
	var body bytes.Buffer
	if err := json.Compact(&body, e.Body); err != nil {
		body.Reset()
		body.Write(e.Body)
	}
	b.Write(body.Bytes())
	if e.Paper != nil {
		// Who wrote it is part of what was said.
		fmt.Fprintf(&b, "\x00%s %v", e.Paper.Author, e.Paper.Sheets)
	}
	return sha256.Sum256(b.Bytes())
}

// object reads one JSON object, strictly.
func object(raw []byte, into any) error {
	if err := strict.Object(raw, into); err != nil {
		return shortJSON(err)
	}
	return nil
}

// shortJSON says what is wrong without repeating what was sent, which may
// hold personal text.
func shortJSON(err error) error {
	var twice *strict.TwiceError
	if errors.As(err, &twice) || errors.Is(err, strict.ErrMore) || errors.Is(err, strict.ErrNotObject) || errors.Is(err, strict.ErrDeep) {
		return err
	}
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return errors.New("field " + typ.Field + " has the wrong type")
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("it is not JSON")
	}
	return errors.New("a field is unknown or malformed")
}

func (s *site) witness(w http.ResponseWriter, r *http.Request, _ Visitor) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return asMalformed(err)
	}
	var p WitnessProof
	if err := object(raw, &p); err != nil {
		return malformed("The proof could not be read: " + err.Error() + ".")
	}
	g, err := s.Auth.Witness(r, p)
	if err != nil {
		return err
	}
	s.json(w, r, http.StatusOK, g)
	return nil
}

// unlockHere opens the screen from the chair's own PIN pad, without leaving
// the page: vitals, help and stop stay where they are.
func (s *site) unlockHere(w http.ResponseWriter, r *http.Request, _ Visitor) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return asMalformed(err)
	}
	var p struct {
		Person ident.Person `json:"person"`
		PIN    string       `json:"pin"`
	}
	if err := object(raw, &p); err != nil || !ident.Valid(p.Person) {
		return malformed("Say first who you are.")
	}
	in, err := s.Auth.Unlock(w, r, p.Person, p.PIN)
	if err != nil {
		return err
	}
	s.json(w, r, http.StatusOK, who(in))
	return nil
}

func (s *site) lockHere(w http.ResponseWriter, r *http.Request, v Visitor) error {
	if err := s.Auth.Lock(w, r); err != nil {
		return err
	}
	v.Locked = true
	s.json(w, r, http.StatusOK, who(v))
	return nil
}

// here says that a hand is at the screen: that somebody posted is what keeps it
// open. The page says with it how far its device's clock is off.
func (s *site) here(w http.ResponseWriter, r *http.Request, v Visitor) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return asMalformed(err)
	}
	var said struct {
		OffsetMS *int64 `json:"offset_ms,omitempty"`
	}
	if len(raw) > 0 {
		if err := object(raw, &said); err != nil {
			return malformed("What the page said could not be read: " + err.Error() + ".")
		}
	}
	if said.OffsetMS != nil {
		s.skew(v, *said.OffsetMS)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// skew takes what a device's clock is off by; a plainly wrong one is the most
// that can be.
func (s *site) skew(v Visitor, ms int64) {
	if s.Skew != nil {
		s.Skew(v, time.Duration(min(max(ms, -maxOffset.Milliseconds()), maxOffset.Milliseconds()))*time.Millisecond)
	}
}

// grant gives the island the right to write in the visitor's name while the
// server is away.
func (s *site) grant(w http.ResponseWriter, r *http.Request, v Visitor) error {
	g, err := s.Auth.Grant(r.Context(), v)
	if err != nil {
		return err
	}
	s.json(w, r, http.StatusOK, g)
	return nil
}
