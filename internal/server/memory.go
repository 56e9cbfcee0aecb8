package server

import (
	"os"
	"runtime/debug"
)

// collectAt is how far the heap may grow over what lives before it is collected, in
// percent. A room of 200 chairs makes and drops a few hundred MB of pages and frames a
// minute while 100 MB live, and an alarm that comes while the heap is collected takes
// longer: so it is collected a quarter as often, for three times as much memory again.
// GOGC, where it is set, is left as it is.
const collectAt = 400

// TradeMemory has the program collect less often, for the processor's sake. A program
// calls it once, before it serves.
func TradeMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
}
