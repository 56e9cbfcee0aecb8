package series

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/ident"
)

const (
	chunkDomain  = "stillwatch/chunk/1"
	deviceDomain = "stillwatch/device/1"
	sealDomain   = "stillwatch/seal/1"
)

// Hash is one link of a chain.
type Hash = [sha256.Size]byte

// Genesis is the hash before a device's first chunk: it covers the clinic
// and the device, so that no chunk can be moved to another patient's monitor.
func Genesis(clinic ident.Clinic, device ident.Device) Hash {
	return sha256.Sum256(appendField(appendField([]byte(deviceDomain), []byte(clinic)), []byte(device)))
}

// Link is the hash of a device's chunk when the one before it has hash prev:
// SHA-256("stillwatch/chunk/1" ‖ prev ‖ number ‖ body), the last two each
// with a big-endian uint32 length, the number as eight bytes.
func Link(prev Hash, number int64, body []byte) Hash {
	b := append([]byte(chunkDomain), prev[:]...)
	b = appendField(b, binary.BigEndian.AppendUint64(nil, uint64(number)))
	return sha256.Sum256(appendField(b, body))
}

// Seal extends the clinic's chain over all chunks in the order they were
// sealed, so that removing the newest chunk of a device is seen as well.
func Seal(prev, chunk Hash) Hash {
	b := append([]byte(sealDomain), prev[:]...)
	return sha256.Sum256(append(b, chunk[:]...))
}

func appendField(b, f []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(f)))
	return append(b, f...)
}

// Head is the newest chunk of a device, as events of the record quote it.
type Head struct {
	Device ident.Device
	Number int64 // from 1; 0 before the first chunk
	Hash   Hash
}

// String is the head as one word: device:number:hash.
func (h Head) String() string {
	return string(h.Device) + ":" + strconv.FormatInt(h.Number, 10) + ":" + hex.EncodeToString(h.Hash[:])
}

// ParseHead reads what String wrote.
func ParseHead(s string) (Head, error) {
	f := strings.Split(s, ":")
	if len(f) != 3 {
		return Head{}, fmt.Errorf("chunk head is not device:number:hash")
	}
	n, err := strconv.ParseInt(f[1], 10, 64)
	hash, err2 := hex.DecodeString(f[2])
	if err != nil || err2 != nil || n < 0 || len(hash) != len(Hash{}) {
		return Head{}, fmt.Errorf("chunk head is not device:number:hash")
	}
	return Head{Device: ident.Device(f[0]), Number: n, Hash: Hash(hash)}, nil
}
