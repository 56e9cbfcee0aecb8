package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/vital"
	"github.com/stillwatch/stillwatch/internal/web/form"
	"github.com/stillwatch/stillwatch/internal/word"
)

// table is what the island works from: fields, forms and message texts, under
// a name that is the hash of its content, so that it can be kept for good and
// two versions never mix.
type table struct {
	url  string
	body []byte
}

type tableWire struct {
	Version  int                `json:"version"`
	Fields   []tableField       `json:"fields"`
	Forms    []form.Form        `json:"forms"`
	Messages map[word.ID]string `json:"messages"`
	// Always lists the acts that an enrolled device may do, locked or not.
	Always []string `json:"always"`
}

type tableField struct {
	Kind     vital.Kind `json:"kind"`
	Label    string     `json:"label"`
	UCUM     string     `json:"ucum"`
	Unit     string     `json:"unit"`
	Decimals int        `json:"decimals"`
	Low      string     `json:"low"`
	High     string     `json:"high"`
}

func newTable(l form.Limits) (table, error) {
	w := tableWire{
		Version: 1, Forms: form.Session(l), Messages: word.All(),
		Always: []string{string(session.ActStop), string(session.ActHelp)},
	}
	for _, f := range vital.Fields() {
		w.Fields = append(w.Fields, tableField{
			f.Kind, f.Label, f.UCUM, f.Unit, f.Decimals, f.Kind.Text(f.Low), f.Kind.Text(f.High),
		})
	}
	b, err := json.Marshal(w)
	if err != nil {
		return table{}, fmt.Errorf("encode table: %w", err)
	}
	sum := sha256.Sum256(b)
	return table{url: "/v1/table-" + hex.EncodeToString(sum[:8]) + ".json", body: b}, nil
}

// serveTable answers with the table; another version's name is not found, and
// the island then loads its page anew.
func (s *site) serveTable(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != s.table.url {
		s.fail(w, r, Visitor{}, errNotFound)
		return
	}
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	_ = answer(w, r, http.StatusOK, "application/json", s.table.body) // a client that went away asks again
}
