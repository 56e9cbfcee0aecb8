package app

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
)

// A chair may be silent only while another place is proven to sound. Pages
// that sound say so every ten seconds; one that has not for the library's time
// (SW-HEARD) counts no more. The register lives in memory: after a restart
// nobody hears until a page has said so again.

// Place is where alarms are heard: a page that sounds.
type Place struct {
	Device  ident.Device // enrolled; empty for a browser that is not
	Station bool         // the device is a station: it hears every chair
	Chair   ident.Chair  // the chair that the device stands at, where it does
	Person  ident.Person // signed in, with the screen open; may be empty
	Nurse   bool         // the person is a nurse
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
	rules library.Session
	mu    sync.Mutex // guards at
	at    map[Place]proved
}

type proved struct {
	name  string
	chair ident.Chair
	nurse bool
	at    time.Time
}

// say notes what a place says of itself, and reports whether that changed who
// hears. A place that says it does not sound counts no more, from now on.
func (h *hearing) say(p Place, audible bool, now time.Time) (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, v := range h.at {
		if !session.Proven(h.rules, v.at, now) {
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
	h.at[p.key()] = proved{p.Name, p.Chair, p.Nurse, now}
	return !was
}

// of lists the places that hear a chair, with when each last proved it, but those
// that are known to be deaf.
func (h *hearing) of(chair ident.Chair, nurse ident.Person, deaf func(Place) bool) []session.Proved {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []session.Proved
	for k, v := range h.at {
		k.Chair = v.chair
		if k.hears(chair, nurse) && !deaf(k) {
			out = append(out, session.Proved{Name: v.name, At: v.at})
		}
	}
	return out
}

// reachable lists the people who are signed in at a page that sounds, each with their
// latest proof.
func (h *hearing) reachable() []session.Reachable {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []session.Reachable
	for k, v := range h.at {
		i := slices.IndexFunc(out, func(p session.Reachable) bool { return p.Person == k.Person })
		switch {
		case k.Person == "":
		case i < 0:
			out = append(out, session.Reachable{Person: k.Person, Nurse: v.nurse, At: v.at})
		case v.at.After(out[i].At):
			out[i].At = v.at
		}
	}
	slices.SortFunc(out, func(a, b session.Reachable) int { return strings.Compare(string(a.Person), string(b.Person)) })
	return out
}

// reachable is who can be called, with how many patients in the room each is responsible
// for.
func (a *App) reachable() []session.Reachable {
	out := a.hearing.reachable()
	for i := range out {
		out[i].Chairs = a.sessions.inRoomOf(out[i].Person)
	}
	return out
}

// places lists those that are proven to sound, with what staff call them.
func (h *hearing) places(now time.Time) []Place {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []Place
	for k, v := range h.at {
		if session.Proven(h.rules, v.at, now) {
			k.Chair, k.Name, k.Nurse = v.chair, v.name, v.nurse
			out = append(out, k)
		}
	}
	return out
}

// SayHearing takes what a page says of itself: that it sounds alarms now, or
// that it does not.
func (a *App) SayHearing(p Place, audible bool) {
	if a.hearing.say(p, audible, journal.Time(a.Now())) {
		a.feed.entries()
	}
}

// Sounding lists the places that are proven to sound now.
func (a *App) Sounding() []Place { return a.hearing.places(journal.Time(a.Now())) }

// heard is what a decision may know of who hears a chair.
func (a *App) heard(chair ident.Chair, nurse ident.Person, deaf func(Place) bool) session.Heard {
	return session.Heard{Since: journal.Time(a.started), Places: a.hearing.of(chair, nurse, deaf)}
}

// unheard reports whether no place is proven to hear the chair of a visit.
func (a *App) unheard(s session.State, deaf func(Place) bool, now time.Time) bool {
	return len(a.heard(s.Chair, s.Nurse, deaf).By(a.Knows().Rules, now)) == 0
}
