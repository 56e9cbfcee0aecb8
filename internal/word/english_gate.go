package word

// englishGate holds what the gates say.
func englishGate() map[ID]string {
	return map[ID]string{}
}
