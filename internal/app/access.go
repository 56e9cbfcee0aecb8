package app

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// AccessReason is why a record was opened by a role that does not read it.
type AccessReason string

// The reasons.
const (
	AccessEmergency AccessReason = "emergency"
	AccessNobody    AccessReason = "nobody"
	AccessService   AccessReason = "service"
	AccessOther     AccessReason = "other"
)

// AccessReasons lists the reasons, in the order they are shown.
func AccessReasons() []AccessReason {
	return []AccessReason{AccessEmergency, AccessService, AccessNobody, AccessOther}
}

// Text is the reason as people read it.
func (r AccessReason) Text() string {
	switch r {
	case AccessEmergency:
		return "Emergency care of this patient"
	case AccessService:
		return "An emergency service asks"
	case AccessNobody:
		return "Nobody who may read it can be reached"
	case AccessOther:
		return "Another reason"
	}
	return string(r)
}

// accessLife is how long a record stays open to who opened it: a setting of
// ours, long enough for an emergency and short enough to be no habit.
const accessLife = time.Hour

// Access is one record opened in an emergency, until its review and after.
type Access struct {
	ID         ident.Command   `json:"id"` // of the command that opened it
	Session    ident.Session   `json:"session"`
	Person     ident.Person    `json:"person"`
	Reason     AccessReason    `json:"reason"`
	Words      journal.Private `json:"words"`
	At         time.Time       `json:"at"`
	Until      time.Time       `json:"until"`
	ReviewedBy ident.Person    `json:"reviewed_by,omitempty"`
	ReviewedAt time.Time       `json:"reviewed_at,omitzero"`
	Justified  bool            `json:"justified,omitempty"`
	Remark     journal.Private `json:"remark,omitzero"`
	revision   int64
}

// Reviewed reports whether the director has looked at it.
func (x Access) Reviewed() bool { return !x.ReviewedAt.IsZero() }

// ErrOwnAccess says that nobody reviews their own access.
var ErrOwnAccess = errors.New("who opened the record does not review it")

// MayRead reports whether a person may read a visit's record now: by role, or
// because they opened it in an emergency not long ago.
func (a *App) MayRead(ctx context.Context, who act.Actor, id ident.Session) (bool, error) {
	if act.May(who, "record.read").Allowed {
		return true, nil
	}
	if !act.May(who, "record.break-glass").Allowed {
		return false, nil
	}
	all, err := a.accesses(ctx)
	now := a.Now()
	return slices.ContainsFunc(all, func(x Access) bool {
		return x.Person == who.Person && x.Session == id && !now.Before(x.At) && now.Before(x.Until)
	}), err
}

// OpenRecord opens a record in an emergency. The reason goes into the audit
// log, its words into personal detail, and the whole onto the director's
// list, in one transaction. The same id twice opens once.
func (a *App) OpenRecord(ctx context.Context, who act.Actor, id ident.Command, visit ident.Session, reason AccessReason, words string) error {
	if !act.May(who, "record.break-glass").Allowed {
		return fmt.Errorf("open record: %w", ErrNotAllowed)
	}
	if !slices.Contains(AccessReasons(), reason) {
		return fmt.Errorf("%w: choose a reason", ErrMalformed)
	}
	if err := checkWords(words); err != nil {
		return err
	}
	if _, err := a.Visit(ctx, visit); err != nil {
		return err
	}
	now := journal.Time(a.Now())
	text, detail := a.Private(strings.TrimSpace(words))
	x := Access{ID: id, Session: visit, Person: who.Person, Reason: reason, Words: text, At: now, Until: now.Add(accessLife)}
	return a.putAccess(ctx, who, id, x, []*journal.Detail{detail}, "record.opened_in_emergency", openedPayload{
		Subject: string(visit), Reason: reason, Words: text, Until: x.Until,
	}, string(visit), string(reason), words)
}

