package scenariotest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// Play plays a scenario in a clinic and returns every line that did not come
// out as told. What was done and refused has to be followed by a line that
// says so; nothing is refused unseen.
func Play(ctx context.Context, c Clinic, s Script) []Problem {
	p := player{clinic: c, script: s}
	for i := 0; i < len(s.Lines); i++ {
		l := s.Lines[i]
		if l.Then != nil {
			p.check(ctx, l)
			continue
		}
		n := i + 1
		for n < len(s.Lines) && s.Lines[n].Together {
			n++
		}
		if err := p.do(ctx, s.Lines[i:n]); err != nil {
			return append(p.problems, Problem{l, err}) // the rest would follow from what did not happen
		}
		i = n - 1
		p.unsaid(i)
	}
	return p.problems
}

type player struct {
	clinic   Clinic
	script   Script
	problems []Problem
	reply    Reply
	done     Line
	ids      uint64
}

// newID makes ids for what a scenario's commands bring along.
func (p *player) newID() string {
	p.ids++
	var r [10]byte
	binary.BigEndian.PutUint64(r[2:], p.ids)
	return string(ident.New[ident.Order](p.clinic.Time(0).UnixMilli(), r))
}

// do does the lines of one moment.
func (p *player) do(ctx context.Context, lines []Line) error {
	first := lines[0]
	if err := p.clinic.Reach(ctx, p.clinic.Time(first.At)); err != nil {
		return fmt.Errorf("let time pass: %w", err)
	}
	visit, err := p.clinic.Visit(ctx, first.Chair)
	if err != nil {
		return fmt.Errorf("read the record: %w", err)
	}
	var said []Said
	for _, l := range lines {
		b := Book{
			Visit: visit, Chair: l.Chair, Setting: p.script.Setting, Time: p.clinic.Time, Date: p.clinic.Date, NewID: p.newID, Holds: p.clinic.Time(l.Holds),
		}
		d, err := l.Do(b)
		switch {
		case err != nil:
			return err
		case d.Monitor:
			return p.clinic.Monitor(ctx, l.Chair, d.Speaks)
		case d.Station:
			return p.clinic.Station(ctx, d.Speaks)
		case d.Room:
			return p.clinic.SignRoom(ctx, l.By, d.Missing)
		}
		said = append(said, Said{Chair: l.Chair, By: l.By, Witness: d.Witness, Paper: l.Paper, Other: l.Other, Act: d.Act, Holds: b.Holds, Body: d.Body})
	}
	replies, err := p.clinic.Say(ctx, said...)
	if err != nil {
		return err
	}
	p.reply, p.done = replies[len(replies)-1], lines[len(lines)-1]
	for i, r := range replies[:len(replies)-1] {
		if r.Outcome != "accepted" {
			p.problems = append(p.problems, Problem{lines[i], refusedAs(r)})
		}
	}
	return nil
}

func refusedAs(r Reply) error {
	text := fmt.Sprintf("it was %s (%s): %s", r.Outcome, r.Rule, r.Text)
	for _, c := range r.Gate {
		if c.Blocks {
			text += fmt.Sprintf(" [%s: %s: %s]", c.ID, c.Outcome, c.Why)
		}
	}
	return errors.New(text)
}

// unsaid tells a refusal that the scenario does not speak of.
func (p *player) unsaid(at int) {
	if p.reply.Outcome == "" || p.reply.Outcome == "accepted" || p.done.Number != p.script.Lines[at].Number || p.done.File != p.script.Lines[at].File {
		return
	}
	if at+1 < len(p.script.Lines) {
		next := p.script.Lines[at+1]
		if next.Then != nil && (strings.HasPrefix(next.Form, "it is refused") || strings.HasPrefix(next.Form, "it is sent back")) {
			return
		}
	}
	p.problems = append(p.problems, Problem{p.done, refusedAs(p.reply)})
}

func (p *player) check(ctx context.Context, l Line) {
	visit, err := p.clinic.Visit(ctx, l.Chair)
	if err == nil {
		err = l.Then(ctx, &seen{Visit: visit, clinic: p.clinic, chair: l.Chair, reply: p.reply, now: p.clinic.Time(p.done.At)})
	}
	if err != nil {
		p.problems = append(p.problems, Problem{l, err})
	}
}
