// Package outbound makes the HTTP client for addresses that a caller or an operator typed in: webhooks and the keys of an
// external issuer. Such an address must not lead into our own network.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// The refusals; a delivery log shows them.
var (
	ErrPrivate = errors.New("the address is not on the public internet")
	ErrScheme  = errors.New("the address must begin with https://")
)

// special lists the networks that are no place on the public internet: IANA's special-purpose registries for IPv4 and IPv6,
// multicast, and the ways to write an IPv4 address inside an IPv6 one, which would lead around this list.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("10.0.0.0/8"),      // private
	netip.MustParsePrefix("100.64.0.0/10"),   // carriers' NAT, some clouds' metadata
	netip.MustParsePrefix("127.0.0.0/8"),     // loopback
	netip.MustParsePrefix("169.254.0.0/16"),  // link-local, most clouds' metadata
	netip.MustParsePrefix("172.16.0.0/12"),   // private
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments, some clouds' metadata
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relays
	netip.MustParsePrefix("192.168.0.0/16"),  // private
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("224.0.0.0/4"),     // multicast
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, broadcast
	netip.MustParsePrefix("::/96"),           // unspecified, loopback, IPv4-compatible
	netip.MustParsePrefix("::ffff:0:0/96"),   // IPv4-mapped
	netip.MustParsePrefix("::ffff:0:0:0/96"), // IPv4-translated
	netip.MustParsePrefix("64:ff9b::/96"),    // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),  // NAT64, local
	netip.MustParsePrefix("100::/64"),        // discard
	netip.MustParsePrefix("100:0:0:1::/64"),  // dummy
	netip.MustParsePrefix("2001::/23"),       // protocol assignments: Teredo, benchmarks, ORCHID
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // 6to4
	netip.MustParsePrefix("3fff::/20"),       // documentation
	netip.MustParsePrefix("5f00::/16"),       // segment routing
	netip.MustParsePrefix("fc00::/7"),        // unique local, some clouds' metadata
	netip.MustParsePrefix("fe80::/10"),       // link-local
	netip.MustParsePrefix("fec0::/10"),       // site-local
	netip.MustParsePrefix("ff00::/8"),        // multicast
}

// Public tells whether an address is a place on the public internet.
func Public(a netip.Addr) bool {
	a = a.WithZone("") // a prefix contains no address with a zone
	return a.IsValid() && !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// SafeClient is an HTTP client that reaches public addresses only. It judges the address it is about to connect to, after the
// name was resolved, so that no answer of a name server gets around it. It speaks https only, follows no redirect (a 3xx is
// the answer), uses no proxy, and gives up after the timeout, reading of the body included.
//
// Networks in allow are reached all the same, and with any allowed plain http is too: for development, and for operators whose
// issuer stands in their own network.
func SafeClient(timeout time.Duration, allow ...netip.Prefix) *http.Client {
	dialer := &net.Dialer{Timeout: timeout, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		return judge(address, allow)
	}}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &scheme{plain: len(allow) > 0, next: &http.Transport{
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true, // a dialer of one's own turns it off
			TLSHandshakeTimeout:    timeout,
			ResponseHeaderTimeout:  timeout,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConns:           64,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        30 * time.Second, // a name may move: do not hold on to an old address
		}},
	}
}

// judge refuses an address, host and port as the dialer resolved them, that is neither public nor allowed.
func judge(address string, allow []netip.Prefix) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrPrivate, address)
	}
	a := ap.Addr().WithZone("")
	if Public(a) || slices.ContainsFunc(allow, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrPrivate, a)
}

// scheme lets https pass, and http where that is allowed.
type scheme struct {
	plain bool
	next  *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (s *scheme) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !(s.plain && r.URL.Scheme == "http") {
		if r.Body != nil {
			_ = r.Body.Close() // a RoundTripper must, even when it refuses
		}
		return nil, ErrScheme
	}
	return s.next.RoundTrip(r)
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the transport.
func (s *scheme) CloseIdleConnections() { s.next.CloseIdleConnections() }
