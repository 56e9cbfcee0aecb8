package act

// registerTable: who may read and change the registers. The pharmacist and
// the director see patients; only those who admit them change the row.
var registerTable = map[Act]need{
	"patient.list": {roles: []Role{Nurse, Prescriber, Pharmacist, Director, FrontDesk}},
	"patient.put":  {roles: []Role{FrontDesk, Nurse, Prescriber}},
	"course.list":  {roles: []Role{Nurse, Prescriber, Pharmacist, Director, FrontDesk}},
	// Records are read by those who treat and supply. Everyone else may open
	// one in an emergency, with a reason that the director reviews.
	"record.read":          {roles: []Role{Nurse, Prescriber, Pharmacist, Director}},
	"record.break-glass":   {roles: []Role{FrontDesk, Administrator}},
	"record.review-access": {roles: []Role{Director}},

	// An order is written by who prescribes or supplies; a prescriber signs it.
	"order.draft": {roles: []Role{Prescriber, Pharmacist}},

	// What models expect of a regimen is for those who prescribe, give and supply.
	"kinetics.explore": {roles: []Role{Nurse, Prescriber, Pharmacist, Director}},

	"people.list":     {roles: []Role{Administrator, Director}},
	"people.put":      {roles: []Role{Administrator}},
	"device.list":     {roles: []Role{Administrator, Director, Nurse, Prescriber}},
	"device.describe": {roles: []Role{Administrator, Nurse}},
}
