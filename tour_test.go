package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/httpapi/playground"
)

// The steps: what is said, the operation, and in docs/tour.md its answer.
var (
	tourStep   = regexp.MustCompile("(?s)\n## (\\d+\\. [^\n]*\n\n[^\n]*)\n\n```graphql\n(.*?)\n```\n\n```json\n(.*?)\n```\n")
	readmeStep = regexp.MustCompile("(?s)\n\\*\\*(\\d+\\. [^\n]*)\n\n```graphql\n(.*?)\n```\n")
)

// What differs from run to run: ids and moments, and who is in turn. Numbers are compared to the first decimal, for points fade while one reads, and those of the scorecard, of the guide's
// earlier readers and of like leads not at all, for they are the day's.
var (
	tourID     = regexp.MustCompile(`"(lead|handoff|resource|deal)_[0-9a-z]{26}"`)
	tourMoment = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`)
	tourLink   = regexp.MustCompile(`"http://[^"]*/r/[^"]*"`)
	tourTurn   = regexp.MustCompile(`\d+ can take it`)
	tourDay    = regexp.MustCompile(`"(value|numerator|denominator|views|deals)": [0-9.]+`)
	tourEarned = regexp.MustCompile(`("credited": \[\{[^}]*"amountMinor": )[0-9]+`)
	tourLift   = regexp.MustCompile(`"(No lead of this persona|Only|Of) [^"]*"`)
	tourTenths = regexp.MustCompile(`(\d\.\d)\d*`)
)

// settled is an answer without what differs.
func (g *guide) settled(answer string) string {
	for _, m := range g.api.server.settings.dev.demo.Members {
		answer = strings.ReplaceAll(answer, `"`+m.Name+`"`, `"<member>"`)
	}
	answer = tourLink.ReplaceAllString(tourMoment.ReplaceAllString(tourID.ReplaceAllString(answer, `"<$1>"`), "<time>"), `"<link>"`)
	answer = tourTurn.ReplaceAllString(answer, "some can take it")
	answer = tourLift.ReplaceAllString(tourEarned.ReplaceAllString(answer, "${1}0"), `"<lift>"`)
	answer = tourTenths.ReplaceAllString(tourDay.ReplaceAllString(answer, `"$1": 0`), "$1")
	return strings.Join(strings.Fields(strings.NewReplacer("[", "[ ", "]", " ]", "{", "{ ", "}", " }").Replace(answer)), " ")
}

// guide walks through the tour.
type guide struct {
	t         *testing.T
	api       *testAPI
	who       string // acts, by name
	variables map[string]any
}

// take does a step as a reader would, and answers its data.
func (g *guide) take(said, operation string) string {
	g.t.Helper()
	if m := regexp.MustCompile(`\bAs (?:the )?\*([^*]+)\*`).FindStringSubmatch(said); m != nil && m[1] != "the member" {
		g.who = m[1]
	}
	identities := g.api.server.settings.dev.identities()
	at := slices.IndexFunc(identities, func(i playground.Identity) bool { return i.Name == g.who })
	require.GreaterOrEqual(g.t, at, 0, "nobody in the Playground is called %s", g.who)
	token, err := g.api.server.devSignIn(g.t.Context(), identities[at].ID)
	require.NoError(g.t, err)
	res := g.api.do(token.Value, operation, g.variables)
	require.Empty(g.t, res.Errors, said)
	for _, m := range tourID.FindAllStringSubmatch(string(res.Data), -1) {
		if _, known := g.variables[m[1]]; !known {
			g.variables[m[1]] = strings.Trim(m[0], `"`)
		}
	}
	var next struct {
		OfferLead struct {
			Handoff struct{ Member struct{ Name string } }
		}
		ShareResource struct{ URL string }
	}
	require.NoError(g.t, json.Unmarshal(res.Data, &next))
	if name := next.OfferLead.Handoff.Member.Name; name != "" {
		g.who = name
	}
	if link := next.ShareResource.URL; link != "" {
		g.open(link)
	}
	data, err := decode(res.Data)
	require.NoError(g.t, err)
	return indent(data, "")
}

// open follows a link as far as leadgraph goes, as a browser would.
func (g *guide) open(link string) {
	g.t.Helper()
	req, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, link, nil)
	require.NoError(g.t, err)
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(g.t, err)
	require.NoError(g.t, res.Body.Close())
	require.Equal(g.t, http.StatusFound, res.StatusCode)
}

// With -update the answers of docs/tour.md are written anew: read the diff.
func TestTheTourIsWhatTheDemoAnswers(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/tour.md")
	require.NoError(t, err)
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	a := startAPI(t)
	require.NoError(t, a.server.loadDemo(t.Context(), t.TempDir()))
	quiet(t, owner(t, a.owner)) // the demo's deals are credited and its views counted, as they are when somebody has read the first step
	g := &guide{t: t, api: a, variables: map[string]any{}}
	steps, short := tourStep.FindAllSubmatch(page, -1), readmeStep.FindAllSubmatch(readme, -1)
	require.Len(t, steps, 10)
	require.Len(t, short, len(steps))
	for i, step := range steps {
		operation := string(step[2])
		require.Equal(t, operation, string(short[i][2]), "the README has the same steps")
		answer := g.take(string(step[1]), operation)
		if *update {
			before := operation + "\n```\n\n```json\n"
			here := strings.ReplaceAll(answer, strings.TrimSuffix(a.url, "/graphql"), "http://localhost:8080") // where dev listens
			page = bytes.Replace(page, []byte(before+string(step[3])), []byte(before+here), 1)
			continue
		}
		require.Equal(t, g.settled(string(step[3])), g.settled(answer), string(step[1]))
	}
	if *update {
		require.NoError(t, os.WriteFile("docs/tour.md", page, 0o600))
	}
	t.Run("and what a resource earns is what the report says", a.sameCredit)
}

// sameCredit compares what resources earn with the report by resource under the policy's default model.
func (a *testAPI) sameCredit(t *testing.T) {
	t.Helper()
	token, err := a.server.devSignIn(t.Context(), a.server.settings.dev.demo.Members[0].ID.String())
	require.NoError(t, err)
	var out struct {
		Resources struct {
			Nodes []struct {
				ID       string
				Outcomes struct {
					Credited []struct{ Deals, AmountMinor int64 }
				}
			}
		}
		AttributionReport struct {
			Rows struct {
				Nodes []struct {
					Resource        *struct{ ID string }
					InfluencedDeals int64
					Credits         []struct{ AmountMinor int64 }
				}
			}
		}
	}
	now := time.Now().UTC()
	a.do(token.Value, `query ($from: Time!, $to: Time!) {
		resources(first: 100) { nodes { id outcomes(from: $from, to: $to) { credited { deals amountMinor } } } }
		attributionReport(by: RESOURCE, models: [POSITION], closedFrom: $from, closedBefore: $to) { rows(first: 100) { nodes { resource { id } influencedDeals credits { amountMinor } } } } }`,
		map[string]any{"from": now.AddDate(-1, 0, 0), "to": now}).into(t, &out)
	earned, reported := map[string][2]int64{}, map[string][2]int64{}
	for _, r := range out.Resources.Nodes {
		for _, c := range r.Outcomes.Credited {
			earned[r.ID] = [2]int64{c.Deals, c.AmountMinor}
		}
	}
	for _, r := range out.AttributionReport.Rows.Nodes {
		if r.Resource != nil {
			reported[r.Resource.ID] = [2]int64{r.InfluencedDeals, r.Credits[0].AmountMinor}
		}
	}
	require.NotEmpty(t, reported)
	require.Equal(t, reported, earned)
}
