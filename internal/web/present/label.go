package present

import (
	"fmt"

	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/session"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// Label is the label of the bag, until the time-out at the chair has read it.
func Label(v app.Visit) *view.Label {
	p := v.State.Prepared
	if p == nil || v.State.Phase != session.PhasePrepared || v.State.TimeOut != nil {
		return nil
	}
	out := &view.Label{
		Code: p.Label, Patient: v.Patient.Name(), By: name(v.Names, p.First) + ", " + name(v.Names, p.Second), UseBy: clock(p.UseBy, v.Zone),
		Drug: fmt.Sprintf("ketamine %s in %s, %s", p.Drawn, p.BagVolume, p.Concentration),
	}
	if who := Patient(v); who.Born != "" {
		out.Patient += ", " + who.Born
	}
	return out
}
