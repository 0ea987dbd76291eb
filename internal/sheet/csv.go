package sheet

import (
	"bytes"
	"fmt"
)

// scan reads the CSV record at the window's start into cells: its length with the line end, and the code of a fault of quoting.
// The length is over MaxRecord where the record does not end before.
//
// The first fault ends the scan. So a stretch of the file is scanned at most twice: a line that leaves a quote open has an odd
// number of quotes, and the record that runs through it from an earlier open quote either ends or is at fault there.
func (r *Reader) scan() (n int, code string) {
	for {
		from := len(r.text)
		if c, ok := r.at(n); ok && c == '"' {
			n, code = r.quoted(n + 1)
		} else {
			n, code = r.unquoted(n)
		}
		if len(r.cells) <= MaxColumns {
			r.cells = append(r.cells, span{from, len(r.text)})
		}
		c, ok := r.at(n)
		switch {
		case code != "" || !ok:
			return n, code
		case c == r.delimiter:
			n++
		default:
			return r.pastLineEnd(n), ""
		}
	}
}

// unquoted reads a cell from place i on and answers the place behind it.
func (r *Reader) unquoted(i int) (int, string) {
	from := i
	for {
		window := r.source.window()
		for i < len(window) && !r.stop[window[i]] {
			i++
		}
		if i < len(window) {
			break
		}
		if _, ok := r.at(i); !ok {
			break
		}
	}
	window := r.source.window()
	r.text = append(r.text, window[from:i]...)
	if i < len(window) && window[i] == '"' {
		return i, CodeStrayQuote
	}
	return i, ""
}

// quoted reads a cell from behind its opening quote on and answers the place behind its closing quote.
func (r *Reader) quoted(i int) (int, string) {
	for {
		from := i
		for {
			if end := bytes.IndexByte(r.source.window()[i:], '"'); end >= 0 {
				i += end
				break
			}
			i = len(r.source.window())
			if _, ok := r.at(i); !ok {
				return i, CodeUnterminatedQuote
			}
		}
		part := r.source.window()[from:i]
		r.breaks += lineBreaks(part)
		r.text = append(r.text, part...)
		i++
		c, ok := r.at(i)
		switch {
		case ok && c == '"':
			r.text = append(r.text, '"')
			i++
		case !ok || c == r.delimiter || c == '\n' || c == '\r':
			return i, ""
		case r.breaks > 0:
			return i, CodeUnterminatedQuote // this quote opens a cell of a later line
		default:
			return i, CodeStrayQuote
		}
	}
}

// checkCells makes the record's cells as many as there are columns, or says why it cannot.
func (r *Reader) checkCells(record []byte, line int) *RowError {
	if code := textFault(record); code != "" {
		return r.cellFault(record, line, code)
	}
	if len(bytes.TrimSpace(r.text)) == 0 {
		r.blank = true
		return nil
	}
	have, want := len(r.cells), len(r.columns)
	switch {
	case want == 0 || have == want:
		return nil
	case have < want && r.layout.ShortRows:
		for range want - have {
			r.cells = append(r.cells, span{})
		}
		return nil
	case have < want:
		return &RowError{Line: line, Column: r.columns[have], Code: CodeTooFewCells, Value: excerpt(bytes.TrimSpace(record)), Message: fmt.Sprintf(
			"The row has %d cells, but there are %d columns: it ends before %q. Add the missing cells, or put a cell with a line break in quotes.", have, want, r.columns[have])}
	case r.cells[want-1].to == len(r.text): // spreadsheets like to end rows with empty cells
		r.cells = r.cells[:want]
		return nil
	}
	return &RowError{Line: line, Column: r.columnName(want), Code: CodeTooManyCells, Value: excerpt(bytes.TrimSpace(record)), Message: fmt.Sprintf(
		"The row has more cells than the %d columns. Put cells that hold a %q in quotes.", want, r.delimiter)}
}

// cellFault names the cell that a fault of the record's text is in.
func (r *Reader) cellFault(record []byte, line int, code string) *RowError {
	bad := &RowError{Line: line, Code: code, Message: messages[code], Value: excerpt(bytes.TrimSpace(record))}
	for i, c := range r.cells {
		if cell := r.text[c.from:c.to]; textFault(cell) == code {
			bad.Column, bad.Value = r.columnName(i), excerpt(cell)
			break
		}
	}
	return bad
}
