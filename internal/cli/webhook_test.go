package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestServe_WebhookSecret: the address and its secret belong together, and a
// secret that cannot be read, or is none, starts nothing.
func TestServe_WebhookSecret(t *testing.T) {
	t.Parallel()
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file(strings.Repeat("k", 64) + "\n")
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no secret":         {[]string{"--webhook", "https://pager.example/"}, "belong together"},
		"no address":        {[]string{"--webhook-secret-file", good}, "belong together"},
		"no such file":      {[]string{"--webhook", "https://pager.example/", "--webhook-secret-file", good + "x"}, "read the webhook's secret"},
		"a short secret":    {[]string{"--webhook", "https://pager.example/", "--webhook-secret-file", file("short")}, "32 to"},
		"readable on it":    {[]string{"--webhook", "http://pager.example/", "--webhook-secret-file", good}, "use https"},
		"a word in the URL": {[]string{"--webhook", "https://user:hidden@pager.example/", "--webhook-secret-file", good}, "leave it out"},
	} {
		var out strings.Builder
		args := append([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--plain-http", "--monitor-listen", "", "--debug-listen", ""}, c.args...)
		if status := Main(args, &out, &out); status == 0 || !strings.Contains(out.String(), c.says) || strings.Contains(out.String(), "hidden") {
			t.Errorf("%s: ended with %d: %s", name, status, out.String())
		}
	}
}
