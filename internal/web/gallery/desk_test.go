package gallery_test

import (
	"strings"
	"testing"
)

func TestSignIn_GivesTheNameBackAndSaysHowLong(t *testing.T) {
	t.Parallel()
	d := open(t, "signin-wrong")
	d.in("[role=alert]").has("do not belong together")
	d.in("form").has("Try again in 30 s.")
	if d.in("#login").attr("value") != "okafor" {
		t.Error("the name has to be typed again")
	}
}

func TestUnlock_SaysThatStopAndHelpStay(t *testing.T) {
	t.Parallel()
	d := open(t, "unlock")
	d.in("main").has("record stop stay open")
	if href := d.in("a[href='/chair/3']").attr("href"); href == "" {
		t.Error("no way back to the chair")
	}
	open(t, "unlock-wrong").in("[role=alert]").has("3 tries are left")
}

func TestUnlock_OffersNoPINWhereNoneCanWork(t *testing.T) {
	t.Parallel()
	d := open(t, "unlock-not-enrolled")
	if n := len(d.all("input")); n != 0 {
		t.Errorf("%d fields are offered on a device that takes no PIN", n)
	}
	d.in("main").has("not one")
	if href := d.in("a.main").attr("href"); href != "/sign-in?next=%2fboard" {
		t.Errorf("the password is asked for at %q", href)
	}
}

func TestWorklist_SaysAgeAndWhatIsMissing(t *testing.T) {
	t.Parallel()
	d := open(t, "worklist")
	d.in("td.amber").has("unclosed for 4 days")
	d.in("td.amber").has("prescriber’s signature")
	open(t, "worklist-empty").in("main").has("Every record of an earlier day is closed.")
}

func TestRecord_IsOneDocument(t *testing.T) {
	t.Parallel()
	d := open(t, "record-open")
	for _, text := range []string{
		"Maria Rivera", "born 4 May 1981", "allergic to morphine (hives)", "86.8 mg, 1.20 mg/kg", "attested on paper",
		"3.4 mg not accounted for", "witnessed by L. Brandt RN", "9:20, charted 9:31", "replaces: Rate 21.7 mL/h, 9:20",
		"0.9 % above the ordered 21.7 mL/h", "A. Okafor RN", "discharge checked", "chain head 4211",
	} {
		d.in("article").has(text)
	}
	if len(d.all("li.struck")) != 1 {
		t.Error("a struck entry has to stay visible")
	}
	if !strings.HasSuffix(d.in("a[href$='record.pdf']").attr("href"), "/record.pdf") {
		t.Error("no PDF")
	}
	open(t, "record-empty").in("article").has("Not signed yet.")
}

func TestSchedule_GivesBackWhatWasChosen(t *testing.T) {
	t.Parallel()
	d := open(t, "schedule-refused")
	d.in("[role=alert]").has("Chair 2 is taken")
	d.in("#chair option[selected]").has("Chair 2")
	if d.in("#time").attr("value") != "09:30" {
		t.Error("the time has to be typed again")
	}
}

func TestPeople_ShowOneTimePasswordOnceAndExpiry(t *testing.T) {
	t.Parallel()
	open(t, "people").none(".secret", "a password without reason")
	open(t, "people-one-time").in(".once").has("7kq2-m9xd-t4wz-3hbn")
	open(t, "people").in("strong.amber").has("ACLS expires in 12 days")
}

func TestDevices_SayWhyAValueWasNotAccepted(t *testing.T) {
	t.Parallel()
	d := open(t, "devices")
	d.in("section[aria-labelledby=quarantine]").has("unit is not one our table converts")
	d.in("section[aria-labelledby=quarantine]").has("× 14")
	d.in("section[aria-labelledby=monitors]").has("192.0.2.0/24")
	open(t, "devices-code").in(".secret").has("4m7x-2kqd")
	open(t, "devices-empty").in("main").has("No monitor is registered.")
}

func TestTrust_ShowsFingerprintAndCode(t *testing.T) {
	t.Parallel()
	d := open(t, "trust")
	d.in(".fingerprint").has("9F:2C:51")
	if d.in("svg.qr path").attr("d") == "" {
		t.Error("no code to scan")
	}
	for name, says := range map[string]string{
		"trust-given": "uses a certificate that the clinic gave it", "trust-plain": "it serves plain HTTP, to this machine alone",
	} {
		d := open(t, name)
		d.none("svg.qr", "a code where there is no authority of its own")
		d.in("main").has(says)
	}
}

func TestAbout_SaysTheIntendedUse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Stillwatch is a second pair of eyes: the bedside monitor is the primary alarm.", "never commands a pump", "Not cleared or approved by any regulator."} {
		open(t, "about").in("main").has(text)
	}
}

func TestProblem_GivesOperatorsANumberOnlyWhenTheServerFailed(t *testing.T) {
	t.Parallel()
	open(t, "problem").in("main").has("4f1d2a90bc3e")
	if strings.Contains(open(t, "problem-forbidden").text(), "administrator") {
		t.Error("a refusal is no fault of the server")
	}
}
