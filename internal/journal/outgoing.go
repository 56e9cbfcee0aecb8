package journal

import "time"

// Outgoing is a message that an entry owes to somebody elsewhere. It is durable
// with the entry and kept until it is delivered or has expired.
type Outgoing struct {
	// ID is what the receiver tells repeats by: the entry and the step.
	ID        string
	Position  int64 // of the entry
	QueuedAt  time.Time
	ExpiresAt time.Time
	NextAt    time.Time // not to be tried before
	Attempts  int
}

// OutboxState is how the messages to people elsewhere stand.
type OutboxState struct {
	Waiting int
	Oldest  time.Time // when the oldest that waits was written; zero without one
	// Expired were not delivered in time, in the last while.
	Expired     int
	LastExpired time.Time
}
