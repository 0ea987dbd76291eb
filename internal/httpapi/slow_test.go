package httpapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// flood ticks until much more came than the system and the server keep for somebody who does not read, with one who does.
func (s *liveServer) flood(quick *client) (ticks int64) {
	s.t.Helper()
	for ticks = 1; ticks <= 400; ticks++ {
		s.clock.tick(1)
		require.Contains(s.t, quick.read(), fmt.Sprintf(`"ticks":%d,`, ticks))
	}
	return ticks - 1
}

// follow reads what comes behind a tick, up to another one, or to the close frame of one that was too slow. It answers the last tick, and that frame's cursor.
func (c *client) follow(last, most int64) (_ int64, cursor string) {
	c.t.Helper()
	for last < most {
		text, err := c.tryRead()
		if err != nil {
			var end websocket.CloseError
			require.ErrorAs(c.t, err, &end)
			require.Equal(c.t, closeBusy, int(end.Code))
			cursor, found := strings.CutPrefix(end.Reason, "Too slow. Go on after ")
			require.True(c.t, found, end.Reason)
			require.Equal(c.t, fmt.Sprint("c", last), cursor, "nothing is missed, and nothing comes twice")
			return last, cursor
		}
		last++
		require.Contains(c.t, text, fmt.Sprintf(`"ticks":%d,`, last))
	}
	return last, ""
}

func TestASlowReaderIsCutAndGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	s.clock.size = 64 << 10
	slow, quick := s.signedIn(), s.signedIn()
	slow.send(ticks)
	quick.send(ticks)
	until(t, func() bool { return s.api.live.members() == 2 })
	all := s.flood(quick)
	last, cursor := slow.follow(0, all)
	require.Less(t, last, all, "somebody who does not read is sent no more")
	for last < all { // what is read from the log may be too quick as well
		again := s.signedIn()
		again.send(fmt.Sprintf(`{"id":"1","type":"subscribe","payload":{"query":"subscription ($after: String) { ticks(after: $after) }","variables":{"after":%q}}}`, cursor))
		last, cursor = again.follow(last, all)
	}
}

func TestWhoWasSentNothingIsToldWhereToGoOn(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	s.clock.tick(7)
	c := s.signedIn()
	c.send(ticks)
	until(t, func() bool { return s.api.live.members() == 1 })
	c.send(`{"id":"behind","type":"subscribe","payload":{"query":"subscription ($after: String) { ticks(after: $after) }","variables":{"after":"c6"}}}`)
	require.Contains(t, c.read(), `"ticks":7,`)
	go s.api.Drain(t.Context())
	_, err := c.tryRead()
	var end websocket.CloseError
	require.ErrorAs(t, err, &end)
	require.Equal(t, "This server ends. Go on after c7", end.Reason)
}

func TestTheOneFurthestBackDecidesWhereToGoOn(t *testing.T) {
	t.Parallel()
	s := &socket{ops: map[string]*running{"query": {once: true},
		"a": {sub: &subscription{sent: place{7, 1}, cursor: "later"}}, "b": {sub: &subscription{sent: place{6, 9}, cursor: "earlier"}}}}
	require.Equal(t, " Go on after earlier", s.onward())
	for name, op := range map[string]*running{"not prepared yet": {}, "nothing sent yet": {sub: &subscription{}}} {
		s.ops[name] = op
		require.Empty(t, s.onward(), "it may begin further back")
		delete(s.ops, name)
	}
	delete(s.ops, "a")
	delete(s.ops, "b")
	require.Empty(t, s.onward())
}

func TestWhoPingsWhileItIsTooSlowHasWhatWaitsAndTheCloseFrame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		w := &wire{Conn: here, run: func(do func()) { go do() }}
		w.slow = func() { w.last([]byte("close")) }
		require.True(t, w.send([]byte("one")))
		synctest.Wait()
		waits := strings.Repeat("x", maxQueue)
		require.True(t, w.send([]byte(waits)))
		for range 2 { // there is no room, and then it is closed
			n, err := w.Write([]byte("pong"))
			require.NoError(t, err, "it would end the reading, and with it the connection")
			require.Equal(t, 4, n)
		}
		time.AfterFunc(time.Second, func() { _ = here.Close() })
		got, _ := io.ReadAll(there)
		require.Equal(t, "one"+waits+"close", string(got))
	})
}

func TestWhoStallsHasTheCloseFrameBehindWhatWaits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		away time.Duration
		want string
	}{
		"who reads again in time misses nothing":    {writeWithin - time.Second, "onetwo"},
		"who stalls is told so behind what waits":   {writeWithin + time.Second, "onetwoclose"},
		"who does not come back is waited for once": {writeWithin + lingers + time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				here, there := net.Pipe()
				w := &wire{Conn: here, run: func(do func()) { go do() }}
				w.slow = func() { w.last([]byte("close")) }
				require.True(t, w.send([]byte("one")))
				synctest.Wait()
				require.True(t, w.send([]byte("two")))
				<-time.After(test.away)
				time.AfterFunc(time.Second, func() { _ = here.Close() })
				got, _ := io.ReadAll(there)
				require.Equal(t, test.want, string(got))
			})
		})
	}
}

// stream opens a stream of server-sent events.
func (s *liveServer) stream(ctx context.Context, after string) *bufio.Reader {
	s.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http"+strings.TrimPrefix(s.url, "ws")+"?query=subscription{ticks}", nil)
	require.NoError(s.t, err)
	req.Header = http.Header{"Accept": {"text/event-stream"}, "Authorization": {"Bearer all"}}
	if after != "" {
		req.Header.Set("Last-Event-ID", after)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = res.Body.Close() })
	return bufio.NewReader(res.Body)
}

// block reads one event as an EventSource does: what breaks off is none.
func block(r *bufio.Reader) (id, text string, err error) {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return "", "", err
		}
		if line == "\n" {
			return id, text, nil
		}
		if given, found := strings.CutPrefix(line, "id: "); found {
			id = strings.TrimSpace(given)
		}
		text += line
	}
}

func TestASlowReaderOfServerSentEventsGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	s.clock.size = 64 << 10
	stream, quick := s.stream(t.Context(), ""), s.signedIn()
	quick.send(ticks)
	until(t, func() bool { return s.api.live.members() == 2 })
	all := s.flood(quick)
	last, cuts := int64(-1), 0
	for last < all {
		id, text, err := block(stream)
		if err != nil { // it ends by itself, or in the middle of an event
			require.True(t, errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF), err)
			cuts++
			stream = s.stream(t.Context(), fmt.Sprint("c", last))
			continue
		}
		require.NotContains(t, text, "complete", "that would say that nothing more comes")
		if id != "" {
			last++
			require.Equal(t, fmt.Sprint("c", last), id, "nothing is missed, and nothing comes twice")
		}
	}
	require.Positive(t, cuts, "somebody who does not read is sent no more")
}

func TestAStreamSaysWhereItBeginsBeforeItsFirstEvent(t *testing.T) {
	t.Parallel()
	s := newLiveServer(t)
	s.clock.tick(4)
	r := s.stream(t.Context(), "")
	for want := range strings.SplitSeq(":\n|id: c4\n", "|") {
		_, text, err := block(r)
		require.NoError(t, err)
		require.Equal(t, want, text)
	}
}
