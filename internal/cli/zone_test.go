package cli

import "testing"

func TestClinicZone_IsNamedOrAskedFor(t *testing.T) {
	t.Setenv("TZ", "Asia/Tokyo")
	for asked, want := range map[string]string{"": "Asia/Tokyo", "Europe/Zurich": "Europe/Zurich"} {
		if got, err := clinicZone(asked); err != nil || got != want {
			t.Errorf("zone %q becomes %q (%v), want %q", asked, got, err, want)
		}
	}
	// A zone without a place has no clock changes that a monitor could share.
	t.Setenv("TZ", "/somewhere/localtime")
	if got, err := clinicZone(""); err == nil {
		t.Errorf("a zone file without a name became %q", got)
	}
}

func TestZoneOf_ReadsTheZoneDatabasesPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/usr/share/zoneinfo/Europe/Berlin":       "Europe/Berlin",
		"/usr/share/zoneinfo/posix/Europe/Berlin": "Europe/Berlin",
		"/etc/localtime":                          "",
	} {
		if got := zoneOf(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}
