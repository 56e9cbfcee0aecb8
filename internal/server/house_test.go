package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/form"
)

// TestTrust_SaysWhichOfThreeItIs: an authority of its own, a certificate that
// the clinic gave, or none at all; only the first is handed out.
func TestTrust_SaysWhichOfThreeItIs(t *testing.T) {
	t.Parallel()
	h := newPlace(t) // plain, on loopback
	names, err := auth.LocalNames("clinic.local")
	if err != nil {
		t.Fatal(err)
	}
	local, err := auth.OpenLocal(t.TempDir(), names, h.now())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		b          building
		own, plain bool
		none       string // what is said in place of an authority
	}{
		"its own":   {b: building{local: local}, own: true},
		"given":     {b: building{}, none: "certificates that the clinic gave it"},
		"plain":     {b: building{plain: h.cfg.Plain}, plain: true, none: "no certificates"},
		"as served": {b: building{plain: h.cfg.Plain, local: h.local}, plain: true, none: "no certificates"},
	} {
		page, err := c.b.Trust(t.Context())
		if err != nil || page.Own != c.own || page.Plain != c.plain || (page.Fingerprint != "") != c.own {
			t.Errorf("%s: %+v, %v", name, page, err)
		}
		_, der, err := c.b.Authority(t.Context())
		var trouble *web.Trouble
		switch {
		case c.own && (err != nil || len(der) == 0):
			t.Errorf("%s: no authority: %v", name, err)
		case !c.own && (!errors.As(err, &trouble) || trouble.Status != http.StatusNotFound || !strings.Contains(trouble.What, c.none)):
			t.Errorf("%s: %v", name, err)
		}
	}
	page := h.nurse().get("/trust").Body.String()
	if !strings.Contains(page, "plain HTTP") || strings.Contains(page, "that the clinic gave") {
		t.Error("a server without certificates speaks of one that it was given")
	}
}

// TestTable_SaysTheNumbersOfTheLibrary.
func TestTable_SaysTheNumbersOfTheLibrary(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	okafor := h.nurse()
	okafor.visit(h.patient(okafor, "P-1", "Maria", "Rivera"), 3)
	url := regexp.MustCompile(`/v1/table-[0-9a-f]+\.json`).FindString(okafor.get("/chair/3").Body.String())
	var table struct {
		Forms []form.Form `json:"forms"`
	}
	if err := json.Unmarshal(okafor.get(url).Body.Bytes(), &table); err != nil {
		t.Fatalf("%q: %v", url, err)
	}
	want := strconv.Itoa(int(h.App().Knows().Rules.Duration(library.OffMost).Minutes()))
	for _, f := range table.Forms {
		if f.Act == session.ActOffMonitor && f.Sections[0].Fields[2].High != want {
			t.Errorf("off the monitor for at most %s, the library says %s", f.Sections[0].Fields[2].High, want)
		}
	}
}
