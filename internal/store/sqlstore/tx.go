package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// chain tells the two logs of the record database apart.
type chain int

const (
	record chain = iota
	audit
	chains
)

const (
	kindRecord = "record"
	kindAudit  = "audit"
)

// kind names the chain in log_head, table where its entries stand.
func (c chain) kind() string  { return [...]string{kindRecord, kindAudit}[c] }
func (c chain) table() string { return [...]string{"event", "audit"}[c] }

// head is where a log stands.
type head struct {
	log      ident.Log
	position int64
	hash     journal.Hash
	recorded time.Time
}

// pending is what a transaction will write to one log.
type pending struct {
	records   []journal.Record
	sequences map[journal.Stream]int64
}

// clinicTx is one clinic's part of a transaction: what was locked, and what
// will be written when every job of the group has had its say.
type clinicTx struct {
	c      *conn
	store  *Store
	memory *memory

	heads    [chains]head
	pending  [chains]pending
	commands map[ident.Command]commandRow // found or new
	lookedUp bool                         // commands has every one of the group that was taken before
	fresh    []commandRow
	details  map[ident.Detail]journal.Detail
	erase    []ident.Detail
	rows     map[rowKey]projectionRow // changed
	signed   []journal.Checkpoint
	buf      []byte // for hashing, used again
}

// newClinicTx makes room for about so many jobs.
func newClinicTx(c *conn, s *Store, jobs int) *clinicTx {
	t := &clinicTx{
		c: c, store: s, commands: make(map[ident.Command]commandRow, jobs), fresh: make([]commandRow, 0, jobs),
		details: map[ident.Detail]journal.Detail{}, rows: map[rowKey]projectionRow{},
	}
	for k := range t.pending {
		t.pending[k].sequences = make(map[journal.Stream]int64, jobs)
	}
	t.pending[record].records = make([]journal.Record, 0, jobs)
	return t
}

// lock reads and locks the heads, and sees that this process may still write.
func (t *clinicTx) lock(ctx context.Context) error {
	seen := 0
	err := each(ctx, t.c, func(scan func(...any) error) error {
		var kind, holder string
		var h head
		var hash []byte
		var recorded int64
		if err := scan(&kind, &h.log, &h.position, &hash, &recorded, &holder); err != nil {
			return err
		}
		if holder != t.store.lease {
			return ErrLease
		}
		if h.position > 0 { // before the first entry it is the time the log was made
			h.recorded = time.UnixMicro(recorded).UTC()
		}
		var ok bool
		if h.hash, ok = hashOf(hash); !ok {
			return fmt.Errorf("head of %s has a malformed hash", kind)
		}
		k := record
		if kind == kindAudit {
			k = audit
		}
		t.heads[k] = h
		seen++
		return nil
	}, `SELECT kind, log, position, hash, signed_at,
		COALESCE((SELECT holder FROM lease WHERE lease.clinic = log_head.clinic), '')
		FROM log_head WHERE clinic = ? ORDER BY kind`+t.c.dialect.Lock, string(t.store.o.Clinic))
	if errors.Is(err, ErrLease) {
		return err
	}
	if err != nil {
		return broken(fmt.Errorf("lock head: %w", err))
	}
	if seen != int(chains) {
		return broken(fmt.Errorf("lock head: %d of %d heads found", seen, chains))
	}
	return nil
}

// known is where a stream stands, with what this transaction will write, as
// far as that is known.
func (t *clinicTx) known(k chain, stream journal.Stream) (n int64, ok bool) {
	if n, ok = t.pending[k].sequences[stream]; !ok {
		n, ok = t.memory.sequences[k][stream]
	}
	return n, ok
}

// sequence is where a stream stands, with what this transaction will write.
func (t *clinicTx) sequence(ctx context.Context, k chain, stream journal.Stream) (int64, error) {
	if n, ok := t.known(k, stream); ok {
		return n, nil
	}
	var n int64
	if _, err := one(ctx, t.c, []any{&n}, "SELECT COALESCE(MAX(sequence), 0) FROM "+k.table()+" WHERE clinic = ? AND stream = ?",
		string(t.store.o.Clinic), string(stream)); err != nil {
		return 0, broken(fmt.Errorf("read stream: %w", err))
	}
	t.memory.sequences[k][stream] = n
	return n, nil
}

