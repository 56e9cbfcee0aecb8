package app

import (
	"context"

	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/library"
	"github.com/stillwatch/stillwatch/internal/protocol"
)

// Knowledge is what acts are decided on: the rows of the library, with the values that
// the clinic has set in place of the shipped ones.
type Knowledge struct {
	Rules library.Session
	// AlarmRules are what visits are watched by. Without them nothing is
	// alarmed on: a clinic's director signs before it is.
	AlarmRules library.Alarms
	// Screening are the rules that say who may be treated. Without them nothing is
	// checked, and nobody is suitable.
	Screening library.Screening
	// Protocols are what an order may come from.
	Protocols protocol.Protocols
	// Library is what the director adopts; without one no order is released.
	Library house.Library
	// Says is what its rows say that orders are decided on.
	Says []house.KeptRow
	// Rows are all of them, as they are read.
	Rows []library.Row
	// Settable is what a clinic may set, as it stands in the rows.
	Settable []library.Settable
}

// Knows is what acts are decided on now.
func (a *App) Knows() *Knowledge {
	if k := a.known.Load(); k != nil {
		return k
	}
	return &a.Shipped
}

// Unfit says why the values of the last adoption are not in force: another version of
// the library that does not take them. Empty when they are.
func (a *App) Unfit() string {
	if u := a.unfit.Load(); u != nil {
		return *u
	}
	return ""
}

// WithValues is what acts would be decided on with the clinic's values.
func (a *App) WithValues(values []house.Value) (*Knowledge, error) {
	if len(values) == 0 {
		return &a.Shipped, nil
	}
	k, err := a.With(values)
	if err != nil {
		return nil, err
	}
	return &k, nil
}

// learn puts the values of the last adoption into force: at the start, and with an
// adoption. Values that the server's library does not take any more are left out; what
// was adopted is then not what the server has, and nothing starts until the director
// has adopted it.
func (a *App) learn(ctx context.Context) error {
	s, err := a.house(ctx)
	if err != nil {
		return err
	}
	var values []house.Value
	if s.Library != nil {
		values = s.Library.Values
	}
	k, err := a.WithValues(values)
	why := ""
	if err != nil {
		k, why = &a.Shipped, err.Error()
		a.Log.Warn("the clinic's own values do not fit this library; the shipped ones stand until the director adopts it again")
	}
	a.putInForce(k, why)
	return nil
}

func (a *App) putInForce(k *Knowledge, why string) {
	a.unfit.Store(&why)
	a.known.Store(k)
}
