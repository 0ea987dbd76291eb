package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
)

// The workload w4: one event goes to so many subscribers with the same operation. Its limit is a server that writes frames by hand to all
// connections, one after the other, and knows neither a database nor GraphQL.

const leadSubscription = `subscription ($after: String) {
  leadEvents(filter: {kinds: [LEAD_ASSIGNED]}, after: $after) { cursor event { id kind at summary } lead { id stage queue contact { id fullName } owner { id name } } }
}`

const assignMutation = `mutation ($lead: ID!, $owner: ID!) { assignLead(input: {leadId: $lead, ownerId: $owner}) { cursor } }`

// crowds are how many subscribers there are, and how many events a second: the same number of messages.
var crowds = []struct{ size, pace int }{{1000, 5}, {5000, 1}}

// stage is one server with its subscribers.
type stage struct {
	name   string
	server *server
	path   string                          // that has an event published
	body   func(round int) ([]byte, error) // of the request for it
	after  string                          // where the subscriptions begin, so that none misses the first event
	caller *caller
	crowd  []*subscriber
	sent   []time.Duration // when each event was asked for
	began  time.Time
	got    atomic.Int64
	last   atomic.Pointer[[]byte] // the last message's payload
}

// subscriber is one connection.
type subscriber struct {
	conn  net.Conn
	times []time.Duration // from asking for an event to having it
}

// fanned is a line of w4's table.
type fanned struct {
	Target                    string  `json:"target"`
	Subscribers               int     `json:"subscribers"`
	MessagesPerS              float64 `json:"messagesPerS"`
	CPUMicros                 float64 `json:"cpuMicrosPerMessage"`
	Ratio, RatioMin, RatioMax float64
	P50Ms, P99Ms              float64
	KBPerConnection           float64
}

// fanout measures w4 and prints its table.
func fanout(ctx context.Context, o options, d *dataset, limit, leadgraph *server, out io.Writer) error {
	fmt.Fprintf(out, "%11s  %-10s %10s %12s %6s %6s %6s %8s %8s %8s\n", "subscribers", "target", "messages/s", "CPU us each", "ratio", "min", "max", "p50 ms", "p99 ms", "KB/conn")
	for _, c := range crowds {
		rows, err := d.crowd(ctx, o, limit, leadgraph, c.size, c.pace)
		if err != nil {
			return fmt.Errorf("w4 with %d subscribers: %w", c.size, err)
		}
		for _, r := range rows {
			fmt.Fprintf(out, "%11d  %-10s %10.0f %12.2f %6.2f %6.2f %6.2f %8.1f %8.1f %8.1f\n", r.Subscribers, r.Target, r.MessagesPerS, r.CPUMicros, r.Ratio, r.RatioMin, r.RatioMax, r.P50Ms, r.P99Ms, r.KBPerConnection)
		}
	}
	return nil
}

