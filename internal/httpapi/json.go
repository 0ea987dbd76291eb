package httpapi

import (
	"fmt"
	"unicode/utf8"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// jsonReader reads one JSON text of a caller strictly: RFC 8259 and no more. encoding/json would take keys in any case, the last of
// two equal keys, lone surrogates as replacement characters and any depth; each of these has let two readers of one request
// see different things somewhere. It refuses them, and NUL, which no text column can hold. Numbers stay text.
type jsonReader struct {
	text []byte // valid UTF-8
	at   int
	left int // levels of nesting still allowed
}

// jsonFault refuses the text; the path is added on the way out.
func jsonFault(format string, args ...any) *fault.Error {
	return fault.New(fault.BadUserInput, format, args...)
}

// unexpected refuses what stands at the reader's place.
func (r *jsonReader) unexpected(want string) *fault.Error {
	if r.at >= len(r.text) {
		return jsonFault("The JSON ends where %s should stand.", want)
	}
	c, _ := utf8.DecodeRune(r.text[r.at:])
	return jsonFault("The JSON has %q at byte %d, where %s should stand.", c, r.at, want)
}

// space skips blanks and returns the next byte, 0 at the end.
func (r *jsonReader) space() byte {
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take skips blanks and one expected byte.
func (r *jsonReader) take(c byte, want string) *fault.Error {
	if r.space() != c {
		return r.unexpected(want)
	}
	r.at++
	return nil
}

// end refuses anything but blanks.
func (r *jsonReader) end() *fault.Error {
	if r.space(); r.at < len(r.text) {
		return r.unexpected("its end")
	}
	return nil
}

// value reads any value: map[string]any, []any, string, json.Number, bool or nil.
func (r *jsonReader) value() (any, *fault.Error) {
	switch c := r.space(); {
	case c == '{':
		return r.object()
	case c == '[':
		return r.array()
	case c == '"':
		s, err := r.str(nil)
		return string(s), err
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	case r.word("true"):
		return true, nil
	case r.word("false"):
		return false, nil
	case r.word("null"):
		return nil, nil
	}
	return nil, r.unexpected("a value")
}

func (r *jsonReader) word(w string) bool {
	if len(r.text)-r.at < len(w) || string(r.text[r.at:r.at+len(w)]) != w {
		return false
	}
	r.at += len(w)
	return true
}

// object reads an object's members into a map.
func (r *jsonReader) object() (map[string]any, *fault.Error) {
	m := map[string]any{}
	err := r.members(func(name []byte) *fault.Error {
		key := string(name)
		v, err := r.value()
		if err != nil {
			return err.Under(key)
		}
		if _, twice := m[key]; twice {
			return jsonFault("The JSON has the key %q twice in one object.", key).Under(key)
		}
		m[key] = v
		return nil
	})
	return m, err
}

// members calls read at the value of each member.
func (r *jsonReader) members(read func(name []byte) *fault.Error) *fault.Error {
	if err := r.enter('{', "an object"); err != nil {
		return err
	}
	defer func() { r.left++ }()
	if r.space() == '}' {
		r.at++
		return nil
	}
	for {
		if r.space() != '"' {
			return r.unexpected("a key in quotes")
		}
		name, err := r.str(nil)
		if err != nil {
			return err
		}
		if err := r.take(':', "a colon"); err != nil {
			return err
		}
		if err := read(name); err != nil {
			return err
		}
		if r.space() == '}' {
			r.at++
			return nil
		}
		if err := r.take(',', "a comma or a closing brace"); err != nil {
			return err
		}
	}
}

func (r *jsonReader) array() (any, *fault.Error) {
	if err := r.enter('[', "a list"); err != nil {
		return nil, err
	}
	defer func() { r.left++ }()
	list := []any{}
	if r.space() == ']' {
		r.at++
		return list, nil
	}
	for {
		v, err := r.value()
		if err != nil {
			return nil, err.Under(fmt.Sprintf("[%d]", len(list)))
		}
		list = append(list, v)
		if r.space() == ']' {
			r.at++
			return list, nil
		}
		if err := r.take(',', "a comma or a closing bracket"); err != nil {
			return nil, err
		}
	}
}

// enter opens an object or list.
func (r *jsonReader) enter(c byte, want string) *fault.Error {
	if err := r.take(c, want); err != nil {
		return err
	}
	if r.left == 0 {
		return fault.New(fault.DepthLimit, "The JSON is nested too deeply: make it flatter.")
	}
	r.left--
	return nil
}
