package auth

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func testNames(t testing.TB, more ...string) Names {
	t.Helper()
	return must(NewNames(append([]string{"localhost", "127.0.0.1", "::1", "clinic-server", "192.168.1.10"}, more...)...))(t)
}

// leaf is the server certificate in use.
func leaf(l *Local) *x509.Certificate { return l.served.Load().pair.cert }

// verify checks the certificate as a tablet that trusts the authority does.
func verify(l *Local, name string, at time.Time) error {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(l.Trust().PEM)
	_, err := leaf(l).Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: at})
	return err
}

func TestOpenLocal_FirstStart(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), morning()
	l := must(OpenLocal(dir, testNames(t), now))(t)
	for _, name := range []string{"localhost", "clinic-server", "127.0.0.1", "[::1]", "192.168.1.10"} {
		if err := verify(l, name, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if verify(l, "elsewhere", now) == nil || verify(l, "192.168.1.11", now) == nil {
		t.Error("the certificate is good for other names")
	}
	if life := leaf(l).NotAfter.Sub(leaf(l).NotBefore); life != 397*day {
		t.Errorf("server certificate lives %s, want 397 days", life)
	}
	if want := now.AddDate(10, 0, 0); !l.Trust().Expires.Equal(want) {
		t.Errorf("authority expires %s, want %s", l.Trust().Expires, want)
	}
	if leaf(l).SignatureAlgorithm != x509.ECDSAWithSHA256 || leaf(l).IsCA {
		t.Errorf("server certificate is signed by %s, authority %v", leaf(l).SignatureAlgorithm, leaf(l).IsCA)
	}
	for _, name := range []string{caFile, serverFile} {
		if mode := must(os.Stat(filepath.Join(dir, "tls", name)))(t).Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", name, mode)
		}
	}
}

func TestOpenLocal_LaterStarts(t *testing.T) {
	t.Parallel()
	now := morning()
	for name, tc := range map[string]struct {
		at      time.Time
		names   []string
		renewed bool
	}{
		"next day":             {now.Add(day), nil, false},
		"30 days left":         {now.Add(-backdate).Add(367 * day), nil, false},
		"under 30 days left":   {now.Add(-backdate).Add(367 * day).Add(time.Second), nil, true},
		"after it ended":       {now.Add(500 * day), nil, true},
		"clock set back":       {now.Add(-2 * time.Hour), nil, true},
		"one address more":     {now.Add(day), []string{"10.1.2.3"}, true},
		"one name more":        {now.Add(day), []string{"desk.local"}, true},
		"a name it may not":    {now.Add(day), []string{"clinic.example.org"}, false},
		"an address it mayn't": {now.Add(day), []string{"203.0.113.5"}, false},
	} {
		dir := t.TempDir()
		first := must(OpenLocal(dir, testNames(t), now))(t)
		second := must(OpenLocal(dir, testNames(t, tc.names...), tc.at))(t)
		if first.Trust().Fingerprint != second.Trust().Fingerprint {
			t.Errorf("%s: the authority changed", name)
		}
		if renewed := !leaf(first).Equal(leaf(second)); renewed != tc.renewed {
			t.Errorf("%s: renewed %v", name, renewed)
		}
		if err := verify(second, "localhost", tc.at); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if out := len(second.Outside()) > 0; out != strings.Contains(name, "may") {
			t.Errorf("%s: outside are %v", name, second.Outside())
		}
	}
}

// The authority on the tablets cannot vouch for anyone else's names, even with its key stolen.
func TestAuthority_IsHeldToTheClinic(t *testing.T) {
	t.Parallel()
	now := morning()
	l := must(OpenLocal(t.TempDir(), testNames(t, "frontdesk.example.net"), now))(t)
	roots := x509.NewCertPool()
	roots.AddCert(l.ca.cert)
	for name, want := range map[string]bool{
		"clinic-server": true, "frontdesk.example.net": true, "any.local": true, "10.9.9.9": true, "fd00::1": true, "100.100.1.1": true,
		"bank.example.com": false, "example.net": false, "8.8.8.8": false, "2001:db8::1": false,
	} {
		stolen := must(l.ca.issue(must(NewNames(name))(t), now, newTestRandom(1)))(t)
		_, err := stolen.cert.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now})
		if (err == nil) != want {
			t.Errorf("%s: %v, want trusted %v", name, err, want)
		}
	}
	if !l.ca.cert.MaxPathLenZero {
		t.Error("the authority may make further authorities")
	}
}

