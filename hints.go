package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	broker "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/feed"
)

// hintSubject is where servers tell each other by NATS that there is something new in the event log.
const hintSubject = "leadgraph.events"

// errNATS says nothing of what it could not read: there may be a password in it.
var errNATS = errors.New("NATS_URL cannot be read: write it as nats://host:4222, nats://user:password@host:4222 or tls://host:4222")

// hints is the way by which this server and the others tell each other when to look at the event log: NATS where there is one, else the database's own
// notifications; behind a pooler, and without NATS, none.
func (s *server) hints() (bus *feed.Bus, stop func(), err error) {
	at, opts, stop := s.settings.NATSURL, []nats.Option(nil), func() {}
	if s.settings.NATSServe != "" {
		own, err := serveNATS(s.settings.NATSServe, s.natsToken())
		if err != nil {
			return nil, nil, err
		}
		stop = func() { own.Shutdown(); own.WaitForShutdown() }
		if at == "" {
			at, opts = own.ClientURL(), append(opts, nats.InProcessServer(own))
		}
	}
	switch {
	case at != "":
		c, err := dialNATS(at, s.natsToken(), opts...)
		if err != nil {
			stop()
			return nil, nil, err
		}
		own := stop
		return natsBus(c), func() { c.Close(); own() }, nil
	case s.settings.Pooler:
		return nil, stop, nil
	}
	return &feed.Bus{Send: s.background.Wake, Receive: s.background.ListenForWakes}, stop, nil
}

// natsToken is the password between servers that share a secret.
func (s *server) natsToken() string {
	return base64.RawURLEncoding.EncodeToString(auth.Derive([]byte(s.settings.Secret), "nats"))
}

// dialNATS connects for as long as the process runs, and goes on trying while NATS is away. An address without a name and password is given the servers' own token; a NATS
// that asks for none does not look at it.
func dialNATS(address, token string, more ...nats.Option) (*nats.Conn, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, errNATS
	}
	opts := append([]nats.Option{nats.Name("leadgraph"), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second), nats.ReconnectBufSize(64 << 10)}, more...)
	if u.User == nil {
		opts = append(opts, nats.Token(token))
	}
	c, err := nats.Connect(address, opts...)
	if err != nil {
		return nil, errNATS
	}
	return c, nil
}

// natsBus carries hints by NATS. What is lost while it is away costs a second of delay and nothing else.
func natsBus(c *nats.Conn) *feed.Bus {
	return &feed.Bus{
		Send: func(_ context.Context, text string) error {
			if err := c.Publish(hintSubject, []byte(text)); err != nil {
				return fmt.Errorf("tell other servers: %w", err)
			}
			return nil
		},
		Receive: func(ctx context.Context, hear func(string)) error {
			heard, err := c.Subscribe(hintSubject, func(m *nats.Msg) { hear(string(m.Data)) })
			if err != nil {
				return fmt.Errorf("listen to other servers: %w", err)
			}
			<-ctx.Done()
			return heard.Unsubscribe()
		},
	}
}

// serveNATS is a NATS within this process, for the other servers of a small installation that has none. It keeps nothing.
func serveNATS(address, token string) (*broker.Server, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--nats is an address to listen at, such as :4222 or 10.0.0.1:4222: %w", err)
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 0 || n > 65535 {
		return nil, fmt.Errorf("--nats is an address with a number for its port, such as :4222, and not %q", address)
	}
	if n == 0 {
		n = broker.RANDOM_PORT
	}
	own, err := broker.NewServer(&broker.Options{ServerName: "leadgraph", Host: host, Port: n, Authorization: token, MaxPayload: 16 << 10, NoSigs: true, NoLog: true})
	if err != nil {
		return nil, fmt.Errorf("serve NATS: %w", err)
	}
	own.Start()
	if !own.ReadyForConnections(10 * time.Second) {
		own.Shutdown()
		return nil, fmt.Errorf("serve NATS: %s cannot be listened at", address)
	}
	return own, nil
}
