package house

import (
	"errors"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/strict"
)

// MaxCommand bounds the body of a command, in bytes.
const MaxCommand = 64 << 10

// Acts lists every act of the house.
func Acts() []act.Act {
	return []act.Act{ActCheckRoom, ActEraseDetail, ActDrill, ActSignAlarms, ActAdopt, ActSignProto, ActTestSound, ActNoteMonitor}
}

// DecodeCommand reads the body of the act named what in one released schema
// version: strict JSON, no unknown field, no key twice, nothing after the value. Personal
// text comes back unsealed.
func DecodeCommand(what act.Act, version int, body []byte) (Command, error) {
	if version != 1 {
		return nil, fmt.Errorf("read %s: no schema version %d", what, version)
	}
	switch what {
	case ActCheckRoom:
		return decode[CheckRoom](what, body)
	case ActEraseDetail:
		return decode[EraseDetail](what, body)
	case ActDrill:
		return decode[DrillRestore](what, body)
	case ActSignAlarms:
		return decode[SignAlarms](what, body)
	case ActAdopt:
		return decode[AdoptLibrary](what, body)
	case ActSignProto:
		return decode[SignProtocol](what, body)
	case ActTestSound:
		return decode[TestSound](what, body)
	case ActNoteMonitor:
		return decode[NoteMonitor](what, body)
	}
	return nil, errors.New("no such act of the house")
}

func decode[T Command](what act.Act, body []byte) (Command, error) {
	if len(body) > MaxCommand {
		return nil, fmt.Errorf("read %s: %d bytes are more than %d", what, len(body), MaxCommand)
	}
	var c T
	if err := strict.Object(body, &c); err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	return c, nil
}
