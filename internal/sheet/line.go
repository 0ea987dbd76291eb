package sheet

import (
	"bytes"
	"errors"
	"io"
)

// at looks at a byte of the window, reading on as far as one record may reach.
func (r *Reader) at(i int) (byte, bool) {
	for i >= len(r.source.window()) {
		if len(r.source.window()) > MaxRecord || !r.source.more() {
			r.short = true
			return 0, false
		}
	}
	return r.source.window()[i], true
}

// lineLength is the length of the line at the window's start with its line end; over MaxRecord where it is too long.
func (r *Reader) lineLength() int {
	for i := 0; ; {
		if end := lineEnd(r.source.window()[i:]); end >= 0 {
			return r.pastLineEnd(i + end)
		}
		i = len(r.source.window())
		if _, ok := r.at(i); !ok {
			return i
		}
	}
}

// pastLineEnd is the place behind the LF, CRLF or CR at i.
func (r *Reader) pastLineEnd(i int) int {
	if r.source.window()[i] == '\r' {
		if c, ok := r.at(i + 1); ok && c == '\n' {
			return i + 2
		}
	}
	return i + 1
}

// passLine passes the line at the window's start, however long it is, and answers what is wrong with its record.
func (r *Reader) passLine(line int, code string) error {
	for len(r.source.window()) <= MaxExcerpt && lineEnd(r.source.window()) < 0 && r.source.more() {
	}
	bad := &RowError{Line: line, Column: r.openColumn(), Code: code}
	if end := lineEnd(r.source.window()); end >= 0 {
		bad.Value = excerpt(r.source.window()[:end])
	} else {
		bad.Value = excerpt(r.source.window())
	}
	passed := 0
	for {
		end := lineEnd(r.source.window())
		if end >= 0 {
			for end+1 >= len(r.source.window()) && r.source.more() { // an LF may follow the CR
			}
			end = r.pastLineEnd(end)
			passed += end
			r.source.pass(end)
			break
		}
		passed += len(r.source.window())
		r.source.pass(len(r.source.window()))
		if !r.source.more() {
			break
		}
	}
	if err := r.source.err; err != nil && !errors.Is(err, io.EOF) && len(r.source.window()) == 0 {
		return err
	}
	if passed > MaxRecord {
		bad.Code, bad.Column = CodeLineTooLong, ""
	}
	r.line++
	bad.Message = messages[bad.Code]
	return bad
}

// openColumn is the column that a fault of quoting is in: the one that the record's first line ends in, or else the last one.
func (r *Reader) openColumn() string {
	for i, c := range r.cells {
		if i == len(r.cells)-1 || lineEnd(r.text[c.from:c.to]) >= 0 {
			return r.columnName(i)
		}
	}
	return ""
}

// lineEnd is the place of the first LF or CR; -1 where there is none.
func lineEnd(text []byte) int {
	lf := bytes.IndexByte(text, '\n')
	if lf >= 0 {
		text = text[:lf]
	}
	if cr := bytes.IndexByte(text, '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// lineBreaks counts LF, CRLF and CR.
func lineBreaks(text []byte) int {
	n := bytes.Count(text, []byte{'\n'})
	if cr := bytes.Count(text, []byte{'\r'}); cr > 0 {
		n += cr - bytes.Count(text, []byte("\r\n"))
	}
	return n
}
