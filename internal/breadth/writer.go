package breadth

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

// Writer is the answer as far as it is written.
type Writer struct {
	// Buf is the text; scalars with AppendGQL append to it.
	Buf []byte

	null   bool  // the value written last is null
	failed error // why it is
}

// Write takes text from what knows only io.Writer.
func (w *Writer) Write(b []byte) (int, error) {
	w.Buf = append(w.Buf, b...)
	return len(b), nil
}

// WriteString is Write for strings.
func (w *Writer) WriteString(s string) (int, error) {
	w.Buf = append(w.Buf, s...)
	return len(s), nil
}

// Null writes null.
func (w *Writer) Null() {
	w.Buf = append(w.Buf, "null"...)
	w.null = true
}

// fail writes null for a value that cannot be written.
func (w *Writer) fail(err error) {
	w.Null()
	if w.failed == nil {
		w.failed = err
	}
}

// String writes a text, or an enum's name.
func (w *Writer) String(s string) {
	w.Buf = append(w.Buf, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			continue
		}
		if c >= utf8.RuneSelf {
			if r, n := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || n > 1 {
				i += n - 1
				continue
			}
		}
		w.Buf = append(w.Buf, s[from:i]...)
		w.Buf = escaped(w.Buf, c)
		from = i + 1
	}
	w.Buf = append(append(w.Buf, s[from:]...), '"')
}

// escaped adds a byte that cannot stand in JSON as it is.
func escaped(b []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	switch c {
	case '\t':
		return append(b, `\t`...)
	case '\r':
		return append(b, `\r`...)
	case '\n':
		return append(b, `\n`...)
	case '\\', '"':
		return append(b, '\\', c)
	}
	if c >= utf8.RuneSelf { // no UTF-8
		return append(b, `\uFFFD`...)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// Int writes a whole number.
func (w *Writer) Int(n int64) { w.Buf = strconv.AppendInt(w.Buf, n, 10) }

// Uint writes a whole number from 0 on.
func (w *Writer) Uint(n uint64) { w.Buf = strconv.AppendUint(w.Buf, n, 10) }

// Bool writes true or false.
func (w *Writer) Bool(b bool) { w.Buf = strconv.AppendBool(w.Buf, b) }

// Float writes a number; JSON has none for infinity and NaN.
func (w *Writer) Float(f float64) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		w.fail(errNotFinite)
		return
	}
	w.Buf = strconv.AppendFloat(w.Buf, f, 'g', -1, 64)
}

// Marshal writes what a scalar's Marshal function made.
func (w *Writer) Marshal(m graphql.Marshaler) {
	if m == graphql.Null {
		w.Null()
		return
	}
	m.MarshalGQL(w)
}

// WriteList writes a list of scalars; a null element where none may be makes the list null.
func WriteList[T any](nonNull bool, write func(*Writer, T)) func(*Writer, []T) {
	return func(w *Writer, v []T) {
		start, missing := len(w.Buf), false
		w.Buf = append(w.Buf, '[')
		for i, one := range v {
			if i > 0 {
				w.Buf = append(w.Buf, ',')
			}
			w.null = false
			write(w, one)
			missing = missing || w.null && nonNull
		}
		w.Buf = append(w.Buf, ']')
		if w.null = missing; missing {
			w.Buf = w.Buf[:start]
			w.fail(errNull)
		}
	}
}

// WriteNullableList is WriteList where a nil slice is null.
func WriteNullableList[T any](nonNull bool, write func(*Writer, T)) func(*Writer, []T) {
	list := WriteList(nonNull, write)
	return func(w *Writer, v []T) {
		if v == nil {
			w.Null()
			return
		}
		list(w, v)
	}
}

// WritePointer writes a scalar that is known by pointer.
func WritePointer[T any](write func(*Writer, T)) func(*Writer, *T) {
	return func(w *Writer, v *T) {
		if v == nil {
			w.Null()
			return
		}
		write(w, *v)
	}
}

// Get is a field's Write, made of an accessor.
func Get[P, R any](get func(P) R, write func(*Writer, R)) func(*Writer, any) {
	return func(w *Writer, parent any) { write(w, get(parent.(P))) }
}
