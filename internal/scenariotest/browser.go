package scenariotest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// browser speaks HTTP with a server, as a tablet and a desk do. It keeps the
// device's cookie and the cookie of each person who signed in.
type browser struct {
	base    string
	client  *http.Client
	device  string // cookie of the enrolled tablet, as "name=value"
	other   string // the same of the chair's other tablet
	station string // the same of the station
	session map[string]string
}

func newBrowser(base string) *browser {
	return &browser{
		base: base, session: map[string]string{},
		client: &http.Client{
			Timeout:       30 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// at is the same browser at a server that listens elsewhere.
func (b *browser) at(base string) *browser {
	c := newBrowser(base)
	c.device, c.other, c.station = b.device, b.other, b.station
	for login, cookie := range b.session {
		c.session[login] = cookie
	}
	return c
}

// answer is what came back.
type answer struct {
	status  int
	body    []byte
	cookies []*http.Cookie
}

// send makes one request in the name of a login; none for the device alone.
func (b *browser) send(ctx context.Context, method, path, login, kind string, body []byte) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, b.base+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	var cookies []string
	for _, c := range []string{b.device, b.session[login]} {
		if c != "" {
			cookies = append(cookies, c)
		}
	}
	r.Header.Set("Cookie", strings.Join(cookies, "; "))
	resp, err := b.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end below
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	return answer{resp.StatusCode, raw, resp.Cookies()}, err
}

// form posts a page's form; the answer must be one of success.
func (b *browser) form(ctx context.Context, path, login string, f url.Values) (answer, error) {
	if f.Get("command") == "" {
		f.Set("command", freshID())
	}
	a, err := b.send(ctx, http.MethodPost, path, login, "application/x-www-form-urlencoded", []byte(f.Encode()))
	if err == nil && a.status >= http.StatusBadRequest {
		err = fmt.Errorf("POST %s: %d: %s", path, a.status, trouble(a.body))
	}
	return a, err
}

// json posts JSON and reads the answer, whatever its status says.
func (b *browser) json(ctx context.Context, path, login string, body, into any) (int, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	a, err := b.send(ctx, http.MethodPost, path, login, "application/json", raw)
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		return a.status, fmt.Errorf("POST %s: %d: no JSON came back", path, a.status)
	}
	return a.status, nil
}

// get reads a page.
func (b *browser) get(ctx context.Context, path, login string) ([]byte, error) {
	a, err := b.send(ctx, http.MethodGet, path, login, "", nil)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("GET %s: %d: %s", path, a.status, trouble(a.body))
	}
	return a.body, err
}

// signIn begins a session and keeps its cookie.
func (b *browser) signIn(ctx context.Context, login, password string) error {
	delete(b.session, login)
	a, err := b.form(ctx, "/sign-in", "", url.Values{"login": {login}, "password": {password}})
	if err != nil {
		return err
	}
	return b.keep(login, a)
}

// keep takes the session's cookie out of an answer.
func (b *browser) keep(login string, a answer) error {
	for _, c := range a.cookies {
		if strings.HasSuffix(c.Name, "stillwatch") && c.Value != "" {
			b.session[login] = c.Name + "=" + c.Value
			return nil
		}
	}
	return errors.New("no session came back")
}

// settle replaces a one-time password.
func (b *browser) settle(ctx context.Context, login, oneTime, chosen string) error {
	if err := b.signIn(ctx, login, oneTime); err != nil {
		return err
	}
	a, err := b.form(ctx, "/password", login, url.Values{"old": {oneTime}, "new": {chosen}, "pin": {""}})
	if err != nil {
		return err
	}
	return b.keep(login, a)
}

// sounds has the station's page say whether it sounds.
func (b *browser) sounds(ctx context.Context, audible bool) error {
	at := *b
	at.device = b.station
	body := fmt.Appendf(nil, `{"audible":%t}`, audible)
	a, err := at.send(ctx, http.MethodPost, "/v1/hearing", "", "application/json", body)
	if err == nil && a.status != http.StatusNoContent {
		err = fmt.Errorf("the station says whether it sounds: %d: %s", a.status, trouble(a.body))
	}
	return err
}

// trouble is what a page says went wrong.
func trouble(page []byte) string {
	said := texts(page, ".trouble, main h1, main p")
	if len(said) == 0 {
		return strings.TrimSpace(string(page[:min(len(page), 200)]))
	}
	return strings.Join(said[:min(len(said), 3)], " ")
}

// texts are the texts of all elements that a selector finds.
func texts(page []byte, selector string) []string {
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil
	}
	var out []string
	for _, n := range cascadia.QueryAll(root, cascadia.MustCompile(selector)) {
		out = append(out, strings.Join(strings.Fields(textOf(n)), " "))
	}
	return out
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(textOf(c))
	}
	return b.String()
}

// freshID is an id as a page makes one.
func freshID() string {
	var r [10]byte
	_, _ = rand.Read(r[:]) // it ends the program where it fails
	return string(ident.New[ident.Command](Day().UnixMilli(), r))
}
