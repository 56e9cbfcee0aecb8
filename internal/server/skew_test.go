package server

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// A tablet's clock is measured by its page, said with each hand at the screen
// and each entry, and shown where devices are kept; an entry of a tablet whose
// clock is off holds at the corrected time and says what the clock said.
func TestSkew_OfATabletIsShown(t *testing.T) {
	t.Parallel()
	h, okafor, tablet, id := stopPlace(t)
	both := &guest{place: h, actor: okafor.actor, person: okafor.person, cookies: append(slices.Clone(tablet.cookies), okafor.cookies...)}
	shown := func() (string, view.Tone) {
		t.Helper()
		p, err := desk{app: h.App(), auth: h.Auth(), wires: &h.wires, skews: &h.skews}.Devices(t.Context(), web.Visitor{Actor: h.admin})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(p.Tablets, func(x view.Tablet) bool { return x.ID == string(tablet.actor.Via) })
		if i < 0 {
			t.Fatal("the tablet is not listed")
		}
		return p.Tablets[i].Clock, p.Tablets[i].ClockTone
	}
	began := h.now().In(h.App().Zone).Format("15:04")
	if clock, tone := shown(); clock != "not measured since the server began at "+began || tone != view.Quiet {
		t.Errorf("before anything was said its clock is %q", clock)
	}
	hand := func(body string) int {
		r := httptest.NewRequest(http.MethodPost, "http://stillwatch.test/v1/here", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		return both.do(r).Code
	}
	if code := hand(`{"offset_ms":400}`); code != http.StatusNoContent {
		t.Fatalf("a hand at the screen is answered %d", code)
	}
	if clock, tone := shown(); !strings.HasPrefix(clock, "+0.4 s at ") || tone != view.Quiet {
		t.Errorf("its clock is %q %q", clock, tone)
	}
	for body, want := range map[string]int{"": http.StatusNoContent, "{}": http.StatusNoContent, `{"offset":1}`: http.StatusBadRequest, `{"offset_ms":"1"}`: http.StatusBadRequest} {
		if code := hand(body); code != want {
			t.Errorf("%q is answered %d, want %d", body, code, want)
		}
	}
	ahead := 3 * time.Minute
	at := h.now().Add(ahead)
	if rec, _ := both.send(session.ActNote, both.wire(id).but("occurred_at", at).but("offset_ms", ahead.Milliseconds()).but("grant", okafor.grant()).but("body", map[string]any{"text": map[string]any{"text": "by a clock that is ahead"}})); rec.Code != http.StatusOK {
		t.Fatalf("the note is answered %d %s", rec.Code, rec.Body)
	}
	if clock, tone := shown(); !strings.HasPrefix(clock, "+180.0 s at ") || !strings.HasSuffix(clock, "Set its clock.") || tone != view.Amber {
		t.Errorf("its clock is %q %q", clock, tone)
	}
	c := okafor.chairView(3)
	i := slices.IndexFunc(c.Entries, func(e view.Entry) bool { return strings.Contains(e.Text, "by a clock that is ahead") })
	if i < 0 {
		t.Fatal("the note is not there")
	}
	if got := c.Entries[i]; got.AtMS != h.now().UnixMilli() || !strings.Contains(got.Time, "corrected: the device's clock said "+at.In(h.App().Zone).Format("15:04")) {
		t.Errorf("the note holds at %s: %q", time.UnixMilli(got.AtMS).UTC(), got.Time)
	}
	if c.ClockOffMS != 30_000 {
		t.Errorf("a clock is off from %d ms on", c.ClockOffMS)
	}
	// What waited says nothing of the clock now.
	if rec, _ := both.send(session.ActNote, both.wire(id).but("occurred_at", h.now().Add(-time.Hour)).but("grant", okafor.grant()).but("body", map[string]any{"text": map[string]any{"text": "waited"}})); rec.Code == http.StatusInternalServerError {
		t.Fatal(rec.Body)
	}
	if clock, _ := shown(); !strings.HasPrefix(clock, "+180.0 s") {
		t.Errorf("an old entry moved what is known of the clock to %q", clock)
	}
	// After a restart nothing is known of it, and it is not shown as right.
	h.later(2 * time.Minute)
	h.restart()
	if clock, _ := shown(); clock != "not measured since the server began at "+h.now().In(h.App().Zone).Format("15:04") {
		t.Errorf("after a restart its clock is %q", clock)
	}
	if code := hand(`{"offset_ms":180000}`); code != http.StatusNoContent {
		t.Fatalf("a hand at the screen is answered %d", code)
	}
	if clock, tone := shown(); !strings.HasSuffix(clock, "Set its clock.") || tone != view.Amber {
		t.Errorf("measured again after the restart, its clock is %q", clock)
	}
	revoked := view.Tablet{Revoked: true}
	if (desk{app: h.App(), skews: &h.skews}).clockOf(&revoked, tablet.actor.Via); revoked.Clock != "" {
		t.Errorf("of a revoked tablet the clock is %q", revoked.Clock)
	}
}
