package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// errNoZone asks for what cannot be guessed: a wrong zone moves every time
// that a monitor sends without its offset.
var errNoZone = errors.New("the zone of this machine has no name: give the clinic's with --zone, such as Europe/Zurich")

// clinicZone is the zone that was asked for, else the machine's own, by its
// IANA name.
func clinicZone(asked string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	if tz := strings.TrimPrefix(os.Getenv("TZ"), ":"); tz != "" {
		return named(tz)
	}
	link, err := filepath.EvalSymlinks("/etc/localtime")
	if err != nil {
		return "", errNoZone
	}
	return named(zoneOf(link))
}

// zoneOf is the zone that a file of the zone database describes.
func zoneOf(path string) string {
	_, name, _ := strings.Cut(filepath.ToSlash(path), "/zoneinfo/")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "posix/"), "right/")
	return name
}

func named(zone string) (string, error) {
	if _, err := time.LoadLocation(zone); zone == "" || zone == "Local" || err != nil {
		return "", errNoZone
	}
	return zone, nil
}
