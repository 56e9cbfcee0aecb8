package sqlstore

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/stillwatch/stillwatch/internal/journal"
)

// The key's files in the data directory: the secret seed, which only the
// server reads, and the public key, which goes with backups and checkpoints.
const (
	keyFile    = "checkpoint.key"
	publicFile = "checkpoint.pub"
)

// signer signs checkpoints, or only verifies them when the secret is nil.
type signer struct {
	secret ed25519.PrivateKey
	public ed25519.PublicKey
}

// openSigner reads the clinic's key, making it in a new data directory.
func openSigner(dir string, random func([]byte)) (*signer, error) {
	seed, err := readHex(filepath.Join(dir, keyFile), ed25519.SeedSize)
	if errors.Is(err, fs.ErrNotExist) {
		seed = make([]byte, ed25519.SeedSize)
		random(seed)
		err = writeFile(dir, keyFile, hex.EncodeToString(seed), 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint key: %w", err)
	}
	secret := ed25519.NewKeyFromSeed(seed)
	public, ok := secret.Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("checkpoint key: not an Ed25519 key")
	}
	stored, err := readHex(filepath.Join(dir, publicFile), ed25519.PublicKeySize)
	if errors.Is(err, fs.ErrNotExist) {
		stored, err = public, writeFile(dir, publicFile, hex.EncodeToString(public), 0o644)
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint public key: %w", err)
	}
	if !bytes.Equal(stored, public) {
		return nil, fmt.Errorf("%s and %s do not belong together", keyFile, publicFile)
	}
	return &signer{secret: secret, public: public}, nil
}

// readSigner reads the public key alone.
func readSigner(dir string) (*signer, error) {
	public, err := readHex(filepath.Join(dir, publicFile), ed25519.PublicKeySize)
	if err != nil {
		return nil, fmt.Errorf("checkpoint public key: %w", err)
	}
	return &signer{public: public}, nil
}

func (s *signer) sign(c journal.Checkpoint) journal.Checkpoint {
	c.Signature = ed25519.Sign(s.secret, c.Message())
	return c
}

func (s *signer) verify(c journal.Checkpoint) error {
	return c.Verify(func(message, signature []byte) bool {
		return len(signature) == ed25519.SignatureSize && ed25519.Verify(s.public, message, signature)
	})
}

func readHex(path string, size int) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) != size {
		return nil, fmt.Errorf("%s is not %d bytes in hex", filepath.Base(path), size)
	}
	return b, nil
}

// writeFile makes a small file durable before it is found under its name.
func writeFile(dir, name, text string, mode fs.FileMode) error {
	f, err := os.CreateTemp(dir, name+".*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text + "\n")
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
