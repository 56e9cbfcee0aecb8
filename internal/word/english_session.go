package word

// englishSession holds what a session's decisions say: refusals, deviations
// and findings.
func englishSession() map[ID]string {
	return map[ID]string{
		"act.not_allowed": "Your role may not do this.",
	}
}
