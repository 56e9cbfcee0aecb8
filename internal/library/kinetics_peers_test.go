package library

import (
	"strings"
	"testing"
)

// What is wrong in the model files of programs that people use cannot be said in a
// card: for each mistake the card that makes it is refused, and is told what is wrong.
func TestKinetics_TheMistakesOfOthersCannotBeMade(t *testing.T) {
	t.Parallel()
	const domino = `"Domino EF et al., Clin Pharmacol Ther 1984;36:645-653"` //nolint:misspell // the name of a journal
	without := func(part, other string) string { return strings.Replace(domino, part, other, 1) }
	const hijazi = `    population: "12 people in intensive care with an injury of brain or spine; typical values"`
	for _, c := range []struct{ what, old, new, want string }{
		{"the ends of an interval swapped", "        low: 0.20\n        high: 0.28", "        low: 0.28\n        high: 0.20", "the interval 0.28 to 0.2 does not hold 0.238"},
		{"a range of weights swapped", "weight_kg: {low: 39, high: 170}", "weight_kg: {low: 170, high: 39}", "the weights go from 170 to 39 kg"},
		{"a range of ages swapped", "age_years: {low: 1.5, high: 14}", "age_years: {low: 14, high: 1.5}", "the ages go from 14 to 1.5"},
		{"year and volume run together", domino, without("1984;36", "199136"), "year and volume have run together"},
		{"a citation without a year", domino, without(" 1984;36:645-653", ""), "no year, no doi and no PMID"},
		{"pages backward", "1984;36:645-653", "1984;36:653-645", "the pages go from 653 to 645"},
		{"pages backward, written short", "1984;36:645-653", "1984;36:645-31", "the pages go from 645 to 31"},
		{"a doi that is none", "doi 10.1093/bja/aeg028", "doi bja/aeg028", `"bja/aeg028" is no doi`},
		{"a PMID that is none", "PMID 7459184", "PMID 53.1", `"53.1" is no PMID`},
		{"another year than the paper's", "id: otto-2021", "id: otto-2012", `by "otto" of "2012"`},
		{"a misspelled author", "id: kamp-2020", "id: klamp-2020", `by "klamp" of "2020"`},
		{"adults limited to 18 years", hijazi, strings.Replace(hijazi, "people", "adults", 1) + "\n    age_years: {low: 1, high: 18}", "it is of adults, and its ages go from 1 to 18"},
		{"children without a limit", "    age_years: {low: 1, high: 18}\n", "", "it is of children, and its ages go to 0"},
		{"children taken for adults", "age_years: {low: 1.5, high: 14}", "age_years: {low: 1.5, high: 90}", "it is of children, and its ages go to 90"},
		{"wider than who was studied", "age_years: {low: 19, high: 32}", "age_years: {low: 18, high: 65}", "those of the people studied from 19 to 32"},
		{"not of who was studied", "age_years: {low: 18, high: 35}", "age_years: {low: 40, high: 65}", "the people studied were 23"},
		{"a sex coded by a number", "value: 192, unit: L,", "value: 192, unit: L, sex: 1,", "sex"},
		{"a sex coded the other way round", "    weight_kg: {low: 39, high: 170}", "    weight_kg: {low: 39, high: 170}\n    covariates: [{name: sex, male: 1, female: 0}]", "covariates"},
		{"a variance of nobody, marked as published", "placeholder: true, source: PEREZ21, mark: default", "placeholder: true, source: PEREZ21, mark: secondary", "a placeholder is marked"},
		{"a parameter without a source", "value: 192, unit: L, source: PEREZ21, mark: secondary", "value: 192, unit: L", "source"},
		{"a ke0 without a word on its error", "        uncertainty: not_found\n", "", "uncertainty is not_found or interval_95"},
		{"a ke0 of no endpoint", "      - endpoint: antinociception", "      - endpoint: \"\"", "not the name of an endpoint"},
		{"a rule of weight half said", "value: 84, unit: L/h, exponent: 0.75, reference_kg: 70", "value: 84, unit: L/h, exponent: 0.75", "reference weight 0 kg"},
		{"a thousandfold unit", "value: 25, unit: L,", "value: 25, unit: mL,", `unit "mL"`},
	} {
		good := string(Shipped().Kinetics)
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("%s: %q is not in the file", c.what, c.old)
		}
		if _, err := DecodeKinetics([]byte(bad)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
}
