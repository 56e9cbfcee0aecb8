package app

import (
	"context"
	"maps"
	"sync"
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
	if c.rows == nil {
		rows, err := c.read(ctx)
		if err != nil {
			return nil, err
		}
		c.rows = rows
	}
	return maps.Clone(c.rows), nil
}

func (c *cache[K, V]) get(ctx context.Context, k K) (V, bool, error) {
	rows, err := c.all(ctx)
	v, ok := rows[k]
	return v, ok, err
}

func (c *cache[K, V]) drop() {
	c.mu.Lock()
	c.rows = nil
	c.mu.Unlock()
}
