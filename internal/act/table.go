package act

import "maps"

// sessionTable: who may perform each act of a session. The acts' names are the
// commands' types; a test in each record package checks that none is missing.
//
// What a role may do alone is a clinic's setting (evidence mark: default).
// The licence behind a role is checked by the credential register.
var sessionTable = map[Act]need{
	"session.schedule": {roles: []Role{FrontDesk, Nurse, Prescriber}},
	"session.arrive":   {roles: []Role{FrontDesk, Nurse, Prescriber}},
	"session.cancel":   {roles: []Role{Nurse, Prescriber, FrontDesk}},

	"session.precheck": bedside,
	"session.attest":   bedside,
	"session.override": {roles: []Role{Nurse, Prescriber, Pharmacist, Director}}, // each rule narrows it: see MayAs
	"session.ready":    bedside,
	"session.transfer": bedside,
	"session.leave":    bedside,

	"session.attach-order":      {roles: []Role{Prescriber}},
	"session.grant-exception":   {roles: []Role{Director}},
	"session.review-order":      {roles: []Role{Pharmacist, Prescriber}},
	"session.sign-spoken-order": {roles: []Role{Prescriber}},
	"session.take-prescriber":   {roles: []Role{Prescriber}},
	"session.prescriber-gone":   {job: true},
	"session.review":            {roles: []Role{Prescriber}},

	"session.open-vials":      preparing,
	"session.compute":         preparing,
	"session.discard-draw-up": preparing,
	"session.waste":           preparing,
	"session.return":          preparing,

	"session.link-monitor":    bedside,
	"session.unlink-monitor":  bedside,
	"session.doubt-link":      {job: true},
	"session.link-pump":       bedside,
	"session.unlink-pump":     bedside,
	"session.drop-pump":       {job: true},
	"session.note-pump":       {job: true},
	"session.off-monitor":     bedside,
	"session.back-on-monitor": bedside,

	"session.time-out":             bedside,
	"session.start":                bedside,
	"session.rate":                 bedside,
	"session.read-pump":            bedside,
	"session.settle-rate":          bedside,
	"session.pause":                bedside,
	"session.resume":               bedside,
	"session.stop":                 {roles: everyone, device: true},
	"session.claim-stop":           {roles: everyone},
	"session.confirm-pump-stopped": bedside,
	"session.spoken-order":         {roles: []Role{Nurse}},

	"session.observe":             bedside,
	"session.note-side-effect":    bedside,
	"session.grade-side-effect":   bedside,
	"session.resolve-side-effect": bedside,
	"session.give-drug":           bedside,
	"session.take-round":          {job: true},
	"session.confirm-readings":    bedside,
	"session.doubt-reading":       bedside,
	"session.miss-round":          bedside,
	"session.presence":            bedside,
	"session.take-over":           {roles: []Role{Nurse}},
	"session.withdraw-consent":    bedside,
	"session.note":                {roles: []Role{Nurse, Prescriber, Pharmacist}},
	"session.amend":               bedside,

	"session.help":      {roles: everyone, device: true},
	"session.undo-help": {roles: everyone, device: true}, // its own call only: see undoHelp in session
	"session.log-help":  {roles: bedside.roles, device: true},
	"session.end-help":  bedside,

	"session.note-alarms":        {job: true},
	"session.acknowledge-alarm":  bedside,
	"session.pause-alarm":        bedside,
	"session.quieten-chair":      bedside,
	"session.change-alarm-limit": {roles: []Role{Prescriber}},

	"session.recover":         bedside,
	"session.score-discharge": bedside,
	"session.check-discharge": bedside,
	"session.discharge":       bedside,
	"session.close":           bedside,
	"session.follow-up":       bedside,

	"session.keep-sheet": bedside,
	"session.unwatched":  bedside,
	"session.reconcile":  bedside,
}

// table is the whole of it, one part for each area of the record.
var table = join(sessionTable, courseTable, houseTable, registerTable)

func join(parts ...map[Act]need) map[Act]need {
	all := map[Act]need{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	return all
}

// The groups of roles that acts share.
var (
	everyone  = []Role{Nurse, Prescriber, Pharmacist, Director, FrontDesk, Administrator}
	bedside   = need{roles: []Role{Nurse, Prescriber}}
	preparing = need{roles: []Role{Nurse, Prescriber, Pharmacist}}
)
