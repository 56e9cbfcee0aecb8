package library

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Bounds of what patients read. Grade 8 is read at about 13, and most pages stay well
// below. Evidence mark: default.
const (
	mostGrade    = 8.0
	mostSentence = 28 // words
)

// grade is the Flesch-Kincaid grade of a text, the school year that reads it (Kincaid
// JP et al. 1975, Research Branch Report 8-75): 0.39 words for each sentence plus 11.8
// syllables for each word, less 15.59. Syllables are counted by groups of vowels.
func grade(text string) float64 {
	var words, sentences, syllables int
	for _, s := range sentencesOf(text) {
		sentences++
		for _, w := range wordsOf(s) {
			words++
			syllables += syllablesOf(w)
		}
	}
	if words == 0 {
		return 0
	}
	return 0.39*float64(words)/float64(sentences) + 11.8*float64(syllables)/float64(words) - 15.59
}

// sentencesOf splits a text at its stops; a colon ends no sentence.
func sentencesOf(text string) []string {
	var out []string
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '?' || r == '!' }) {
		if len(wordsOf(s)) > 0 {
			out = append(out, s)
		}
	}
	return out
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' && r != '-' })
}

// syllablesOf counts the groups of vowels of a word; a silent e at the end counts for
// none, and every word has one at least.
func syllablesOf(w string) int {
	w = strings.ToLower(w)
	n, before := 0, false
	for _, r := range w {
		vowel := strings.ContainsRune("aeiouy", r)
		if vowel && !before {
			n++
		}
		before = vowel
	}
	if strings.HasSuffix(w, "e") && !strings.HasSuffix(w, "le") && n > 1 {
		n--
	}
	return max(n, 1)
}

var (
	// aDose is an amount of a drug: it never stands before a patient.
	aDose = regexp.MustCompile(`(?i)\d\s*(mg|mcg|µg|ug|g|ml|mL|gram)s?\b|\b(micro|milli|nano)?(grams?|lit(er|re)s?)\b`)
	// aRisk promises or threatens one reader.
	aRisk = regexp.MustCompile(`(?i)\byour (own |personal )?(risk|chance|odds|probability)|\byou (have|run|face) [^.]{0,30}(risk|chance|odds|probability)`)
	// aPromise promotes.
	aPromise = regexp.MustCompile(`(?i)\b(miracle|breakthrough|guarantee[ds]?|cures? (your|the) pain|proven to|best treatment|safe and effective)\b`)
)

// plain checks one text that patients read.
func (c *knowledgeChecker) plain(at int, what, text string) {
	switch {
	case aDose.MatchString(text):
		c.fault(at, "%s shows a dose to a patient: %q", what, aDose.FindString(text))
	case aRisk.MatchString(text):
		c.fault(at, "%s speaks of one reader's risk: %q", what, aRisk.FindString(text))
	case aPromise.MatchString(text):
		c.fault(at, "%s promotes: %q", what, aPromise.FindString(text))
	}
	for _, s := range sentencesOf(text) {
		if n := len(wordsOf(s)); n > mostSentence {
			c.fault(at, "%s has a sentence of %d words, more than %d: %s", what, n, mostSentence, firstWords(s))
		}
	}
}

func firstWords(s string) string {
	w := wordsOf(s)
	return fmt.Sprintf("%q", strings.Join(w[:min(len(w), 6)], " ")+" …")
}
