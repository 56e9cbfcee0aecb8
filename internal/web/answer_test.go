package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func ask(h http.Handler, method, path, body string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://stillwatch.test"+path, strings.NewReader(body))
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func unzip(t *testing.T, w *httptest.ResponseRecorder) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnswer_PagesAndJSONAreCompressed(t *testing.T) {
	t.Parallel()
	c, h, _ := bench(t, nurse)
	_ = c
	table := decodeTable(t, h)
	for _, path := range []string{"/people", "/patients", table} {
		plain := ask(h, http.MethodGet, path, "", nil)
		w := ask(h, http.MethodGet, path, "", map[string]string{"Accept-Encoding": "gzip, br", "Sec-Fetch-Site": "same-origin"})
		if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() >= plain.Body.Len() {
			t.Errorf("%s: %q, %d bytes of %d", path, w.Header().Get("Content-Encoding"), w.Body.Len(), plain.Body.Len())
			continue
		}
		if !bytes.Equal(unzip(t, w), plain.Body.Bytes()) {
			t.Errorf("%s is another page compressed", path)
		}
		if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%s: a cache may mix the two", path)
		}
		if plain.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed for who did not ask", path)
		}
	}
}

func decodeTable(t *testing.T, h http.Handler) string {
	t.Helper()
	var c struct {
		Table string `json:"table"`
	}
	if err := json.Unmarshal(ask(h, http.MethodGet, "/v1/chair/3", "", nil).Body.Bytes(), &c); err != nil {
		t.Fatal(err)
	}
	return c.Table
}

// The length of an answer must not tell another site what stands in it.
func TestAnswer_NothingIsCompressedWhereItsLengthCouldTell(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, nurse)
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "gzip"}
	secret := ask(h, http.MethodPost, "/people", "command="+idA+"&name="+strings.Repeat("B", 300)+"&login=b&role=nurse", form)
	if !strings.Contains(secret.Body.String(), "one-time-secret") || secret.Body.Len() < worthwhile {
		t.Fatalf("no page with a secret to look at: %d", secret.Code)
	}
	if secret.Header().Get("Content-Encoding") != "" {
		t.Error("a page that repeats a form beside a secret is compressed")
	}
	for _, site := range []string{"cross-site", "same-site"} {
		w := ask(h, http.MethodGet, "/people", "", map[string]string{"Accept-Encoding": "gzip", "Sec-Fetch-Site": site})
		if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != "" {
			t.Errorf("asked for from a %s page: %d %q", site, w.Code, w.Header().Get("Content-Encoding"))
		}
	}
}

func TestAnswer_ShortOnesAndRefusalsOfGzipStayPlain(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, nurse)
	for path, header := range map[string]string{"/v1/chair/3": "gzip", "/people": "gzip;q=0"} {
		if w := ask(h, http.MethodGet, path, "", map[string]string{"Accept-Encoding": header}); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed", path)
		}
	}
}

// The stream reaches the browser event by event, whatever the browser takes.
func TestStream_IsNeverCompressed(t *testing.T) {
	t.Parallel()
	_, h, _ := bench(t, nurse)
	s, res := listen(t, h, "/v1/stream?topics=board", "") // Go's client asks for gzip
	if res.Uncompressed || res.Header.Get("Content-Encoding") != "" {
		t.Error("the stream is compressed")
	}
	if e := read(t, s); e.kind != "beat" {
		t.Errorf("first came %+v", e)
	}
}
