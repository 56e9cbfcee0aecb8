package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"
)

// The bounds of one try. Evidence mark: default.
const (
	tryFor      = 5 * time.Second
	mostAnswer  = 4 << 10 // bytes read of an answer, to keep the connection
	leastSecret = 32      // bytes
	mostSecret  = 4 << 10
)

// Hook is where messages go.
type Hook struct {
	address string
	secret  []byte
	client  *http.Client
}

// NewHook checks an address and a secret. The address is https, or http to this
// machine; insecure lets http go elsewhere too. Redirects are never followed: a
// message goes where the clinic said, or nowhere.
func NewHook(address string, secret []byte, insecure bool) (*Hook, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Fragment != "" {
		return nil, errors.New("webhook: the address is none: give one such as https://pager.example/stillwatch")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("webhook: the address holds a name or password: leave it out, the signature shows who sends")
	case u.Scheme == "https", u.Scheme == "http" && (insecure || here(u.Hostname())):
	case u.Scheme == "http":
		return nil, fmt.Errorf("webhook: http to %s would be readable on the way: use https", u.Hostname())
	default:
		return nil, fmt.Errorf("webhook: %q is neither https nor http", u.Scheme)
	}
	secret = bytes.TrimSpace(secret)
	if len(secret) < leastSecret || len(secret) > mostSecret {
		return nil, fmt.Errorf("webhook: the secret has %d bytes; it needs %d to %d, such as the output of openssl rand -hex 32", len(secret), leastSecret, mostSecret)
	}
	return &Hook{address: u.String(), secret: secret, client: &http.Client{
		Timeout:       tryFor,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: tryFor}).DialContext, TLSHandshakeTimeout: tryFor,
			ResponseHeaderTimeout: tryFor, MaxResponseHeaderBytes: mostAnswer, MaxConnsPerHost: together, MaxIdleConnsPerHost: together,
			IdleConnTimeout: time.Minute,
		},
	}}, nil
}

// here reports whether a host is this machine.
func here(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// post tries once. The error names neither the address, which may hold a token,
// nor anything of the body or the answer.
func (h *Hook) post(ctx context.Context, id string, body []byte, now time.Time) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.address, bytes.NewReader(body))
	if err != nil {
		return errors.New("the request could not be made")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Stillwatch")
	r.Header.Set("Stillwatch-Id", id)
	r.Header.Set("Stillwatch-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Stillwatch-Signature", Sign(h.secret, now, id, body))
	resp, err := h.client.Do(r)
	if err != nil {
		var timeout interface{ Timeout() bool }
		if errors.As(err, &timeout) && timeout.Timeout() {
			return errors.New("the receiver did not answer in time")
		}
		return errors.New("the receiver could not be reached")
	}
	_, _ = io.CopyN(io.Discard, resp.Body, mostAnswer) // what it says beside its status is of no use
	_ = resp.Body.Close()                              // nothing more is read
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("the receiver answered %d", resp.StatusCode)
	}
	return nil
}
