// Package word turns message ids with typed arguments into English. Events,
// refusals, findings and alarms carry the id and the arguments; only this
// package makes sentences of them.
package word

import (
	"fmt"
	"strings"
)

// ID names one message of the table.
type ID string

// Message is a message id with its arguments, as stored in events. Arguments
// are already rounded and carry their units: they are text for people.
type Message struct {
	ID   ID       `json:"id"`
	Args []string `json:"args,omitempty"`
}

// M makes a message.
func M(id ID, args ...string) Message { return Message{ID: id, Args: args} }

// English renders m. An unknown id or a missing argument is shown, never
// hidden: a person must see that something could not be said.
func (m Message) English() string {
	text, ok := english[m.ID]
	if !ok {
		return strings.TrimSpace(fmt.Sprintf("[%s] %s", m.ID, strings.Join(m.Args, " ")))
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '{' && i+2 < len(text) && text[i+2] == '}' && text[i+1] >= '0' && text[i+1] <= '9' {
			n := int(text[i+1] - '0')
			if n < len(m.Args) {
				b.WriteString(m.Args[n])
			} else {
				b.WriteString("[missing]")
			}
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// Known reports whether the table has the message, and how many arguments it takes.
func Known(id ID) (args int, ok bool) {
	text, ok := english[id]
	if !ok {
		return 0, false
	}
	for n := range 10 {
		if strings.Contains(text, fmt.Sprintf("{%d}", n)) {
			args = n + 1
		}
	}
	return args, true
}

// All returns a copy of the table, for the page that shows messages itself.
func All() map[ID]string {
	out := make(map[ID]string, len(english))
	for k, v := range english {
		out[k] = v
	}
	return out
}
