package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// Reader reads the rows of a file, one after the other. Its memory does not depend on the file.
type Reader struct {
	source    source
	layout    Layout
	delimiter byte
	begun     bool
	failed    error // why no more rows come
	columns   []string
	index     map[string]int // of JSON Lines: the columns by their key
	stamp     []int          // of JSON Lines: the line that last had the column
	line      int            // of the window's start
	done      State          // after the last row that was answered
	blank     bool           // the record at hand says nothing
	short     bool           // the last look ahead found no byte: the stream ends here, broke off, or the window is full
	breaks    int            // line breaks within the record at hand
	stop      [256]bool      // what ends an unquoted cell
	text      []byte         // the record's cells, one after the other
	cells     []span         // where they are
	key       []byte         // of JSON Lines: the key at hand
}

// span is a cell's place in a record's text.
type span struct{ from, to int }

// State is where a reading stands between two rows, small enough to be stored with them.
type State struct {
	Offset  int64    `json:"offset"` // of the next record in the file
	Line    int      `json:"line"`   // of the next record
	Headers []string `json:"headers,omitempty"`
}

// Open reads a file from its start.
func Open(r io.Reader, layout Layout) *Reader { return Resume(r, layout, State{Line: 1}) }

// Resume reads on where a State was taken; r stands at the state's offset. The rows are those that the first reading would have
// answered.
func Resume(r io.Reader, layout Layout, state State) *Reader {
	rd := &Reader{
		source: source{r: r, encoding: layout.Encoding, offset: state.Offset}, layout: layout, delimiter: ',',
		columns: slices.Clone(layout.Headers), line: state.Line, begun: state.Offset > 0,
	}
	if layout.Encoding == "" {
		rd.source.encoding = UTF8
	}
	if layout.Delimiter != nil && len(*layout.Delimiter) == 1 {
		rd.delimiter = (*layout.Delimiter)[0]
	}
	if len(state.Headers) > 0 {
		rd.columns = slices.Clone(state.Headers)
	}
	rd.done = State{Offset: state.Offset, Line: state.Line}
	for _, c := range []byte{rd.delimiter, '"', '\n', '\r'} {
		rd.stop[c] = true
	}
	rd.indexColumns()
	return rd
}

// Headers are the columns' names known by now; the cells of a row are in their order.
func (r *Reader) Headers() []string { return r.columns }

// State is where the reading stands, after the last row or fault answered.
func (r *Reader) State() State {
	s := r.done
	s.Headers = append([]string(nil), r.columns...) // nil where there are none, as JSON brings it back
	return s
}

// Next answers the next row, or a *RowError for a record that cannot be read, with the row's place; the call after it goes on
// behind that record. io.EOF ends the file; any other error is the stream's own, or a *fault.Error of a header that cannot be read.
//
// Blank lines, and CSV rows whose cells are all blank, are passed over. A record ends at LF, CRLF or CR. A fault of quoting
// costs one line, not the rest of the file: reading goes on at the line after the one where the bad record began.
func (r *Reader) Next() (Row, error) {
	if !r.begun && r.failed == nil {
		r.failed = r.begin()
	}
	for r.failed == nil {
		row, err := r.record()
		bad, _ := err.(*RowError)
		if err != nil && bad == nil {
			r.failed = err
			break
		}
		row.EndOffset = r.source.offset
		r.done.Offset, r.done.Line = r.source.offset, r.line
		if err != nil || !r.blank {
			return row, err
		}
	}
	return Row{}, r.failed
}

// begin passes the byte order mark and the header record.
func (r *Reader) begin() error {
	for len(r.source.window()) < len(byteOrderMark) && r.source.more() {
	}
	if bytes.HasPrefix(r.source.window(), []byte(byteOrderMark)) {
		r.source.pass(len(byteOrderMark))
	}
	r.begun = true
	if r.layout.Format == JSONL || !r.layout.HasHeader {
		return nil
	}
	given := r.columns
	r.columns = nil // a header record has as many cells as it has
	row, err := r.record()
	for err == nil && r.blank {
		row, err = r.record()
	}
	r.columns = given
	bad, _ := err.(*RowError)
	switch {
	case err != nil && bad == nil:
		return err
	case len(given) > 0:
	case bad != nil:
		return fault.New(fault.BadUserInput, "The columns' names in line %d cannot be read. %s", bad.Line, bad.Message)
	case len(row.Cells) > MaxColumns:
		return fault.New(fault.BadUserInput, "The file has more than %d columns. Leave out those that are not needed.", MaxColumns)
	default:
		r.columns, _ = columnNames(row.Cells, row.Line)
	}
	return nil
}

// byteOrderMark is U+FEFF as UTF-8.
const byteOrderMark = "\uFEFF"

// record reads the next record: its row, without cells where it is blank, or why not. It passes the record unless the stream fails.
func (r *Reader) record() (Row, error) {
	row := Row{Line: r.line, Offset: r.source.offset}
	r.text, r.cells, r.breaks, r.blank, r.short = r.text[:0], r.cells[:0], 0, false, false
	n, code := 0, ""
	if r.layout.Format == JSONL {
		n = r.lineLength()
	} else {
		n, code = r.scan()
	}
	switch err := r.source.err; {
	case r.short && err != nil && !errors.Is(err, io.EOF):
		return Row{}, err
	case n == 0:
		return Row{}, io.EOF
	case n > MaxRecord:
		code = CodeUnterminatedQuote // where its first line is not too long by itself
	}
	if code != "" {
		return row, r.passLine(row.Line, code)
	}
	record := r.source.window()[:n]
	var bad *RowError
	if r.layout.Format == JSONL {
		bad = r.object(record, row.Line)
	} else {
		bad = r.checkCells(record, row.Line)
	}
	if bad == nil && !r.blank {
		row.Cells = r.copyCells()
	}
	r.source.pass(n)
	r.line += 1 + r.breaks
	if bad != nil {
		return row, bad
	}
	return row, nil
}

// columnName is what a column is called in messages, also where there is none of that number.
func (r *Reader) columnName(i int) string {
	if i < len(r.columns) {
		return r.columns[i]
	}
	return fmt.Sprintf("column_%d", i+1)
}

// copyCells takes the record's cells out of the reader's own buffer: two allocations, however many cells.
func (r *Reader) copyCells() []string {
	text := string(r.text)
	cells := make([]string, len(r.cells))
	for i, c := range r.cells {
		cells[i] = text[c.from:c.to]
	}
	return cells
}

// textFault is the code of a text that no cell may hold; empty where there is none.
func textFault(text []byte) string {
	switch {
	case bytes.IndexByte(text, 0) >= 0:
		return CodeNul
	case !utf8.Valid(text):
		return CodeInvalidEncoding
	}
	return ""
}

// messages are the sentences of faults that need no further words.
var messages = map[string]string{
	CodeStrayQuote:        `A quote stands inside an unquoted cell, or text follows a closing quote. Put the whole cell in quotes and double each quote inside it.`,
	CodeUnterminatedQuote: `A quote opens a cell in this line and is not closed where the cell ends. Close it, and double the quotes inside the cell.`,
	CodeLineTooLong:       `The line is longer than 1 MiB. Shorten it, or look for a missing line break.`,
	CodeNul:               `The text holds the character NUL (U+0000). Remove it.`,
	CodeInvalidEncoding:   `The text holds bytes that mean nothing in the file's encoding. Save the file as UTF-8, or name its encoding.`,
	CodeNotAnObject:       `The line is not a JSON object. Write one object such as {"email": "ann@example.com"} on each line.`,
}
