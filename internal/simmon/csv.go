package simmon

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Recording is a table of recorded numerics, one row a minute.
type Recording struct {
	kinds []vital.Kind
	rows  []Row
}

var csvColumns = map[string]vital.Kind{
	"HR_bpm":       vital.HR,
	"ABPSys_mmHg":  vital.ARTSys,
	"ABPDias_mmHg": vital.ARTDia,
	"ABPMean_mmHg": vital.ARTMean,
	"PULSE_bpm":    vital.Pulse,
	"RESP_pm":      vital.RR,
	"SpO2_%":       vital.SpO2,
	"NBPSys_mmHg":  vital.NIBPSys,
	"NBPDias_mmHg": vital.NIBPDia,
	"NBPMean_mmHg": vital.NIBPMean,
}

// The bounds of a recording: ten weeks of minutes.
const (
	maxRecordedRows = 100_000
	maxRecording    = 32 << 20 // bytes
)

// Row is one row of a recording: what was valid at that minute.
type Row struct {
	Minute float64
	Values []Numeric
	// SetAside counts values that no living adult can have; they are not sent.
	SetAside int
}

// Rows are the rows of the recording, in the order of time.
func (r *Recording) Rows() []Row { return slices.Clone(r.rows) }

// Kinds are the signs that the recording has columns for.
func (r *Recording) Kinds() []vital.Kind { return slices.Clone(r.kinds) }

// ReadCSV reads recorded numerics. The first column is the minute, which goes
// up; an empty cell or 0 means there was no valid reading, and is never sent as
// a value. Anything else that is not a number is refused, with its line.
func ReadCSV(r io.Reader) (*Recording, error) {
	rec, err := readCSV(r)
	if err != nil {
		return nil, fmt.Errorf("read recording: %w", err)
	}
	return rec, nil
}

func readCSV(r io.Reader) (*Recording, error) {
	bounded := &io.LimitedReader{R: r, N: maxRecording + 1}
	in := csv.NewReader(bounded)
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	rec := &Recording{}
	if rec.kinds, err = readHead(head); err != nil {
		return nil, err
	}
	for {
		cells, err := in.Read()
		if bounded.N == 0 {
			return nil, fmt.Errorf("larger than %d bytes: cut it into parts", maxRecording)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err // the csv package names line and column
		}
		line, _ := in.FieldPos(0)
		if len(rec.rows) == maxRecordedRows {
			return nil, fmt.Errorf("line %d: more than %d rows: cut it into parts", line, maxRecordedRows)
		}
		row, err := readRow(head, cells, rec.kinds)
		if err == nil && len(rec.rows) > 0 && row.Minute <= rec.rows[len(rec.rows)-1].Minute {
			err = fmt.Errorf("minute %s is not after the one before: sort the rows by time", cells[0])
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		rec.rows = append(rec.rows, row)
	}
	if len(rec.rows) == 0 {
		return nil, errors.New("no rows below the header")
	}
	return rec, nil
}

func readHead(head []string) ([]vital.Kind, error) {
	if len(head) < 2 || strings.TrimSpace(head[0]) != "minute" {
		return nil, errors.New("line 1: the first column must be called minute, and others follow it")
	}
	kinds := make([]vital.Kind, len(head)-1)
	for i, name := range head[1:] {
		k, ok := csvColumns[strings.TrimSpace(name)]
		if !ok {
			return nil, fmt.Errorf("line 1: unknown column %q: the columns are %s", name, strings.Join(slices.Sorted(maps.Keys(csvColumns)), ", "))
		}
		if slices.Contains(kinds, k) {
			return nil, fmt.Errorf("line 1: column %q is there twice: remove one", name)
		}
		kinds[i] = k
	}
	return kinds, nil
}

// maxMinute bounds the minute of a row: two years, so that it fits any clock.
const maxMinute = 2 * 366 * 24 * 60

func readRow(head, cells []string, kinds []vital.Kind) (Row, error) {
	minute, err := strconv.ParseFloat(strings.TrimSpace(cells[0]), 64)
	if err != nil || !(minute >= 0 && minute <= maxMinute) {
		return Row{}, fmt.Errorf("minute %q is not a number from 0 to %d", cells[0], maxMinute)
	}
	row := Row{Minute: minute}
	for i, cell := range cells[1:] {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		x, err := strconv.ParseFloat(cell, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return Row{}, fmt.Errorf("column %s: %q is not a number: leave the cell empty where there was no reading", head[i+1], cell)
		}
		// The recording writes 0 for no valid reading.
		switch {
		case x == 0:
		case !kinds[i].Plausible(vital.Value(x)):
			row.SetAside++
		default:
			row.Values = append(row.Values, Numeric{Kind: kinds[i], Value: vital.Value(x)})
		}
	}
	return row, nil
}

// Len is the number of rows.
func (r *Recording) Len() int { return len(r.rows) }
