package app

import (
	"slices"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// A chair may be silent only while another place is proven to sound. Pages
// that sound say so every ten seconds; one that has not for hearingFor counts
// no more. The register lives in memory: after a restart nobody hears until a
// page has said so again.
const hearingFor = 25 * time.Second

// Place is where alarms are heard: a page that sounds.
type Place struct {
	Device  ident.Device // enrolled; empty for a browser that is not
	Station bool         // the device is a station: it hears every chair
	Chair   ident.Chair  // the chair that the device stands at, where it does
	Person  ident.Person // signed in, with the screen open; may be empty
	Name    string       // what staff call the device, or the person's printed name
}

// key tells places apart. Two browsers of one person are one place.
func (p Place) key() Place { return Place{Device: p.Device, Person: p.Person, Station: p.Station} }

// hears reports whether the place counts as hearing a chair: a station hears
// all of them; a person those they are the responsible nurse of, unless the
// page is the chair's own tablet.
func (p Place) hears(chair ident.Chair, nurse ident.Person) bool {
	if p.Station {
		return true
	}
	return p.Person != "" && p.Person == nurse && p.Chair != chair
}

// hearing is the register of places that are proven to sound.
type hearing struct {
	mu sync.Mutex // guards at
	at map[Place]proved
}

type proved struct {
	name  string
	chair ident.Chair
	at    time.Time
}

// say notes what a place says of itself, and reports whether that changed who
// hears. A place that says it does not sound counts no more, from now on.
func (h *hearing) say(p Place, audible bool, now time.Time) (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, v := range h.at {
		if !v.holds(now) {
			delete(h.at, k)
		}
	}
	_, was := h.at[p.key()]
	switch {
	case !p.Station && p.Person == "":
		return false // a tablet that nobody is signed in at hears for nobody
	case !audible:
		delete(h.at, p.key())
		return was
	}
	if h.at == nil {
		h.at = map[Place]proved{}
	}
	h.at[p.key()] = proved{p.Name, p.Chair, now}
	return !was
}

// holds reports whether the proof is new enough. One from the future, after the
// clinic's clock was set back, is none.
func (p proved) holds(now time.Time) bool {
	age := now.Sub(p.at)
	return age >= 0 && age < hearingFor
}

// of names the places that hear a chair, in order of their names.
func (h *hearing) of(chair ident.Chair, nurse ident.Person, now time.Time) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for k, v := range h.at {
		k.Chair = v.chair
		if v.holds(now) && k.hears(chair, nurse) {
			out = append(out, v.name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// SayHearing takes what a page says of itself: that it sounds alarms now, or
// that it does not.
func (a *App) SayHearing(p Place, audible bool) {
	if a.hearing.say(p, audible, a.Now()) {
		a.feed.entries()
	}
}

// HeardBy names the places that are proven to hear a chair now.
func (a *App) HeardBy(chair ident.Chair, nurse ident.Person) []string {
	return a.hearing.of(chair, nurse, a.Now())
}
