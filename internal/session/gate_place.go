package session

import (
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/library"
)

// checkLoad is the check of how many infusions a nurse has running.
const checkLoad CheckID = "nurse-load"

// placeLines: the room, the people, and who is responsible.
func placeLines() []line {
	return []line{
		{"room", "P-5", look.room},
		{"credentials", "P-2", look.credentials},
		{"prescriber", "P-12", look.prescriber},
		{"nurse", "P-12", look.nurse},
		{checkLoad, "P-12-RATIO", func(v look) verdict { return v.load(library.NurseRunning) }},
	}
}

func (v look) room() verdict {
	r := v.env.Room
	today, known := v.today(r.At)
	switch {
	case !r.Known:
		return unsure(say("room.unknown"), say("room.check"))
	case !known:
		return unsure(say("no_zone"), say("set_zone"))
	case !r.Done || !today:
		return unsure(say("room.not_done"), say("room.check"))
	case len(r.Open) > 0:
		return found(say("room.open", strings.Join(r.Open, ", ")), say("room.put_right"))
	}
	return fine()
}

// credentials: whoever does this act holds what it needs, none of it expired.
func (v look) credentials() verdict {
	switch st := v.env.Staff; {
	case !st.Known || v.env.Actor.Kind != act.Person || v.env.Actor.Person == "":
		return unsure(say("credentials.unknown"), say("credentials.look"))
	case len(st.ActorMissing) > 0:
		return found(say("credentials.missing", strings.Join(st.ActorMissing, ", ")), say("credentials.other"))
	case len(st.ActorExpires) > 0:
		return noted(say("credentials.expires", strings.Join(st.ActorExpires, ", ")))
	}
	return fine()
}

func (v look) prescriber() verdict {
	standing, listed := v.env.Staff.Prescribers[v.s.Prescriber]
	switch {
	case v.s.Prescriber == "":
		return unsure(say("prescriber.none"), say("prescriber.take"))
	case !v.env.Staff.Known || !listed:
		return unsure(say("prescriber.unknown"), say("credentials.look"))
	case !standing:
		return found(say("prescriber.no_standing"), say("prescriber.other")).by("P-1")
	case !v.s.OnSite:
		return found(say("prescriber.away"), say("prescriber.come"))
	}
	return fine()
}

func (v look) nurse() verdict {
	if v.s.Nurse == "" {
		return unsure(say("nurse.none"), say("nurse.take"))
	}
	return fine()
}

// load: how many running infusions the responsible nurse has, this one
// included.
func (v look) load(most library.Key) verdict {
	n, limit := v.env.Staff.Load, v.env.Rules.Count(most)
	switch {
	case !v.env.Staff.Known || n < 1 || v.s.Nurse == "":
		return unsure(say("load.unknown"), say("nurse.take"))
	case n > limit:
		r := found(say("load.many", strconv.Itoa(n), strconv.Itoa(limit)), say("load.hand_over"))
		r.load = n
		return r
	}
	return fine()
}
