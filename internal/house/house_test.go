package house_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/journal/journaltest"
	"github.com/stillwatch/stillwatch/internal/word"
)

const (
	nurse  ident.Person = "0193b4c5-7a10-7000-8000-0000000000aa"
	detail ident.Detail = "0193b4c5-7a10-7000-8000-000000000001"
)

func TestCorpus(t *testing.T) {
	t.Parallel()
	journaltest.Corpus(t, house.Codec, "testdata/corpus")
}

func TestActs_StandInTheTable(t *testing.T) {
	t.Parallel()
	for _, a := range house.Acts() {
		if !act.Known(a) {
			t.Errorf("%s is in no role's table: nobody may do it", a)
		}
	}
	nurse := act.Actor{Kind: act.Person, Roles: []act.Role{act.Nurse}}
	if act.May(nurse, house.ActEraseDetail).Allowed {
		t.Error("a nurse may erase personal detail")
	}
	if !act.May(nurse, house.ActCheckRoom).Allowed {
		t.Error("a nurse may not check a room")
	}
}

// complete answers the whole list: all present.
func complete() []house.Item {
	var items []house.Item
	for _, what := range house.List() {
		i := house.Item{What: what, Present: true}
		if what.Expires() {
			i.Expiry = "2026-11-30"
		}
		items = append(items, i)
	}
	return items
}

func env(now time.Time) house.Env {
	return house.Env{Now: now, OccurredAt: now, Actor: act.Actor{Kind: act.Person, Person: nurse, Roles: []act.Role{act.Nurse}}}
}

var morning = time.Date(2026, 11, 24, 7, 52, 0, 0, time.UTC)

func TestDecide_CheckRoom(t *testing.T) {
	t.Parallel()
	with := func(change func([]house.Item) []house.Item) house.CheckRoom {
		return house.CheckRoom{Room: "Room 1", Items: change(complete())}
	}
	same := func(i []house.Item) []house.Item { return i }
	tests := []struct {
		name string
		cmd  house.CheckRoom
		want word.ID // empty when accepted
	}{
		{"whole list", with(same), ""},
		{"missing equipment is a fact", with(func(i []house.Item) []house.Item { i[2].Present = false; return i }), ""},
		{"missing drugs need no expiry", with(func(i []house.Item) []house.Item { i[4].Present, i[4].Expiry = false, ""; return i }), ""},
		{"one thing unanswered", with(func(i []house.Item) []house.Item { return i[1:] }), "house.room.answer"},
		{"one thing answered twice", with(func(i []house.Item) []house.Item { return append(i, i[0]) }), "house.room.answer"},
		{"something else", with(func(i []house.Item) []house.Item { return append(i, house.Item{What: "coffee"}) }), "house.room.unknown"},
		{"drugs without expiry", with(func(i []house.Item) []house.Item { i[4].Expiry = ""; return i }), "house.room.expiry"},
		{"not a date", with(func(i []house.Item) []house.Item { i[4].Expiry = "2026-02-30"; return i }), "house.room.date"},
		{"expiry of oxygen", with(func(i []house.Item) []house.Item { i[0].Expiry = "2026-12-31"; return i }), "house.room.no_expiry"},
		{"no room", house.CheckRoom{Items: complete()}, "house.room.name"},
		{"long room", house.CheckRoom{Room: strings.Repeat("x", 65), Items: complete()}, "house.room.name"},
		{"padded room", house.CheckRoom{Room: " Room", Items: complete()}, "house.room.name"},
		{"room of control characters", house.CheckRoom{Room: "Ro\nom", Items: complete()}, "house.room.name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, r := house.Decide(house.State{}, tt.cmd, env(morning))
			if tt.want == "" {
				if r != nil || len(d.Events) != 1 || !d.EffectiveAt.Equal(morning) {
					t.Fatalf("got %+v, refused %v", d, r)
				}
				return
			}
			if r == nil || r.Message.ID != tt.want || !r.Malformed {
				t.Fatalf("refusal %+v, want %s", r, tt.want)
			}
			if _, ok := word.Known(r.Message.ID); !ok {
				t.Errorf("no English for %s", r.Message.ID)
			}
		})
	}
}

