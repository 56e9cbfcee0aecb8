// Package sqlstore keeps the record of a clinic in SQL, once for every
// engine: packages sqlite and postgres only open it.
//
// # How an append becomes durable
//
// One goroutine owns the writing connection (on SQLite one for the file, on
// PostgreSQL one per clinic). It takes what waits, at most 1,024 batches,
// into one transaction: it locks the head row, decides for each batch alone
// whether it may stand (repeat, conflict, missing detail), extends the chain
// in memory, and only then writes all rows together, the signed head last. A
// refused batch has written nothing, so its neighbours are untouched. Callers
// hear after the commit; hints, the lines of checkpoints.log and the moving
// of the engine's write-ahead log follow, and nobody waits for them.
//
// The first try supposes what is nearly always so: a command is new, and a
// stream that a batch begins is not there. Nothing is believed for that: the
// keys of command and event refuse what is there already, and a batch that is
// refused for any other reason has its command looked up before it hears so.
// When the database refuses, the group is rolled back and tried again, with
// every command looked up first; and if that fails too, each batch alone, so
// that one bad row cannot take the others with it.
//
// # What is held in memory
//
// The writer remembers heads, stream sequences and projection rows. They are
// valid only while the head row is what the writer left there, and it writes
// only while the lease is its own. It reads both at the start of every
// transaction, unless the engine says, inside the transaction, that nobody
// else has changed the database since the writer's last commit (SQLite's data
// version; PostgreSQL has none, so there they are always read). What does not
// fit is read anew.
//
// # What a fold may not do
//
// A projection that fails does not stop an entry: what happened is recorded,
// the row stays as it was, the fault is reported (Faults) and rebuild mends it.
package sqlstore
