package library

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/cite"
)

// What a citation is read by. A program that people use names "199136:645-653", where
// year and volume have run together, and another a model after no author of its paper:
// so nobody could look up where their numbers come from.
var (
	ranTogether = regexp.MustCompile(`\b(?:19|20)\d{3,}\s*[:;]\s*\d`)
	pages       = regexp.MustCompile(`:(\d+)-(\d+)`)
	year        = regexp.MustCompile(`\b(?:19[3-9]\d|20\d\d)\b`)
	doi         = regexp.MustCompile(`\bdoi:?\s+([^\s,;]*)`)
	goodDOI     = regexp.MustCompile(`^10\.\d{4,9}/\S+$`)
	pmid        = regexp.MustCompile(`\bPMID:?\s+([^\s,;]*)`)
	goodPMID    = regexp.MustCompile(`^\d{4,8}$`)
	modelYear   = regexp.MustCompile(`^(.*)-(\d{4})$`)
)

// citation refuses a citation that nobody could look up.
func (c *kineticsChecker) citation(s cite.Source) {
	if s.Kind == cite.Ours {
		return
	}
	if ranTogether.MatchString(s.Text) {
		c.fault("source %s: in %q year and volume have run together", s.ID, s.Text)
	}
	for _, m := range pages.FindAllStringSubmatch(s.Text, -1) {
		from, to := m[1], m[2]
		if len(to) < len(from) {
			to = from[:len(from)-len(to)] + to // 645-53
		}
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		if errA != nil || errB != nil || b < a {
			c.fault("source %s: the pages go from %s to %s", s.ID, m[1], m[2])
		}
	}
	dois, pmids := doi.FindAllStringSubmatch(s.Text, -1), pmid.FindAllStringSubmatch(s.Text, -1)
	for _, m := range dois {
		if !goodDOI.MatchString(m[1]) {
			c.fault("source %s: %q is no doi", s.ID, m[1])
		}
	}
	for _, m := range pmids {
		if !goodPMID.MatchString(m[1]) {
			c.fault("source %s: %q is no PMID", s.ID, m[1])
		}
	}
	if (s.Kind == cite.Trial || s.Kind == cite.Review) && len(dois)+len(pmids) == 0 && !year.MatchString(s.Text) {
		c.fault("source %s: no year, no doi and no PMID", s.ID)
	}
	c.texts[s.ID] = s.Text
}

// named holds the id of a model against the papers its compartments come from: one of
// them is by the author, and of the year, that the id says.
func (c *kineticsChecker) named(m *KineticModel) {
	author, of := m.ID, ""
	if parts := modelYear.FindStringSubmatch(m.ID); parts != nil {
		author, of = parts[1], parts[2]
	}
	for id := range c.cited {
		text := c.texts[id]
		if !strings.Contains(strings.ToLower(text), author) {
			continue
		}
		if years := year.FindAllString(text, -1); of == "" || len(years) == 0 || slices.Contains(years, of) {
			return
		}
	}
	c.fault("no source of its compartments is by %q of %q", author, of)
}

// Whom a population is of, as its text says.
var (
	ofChildren = regexp.MustCompile(`(?i)\bchild|\bpaediatric|\binfant`)
	ofAdults   = regexp.MustCompile(`(?i)\badults?\b`)
	ageRange   = regexp.MustCompile(`(\d+(?:\.\d+)?) to (\d+(?:\.\d+)?) years`)
	meanAge    = regexp.MustCompile(`, (\d+(?:\.\d+)?) years`)
)

// ages holds the range of ages against the people studied: a program that people use
// limits a model of adults to 18 years.
func (c *kineticsChecker) ages(m *KineticModel) {
	children, adults := ofChildren.MatchString(m.Population), ofAdults.MatchString(m.Population)
	none := m.Age == Range{}
	switch {
	case children && !adults && (none || m.Age.High > 18):
		c.fault("it is of children, and its ages go to %g years", m.Age.High)
	case adults && !children && !none && (m.Age.Low < 16 || m.Age.High <= 18):
		c.fault("it is of adults, and its ages go from %g to %g years", m.Age.Low, m.Age.High)
	}
	if none {
		return
	}
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			c.fault("%q is no age", s)
		}
		return x
	}
	for _, r := range ageRange.FindAllStringSubmatch(m.Population, -1) {
		if low, high := number(r[1]), number(r[2]); m.Age.Low < low || m.Age.High > high {
			c.fault("its ages go from %g to %g years, those of the people studied from %g to %g", m.Age.Low, m.Age.High, low, high)
		}
	}
	for _, r := range meanAge.FindAllStringSubmatch(m.Population, -1) {
		if !m.Age.Holds(number(r[1])) {
			c.fault("its ages go from %g to %g years, and the people studied were %s", m.Age.Low, m.Age.High, r[1])
		}
	}
}
