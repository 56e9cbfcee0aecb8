package view

// SignIn is the sign-in page.
type SignIn struct {
	Page
	Login string // given back after a failed attempt; a password never is
	Next  string // where to go afterwards, a path on this host
	Wait  string // "Too many attempts: try again in 30 s."
}

// NewPassword is the page that replaces a one-time password.
type NewPassword struct {
	Page
	Rules   []string // what a password must be, in words
	WithPIN bool     // ask for a PIN as well
}

// Unlock is the PIN pad of an enrolled device.
type Unlock struct {
	Page
	Next   string
	People []Option // who works here today; the device's last person first
	Person string
	Stop   bool // this device stands at a chair where stop and help must stay
	Chair  int
}

// Patients is the register of patients.
type Patients struct {
	Page
	Rows   []PatientRow
	MayAdd bool
	Query  string
	Draft  PatientDraft // given back after a refusal
}

// PatientRow is one patient.
type PatientRow struct {
	ID, Number, Name, Born, Allergies, Last string
}

// PatientDraft holds what was typed for a new patient.
type PatientDraft struct {
	Number, Given, Family, Born, Sex, Allergies, Phone string
	AllergyToDrug                                      string // "yes", "no" or "" for not asked
}

// People is the register of staff.
type People struct {
	Page
	Rows     []PersonRow
	Roles    []Option
	Kinds    []Option // kinds of credential
	MayAdd   bool
	OneTime  string // shown once, directly after an account was made
	OneTimeF string // for whom
}

// PersonRow is one account with its credentials.
type PersonRow struct {
	ID, Name, Login, Roles string
	Active                 bool
	Credentials            []Credential
	Tone                   Tone
	Note                   string // "ACLS expires in 12 days"
}

// Credential is one credential of a person.
type Credential struct {
	ID, Kind, Number, Expires, State string
	Tone                             Tone
}

// Devices is the register of monitors and tablets, with the quarantine.
type Devices struct {
	Page
	Monitors   []Monitor
	Tablets    []Tablet
	Quarantine []Quarantined
	// Connections are those of monitors that were refused or had trouble.
	Connections []Connection
	Chairs      []Option
	Zones       []Option
	Networks    []string // from which monitors may connect
	Code        string   // enrolment code, shown once
	CodeUntil   string
	MayAdd      bool
}

// Monitor is one bedside monitor.
type Monitor struct {
	ID, Name, Kind, EUI, Application, Bed, Peer string
	Chair                                       int
	Zone, Offset, State, Last                   string
	Tone                                        Tone
	Simulated                                   bool
	Troubles                                    []string // announced, and still there
}

// Tablet is one enrolled tablet or station.
type Tablet struct {
	ID, Name, Kind, Place, Since, Last, State string
	Revoked                                   bool
	// Clock is how far its clock was from the server's and when, "+0.4 s at 10:04";
	// or that it was not measured since the server began; empty once it is revoked.
	Clock     string
	ClockTone Tone
}

// Quarantined is something a monitor sent that was not accepted, and why.
type Quarantined struct {
	When, Monitor, Code, Name, Value, Reason string
	Count                                    int
}

// Connection is one that was refused or had trouble since the start.
type Connection struct {
	When, From, What string
	Count            int
}

// RoomCheck is the signed check of each morning.
type RoomCheck struct {
	Page
	Room   string
	Rooms  []Option
	Items  []RoomItem
	Done   string // "signed 7:52 by A. Okafor RN", empty when not done today
	Open   []string
	Recent []WorkRow
	May    bool
	// Stations says how the test of sound and screen stands at each.
	Stations []StationTest
}

// StationTest is how the test of sound and screen stands at a station.
type StationTest struct {
	Name string
	Text string // "sound tested 7:40 by A. Okafor RN", "not tested today"
	Tone Tone
}

// RoomItem is one thing to look at. Nothing is ever filled in beforehand.
type RoomItem struct {
	ID, Label, Hint string
	Expires         bool   // an expiry date is asked for
	Answer          string // "present", "missing" or "" for not looked at
	Expiry          string
	Note            string
}

// Trust is the page that brings the clinic's own certificate authority to a tablet.
type Trust struct {
	Page
	Fingerprint string // SHA-256 in groups of four
	Until       string
	Address     string
	QR          string // SVG path data, made by Go
	QRSize      int    // modules per side
	Own         bool   // the server made its own authority
	Plain       bool   // pages are served without any certificate, to this machine alone; else the clinic gave one
}

// About says what Stillwatch is for, and which build this is.
type About struct {
	Page
	Version, Library string // of the limits: on what they rest
	Notices          []Licence
}

// Licence is something bundled, with its licence.
type Licence struct{ Name, Licence, Where string }

// Problem is a page that says what went wrong, in clear words.
type Problem struct {
	Page
	Status int
	What   string // what happened
	Do     string // what to do now
	ID     string // request id, to tell the administrator
	// Patient says that a patient reads it, who has no board and no sign-in.
	Patient bool
}

// Health says what works and what is degraded.
type Health struct {
	OK       bool         `json:"ok"`
	Degraded []string     `json:"degraded"` // one sentence each
	Parts    []HealthPart `json:"parts"`
	Version  string       `json:"version"`
}

// HealthPart is one part of the server.
type HealthPart struct {
	Name  string `json:"name"`
	State string `json:"state"` // "works", "degraded", "down"
	Text  string `json:"text"`
}
