package gallery

import "github.com/stillwatch/stillwatch/internal/web/view"

func signIn() view.SignIn {
	p := light("Sign in")
	p.Who, p.Places = view.Who{}, nil
	return view.SignIn{Page: p, Next: "/board"}
}

func signInWrong() view.SignIn {
	s := signIn()
	s.Trouble, s.Login, s.Wait = "Name and password do not belong together.", "okafor", "Try again in 30 s."
	return s
}

func newPassword() view.NewPassword {
	p := light("Choose your password")
	p.Places = nil
	return view.NewPassword{Page: p, WithPIN: true, Rules: []string{"At least 12 characters; a few words are best.", "Not your name."}}
}

func unlockPad() view.Unlock {
	p := dim("Locked")
	p.Who.Device = "tablet at chair 3"
	return view.Unlock{
		Page: p, Next: "/chair/3", Stop: true, Chair: 3, Person: "okafor",
		People: []view.Option{{Value: "okafor", Label: "A. Okafor RN"}, {Value: "brandt", Label: "L. Brandt RN"}, {Value: "weiss", Label: "J. Weiss MD"}},
	}
}

// unlockStranger is a locked screen where no PIN can work.
func unlockStranger() view.Unlock {
	return view.Unlock{Page: dim("Locked"), Next: "/board", People: unlockPad().People}
}

func unlockWrong() view.Unlock {
	u := unlockPad()
	u.Trouble = "This PIN was not taken. 3 tries are left; after that the password is asked for."
	return u
}

func workList() view.Worklist {
	return view.Worklist{
		Page: light("Visits"), MayPlan: true,
		Today: []view.WorkRow{
			{ID: "01890a5d-ac96-774b-bcce-b302099a8057", Chair: 3, Patient: "Maria Rivera", Born: "born 4 May 1981", When: "9:00", Phase: "Infusing", Tone: view.Plain},
			{ID: "01890a5d-ac96-774b-bcce-b302099a8058", Chair: 5, Patient: "Haruki Sato", Born: "born 12 January 1969", When: "10:40", Phase: "Scheduled", Tone: view.Plain},
		},
		Unclosed: []view.WorkRow{{
			ID: "01890a5d-ac96-774b-bcce-b302099a8059", Chair: 1, Patient: "Ola Brekke", Born: "born 30 June 1974", When: "Thursday 19 November",
			Phase: "Discharged", Age: "unclosed for 4 days", Missing: []string{"3.4 mg not accounted for", "the prescriber’s signature"}, Tone: view.Amber,
		}},
		ToCall: []view.WorkRow{{
			ID: "01890a5d-ac96-774b-bcce-b302099a8065", Chair: 2, Patient: "Ines Duarte", Born: "born 2 March 1958", When: "yesterday 9:30",
			Phase: "Closed", Missing: []string{"The follow-up call was due today 11:04. Not reached today 11:30."}, Tone: view.Amber,
		}},
	}
}

func workListEmpty() view.Worklist { return view.Worklist{Page: light("Visits")} }

func planVisit() view.Schedule {
	return view.Schedule{
		Page:     light("Plan a visit"),
		Patients: []view.Option{{Value: "01890a5d-ac96-774b-bcce-b302099a8060", Label: "Rivera, Maria", Hint: "born 4 May 1981"}},
		Chairs:   []view.Option{{Value: "1", Label: "Chair 1"}, {Value: "2", Label: "Chair 2"}},
		Planned:  workList().Today,
	}
}

func planRefused() view.Schedule {
	s := planVisit()
	s.Trouble, s.Chair, s.Date, s.Time = "Chair 2 is taken from 9:00 to 14:00. Choose another chair or time.", "2", "2026-11-24", "09:30"
	return s
}

func patientList() view.Patients {
	return view.Patients{
		Page: light("Patients"), MayAdd: true,
		Rows: []view.PatientRow{
			{ID: "a", Number: "10021", Name: "Rivera, Maria", Born: "4 May 1981", Allergies: "morphine (hives)", Last: "23 November 2026"},
			{ID: "b", Number: "10034", Name: "Sato, Haruki", Born: "12 January 1969", Allergies: "none known", Last: ""},
			{ID: "c", Number: "10035", Name: "Łukasiewicz, Žofia", Born: "2 February 1990", Allergies: "not asked"},
		},
	}
}

func patientsEmpty() view.Patients { return view.Patients{Page: light("Patients")} }

func staff() view.People {
	return view.People{
		Page: light("People"), MayAdd: true,
		Roles: []view.Option{{Value: "nurse", Label: "nurse"}, {Value: "prescriber", Label: "prescriber"}, {Value: "director", Label: "director"}},
		Kinds: []view.Option{{Value: "licence", Label: "licence"}, {Value: "acls", Label: "ACLS"}},
		Rows: []view.PersonRow{
			{ID: "okafor", Name: "A. Okafor RN", Login: "okafor", Roles: "nurse", Active: true, Tone: view.Amber, Note: "ACLS expires in 12 days", Credentials: []view.Credential{
				{Kind: "licence", Number: "RN-5521", Expires: "31 March 2027", State: "valid", Tone: view.Plain},
				{Kind: "ACLS", Number: "88-104", Expires: "5 December 2026", State: "expires in 12 days", Tone: view.Amber},
			}},
			{ID: "weiss", Name: "J. Weiss MD", Login: "weiss", Roles: "prescriber, director", Active: true},
			{ID: "left", Name: "P. Lund RN", Login: "lund", Roles: "nurse"},
		},
	}
}

