package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"sync"
)

// worthwhile is from how many bytes on an answer is compressed: below, it
// fits into one packet anyway.
const worthwhile = 1400

// writers are kept because a gzip writer is large and pages are many.
var writers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a valid one
	return z
}}

// answer writes one whole answer, compressed where that is safe and pays. The
// live stream and downloads have their own way out and are never compressed.
func answer(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Add("Vary", "Accept-Encoding")
	h.Add("Vary", "Sec-Fetch-Site")
	if len(body) >= worthwhile && compressible(r) {
		if z, err := zipped(body); err == nil && len(z) < len(body) {
			h.Set("Content-Encoding", "gzip")
			body = z
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}

// compressible reports whether the length of the answer may depend on what is
// repeated in it. Who can choose a part of an answer and watch its length can
// guess the rest, letter by letter (BREACH). So only what is read is
// compressed, never the answer to a form, which repeats what was typed and may
// show a one-time password or a grant; and only when our own pages or the
// person ask, never when another site does.
func compressible(r *http.Request) bool {
	if r.Method != http.MethodGet || !takesGzip(r) {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none", "": // our page, the person, or no browser
		return true
	}
	return false
}

func zipped(body []byte) ([]byte, error) {
	z := writers.Get().(*gzip.Writer)
	defer writers.Put(z)
	var out bytes.Buffer
	z.Reset(&out)
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
