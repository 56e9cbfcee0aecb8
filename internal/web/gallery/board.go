package gallery

import (
	"slices"
	"time"

	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// at is a time of the gallery's one day, Monday 23 November 2026, in ms.
func at(hour, minute int) int64 {
	return time.Date(2026, 11, 23, hour, minute, 0, 0, time.UTC).UnixMilli()
}

func dim(title string) view.Page {
	return view.Page{Title: title, Theme: "dim", Clinic: "Clinic of the gallery"}
}

func light(title string) view.Page {
	return view.Page{
		Title: title, Theme: "light", Clinic: "Clinic of the gallery",
		Command: "01890a5d-ac96-774b-bcce-b302099a8057",
		Who:     view.Who{Name: "A. Okafor RN", Roles: "nurse, director"},
		Places: []view.Place{
			{Href: "/board", Label: "Board"},
			{Href: "/sessions", Label: "Visits", Here: true},
			{Href: "/schedule", Label: "Plan"},
			{Href: "/patients", Label: "Patients"},
			{Href: "/room-check", Label: "Room check"},
			{Href: "/devices", Label: "Devices"},
			{Href: "/people", Label: "People"},
		},
	}
}

var now = at(10, 12)

func ago(d time.Duration) int64 { return now - d.Milliseconds() }

// signs are the four values of a row; the cuff's age is given, the rest are live.
func signs(pressure string, cuff time.Duration, pulse, spo2, rr string) []view.Tile {
	live := ago(time.Second)
	return []view.Tile{
		{Kind: "nibp", Label: "Pressure", Text: pressure, Unit: "mmHg", AtMS: ago(cuff), FreshMS: 1_800_000},
		{Kind: "pulse", Label: "Pulse", Text: pulse, Unit: "/min", AtMS: live, FreshMS: 10_000},
		{Kind: "spo2", Label: "SpO₂", Text: spo2, Unit: "%", AtMS: live, FreshMS: 10_000},
		{Kind: "rr", Label: "Breath", Text: rr, Unit: "/min", AtMS: live, FreshMS: 10_000},
	}
}

// doubted marks signs as questionable, as a probe on a moving hand makes them.
func doubted(tiles []view.Tile, kinds ...string) []view.Tile {
	for i := range tiles {
		tiles[i].Doubt = slices.Contains(kinds, tiles[i].Kind)
	}
	return tiles
}

func bar(kind string, from, to int64, planned bool, text string) view.Bar {
	return view.Bar{Kind: kind, FromMS: from, ToMS: to, Planned: planned, Text: text}
}

// Board is the room of the picture that sets the direction.
func Board() view.Board {
	b := view.Board{
		Page: dim("Board"), Head: 4211, AtMS: now, Clock: "10:12", Date: "Monday 23 November",
		Chairs: "6 chairs", Need: 2, NeedIs: "2 need someone",
		Right: "sound proven 10:11 · J. Weiss MD on site", Foot: "5 of 6 chairs linked · hash chain intact 10:11",
		Axis: view.Axis{FromMS: at(8, 42), ToMS: at(14, 15), NowMS: now},
		Rows: []view.BoardRow{rowHaddad(), rowNg(), rowAbebe(), rowRivera(), rowLindqvist(), rowSato()},
	}
	for h := 9; h <= 14; h++ {
		b.Axis.Hours = append(b.Axis.Hours, view.AxisHour{AtMS: at(h, 0), Label: word.Clock(time.Date(2026, 1, 1, h, 0, 0, 0, time.UTC))})
	}
	return b
}

func rowHaddad() view.BoardRow {
	return view.BoardRow{
		Chair: 4, Href: "/chair/4", Name: "Haddad, S.", Phase: "Infusing", Nurse: "Okafor", Needs: true,
		Next: "Recheck cuff now", NextSub: "171/96, one reading, 4 min ago", Tiles: signs("171/96", 4*time.Minute, "88", "96", "14"),
		Bars: []view.Bar{
			bar("prepare", at(9, 12), at(9, 28), false, "preparing 9:12 to 9:28"), bar("infuse", at(9, 28), now, false, "infusing since 9:28"),
			bar("infuse", now, at(11, 12), true, "planned to 11:12"), bar("recover", at(11, 12), at(13, 12), true, "recovery planned to 13:12"),
		},
	}
}

func rowNg() view.BoardRow {
	return view.BoardRow{
		Chair: 1, Href: "/chair/1", Name: "Ng, T.", Phase: "Recovering 22/120 min", Nurse: "Brandt", Needs: true,
		Next: "Observation", NextSub: "6 min late", Tiles: doubted(signs("118/70", 21*time.Minute, "64", "98", "15"), "pulse", "spo2"),
		Bars: []view.Bar{
			bar("infuse", at(8, 42), at(9, 50), false, "infused 8:42 to 9:50"), bar("recover", at(9, 50), now, false, "recovering since 9:50"),
			bar("recover", now, at(11, 50), true, "planned to 11:50"),
		},
	}
}

func rowAbebe() view.BoardRow {
	return view.BoardRow{
		Chair: 2, Href: "/chair/2", Name: "Abebe, K.", Phase: "Preparing · 1 blocker", Nurse: "Brandt",
		Next: "Confirm escort", NextSub: "not reached by phone, 9:50", Unconfirmed: "2 readings not confirmed", Tiles: signs("124/78", 12*time.Minute, "70", "98", "14"),
		Bars: []view.Bar{
			bar("prepare", at(9, 47), now, false, "preparing since 9:47"), bar("infuse", at(10, 22), at(12, 22), true, "planned 10:22 to 12:22"),
			bar("recover", at(12, 22), at(13, 22), true, ""),
		},
	}
}

func rowRivera() view.BoardRow {
	return view.BoardRow{
		Chair: 3, Href: "/chair/3", Name: "Rivera, M.", Phase: "Infusing", Nurse: "Okafor",
		Next: "Observation 10:15", Tiles: signs("141/85", 2*time.Minute, "79", "97", "13"),
		Bars: []view.Bar{
			bar("prepare", at(8, 46), at(9, 0), false, ""), bar("infuse", at(9, 0), now, false, "infusing since 9:00"),
			bar("infuse", now, at(13, 0), true, "planned to 13:00"), bar("recover", at(13, 0), at(14, 12), true, ""),
		},
	}
}

func rowLindqvist() view.BoardRow {
	return view.BoardRow{
		Chair: 6, Href: "/chair/6", Name: "Lindqvist, E.", Phase: "Infusing", Nurse: "Brandt",
		Next: "Rate step 10:23", Tiles: signs("129/77", 3*time.Minute, "71", "97", "16"),
		Bars: []view.Bar{
			bar("prepare", at(9, 42), at(10, 3), false, ""), bar("infuse", at(10, 3), now, false, "infusing since 10:03"),
			bar("infuse", now, at(12, 3), true, "planned to 12:03"), bar("recover", at(12, 3), at(14, 3), true, ""),
		},
	}
}

func rowSato() view.BoardRow {
	return view.BoardRow{
		Chair: 5, Href: "/chair/5", Name: "Sato, H.", Phase: "Arrives 10:40", Nurse: "–",
		Next: "Room check", NoVitals: "no monitor linked",
		Bars: []view.Bar{
			bar("prepare", at(10, 40), at(10, 57), true, ""), bar("infuse", at(10, 57), at(12, 57), true, "planned 10:57 to 12:57"),
			bar("recover", at(12, 57), at(14, 12), true, ""),
		},
	}
}

func boardPublic() view.Board {
	b := Board()
	b.Public = true
	for i, initials := range []string{"S. H.", "T. N.", "K. A.", "M. R.", "E. L.", "H. S."} {
		r := &b.Rows[i]
		r.Name, r.Tiles, r.NoVitals, r.NextSub, r.Unconfirmed = initials, nil, "values are not shown here", "", ""
	}
	return b
}

// boardOldValues has a chair whose monitor fell silent and one with a long name.
func boardOldValues() view.Board {
	b := Board()
	b.Demo = true
	for i := range b.Rows[3].Tiles {
		b.Rows[3].Tiles[i].AtMS = ago(95 * time.Second)
	}
	b.Rows[3].Needs, b.Rows[3].Next, b.Rows[3].NextSub = true, "Look at the monitor", "no signal for 1 min"
	b.Rows[4].Tiles[3] = view.Tile{Kind: "rr", Label: "Breath", Empty: "off"}
	b.Rows[5].Name, b.Rows[5].Next = "Featherstonehaugh-Montgomery, A.", "Confirm stop at the pump, then read the volume"
	return b
}

// boardDevices: monitors that no visit has, and what is wrong with them.
func boardDevices() view.Board {
	b := Board()
	b.Devices = []string{
		"Monitor 9 has been silent since 9:41.", "The clock of Monitor B8F2 is off: set it on the monitor.", "Values of Monitor at bed WARD3-12 are set aside: look under Devices.",
	}
	return b
}

func boardEmpty() view.Board {
	b := Board()
	b.Rows, b.Need, b.Foot = nil, 0, "hash chain intact 10:11"
	b.Empty = "Nobody is planned for today. Visits are planned at the desk."
	return b
}

// boardAlarms has every kind of alarm that a row can show.
func boardAlarms() view.Board {
	b := Board()
	b.Need, b.NeedIs, b.Unheard = 4, "4 need someone", "No one hears 1 watched chair"
	red := &b.Rows[3]
	red.Needs, red.Unheard = true, true
	red.Alarm = &view.RowAlarm{Tone: view.Red, Name: "SpO₂ low", Text: "88 %, limit below 90 %", State: "Okafor is called", SinceMS: ago(20 * time.Second), Called: true}
	red.Tiles[2].Text, red.Tiles[2].Tone, red.Tiles[2].Mark = "88", view.Red, "low"
	red.Next, red.NextSub = "Observation", "due 10:15"
	has := &b.Rows[4]
	has.Alarm = &view.RowAlarm{
		Tone: view.Red, Name: "Breathing slow", Text: "8 /min, limit 8 /min or less", State: "Acknowledged 10:11 by Brandt", SinceMS: ago(time.Minute),
		More: "and Heart rate low, 1 other",
	}
	has.Tiles[3].Text, has.Tiles[3].Tone, has.Tiles[3].Mark = "8", view.Red, "slow"
	yellow := &b.Rows[0]
	yellow.Alarm = &view.RowAlarm{Tone: view.Amber, Name: "Systolic pressure high", Text: "171 mmHg, limit 160 mmHg or more", State: "Okafor is called", SinceMS: ago(4 * time.Minute), Called: true}
	yellow.Tiles[0].Tone, yellow.Tiles[0].Mark = view.Amber, "high"
	b.Rows[1].Alarm = &view.RowAlarm{Tone: view.Low, Name: "Observation overdue", Text: "Observation was due 6 min ago.", State: "Brandt is called", SinceMS: ago(6 * time.Minute), Called: true}
	b.Rows = []view.BoardRow{b.Rows[3], b.Rows[4], b.Rows[0], b.Rows[1], b.Rows[2], b.Rows[5]}
	return b
}

// boardTest is a station whose latest test failed, where it can be recorded.
func boardTest() view.Board {
	b := Board()
	b.Tested, b.TestFailed = "Sound test failed today at 7:40, by A. Okafor RN: not perceived: low alarm, two low pulses. This station does not count as hearing until a test is passed", true
	b.Elsewhere = "Messages to people elsewhere are not delivered: 2 wait, the oldest for 1m30s"
	b.TestHere, b.TestTrouble = true, "Answer once for: low alarm, two low pulses."
	b.Testers = []view.Option{{Value: "a", Label: "A. Okafor RN"}, {Value: "b", Label: "L. Brandt RN"}}
	return b
}

// boardAlarmsPublic says colours and nothing of patients.
func boardAlarmsPublic() view.Board {
	b := boardAlarms()
	b.Public, b.Unheard = true, ""
	for i, initials := range []string{"M. R.", "E. L.", "S. H.", "T. N.", "K. A.", "H. S."} {
		r := &b.Rows[i]
		r.Name, r.Tiles, r.NoVitals, r.NextSub, r.Unheard = initials, nil, "values are not shown here", "", false
		if r.Alarm != nil {
			r.Alarm = &view.RowAlarm{Tone: r.Alarm.Tone, Name: map[view.Tone]string{view.Red: "Red alarm", view.Amber: "Yellow alarm", view.Low: "Low alarm"}[r.Alarm.Tone], Called: r.Alarm.Called}
		}
	}
	return b
}
