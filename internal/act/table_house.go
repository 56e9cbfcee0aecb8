package act

// houseTable: who may perform each act of the house. The morning check is
// signed by whoever works at the chairs; erasing personal detail is the
// director's; what a restore drill showed the server says.
var houseTable = map[Act]need{
	"house.check-room":    bedside,
	"house.erase-detail":  {roles: []Role{Director}},
	"house.drill-restore": {job: true},
	"house.sign-alarms":   {roles: []Role{Director}},
	"house.adopt-library": {roles: []Role{Director}},
	"house.sign-protocol": {roles: []Role{Director, Prescriber, Pharmacist}}, // another than who adopted the library
	"house.test-sound":    bedside,
	"house.note-monitor":  {job: true},
}
