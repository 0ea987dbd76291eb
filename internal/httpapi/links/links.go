// Package links serves the links of shared resources: to those who follow them it is where the resource stands, and to us a touch.
package links

import (
	"errors"
	"io"
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/funnel"
)

// What one network may follow: a hundred at once, and ten a second. Readers follow one now and then; a company's mail scanner follows many at once.
const (
	burst    = 100
	restore  = 10
	networks = 50_000
)

// Routes are the handlers by ServeMux pattern. report takes errors that are ours, and answers what callers may know of them.
func Routes(f *funnel.Funnel, report func(*http.Request, error) *fault.Error) (map[string]http.Handler, error) {
	rate, err := auth.NewLimiter(burst, restore, networks)
	if err != nil {
		return nil, err
	}
	h := &handler{f, report, rate}
	return map[string]http.Handler{"GET " + funnel.LinkPath + "{token}": http.HandlerFunc(h.follow)}, nil
}

type handler struct {
	funnel *funnel.Funnel
	report func(*http.Request, error) *fault.Error
	rate   *auth.Limiter
}

// follow sends a reader to where the resource stands now: to the address that is stored, whatever the request says. Who cannot be counted gets there too.
func (h *handler) follow(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("X-Robots-Tag", "noindex, nofollow") // that no answer is stored, and that where it leads hears of no link, is said of all answers
	if _, wait, ok := h.rate.Take(network(auth.From(r.Context()).RemoteAddr), 1, time.Now()); !ok {
		head.Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		page(w, r, http.StatusTooManyRequests, "Too many links were followed from your network. Wait a moment, then follow this one again.")
		return
	}
	link, err := h.funnel.FollowLink(r.Context(), r.PathValue("token"))
	switch {
	case errors.Is(err, funnel.ErrGone):
		page(w, r, http.StatusGone, "What this link led to is no longer there. Ask whoever sent it to you for something newer.")
		return
	case errors.Is(err, auth.ErrLink):
		page(w, r, http.StatusNotFound, "This link leads nowhere. Use it whole, as it was sent to you.")
		return
	case err != nil:
		_ = h.report(r, err)
		head.Set("Retry-After", "5")
		page(w, r, http.StatusServiceUnavailable, "This cannot be opened at the moment. Follow the link again in a few seconds.")
		return
	}
	if read(r) {
		if err := h.funnel.View(r.Context(), link); err != nil {
			_ = h.report(r, err) // the reader is not to suffer for it
		}
	}
	head.Set("Location", link.URL())
	w.WriteHeader(http.StatusFound)
}

// page answers a sentence for people.
func page(w http.ResponseWriter, r *http.Request, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, text+"\n")
	}
}

// programs are words by which programs name themselves that look at links without anybody reading: crawlers, previews of chats, scanners, tools.
var programs = regexp.MustCompile(`(?i)bot\b|bot[/;:]|crawl|spider|slurp|preview|scan|fetch|monitor|curl|wget|python|java/|go-http|okhttp|libwww|headless|facebookexternalhit|whatsapp|skypeuripreview|googleimageproxy|barracuda|proofpoint|mimecast`)

// read tells whether somebody reads: not who only asks for the head, loads ahead of a click, or says that it is a program. Scanners that pretend to be
// browsers cannot be told from people.
func read(r *http.Request) bool {
	agent := r.UserAgent()
	if r.Method != http.MethodGet || agent == "" || programs.MatchString(agent) {
		return false
	}
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		for _, word := range []string{"prefetch", "prerender", "preview"} {
			if strings.Contains(strings.ToLower(r.Header.Get(name)), word) {
				return false
			}
		}
	}
	return true
}

// network is what is counted together: an address, of IPv6 the network, for everybody has 2^64 addresses in it.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().Is4() {
		return address
	}
	p, _ := a.WithZone("").Prefix(64) // an IPv6 address has one
	return p.String()
}
