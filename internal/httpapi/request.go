package httpapi

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// request is one GraphQL request, whatever transport it came by.
type request struct {
	query      []byte // valid UTF-8 without NUL; belongs to the buffers that the request was read into
	operation  string
	variables  map[string]any // numbers as json.Number
	extensions map[string]any
}

// buffers are what a request is read into and its answer written from; they are used again.
type buffers struct{ body, query, data, answer []byte }

var pool = sync.Pool{New: func() any { return &buffers{body: make([]byte, 0, 4<<10), answer: make([]byte, 0, 16<<10)} }}

// maxPooled is the largest buffer kept: one big request must not cost its memory for ever.
const maxPooled = 128 << 10

func (b *buffers) release() {
	if cap(b.body) <= maxPooled && cap(b.query) <= maxPooled && cap(b.data) <= maxPooled && cap(b.answer) <= maxPooled {
		pool.Put(b)
	}
}

// readPOST reads a request from a JSON body.
func (e *engine) readPOST(w http.ResponseWriter, r *http.Request, b *buffers) (request, *fault.Error) {
	limit := e.config.Limits.Body
	tooLarge := func() (request, *fault.Error) {
		w.Header().Set("Connection", "close") // so that the server does not read the rest
		return request{}, fault.New(fault.BodyTooLarge, "The body is over %d KiB: send several requests.", limit>>10)
	}
	if r.ContentLength > int64(limit) {
		return tooLarge()
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(e.config.Timeout)) // not supported by test recorders, which need none
	body, err := readAll(r.Body, b.body[:0], limit+1)
	b.body = body
	switch { // the deadline stays where the server will still look for the body's end before it closes the connection
	case len(body) > limit:
		return tooLarge()
	case err != nil:
		w.Header().Set("Connection", "close")
		return request{}, jsonFault("The body did not arrive whole within %s.", e.config.Timeout)
	}
	_ = control.SetReadDeadline(time.Time{})
	switch {
	case len(body) == 0:
		return request{}, jsonFault("The body is empty. Send a JSON object with the key query.")
	case !utf8.Valid(body):
		return request{}, jsonFault("The body is not valid UTF-8.")
	}
	return e.readJSON(b)
}

// readAll reads up to max bytes into a buffer that it grows as needed.
func readAll(r io.Reader, buf []byte, max int) ([]byte, error) {
	for len(buf) < max {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):min(cap(buf), max)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
	return buf, nil
}

// readJSON reads the body's object.
func (e *engine) readJSON(b *buffers) (request, *fault.Error) {
	var q request
	in := jsonReader{text: b.body, left: e.config.Limits.JSON}
	if in.space() == '[' {
		return q, jsonFault("Batches are not served: send each operation in a request of its own.")
	}
	seen := map[string]bool{}
	err := in.members(func(name []byte) *fault.Error {
		key := string(name)
		known, err := q.member(&in, key, b)
		if err == nil && known && seen[key] {
			err = jsonFault("The JSON has the key %q twice in one object.", key)
		}
		if err != nil {
			return err.Under(key)
		}
		seen[key] = known
		return nil
	})
	if err == nil {
		err = in.end()
	}
	return q, err
}

// member reads one member of the body's object. Keys other than the four are left alone, as the protocol says.
func (q *request) member(in *jsonReader, key string, b *buffers) (known bool, err *fault.Error) {
	switch key {
	case "query":
		if in.space() != '"' {
			return true, in.null("query must be a text.")
		}
		text, err := in.str(b.query[:0])
		b.query = append(b.query[:0], text...) // a copy: without escapes the text is still a part of the body
		q.query = b.query
		return true, err
	case "operationName":
		if in.space() != '"' {
			return true, in.null("operationName must be a text or null.")
		}
		name, err := in.str(nil)
		q.operation = string(name)
		return true, err
	case "variables":
		q.variables, err = in.mapOrNull(key)
	case "extensions":
		q.extensions, err = in.mapOrNull(key)
	default:
		_, err = in.value()
		return false, err
	}
	return true, err
}

// null takes the word null, or refuses what stands in its place.
func (r *jsonReader) null(want string) *fault.Error {
	if r.word("null") {
		return nil
	}
	return jsonFault("%s", want)
}

// mapOrNull reads an object or null.
func (r *jsonReader) mapOrNull(name string) (map[string]any, *fault.Error) {
	if r.space() == '{' {
		return r.object()
	}
	return nil, r.null(name + " must be an object or null.")
}

// readGET reads a request from the URL's parameters.
func (e *engine) readGET(r *http.Request, b *buffers) (request, *fault.Error) {
	var q request
	params, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return q, jsonFault("The URL's parameters are not well-formed: check the percent-encoding.")
	}
	for _, name := range []string{"query", "operationName", "variables", "extensions"} {
		values := params[name]
		if len(values) == 0 {
			continue
		}
		text := values[0]
		switch {
		case len(values) > 1:
			return q, fault.Input(name, "The parameter %s is given %d times: give it once.", name, len(values))
		case !utf8.ValidString(text):
			return q, fault.Input(name, "The parameter %s is not valid UTF-8.", name)
		case strings.IndexByte(text, 0) >= 0:
			return q, fault.Input(name, "The parameter %s has the character NUL, which cannot be stored: leave it out.", name)
		}
		var f *fault.Error
		switch name {
		case "query":
			b.query = append(b.query[:0], text...)
			q.query = b.query
		case "operationName":
			q.operation = text
		case "variables":
			q.variables, f = e.parameter(name, text)
		case "extensions":
			q.extensions, f = e.parameter(name, text)
		}
		if f != nil {
			return q, f.Under(name)
		}
	}
	return q, nil
}

// parameter reads a JSON object out of one URL parameter; an empty one is none.
func (e *engine) parameter(name, text string) (map[string]any, *fault.Error) {
	if text == "" {
		return nil, nil
	}
	in := jsonReader{text: []byte(text), left: e.config.Limits.JSON}
	m, err := in.mapOrNull(name)
	if err == nil {
		err = in.end()
	}
	return m, err
}
