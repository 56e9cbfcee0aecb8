package hl7

import "testing"

// BenchmarkParse reads a report of seven vitals, as each chair sends once a
// second.
func BenchmarkParse(b *testing.B) {
	raw := quirks(b)["01-ihe-clean"]
	b.ReportAllocs()
	for b.Loop() {
		if r := Parse(raw, Options{}); len(r.Accepted) != 7 {
			b.Fatal(len(r.Accepted))
		}
	}
}
