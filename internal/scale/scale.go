// Package scale holds the scored instruments that staff chart: sedation,
// pain, distress, side effects, bladder questions and the two discharge
// scores. Item texts are either free to use or our own words (clinical.md
// 3.2); a score is always the sum of its items, never typed.
package scale

import "fmt"

// Sedation is the MOAA/S: 5 answers to a normal voice, 0 no answer to pain.
type Sedation int

// Valid reports whether s is a level of the scale.
func (s Sedation) Valid() bool { return s >= 0 && s <= 5 }

// Text says the level in words.
func (s Sedation) Text() string {
	if !s.Valid() {
		return "unknown"
	}
	return [...]string{
		"no response to trapezius squeeze",
		"responds only to trapezius squeeze",
		"responds only to mild prodding",
		"responds only to loud or repeated name",
		"lethargic response to name",
		"responds readily to name",
	}[s]
}

// NRS is a 0 to 10 rating by the patient: pain, or our own rating of distress.
type NRS int

// Valid reports whether n is on the scale.
func (n NRS) Valid() bool { return n >= 0 && n <= 10 }

// SE12 is Stillwatch's own list of twelve side effects, each 0 (none) to 4
// (as bad as can be). Evidence mark: default; informed by Acevedo-Diaz 2020.
type SE12 [12]int

// SE12Items are the items in their fixed order, in our own words.
var se12Items = [12]Item{
	{"strange", "Strange or unreal"},
	{"floating", "Floating"},
	{"hallucination", "Seeing or hearing things"},
	{"anxiety", "Anxious"},
	{"dizziness", "Dizzy"},
	{"nausea", "Sick to the stomach"},
	{"vomiting", "Vomiting"},
	{"sleepiness", "Sleepy"},
	{"headache", "Headache"},
	{"vision", "Blurred or double vision"},
	{"palpitations", "Heart racing or pounding"},
	{"low_mood", "Low mood"},
}

// LowMood is the item that asks for low mood.
const LowMood = 11

// Item is one question of an instrument.
type Item struct{ Key, Text string }

// SE12Items lists the items in their fixed order.
func SE12Items() [12]Item { return se12Items }

// Check refuses a rating off the scale.
func (s SE12) Check() error {
	for i, v := range s {
		if v < 0 || v > 4 {
			return fmt.Errorf("%s: %d is not 0 to 4", se12Items[i].Text, v)
		}
	}
	return nil
}

// Max is the highest rating and its item.
func (s SE12) Max() (Item, int) {
	best := 0
	for i, v := range s {
		if v > s[best] {
			best = i
		}
	}
	return se12Items[best], s[best]
}

// LUTS6 is Stillwatch's own six bladder questions, asked before every infusion.
type LUTS6 struct {
	Frequency  bool `json:"frequency"`
	Urgency    bool `json:"urgency"`
	Nocturia   bool `json:"nocturia"`
	Dysuria    bool `json:"dysuria"`
	Haematuria bool `json:"haematuria"`
	PelvicPain bool `json:"pelvic_pain"`
}

// Any reports whether any question was answered yes.
func (l LUTS6) Any() bool {
	return l.Frequency || l.Urgency || l.Nocturia || l.Dysuria || l.Haematuria || l.PelvicPain
}

// MPADSS is the modified post-anaesthetic discharge score, five items 0 to 2.
// For infusions the bleeding item is the IV site (clinical.md 5.1, verified).
type MPADSS struct {
	Vitals     int `json:"vitals"`
	Ambulation int `json:"ambulation"`
	Nausea     int `json:"nausea"`
	Pain       int `json:"pain"`
	Bleeding   int `json:"bleeding"`
}

// Total is the sum, 0 to 10.
func (m MPADSS) Total() int { return m.Vitals + m.Ambulation + m.Nausea + m.Pain + m.Bleeding }

// Check refuses an item off the scale.
func (m MPADSS) Check() error {
	return items("discharge score", m.Vitals, m.Ambulation, m.Nausea, m.Pain, m.Bleeding)
}

// Aldrete is the modified Aldrete score, five items 0 to 2.
type Aldrete struct {
	Activity      int `json:"activity"`
	Respiration   int `json:"respiration"`
	Circulation   int `json:"circulation"`
	Consciousness int `json:"consciousness"`
	Saturation    int `json:"saturation"`
}

// Total is the sum, 0 to 10.
func (a Aldrete) Total() int {
	return a.Activity + a.Respiration + a.Circulation + a.Consciousness + a.Saturation
}

// Check refuses an item off the scale.
func (a Aldrete) Check() error {
	return items("Aldrete score", a.Activity, a.Respiration, a.Circulation, a.Consciousness, a.Saturation)
}

func items(name string, vs ...int) error {
	for _, v := range vs {
		if v < 0 || v > 2 {
			return fmt.Errorf("%s: item %d is not 0, 1 or 2", name, v)
		}
	}
	return nil
}
