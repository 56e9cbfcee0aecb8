package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // zones must be known on any machine

	"github.com/stillwatch/stillwatch/internal/hl7"
)

type hl7Cmd struct {
	Parse hl7ParseCmd `cmd:"" help:"Read one unframed HL7 v2 message and say what would be charted, what is set aside and why."`
}

type hl7ParseCmd struct {
	File string `arg:"" help:"File with one message, without MLLP framing; - is standard input."`
	JSON bool   `name:"json" help:"Print JSON."`
	Zone string `help:"IANA zone for times without an offset." default:"UTC" placeholder:"ZONE"`
}

const maxMessage = 1 << 20

func (c hl7ParseCmd) Run(e *env) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return fmt.Errorf("zone %q is not known: give an IANA name such as Europe/Zurich", c.Zone)
	}
	raw, err := readBounded(c.File, maxMessage)
	if err != nil {
		return err
	}
	report := hl7.Parse(raw, hl7.Options{Zone: zone}).Report()
	if c.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(report)
	}
	return printReport(e.out, report)
}

func printReport(w io.Writer, r hl7.Report) error {
	if _, err := fmt.Fprintf(w, "message %s from %s\nacknowledge %s %s\n", r.ControlID, r.Device, r.Ack.Code, r.Ack.Text); err != nil {
		return err
	}
	for _, a := range r.Accepted {
		if _, err := fmt.Fprintf(w, "accepted  %-9s %6s %-7s at %s  site %s  %s\n", a.Kind, a.Value, a.Unit, a.At, a.Site, a.Source); err != nil {
			return err
		}
	}
	for _, q := range r.Quarantined {
		if _, err := fmt.Fprintf(w, "set aside %s %s = %q: %s\n", q.Code, q.Name, q.Value, q.Reason); err != nil {
			return err
		}
	}
	return nil
}

// readBounded reads a file or standard input up to a size, and refuses more.
func readBounded(path string, limit int64) ([]byte, error) {
	in := io.Reader(os.Stdin)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read message: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	if int64(len(raw)) > limit {
		return nil, fmt.Errorf("read message: larger than %d bytes", limit)
	}
	return raw, nil
}
