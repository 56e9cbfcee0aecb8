package server

import (
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/report/reporttest"
	"github.com/stillwatch/stillwatch/internal/session"
)

// download opens a PDF's door and reads its pages.
func (g *guest) download(path string) []string {
	g.t.Helper()
	w := g.get(path)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" {
		g.t.Fatalf("%s answered %d %s", path, w.Code, w.Header().Get("Content-Type"))
	}
	kind, params, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
	if err != nil || kind != "attachment" || !regexp.MustCompile(`^stillwatch-[a-z]+\.pdf$`).MatchString(params["filename"]) {
		g.t.Errorf("handed out as %q", w.Header().Get("Content-Disposition"))
	}
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Encoding") != "" {
		g.t.Errorf("kept by the browser or compressed: %v", w.Header())
	}
	pages := reporttest.PageTexts(g.t, w.Body.Bytes())
	for i, p := range pages {
		pages[i] = strings.Join(strings.Fields(p), " ")
	}
	return pages
}

func say(s string) map[string]string { return map[string]string{"text": s} }

// emergency is a visit in which help was called and much was done.
func emergency(h *place, nurse *guest, taps int) ident.Session {
	id := nurse.visit(h.patient(nurse, "10021", "Maria", "Rivera"), 3)
	nurse.say(id, session.ActArrive, map[string]any{"identifiers": []session.Identifier{session.ByName, session.ByBirth}})
	nurse.say(id, session.ActHelp, map[string]any{})
	for i := range taps {
		h.later(20 * time.Second)
		what := []session.HelpAct{session.HelpCompressions, session.HelpOxygen, session.HelpDrug, session.HelpAmbulance}[min(i%8, 3)]
		nurse.say(id, session.ActLogHelp, map[string]any{"what": what, "text": say(fmt.Sprintf("tap %d of many", i))})
	}
	nurse.say(id, session.ActTransfer, map[string]any{"to": say("City Hospital"), "reason": say("unresponsive")})
	nurse.signIn("okafor") // the screen locked meanwhile
	return id
}

func TestRecordPDF_ThroughTheDoor(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.hire("okafor", "A. Okafor RN", act.Nurse)
	id := emergency(h, nurse, 60)
	reads := len(h.auditLog("read"))
	pages := nurse.download("/sessions/" + string(id) + "/record.pdf")
	if len(pages) < 2 {
		t.Fatalf("%d pages: too short to show page x of y", len(pages))
	}
	head, _, err := h.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pages {
		for _, text := range []string{
			"Maria Rivera", "1981", "10021", fmt.Sprintf("page %d of %d", i+1, len(pages)), fmt.Sprintf("Record head: entry %d,", head), "by A. Okafor RN",
		} {
			if !strings.Contains(p, text) {
				t.Errorf("page %d lacks %q", i+1, text)
			}
		}
	}
	if n := len(h.auditLog("read")); n != reads+1 {
		t.Errorf("one download is %d reads in the log", n-reads)
	}
	if w := nurse.get("/sessions/" + string(id) + "x/record.pdf"); w.Code != http.StatusNotFound {
		t.Errorf("no visit answered %d", w.Code)
	}
}

func TestTransferSheet_OnePageOfALongEmergency(t *testing.T) {
	t.Parallel()
	h := newPlace(t)
	nurse := h.hire("okafor", "A. Okafor RN", act.Nurse)
	id := emergency(h, nurse, 120)
	pages := nurse.download("/sessions/" + string(id) + "/transfer.pdf")
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	sheet := nurse.get("/sessions/" + string(id) + "/transfer").Body.String()
	if record := nurse.get("/sessions/" + string(id)).Body.String(); !strings.Contains(record, string(id)+"/transfer") {
		t.Error("the record does not lead to the sheet")
	}
	for _, text := range []string{
		"Maria Rivera", "1981", "morphine (hives)", "none: the infusion was not started", "not on record", "City Hospital", "unresponsive",
		"tap 119 of many", "Help", "left out: see the record", "entry ",
	} {
		if !strings.Contains(strings.ToLower(pages[0]), strings.ToLower(text)) {
			t.Errorf("the paper lacks %q", text)
		}
		if !strings.Contains(strings.ToLower(sheet), strings.ToLower(text)) {
			t.Errorf("the page lacks %q", text)
		}
	}
}