// crowd measures both servers with one number of subscribers.
func (d *dataset) crowd(ctx context.Context, o options, limit, leadgraph *server, size, pace int) ([]fanned, error) {
	ours := &stage{name: "leadgraph", server: leadgraph, path: "/graphql", body: func(round int) ([]byte, error) { return d.assign(round) }}
	theirs := &stage{name: "limit", server: limit, path: "/w4/event", body: func(int) ([]byte, error) { return *ours.last.Load(), nil }}
	after, err := d.cursor(ctx, leadgraph)
	if err != nil {
		return nil, err
	}
	ours.after, theirs.after = after, after
	lines := map[string]*fanned{}
	for _, s := range []*stage{ours, theirs} { // ours first: the limit sends what ours sent
		line, err := s.fill(ctx, d, size)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		defer s.leave()
		if s.caller, err = dial(ctx, s.server.addr, s.path, d.key); err != nil {
			return nil, err
		}
		if err := s.event(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		lines[s.name] = line
	}
	cost, ratios := map[string][]float64{}, []float64(nil)
	for range o.rounds {
		for _, s := range []*stage{theirs, ours} {
			c, err := s.window(ctx, o, d, pace)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			cost[s.name] = append(cost[s.name], c)
		}
		n := len(cost["limit"]) - 1
		ratios = append(ratios, cost["leadgraph"][n]/cost["limit"][n])
	}
	var out []fanned
	for _, s := range []*stage{theirs, ours} {
		line := lines[s.name]
		line.MessagesPerS, line.CPUMicros = float64(size*pace), median(cost[s.name])
		line.Ratio, line.RatioMin, line.RatioMax = 1, 1, 1
		if s == ours {
			line.Ratio, line.RatioMin, line.RatioMax = median(ratios), slices.Min(ratios), slices.Max(ratios)
		}
		line.P50Ms, line.P99Ms = s.percentiles()
		out = append(out, *line)
	}
	return out, nil
}

// assign gives a lead to the next member: one event.
func (d *dataset) assign(round int) ([]byte, error) {
	g, m := id.Global{Kind: id.Lead, UUID: d.leads[0].id}, id.Global{Kind: id.Member, UUID: d.members[(round+1)%len(d.members)].ID}
	return json.Marshal(map[string]any{"query": assignMutation, "variables": map[string]any{"lead": g.String(), "owner": m.String()}})
}

// cursor is the place of one event in the log.
func (d *dataset) cursor(ctx context.Context, leadgraph *server) (string, error) {
	c, err := dial(ctx, leadgraph.addr, "/graphql", d.key)
	if err != nil {
		return "", err
	}
	defer c.conn.Close()
	body, err := d.assign(-1)
	if err != nil {
		return "", err
	}
	answer, err := c.call(body)
	if err != nil {
		return "", err
	}
	var out struct {
		Data struct{ AssignLead struct{ Cursor string } }
	}
	err = json.Unmarshal(answer, &out)
	return out.Data.AssignLead.Cursor, err
}

// fill connects the subscribers and tells what each costs in memory.
func (s *stage) fill(ctx context.Context, d *dataset, size int) (*fanned, error) {
	before, err := resident(s.server.cmd.Process.Pid)
	if err != nil {
		return nil, err
	}
	s.began = time.Now()
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed error
	gate := make(chan struct{}, 8)
	for i := range size {
		gate <- struct{}{}
		all.Go(func() {
			defer func() { <-gate }()
			one, err := s.join(ctx, d.key, i)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			if err == nil {
				s.crowd = append(s.crowd, one)
			}
		})
	}
	all.Wait()
	if failed != nil {
		return nil, failed
	}
	pause(ctx, 3*time.Second) // what connecting left behind is collected meanwhile
	after, err := resident(s.server.cmd.Process.Pid)
	return &fanned{Target: s.name, Subscribers: size, KBPerConnection: float64(after-before) / 1024 / float64(size)}, err
}

// resident is a process's own memory in bytes: without the pages of the program's file, which come in as its code is first run.
func resident(pid int) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "RssAnon:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	return n * 1024, err
}

// join connects one subscriber and reads what it is sent from then on.
func (s *stage) join(ctx context.Context, key string, n int) (*subscriber, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", s.server.addr)
	if err != nil {
		return nil, err
	}
	one := &subscriber{conn: conn}
	path := "/graphql"
	if s.name == "limit" {
		path = "/w4"
	}
	in := bufio.NewReaderSize(conn, 1024)
	out := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n", path, s.server.addr)
	out = masked(out, fmt.Sprintf(`{"type":"connection_init","payload":{"token":%q}}`, key))
	query, _ := json.Marshal(leadSubscription) // a text
	out = masked(out, fmt.Sprintf(`{"id":"%d","type":"subscribe","payload":{"query":%s,"variables":{"after":%q}}}`, n, query, s.after))
	out = masked(out, `{"type":"ping"}`)
	if _, err := conn.Write(out); err != nil {
		return nil, err
	}
	for line := ""; line != "\r\n"; {
		if line, err = in.ReadString('\n'); err != nil {
			return nil, err
		}
	}
	for range 2 { // connection_ack and pong
		if _, err := readFrame(in, nil); err != nil {
			return nil, err
		}
	}
	watching.Go(func() { s.watch(one, in) })
	return one, nil
}

