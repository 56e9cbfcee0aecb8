package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"time"
)

const (
	caYears    = 10
	serverDays = 397
	renewDays  = 30
	day        = 24 * time.Hour
	// backdate lets a tablet whose clock is an hour slow accept a new
	// certificate; the authority stays good if the server's clock was ahead.
	backdate   = time.Hour
	caBackdate = 24 * time.Hour
)

// pair is a key with its certificate, kept together in one file so that a
// crash never leaves one without the other.
type pair struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// newAuthority makes the clinic's own certificate authority. Tablets come to
// trust it, so it is held to the clinic: it may vouch only for private
// addresses, local names and the names the server had when it was made. A
// stolen key cannot pass for anyone else.
func newAuthority(names Names, now time.Time, random io.Reader) (pair, error) {
	serial, err := newSerial(random)
	if err != nil {
		return pair{}, err
	}
	dns, ips := permitted(names)
	t := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{"Stillwatch"}, CommonName: fmt.Sprintf("Stillwatch clinic authority %x", serial.Bytes()[:3])},
		NotBefore:    now.Add(-caBackdate), NotAfter: now.AddDate(caYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         dns,
		PermittedIPRanges:           ips,
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, fmt.Errorf("make authority key: %w", err)
	}
	return sign(t, t, key, key)
}

// issue makes a server certificate for names. It never outlives the authority.
func (ca pair) issue(names Names, now time.Time, random io.Reader) (pair, error) {
	serial, err := newSerial(random)
	if err != nil {
		return pair{}, err
	}
	end := now.Add(-backdate).Add(serverDays * day)
	if ca.cert.NotAfter.Before(end) {
		end = ca.cert.NotAfter
	}
	t := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{"Stillwatch"}, CommonName: "Stillwatch server"},
		NotBefore:    now.Add(-backdate), NotAfter: end,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:              names.DNS, IPAddresses: names.netIPs(),
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, fmt.Errorf("make server key: %w", err)
	}
	return sign(t, ca.cert, key, ca.key)
}

func sign(t, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) (pair, error) {
	der, err := x509.CreateCertificate(rand.Reader, t, parent, key.Public(), parentKey)
	if err != nil {
		return pair{}, fmt.Errorf("sign certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return pair{}, fmt.Errorf("parse own certificate: %w", err)
	}
	return pair{cert: cert, key: key}, nil
}

// newSerial is a positive number of 127 random bits.
func newSerial(random io.Reader) (*big.Int, error) {
	b := make([]byte, 16)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, fmt.Errorf("make serial number: %w", err)
	}
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b), nil
}

// localRanges are loopback, private (RFC 1918, RFC 4193), link-local and
// shared (RFC 6598) addresses.
func localRanges() []string {
	return []string{
		"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
		"::1/128", "fc00::/7", "fe80::/10",
	}
}

// localDomains are names that no public authority vouches for.
func localDomains() []string { return []string{"localhost", "local", "lan", "internal", "home.arpa"} }

func permitted(names Names) ([]string, []*net.IPNet) {
	dns := localDomains()
	for _, d := range names.DNS {
		if !within(d, dns) {
			dns = append(dns, d)
		}
	}
	var ips []*net.IPNet
	for _, r := range localRanges() {
		p := netip.MustParsePrefix(r)
		ips = append(ips, &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())})
	}
	return dns, ips
}

func within(name string, domains []string) bool {
	for _, d := range domains {
		if name == d || strings.HasSuffix(name, "."+d) {
			return true
		}
	}
	return false
}

// fitting splits names into those the authority may vouch for and the rest.
func (ca pair) fitting(names Names) (fit Names, rest []string) {
	var out Names
	for _, d := range names.DNS {
		if within(d, ca.cert.PermittedDNSDomains) {
			fit.DNS = append(fit.DNS, d)
			continue
		}
		out.DNS = append(out.DNS, d)
	}
	for _, ip := range names.IPs {
		if ca.permitsIP(ip) {
			fit.IPs = append(fit.IPs, ip)
			continue
		}
		out.IPs = append(out.IPs, ip)
	}
	return fit, out.text()
}

func (ca pair) permitsIP(ip netip.Addr) bool {
	for _, n := range ca.cert.PermittedIPRanges {
		if n.Contains(ip.AsSlice()) {
			return true
		}
	}
	return false
}

func (ca pair) encode() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(ca.key)
	if err != nil {
		return nil, fmt.Errorf("encode private key: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})...), nil
}

var errPairDamaged = errors.New("key and certificate are damaged or do not belong together")

func decodePair(text []byte) (pair, error) {
	keyBlock, rest := pem.Decode(text)
	if keyBlock == nil {
		return pair{}, errPairDamaged
	}
	certBlock, _ := pem.Decode(rest)
	if certBlock == nil || keyBlock.Type != "PRIVATE KEY" || certBlock.Type != "CERTIFICATE" {
		return pair{}, errPairDamaged
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return pair{}, errPairDamaged
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return pair{}, errPairDamaged
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil || !key.PublicKey.Equal(cert.PublicKey) {
		return pair{}, errPairDamaged
	}
	return pair{cert: cert, key: key}, nil
}
