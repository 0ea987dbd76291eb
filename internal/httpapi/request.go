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
type buffers struct{ body, query, answer []byte }

var pool = sync.Pool{New: func() any { return &buffers{body: make([]byte, 0, 4<<10), answer: make([]byte, 0, 16<<10)} }}

// maxPooled is the largest buffer kept: one big request must not cost its memory for ever.
const maxPooled = 128 << 10

func (b *buffers) release() {
	if cap(b.body) <= maxPooled && cap(b.query) <= maxPooled && cap(b.answer) <= maxPooled {
		pool.Put(b)
	}
}

// readPOST reads a request from a JSON body.
func (e *engine) readPOST(w http.ResponseWriter, r *http.Request, b *buffers) (request, *fault.Error) {
	limit := e.config.Limits.Body
	tooLarge := func() (request, *fault.Error) {
		w.Header().Set("Connection", "close") // so that the server does not read the rest
		return request{}, fault.New(fault.BodyTooLarge, "The body is over %d KiB. Use variables in place of long literals, or several requests.", limit>>10)
	}
	if r.ContentLength > int64(limit) {
		return tooLarge()
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(e.config.Timeout)) // not supported by test recorders, which need none
	body, err := readAll(r.Body, b.body[:0], limit+1)
	_ = control.SetReadDeadline(time.Time{})
	b.body = body
	switch {
	case len(body) > limit:
		return tooLarge()
	case err != nil:
		w.Header().Set("Connection", "close")
		return request{}, jsonFault("The body did not arrive whole within %s.", e.config.Timeout)
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

// readJSON reads the body's object. Keys other than the four are left alone, as the protocol says.
func (e *engine) readJSON(b *buffers) (request, *fault.Error) {
	var q request
	in := jsonReader{text: b.body, left: e.config.Limits.JSON}
	if in.space() == '[' {
		return q, jsonFault("Batches are not served: send each operation in a request of its own.")
	}
	var seen [4]bool
	err := in.members(func(name []byte) (err *fault.Error) {
		i := -1
		switch string(name) {
		case "query":
			i = 0
			if in.space() == '"' {
				if q.query, err = in.str(b.query[:0]); err == nil && cap(q.query) > cap(b.query) {
					b.query = q.query
				}
			} else if !in.word("null") {
				err = jsonFault("query must be a text.")
			}
		case "operationName":
			i = 1
			var v any
			if v, err = in.value(); err == nil && v != nil {
				var ok bool
				if q.operation, ok = v.(string); !ok {
					err = jsonFault("operationName must be a text or null.")
				}
			}
		case "variables":
			i = 2
			q.variables, err = in.mapOrNull("variables")
		case "extensions":
			i = 3
			q.extensions, err = in.mapOrNull("extensions")
		default:
			_, err = in.value()
			return err
		}
		if err == nil && seen[i] {
			err = jsonFault("The JSON has the key %q twice in one object.", name)
		}
		seen[i] = true
		if err != nil {
			err = err.Under(string(name))
		}
		return err
	})
	if err == nil {
		err = in.end()
	}
	return q, err
}

// mapOrNull reads an object or null.
func (r *jsonReader) mapOrNull(name string) (map[string]any, *fault.Error) {
	switch {
	case r.space() == '{':
		return r.object()
	case r.word("null"):
		return nil, nil
	}
	return nil, jsonFault("%s must be an object or null.", name)
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