func TestOpenLocal_AuthorityIsNeverReplaced(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(path string) error{
		"damaged":         func(p string) error { return os.WriteFile(p, []byte("hello"), 0o600) },
		"cut short":       func(p string) error { return os.Truncate(p, 300) },
		"read by others":  func(p string) error { return os.Chmod(p, 0o644) },
		"a server's pair": func(p string) error { return os.Rename(filepath.Join(filepath.Dir(p), serverFile), p) },
	} {
		dir := t.TempDir()
		must(OpenLocal(dir, testNames(t), morning()))(t)
		path := filepath.Join(dir, "tls", caFile)
		if err := spoil(path); err != nil {
			t.Fatal(err)
		}
		before := must(os.ReadFile(path))(t)
		if _, err := OpenLocal(dir, testNames(t), morning()); err == nil {
			t.Errorf("%s: opened", name)
		}
		if string(must(os.ReadFile(path))(t)) != string(before) {
			t.Errorf("%s: replaced", name)
		}
	}
}

func TestOpenLocal_ServerPairIsReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(OpenLocal(dir, testNames(t), morning()))(t)
	other := t.TempDir()
	must(OpenLocal(other, testNames(t), morning()))(t)
	path := filepath.Join(dir, "tls", serverFile)
	foreign := must(os.ReadFile(filepath.Join(other, "tls", serverFile)))(t)
	for name, text := range map[string][]byte{"damaged": []byte("hello"), "of another authority": foreign} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		l := must(OpenLocal(dir, testNames(t), morning()))(t)
		if err := verify(l, "localhost", morning()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpenLocal_NearTheAuthoritysEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := must(OpenLocal(dir, testNames(t), morning()))(t)
	end := l.Trust().Expires
	late := must(OpenLocal(dir, testNames(t), end.Add(-10*day)))(t)
	if !late.Expires().Equal(end) {
		t.Fatalf("server certificate ends %s, authority %s", late.Expires(), end)
	}
	again := must(OpenLocal(dir, testNames(t), end.Add(-9*day)))(t)
	if !leaf(late).Equal(leaf(again)) {
		t.Error("a certificate that cannot last longer was made anew")
	}
	if _, err := OpenLocal(dir, testNames(t), end); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Fatalf("expired authority: %v", err)
	}
}

func TestTrust(t *testing.T) {
	t.Parallel()
	l := must(OpenLocal(t.TempDir(), testNames(t), morning()))(t)
	trust := l.Trust()
	block, rest := pem.Decode(trust.PEM)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) != 0 || string(block.Bytes) != string(trust.DER) {
		t.Fatal("PEM and DER are not the one certificate")
	}
	if len(trust.Fingerprint) != 32*3-1 || strings.ToUpper(trust.Fingerprint) != trust.Fingerprint {
		t.Fatalf("fingerprint is %s", trust.Fingerprint)
	}
	const abc = "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD"
	if got := fingerprint([]byte("abc")); got != abc { // FIPS 180-2, example B.1
		t.Fatalf("fingerprint of abc is %s", got)
	}
}

// serve answers on loopback with the configuration and returns the address.
func serve(t *testing.T, config *tls.Config) string {
	t.Helper()
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	s := &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }),
		TLSConfig:         config,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	stopped := make(chan struct{})
	go func() { defer close(stopped); _ = s.ServeTLS(l, "", "") }()
	t.Cleanup(func() { _ = s.Close(); <-stopped })
	return l.Addr().String()
}

// get asks as a browser that trusts the authority.
func get(t *testing.T, trust Trust, addr string, at time.Time) (string, tls.ConnectionState) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(trust.PEM)
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, Time: func() time.Time { return at }},
		ForceAttemptHTTP2: true,
	}
	defer transport.CloseIdleConnections()
	r := must((&http.Client{Transport: transport}).Get("https://" + addr + "/"))(t)
	defer func() { _ = r.Body.Close() }()
	return string(must(io.ReadAll(r.Body))(t)), *r.TLS
}

func TestConfig_HandshakeWithHTTP2(t *testing.T) {
	t.Parallel()
	l := must(OpenLocal(t.TempDir(), testNames(t), morning()))(t)
	proto, state := get(t, l.Trust(), serve(t, l.Config()), morning())
	if proto != "HTTP/2.0" || state.NegotiatedProtocol != "h2" || state.Version != tls.VersionTLS13 {
		t.Fatalf("served %s over %s, %s", proto, state.NegotiatedProtocol, tls.VersionName(state.Version))
	}
}

