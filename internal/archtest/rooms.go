package archtest

import (
	"path"
	"strings"
)

// Module is the import path of the module the checks read.
const Module = "github.com/stillwatch/stillwatch"

// pureLevels is the highest level that must be pure: no I/O, no clock, no
// goroutine, no changing package variable.
const pureLevels = 3

// Room is one package, or one tree of packages that count as one, and what it
// may import. Lower levels are always free.
type Room struct {
	// Level orders the rooms: a package imports lower levels only.
	Level int
	// Peers are the only rooms of the same level it may import.
	Peers []string
	// Uses are the only outside modules it may import.
	Uses []string
	// Std are standard packages a pure room may import beside pureStd.
	Std []string
	// Pure marks a room above level 3 that must be pure all the same.
	Pure bool
	// Tree takes the packages below it into the same room.
	Tree bool
	// TestOnly rooms are imported by tests and by other such rooms only.
	TestOnly bool
	// Only, where set, are the only own packages it may import.
	Only []string
}

// pure tells whether the room does no I/O, reads no clock, starts no goroutine
// and changes no package variable. Test helpers are free.
func (r Room) pure() bool { return (r.Level <= pureLevels || r.Pure) && !r.TestOnly }

// Rooms is the house: path below the module root → room.
func Rooms() map[string]Room {
	return map[string]Room{
		"internal/unit":  {Level: 0},
		"internal/ident": {Level: 0},
		"internal/cite":  {Level: 0},
		"internal/word":  {Level: 0},
		// JSON as clients send it.
		"internal/strict": {Level: 0},

		"internal/act":   {Level: 1},
		"internal/vital": {Level: 1},
		"internal/scale": {Level: 1},
		// An order carries an alarm limit for each kind of vital sign.
		"internal/drug":     {Level: 1, Peers: []string{"internal/vital"}},
		"internal/kinetics": {Level: 1},

		"internal/rule":     {Level: 2, Uses: []string{"cel.dev/cel-go"}},
		"internal/schedule": {Level: 2},
		"internal/alarm":    {Level: 2, Peers: []string{"internal/schedule"}},
		"internal/exposure": {Level: 2},
		// Many simulated patients at once; one build steps them with vectors.
		"internal/kinetics/crowd": {Level: 2, Std: []string{"simd/archsimd"}},
		// What an order asks for, held against the protocol it comes from.
		"internal/protocol": {Level: 2, Peers: []string{"internal/library", "internal/exposure"}},
		"internal/hl7":      {Level: 2},
		"internal/series":   {Level: 2},
		"internal/library":  {Level: 2, Peers: []string{"internal/rule", "internal/alarm", "library"}, Uses: []string{"go.yaml.in/yaml/v3"}},
		// The shipped files, as bytes.
		"library": {Level: 2, Std: []string{"embed"}},

		// What models expect of a regimen, for a page: it opens and shuts nothing.
		"internal/forecast": {Level: 3},

		"internal/journal": {Level: 3},
		"internal/session": {Level: 3, Peers: []string{"internal/journal"}},
		"internal/course":  {Level: 3, Peers: []string{"internal/journal"}},
		"internal/ledger":  {Level: 3, Peers: []string{"internal/journal"}},
		"internal/house":   {Level: 3, Peers: []string{"internal/journal"}},

		// Use cases answer with the rows that the folds of project make.
		"internal/app":     {Level: 4, Peers: []string{"internal/project"}},
		"internal/project": {Level: 4, Pure: true},
		"internal/crew":    {Level: 4},

		"internal/store/sqlstore":  {Level: 5},
		"internal/store/sqlite":    {Level: 5, Peers: []string{"internal/store/sqlstore"}, Uses: []string{"modernc.org/sqlite"}},
		"internal/store/postgres":  {Level: 5, Peers: []string{"internal/store/sqlstore"}, Uses: []string{"github.com/jackc/pgx/v5"}},
		"internal/store/storetest": {Level: 5, TestOnly: true, Peers: []string{"internal/store/sqlstore"}},
		"internal/mllp":            {Level: 5},
		"internal/device":          {Level: 5},
		"internal/fhir":            {Level: 5},
		"internal/web":             {Level: 5, Tree: true, Uses: []string{"github.com/boombuler/barcode"}},
		"internal/web/build":       {Level: 5, Uses: []string{"github.com/evanw/esbuild"}},
		"internal/auth":            {Level: 5, Uses: []string{"golang.org/x/crypto"}},
		"internal/report":          {Level: 5, Uses: []string{"codeberg.org/go-pdf/fpdf", "github.com/boombuler/barcode", "golang.org/x/text"}},
		"internal/notify":          {Level: 5},
		"internal/backup":          {Level: 5},

		"internal/simmon": {Level: 6},
		"internal/server": {Level: 6, Uses: []string{"github.com/prometheus/client_golang"}},
		"internal/demo":   {Level: 6, Peers: []string{"internal/server", "internal/simmon"}},
		"internal/cli": {
			Level: 6, Peers: []string{"internal/demo", "internal/server", "internal/simmon"},
			Uses: []string{"github.com/alecthomas/kong", "github.com/BurntSushi/toml"},
		},

		"cmd/stillwatch": {Level: 7, Only: []string{"internal/cli"}},

		"internal/archtest":   {Level: 7, TestOnly: true, Uses: []string{"go.yaml.in/yaml/v3"}},
		"internal/safetytest": {Level: 7, TestOnly: true, Uses: []string{"go.yaml.in/yaml/v3"}},
		// Plays testdata/scenarios on the core, on a server and on the program.
		"internal/scenariotest": {Level: 7, TestOnly: true},
		"internal/testenv":      {Level: 7, TestOnly: true},
	}
}

