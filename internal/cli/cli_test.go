package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// say runs one command line and returns its status and what it printed.
func say(t *testing.T, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, &o, &e)
	return status, o.String(), e.String()
}

func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "stillwatch.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSettings_Order: flags, then variables, then the file. A zone that does
// not exist is told back by the setting that won.
func TestSettings_Order(t *testing.T) {
	file := configFile(t, "[serve]\nzone = \"Nowhere/File\"\n")
	serve := func(more ...string) string {
		_, _, e := say(t, append([]string{"serve", "--config", file, "--data", t.TempDir()}, more...)...)
		return e
	}
	if e := serve(); !strings.Contains(e, "Nowhere/File") {
		t.Errorf("the file's zone does not count: %s", e)
	}
	t.Setenv("STILLWATCH_ZONE", "Nowhere/Variable")
	if e := serve(); !strings.Contains(e, "Nowhere/Variable") {
		t.Errorf("the variable does not come before the file: %s", e)
	}
	if e := serve("--zone", "Nowhere/Flag"); !strings.Contains(e, "Nowhere/Flag") {
		t.Errorf("the flag does not come before the variable: %s", e)
	}
}

func TestSettings_UnknownIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"no setting \"zoen\"":        "[serve]\nzoen = \"UTC\"\n",
		"names no command":           "[sevre]\nzone = \"UTC\"\n",
		"table [zone] names no":      "zone = \"UTC\"\n",
		"setting \"tls-cert\" twice": "[serve]\ntls-cert = \"a\"\ntls_cert = \"b\"\n",
		"setting cannot be a t":      "[serve]\n[serve.zone]\nname = \"UTC\"\n",
	} {
		status, _, e := say(t, "serve", "--config", configFile(t, text), "--data", t.TempDir())
		if status == 0 || !strings.Contains(e, name) {
			t.Errorf("%q: status %d, said %q", text, status, e)
		}
	}
	if status, _, e := say(t, "version", "--zoen", "UTC"); status == 0 || !strings.Contains(e, "zoen") {
		t.Errorf("an unknown flag: status %d, said %q", status, e)
	}
	t.Setenv("STILLWATCH_ZOEN", "UTC")
	if status, _, e := say(t, "version"); status != 2 || !strings.Contains(e, "STILLWATCH_ZOEN") {
		t.Errorf("an unknown variable: status %d, said %q", status, e)
	}
}

func TestServe_Refuses(t *testing.T) {
	for want, args := range map[string][]string{
		"belong together":       {"--tls-cert", "cert.pem"},
		"--chairs is 1 to":      {"--chairs", "0"},
		"loopback only":         {"--plain-http", "--listen", "0.0.0.0:0"},
		"is not known: give an": {"--zone", "Middle/Earth"},
		"is not a prefix":       {"--plain-http", "--listen", "127.0.0.1:0", "--debug-listen", "", "--monitor-listen", "127.0.0.1:0", "--monitor-networks", "everywhere"},
	} {
		status, _, e := say(t, append([]string{"serve", "--data", t.TempDir()}, args...)...)
		if status != 2 || !strings.Contains(e, want) {
			t.Errorf("serve %v: status %d, said %q, want %q", args, status, e, want)
		}
	}
}

// A demonstration has no TLS: it stays on its machine, and its help says so.
func TestDemo_IsServedOnLoopbackOnly(t *testing.T) {
	if _, out, _ := say(t, "demo", "--help"); !strings.Contains(strings.Join(strings.Fields(out), " "), "loopback only") {
		t.Errorf("the help promises an address that is refused: %s", out)
	}
	if status, _, e := say(t, "demo", "--no-open", "--listen", "0.0.0.0:0"); status != 2 || !strings.Contains(e, "on loopback only, not on 0.0.0.0:0") {
		t.Errorf("beyond loopback: status %d, said %q", status, e)
	}
}

func TestHelp_NamesEveryCommand(t *testing.T) {
	status, out, _ := say(t, "--help")
	for _, c := range []string{"serve", "demo", "monitor", "verify", "rebuild", "backup", "restore", "hl7 parse", "version"} {
		if !strings.Contains(out, "\n  "+c) {
			t.Errorf("--help does not name %s", c)
		}
	}
	if status != 0 || !strings.Contains(out, "never commands a pump") {
		t.Errorf("--help ends with %d: %s", status, out)
	}
}