func staffOneTime() view.People {
	p := staff()
	p.OneTime, p.OneTimeF = "7kq2-m9xd-t4wz-3hbn", "L. Brandt RN"
	return p
}

func deviceList() view.Devices {
	return view.Devices{
		Page: light("Devices"), MayAdd: true, Networks: []string{"192.0.2.0/24"},
		Chairs: []view.Option{{Value: "1", Label: "Chair 1"}, {Value: "3", Label: "Chair 3"}},
		Zones:  []view.Option{{Value: "UTC", Label: "UTC"}},
		Monitors: []view.Monitor{
			{ID: "m3", Name: "Bed 3", Kind: "Example Monitor 12", EUI: "0A1B2C3D4E5F6071", Application: "MON", Bed: "3", Peer: "192.0.2.13", Chair: 3, Zone: "UTC, UTC+00:00", Offset: "0.4 s ahead", State: "sends", Last: "1 s ago", Tone: view.Plain, Simulated: true},
			{ID: "m5", Name: "Bed 5", Kind: "", Application: "MON", Bed: "5", Chair: 5, Zone: "the clinic's zone, UTC+01:00", Offset: "not known", State: "silent", Last: "since 8:02", Tone: view.Amber},
		},
		Tablets: []view.Tablet{{ID: "t3", Name: "Tablet 3", Kind: "chair tablet", Place: "chair 3", Since: "2 November 2026", Last: "1 s ago", State: "in use"}},
		Quarantine: []view.Quarantined{
			{When: "10:04", Monitor: "Bed 3", Code: "150456", Name: "MDC_PULS_OXIM_SAT_O2", Value: "0.97 {ratio}", Reason: "unit is not one our table converts", Count: 14},
		},
	}
}

func devicesCode() view.Devices {
	d := deviceList()
	d.Code, d.CodeUntil = "4m7x-2kqd", "10:22"
	return d
}

func devicesEmpty() view.Devices { return view.Devices{Page: light("Devices")} }

func roomOpen() view.RoomCheck {
	return view.RoomCheck{
		Page: light("Room check"), Room: "Infusion room", May: true,
		Items: []view.RoomItem{
			{ID: "oxygen", Label: "Oxygen", Hint: "supply, flow meter, masks"},
			{ID: "suction", Label: "Suction"},
			{ID: "emergency_drugs", Label: "Emergency drugs", Expires: true},
		},
	}
}

func roomSigned() view.RoomCheck {
	r := roomOpen()
	r.May, r.Done, r.Open = false, "Signed 7:52 by A. Okafor RN.", []string{"Suction: tubing missing, ordered"}
	r.Stations = []view.StationTest{
		{Name: "Station by the window", Text: "Sound tested today 7:40 by A. Okafor RN", Tone: view.Quiet},
		{Name: "Station at the door", Text: "Sound test failed today at 7:44, by A. Okafor RN: not perceived: low alarm, two low pulses. This station does not count as hearing until a test is passed", Tone: view.Amber},
	}
	r.Recent = []view.WorkRow{{When: "Friday 20 November 7:48", Phase: "A. Okafor RN"}}
	return r
}

func trustOwn() view.Trust {
	return view.Trust{
		Page: light("Trust this server"), Own: true, Address: "https://stillwatch.example/trust", Until: "23 November 2036",
		Fingerprint: "9F:2C:51:00:AB:7E:44:19:3D:C8:62:F0:8B:15:7A:DE:21:90:CC:4B:68:3E:F7:05:A9:D2:11:76:5C:EE:30:B4",
		QR:          "M4 4h1v1h-1z", QRSize: 33,
	}
}

func trustPlain() view.Trust {
	return view.Trust{Page: light("Trust this server"), Plain: true}
}

func trustGiven() view.Trust { return view.Trust{Page: light("Trust this server")} }

func aboutPage() view.About {
	return view.About{
		Page: light("What Stillwatch is for"), Version: "0.1.0", Library: "shipped library, version 1, not reviewed by a clinician; not adopted by a clinic's director",
		Notices: []view.Licence{{Name: "Source Sans 3", Licence: "OFL-1.1"}, {Name: "Preact", Licence: "MIT"}},
	}
}

func problemPage() view.Problem {
	return view.Problem{
		Page: light("Not done"), Status: 500, What: "The server could not do this.",
		Do: "Nothing was recorded by this step. Try again; if it stays, tell the administrator the number below.", ID: "4f1d2a90bc3e",
	}
}

func problemForbidden() view.Problem {
	return view.Problem{Page: light("Not done"), Status: 403, What: "Your roles do not open this.", Do: "Ask someone who may."}
}