// ReviewAccess records what the director found.
func (a *App) ReviewAccess(ctx context.Context, who act.Actor, id, access ident.Command, justified bool, remark string) error {
	if !act.May(who, "record.review-access").Allowed {
		return fmt.Errorf("review access: %w", ErrNotAllowed)
	}
	if remark != "" || !justified { // what was not justified is explained
		if err := checkWords(remark); err != nil {
			return err
		}
	}
	row, ok, err := a.Store.Row(ctx, "access", string(access))
	if err != nil {
		return fmt.Errorf("read access: %w", err)
	}
	if !ok {
		return fmt.Errorf("%w: no such access", ErrMalformed)
	}
	x, err := accessOf(row)
	switch {
	case err != nil:
		return err
	case x.Person == who.Person:
		return ErrOwnAccess
	case x.Reviewed():
		return nil // the first review stands
	}
	text, detail := a.Private(strings.TrimSpace(remark))
	x.ReviewedBy, x.ReviewedAt, x.Justified, x.Remark = who.Person, journal.Time(a.Now()), justified, text
	return a.putAccess(ctx, who, id, x, []*journal.Detail{detail}, "record.access_reviewed", reviewedPayload{
		Subject: string(access), Justified: justified, Remark: text,
	}, string(access), fmt.Sprint(justified), remark)
}

type openedPayload struct {
	Subject string          `json:"subject"`
	Reason  AccessReason    `json:"reason"`
	Words   journal.Private `json:"words"`
	Until   time.Time       `json:"until"`
}

type reviewedPayload struct {
	Subject   string          `json:"subject"`
	Justified bool            `json:"justified"`
	Remark    journal.Private `json:"remark,omitzero"`
}

func (a *App) putAccess(ctx context.Context, who act.Actor, id ident.Command, x Access, details []*journal.Detail, typ string, payload any, said ...string) error {
	digest := sha256.Sum256([]byte(typ + "\x00" + strings.Join(said, "\x00")))
	if _, done, err := a.Store.Outcome(ctx, id, digest); err != nil || done {
		return err
	}
	body, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("encode access: %w", err)
	}
	p, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode audit entry: %w", err)
	}
	now := a.Now()
	b := journal.Batch{
		Command: id, Digest: digest, OccurredAt: now, RecordedAt: now, Actor: who, Device: who.Via,
		Audit:     []journal.AuditDraft{{Type: typ, Version: 1, Payload: p, Actor: who, Device: who.Via, At: now}},
		Registers: []journal.RegisterPut{{Register: "access", ID: string(x.ID), Body: body, Revision: x.revision}},
	}
	for _, d := range details {
		if d != nil {
			b.Details = append(b.Details, *d)
		}
	}
	if _, err := a.Store.Append(ctx, b); err != nil {
		return fmt.Errorf("store access: %w", err)
	}
	return nil
}

// Accesses lists what was opened in an emergency for the director, the oldest
// unreviewed one first, then the reviewed ones, the newest first.
func (a *App) Accesses(ctx context.Context, who act.Actor) ([]Access, error) {
	if !act.May(who, "record.review-access").Allowed {
		return nil, fmt.Errorf("list accesses: %w", ErrNotAllowed)
	}
	all, err := a.accesses(ctx)
	slices.SortFunc(all, func(x, y Access) int {
		switch {
		case x.Reviewed() != y.Reviewed():
			if y.Reviewed() {
				return -1
			}
			return 1
		case x.Reviewed():
			return y.At.Compare(x.At)
		}
		return x.At.Compare(y.At)
	})
	return all, err
}

func (a *App) accesses(ctx context.Context) ([]Access, error) {
	rows, err := a.Store.Rows(ctx, "access")
	if err != nil {
		return nil, fmt.Errorf("read accesses: %w", err)
	}
	out := make([]Access, 0, len(rows))
	for _, r := range rows {
		x, err := accessOf(r)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func accessOf(r journal.RegisterRow) (Access, error) {
	var x Access
	if err := json.Unmarshal(r.Body, &x); err != nil {
		return Access{}, fmt.Errorf("decode access %s: %w", r.ID, err)
	}
	x.revision = r.Revision
	return x, nil
}

func checkWords(s string) error {
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n < 5 || n > 1000 || !utf8.ValidString(s) {
		return fmt.Errorf("%w: say why in 5 to 1000 letters", ErrMalformed)
	}
	return nil
}
