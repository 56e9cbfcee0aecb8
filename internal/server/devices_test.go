package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/act"
)

// TestDevices_KeepWhatIsSaidOfAMonitor: make and model, and any IANA zone with
// how far it is from UTC; a zone that is none is said beside what was typed.
func TestDevices_KeepWhatIsSaidOfAMonitor(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	admin := h.hire("adams", "B. Adams", act.Administrator)
	say := func(name, zone string) int {
		return admin.post("/devices/monitors", url.Values{
			"command": {admin.key("/devices")}, "name": {name}, "kind": {"Example Monitor 12"}, "eui": {"00112233445566" + name[len(name)-2:]},
			"zone": {zone}, "chair": {"3"},
		}).Code
	}
	for name, zone := range map[string]string{"Bed 21": "Asia/Kathmandu", "Bed 22": ""} {
		if code := say(name, zone); code != http.StatusSeeOther {
			t.Errorf("%s: answered %d", name, code)
		}
	}
	if code := say("Bed 23", "Mars/Olympus"); code != http.StatusUnprocessableEntity {
		t.Errorf("a zone that is none: answered %d", code)
	}
	page := admin.get("/devices").Body.String()
	for _, want := range []string{"Example Monitor 12", "Asia/Kathmandu, UTC&#43;05:45", "the clinic&#39;s zone, UTC&#43;00:00"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "Bed 23") {
		t.Error("a monitor with a zone that is none was entered")
	}
}
