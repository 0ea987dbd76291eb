package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// message is one of graphql-transport-ws.
type message struct {
	ID      *string         `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// message takes one of the peer's.
func (s *socket) message(text []byte) {
	var m message
	if s.ending() {
		return
	}
	if !utf8.Valid(text) || json.Unmarshal(text, &m) != nil {
		s.end(closeBad, "The message is no JSON object of the protocol.")
		return
	}
	switch m.Type {
	case "connection_init":
		s.greet(m.Payload)
	case "ping":
		s.text(append(append([]byte(`{"type":"pong"`), member("payload", m.Payload)...), '}'))
	case "pong":
	case "subscribe":
		s.subscribe(m)
	case "complete":
		if m.ID != nil {
			if op := s.take(*m.ID); op != nil {
				s.stop(op)
			}
		}
	default:
		s.end(closeBad, "The message is of no type of the protocol.")
	}
}

func (s *socket) ending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// member is one more member of an object; empty without a value.
func member(name string, value []byte) []byte {
	if len(value) == 0 {
		return nil
	}
	var b bytes.Buffer
	b.WriteString(`,"` + name + `":`)
	_ = json.Compact(&b, value) // it was read from JSON
	return b.Bytes()
}

// greet reads the credentials, from the payload or from the request's headers.
func (s *socket) greet(payload []byte) {
	s.mu.Lock()
	again := s.asked
	s.asked = true
	s.mu.Unlock()
	if again {
		s.end(closeAgain, "Too many initialisation requests")
		return
	}
	if !s.credentials(payload) {
		s.end(closeBad, "The payload of connection_init is an object, with the credentials as a text in Authorization, token or apiKey.")
		return
	}
	ctx, cancel := context.WithTimeout(s.live.ctx, s.live.engine.config.Timeout)
	defer cancel()
	viewer, err := s.viewer(ctx)
	switch f := fault.As(err); {
	case err != nil && (f == nil || f.Retryable):
		s.end(closeBusy, "Who you are cannot be told for the moment: connect again.")
		return
	case err != nil || !viewer.Signed():
		s.end(closeUnauthorized, "Unauthorized: send a token or an API key.")
		return
	}
	s.link = link{viewer: viewer, again: s.viewer, end: s.end, idle: s.idle}
	if refused := s.live.open(&s.link); refused != nil {
		s.end(closeBusy, refused.Message)
		return
	}
	s.mu.Lock()
	s.known = true
	s.mu.Unlock()
	s.text([]byte(`{"type":"connection_ack"}`))
}

// credentials takes them from a payload, where it has some.
func (s *socket) credentials(payload []byte) bool {
	if len(payload) == 0 || string(payload) == "null" {
		return true
	}
	var given map[string]json.RawMessage
	if json.Unmarshal(payload, &given) != nil {
		return false
	}
	for _, name := range []string{"Authorization", "authorization", "token", "apiKey"} {
		var text string
		switch value := given[name]; {
		case value == nil || string(value) == "null":
			continue
		case json.Unmarshal(value, &text) != nil:
			return false
		}
		if name == "token" || name == "apiKey" {
			text = "Bearer " + text
		}
		s.header["Authorization"] = []string{text}
		return true
	}
	return true
}

// viewer asks who the caller is.
func (s *socket) viewer(ctx context.Context) (*auth.Viewer, error) {
	return s.live.authenticate(ctx, s.header, &auth.Viewer{RequestID: s.requestID, RemoteAddr: s.address})
}

// subscribe begins an operation of any kind.
func (s *socket) subscribe(m message) {
	s.mu.Lock()
	known, n := s.known, len(s.ops)
	_, twice := s.ops[text(m.ID)]
	s.mu.Unlock()
	switch {
	case m.ID == nil || *m.ID == "" || len(*m.ID) > 256 || len(m.Payload) == 0 || m.Payload[0] != '{':
		s.end(closeBad, "A subscribe message has an id and a payload.")
	case !known:
		s.end(closeUnauthorized, "Unauthorized: send connection_init, and wait for connection_ack.")
	case twice:
		s.end(closeDuplicate, "Subscriber for "+*m.ID+" already exists")
	case n >= s.live.engine.config.Limits.Subscriptions:
		s.refuse(*m.ID, fault.New(fault.SubscriptionLimit, "There are %d operations on this connection, the most that it may have: end some.", n))
	default:
		ctx, cancel := context.WithCancel(s.live.ctx)
		op := &running{cancel: cancel}
		s.mu.Lock()
		s.ops[*m.ID] = op
		s.mu.Unlock()
		s.live.spawn(func() { s.run(ctx, *m.ID, op, m.Payload) })
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// take takes an operation out of those under way; nil where it is none of them.
func (s *socket) take(id string) *running {
	s.mu.Lock()
	defer s.mu.Unlock()
	op := s.ops[id]
	delete(s.ops, id)
	return op
}

// run runs an operation: a query or mutation to its end, a subscription until it has joined its group.
func (s *socket) run(ctx context.Context, id string, op *running, payload []byte) {
	c, e := &call{engine: s.live.engine, viewer: s.link.viewer}, s.live.engine
	end, began, o := e.config.Observe(), time.Now(), Observation{Status: http.StatusOK, Code: "OK"}
	defer func() {
		o.Operation, o.Cached, o.Took = string(c.kind()), c.cached, time.Since(began)
		end(o)
	}()
	if !s.prepare(ctx, c, payload) {
		o.Code = string(faultIn(c.refusals[0]).Code)
		if s.take(id) != nil {
			s.errors(id, c.refusals)
		}
		return
	}
	if c.kind() == ast.Subscription {
		s.follow(id, op, c)
		return
	}
	s.mu.Lock()
	op.once = true
	s.mu.Unlock()
	a := answer{executed: true}
	a.data, a.errors = e.execute(ctx, c)
	a.cost = c.cost
	if len(a.errors) > 0 {
		o.Code = string(faultIn(a.errors[0]).Code)
	}
	if s.take(id) != nil { // the caller still wants it
		s.text(appendNext(nil, quoted(id), a.append(nil, &e.config.Limits)))
		s.complete(id)
	}
}

// prepare does all that comes before execution.
func (s *socket) prepare(ctx context.Context, c *call, payload []byte) bool {
	b := pool.Get().(*buffers)
	defer b.release()
	viewer, err := s.viewer(ctx)
	if err != nil {
		return c.refuse(&problem{fault: c.faultOf(ctx, err, nil, "")})
	}
	c.viewer = viewer
	b.body = append(b.body[:0], payload...)
	q, f := c.engine.readJSON(b)
	switch {
	case f != nil:
		return c.refuse(&problem{fault: f})
	case len(q.query) == 0:
		return c.refuse(&problem{fault: fault.Input("query", "The payload has no query: send the document as a text.")})
	case !c.engine.open(c, q):
		return false
	case c.kind() == ast.Subscription && c.engine.config.Subscribe == nil:
		return c.refuse(&problem{fault: unserved()})
	}
	return c.engine.prepare(c, q, http.Header{})
}

// follow begins a subscription.
func (s *socket) follow(id string, op *running, c *call) {
	if refused := s.live.enter(s.link.viewer); refused != nil {
		if s.take(id) != nil {
			s.refuse(id, refused)
		}
		return
	}
	sub := &subscription{id: id, quoted: quoted(id), call: c, outlet: s}
	s.mu.Lock()
	wanted := s.ops[id] == op
	if wanted {
		op.sub = sub
	}
	s.mu.Unlock()
	if !wanted { // it was ended, or the connection was
		s.live.leave(s.link.viewer)
		return
	}
	s.live.subscribe(sub)
}

// next sends an event's answer, and notes how far the subscription has come.
func (s *socket) next(sub *subscription, payload []byte, cursor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if payload == nil || s.answer(sub, payload) {
		sub.sent, sub.cursor = sub.at, cursor
	}
}

// answer sends an event's answer; false where it is not on its way.
func (s *socket) answer(sub *subscription, payload []byte) bool {
	b := pool.Get().(*buffers)
	defer b.release()
	b.answer = frame(b.answer[:0], opText, len(`{"id":,"type":"next","payload":}`)+len(sub.quoted)+len(payload))
	b.answer = appendNext(b.answer, sub.quoted, payload)
	return s.put(b.answer)
}

// appendNext adds a message with an answer.
func appendNext(b, quoted, payload []byte) []byte {
	b = append(append(b, `{"id":`...), quoted...)
	b = append(append(b, `,"type":"next","payload":`...), payload...)
	return append(b, '}')
}

// text sends a message.
func (s *socket) text(message []byte) {
	s.send(append(frame(make([]byte, 0, len(message)+10), opText, len(message)), message...))
}

// quoted is an operation's id as JSON.
func quoted(id string) []byte {
	b, _ := json.Marshal(id) // a text
	return b
}

// complete says that an operation has ended.
func (s *socket) complete(id string) {
	s.text(append(append([]byte(`{"id":`), quoted(id)...), `,"type":"complete"}`...))
}

// errors says why an operation was not begun.
func (s *socket) errors(id string, errors gqlerror.List) {
	list, _ := json.Marshal(errors[:min(len(errors), s.live.engine.config.Limits.Errors)]) // shaped, so JSON
	b := append(append([]byte(`{"id":`), quoted(id)...), `,"type":"error","payload":`...)
	s.text(append(append(b, list...), '}'))
}

// refuse is errors for one fault.
func (s *socket) refuse(id string, f *fault.Error) {
	s.errors(id, gqlerror.List{shape(f, nil, nil, s.requestID)})
}

// fail says why a subscription could not begin.
func (s *socket) fail(sub *subscription, errors gqlerror.List) {
	if op := s.take(sub.id); op != nil {
		s.stop(op)
		s.errors(sub.id, errors)
	}
}

// lost ends the connection: its caller goes on elsewhere.
func (s *socket) lost(*subscription) { s.end(closeRestart, "A stream broke off.") }
