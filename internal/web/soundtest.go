package web

import (
	"net/http"
	"strings"

	"github.com/stillwatch/stillwatch/internal/ident"
)

// testSound takes what was perceived of a station's sounds and screens. At a
// station where nobody is signed in, its author gives a PIN for it.
func (s *site) testSound(w http.ResponseWriter, r *http.Request, v Visitor) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	author := v
	if !v.SignedIn() {
		if author, err = s.Auth.ProvePIN(r, v, ident.Person(field(f, "person")), field(f, "pin")); err != nil {
			status, words, err := askAgain(err)
			if err != nil {
				return err
			}
			return s.showBoard(w, r, v, status, words)
		}
	}
	perceived := map[string]bool{}
	for name := range f {
		if what, ok := strings.CutPrefix(name, "signal."); ok {
			perceived[what] = f.Get(name) == "yes"
		}
	}
	if err := s.Station.TestSound(r.Context(), author, id, perceived); err != nil {
		return again(err, func(t string) error { return s.showBoard(w, r, v, statusWith(t), t) })
	}
	return redirectDone(w, r, "/board", "tested")
}
