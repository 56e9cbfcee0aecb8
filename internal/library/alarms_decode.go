package library

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/stillwatch/stillwatch/internal/alarm"
	"github.com/stillwatch/stillwatch/internal/cite"
)

// alarmSchema names the shape of the alarms' data file.
const alarmSchema = "stillwatch/alarm-library/1"

type alarmFile struct {
	Schema   string        `yaml:"schema"`
	Version  int           `yaml:"version"`
	Status   string        `yaml:"status"`
	Sources  []cite.Source `yaml:"sources"`
	Settings []fileNumber  `yaml:"settings"`
	Symptoms fileSymptoms  `yaml:"symptoms"`
	Alarms   []fileAlarm   `yaml:"alarms"`
}

type fileAlarm struct {
	ID        string `yaml:"id"`
	Version   int    `yaml:"version"`
	Effective string `yaml:"effective"`
	// Reviewer and ReviewedOn are empty until somebody has signed the row.
	Reviewer   string         `yaml:"reviewer"`
	ReviewedOn string         `yaml:"reviewed_on"`
	Condition  alarm.ID       `yaml:"condition"`
	Text       string         `yaml:"text"`
	Side       alarm.Side     `yaml:"side"`
	Levels     []fileLevel    `yaml:"levels"`
	Clear      *fileClear     `yaml:"clear"`
	Latch      bool           `yaml:"latch"`
	Recheck    bool           `yaml:"recheck"`
	Bedside    bool           `yaml:"bedside"`
	Breathing  []fileNumber   `yaml:"breathing"`
	Consider   []fileConsider `yaml:"consider"`
	Cites      []cite.Ref     `yaml:"cites"`
}

// fileSymptoms are codes of side effects.
type fileSymptoms struct {
	Codes  []string  `yaml:"codes"`
	Mark   cite.Mark `yaml:"mark"`
	Source string    `yaml:"source"`
}

// fileLevel is one level; numbers are exact decimals, given as text.
type fileLevel struct {
	Priority   string     `yaml:"priority"`
	Test       alarm.Test `yaml:"test"`
	Value      string     `yaml:"value"`
	OfBaseline string     `yaml:"of_baseline"`
	Rise       string     `yaml:"rise"`
	Floor      string     `yaml:"floor"`
	Unit       string     `yaml:"unit"`
	Before     string     `yaml:"before"`
	After      string     `yaml:"after"`
	Intervals  string     `yaml:"intervals"`
	Hold       string     `yaml:"hold"`
	AtOnce     bool       `yaml:"at_once"`
	Everyone   bool       `yaml:"everyone"`
	Mark       cite.Mark  `yaml:"mark"`
	Source     string     `yaml:"source"`
	// Clinic bounds what the clinic may set in place of the value; none for what is
	// not its to set.
	Clinic []string `yaml:"clinic"`
}

// fileClear is when a condition is over; For is in seconds.
type fileClear struct {
	By     string    `yaml:"by"`
	Unit   string    `yaml:"unit"`
	For    string    `yaml:"for"`
	Mark   cite.Mark `yaml:"mark"`
	Source string    `yaml:"source"`
}

// fileConsider is what to consider at a priority: names of actions, each with
// its number after a colon where it has one.
type fileConsider struct {
	Priority string   `yaml:"priority"`
	Do       []string `yaml:"do"`
}

func (f fileConsider) actions() []alarm.Action {
	out := make([]alarm.Action, len(f.Do))
	for i, text := range f.Do {
		name, how, _ := strings.Cut(text, ":")
		out[i] = alarm.Action{Name: strings.TrimSpace(name), How: strings.TrimSpace(how)}
	}
	return out
}

// DecodeAlarms reads and checks the alarms' data file. Every mistake it finds
// is named with its line; a file with one mistake does not load.
func DecodeAlarms(b []byte) (Alarms, error) {
	f, root, err := parse[alarmFile](b)
	if err != nil {
		return Alarms{}, fmt.Errorf("read alarm library: %w", err)
	}
	c := alarmChecker{checker{root: root, sources: map[string]cite.Source{}}}
	a := c.alarms(f)
	if len(c.faults) > 0 {
		return Alarms{}, fmt.Errorf("check alarm library: %w", errors.Join(c.faults...))
	}
	sum := sha256.Sum256(b)
	a.hash = hex.EncodeToString(sum[:])
	return a, nil
}
