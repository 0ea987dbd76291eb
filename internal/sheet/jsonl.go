package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// indexColumns makes the look-up of columns by key.
func (r *Reader) indexColumns() {
	if r.layout.Format != JSONL {
		return
	}
	r.index = make(map[string]int, len(r.columns))
	for i, name := range r.columns {
		r.index[name] = i
	}
	r.stamp = make([]int, len(r.columns))
}

// object reads a line of JSON Lines into cells, one for each column; keys that are new become columns, unless the line is at
// fault. Numbers and booleans are kept as they are written. A blank line is left without cells.
func (r *Reader) object(record []byte, line int) *RowError {
	text := bytes.Trim(record, " \t\r\n")
	if len(text) == 0 {
		r.blank = true
		return nil
	}
	code := textFault(text)
	switch {
	case code != "":
	case !json.Valid(text):
		return &RowError{Line: line, Code: CodeInvalidJSON, Value: excerpt(text),
			Message: "The line is not valid JSON" + whereInvalid(text) + " Write one object on each line."}
	case text[0] != '{':
		code = CodeNotAnObject
	}
	if code != "" {
		return &RowError{Line: line, Code: code, Message: messages[code], Value: excerpt(text)}
	}
	had := len(r.columns)
	for range r.columns {
		r.cells = append(r.cells, span{})
	}
	for w := (walker{text: text, i: 1}); w.next(); {
		if bad := r.pair(w.key, w.value, line); bad != nil {
			r.forget(had)
			return bad
		}
	}
	return nil
}

// whereInvalid is the place and reason of a fault of JSON, as the rest of a sentence.
func whereInvalid(text []byte) string {
	var whole json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal(text, &whole); errors.As(err, &syntax) {
		return fmt.Sprintf(" (byte %d: %s).", syntax.Offset, syntax.Error())
	}
	return "."
}

// forget takes back the columns that a faulty line brought.
func (r *Reader) forget(had int) {
	for _, name := range r.columns[had:] {
		delete(r.index, name)
	}
	r.columns, r.stamp = r.columns[:had], r.stamp[:had]
}

// pair puts one value of an object into its cell, or says why it cannot.
func (r *Reader) pair(key, value []byte, line int) *RowError {
	name, code := appendString(r.key[:0], key)
	r.key = name
	column, known := r.index[string(name)]
	message := messages[code]
	switch {
	case code != "":
	case len(name) == 0 || len(name) > MaxName:
		code, message = CodeBadKey, fmt.Sprintf("A key has from 1 to %d bytes. Name or shorten it.", MaxName)
	case known && r.stamp[column] == line:
		code, message = CodeDuplicateKey, fmt.Sprintf("The key %q stands twice in the object. Keep one of them.", name)
	case value[0] == '{' || value[0] == '[':
		code, message = CodeNestedValue, fmt.Sprintf(
			"The value of %q is a list or an object. Write texts, numbers, booleans or null, each under a key of its own.", name)
	case !known && len(r.columns) >= MaxColumns:
		code, message = CodeTooManyColumns, fmt.Sprintf("The file has more than %d different keys. Leave out those that are not needed.", MaxColumns)
	}
	if code == "" {
		if !known {
			column = r.addColumn(string(name))
		}
		from := len(r.text)
		switch {
		case value[0] == '"':
			r.text, code = appendString(r.text, value)
			message = messages[code]
		case value[0] != 'n': // null is no value
			r.text = append(r.text, value...)
		}
		r.stamp[column] = line
		r.cells[column] = span{from, len(r.text)}
	}
	if code == "" {
		return nil
	}
	return &RowError{Line: line, Column: excerpt(name), Code: code, Message: message, Value: excerpt(value)}
}

// addColumn takes up a key that was not there before.
func (r *Reader) addColumn(name string) int {
	r.index[name] = len(r.columns)
	r.columns = append(r.columns, name)
	r.stamp = append(r.stamp, 0)
	r.cells = append(r.cells, span{})
	return len(r.columns) - 1
}

// appendString appends what a JSON string means, or answers the code of what no cell may hold.
func appendString(to, quoted []byte) ([]byte, string) {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return append(to, inner...), ""
	}
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		return to, CodeInvalidJSON
	}
	if code := textFault([]byte(s)); code != "" {
		return to, code
	}
	// Half of an escaped UTF-16 pair is answered as U+FFFD; one that the file holds itself is fine.
	written := bytes.Count(quoted, []byte(string(utf8.RuneError))) + bytes.Count(bytes.ToLower(quoted), []byte(`\ufffd`))
	if bytes.Count([]byte(s), []byte(string(utf8.RuneError))) > written {
		return to, CodeInvalidEncoding
	}
	return append(to, s...), ""
}

// walker goes through the pairs of a JSON object that is known to be valid.
type walker struct {
	text       []byte
	i          int
	key, value []byte // as written
}

// next finds the next pair; false at the object's end.
func (w *walker) next() bool {
	w.space()
	if w.text[w.i] == ',' {
		w.i++
		w.space()
	}
	if w.text[w.i] != '"' {
		return false
	}
	w.key = w.string()
	w.space()
	w.i++ // the colon
	w.space()
	switch from := w.i; w.text[w.i] {
	case '"':
		w.value = w.string()
	case '{', '[': // refused, so its end does not matter
		w.value = w.text[from:]
	default:
		for !slices.Contains([]byte(",} \t\r\n"), w.text[w.i]) {
			w.i++
		}
		w.value = w.text[from:w.i]
	}
	return true
}

func (w *walker) space() {
	for w.text[w.i] == ' ' || w.text[w.i] == '\t' || w.text[w.i] == '\n' || w.text[w.i] == '\r' {
		w.i++
	}
}

func (w *walker) string() []byte {
	from := w.i
	for w.i++; w.text[w.i] != '"'; w.i++ {
		if w.text[w.i] == '\\' {
			w.i++
		}
	}
	w.i++
	return w.text[from:w.i]
}
