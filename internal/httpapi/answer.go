package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// The media types of answers.
const (
	typeJSON     = "application/json; charset=utf-8"
	typeResponse = "application/graphql-response+json; charset=utf-8"
)

// answer is what goes back to the caller.
type answer struct {
	media    string
	executed bool // there is a data entry
	stream   bool // the operation is prepared, and answered as a stream of events
	data     []byte
	errors   gqlerror.List
	status   int // of a request that was refused; 0 lets the code and the media type decide
	cost     *costReport
}

// costReport is extensions.cost.
type costReport struct {
	requested, actual int
	throttle          *auth.Throttle // nil where no limit is set
}

// write sends the answer.
func (a *answer) write(w http.ResponseWriter, b *buffers, limits *Limits) (status int, code string) {
	code, status = "OK", http.StatusOK
	if len(a.errors) > 0 {
		first := faultIn(a.errors[0])
		code, status = string(first.Code), a.statusFor(first)
		if first.RetryAfter > 0 && status != http.StatusOK {
			w.Header().Set("Retry-After", strconv.FormatInt((milliseconds(first.RetryAfter)+999)/1000, 10))
		}
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
	}
	out := append(a.append(b.answer[:0], limits), '\n')
	b.answer = out
	header := w.Header()
	header.Set("Content-Type", a.media)
	header.Set("Content-Length", strconv.Itoa(len(out)))
	w.WriteHeader(status)
	_, _ = w.Write(out) // a caller who has gone needs no answer
	return status, code
}

// append adds the answer as JSON. data is copied once, as it is.
func (a *answer) append(out []byte, limits *Limits) []byte {
	out = append(out, '{')
	if a.executed {
		out = append(out, `"data":`...)
		if len(a.data) == 0 {
			out = append(out, "null"...)
		} else {
			out = append(out, a.data...)
		}
	}
	if len(a.errors) > 0 {
		out = appendErrors(out, a.errors, limits)
	}
	if a.cost != nil {
		out = a.cost.append(out)
	}
	return append(out, '}')
}

// statusFor decides the status by what was refused and in which media type. application/json promises 200 to every well-formed
// request, whatever its document deserved; callers of application/graphql-response+json want to see it in the status. Where
// a proxy or a retry depends on the status it is the real one in both.
func (a *answer) statusFor(first *fault.Error) int {
	status := statusOf(first.Code)
	switch {
	case a.status != 0:
		return a.status
	case a.executed:
		if a.isNull() && status == http.StatusServiceUnavailable {
			return status
		}
		return http.StatusOK
	case a.media == typeJSON && status == http.StatusBadRequest:
		return http.StatusOK
	}
	return status
}

func (a *answer) isNull() bool { return len(a.data) == 0 || string(a.data) == "null" }

// appendErrors adds the errors entry; those that would exceed the bounds are left out.
func appendErrors(out []byte, errors gqlerror.List, limits *Limits) []byte {
	if out[len(out)-1] != '{' {
		out = append(out, ',')
	}
	out = append(out, `"errors":[`...)
	from := len(out)
	for i, e := range errors[:min(len(errors), limits.Errors)] {
		text, err := json.Marshal(e)
		if err != nil { // an extension that is no JSON: our fault, and no reason to say nothing
			text, _ = json.Marshal(&gqlerror.Error{Message: e.Message, Path: e.Path})
		}
		if i > 0 && len(out)-from+len(text) >= limits.ErrorBytes {
			break
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, text...)
	}
	return append(out, ']')
}

// append adds the extensions entry.
func (c *costReport) append(out []byte) []byte {
	if out[len(out)-1] != '{' {
		out = append(out, ',')
	}
	out = append(out, `"extensions":{"cost":{"requested":`...)
	out = strconv.AppendInt(out, int64(c.requested), 10)
	out = append(out, `,"actual":`...)
	out = strconv.AppendInt(out, int64(c.actual), 10)
	if c.throttle != nil {
		out = append(out, `,"throttle":{"maximumAvailable":`...)
		out = strconv.AppendInt(out, int64(c.throttle.MaximumAvailable), 10)
		out = append(out, `,"currentlyAvailable":`...)
		out = strconv.AppendInt(out, int64(c.throttle.CurrentlyAvailable), 10)
		out = append(out, `,"restoreRate":`...)
		out = strconv.AppendInt(out, int64(c.throttle.RestoreRate), 10)
		out = append(out, '}')
	}
	return append(out, '}', '}')
}

// faultIn is the fault that an answer's error was made from.
func faultIn(e *gqlerror.Error) *fault.Error {
	if f := fault.As(e); f != nil {
		return f
	}
	return internal()
}
