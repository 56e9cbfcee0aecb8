package word

// english is the table of all messages, one file for each area.
var english = merge(englishSession(), englishGate(), englishHouse(), englishCourse(), englishOrder(), englishAlarm())

// merge joins the areas' tables. An id said twice would hide one of the two
// sentences, so that the program does not start with it.
func merge(areas ...map[ID]string) map[ID]string {
	all := map[ID]string{}
	for _, area := range areas {
		for id, text := range area {
			if _, twice := all[id]; twice {
				panic("word: message " + string(id) + " stands in two areas")
			}
			all[id] = text
		}
	}
	return all
}
