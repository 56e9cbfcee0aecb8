package view

// WhatIf is the page on which a changed alarm level is tried on past visits.
type WhatIf struct {
	Page
	Groups                     []WhatIfGroup
	Spans                      []AlarmSpan
	Limit, Delay, Margin, Over string // as they were asked for
	Trouble                    string
	Result                     *WhatIfResult
}

// WhatIfGroup is the levels that are about one kind of thing.
type WhatIfGroup struct {
	Title  string
	Levels []WhatIfLevel
}

// WhatIfLevel is one level that can be tried.
type WhatIfLevel struct {
	Value, Label string
	Here         bool
}

// WhatIfResult is what came of it.
type WhatIfResult struct {
	Title, Summary string
	Rows           []WhatIfRow
	Shifts         []WhatIfShift
	More           string // how many are not listed
	Trust          []string
}

// WhatIfRow counts the alarms of one priority.
type WhatIfRow struct{ Priority, Before, BeforeRate, After, AfterRate string }

// WhatIfShift is one alarm that would be another.
type WhatIfShift struct{ Visit, Day, At, What, Text string }
