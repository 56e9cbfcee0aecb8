package word

// english is the whole table, joined from one file for each area. An id that
// stands in two areas is a mistake that the package's test finds.
var english = join(englishGate)

// join puts the areas' tables together.
func join(areas ...map[ID]string) map[ID]string {
	out := map[ID]string{}
	for _, area := range areas {
		for id, text := range area {
			out[id] = text
		}
	}
	return out
}
