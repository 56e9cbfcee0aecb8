package rule

import (
	"maps"
	"slices"
	"strings"
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
	// Names are other names of the same substance, as people write them.
	Names []string
}

// Table is what is known of medicines: the classes that rules ask for, and
// which medicine belongs to which.
type Table struct {
	Classes []Class
	byKey   map[string][]string
	byCode  map[string][]string
	byName  map[string]string // a name in lower case → key
}

// NewTable makes a table.
func NewTable(classes []Class, medicines []KnownMedicine) Table {
	t := Table{Classes: classes, byKey: map[string][]string{}, byCode: map[string][]string{}, byName: map[string]string{}}
	for _, m := range medicines {
		t.byKey[m.Key] = m.Classes
		for _, n := range append([]string{m.Key}, m.Names...) {
			t.byName[strings.ToLower(n)] = m.Key
		}
		if m.RxNorm != "" {
			t.byCode[m.RxNorm] = m.Classes
		}
	}
	return t
}

// Names maps every name by which a medicine is known, in lower case, to its key.
func (t Table) Names() map[string]string { return maps.Clone(t.byName) }

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
