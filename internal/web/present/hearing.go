package present

import (
	"strings"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Hearing says who hears a chair. Where alarms are not switched on nobody is
// promised to, and nothing is said.
func Hearing(v app.Visit) view.Hearing {
	h := view.Hearing{By: v.Env.Heard.By(v.Env.Rules, v.Env.Now)}
	if v.Env.Alarms.Ready() && v.Env.Signed.Done && v.Env.Rules.Ready() && session.Watched(v.State) {
		h.Watched, h.LastMS, h.QuietMin = true, v.Env.Rules.Duration(library.HearingProof).Milliseconds(), pauseLengths(v)
	}
	switch {
	case !v.Env.Alarms.Ready():
		h.By = []string{}
	case len(h.By) > 0:
		h.Text = "heard by " + strings.Join(h.By, ", ")
	case session.Watched(v.State):
		h.Text, h.Nobody = "No one hears this chair", true
	}
	return h
}
