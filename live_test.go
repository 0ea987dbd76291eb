package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// socket is a client's end of a graphql-transport-ws connection.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
}

// frame is a message of the protocol.
type frame struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// connect opens a socket to an API's address and signs in.
func connect(t *testing.T, url, token string) *socket {
	t.Helper()
	conn, _, err := websocket.Dial(context.Background(), "ws"+strings.TrimPrefix(url, "http"), &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	require.NoError(t, err)
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	s := &socket{t, conn}
	s.send(frame{Type: "connection_init", Payload: json.RawMessage(`{"Authorization":"Bearer ` + token + `"}`)})
	require.Equal(t, "connection_ack", s.read().Type)
	return s
}

func (s *socket) send(f frame) {
	s.t.Helper()
	b, err := json.Marshal(f)
	require.NoError(s.t, err)
	require.NoError(s.t, s.conn.Write(context.Background(), websocket.MessageText, b))
}

// subscribe begins an operation.
func (s *socket) subscribe(id, query string, variables map[string]any) {
	s.t.Helper()
	b, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	require.NoError(s.t, err)
	s.send(frame{ID: id, Type: "subscribe", Payload: b})
}

func (s *socket) read() frame {
	s.t.Helper()
	f, err := s.tryRead()
	require.NoError(s.t, err)
	return f
}

func (s *socket) tryRead() (f frame, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, b, err := s.conn.Read(ctx)
	if err != nil {
		return f, err
	}
	err = json.Unmarshal(b, &f)
	return f, err
}

// closed reads until the server closes the connection, and answers the code.
func (s *socket) closed() int {
	s.t.Helper()
	return int(s.close().Code)
}

// close reads until the server closes the connection.
func (s *socket) close() (end websocket.CloseError) {
	s.t.Helper()
	for {
		if _, err := s.tryRead(); err != nil {
			if !errors.As(err, &end) {
				end.Code = -1
			}
			return end
		}
	}
}

// leadEvents asks for what happens to leads.
const leadEvents = `subscription ($filter: LeadEventFilter, $after: String) { leadEvents(filter: $filter, after: $after) {
	cursor event { kind summary } lead { id stage contact { fullName } } } }`

// leadEvent is what it answers.
type leadEvent struct {
	Cursor string
	Event  struct{ Kind, Summary string }
	Lead   struct {
		ID, Stage string
		Contact   struct{ FullName *string }
	}
}

func (f frame) leadEvent(t *testing.T) leadEvent {
	t.Helper()
	var out struct {
		Data   struct{ LeadEvents leadEvent }
		Errors []any
	}
	require.Equal(t, "next", f.Type, string(f.Payload))
	require.NoError(t, json.Unmarshal(f.Payload, &out))
	require.Empty(t, out.Errors)
	return out.Data.LeadEvents
}

// kind reads an event and expects its kind.
func (s *socket) kind(want string) leadEvent {
	s.t.Helper()
	e := s.read().leadEvent(s.t)
	require.Equal(s.t, want, e.Event.Kind)
	return e
}

// capture captures a lead and answers its id and the cursor.
func (a *testAPI) capture(token, email string) (lead, cursor string) {
	a.t.Helper()
	var out struct {
		CaptureLead struct {
			Lead   struct{ ID string }
			Cursor string
		}
	}
	a.do(token, `mutation ($email: String!) { captureLead(input: {source: "web", contact: {email: $email, fullName: "Ada Park"}}) { lead { id } cursor } }`,
		map[string]any{"email": email}).into(a.t, &out)
	return out.CaptureLead.Lead.ID, out.CaptureLead.Cursor
}

func TestACapturedLeadIsSeenToArrive(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	admin := a.signUp("arrive")
	a.source(admin, "web")
	a.capture(admin, "before@arrive.example")
	s := connect(t, a.url, admin)
	s.subscribe("1", leadEvents, nil)
	s.subscribe("2", `{ viewer { member { name } } }`, nil)
	require.Equal(t, "next", s.read().Type)
	require.Equal(t, "complete", s.read().Type)
	a.settled(admin, s)
	lead, cursor := a.capture(admin, "ada@arrive.example")
	e := s.kind("LEAD_CAPTURED")
	require.Equal(t, lead, e.Lead.ID)
	require.Equal(t, "Ada Park", *e.Lead.Contact.FullName)

	t.Run("and the mutation's own cursor tells that a stream has come so far", func(t *testing.T) {
		s := connect(t, a.url, admin)
		s.subscribe("1", leadEvents, map[string]any{"after": cursor})
		again, _ := a.capture(admin, "next@arrive.example")
		require.Equal(t, again, s.kind("LEAD_CAPTURED").Lead.ID, "what was before the cursor does not come again")
	})
}

// settled waits until a subscription without a cursor stands: what is captured then comes.
func (a *testAPI) settled(token string, s *socket) {
	a.t.Helper()
	eventually(a.t, "the subscription stands", func() bool { return a.server.feed.Listeners() > 0 })
}

func TestServerSentEventsGoOnBehindTheLastID(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	admin := a.signUp("events")
	a.source(admin, "web")
	_, cursor := a.capture(admin, "first@events.example")
	second, _ := a.capture(admin, "second@events.example")
	third, _ := a.capture(admin, "third@events.example")
	require.Equal(t, []string{second, third}, a.events(admin, cursor, 2))
	require.Equal(t, []string{third}, a.events(admin, a.ids[0], 1))
}

// events reads so many leads' ids from a stream of events, going on behind a cursor; the events' ids are kept.
func (a *testAPI) events(token, last string, n int) (leads []string) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	body, err := json.Marshal(map[string]any{"query": leadEvents})
	require.NoError(a.t, err)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, bytes.NewReader(body))
	require.NoError(a.t, err)
	req.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}, "Authorization": {"Bearer " + token}, "Last-Event-Id": {last}}
	res, err := http.DefaultClient.Do(req)
	require.NoError(a.t, err)
	defer res.Body.Close()
	require.Equal(a.t, http.StatusOK, res.StatusCode)
	lines := bufio.NewScanner(res.Body)
	a.ids = nil
	for at := ""; len(leads) < n && lines.Scan(); {
		switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
		case "id": // also before the first event: of where the stream stands
			at = value
		case "data":
			e := frame{Type: "next", Payload: json.RawMessage(value)}.leadEvent(a.t)
			require.Equal(a.t, at, e.Cursor)
			leads, a.ids = append(leads, e.Lead.ID), append(a.ids, at)
		}
	}
	require.Len(a.t, leads, n)
	return leads
}