var watching sync.WaitGroup

// watch reads messages until the connection ends.
func (s *stage) watch(one *subscriber, in *bufio.Reader) {
	var text []byte
	for n := 0; ; n++ {
		var err error
		if text, err = readFrame(in, text); err != nil {
			return
		}
		if len(text) == 0 { // a ping
			n--
			if _, err := one.conn.Write([]byte{0x8a, 0x80, 0, 0, 0, 0}); err != nil {
				return
			}
			continue
		}
		if s.last.Load() == nil {
			_, payload, _ := strings.Cut(string(text), `"payload":`)
			body := []byte(payload[:len(payload)-1])
			s.last.Store(&body)
		}
		if n >= len(s.sent) || !strings.Contains(string(text), `"type":"next"`) {
			fmt.Fprintf(os.Stderr, "%s sent what nobody asked for: %.300s\n", s.name, text)
			return
		}
		one.times = append(one.times, time.Since(s.began)-s.sent[n])
		s.got.Add(1)
	}
}

// masked adds a client's text frame; its mask is zero, which changes nothing.
func masked(b []byte, text string) []byte {
	b = append(b, 0x81)
	if len(text) < 126 {
		b = append(b, 0x80|byte(len(text)))
	} else {
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(len(text)))
	}
	return append(append(b, 0, 0, 0, 0), text...)
}

// readFrame reads a server's text frame, or an empty one.
func readFrame(in *bufio.Reader, text []byte) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(in, head[:2]); err != nil {
		return nil, err
	}
	size := int(head[1])
	if size == 126 {
		if _, err := io.ReadFull(in, head[2:]); err != nil {
			return nil, err
		}
		size = int(binary.BigEndian.Uint16(head[2:]))
	}
	if head[0] != 0x81 && size > 0 || head[1] > 126 {
		return nil, fmt.Errorf("not a frame that is expected here: %x", head)
	}
	text = slices.Grow(text[:0], size)[:size]
	_, err := io.ReadFull(in, text)
	return text, err
}

// event has one event published, and waits until all have it.
func (s *stage) event(ctx context.Context) error {
	s.sent = append(s.sent, time.Since(s.began))
	want := s.got.Load() + int64(len(s.crowd))
	body, err := s.body(len(s.sent))
	if err != nil {
		return err
	}
	if _, err := s.caller.call(body); err != nil {
		return err
	}
	for late := time.Now().Add(20 * time.Second); s.got.Load() < want; pause(ctx, time.Millisecond) {
		if ctx.Err() != nil || time.Now().After(late) {
			return fmt.Errorf("%d of %d messages came", s.got.Load()-want+int64(len(s.crowd)), len(s.crowd))
		}
	}
	return nil
}

// window publishes events for a while and answers the CPU time of a message in microseconds.
func (s *stage) window(ctx context.Context, o options, d *dataset, pace int) (float64, error) {
	cpu := meter(s.server.cmd.Process.Pid, d.server.PID())
	before, err := cpu()
	if err != nil {
		return 0, err
	}
	n, tick := 0, time.NewTicker(time.Second/time.Duration(pace))
	defer tick.Stop()
	for end := time.Now().Add(o.window); time.Now().Before(end); n++ {
		<-tick.C
		if err := s.event(ctx); err != nil {
			return 0, err
		}
	}
	after, err := cpu()
	used := after.server - before.server + after.postgres - before.postgres
	return float64(used.Microseconds()) / float64(n*len(s.crowd)), err
}

func (s *stage) percentiles() (p50, p99 float64) {
	var all []time.Duration
	for _, one := range s.crowd {
		all = append(all, one.times[1:]...) // the first event found everything cold
	}
	slices.Sort(all)
	return ms(all[len(all)/2]), ms(all[len(all)*99/100])
}

func (s *stage) leave() {
	_ = s.caller.conn.Close()
	for _, one := range s.crowd {
		_ = one.conn.Close()
	}
}
