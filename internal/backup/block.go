package backup

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// hashesPerBlock is how many hashes one index block holds.
const hashesPerBlock = BlockSize / sha256.Size

// cutter cuts what is written to it into blocks and keeps each.
type cutter struct {
	place *Place
	made  *Made
	rest  bytes.Buffer
	index bytes.Buffer // hashes of the blocks so far
	file  File
	whole hash.Hash
}

func (c *cutter) Write(b []byte) (int, error) {
	if c.whole == nil {
		c.whole = sha256.New()
	}
	c.whole.Write(b)
	c.file.Size += int64(len(b))
	c.rest.Write(b)
	for c.rest.Len() >= BlockSize {
		if err := c.block(&c.index, c.rest.Next(BlockSize)); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// block keeps one block and notes its hash in list.
func (c *cutter) block(list *bytes.Buffer, b []byte) error {
	h, isNew, err := c.place.keep(b)
	if err != nil {
		return err
	}
	if isNew {
		c.made.Blocks++
		c.made.Bytes += int64(len(b))
	}
	list.Write(h[:])
	return nil
}

func (c *cutter) finish(name string) (File, error) {
	if c.rest.Len() > 0 {
		if err := c.block(&c.index, c.rest.Bytes()); err != nil {
			return File{}, err
		}
	}
	c.file.Name = name
	if c.whole == nil {
		c.whole = sha256.New()
	}
	c.whole.Sum(c.file.Hash[:0])
	for c.index.Len() > 0 {
		var top bytes.Buffer
		if err := c.block(&top, c.index.Next(BlockSize)); err != nil {
			return File{}, err
		}
		c.file.Index = append(c.file.Index, Hash(top.Bytes()))
	}
	return c.file, nil
}

func (p *Place) path(h Hash) string {
	name := h.String()
	return filepath.Join(p.dir, blocksDir, name[:2], name)
}

// keep writes a block that is not there yet.
func (p *Place) keep(b []byte) (h Hash, isNew bool, err error) {
	h = sha256.Sum256(b)
	if _, ok := p.known[h]; ok {
		return h, false, nil
	}
	path := p.path(h)
	if _, err := os.Stat(path); err == nil {
		p.known[h] = struct{}{}
		return h, false, nil
	}
	var z bytes.Buffer
	w, err := flate.NewWriter(&z, flate.BestSpeed)
	if err != nil {
		return h, false, err
	}
	if _, err := w.Write(b); err != nil {
		return h, false, err
	}
	if err := w.Close(); err != nil {
		return h, false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return h, false, err
	}
	if err := writeFile(path, z.Bytes()); err != nil {
		return h, false, err
	}
	p.known[h] = struct{}{}
	p.unsynced[filepath.Dir(path)] = struct{}{}
	return h, true, nil
}

// sync sees that the blocks written are on the disk under their names.
func (p *Place) sync() error {
	for dir := range p.unsynced {
		if err := syncDir(dir); err != nil {
			return err
		}
		delete(p.unsynced, dir)
	}
	return syncDir(filepath.Join(p.dir, blocksDir))
}

// load reads a block and compares it with its name.
func (p *Place) load(h Hash) ([]byte, error) {
	f, err := os.Open(p.path(h))
	if err != nil {
		return nil, fmt.Errorf("a block of the backup is missing: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	b, err := io.ReadAll(io.LimitReader(flate.NewReader(f), BlockSize+1))
	if err != nil {
		return nil, fmt.Errorf("block %s of the backup cannot be read: %w", h, err)
	}
	if sha256.Sum256(b) != h {
		return nil, fmt.Errorf("block %s of the backup holds something else: the disk of the backup is faulty, or somebody changed it", h)
	}
	return b, nil
}

// eachBlock visits the hashes of a file's blocks in order.
func (p *Place) eachBlock(f File, do func(Hash) error) error {
	for _, top := range f.Index {
		list, err := p.load(top)
		if err != nil {
			return err
		}
		if len(list)%sha256.Size != 0 {
			return fmt.Errorf("the list of blocks of %s is cut short", f.Name)
		}
		for ; len(list) > 0; list = list[sha256.Size:] {
			if err := do(Hash(list[:sha256.Size])); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Place) writeFile(ctx context.Context, f File, path string) (err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	whole, size := sha256.New(), int64(0)
	err = p.eachBlock(f, func(h Hash) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := p.load(h)
		if err != nil {
			return fmt.Errorf("%s at %d: %w", f.Name, size, err)
		}
		whole.Write(b)
		size += int64(len(b))
		_, err = out.Write(b)
		return err
	})
	if err != nil {
		return err
	}
	if size != f.Size || Hash(whole.Sum(nil)) != f.Hash {
		return fmt.Errorf("%s put together is not what was backed up", f.Name)
	}
	return out.Sync()
}