func TestDecide_Time(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		occurred time.Time
		offset   time.Duration
		want     time.Time
		refused  word.ID
	}{
		{"now", morning, 0, morning, ""},
		{"client clock an hour fast", morning.Add(time.Hour), time.Hour, morning, ""},
		{"a little ahead", morning.Add(4 * time.Minute), 0, morning, ""},
		{"far ahead", morning.Add(6 * time.Minute), 0, time.Time{}, "house.time.future"},
		{"an hour ago", morning.Add(-time.Hour), 0, morning.Add(-time.Hour), ""},
		{"two days ago", morning.Add(-48 * time.Hour), 0, time.Time{}, "house.time.old"},
		{"not said", time.Time{}, 0, time.Time{}, "house.time.missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := env(morning)
			e.OccurredAt, e.Offset = tt.occurred, tt.offset
			d, r := house.Decide(house.State{}, house.CheckRoom{Room: "Room 1", Items: complete()}, e)
			if tt.refused != "" {
				if r == nil || r.Message.ID != tt.refused {
					t.Fatalf("refusal %+v, want %s", r, tt.refused)
				}
				return
			}
			if r != nil || !d.EffectiveAt.Equal(tt.want) {
				t.Fatalf("effective %s (%v), want %s", d.EffectiveAt, r, tt.want)
			}
		})
	}
}

func entry(position int64, at time.Time, e house.Event) house.Entry {
	return house.Entry{
		Meta:  journal.Meta{Position: position, Sequence: position, EffectiveAt: at, Actor: act.Actor{Kind: act.Person, Person: nurse}},
		Event: e,
	}
}

