package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	broker "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

// brokered is a NATS that servers with the tests' token may use.
func brokered(t *testing.T, address string) *broker.Server {
	t.Helper()
	own, err := serveNATS(address, "token")
	require.NoError(t, err)
	t.Cleanup(own.Shutdown)
	return own
}

// heard listens on a bus and waits until it is heard there.
func heard(t *testing.T, url string) (c *nats.Conn, texts chan string) {
	t.Helper()
	c, err := dialNATS(url, "token")
	require.NoError(t, err)
	t.Cleanup(c.Close)
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	texts = make(chan string, 1000)
	go func() { _ = natsBus(c).Receive(ctx, func(text string) { texts <- text }) }()
	return c, texts
}

// passedOn sends a text until it is heard: what is sent while NATS is away may be lost.
func passedOn(t *testing.T, c *nats.Conn, texts chan string, text string) {
	t.Helper()
	eventually(t, "the text is heard", func() bool {
		if err := natsBus(c).Send(t.Context(), text); err != nil && !errors.Is(err, nats.ErrReconnectBufExceeded) {
			require.NoError(t, err)
		}
		for {
			select {
			case got := <-texts:
				if got == text {
					return true
				}
			case <-time.After(20 * time.Millisecond):
				return false
			}
		}
	})
}

func TestServersTellEachOtherByNATSAndGoOnWhenItComesBack(t *testing.T) {
	t.Parallel()
	own := brokered(t, "127.0.0.1:0")
	url := own.ClientURL()
	here, _ := heard(t, url)
	_, there := heard(t, url)
	passedOn(t, here, there, "one")
	own.Shutdown()
	own.WaitForShutdown()
	brokered(t, strings.TrimPrefix(url, "nats://"))
	passedOn(t, here, there, "two")
}

func TestNATSBeginsLaterThanTheServer(t *testing.T) {
	t.Parallel()
	at := freePort(t)
	c, texts := heard(t, "nats://"+at)
	require.False(t, c.IsConnected())
	brokered(t, at)
	passedOn(t, c, texts, "one")
}

func TestWhoDoesNotHaveTheSecretIsNotHeard(t *testing.T) {
	t.Parallel()
	own := brokered(t, "127.0.0.1:0")
	_, err := nats.Connect(own.ClientURL(), nats.Token("another"))
	require.ErrorIs(t, err, nats.ErrAuthorization)
	_, err = nats.Connect(own.ClientURL())
	require.ErrorIs(t, err, nats.ErrAuthorization)
}

func TestAnAddressOfNATSThatCannotBeReadIsNotRepeated(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"nats", "nats://user:hunter2@[::1", "nats://user:hunter2@host:port"} {
		_, err := dialNATS(url, "token")
		require.ErrorIs(t, err, errNATS)
		require.NotContains(t, err.Error(), "hunter2")
	}
	for _, address := range []string{"", "4222", "host:port", ":99999999"} {
		_, err := serveNATS(address, "token")
		require.Error(t, err, address)
	}
}

// TestStreamsGoOnAcrossServersThatTellEachOtherByNATS has two servers of one database: one of them serves NATS, the other is told where.
func TestStreamsGoOnAcrossServersThatTellEachOtherByNATS(t *testing.T) {
	t.Parallel()
	at := freePort(t)
	one := startAPI(t, func(s *settings) { s.NATSServe = at })
	two := startAPI(t, func(s *settings) {
		s.DatabaseURL, s.NATSURL, s.Jobs = one.server.settings.DatabaseURL, "nats://"+at, false
	})
	ada := one.signUp("brightwater")
	one.source(ada, "web")
	_, start := one.capture(ada, "start@brightwater.example")
	here, there := connect(t, one.url, ada), connect(t, two.url, ada)
	for _, s := range []*socket{here, there} {
		s.subscribe("1", leadEvents, map[string]any{"after": start})
	}
	for i, a := range []*testAPI{one, two, one, two} {
		lead, _ := a.capture(ada, string(rune('a'+i))+"@brightwater.example")
		require.Equal(t, lead, here.kind("LEAD_CAPTURED").Lead.ID)
		require.Equal(t, lead, there.kind("LEAD_CAPTURED").Lead.ID)
	}
}
