package server

import (
	"context"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/mllp"
	"github.com/stillwatch/stillwatch/internal/web/view"
	"github.com/stillwatch/stillwatch/internal/word"
)

// The page lists a day, the newest numerics as far as asideRead goes, one line
// for each reason.
const (
	asideRead  = 5000
	asideLines = 200
)

// aside is what monitors sent and was not taken, newest first, the same again
// counted.
func (d desk) aside(ctx context.Context) ([]view.Quarantined, error) {
	rows, err := d.app.Telemetry.Quarantined(ctx, d.app.Now().Add(-24*time.Hour), asideRead)
	if err != nil {
		return nil, err
	}
	type same struct {
		device             ident.Device
		code, name, reason string
	}
	line := map[same]int{}
	var out []view.Quarantined
	for _, q := range rows {
		key := same{q.Device, q.Code, q.Name, q.Reason}
		if i, ok := line[key]; ok {
			out[i].Count++
			continue
		}
		if len(out) == asideLines {
			continue
		}
		monitor := "unknown"
		if f, ok := d.app.Feed(q.Device); ok {
			monitor = f.Monitor.Name
		}
		line[key] = len(out)
		out = append(out, view.Quarantined{
			When: word.Second(q.ReceivedAt.In(d.app.Zone)), Monitor: monitor, Code: q.Code, Name: q.Name, Value: q.Value, Reason: q.Reason, Count: 1,
		})
	}
	return out, nil
}

func connectionText(n wireNote) string {
	if n.kind == mllp.Refused {
		return "refused: " + n.what
	}
	return n.what
}
