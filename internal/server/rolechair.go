package server

import (
	"context"
	"slices"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

// shownTo leaves in a chair what the signed-in person may see and do there:
// no entries and no order of a record that is closed to them, and no button of an act that
// is not theirs. Stop and help are everybody's. A tablet that is locked
// belongs to nobody yet: it keeps its buttons, and opens no list.
func (r room) shownTo(ctx context.Context, v web.Visitor, c view.Chair) (view.Chair, error) {
	if v.Actor.Person == "" {
		return c, nil
	}
	reads, err := r.app.MayRead(ctx, v.Actor, ident.Session(c.Session))
	if err != nil {
		return view.Chair{}, err
	}
	if !reads {
		c = recordClosed(c)
	}
	c.Acts = slices.DeleteFunc(slices.Clone(c.Acts), func(a view.Act) bool { return !may(v, act.Act(a.Act)) })
	c.Notices = theirNotices(v, c.Notices)
	c.Alarms = theirAlarms(v, c.Alarms)
	for i := range c.Gates {
		checks := slices.Clone(c.Gates[i].Checks)
		for k := range checks {
			checks[k].Act, checks[k].Override = theirs(v, checks[k].Act), theirs(v, checks[k].Override)
		}
		c.Gates[i].Checks = checks
	}
	return c, nil
}

// recordClosed is the chair without what only a reader of the record sees.
func recordClosed(c view.Chair) view.Chair {
	c.Entries, c.Order, c.RecordClosed = nil, nil, true
	return c
}

// theirNotices keeps every notice; its button only for those whose act it is.
func theirNotices(v web.Visitor, all []view.Notice) []view.Notice {
	if v.Actor.Person == "" {
		return all
	}
	all = slices.Clone(all)
	for i := range all {
		all[i].Act = theirs(v, all[i].Act)
	}
	return all
}

func theirs(v web.Visitor, a *view.Act) *view.Act {
	if a == nil || may(v, act.Act(a.Act)) {
		return a
	}
	return nil
}

// theirAlarms keeps every alarm with its words; its buttons only for those
// whose acts they are.
func theirAlarms(v web.Visitor, all view.Alarms) view.Alarms {
	all.List = slices.Clone(all.List)
	for i := range all.List {
		a := &all.List[i]
		a.Acknowledge = theirs(v, a.Acknowledge)
		a.Pauses = slices.DeleteFunc(slices.Clone(a.Pauses), func(p view.Act) bool { return !may(v, act.Act(p.Act)) })
		a.Advice = slices.Clone(a.Advice)
		for k := range a.Advice {
			a.Advice[k].Act = theirs(v, a.Advice[k].Act)
		}
	}
	return all
}
