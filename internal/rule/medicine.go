package rule

import (
	"maps"
	"slices"
)

// Class is a class of medicines that a rule asks for, such as theophylline or
// strong inhibitors of CYP3A.
type Class struct {
	ID   string
	Text string
}

// KnownMedicine is a medicine of the shipped table.
type KnownMedicine struct {
	// Key is our own name for it.
	Key string
	// RxNorm is the code of its ingredient; empty where none was verified.
	RxNorm string
	// Classes are the ids of the classes it belongs to.
	Classes []string
}

// Table is what is known of medicines: the classes that rules ask for, and
// which medicine belongs to which.
type Table struct {
	Classes []Class
	byKey   map[string][]string
	byCode  map[string][]string
}

// NewTable makes a table.
func NewTable(classes []Class, medicines []KnownMedicine) Table {
	t := Table{Classes: classes, byKey: map[string][]string{}, byCode: map[string][]string{}}
	for _, m := range medicines {
		t.byKey[m.Key] = m.Classes
		if m.RxNorm != "" {
			t.byCode[m.RxNorm] = m.Classes
		}
	}
	return t
}

// Keys are the names that medicines are known by, sorted.
func (t Table) Keys() []string { return slices.Sorted(maps.Keys(t.byKey)) }

// Classify returns the classes of a medicine. ok is false where the table does
// not know it: then nothing can be said of what it belongs to.
func (t Table) Classify(m Medicine) (classes []string, ok bool) {
	switch {
	case m.RxNorm != "":
		classes, ok = t.byCode[m.RxNorm]
	case m.Key != "":
		classes, ok = t.byKey[m.Key]
	}
	return classes, ok
}
