package report

import (
	"fmt"
	"slices"
	"strings"
)

// frame is what stands around the flow on every page.
type frame struct {
	demo     bool
	identity []line
	clinic   []line
	signed   []line
	head     []line  // of the chain, and who printed
	top      float64 // where the flow begins
}

const (
	frameTop  = 10.0
	frameFoot = 272.0
	demoText  = "DEMONSTRATION: a simulated patient, not a medical record"
)

// frame sets head and foot once. Lines that would push the flow away are
// clipped with a mark; the opening shows them whole.
func (t *typesetter) frame(d Document) frame {
	who := style{strong, 8.6, ink, false}
	f := frame{
		demo: d.Demo,
		identity: t.clip(t.wrap(118, span{d.Patient.Name, who}, span{"·", tiny},
			span{listed(d.Patient.Born, number(d.Patient)), style{size: 8.6, ink: ink}}), 3),
		clinic: t.clip(t.wrap(50, span{d.Clinic, style{size: 8.6, ink: soft}}), 3),
		signed: t.clip(t.wrap(measure, span{signers(d.Signatures), tiny}), 2),
		head:   t.clip(t.wrap(140, span{"Record head: " + d.Head.Short, tiny}), 1),
	}
	f.head = append(f.head, t.clip(t.wrap(140, span{upper(d.Printed), tiny}), 1)...)
	f.top = frameTop + max(height(f.identity), height(f.clinic)) + 9
	if d.Demo {
		f.top += 6.5
	}
	return f
}

// signers says on one line who signed what.
func signers(signed []Signature) string {
	if len(signed) == 0 {
		return "Not signed yet."
	}
	var names []string
	meanings := map[string][]string{}
	for _, s := range signed {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
		if !slices.Contains(meanings[s.Name], s.Meaning) {
			meanings[s.Name] = append(meanings[s.Name], s.Meaning)
		}
	}
	for i, n := range names {
		names[i] = n + " (" + strings.Join(meanings[n], "; ") + ")"
	}
	return "Signed by " + strings.Join(names, ", ")
}

func height(lines []line) float64 { return cell{lines: lines}.height() }

// around draws head and foot of page n of total.
func (t *typesetter) around(p *page, f frame, n, total int) {
	y := frameTop
	if f.demo {
		p.box(y, measure, 5, amberTint)
		l := t.wrap(measure, span{demoText, style{strong, 8.2, amberInk, false}})
		p.lines(left+(measure-l[0].width())/2, y+0.6, l)
		y += 6.5
	}
	p.lines(left, y, f.identity)
	for _, l := range f.clinic {
		p.lines(right-l.width(), y, []line{l})
		y += l.height
	}
	p.box(f.top-7.5, measure, 0.35, ink)

	p.box(frameFoot, measure, 0.15, hair)
	y = p.lines(left, frameFoot+1.2, f.signed)
	y = p.lines(left, y, f.head)
	number := t.wrap(40, span{fmt.Sprintf("page %d of %d", n, total), style{strong, 8.2, ink, false}})
	p.lines(right-number[0].width(), y-number[0].height, number)
}
