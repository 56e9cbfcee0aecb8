package app

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// cache holds a small register in memory. The process is the only writer, so
// it drops the copy when it writes and reads it again when asked.
type cache[K comparable, V any] struct {
	mu   sync.Mutex // held while reading the register, so that it is read once
	rows map[K]V
	read func(ctx context.Context) (map[K]V, error)
}

func newCache[K comparable, V any](read func(context.Context) (map[K]V, error)) *cache[K, V] {
	return &cache[K, V]{read: read}
}

func (c *cache[K, V]) all(ctx context.Context) (map[K]V, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.fill(ctx)
	return maps.Clone(c.rows), err
}

// get copies one row only: it is asked for each visit of each board.
func (c *cache[K, V]) get(ctx context.Context, k K) (V, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.fill(ctx)
	v, ok := c.rows[k]
	return v, ok, err
}

// fill reads the register where it is not held; mu is held.
func (c *cache[K, V]) fill(ctx context.Context) error {
	if c.rows != nil {
		return nil
	}
	rows, err := c.read(ctx)
	if err != nil {
		return err
	}
	c.rows = rows
	return nil
}

func (c *cache[K, V]) drop() {
	c.mu.Lock()
	c.rows = nil
	c.mu.Unlock()
}

// one holds one value read from the store, until it is dropped.
type one[V any] struct {
	mu   sync.Mutex // held while reading, so that it is read once
	held *V
	read func(ctx context.Context) (V, error)
}

func newOne[V any](read func(context.Context) (V, error)) *one[V] { return &one[V]{read: read} }

func (o *one[V]) get(ctx context.Context) (V, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held == nil {
		v, err := o.read(ctx)
		if err != nil {
			return v, err
		}
		o.held = &v
	}
	return *o.held, nil
}

func (o *one[V]) drop() {
	o.mu.Lock()
	o.held = nil
	o.mu.Unlock()
}

// head is the newest entry of the record, as far as this process has
// appended: it is the only writer.
type head struct {
	store    Store
	mu       sync.Mutex // held while reading for the first time
	known    bool
	position int64
	hash     [32]byte
}

func (h *head) read(ctx context.Context) (position int64, hash [32]byte, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.known {
		if h.position, h.hash, err = h.store.Head(ctx); err != nil {
			return 0, [32]byte{}, fmt.Errorf("read head of the record: %w", err)
		}
		h.known = true
	}
	return h.position, h.hash, nil
}

// advance follows a durable entry. Appends may report out of order; the
// newest stays.
func (h *head) advance(r journal.Record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known && r.Position > h.position {
		h.position, h.hash = r.Position, r.Hash
	}
}
