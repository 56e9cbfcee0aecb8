package web

import (
	"errors"
	"net/http"
	"time"
)

// Trouble is an error with words for the person at the screen. Any other
// error is the server's own: people see a request id, operators the cause.
type Trouble struct {
	Status int
	What   string // what happened
	Do     string // what to do now
	Wait   time.Duration
}

func (t *Trouble) Error() string { return t.What }

// The troubles that the pages themselves know.
var (
	errNotFound = &Trouble{Status: http.StatusNotFound, What: "There is no such page here.", Do: "Go back, or open the board."}
	errForeign  = &Trouble{Status: http.StatusForbidden, What: "This request came from another site and was not taken.", Do: "Open the page here and do it again."}
	errTooLarge = &Trouble{Status: http.StatusRequestEntityTooLarge, What: "That was more than a form can hold.", Do: "Shorten the text. Nothing was recorded."}
	errAnother  = &Trouble{Status: http.StatusUnauthorized, What: "Somebody else is signed in now than when this was said.", Do: "It is kept on this device. Whoever said it signs in and sends it again."}
	errNobody   = &Trouble{Status: http.StatusUnauthorized, What: "Nobody is signed in.", Do: "Sign in. What was typed here is kept on this device."}
)

// troubleOf finds the words for err, or says that the server failed.
func troubleOf(err error) *Trouble {
	var t *Trouble
	if errors.As(err, &t) {
		return t
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	return &Trouble{
		Status: http.StatusInternalServerError, What: "The server could not do this.",
		Do: "Nothing was recorded by this step. Try again; if it stays, tell the administrator the number below.",
	}
}

// malformed is trouble with what a program sent.
func malformed(what string) *Trouble {
	return &Trouble{Status: http.StatusBadRequest, What: what, Do: "Correct it and send it again."}
}
