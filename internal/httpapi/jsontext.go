package httpapi

import (
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// number checks RFC 8259's grammar and keeps the digits.
func (r *jsonReader) number() (any, *fault.Error) {
	from := r.at
	if r.text[r.at] == '-' {
		r.at++
	}
	zero := r.at < len(r.text) && r.text[r.at] == '0'
	if n := r.digits(); n == 0 || zero && n > 1 {
		return nil, jsonFault("The JSON has a malformed number at byte %d.", from)
	}
	if r.at < len(r.text) && r.text[r.at] == '.' {
		if r.at++; r.digits() == 0 {
			return nil, jsonFault("The JSON has a malformed number at byte %d.", from)
		}
	}
	if r.at < len(r.text) && r.text[r.at]|0x20 == 'e' {
		if r.at++; r.at < len(r.text) && (r.text[r.at] == '+' || r.text[r.at] == '-') {
			r.at++
		}
		if r.digits() == 0 {
			return nil, jsonFault("The JSON has a malformed number at byte %d.", from)
		}
	}
	return json.Number(r.text[from:r.at]), nil
}

func (r *jsonReader) digits() int {
	from := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	return r.at - from
}

// str reads a string at its opening quote. Without escapes the answer is a part of the text itself; else it is appended to buf.
func (r *jsonReader) str(buf []byte) ([]byte, *fault.Error) {
	r.at++
	from, escaped := r.at, false
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '"':
			part := r.text[from:r.at]
			r.at++
			if escaped {
				part = append(buf, part...)
			}
			return part, nil
		case c == '\\':
			escaped = true
			buf = append(buf, r.text[from:r.at]...)
			var err *fault.Error
			if buf, err = r.escape(buf); err != nil {
				return nil, err
			}
			from = r.at
		case c < 0x20:
			return nil, jsonFault("The JSON has a bare control character in a string at byte %d: escape it.", r.at)
		default:
			r.at++
		}
	}
	return nil, jsonFault("The JSON ends within a string.")
}

// escape appends what a backslash and its letters stand for.
func (r *jsonReader) escape(buf []byte) ([]byte, *fault.Error) {
	const short, plain = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if r.at+1 < len(r.text) {
		for i := range len(short) {
			if r.text[r.at+1] == short[i] {
				r.at += 2
				return append(buf, plain[i]), nil
			}
		}
	}
	c, ok := hex4(r.text, r.at)
	if !ok {
		return nil, jsonFault("The JSON has an unknown escape at byte %d.", r.at)
	}
	r.at += 6
	if utf16.IsSurrogate(c) {
		second, ok := hex4(r.text, r.at)
		if c = utf16.DecodeRune(c, second); !ok || c == utf8.RuneError {
			return nil, jsonFault("The JSON has half a surrogate pair at byte %d: it stands for no character.", r.at-6)
		}
		r.at += 6
	}
	if c == 0 {
		return nil, jsonFault("A text has the character NUL, which cannot be stored: leave it out.")
	}
	return utf8.AppendRune(buf, c), nil
}

// hex4 reads \uXXXX at a place.
func hex4(text []byte, at int) (rune, bool) {
	if len(text)-at < 6 || text[at] != '\\' || text[at+1] != 'u' {
		return 0, false
	}
	var c rune
	for _, h := range text[at+2 : at+6] {
		switch {
		case h >= '0' && h <= '9':
			c = c<<4 | rune(h-'0')
		case h|0x20 >= 'a' && h|0x20 <= 'f':
			c = c<<4 | rune(h|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return c, true
}
