package view

// AlarmSettings is the page on which the director reads and signs the alarm
// settings.
type AlarmSettings struct {
	Page
	Standing    string
	Hash        string // of what is signed
	Signed      string // "signed 26 November 2026 8:02 by J. Weiss MD", empty when what is here is not signed
	Count, Ours int
	Groups      []AlarmGroup
	Times       []Fact
	May         bool
	SignTrouble string
}

// AlarmGroup is the rows about one kind of thing.
type AlarmGroup struct {
	ID, Title string
	Rows      []AlarmRow
}

// AlarmRow is one row of the alarm library.
type AlarmRow struct {
	ID       string
	Version  int
	Name     string
	Text     string
	Levels   []AlarmLevel
	Consider []string
	Cites    []string // "threshold: verified, source"
}

// AlarmLevel is one threshold in words.
type AlarmLevel struct{ Priority, Text, From string }

// AlarmUse is the review of what alarms asked of people.
type AlarmUse struct {
	Page
	Spans   []AlarmSpan
	Summary string
	Rows    []AlarmUseRow
}

// AlarmSpan is a span of days that the review can be asked for.
type AlarmSpan struct {
	Value int
	Label string
	Here  bool
}

// AlarmUseRow is one condition, its numbers in words.
type AlarmUseRow struct {
	Name, Rules                                                       string
	Alarms, PerHour, High, Announced, Acknowledged, Median, ActedUpon string
}
