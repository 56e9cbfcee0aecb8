package view

// Alarms is the watch over one chair, as every page shows it: worded, ordered
// and judged in Go.
type Alarms struct {
	// List holds what stands, the first to be shown first.
	List []Alarm `json:"list"`
	// Also names the others beside the first: what concerns the patient's body
	// before what is technical, so that none of it is hidden.
	Also []AlarmName `json:"also"`
	// Calm is said while nothing stands: that nothing does, or why nobody can
	// tell. Off says that it is the second.
	Calm string `json:"calm"`
	Off  bool   `json:"off"`
	// Sounds is what a page that sounds has to sound for this chair.
	Sounds  []Sound `json:"sounds"`
	Primary string  `json:"primary"` // that the bedside monitor is the primary alarm
}

// Alarm is one alarm as people are told of it.
type Alarm struct {
	Condition    string `json:"condition"`
	Announcement int    `json:"announcement"`
	Priority     string `json:"priority"` // "high", "medium", "low"
	Colour       string `json:"colour"`   // "Red", "Yellow", "Note": the word that stands with the colour
	Tone         Tone   `json:"tone"`
	Name         string `json:"name"`  // "SpO₂ low"
	Text         string `json:"text"`  // "SpO₂ 88 % for 15 s. Limit: below 90 %."
	Brief        string `json:"brief"` // "88 %, limit below 90 %", where there is a value
	SinceMS      int64  `json:"since_ms"`
	Since        string `json:"since"` // "10:11"
	// State says who is called, who has it, until when it is quiet, or that it
	// is over and not acknowledged.
	State    string `json:"state"`
	Answered bool   `json:"answered"` // acknowledged
	// Here says that it is answered first on the screen where it was charted.
	Here   bool `json:"here,omitempty"`
	Paused bool `json:"paused"`
	Over   bool `json:"over"`
	// Opening begins the list of what to consider: it says no more than the
	// weakest mark of the row allows.
	Opening string   `json:"opening"`
	Advice  []Advice `json:"advice"`
	Source  string   `json:"source"` // "row AL-SPO2-LOW 1 · ALARM-DELAY, OURS"
	Mark    string   `json:"mark"`   // "threshold default, action default"
	// Acknowledge names the announcement that is seen; nil once answered.
	Acknowledge *Act  `json:"acknowledge,omitempty"`
	Pauses      []Act `json:"pauses"` // each with its end
}

// AlarmName is an alarm in one word beside another.
type AlarmName struct {
	Tone Tone   `json:"tone"`
	Text string `json:"text"`
}

// Advice is one thing to consider, with the act it leads to, where one does.
type Advice struct {
	Text string `json:"text"`
	Act  *Act   `json:"act,omitempty"`
}

// Sound is one alarm that has to be heard. Another announcement has another
// key, and is heard at once.
type Sound struct {
	Key    string `json:"key"`
	Kind   string `json:"kind"`    // "high", "medium", "low"
	FromMS int64  `json:"from_ms"` // not before: a pause ends then
}

// Hearing says who hears a chair.
type Hearing struct {
	By   []string `json:"by"`
	Text string   `json:"text"` // "heard by station", "No one hears this chair"; may be empty
	// Nobody says that the patient is watched and no place is proven to sound:
	// then the chair sounds itself.
	Nobody bool `json:"nobody"`
	// Watched says that the patient's signs are alarmed on. A chair that has no
	// server then sounds once the last proof it knew of is over, LastMS after
	// it last heard the server.
	Watched bool  `json:"watched"`
	LastMS  int64 `json:"last_ms"`
	// QuietMin are the lengths, in minutes, for which somebody at such a chair
	// may silence it.
	QuietMin []int `json:"quiet_min,omitempty"`
}
