package server

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"

	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/notify"
	"github.com/stillwatch/stillwatch/internal/project"
)

// openWebhook prepares what tells people elsewhere of alarms, where an address is
// set.
func (s *Server) openWebhook() error {
	if s.cfg.Webhook == "" {
		return nil
	}
	hook, err := notify.NewHook(s.cfg.Webhook, s.cfg.WebhookSecret, s.cfg.WebhookInsecure)
	if err != nil {
		return err
	}
	s.sender = notify.New(notify.Options{
		Hook: hook, Box: s.store, Where: s.where, Now: s.cfg.Now, Jitter: jitter, Log: s.cfg.Log,
	})
	return nil
}

// where is at which chair an alarm's visit is, and what people are called.
func (s *Server) where(ctx context.Context, r journal.Record) (notify.Where, error) {
	id, ok := project.SessionOf(r)
	if !ok {
		return notify.Where{}, errors.New("the entry is of no visit")
	}
	v, err := s.app.Visit(ctx, id)
	if err != nil {
		return notify.Where{}, err
	}
	return notify.Where{Chair: v.State.Chair, Names: v.Names, Board: s.url() + "/board", Alarms: v.State.Alarms}, nil
}

// elsewhere says whether people elsewhere are told of alarms, and why they are not
// where they should be.
func (s *Server) elsewhere() (told bool, fault error) {
	if s.sender == nil {
		return false, nil
	}
	return true, s.sender.Fault()
}

// jitter is between 0 and 1.
func jitter() float64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it ends the program where it fails
	return float64(binary.BigEndian.Uint64(b[:])>>11) / (1 << 53)
}
