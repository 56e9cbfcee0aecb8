package web

import (
	"io"
	"net/http"
)

// hearing takes what a page says of itself every ten seconds: that it sounds
// alarms here, or that it does not. It is no sign of a hand at the screen.
func (s *site) hearing(w http.ResponseWriter, r *http.Request, v Visitor) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return asMalformed(err)
	}
	var said struct {
		Audible *bool `json:"audible"`
	}
	if err := object(raw, &said); err != nil || said.Audible == nil {
		return malformed("Whether this page sounds could not be read.")
	}
	s.Station.Hearing(v, *said.Audible)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
