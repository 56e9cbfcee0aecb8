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
// refused batch has written nothing, so its neighbours are untouched. When
// the database itself fails, the group is rolled back and each batch is tried
// alone, so that one bad row cannot take the others with it. Callers hear
// after the commit; hints go out after that.
//
// # What is held in memory
//
// The writer remembers heads, stream sequences and projection rows. They are
// valid only while the head row is what the writer left there, which it reads
// at the start of every transaction; otherwise everything is read anew.
//
// # What a fold may not do
//
// A projection that fails does not stop an entry: what happened is recorded,
// the row stays as it was, the fault is reported (Faults) and rebuild mends it.
package sqlstore
