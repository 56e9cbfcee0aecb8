package series_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/series"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// TestNewest_IsBounded: a device that counts up the site of each value fills
// no memory, and pushes out no other metric.
func TestNewest_IsBounded(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	row := func(k vital.Kind, site string, n int) series.Row {
		at := start.Add(time.Duration(n) * time.Second)
		return series.Row{At: at, ReceivedAt: at, Sample: vital.Sample{Kind: k, Site: site, Value: 1}}
	}
	known := series.Newest{}
	known.Add(row(vital.HR, "", 0))
	const sent = 3 * series.MostSites
	for n := 1; n <= sent; n++ {
		known.Add(row(vital.SpO2, fmt.Sprint(n), n))
	}
	if len(known) != series.MostSites+1 {
		t.Fatalf("%d rows are remembered, want %d of saturation and one of heart rate", len(known), series.MostSites)
	}
	for n := sent - series.MostSites + 1; n <= sent; n++ {
		if _, ok := known[series.Site{Kind: vital.SpO2, Site: fmt.Sprint(n)}]; !ok {
			t.Errorf("site %d, among the newest, is forgotten", n)
		}
	}
	if _, ok := known[series.Site{Kind: vital.HR}]; !ok {
		t.Error("the sites of one metric pushed out another metric")
	}
	known.Add(row(vital.SpO2, "late", 1)) // older than all that are kept
	if _, ok := known[series.Site{Kind: vital.SpO2, Site: "late"}]; ok {
		t.Error("an old row pushed out a newer one")
	}
}
