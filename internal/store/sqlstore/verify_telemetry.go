package sqlstore

import (
	"bytes"
	"context"
	"fmt"

	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/journal"
	"github.com/stillwatch/stillwatch/internal/series"
)

// chunkPage is how many chunks are read at a time.
const chunkPage = 200

// quoteMark stands before a chunk head in a payload. In JSON a quote inside a
// string is escaped, so that no text a person typed can look like it.
var quoteMark = []byte(`"telemetry":"`)

// quote remembers the chunk heads an entry names.
func (v *verifier) quote(r journal.Record) {
	for _, part := range bytes.Split(r.Payload, quoteMark)[1:] {
		text, _, _ := bytes.Cut(part, []byte(`"`))
		if h, err := series.ParseHead(string(text)); err == nil {
			v.quoted[h.String()] = r.Position
			v.report.Quoted++
		}
	}
}

// chunkRow is one chunk as stored.
type chunkRow struct {
	position, number    int64
	device              ident.Device
	minute, first, last int64
	body                []byte
	hash                series.Hash
}

// chunkWalk walks the chunks of a clinic in the order they were sealed.
type chunkWalk struct {
	v        *verifier
	position int64
	hash     series.Hash
	devices  map[ident.Device]series.Head
}

func (v *verifier) telemetry(ctx context.Context, q querier) error {
	head, err := v.head("telemetry", func() (journal.Checkpoint, error) { return v.s.telemetryCheckpoint(ctx, q) })
	if err != nil {
		return err
	}
	lines, err := v.lines("telemetry", head)
	if err != nil {
		return err
	}
	w := &chunkWalk{v: v, hash: journal.Genesis(v.s.o.Clinic, head.Log), devices: map[ident.Device]series.Head{}}
	for more := true; more; {
		page, err := v.chunks(ctx, q, w.position)
		if err != nil {
			return err
		}
		for _, c := range page {
			if err := w.next(c); err != nil {
				return err
			}
			if err := lines.at(w.position, w.hash, string(c.device)); err != nil {
				return err
			}
		}
		more = len(page) == chunkPage
	}
	v.report.Chunks, v.report.Telemetry = w.position, ChainReport{Entries: w.position, Head: head}
	if err := lines.end(w.position, w.hash); err != nil {
		return err
	}
	if err := w.quotations(); err != nil {
		return err
	}
	return v.unsealed(ctx, q)
}

func (v *verifier) chunks(ctx context.Context, q querier, after int64) ([]chunkRow, error) {
	var out []chunkRow
	err := each(ctx, q, func(scan func(...any) error) error {
		var c chunkRow
		var hash []byte
		err := scan(&c.position, &c.device, &c.number, &c.minute, &c.first, &c.last, &c.body, &hash)
		c.hash, _ = hashOf(hash) // one of another length stays zero, and so does not fit
		out = append(out, c)
		return err
	}, "SELECT position, device, number, minute, first_at, last_at, body, hash FROM chunk WHERE clinic = ? AND position > ? ORDER BY position LIMIT ?",
		string(v.s.o.Clinic), after, int64(chunkPage))
	return out, err
}

func (w *chunkWalk) next(c chunkRow) error {
	problem := func(format string, args ...any) error {
		return &Problem{Chain: "telemetry", Stream: "device " + string(c.device), Position: c.position, Differs: fmt.Sprintf(format, args...)}
	}
	before, ok := w.devices[c.device]
	if !ok {
		before = series.Head{Device: c.device, Hash: series.Genesis(w.v.s.o.Clinic, c.device)}
	}
	switch {
	case c.position != w.position+1:
		return problem("position %d is expected here: a chunk is missing or out of order", w.position+1)
	case c.number != before.Number+1:
		return problem("chunk %d of its device, %d expected", c.number, before.Number+1)
	case series.Link(before.Hash, c.number, c.body) != c.hash:
		return problem("the chunk, or the one before it, is not what was written")
	}
	device, rows, err := series.Decode(c.body)
	if err != nil {
		return problem("%v", err)
	}
	if device != c.device || len(rows) == 0 {
		return problem("the chunk is of device %s", device)
	}
	first, last := span(rows)
	if first.UnixMicro() != c.first || last.UnixMicro() != c.last || minuteOf(rows[0].ReceivedAt.UnixMicro()) != c.minute {
		return problem("the times it is found by are not the times in it")
	}
	w.position, w.hash = c.position, series.Seal(w.hash, c.hash)
	w.devices[c.device] = series.Head{Device: c.device, Number: c.number, Hash: c.hash}
	w.v.report.Samples += int64(len(rows))
	delete(w.v.quoted, w.devices[c.device].String())
	return nil
}

// quotations sees that every chunk head the record names was met.
func (w *chunkWalk) quotations() error {
	for text, position := range w.v.quoted {
		h, err := series.ParseHead(text)
		if err != nil {
			return err
		}
		if h.Number == 0 && h.Hash == series.Genesis(w.v.s.o.Clinic, h.Device) {
			continue
		}
		return &Problem{
			Chain: kindRecord, Position: position,
			Differs: fmt.Sprintf("it names chunk %d of device %s, which is missing or has another hash", h.Number, h.Device),
		}
	}
	return nil
}

// unsealed counts messages that no chunk holds yet. They are under no chain;
// what can be seen is that they can be read.
func (v *verifier) unsealed(ctx context.Context, q querier) error {
	return each(ctx, q, func(scan func(...any) error) error {
		var device ident.Device
		var body []byte
		if err := scan(&device, &body); err != nil {
			return err
		}
		if inside, _, err := series.Decode(body); err != nil || inside != device {
			return &Problem{Chain: "telemetry", Stream: "device " + string(device), Differs: "a message not sealed yet cannot be read"}
		}
		v.report.Unsealed++
		return nil
	}, "SELECT device, body FROM sample WHERE clinic = ?", string(v.s.o.Clinic))
}