// testModules are the outside modules any test may import.
func testModules() []string {
	return []string{
		"github.com/andybalholm/cascadia",
		"github.com/google/go-cmp",
		"github.com/rogpeppe/go-internal",
		"go.uber.org/goleak",
		"golang.org/x/net",
		"pgregory.net/rapid",
	}
}

// pureStd is what levels 0 to 3 may import from the standard library: values
// in, values out, the same answer every time.
func pureStd() []string {
	return []string{
		"bytes", "cmp", "crypto/sha256", "encoding/binary", "encoding/hex", "encoding/json", "errors", "fmt", "iter",
		"maps", "math", "math/big", "math/bits", "regexp", "slices", "sort", "strconv", "strings", "time", "unicode",
		"unicode/utf8",
	}
}

// whyNotPure says why a standard package has no place in the core.
func whyNotPure(std string) string {
	reasons := map[string]string{
		"bufio":        "it buffers streams; the core is given whole values",
		"context":      "it carries deadlines and cancellation; the core never waits",
		"crypto/rand":  "chance comes in as a value, so that a decision can be repeated",
		"database/sql": "it does I/O; the stores are at level 5",
		"embed":        "files are read at the edge and handed in as bytes",
		"io":           "it reads and writes streams; the core is given whole values",
		"io/fs":        "files are read at the edge and handed in as bytes",
		"log":          "it writes; errors are returned and logged once at the edge",
		"log/slog":     "it writes; errors are returned and logged once at the edge",
		"math/rand":    "chance comes in as a value, so that a decision can be repeated",
		"math/rand/v2": "chance comes in as a value, so that a decision can be repeated",
		"net":          "it does I/O; sockets are at level 5",
		"net/http":     "it does I/O; pages are at level 5",
		"os":           "it reads files, the environment and the clock's machine",
		"os/exec":      "it starts programs",
		"reflect":      "closed types are switched over, so that a forgotten case fails the build",
		"sync":         "it guards changing state; the core has none",
		"sync/atomic":  "it guards changing state; the core has none",
		"unsafe":       "it breaks the promise of the types",
	}
	if why, ok := reasons[std]; ok {
		return why
	}
	return "levels 0 to 3 take values and return values; add it to pureStd only if it does no I/O, reads no clock and keeps no state"
}

// place is where a package stands in the table.
type place struct {
	// name is the table's key; helper packages carry their own path.
	name string
	Room
	// helper marks a package <room>/<something>test that helps the room's tests.
	helper bool
}

// find returns the room of the package at the slash path rel.
func find(rooms map[string]Room, rel string) (place, bool) {
	if room, ok := rooms[rel]; ok {
		return place{name: rel, Room: room}, true
	}
	parent := path.Dir(rel)
	if room, ok := rooms[parent]; ok && strings.HasSuffix(path.Base(rel), "test") {
		room.TestOnly, room.Peers = true, append([]string{parent}, room.Peers...)
		return place{name: rel, Room: room, helper: true}, true
	}
	for ; parent != "."; parent = path.Dir(parent) {
		if room, ok := rooms[parent]; ok {
			return place{name: parent, Room: room}, room.Tree
		}
	}
	return place{}, false
}