func TestRoomToday(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("clinic", -5*3600)
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, zone)
	found := complete()
	found[1].Present = false
	old := complete()
	old[4].Expiry = "2026-11-23"
	last := complete()
	last[4].Expiry = "2026-11-24"
	tests := []struct {
		name   string
		events []house.Entry
		zone   *time.Location
		want   house.Today
	}{
		{"no zone: today cannot be told", nil, nil, house.Today{}},
		{"never checked", nil, zone, house.Today{Known: true}},
		{"checked today", []house.Entry{entry(1, now, house.RoomChecked{Room: "A", Items: complete()})}, zone, house.Today{Known: true, Done: true, At: now}},
		{
			"yesterday by the clinic's zone, today by UTC",
			[]house.Entry{entry(1, time.Date(2026, 11, 24, 4, 59, 0, 0, time.UTC), house.RoomChecked{Room: "A", Items: complete()})},
			zone,
			house.Today{Known: true},
		},
		{"suction missing", []house.Entry{entry(1, now, house.RoomChecked{Room: "A", Items: found})}, zone, house.Today{Known: true, Done: true, At: now, Open: []string{"suction"}}},
		{"drugs past their last day", []house.Entry{entry(1, now, house.RoomChecked{Room: "A", Items: old})}, zone, house.Today{Known: true, Done: true, At: now, Open: []string{"emergency drugs (expired 2026-11-23)"}}},
		{"drugs on their last day", []house.Entry{entry(1, now, house.RoomChecked{Room: "A", Items: last})}, zone, house.Today{Known: true, Done: true, At: now}},
		{
			"put right later the same morning",
			[]house.Entry{
				entry(1, now, house.RoomChecked{Room: "A", Items: found}),
				entry(2, now.Add(time.Minute), house.RoomChecked{Room: "A", Items: complete()}),
			},
			zone,
			house.Today{Known: true, Done: true, At: now.Add(time.Minute)},
		},
		{
			"an earlier check that arrives later does not put it right",
			[]house.Entry{
				entry(1, now, house.RoomChecked{Room: "A", Items: found}),
				entry(2, now.Add(-time.Minute), house.RoomChecked{Room: "A", Items: complete()}),
			},
			zone,
			house.Today{Known: true, Done: true, At: now, Open: []string{"suction"}},
		},
		{
			"one of two rooms checked",
			[]house.Entry{
				entry(1, now.Add(-24*time.Hour), house.RoomChecked{Room: "B", Items: complete()}),
				entry(2, now, house.RoomChecked{Room: "A", Items: found}),
			},
			zone,
			house.Today{Known: true, Open: []string{"A: suction"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var s house.State
			for _, e := range tt.events {
				s = house.Evolve(s, e)
			}
			if diff := cmp.Diff(tt.want, s.RoomToday(now, tt.zone)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEvolve_LeavesTheStateItWasGiven(t *testing.T) {
	t.Parallel()
	before := house.Evolve(house.State{}, entry(1, morning, house.RoomChecked{Room: "A", Items: complete()}))
	house.Evolve(before, entry(2, morning.Add(time.Hour), house.RoomChecked{Room: "B", Items: complete()}))
	if len(before.Rooms) != 1 {
		t.Error("evolving changed the earlier state")
	}
}

func TestErase_Once(t *testing.T) {
	t.Parallel()
	d, r := house.Decide(house.State{}, house.EraseDetail{Detail: detail}, env(morning))
	if r != nil {
		t.Fatal(r)
	}
	typ, version, payload, err := house.Codec.Encode(d.Events[0])
	if err != nil || version != 1 {
		t.Fatal(typ, version, err)
	}
	id, ok, err := journal.Erased(house.Stream, typ, payload)
	if err != nil || !ok || id != detail {
		t.Fatalf("the store reads the erasure as %q, %v, %v", id, ok, err)
	}
	s := house.Evolve(house.State{}, entry(1, morning, d.Events[0]))
	if _, r := house.Decide(s, house.EraseDetail{Detail: detail}, env(morning)); r == nil || r.Malformed {
		t.Error("the same row was erased twice")
	}
	if _, r := house.Decide(s, house.EraseDetail{Detail: "nonsense"}, env(morning)); r == nil || !r.Malformed {
		t.Error("erased a row that cannot exist")
	}
}

func TestDecodeCommand(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		act     act.Act
		version int
		body    string
		ok      bool
	}{
		{"erase", house.ActEraseDetail, 1, `{"detail":"` + string(detail) + `"}`, true},
		{"check", house.ActCheckRoom, 1, `{"room":"A","items":[]}`, true},
		{"unknown field", house.ActCheckRoom, 1, `{"room":"A","rooom":"B"}`, false},
		{"a field twice", house.ActCheckRoom, 1, `{"room":"A","room":"B"}`, false},
		{"a field twice within", house.ActCheckRoom, 1, `{"room":"A","items":[{"what":"suction","what":"oxygen"}]}`, false},
		{"more after it", house.ActCheckRoom, 1, `{"room":"A"} {}`, false},
		{"not an object", house.ActCheckRoom, 1, `null`, false},
		{"nothing", house.ActCheckRoom, 1, ``, false},
		{"unknown version", house.ActCheckRoom, 2, `{"room":"A"}`, false},
		{"unknown act", "house.burn", 1, `{}`, false},
		{"too long", house.ActCheckRoom, 1, `{"room":"` + strings.Repeat("a", house.MaxCommand) + `"}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := house.DecodeCommand(tt.act, tt.version, []byte(tt.body))
			if (err == nil) != tt.ok {
				t.Fatalf("got %v, %v", c, err)
			}
			if tt.ok && c.Act() != tt.act {
				t.Errorf("read as %s", c.Act())
			}
		})
	}
}

func FuzzDecodeCommand(f *testing.F) {
	f.Add("house.check-room", []byte(`{"room":"A","items":[{"what":"oxygen","present":true}]}`))
	f.Add("house.erase-detail", []byte(`{"detail":"x"}`))
	f.Fuzz(func(t *testing.T, what string, body []byte) {
		c, err := house.DecodeCommand(act.Act(what), 1, body)
		if err != nil {
			return
		}
		d, r := house.Decide(house.State{}, c, env(morning))
		if r == nil && len(d.Events) != 1 {
			t.Error("accepted without saying anything")
		}
	})
}

func TestDecide_DrillRestore(t *testing.T) {
	t.Parallel()
	sound := house.Drill{SnapshotAt: morning.Add(-time.Hour), Entries: 42, Seconds: 1, Sound: true}
	for name, c := range map[string]struct {
		change func(*house.Drill)
		taken  bool
	}{
		"sound":                       {func(*house.Drill) {}, true},
		"not sound, says what":        {func(d *house.Drill) { d.Sound, d.Found = false, "record: an entry is missing" }, true},
		"not sound, says nothing":     {func(d *house.Drill) { d.Sound = false }, false},
		"sound, and found something":  {func(d *house.Drill) { d.Found = "record: an entry is missing" }, false},
		"of no moment":                {func(d *house.Drill) { d.SnapshotAt = time.Time{} }, false},
		"fewer than no entries":       {func(d *house.Drill) { d.Entries = -1 }, false},
		"more text than can be meant": {func(d *house.Drill) { d.Sound, d.Found = false, strings.Repeat("x", 501) }, false},
	} {
		d := sound
		c.change(&d)
		got, refusal := house.Decide(house.State{}, house.DrillRestore{Drill: d}, env(morning))
		if (refusal == nil) != c.taken {
			t.Errorf("%s: %v", name, refusal)
		}
		if c.taken && (len(got.Events) != 1 || got.Events[0] != house.RestoreDrilled{Drill: d}) {
			t.Errorf("%s became %+v", name, got.Events)
		}
	}
	if act.May(act.Actor{Kind: act.Person, Roles: act.Roles()}, house.ActDrill).Allowed {
		t.Error("a person may say that a backup was restored")
	}
}

// TestDecide_SignAlarms: only what the server has can be signed, by a director.
func TestDecide_SignAlarms(t *testing.T) {
	t.Parallel()
	has := house.AlarmSettings{Version: 1, Hash: strings.Repeat("ab", 32), Rows: 38, Ours: 37}
	e := env(morning)
	e.Alarms = has
	got, refusal := house.Decide(house.State{}, house.SignAlarms{AlarmSettings: has}, e)
	if refusal != nil || len(got.Events) != 1 || got.Events[0] != (house.AlarmsSigned{AlarmSettings: has}) {
		t.Errorf("what the server has: %+v, %v", got.Events, refusal)
	}
	for name, change := range map[string]func(*house.AlarmSettings){
		"another version":        func(a *house.AlarmSettings) { a.Version = 2 },
		"another file":           func(a *house.AlarmSettings) { a.Hash = strings.Repeat("cd", 32) },
		"another number of rows": func(a *house.AlarmSettings) { a.Rows = 37 },
		"fewer of ours":          func(a *house.AlarmSettings) { a.Ours = 0 },
	} {
		read := has
		change(&read)
		if _, refusal := house.Decide(house.State{}, house.SignAlarms{AlarmSettings: read}, e); refusal == nil {
			t.Errorf("%s was signed", name)
		}
	}
	if _, refusal := house.Decide(house.State{}, house.SignAlarms{}, env(morning)); refusal == nil {
		t.Error("settings that the server does not have were signed")
	}
	for _, r := range act.Roles() {
		if got := act.May(act.Actor{Kind: act.Person, Roles: []act.Role{r}}, house.ActSignAlarms).Allowed; got != (r == act.Director) {
			t.Errorf("a %s may sign the alarm settings: %v", r, got)
		}
	}
}

// TestDecide_AdoptLibrary: only what the server has can be adopted, once, by a
// director; the entry names every row as it was read.
func TestDecide_AdoptLibrary(t *testing.T) {
	t.Parallel()
	has := house.Library{Hash: strings.Repeat("ab", 32), Rows: []house.LibraryRow{{Name: "rules/CI-PREG", Hash: strings.Repeat("01", 32)}}}
	e := env(morning)
	e.Library = has
	got, refusal := house.Decide(house.State{}, house.AdoptLibrary{Hash: has.Hash}, e)
	if refusal != nil || len(got.Events) != 1 {
		t.Fatalf("what the server has: %+v, %v", got.Events, refusal)
	}
	if d := cmp.Diff(house.LibraryAdopted{Library: has}, got.Events[0]); d != "" {
		t.Error(d)
	}
	after := house.Evolve(house.State{}, entry(1, morning, got.Events[0]))
	if after.Library == nil || after.Library.Hash != has.Hash || !after.Library.At.Equal(morning) || after.Library.By != nurse {
		t.Errorf("afterwards %+v", after.Library)
	}
	for name, c := range map[string]struct {
		s    house.State
		hash string
		has  house.Library
	}{
		"another library":                {house.State{}, strings.Repeat("cd", 32), has},
		"what the server does not have":  {house.State{}, "", house.Library{}},
		"the same once more":             {after, has.Hash, has},
		"the one before, after a change": {after, has.Hash, house.Library{Hash: strings.Repeat("cd", 32)}},
	} {
		e.Library = c.has
		if _, refusal := house.Decide(c.s, house.AdoptLibrary{Hash: c.hash}, e); refusal == nil {
			t.Errorf("%s was adopted", name)
		}
	}
	e.Library = house.Library{Hash: strings.Repeat("cd", 32)}
	if _, refusal := house.Decide(after, house.AdoptLibrary{Hash: e.Library.Hash}, e); refusal != nil {
		t.Errorf("a changed library: %v", refusal)
	}
	for _, r := range act.Roles() {
		if got := act.May(act.Actor{Kind: act.Person, Roles: []act.Role{r}}, house.ActAdopt).Allowed; got != (r == act.Director) {
			t.Errorf("a %s may adopt the library: %v", r, got)
		}
	}
	if !act.Signs(house.ActAdopt) {
		t.Error("adopting is no signature")
	}
}

// TestDecide_AdoptLibraryKeepsItsWords: what the rows say is kept with the adoption,
// each row once, in entries that fit, and stays when a later library says something
// else.
func TestDecide_AdoptLibraryKeepsItsWords(t *testing.T) {
	t.Parallel()
	row := func(name, hash, text string) house.KeptRow {
		return house.KeptRow{LibraryRow: house.LibraryRow{Name: name, Hash: strings.Repeat(hash, 32)}, Version: 1, Text: text, Facts: []string{"most: 1"}}
	}
	long := strings.Repeat("<", 20<<10) // six bytes each, written as JSON
	first := []house.KeptRow{row("protocols/A", "01", long), row("session/B", "02", long), row("session/C", "03", long)}
	adopt := func(s house.State, hash string, says []house.KeptRow) house.State {
		e := env(morning)
		e.Library, e.Says = house.Library{Hash: strings.Repeat(hash, 32)}, says
		got, refusal := house.Decide(s, house.AdoptLibrary{Hash: e.Library.Hash}, e)
		if refusal != nil {
			t.Fatal(refusal)
		}
		for i, ev := range got.Events {
			if _, _, _, err := house.Codec.Encode(ev); err != nil {
				t.Error(err)
			}
			if kept, ok := ev.(house.LibraryKept); ok != (i > 0) || ok && len(kept.Rows) == 0 {
				t.Errorf("event %d of an adoption: %T", i, ev)
			}
			s = house.Evolve(s, entry(s.Sequence+1, morning, ev))
		}
		return s
	}
	one := adopt(house.State{}, "ab", first)
	if one.Sequence != 4 || len(one.Kept) != 3 {
		t.Errorf("%d entries keep %d rows: wanted one for each of three long rows", one.Sequence, len(one.Kept))
	}
	changed := row("session/B", "04", "says something else")
	two := adopt(one, "cd", []house.KeptRow{first[0], changed, first[2]})
	if two.Sequence != one.Sequence+2 || len(one.Kept) != 3 {
		t.Errorf("a row that did not change was kept again: entry %d after %d", two.Sequence, one.Sequence)
	}
	for _, want := range append(first, changed) {
		if d := cmp.Diff(want, two.Kept[want.LibraryRow]); d != "" {
			t.Error(d)
		}
	}
	if three := adopt(two, "ef", first); three.Sequence != two.Sequence+1 {
		t.Error("a row that came back was kept again")
	}
}

// TestDecide_TestSound: every signal answered, each once, at a station.
func TestDecide_TestSound(t *testing.T) {
	t.Parallel()
	const station ident.Device = "0193b4c5-7a10-7000-8000-0000000000cc"
	all := func() []house.Signal {
		var out []house.Signal
		for _, what := range house.Signals() {
			out = append(out, house.Signal{What: what, OK: what != house.ToneLow})
		}
		return out
	}
	e := env(morning)
	e.Station = station
	got, refusal := house.Decide(house.State{}, house.TestSound{Signals: all()}, e)
	want := house.SoundTested{Station: station, Signals: all()}
	if refusal != nil || len(got.Events) != 1 || !cmp.Equal(got.Events[0], house.Event(want)) {
		t.Fatalf("%+v, %v", got.Events, refusal)
	}
	for name, signals := range map[string][]house.Signal{
		"nothing": nil, "a gap": all()[1:], "one twice": append(all()[1:], all()[1]), "one more": append(all(), house.Signal{What: "smell"}),
	} {
		if _, refusal := house.Decide(house.State{}, house.TestSound{Signals: signals}, e); refusal == nil || !refusal.Malformed {
			t.Errorf("%s: %v", name, refusal)
		}
	}
	if _, refusal := house.Decide(house.State{}, house.TestSound{Signals: all()}, env(morning)); refusal == nil {
		t.Error("taken without a station")
	}
	for _, r := range act.Roles() {
		if got := act.May(act.Actor{Kind: act.Person, Roles: []act.Role{r}}, house.ActTestSound).Allowed; got != (r == act.Nurse || r == act.Prescriber) {
			t.Errorf("a %s may record the test: %v", r, got)
		}
	}
}

// TestTests_TheLatestCounts: by when it was made, and a station stays deaf until a
// test is passed.
func TestTests_TheLatestCounts(t *testing.T) {
	t.Parallel()
	const station ident.Device = "0193b4c5-7a10-7000-8000-0000000000cc"
	said := func(ok bool) house.SoundTested {
		return house.SoundTested{Station: station, Signals: []house.Signal{{What: house.ToneHigh, OK: ok}, {What: house.ToneLow, OK: true}}}
	}
	zone := time.FixedZone("clinic", -5*3600)
	s := house.State{}
	if s.Deaf(station) {
		t.Error("a station that was never tested is not known to be deaf")
	}
	s = house.Evolve(s, entry(1, morning, said(false)))
	before := s
	if !s.Deaf(station) || s.Deaf("another") {
		t.Error("a failed test says of that station that it is deaf")
	}
	if late := house.Evolve(s, entry(2, morning.Add(-time.Hour), said(true))); !late.Deaf(station) {
		t.Error("an earlier test that came later counts")
	}
	if same := house.Evolve(s, entry(2, morning, said(true))); same.Deaf(station) {
		t.Error("of two at one instant the later entry counts")
	}
	s = house.Evolve(s, entry(2, morning.Add(time.Hour), said(true)))
	if s.Deaf(station) || !before.Deaf(station) {
		t.Error("a passed test ends it, and changes no earlier state")
	}
	if _, today := s.TestToday(station, morning.Add(2*time.Hour), zone); !today {
		t.Error("it was today")
	}
	if _, today := s.TestToday(station, morning.Add(26*time.Hour), zone); today {
		t.Error("it was yesterday")
	}
	if _, today := s.TestToday(station, morning.Add(2*time.Hour), nil); today {
		t.Error("without a zone nobody knows what today is")
	}
}

// TestDecide_SignProtocol: the second of two people signs, after the director, once,
// and only the text that both have read.
func TestDecide_SignProtocol(t *testing.T) {
	t.Parallel()
	row := house.LibraryRow{Name: "protocols/PR-FIRST", Hash: strings.Repeat("01", 32)}
	has := house.Library{Hash: strings.Repeat("ab", 32), Rows: []house.LibraryRow{{Name: "rules/CI-PREG", Hash: strings.Repeat("02", 32)}, row}}
	adopter := act.Actor{Kind: act.Person, Person: "01941f29-7c00-7000-8000-0000000000aa", Roles: []act.Role{act.Director}}
	adopted := house.Evolve(house.State{}, entry(1, morning, house.LibraryAdopted{Library: has}))
	adopted.Library.By = adopter.Person
	e := env(morning)
	e.Library = has
	got, refusal := house.Decide(adopted, house.SignProtocol{Hash: row.Hash}, e)
	if refusal != nil {
		t.Fatal(refusal)
	}
	after := house.Evolve(adopted, entry(2, morning, got.Events[0]))
	if adopted.ByTwo(row) || !after.ByTwo(row) || after.ByTwo(house.LibraryRow{Name: row.Name, Hash: strings.Repeat("03", 32)}) {
		t.Error("two people do not answer for exactly what both signed")
	}
	own := e
	own.Actor = adopter
	newer := e
	newer.Library.Hash = strings.Repeat("cd", 32)
	for name, c := range map[string]struct {
		s    house.State
		hash string
		env  house.Env
	}{
		"before the director":  {house.State{}, row.Hash, e},
		"by the director":      {adopted, row.Hash, own},
		"twice":                {after, row.Hash, e},
		"a row of no protocol": {adopted, has.Rows[0].Hash, e},
		"what is not there":    {adopted, strings.Repeat("04", 32), e},
		"of a newer library":   {adopted, row.Hash, newer},
	} {
		if _, refusal := house.Decide(c.s, house.SignProtocol{Hash: c.hash}, c.env); refusal == nil {
			t.Errorf("%s it was signed", name)
		}
	}
	taken := after // the second signer adopts the next library: one person is left
	taken.Library = &house.AdoptedLibrary{Library: has, At: morning, By: nurse}
	if taken.ByTwo(row) {
		t.Error("one person answers twice")
	}
}

// TestDecide_AdoptionSignsAlarmsInForce: values that change alarm settings which are
// signed and in force take the director's signature with them; settings that nobody has
// signed, or that were signed as something else, wait for a signature of their own.
func TestDecide_AdoptionSignsAlarmsInForce(t *testing.T) {
	t.Parallel()
	settings := func(hash string) house.AlarmSettings {
		return house.AlarmSettings{Version: 1, Hash: strings.Repeat(hash, 32), Rows: 46, Ours: 46}
	}
	now, next, older := settings("01"), settings("02"), settings("03")
	for name, c := range map[string]struct {
		signed *house.AlarmSettings
		next   house.AlarmSettings
		want   bool
	}{
		"in force, and others now":   {&now, next, true},
		"in force, and the same":     {&now, now, false},
		"nobody has signed any":      {nil, next, false},
		"others were signed, before": {&older, next, false},
	} {
		e := env(morning)
		e.Library, e.Alarms, e.AlarmsNow = house.Library{Hash: strings.Repeat("ab", 32)}, c.next, now
		var s house.State
		if c.signed != nil {
			s.Alarms = &house.SignedAlarms{AlarmSettings: *c.signed}
		}
		got, refusal := house.Decide(s, house.AdoptLibrary{Hash: e.Library.Hash}, e)
		if refusal != nil {
			t.Fatal(refusal)
		}
		signs := slices.ContainsFunc(got.Events, func(ev house.Event) bool { a, ok := ev.(house.AlarmsSigned); return ok && a.AlarmSettings == c.next })
		if signs != c.want {
			t.Errorf("%s: %+v", name, got.Events)
		}
	}
}
