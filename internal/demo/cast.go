package demo

import (
	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
)

// Every name here is invented.
type staff struct {
	login, name, password, pin string
	roles                      []act.Role
	inCharge                   bool
}

func cast() []staff {
	return []staff{
		{login: "okafor", name: "A. Okafor RN", password: "quiet room lantern", pin: "274913", roles: []act.Role{act.Nurse}, inCharge: true},
		{login: "brandt", name: "L. Brandt RN", password: "quiet room harbour", pin: "618350", roles: []act.Role{act.Nurse}},
		{login: "weiss", name: "J. Weiss MD", password: "quiet room compass", pin: "950472", roles: []act.Role{act.Prescriber, act.Director}},
		{login: "moreau", name: "P. Moreau PharmD", password: "quiet room balance", pin: "481627", roles: []act.Role{act.Pharmacist}},
		{login: "quinn", name: "D. Quinn", password: "quiet room doorway", pin: "736192", roles: []act.Role{act.FrontDesk}},
	}
}

const (
	adminLogin    = "admin"
	adminPassword = "quiet room keyring"
)

func no() *bool { b := false; return &b }

// patients by chair.
func patients() map[int]app.Patient {
	return map[int]app.Patient{
		1: {Number: "D-1001", Given: "Thi", Family: "Ng", Born: "1974-09-12", AllergiesAsked: true, AllergyToDrug: no()},
		2: {Number: "D-1002", Given: "Kidan", Family: "Abebe", Born: "1988-02-03", AllergiesAsked: true, AllergyToDrug: no()},
		3: {Number: "D-1003", Given: "Maria", Family: "Rivera", Born: "1981-05-04", AllergiesAsked: true, AllergyToDrug: no(), Allergies: []app.Allergy{{To: "morphine", Reaction: "hives"}}},
		4: {Number: "D-1004", Given: "Samir", Family: "Haddad", Born: "1966-11-30", AllergiesAsked: true, AllergyToDrug: no()},
		5: {Number: "D-1005", Given: "Haruka", Family: "Sato", Born: "1992-07-21", AllergiesAsked: true, AllergyToDrug: no(), Allergies: []app.Allergy{{To: "latex"}}},
		6: {Number: "D-1006", Given: "Elsa", Family: "Lindqvist", Born: "1979-01-17", AllergiesAsked: true, AllergyToDrug: no()},
	}
}

func weights() map[int]string {
	return map[int]string{1: "64.0", 2: "58.5", 3: "72.4", 4: "88.2", 5: "61.3", 6: "70.6"}
}

var profileOf = map[int]string{1: "steady", 2: "resting", 3: "dropout", 4: "pressor", 5: "restless", 6: "athlete"}
