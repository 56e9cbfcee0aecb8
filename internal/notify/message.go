// Package notify tells people elsewhere of alarms, by a webhook: one message for
// each announcement and each step of the ladder. What is owed is written in the
// transaction of the entry it is about, and is sent until the receiver has taken
// it or nobody should be called for it any more. It is a secondary notification,
// without a promise that it arrives; the bedside monitor is the primary alarm.
package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/session"
)

// Late is how long after its entry a message is still sent. Later it would call
// people to what the room has long dealt with. Evidence mark: default.
const Late = 15 * time.Minute

// Notice stands in every message.
const Notice = "Secondary notification; delivery is not guaranteed. The bedside monitor is the primary alarm."

// Message is what a receiver gets. It names no patient: whoever is called finds
// them at the chair.
type Message struct {
	// ID is the same each time this message is sent: what was taken before is
	// to be dropped.
	ID       string    `json:"id"`
	Clinic   string    `json:"clinic"`
	Chair    int       `json:"chair"`
	Priority string    `json:"priority"` // "high", "medium"
	Alarm    string    `json:"alarm"`    // condition, as the alarm library names it
	Name     string    `json:"name"`     // "SpO₂ low"
	Text     string    `json:"text"`     // what, how long, against which limit
	Kind     string    `json:"kind"`     // "raised", "worsened", "escalated", "announced again", "pause ended"
	Step     string    `json:"step"`     // "nurse", "next person", "room", "everyone"
	Called   []string  `json:"called"`   // by printed name; empty where the step names nobody
	Since    time.Time `json:"since"`    // when the condition began
	At       time.Time `json:"at"`       // when it was announced
	Board    string    `json:"board"`    // address of the board
	Notice   string    `json:"notice"`
}

// about is the alarm that an entry announces, where people elsewhere are told:
// yellow and red ones, once somebody beyond the screen where it was charted is
// called.
func about(e session.Event) (f session.AlarmFact, kind alarm.ChangeKind, ok bool) {
	f, kind, ok = session.AlarmSaid(e)
	return f, kind, ok && f.Priority >= alarm.Medium && f.Stage != alarm.AtBedside && kind.Calls()
}

// Owes says what an entry of the record owes to people elsewhere. An entry that
// cannot be read owes nothing: it is for verify to say so.
func Owes(r journal.Record) (journal.Outgoing, bool) {
	if !strings.HasPrefix(r.Type, "session.alarm-") {
		return journal.Outgoing{}, false
	}
	e, err := session.Codec.Decode(r.Type, r.Version, r.Payload)
	if err != nil {
		return journal.Outgoing{}, false
	}
	f, _, ok := about(e)
	if !ok {
		return journal.Outgoing{}, false
	}
	return journal.Outgoing{
		ID:       string(r.Clinic) + "/" + strconv.FormatInt(r.Position, 10) + "/" + strings.ReplaceAll(string(f.Stage), " ", "-"),
		Position: r.Position, QueuedAt: r.RecordedAt, ExpiresAt: r.RecordedAt.Add(Late),
	}, true
}

// Where is what a message says beside the entry itself.
type Where struct {
	Chair ident.Chair
	Names map[ident.Person]string
	Board string
	// Alarms are those of the visit as they stand now.
	Alarms alarm.Announced
}

// Answered reports whether nobody is to be called for an entry any more: its alarm
// was acknowledged since, or is no more. A red one that ended by itself stands
// until somebody acknowledges it.
func Answered(r journal.Record, now alarm.Announced) (bool, error) {
	e, err := session.Codec.Decode(r.Type, r.Version, r.Payload)
	if err != nil {
		return false, err
	}
	f, _, _ := about(e)
	a, stands := now.Alarm(f.Condition)
	return !stands || a.Acked(), nil
}

// Write makes the message of an entry. What a device says of itself is left out of
// the text: it may name a patient.
func Write(o journal.Outgoing, r journal.Record, w Where) ([]byte, error) {
	e, err := session.Codec.Decode(r.Type, r.Version, r.Payload)
	if err != nil {
		return nil, err
	}
	f, kind, _ := about(e)
	m := Message{
		ID: o.ID, Clinic: string(r.Clinic), Chair: int(w.Chair), Priority: f.Priority.String(), Alarm: string(f.Condition),
		Name: f.Condition.Name().English(), Text: f.Text.English(), Kind: string(kind), Step: string(f.Stage), Called: []string{},
		Since: f.Since.UTC(), At: r.EffectiveAt.UTC(), Board: w.Board, Notice: Notice,
	}
	if f.Condition.OfDevice() {
		m.Text = m.Name
	}
	for _, p := range f.Called {
		if n := w.Names[p]; n != "" {
			m.Called = append(m.Called, n)
		}
	}
	return json.Marshal(m)
}

// Sign is the signature of a body sent at an instant: HMAC-SHA256 over
// "<unix seconds>.<id>.<body>", in hex behind its version.
func Sign(secret []byte, at time.Time, id string, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(strconv.FormatInt(at.Unix(), 10) + "." + id + "."))
	h.Write(body)
	return "v1=" + hex.EncodeToString(h.Sum(nil))
}
