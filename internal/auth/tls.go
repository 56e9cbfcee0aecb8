package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Files of the local certificates, below the data directory. Each holds a key
// and its certificate, readable by the owner only.
const (
	tlsDir     = "tls"
	caFile     = "authority.pem"
	serverFile = "server.pem"
)

// Local is the clinic's own certificate authority and the server certificate
// that it issued.
type Local struct {
	dir string
	ca  pair

	// renewing is held while a certificate is made and stored.
	renewing sync.Mutex
	served   atomic.Pointer[served]
}

// served is the certificate in use.
type served struct {
	pair    pair
	tls     tls.Certificate
	outside []string
}

// OpenLocal opens the authority of a data directory; the first start makes
// it. A server certificate is made anew when there is none, when fewer than 30
// days of it are left, or when the server's names changed. A damaged authority
// is an error and never replaced: tablets trust that one.
func OpenLocal(dataDir string, names Names, now time.Time) (*Local, error) {
	l := &Local{dir: filepath.Join(dataDir, tlsDir)}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make certificate directory: %w", err)
	}
	var err error
	if l.ca, err = l.authority(names, now); err != nil {
		return nil, err
	}
	if _, err := l.Renew(names, now); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Local) authority(names Names, now time.Time) (pair, error) {
	path := filepath.Join(l.dir, caFile)
	text, err := readPrivate(path)
	if missing(err) {
		ca, err := newAuthority(names, now, rand.Reader)
		if err != nil {
			return pair{}, err
		}
		return ca, l.store(caFile, ca)
	}
	if err != nil {
		return pair{}, err
	}
	ca, err := decodePair(text)
	if err == nil && !ca.cert.IsCA {
		err = errPairDamaged
	}
	if err != nil {
		return pair{}, fmt.Errorf("read authority %s: %w; restore it from a backup", path, err)
	}
	if !now.Before(ca.cert.NotAfter) {
		return pair{}, fmt.Errorf("authority %s expired on %s; remove it to make a new one, which every tablet must then be brought to trust",
			path, ca.cert.NotAfter.Format(time.DateOnly))
	}
	return ca, nil
}

func (l *Local) store(name string, p pair) error {
	text, err := p.encode()
	if err != nil {
		return err
	}
	return writePrivate(filepath.Join(l.dir, name), text)
}

// Renew makes a new server certificate if one is needed and says whether it
// did. Connections made from then on get it; a server that runs for months
// calls Renew each day.
func (l *Local) Renew(names Names, now time.Time) (bool, error) {
	l.renewing.Lock()
	defer l.renewing.Unlock()
	fit, outside := l.ca.fitting(names)
	current, ok, err := l.current()
	if err != nil {
		return false, err
	}
	if ok && l.serves(current, fit, now) {
		l.use(current, outside)
		return false, nil
	}
	made, err := l.ca.issue(fit, now, rand.Reader)
	if err != nil {
		return false, err
	}
	if err := l.store(serverFile, made); err != nil {
		return false, err
	}
	l.use(made, outside)
	return true, nil
}

// current is the stored server certificate. It is not ok when absent or
// damaged, since a new one costs nobody anything.
func (l *Local) current() (p pair, ok bool, err error) {
	text, err := readPrivate(filepath.Join(l.dir, serverFile))
	if missing(err) {
		return pair{}, false, nil
	}
	if err != nil {
		return pair{}, false, err
	}
	p, damaged := decodePair(text)
	return p, damaged == nil, nil
}

// serves reports whether p, signed by this authority, is good for exactly these
// names for at least 30 days more.
func (l *Local) serves(p pair, names Names, now time.Time) bool {
	if p.cert.CheckSignatureFrom(l.ca.cert) != nil || now.Before(p.cert.NotBefore) || !namesOf(p.cert).equal(names) {
		return false
	}
	// Near its own end the authority cannot give more than it has.
	return p.cert.NotAfter.Sub(now) >= renewDays*day || p.cert.NotAfter.Equal(l.ca.cert.NotAfter)
}

func namesOf(c *x509.Certificate) Names {
	n := Names{DNS: c.DNSNames}
	for _, ip := range c.IPAddresses {
		if a, ok := netip.AddrFromSlice(ip); ok {
			n.IPs = append(n.IPs, a.Unmap())
		}
	}
	return n
}

func (l *Local) use(p pair, outside []string) {
	l.served.Store(&served{
		pair:    p,
		outside: outside,
		tls:     tls.Certificate{Certificate: [][]byte{p.cert.Raw, l.ca.cert.Raw}, PrivateKey: p.key, Leaf: p.cert},
	})
}

// Config is the server's TLS configuration. It follows Renew.
func (l *Local) Config() *tls.Config {
	return serverConfig(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &l.served.Load().tls, nil })
}

// Outside lists the server's names that the authority may not vouch for, such
// as a public name given after it was made. They need a given certificate.
func (l *Local) Outside() []string { return l.served.Load().outside }

// Expires is when the server certificate ends.
func (l *Local) Expires() time.Time { return l.served.Load().pair.cert.NotAfter }

// Trust is what tablets need in order to trust this server.
type Trust struct {
	// PEM and DER are the authority's certificate; neither holds a key.
	PEM, DER []byte
	// Fingerprint is the SHA-256 of DER as people compare it: AB:CD:….
	Fingerprint string
	// Expires is when the authority ends and every tablet needs a new one.
	Expires time.Time
}

// Trust returns the authority's certificate for the page and the printed code
// that bring it to tablets.
func (l *Local) Trust() Trust {
	der := l.ca.cert.Raw
	return Trust{
		PEM:         pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		DER:         der,
		Fingerprint: fingerprint(der),
		Expires:     l.ca.cert.NotAfter,
	}
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	hex := make([]string, 0, len(sum))
	for _, b := range sum {
		hex = append(hex, fmt.Sprintf("%02X", b))
	}
	return strings.Join(hex, ":")
}

// GivenConfig is the TLS configuration for a certificate the clinic already
// has: files in PEM, the chain with the server's own certificate first.
func GivenConfig(certFile, keyFile string, now time.Time) (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("load given certificate: %w", err)
	}
	if cert.Leaf == nil {
		return nil, errors.New("given certificate has no leaf")
	}
	if now.Before(cert.Leaf.NotBefore) || !now.Before(cert.Leaf.NotAfter) {
		return nil, fmt.Errorf("given certificate is good from %s to %s, not today",
			cert.Leaf.NotBefore.Format(time.DateOnly), cert.Leaf.NotAfter.Format(time.DateOnly))
	}
	return serverConfig(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &cert, nil }), nil
}

// serverConfig leaves suites and curves to the standard library's defaults.
// HTTP/2 comes first: a page keeps one stream open for ever.
func serverConfig(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: get,
	}
}
