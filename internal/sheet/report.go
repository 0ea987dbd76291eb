package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
)

// ErrorsCSV writes refused rows as a CSV file with the columns line, column, code, message and value, as they come. A cell
// that a spreadsheet would take for a formula is given a ' in front.
func ErrorsCSV(w io.Writer, errors iter.Seq[RowError]) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"line", "column", "code", "message", "value"}); err != nil {
		return fmt.Errorf("write the report of refused rows: %w", err)
	}
	for e := range errors {
		if err := out.Write([]string{strconv.Itoa(e.Line), harmless(e.Column), harmless(e.Code), harmless(e.Message), harmless(e.Value)}); err != nil {
			return fmt.Errorf("write the report of refused rows: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the report of refused rows: %w", err)
	}
	return nil
}

// harmless keeps a spreadsheet from running a cell.
func harmless(cell string) string {
	if cell != "" && strings.Contains("=+-@\t\r\n", cell[:1]) {
		return "'" + cell
	}
	return cell
}
