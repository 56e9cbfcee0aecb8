// Package series holds what monitors sent: rows of numerics with their own
// times and flags, and the columnar chunk they are sealed into, minute by
// minute and device by device, each hashed over the one before. It is pure.
package series

import (
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/vital"
)

// Row is one numeric as received. Gaps are gaps: no row is ever made up.
type Row struct {
	// At is when it was measured by the clinic's clock: the device's own
	// time, Sample.At, corrected by the device's known offset.
	At time.Time
	// ReceivedAt is when the server had it.
	ReceivedAt time.Time
	Sample     vital.Sample
}

// Rejected is one numeric that was not accepted, and why.
type Rejected struct {
	Code   string
	Name   string
	Value  string
	Reason string
}

// Received is one message from a monitor.
type Received struct {
	Device ident.Device
	// ControlKey is the sender's own id of the message (MSH-3 and MSH-10).
	// The same key with the same bytes is a repeat and changes nothing.
	ControlKey string
	ReceivedAt time.Time
	Raw        []byte
	Rows       []Row
	Rejected   []Rejected
}

// Quarantined is a numeric that waits for a person to look at it.
type Quarantined struct {
	Device     ident.Device
	Cursor     int64 // of the message it came with
	ReceivedAt time.Time
	Rejected
}

// Arrival is what one message brought, in the order messages came.
type Arrival struct {
	Cursor int64
	Device ident.Device
	Rows   []Row
}
