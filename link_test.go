package main

import (
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

// browser is how a person's browser names itself.
const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// shared is a resource that was sent to a person who is to be scored.
type shared struct {
	a                     *testAPI
	token, resource, link string
	lead                  string
}

// sends is somebody who was sent a resource.
func sends(t *testing.T, a *testAPI, slug string) *shared {
	t.Helper()
	s := &shared{a: a, token: a.signUp(slug)}
	a.source(s.token, "web")
	var out struct {
		CreateResource struct{ Resource struct{ ID string } }
		CaptureLead    struct{ Lead struct{ ID string } }
		ShareResource  struct{ URL string }
	}
	a.do(s.token, `mutation { createResource(input: {key: "guide", title: "Guide", format: GUIDE, url: "https://www.brightwater.example/guide?a=b#c", labels: [{position: BOTTOM}]}) { resource { id } }
		captureLead(input: {source: "web", contact: {email: "ann@acme.example", title: "Head of Logistics"}}) { lead { id } } }`, nil).into(t, &out)
	s.resource, s.lead = out.CreateResource.Resource.ID, out.CaptureLead.Lead.ID
	a.do(s.token, `mutation ($to: ID!, $what: ID!) { shareResource(input: {to: $to, resourceId: $what, channel: EMAIL, source: "web"}) { url } }`, map[string]any{"to": s.lead, "what": s.resource}).into(t, &out)
	s.link = out.ShareResource.URL
	return s
}

// follow asks for an address as a browser does, and goes no further.
func follow(t *testing.T, method, link string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, link, nil)
	require.NoError(t, err)
	req.Header.Set("User-Agent", browser)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res
}

// views are how often the share was counted, and the touches and the score that came of it.
func (s *shared) views(t *testing.T) (counted, touches, score int) {
	t.Helper()
	var out struct {
		Resource struct {
			Shares struct{ Nodes []struct{ Views int } }
		}
		Lead struct {
			Score   int
			Touches struct{ TotalCount int }
		}
	}
	s.a.do(s.token, `query ($r: ID!, $l: ID!) { resource(id: $r) { shares { nodes { views } } } lead(by: {id: $l}) { score touches(filter: {direction: INBOUND, kinds: [RESOURCE_VIEWED], resourceId: $r}) { totalCount } } }`,
		map[string]any{"r": s.resource, "l": s.lead}).into(t, &out)
	return out.Resource.Shares.Nodes[0].Views, out.Lead.Touches.TotalCount, out.Lead.Score
}

func TestALinkLeadsToItsResourceAndCountsWhoReads(t *testing.T) {
	t.Parallel()
	s := sends(t, startAPI(t), "brightwater")
	where := func(res *http.Response) {
		require.Equal(t, http.StatusFound, res.StatusCode)
		require.Equal(t, "https://www.brightwater.example/guide?a=b#c", res.Header.Get("Location"))
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
		require.Equal(t, "no-referrer", res.Header.Get("Referrer-Policy"))
		require.Contains(t, res.Header.Get("X-Robots-Tag"), "noindex")
		require.Empty(t, res.Header.Values("Set-Cookie"))
	}
	t.Run("not who only looks", func(t *testing.T) {
		where(follow(t, http.MethodHead, s.link))
		for _, h := range [][]string{{"Sec-Purpose", "prefetch;prerender"}, {"Purpose", "prefetch"}, {"X-Moz", "prefetch"}, {"X-Purpose", "preview"}, {"User-Agent", ""}, {"User-Agent", "curl/8.5.0"},
			{"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, {"User-Agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}} {
			where(follow(t, http.MethodGet, s.link, h...))
		}
		counted, touches, _ := s.views(t)
		require.Equal(t, []int{0, 0}, []int{counted, touches})
	})
	_, _, before := s.views(t)
	t.Run("of many who follow it at once, one", func(t *testing.T) {
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() { where(follow(t, http.MethodGet, s.link)) })
		}
		wg.Wait()
		where(follow(t, http.MethodGet, s.link+"?url=https://evil.example&to=//evil.example", "X-Forwarded-Host", "evil.example", "Host", "evil.example"))
		counted, touches, after := s.views(t)
		require.Equal(t, []int{1, 1}, []int{counted, touches})
		require.Greater(t, after, before, "the lead is scored by it")
	})
	t.Run("and once more when the window is over", func(t *testing.T) {
		conn := owner(t, s.a.owner)
		_, err := conn.Exec(t.Context(), "update shares set last_viewed_at = last_viewed_at - interval '31 minutes'")
		require.NoError(t, err)
		where(follow(t, http.MethodGet, s.link))
		counted, touches, _ := s.views(t)
		require.Equal(t, []int{2, 2}, []int{counted, touches})
	})
	t.Run("it leads to the newest version, and nowhere when that is gone", func(t *testing.T) {
		res := s.a.do(s.token, `mutation ($r: ID!) { addResourceVersion(input: {resourceId: $r, url: "https://www.brightwater.example/guide-2"}) { cursor } }`, map[string]any{"r": s.resource})
		require.Empty(t, res.Errors)
		require.Equal(t, "https://www.brightwater.example/guide-2", follow(t, http.MethodGet, s.link).Header.Get("Location"))
		for _, verb := range []string{`retireResource(input: {resourceId: $r})`, `updateResource(input: {resourceId: $r, expiresAt: "2020-01-01T00:00:00Z"})`} {
			require.Empty(t, s.a.do(s.token, `mutation ($r: ID!) { retireResource(input: {resourceId: $r, retired: false}) { cursor } last: `+verb+` { cursor } }`, map[string]any{"r": s.resource}).Errors)
			gone := follow(t, http.MethodGet, s.link)
			require.Equal(t, http.StatusGone, gone.StatusCode)
			require.Empty(t, gone.Header.Get("Location"))
			require.Equal(t, "text/plain; charset=utf-8", gone.Header.Get("Content-Type"))
		}
	})
}