func TestConfig_FollowsRenewal(t *testing.T) {
	t.Parallel()
	l := must(OpenLocal(t.TempDir(), testNames(t), morning()))(t)
	addr := serve(t, l.Config())
	_, before := get(t, l.Trust(), addr, morning())
	later := morning().Add(380 * day)
	if renewed, err := l.Renew(testNames(t), later); err != nil || !renewed {
		t.Fatalf("renewed %v, %v", renewed, err)
	}
	_, after := get(t, l.Trust(), addr, later)
	if before.PeerCertificates[0].Equal(after.PeerCertificates[0]) {
		t.Fatal("the old certificate is still served")
	}
	if renewed, err := l.Renew(testNames(t), later); err != nil || renewed {
		t.Fatalf("renewed again: %v, %v", renewed, err)
	}
}

func TestConfig_RefusesOldTLS(t *testing.T) {
	t.Parallel()
	l := must(OpenLocal(t.TempDir(), testNames(t), morning()))(t)
	addr := serve(t, l.Config())
	for version, want := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true} {
		d := &net.Dialer{Timeout: 10 * time.Second}
		// The certificate is checked elsewhere; here only the version counts.
		c, err := tls.DialWithDialer(d, "tcp", addr, &tls.Config{MinVersion: version, MaxVersion: version, InsecureSkipVerify: true})
		if (err == nil) != want {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			_ = c.Close()
		}
	}
}

// given writes a certificate the clinic already has, in two files.
func given(t *testing.T, l *Local) (certFile, keyFile string) {
	t.Helper()
	text := must(l.served.Load().pair.encode())(t)
	key, _ := pem.Decode(text)
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	chain := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf(l).Raw}), l.Trust().PEM...)
	for name, data := range map[string][]byte{certFile: chain, keyFile: pem.EncodeToMemory(key)} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

func TestGivenConfig(t *testing.T) {
	t.Parallel()
	l := must(OpenLocal(t.TempDir(), testNames(t), morning()))(t)
	certFile, keyFile := given(t, l)
	proto, _ := get(t, l.Trust(), serve(t, must(GivenConfig(certFile, keyFile, morning()))(t)), morning())
	if proto != "HTTP/2.0" {
		t.Fatalf("served %s", proto)
	}
	for name, at := range map[string]time.Time{"expired": l.Expires(), "not yet": morning().Add(-2 * time.Hour)} {
		if _, err := GivenConfig(certFile, keyFile, at); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := GivenConfig(certFile, certFile, morning()); err == nil {
		t.Error("a certificate without its key is accepted")
	}
}

func TestNewNames(t *testing.T) {
	t.Parallel()
	n := must(NewNames("Clinic.Local.", "b", "a", "a", "::ffff:10.0.0.1", "10.0.0.1", "[fe80::1%eth0]", "fe80::1"))(t)
	if !slices.Equal(n.DNS, []string{"a", "b", "clinic.local"}) {
		t.Errorf("host names are %v", n.DNS)
	}
	if !slices.Equal(n.IPs, []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fe80::1")}) {
		t.Errorf("addresses are %v", n.IPs)
	}
	for _, bad := range []string{"", "a b", "*.local", "-a", "a-", "a..b", "host:8443", "http://x", strings.Repeat("a", 64), strings.Repeat("a.", 127) + "a"} {
		if _, err := NewNames(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestLocalNames_AlwaysLoopback(t *testing.T) {
	t.Parallel()
	n := must(LocalNames("desk.lan"))(t)
	if !slices.Contains(n.DNS, "localhost") || !slices.Contains(n.DNS, "desk.lan") || !slices.Contains(n.IPs, netip.MustParseAddr("127.0.0.1")) {
		t.Fatalf("names are %v", n.text())
	}
}

func FuzzDecodePair(f *testing.F) {
	l := must(OpenLocal(f.TempDir(), testNames(f), morning()))(f)
	f.Add(must(l.ca.encode())(f))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := decodePair(text); err == nil && !p.key.PublicKey.Equal(p.cert.PublicKey) {
			t.Fatal("accepted a key that is not the certificate's")
		}
	})
}
