package word

// englishGate holds what the gates say: the titles of their checks, why a
// check is not clear, and what would settle it.
func englishGate() map[ID]string {
	return map[ID]string{
		"gate.no_library": "No clinical library is adopted: nothing can be checked.",
	}
}
