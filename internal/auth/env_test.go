package auth

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/journal"
)

// memory is a Registers in memory with the store's rules.
type memory struct {
	mu       sync.Mutex
	rows     map[[2]string]journal.RegisterRow
	audit    []journal.AuditDraft
	puts     int
	failNext error // returned once by PutRows
}

func newMemory() *memory { return &memory{rows: map[[2]string]journal.RegisterRow{}} }

func (m *memory) Row(_ context.Context, register, id string) (journal.RegisterRow, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.rows[[2]string{register, id}]
	return row, ok, nil
}

func (m *memory) RowByAlias(_ context.Context, register, alias string) (journal.RegisterRow, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, row := range m.rows {
		if k[0] == register && row.Alias == alias && alias != "" {
			return row, true, nil
		}
	}
	return journal.RegisterRow{}, false, nil
}

func (m *memory) Rows(_ context.Context, register string) ([]journal.RegisterRow, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []journal.RegisterRow
	for k, row := range m.rows {
		if k[0] == register {
			out = append(out, row)
		}
	}
	slices.SortFunc(out, func(a, b journal.RegisterRow) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

func (m *memory) PutRows(_ context.Context, puts []journal.RegisterPut, audit []journal.AuditDraft) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failNext; err != nil {
		m.failNext = nil
		return err
	}
	for _, p := range puts {
		if m.rows[[2]string{p.Register, p.ID}].Revision != p.Revision {
			return fmt.Errorf("put %s: %w", p.Register, journal.ErrConflict)
		}
	}
	for _, p := range puts {
		if p.Delete {
			delete(m.rows, [2]string{p.Register, p.ID})
			continue
		}
		m.rows[[2]string{p.Register, p.ID}] = journal.RegisterRow{ID: p.ID, Alias: p.Alias, Body: p.Body, Revision: p.Revision + 1}
	}
	m.audit = append(m.audit, audit...)
	m.puts++
	return nil
}

// lastAudit is the latest audit entry.
func (m *memory) lastAudit() journal.AuditDraft {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.audit[len(m.audit)-1]
}

// text is everything stored, for tests that look for what must not be there.
func (m *memory) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	for k, row := range m.rows {
		fmt.Fprintln(&b, k, row.ID, row.Alias, string(row.Body))
	}
	for _, a := range m.audit {
		fmt.Fprintln(&b, a.Type, string(a.Payload))
	}
	return b.String()
}

// counter counts the work of a Hasher.
type counter struct {
	Hasher
	mu       sync.Mutex
	verified []string // the encoded hashes compared with
	fail     error
}

func (c *counter) Verify(ctx context.Context, encoded string, secret []byte) (Match, error) {
	c.mu.Lock()
	c.verified = append(c.verified, encoded)
	err := c.fail
	c.mu.Unlock()
	if err != nil {
		return Match{}, err
	}
	return c.Hasher.Verify(ctx, encoded, secret)
}

// cheap parameters keep tests fast; production ones are tested once.
func cheap() Params { return Params{MemoryKiB: 8, Passes: 1, Lanes: 1} }

// testRandom is a repeatable source of randomness, safe for many goroutines.
type testRandom struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func newTestRandom(seed byte) *testRandom { return &testRandom{r: rand.NewChaCha8([32]byte{seed})} }

func (r *testRandom) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.r.Read(b)
}

// clinic is a service under test with its clock and stores.
type clinic struct {
	*Service
	t      testing.TB
	store  *memory
	hasher *counter
	key    ServerKey
	mu     sync.Mutex
	at     time.Time
}

func morning() time.Time { return time.Date(2026, 3, 2, 7, 30, 0, 0, time.UTC) }

func newClinic(t testing.TB) *clinic {
	t.Helper()
	a, err := NewArgon2(cheap(), newTestRandom(1))
	if err != nil {
		t.Fatal(err)
	}
	c := &clinic{t: t, store: newMemory(), hasher: &counter{Hasher: a}, at: morning(), key: ServerKey{secret: [32]byte{7}}}
	c.restart()
	return c
}

// restart makes the service anew over what is stored.
func (c *clinic) restart() {
	c.t.Helper()
	s, err := New(c.t.Context(), Config{
		Clinic: "north", Registers: c.store, Key: c.key, Hasher: c.hasher,
		Clock:  func() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at },
		Random: newTestRandom(2 + byte(c.store.puts)), Policy: DefaultPolicy(),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.Service = s
}

func (c *clinic) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

const (
	goodPassword = "four quiet chairs"
	goodPIN      = "580913"
)

// outside is a browser that is not enrolled.
func outside() Source { return Source{Address: "192.168.1.40"} }

// hire makes a person with a password and PIN of their own.
func (c *clinic) hire(login string, roles ...act.Role) Person {
	c.t.Helper()
	p, once, err := c.AddPerson(c.t.Context(), jobActor(c.now()), Person{Login: login, Name: "Nurse " + login, Roles: roles})
	if err != nil {
		c.t.Fatal(err)
	}
	in := must(c.SignIn(c.t.Context(), login, once, outside()))(c.t)
	c.pass(time.Second)
	in = must(c.ChangePassword(c.t.Context(), in.View, once, goodPassword, outside()))(c.t)
	if err := c.SetPIN(c.t.Context(), in.View, goodPassword, goodPIN, outside()); err != nil {
		c.t.Fatal(err)
	}
	c.pass(time.Second)
	return must(c.Person(c.t.Context(), p.ID))(c.t)
}

// director is a signed-in director.
func (c *clinic) director() View {
	c.t.Helper()
	c.hire("dora", act.Director)
	return must(c.SignIn(c.t.Context(), "dora", goodPassword, outside()))(c.t).View
}

// tablet enrols a tablet at a chair.
func (c *clinic) tablet(by View, name string) Enrolled {
	c.t.Helper()
	return must(c.Enrol(c.t.Context(), by, Placement{Kind: ChairTablet, Chair: 3, Name: name}))(c.t)
}

// must unwraps a result that the test does not ask about.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatalf("unexpected error: %v", err)
		}
		return v
	}
}

func wantErr(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("error is %v, want %v", got, want)
	}
}

// wantWait checks that an attempt is refused for exactly this long.
func wantWait(t testing.TB, err error, want time.Duration) {
	t.Helper()
	var w *WaitError
	if !errors.As(err, &w) {
		t.Fatalf("error is %v, want a wait of %s", err, want)
	}
	if w.For != want {
		t.Fatalf("wait is %s, want %s", w.For, want)
	}
}

func wantWeak(t testing.TB, err error, want Weakness) {
	t.Helper()
	var w *WeakError
	if !errors.As(err, &w) || w.Weakness != want {
		t.Fatalf("error is %v, want weakness %q", err, want)
	}
}
