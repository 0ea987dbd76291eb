package outbound

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var loopback = netip.MustParsePrefix("127.0.0.0/8")

func TestPublic(t *testing.T) {
	t.Parallel()
	t.Run("first and last address of every special network are refused", func(t *testing.T) {
		t.Parallel()
		for _, p := range special {
			require.Equal(t, p.Masked(), p, "a prefix is written with its first address")
			require.False(t, Public(p.Addr()), p)
			require.False(t, Public(last(p)), p)
		}
		require.GreaterOrEqual(t, len(special), 26)
	})
	t.Run("addresses that lead inside, however written, are refused", func(t *testing.T) {
		t.Parallel()
		for _, s := range []string{
			"0.0.0.0", "10.1.2.3", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.31.255.255",
			"192.0.0.192", "192.168.0.1", "198.19.255.255", "224.0.0.251", "255.255.255.255",
			"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:10.0.0.1", "64:ff9b::a00:1",
			"64:ff9b:1::a00:1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2002:a00:1::", "fd00:ec2::254", "fe80::1", "fe80::1%eth0",
			"fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1",
		} {
			require.False(t, Public(netip.MustParseAddr(s)), s)
		}
		require.False(t, Public(netip.Addr{}))
	})
	t.Run("neighbours of the special networks are public", func(t *testing.T) {
		t.Parallel()
		for _, s := range []string{
			"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
			"172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255",
			"2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "2a00:1450::1",
		} {
			require.True(t, Public(netip.MustParseAddr(s)), s)
		}
	})
}

// last is the highest address of a prefix.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func get(t *testing.T, c *http.Client, url string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	require.NoError(t, err)
	res, err := c.Do(r)
	if err == nil {
		t.Cleanup(func() { _ = res.Body.Close() })
	}
	return res, err
}

func TestSafeClient(t *testing.T) {
	t.Parallel()
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	t.Cleanup(inside.Close)

	t.Run("a server on this machine is not reached, by address or by name", func(t *testing.T) {
		t.Parallel()
		port := inside.URL[strings.LastIndex(inside.URL, ":"):]
		for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"} {
			_, err := get(t, SafeClient(time.Minute), "https://"+host+port)
			require.Error(t, err, host)
		}
		_, err := get(t, SafeClient(time.Minute), inside.URL)
		require.ErrorIs(t, err, ErrPrivate)
	})
	t.Run("plain http is refused before any connection", func(t *testing.T) {
		t.Parallel()
		_, err := get(t, SafeClient(time.Second), "http://example.com")
		require.ErrorIs(t, err, ErrScheme)
	})
	t.Run("an allowed network is reached, and nothing beside it", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }))
		t.Cleanup(s.Close)
		res, err := get(t, SafeClient(time.Minute, loopback), s.URL)
		require.NoError(t, err)
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, "here", string(b))
		_, err = get(t, SafeClient(time.Minute, netip.MustParsePrefix("10.0.0.0/8")), s.URL)
		require.ErrorIs(t, err, ErrPrivate)
	})
	t.Run("a redirect is the answer and is not followed", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.RedirectHandler(inside.URL, http.StatusFound))
		t.Cleanup(s.Close)
		res, err := get(t, SafeClient(time.Minute, loopback), s.URL)
		require.NoError(t, err)
		require.Equal(t, http.StatusFound, res.StatusCode)
	})
	t.Run("a server that never answers costs no more than the timeout", func(t *testing.T) {
		t.Parallel()
		stop := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
		t.Cleanup(s.Close)
		t.Cleanup(func() { close(stop) })
		begin := time.Now()
		_, err := get(t, SafeClient(50*time.Millisecond, loopback), s.URL)
		require.Error(t, err)
		require.Less(t, time.Since(begin), time.Minute)
	})
}
