package view

// Expected is what models expect of the rates that were read at a chair: a prediction,
// fetched when somebody asks to see it, and never part of the live stream.
type Expected struct {
	Session string `json:"session"`
	Unit    string `json:"unit"`
	// Words say what it is: predicted, of which models, of whom.
	Words string `json:"words"`
	// Model is the chosen card, and Top the highest value of the scale.
	Model string  `json:"model"`
	Top   float64 `json:"top"`
	// Points are instant, low, high and the chosen model's typical patient.
	Points [][4]float64 `json:"points"`
	// Rates are the newest rate that was read, as it is told on the page: where it has
	// changed, this is asked for again.
	Rates string `json:"rates"`
}
