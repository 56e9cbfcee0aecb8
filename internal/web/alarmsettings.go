package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/web/alarms"
	"github.com/stillwatch/stillwatch/internal/web/alarmuse"
	"github.com/stillwatch/stillwatch/internal/web/whatif"
)

func (s *site) alarmsPage(w http.ResponseWriter, r *http.Request, v Visitor) error {
	return s.showAlarms(w, r, v, http.StatusOK, "", "")
}

func (s *site) showAlarms(w http.ResponseWriter, r *http.Request, v Visitor, status int, trouble, signTrouble string) error {
	p, err := s.Desk.AlarmSettings(r.Context(), v)
	if err != nil {
		return err
	}
	p.Page = s.frame(r, v, "Alarms")
	p.Trouble, p.SignTrouble = trouble, signTrouble
	return show(s, w, r, status, alarms.Page, p)
}

func (s *site) alarmReview(w http.ResponseWriter, r *http.Request, v Visitor) error {
	days, err := strconv.Atoi(r.URL.Query().Get("days"))
	if err != nil {
		days = 7
	}
	p, err := s.Desk.AlarmReview(r.Context(), v, days)
	if err != nil {
		return err
	}
	p.Page = s.frame(r, v, "Alarm review")
	return show(s, w, r, http.StatusOK, alarmuse.Page, p)
}

func (s *site) whatIf(w http.ResponseWriter, r *http.Request, v Visitor) error {
	p, err := s.Desk.WhatIf(r.Context(), v, r.URL.Query())
	if err != nil {
		return err
	}
	p.Page = s.frame(r, v, "What if")
	status := http.StatusOK
	if p.Trouble != "" {
		status = http.StatusBadRequest
	}
	return show(s, w, r, status, whatif.Page, p)
}

func (s *site) signAlarms(w http.ResponseWriter, r *http.Request, v Visitor) error {
	show := func(status int, trouble, signTrouble string) error {
		return s.showAlarms(w, r, v, status, trouble, signTrouble)
	}
	return s.signs(w, r, v, show, s.Desk.SignAlarms, "/alarms", "signed")
}

// signs takes the director's signature under what a page showed, named by its hash.
// It proves the director once more: a signature is theirs.
func (s *site) signs(
	w http.ResponseWriter, r *http.Request, v Visitor, show func(status int, trouble, signTrouble string) error,
	sign func(ctx context.Context, author Visitor, id ident.Command, hash string) error, page, done string,
) error {
	f, id, err := posted(r)
	if err != nil {
		return err
	}
	author, err := s.proved(r, v, f, func(status int, words string) error { return show(status, "", words) })
	if err != nil || !author.Known() {
		return err
	}
	if err := sign(r.Context(), author, id, field(f, "sha256")); err != nil {
		return again(err, func(t string) error { return show(statusWith(t), t, "") })
	}
	return redirectDone(w, r, page, done)
}