func TestALinkThatWasChangedLeadsNowhere(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ours, theirs := sends(t, a, "brightwater"), sends(t, a, "othertown")
	at := strings.LastIndex(ours.link, "/") + 1
	base, token, other := ours.link[:at], ours.link[at:], theirs.link[at:]
	raw, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	mix, err := base64.RawURLEncoding.DecodeString(other)
	require.NoError(t, err)
	nobody := append(append(append([]byte{}, raw[:16]...), make([]byte, 16)...), raw[32:]...)
	unknown := id.New()
	forged := append(append(append([]byte{}, raw[:16]...), unknown[:]...), raw[32:]...)
	wrong := []string{"x", token + "A", token[:len(token)-4], token + "=", token + "%0A", strings.ToUpper(token), "https:%2F%2Fevil.example", "..%2F..%2Fgraphql", "%00", strings.Repeat("A", 64), strings.Repeat("A", 5000),
		base64.RawURLEncoding.EncodeToString(append(append([]byte{}, mix[:16]...), raw[16:]...)), base64.RawURLEncoding.EncodeToString(append(append([]byte{}, raw[:16]...), mix[16:]...)),
		base64.RawURLEncoding.EncodeToString(nobody), base64.RawURLEncoding.EncodeToString(forged)}
	for i := range raw {
		changed := append([]byte{}, raw...)
		changed[i] ^= 1
		wrong = append(wrong, base64.RawURLEncoding.EncodeToString(changed))
	}
	a.counter.reset()
	for _, w := range wrong {
		res := follow(t, http.MethodGet, base+w)
		require.Equal(t, http.StatusNotFound, res.StatusCode, w)
		require.Empty(t, res.Header.Get("Location"), w)
	}
	require.Empty(t, a.counter.all(), "the database hears of none")
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		require.Equal(t, http.StatusMethodNotAllowed, follow(t, method, ours.link).StatusCode)
	}
	t.Run("nor is it another address's ticket", func(t *testing.T) {
		require.Equal(t, http.StatusForbidden, follow(t, http.MethodGet, strings.Replace(ours.link, "/r/", "/refusals/", 1)).StatusCode)
	})
}

func TestWhoFollowsTooManyLinksWaits(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	slowed := false
	for range 400 {
		res := follow(t, http.MethodHead, strings.TrimSuffix(a.url, "/graphql")+"/r/none")
		if res.StatusCode == http.StatusTooManyRequests {
			require.NotEmpty(t, res.Header.Get("Retry-After"))
			slowed = true
			break
		}
		require.Equal(t, http.StatusNotFound, res.StatusCode)
	}
	require.True(t, slowed)
}

func TestALinkOutlivesTheSecretItWasSignedWith(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	s := sends(t, a, "brightwater")
	path := strings.TrimPrefix(s.link, a.server.settings.URL)
	for previous, want := range map[string]int{"a secret for tests that is long enough": http.StatusFound, "": http.StatusNotFound} {
		later := startAPI(t, func(x *settings) {
			x.DatabaseURL, x.Secret, x.PreviousSecret, x.Jobs = a.server.settings.DatabaseURL, "another secret that is long enough for it", previous, false
		})
		require.Equal(t, want, follow(t, http.MethodGet, later.server.settings.URL+path).StatusCode)
	}
}

func TestAViewIsCountedEvenWhereALeadIsClosed(t *testing.T) {
	t.Parallel()
	s := sends(t, startAPI(t), "brightwater")
	res := s.a.do(s.token, `mutation ($l: ID!) { disqualifyLead(input: {leadId: $l, reason: "NOT_A_FIT"}) { cursor } }`, map[string]any{"l": s.lead})
	require.Empty(t, res.Errors)
	require.Equal(t, http.StatusFound, follow(t, http.MethodGet, s.link).StatusCode)
	counted, touches, _ := s.views(t)
	require.Equal(t, []int{1, 1}, []int{counted, touches})
}

func TestToNameAResourceCostsATouchNoRoundTrip(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs = false })
	s := sends(t, a, "brightwater")
	record := func(about string) (statements, trips int) {
		touch := map[string]any{"contact": map[string]any{"email": "ann@acme.example"}, "kind": "RESOURCE_VIEWED", "channel": "WEB", "occurredAt": "2026-01-05T10:00:00Z"}
		if about != "" {
			touch["resource"] = about
		}
		a.counter.reset()
		require.Empty(t, a.do(s.token, `mutation ($t: TouchInput!) { recordTouches(input: {source: "web", touches: [$t, $t]}) { recorded } }`, map[string]any{"t": touch}).Errors)
		return len(a.counter.all()), a.counter.tripsNow()
	}
	record("guide") // the first view of all asks for views to be counted
	plain, trips := record("")
	named, same := record("guide")
	require.Equal(t, []int{plain + 1, trips}, []int{named, same}, "the resources are read with what else touches name")
	conn := owner(t, a.owner)
	require.EqualValues(t, 1, count(t, conn, "select count(*) from jobs.river_job where kind = 'observe_lifts'"), "and that is asked for once")
	a.counter.reset()
	require.Equal(t, http.StatusFound, follow(t, http.MethodGet, s.link).StatusCode)
	t.Logf("a view: %d statements in %d round trips", len(a.counter.all()), a.counter.tripsNow())
	a.counter.reset()
	require.Equal(t, http.StatusFound, follow(t, http.MethodGet, s.link).StatusCode)
	require.Equal(t, 1, a.counter.tripsNow(), "within the window a view only reads where to go")
}
