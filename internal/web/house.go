package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/stillwatch/stillwatch/internal/web/about"
	"github.com/stillwatch/stillwatch/internal/web/trust"
	"github.com/stillwatch/stillwatch/internal/web/view"
)

func (s *site) about(w http.ResponseWriter, r *http.Request, v Visitor) error {
	p := s.House.About(r.Context())
	p.Page = s.frame(r, v, "What Stillwatch is for")
	return show(s, w, r, http.StatusOK, about.Page, p)
}

func (s *site) trustPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	p, err := s.House.Trust(r.Context())
	if err != nil {
		return err
	}
	if p.Own && p.Address != "" {
		if p.QR, p.QRSize, err = trust.Draw(p.Address); err != nil {
			return err
		}
	}
	p.Page = s.frame(r, v, "Trust this server")
	return show(s, w, r, http.StatusOK, trust.Page, p)
}

// authority hands out the certificate authority: DER by default, which
// tablets install, PEM where it is asked for.
func (s *site) authority(w http.ResponseWriter, r *http.Request, _ Visitor) error {
	pem, der, err := s.House.Authority(r.Context())
	if err != nil {
		return err
	}
	if len(der) == 0 {
		return errNotFound
	}
	kind, body, name := "application/x-x509-ca-cert", der, "stillwatch-ca.crt"
	if r.URL.Query().Get("as") == "pem" {
		kind, body, name = "application/x-pem-file", pem, "stillwatch-ca.pem"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err = w.Write(body)
	return err
}

// health says what is degraded: as JSON to those who ask for it, else in
// plain lines. It names no patient and no person.
func (s *site) health(w http.ResponseWriter, r *http.Request, _ Visitor) error {
	h := s.House.Health(r.Context())
	status := http.StatusOK
	if !h.OK {
		status = http.StatusServiceUnavailable
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		s.json(w, r, status, h)
		return nil
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write([]byte(healthText(h)))
	return err
}

func healthText(h view.Health) string {
	var b strings.Builder
	switch {
	case !h.OK:
		b.WriteString("down\n")
	case len(h.Degraded) > 0:
		b.WriteString("degraded\n")
	default:
		b.WriteString("works\n")
	}
	for _, d := range h.Degraded {
		b.WriteString("- " + d + "\n")
	}
	for _, p := range h.Parts {
		fmt.Fprintf(&b, "%-14s %s", p.Name, p.State)
		if p.Text != "" {
			b.WriteString(": " + p.Text)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "version        %s\n", h.Version)
	return b.String()
}
