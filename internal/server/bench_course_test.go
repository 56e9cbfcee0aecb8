package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/course"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/rule"
)

// longHistory gives a course sixty medicines and five years of monthly signs and
// results, as the record of a patient who has come for long.
func (g *guest) longHistory(id ident.Course) {
	g.t.Helper()
	say := func(what act.Act, body any) {
		b, err := json.Marshal(body)
		if err != nil {
			g.t.Fatal(err)
		}
		refusal, err := g.App().DoCourse(g.t.Context(), app.CourseRequest{Act: what, Schema: 1, ID: app.NewID[ident.Command](g.App()), Course: id, OccurredAt: g.now(), Actor: g.actor, Body: b})
		if err != nil || refusal != nil {
			g.t.Fatal(refusal, err)
		}
	}
	keys := g.App().Knows().Screening.Table().Keys()
	var medicines []map[string]any
	for i := range 60 {
		medicines = append(medicines, map[string]any{"key": keys[i%len(keys)], "text": map[string]string{"text": fmt.Sprintf("%s, %d mg a day", keys[i%len(keys)], i+1)}})
	}
	for month := range 60 {
		day := g.now().AddDate(0, -month, 0).Format(time.DateOnly)
		var said []map[string]string
		for _, in := range rule.Inputs(nil) {
			one := map[string]string{"section": string(in.Group), "item": in.Name[len(in.Group)+1:], "at": day, "source": "nurse"}
			switch {
			case in.Derived:
				continue
			case in.Group == rule.Signs && in.Name != "signs.sedation":
				one["value"], one["unit"] = in.High, in.Unit
			case in.Group == rule.Labs:
				one["value"], one["unit"], one["uln"] = "22", "U/L", "40"
			case in.Group == rule.History && in.Type == rule.Answer:
				one["answer"] = "no"
			default:
				continue
			}
			said = append(said, one)
		}
		say(course.ActState, map[string]any{"statements": said})
		say(course.ActMedicines, map[string]any{"at": day, "source": "nurse", "complete": "yes", "list": medicines})
	}
}

// BenchmarkFindings opens the page of the question "suitable for a course?" for a
// patient with sixty medicines and five years of history. Asked: under 100 ms.
func BenchmarkFindings(b *testing.B) {
	h := newPlace(b)
	nurse := h.nurse()
	id := nurse.refers(h.patient(nurse, "1", "Maria", "Rivera"))
	nurse.longHistory(id)
	path := "/courses/" + string(id) + "/findings"
	for b.Loop() {
		if w := nurse.get(path); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