// extend puts one entry at the end of a log. The caller has read the stream's
// sequence before.
func (t *clinicTx) extend(ctx context.Context, k chain, r journal.Record) (journal.Record, error) {
	n, err := t.sequence(ctx, k, r.Stream)
	if err != nil {
		return journal.Record{}, err
	}
	h := &t.heads[k]
	if r.RecordedAt.Before(h.recorded) {
		r.RecordedAt = h.recorded
	}
	r.Clinic, r.Log, r.Position, r.Sequence = t.store.o.Clinic, h.log, h.position+1, n+1
	r.Hash, t.buf = journal.LinkBuf(t.buf, h.hash, r)
	h.position, h.hash, h.recorded = r.Position, r.Hash, r.RecordedAt
	p := &t.pending[k]
	p.records = append(p.records, r)
	p.sequences[r.Stream] = r.Sequence
	return r, nil
}

// flush writes everything pending, the signed heads last.
func (t *clinicTx) flush(ctx context.Context) error {
	for k := range chains {
		if err := t.insertEntries(ctx, k); err != nil {
			return fmt.Errorf("write %s: %w", k.kind(), err)
		}
	}
	if err := t.insertCommands(ctx); err != nil {
		return fmt.Errorf("write commands: %w", err)
	}
	if err := t.writeDetails(ctx); err != nil {
		return fmt.Errorf("write details: %w", err)
	}
	if err := t.writeRows(ctx); err != nil {
		return fmt.Errorf("write projections: %w", err)
	}
	for k := range chains {
		if len(t.pending[k].records) == 0 {
			continue
		}
		if err := t.writeHead(ctx, k); err != nil {
			return fmt.Errorf("write head: %w", err)
		}
	}
	return nil
}

const entryList = "clinic, position, stream, sequence, type, version, command, command_index, occurred_at, effective_at, recorded_at, actor, device, payload, hash"

var insertEntry = [chains]*insertion{
	record: newInsertion("INSERT INTO event ("+entryList+")", "", 15),
	audit:  newInsertion("INSERT INTO audit ("+entryList+")", "", 15),
}

func (t *clinicTx) insertEntries(ctx context.Context, k chain) error {
	records := t.pending[k].records
	if len(records) == 0 {
		return nil
	}
	args := make([]any, 0, len(records)*insertEntry[k].columns)
	for _, r := range records {
		args = append(args, string(r.Clinic), r.Position, string(r.Stream), r.Sequence, r.Type, int64(r.Version),
			string(r.Command), int64(r.Index), r.OccurredAt.UnixMicro(), r.EffectiveAt.UnixMicro(), r.RecordedAt.UnixMicro(),
			r.Actor, string(r.Device), r.Payload, r.Hash[:])
	}
	return t.c.insert(ctx, insertEntry[k], args)
}

func (t *clinicTx) writeHead(ctx context.Context, k chain) error {
	h := t.heads[k]
	c := t.store.signer.sign(journal.Checkpoint{
		Clinic: t.store.o.Clinic, Log: h.log, Position: h.position, Hash: h.hash, At: h.recorded,
	})
	t.signed = append(t.signed, c)
	return t.c.exec(ctx, "UPDATE log_head SET position = ?, hash = ?, signed_at = ?, signature = ? WHERE clinic = ? AND kind = ?",
		h.position, h.hash[:], c.At.UnixMicro(), c.Signature, string(t.store.o.Clinic), k.kind())
}

// Bounds of what a writer remembers between transactions.
const (
	maxSequences = 20_000
	maxRows      = 4_000
)

// memory is what the writer knows after a commit and need not read again.
type memory struct {
	// sure says that heads and holder are what is stored, so that they need
	// not be read; holder is whose the lease is.
	sure      bool
	holder    string
	heads     [chains]head
	sequences [chains]map[journal.Stream]int64
	rows      map[rowKey]projectionRow
}

func newMemory() *memory {
	return &memory{
		sequences: [chains]map[journal.Stream]int64{{}, {}},
		rows:      map[rowKey]projectionRow{},
	}
}

// fits reports whether nobody wrote since: then what is remembered is true.
func (m *memory) fits(heads [chains]head) bool { return m.heads == heads }

// remember follows a commit.
func (t *clinicTx) remember() {
	m := t.memory
	m.heads = t.heads
	for k := range t.pending {
		maps.Copy(m.sequences[k], t.pending[k].sequences)
		if len(m.sequences[k]) > maxSequences {
			clear(m.sequences[k])
		}
	}
	maps.Copy(m.rows, t.rows)
	if len(m.rows) > maxRows {
		clear(m.rows)
	}
}
