package simmon

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/stillwatch/stillwatch/internal/vital"
)

// Recording is a table of recorded numerics, one row a minute.
type Recording struct{ rows []recordedRow }

type recordedRow struct {
	minute float64
	values []Numeric
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

const maxRecordedRows = 100_000

// ReadCSV reads recorded numerics. The first column is the minute; an empty
// cell or 0 means there was no valid reading, and is never sent as a value.
func ReadCSV(r io.Reader) (*Recording, error) {
	in := csv.NewReader(r)
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("read recording: header: %w", err)
	}
	if len(head) < 2 || head[0] != "minute" {
		return nil, errors.New("read recording: the first column must be called minute")
	}
	kinds := make([]vital.Kind, len(head))
	for i, name := range head[1:] {
		k, ok := csvColumns[strings.TrimSpace(name)]
		if !ok {
			return nil, fmt.Errorf("read recording: unknown column %q", name)
		}
		kinds[i+1] = k
	}
	rec := &Recording{}
	for line := 2; ; line++ {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read recording: %w", err)
		}
		if line > maxRecordedRows {
			return nil, fmt.Errorf("read recording: more than %d rows", maxRecordedRows)
		}
		row, err := readRow(cells, kinds)
		if err != nil {
			return nil, fmt.Errorf("read recording: line %d: %w", line, err)
		}
		rec.rows = append(rec.rows, row)
	}
	if len(rec.rows) == 0 {
		return nil, errors.New("read recording: no rows")
	}
	return rec, nil
}

func readRow(cells []string, kinds []vital.Kind) (recordedRow, error) {
	minute, err := strconv.ParseFloat(cells[0], 64)
	if err != nil || !(minute >= 0) {
		return recordedRow{}, fmt.Errorf("minute %q is not a number", cells[0])
	}
	row := recordedRow{minute: minute}
	for i, cell := range cells[1:] {
		if cell == "" {
			continue
		}
		x, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			return recordedRow{}, fmt.Errorf("column %d: %q is not a number", i+2, cell)
		}
		// The recording writes 0 for no valid reading.
		if x == 0 || !kinds[i+1].Plausible(vital.Value(x)) {
			continue
		}
		row.values = append(row.values, Numeric{Kind: kinds[i+1], Value: vital.Value(x)})
	}
	return row, nil
}

// Len is the number of rows.
func (r *Recording) Len() int { return len(r.rows) }
