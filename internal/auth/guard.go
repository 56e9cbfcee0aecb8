package auth

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// Source is where an attempt comes from. Device is the enrolled device as
// Service.Device returned it, zero for none; Address is the peer's IP address.
type Source struct {
	Device  Device
	Address string
}

// WaitError refuses an attempt that comes too soon after failed ones. It says
// the same for a login that does not exist.
type WaitError struct {
	Until time.Time
	For   time.Duration
}

func (e *WaitError) Error() string {
	return fmt.Sprintf("wait %s after failed sign-ins", e.For.Round(time.Second))
}

const (
	unknownBuckets = 4096
	addressBuckets = 65536
	// conflictRetries is how often a lost race for a row is run again.
	conflictRetries = 8
)

// attempt names the two tallies of one password attempt.
type attempt struct{ account, source string }

// attempt finds the tallies for a login. Those of a known person are the
// person's own; unknown logins share keyed buckets, so that neither the login
// typed (often a password, by mistake) nor an endless number of rows is kept.
func (s *Service) attempt(known ident.Person, login string, from Source) attempt {
	account := "account/" + string(known)
	if known == "" {
		account = fmt.Sprintf("unknown/%03x", s.bucketOf("login", login, unknownBuckets))
	}
	place := "outside"
	if from.Device.ID != "" {
		place = string(from.Device.ID)
	}
	return attempt{account: account + "/" + place, source: s.sourceKey(from)}
}

func (s *Service) sourceKey(from Source) string {
	if from.Device.ID != "" {
		return "device/" + string(from.Device.ID)
	}
	return fmt.Sprintf("address/%04x", s.bucketOf("address", network(from.Address), addressBuckets))
}

func (s *Service) bucketOf(kind, value string, buckets uint32) uint32 {
	return binary.BigEndian.Uint32(mac(s.bucket, kind+"\x00"+value)) % buckets
}

// network is what one guesser holds: an IPv4 address, or an IPv6 /64. Whatever
// is no address counts as one place. A port is dropped.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		withPort, err := netip.ParseAddrPort(address)
		if err != nil {
			return "unknown"
		}
		ip = withPort.Addr()
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// reserve counts the attempt as failed before anything is compared, so that
// guesses sent side by side, or a crash, cannot go uncounted. Waiting is not
// counted: knocking early does not lengthen it.
func (s *Service) reserve(ctx context.Context, a attempt) error {
	return s.again(func() error {
		now := s.now()
		account, source, err := s.tallies(ctx, a)
		if err != nil {
			return err
		}
		wait := max(s.policy.Account.Wait(account.value, now), s.policy.Source.Wait(source.value, now))
		if wait > 0 {
			return &WaitError{Until: now.Add(wait), For: wait}
		}
		account.value = s.policy.Account.Fail(account.value, now)
		source.value = s.policy.Source.Fail(source.value, now)
		c := change{by: jobActor(now), what: "sign_in.attempted", at: now, subject: a.account}
		return put(ctx, s.regs, c, account, source)
	})
}

// withdraw takes back an attempt whose secret was never compared.
func (s *Service) withdraw(ctx context.Context, a attempt) error {
	return s.again(func() error {
		account, source, err := s.tallies(ctx, a)
		if err != nil {
			return err
		}
		account.value, source.value = account.value.Undo(), source.value.Undo()
		now := s.now()
		c := change{by: jobActor(now), what: "sign_in.withdrawn", at: now, subject: a.account}
		return put(ctx, s.regs, c, account, source)
	})
}

func (s *Service) tallies(ctx context.Context, a attempt) (account, source entry[Tally], err error) {
	if account, err = findOrNew[Tally](ctx, s.regs, GuardRegister, a.account); err != nil {
		return account, source, err
	}
	source, err = findOrNew[Tally](ctx, s.regs, GuardRegister, a.source)
	return account, source, err
}

// again runs f until it no longer loses a race for a row.
func (s *Service) again(f func() error) error {
	for range conflictRetries {
		if err := f(); !errors.Is(err, journal.ErrConflict) {
			return err
		}
	}
	return ErrBusy
}
