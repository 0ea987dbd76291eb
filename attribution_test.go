package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// creditedDeal is what the tests read of a deal's credits.
type creditedDeal struct {
	Run     struct{ Number, TouchCount int }
	Results []struct {
		Model, Outcome    string
		UnattributedMinor int64
	}
	Touches struct {
		Nodes []struct {
			ChannelGroup string
			Credits      []struct {
				Model       string
				AmountMinor int64
				Share       float64
			}
		}
	}
}

// credited reads what a deal gives under models; all where none are named.
func (w *world) credited(t *testing.T, deal string, run int, models ...attribution.Model) *creditedDeal {
	t.Helper()
	vars := map[string]any{"deal": deal, "run": run}
	if models != nil {
		vars["models"] = models
	}
	var out struct{ Attribution *creditedDeal }
	w.a.do(w.token, `query ($deal: ID!, $run: Int, $models: [AttributionModel!]) { attribution(dealId: $deal, run: $run, models: $models) { run { number touchCount }
		results { model outcome unattributedMinor } touches(first: 250) { nodes { channelGroup credits { model amountMinor share } } } } }`, vars).into(t, &out)
	return out.Attribution
}

// winsAt wins a deal over the API that was opened with a lead, at an amount.
func (w *world) winsAt(t *testing.T, lead id.UUID, amount int64) string {
	t.Helper()
	deal := w.dealt(lead).String()
	require.Empty(t, w.a.do(w.pursuit.sales, `mutation ($deal: ID!, $amount: Int64!) { winDeal(input: {dealId: $deal, amountMinor: $amount}) { cursor } }`, map[string]any{"deal": deal, "amount": amount}).Errors)
	return deal
}

// touched records touches with the person of a lead, each so many hours ago, in some channel.
func (w *world) touched(t *testing.T, lead id.UUID, random *rand.Rand, n int) {
	t.Helper()
	var contact id.UUID
	require.NoError(t, w.pursuit.own.QueryRow(t.Context(), "select contact_id from leads where id = $1", lead).Scan(&contact))
	var all []any
	for range n {
		all = append(all, map[string]any{"contact": map[string]any{"id": id.Global{Kind: id.Contact, UUID: contact}.String()}, "kind": "OTHER",
			"channel":    []string{"EMAIL", "PHONE", "DIRECT", "SOCIAL", "EVENT"}[random.IntN(5)],
			"occurredAt": time.Now().Add(-time.Duration(1+random.IntN(200*24)) * time.Hour).UTC()})
	}
	if n > 0 {
		require.Empty(t, w.a.do(w.token, `mutation ($touches: [TouchInput!]!) { recordTouches(input: {source: "website", touches: $touches}) { recorded } }`, map[string]any{"touches": all}).Errors)
	}
}

func TestCreditsAreTheAmountAndFrozenRunsStay(t *testing.T) {
	t.Parallel()
	w := furnish(t, startAPI(t), "creditors")
	random := rand.New(rand.NewPCG(7, 42))
	leads, deals, frozen := map[string]id.UUID{}, []string{}, map[string]*creditedDeal{}
	for i, amount := range []int64{2, 1, 7, 99, 1_000_000_000_000_000, random.Int64N(1_000_000), 3} {
		lead := w.staged(lifecycle.Opportunity).UUID
		w.touched(t, lead, random, i*2)
		deal := w.winsAt(t, lead, amount)
		leads[deal], deals = lead, append(deals, deal)
		all := w.credited(t, deal, 1)
		frozen[deal] = all
		require.Len(t, all.Results, len(attribution.Models))
		for n, r := range all.Results {
			sum := r.UnattributedMinor
			for _, touch := range all.Touches.Nodes {
				for _, c := range touch.Credits {
					if c.Model == r.Model {
						sum += c.AmountMinor
					}
				}
			}
			require.Equal(t, amount, sum, "%s of %d", r.Model, amount)
			alone := w.credited(t, deal, 1, attribution.Models[n])
			require.Equal(t, all.Results[n], alone.Results[0], "another model changes nothing")
			for at, touch := range alone.Touches.Nodes {
				for _, c := range touch.Credits {
					require.Contains(t, all.Touches.Nodes[at].Credits, c)
				}
			}
		}
	}
	sam := w.a.member(w.token, "director2@creditors.example", auth.Sales, auth.Director)
	w.agreesOn(t, sam, everyTouch(2))
	for _, deal := range deals {
		w.touched(t, leads[deal], random, 2)
		w.does(`update contacts set account_id = $2 where id = (select contact_id from leads where id = $1)`, leads[deal], uuid(t, w.ids[id.Account]))
		eventually(t, "another run", func() bool { return w.credited(t, deal, 2) != nil })
		require.Equal(t, frozen[deal], w.credited(t, deal, 1), "the frozen run stays")
	}
	c := owner(t, w.a.owner)
	_, err := c.Exec(t.Context(), `set role lg_app`)
	require.NoError(t, err)
	for _, sql := range []string{"update attribution_runs set amount_minor = 0", "delete from attribution_runs"} {
		_, err = c.Exec(t.Context(), sql)
		require.ErrorContains(t, err, "permission denied")
	}
}

// everyTouch is a policy under which every touch of ten years counts, and the models that learn need next to nothing.
func everyTouch(order int) map[string]any {
	p := attribution.Default()
	p.LookBackDays, p.Repeats, p.Ignored, p.Groups, p.Minimum, p.Markov.Order = 3650, attribution.Repeats{Count: attribution.EveryTouch}, nil, nil, attribution.Minimum{Journeys: 1, Won: 1}, order
	b, _ := json.Marshal(p) // a plain struct
	var body map[string]any
	_ = json.Unmarshal(b, &body)
	return body
}

// agreesOn publishes an attribution policy.
func (w *world) agreesOn(t *testing.T, director string, policy map[string]any) string {
	t.Helper()
	version := w.made(t, "draftAgreement", "agreement", map[string]any{"title": w.name("credit"), "body": map[string]any{"attributionPolicy": policy}})
	w.sign(t, version, director)
	require.Empty(t, w.a.do(w.token, `mutation ($id: ID!) { publishAgreement(input: {agreementId: $id}) { cursor } }`, map[string]any{"id": version}).Errors)
	return version
}

func TestAFitInWhichNothingWasLearnedCreditsNothing(t *testing.T) {
	t.Parallel()
	w := furnish(t, startAPI(t), "learners")
	c := owner(t, w.a.owner)
	ended := func() bool {
		return count(t, c, "select count(*) from attribution_fits where state in ('PENDING', 'RUNNING')") == 0
	}
	policy := w.agreesOn(t, w.a.member(w.token, "director2@learners.example", auth.Sales, auth.Director), everyTouch(1))
	empty := w.made(t, "fitAttribution", "fit", map[string]any{"policyId": policy, "to": "2026-01-01T00:00:00Z"})
	eventually(t, "the end of fits to no journeys", ended)
	random := rand.New(rand.NewPCG(7, 42))
	var deals []string
	for range 2 {
		lead := w.staged(lifecycle.Opportunity).UUID
		w.touched(t, lead, random, 3)
		deals = append(deals, w.winsAt(t, lead, 1000))
	}
	require.Zero(t, count(t, c, "select count(*) from attribution_runs where fit_id is not null"), "nothing was learned")
	w.does(`update attribution_runs set fit_id = $2 where deal_id = $1`, uuid(t, deals[1]), uuid(t, empty)) // as they once were credited
	w.made(t, "fitAttribution", "fit", map[string]any{"policyId": policy})
	for _, deal := range deals {
		eventually(t, "credit by the first fit that learned", func() bool { return w.credited(t, deal, 2) != nil })
		require.Equal(t, "ANSWERED", w.credited(t, deal, 2, attribution.Markov).Results[0].Outcome)
	}
	w.made(t, "fitAttribution", "fit", map[string]any{"policyId": policy, "to": "2026-01-01T00:00:00Z"})
	eventually(t, "the end of another fit to no journeys", ended)
	var report struct {
		AttributionReport struct {
			Totals []struct{ AttributedMinor int64 }
		}
	}
	w.a.do(w.token, `query ($policy: ID!) { attributionReport(by: CHANNEL, models: [MARKOV], basis: RECOMPUTED, policyId: $policy) { totals { attributedMinor } } }`, map[string]any{"policy": policy}).into(t, &report)
	require.Positive(t, report.AttributionReport.Totals[0].AttributedMinor, "what was learned before is not forgotten")
}

// channelsOf are the channels of the reference data as the API calls them.
var channelsOf = map[string]string{"Direct Traffic": "DIRECT", "Search Ads": "PAID_SEARCH", "Display Ads": "DISPLAY", "Referral": "REFERRAL", "Email": "EMAIL", "Social Media": "SOCIAL"}

// referenceJourneys are the file of the reference touches, and what is expected of them; it skips the test where they are not there.
func referenceJourneys(t *testing.T) (file string, want map[string]json.RawMessage) {
	t.Helper()
	file, expect := referenceFile(t, "attribution/*_touches.csv"), referenceFile(t, "attribution/damabytes_expected.json")
	if file == "" || expect == "" {
		t.Skip("no reference data: attribution/*_touches.csv")
	}
	b, err := os.ReadFile(expect)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &want))
	return file, want
}

// TestReferenceJourneysComeInByFileOracle brings the reference data in as somebody does who moves here: people, outcomes and deals by a file, then the touches.
func TestReferenceJourneysComeInByFileOracle(t *testing.T) {
	t.Parallel()
	file, want := referenceJourneys(t)
	a := startAPI(t)
	w := &world{a: a, tag: "moved", token: a.signUp("moved"), ids: map[id.Kind]string{}}
	w.ids[id.Source] = w.made(t, "createSource", "source", map[string]any{"key": "s0", "name": "Reference", "kind": "FORM", "channel": "WEB"})
	w.agreesOn(t, a.member(w.token, "director@moved.example", auth.Sales, auth.Director), everyTouch(1))
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	ends, won, touches := map[string]string{}, map[string]bool{}, []any{}
	for _, l := range lines[1:] {
		ends[l[0]], won[l[0]] = max(ends[l[0]], l[1]), l[3] == "1" || won[l[0]]
		touches = append(touches, map[string]any{"contact": map[string]any{"email": "u" + l[0] + "@u" + l[0] + ".example"}, "kind": "OTHER", "channel": channelsOf[l[2]], "occurredAt": l[1]})
	}
	rows := strings.Builder{}
	rows.WriteString("email,outcome,closedAt,deal,amount\n")
	for _, u := range slices.Sorted(maps.Keys(ends)) {
		outcome, deal := "DISQUALIFIED", ","
		if won[u] {
			outcome, deal = "WON", "d"+u+",1000000"
		}
		fmt.Fprintf(&rows, "u%s@u%[1]s.example,%s,%s,%s\n", u, outcome, ends[u], deal)
	}
	m := &maven{t: t, testAPI: a, ada: w.token, files: map[string]string{"journeys.csv": rows.String()}}
	p := m.takes("journeys.csv", "s0", `{"columns": [{"column": "email", "to": "email"}, {"column": "outcome", "to": "outcome"}, {"column": "closedAt", "to": "closedAt"},
		{"column": "deal", "to": "deal.externalId"}, {"column": "amount", "to": "deal.amount"}], "defaults": [{"to": "deal.currency", "value": "EUR"}]}`)
	require.Equal(t, []int64{int64(len(ends)), 0}, []int64{p.RowsCreated, p.RowsRefused})
	for part := range slices.Chunk(touches, 500) {
		require.Empty(t, a.do(w.token, `mutation ($touches: [TouchInput!]!) { recordTouches(input: {source: "s0", touches: $touches}) { recorded } }`, map[string]any{"touches": part}).Errors)
	}
	w.made(t, "fitAttribution", "fit", map[string]any{"from": "2024-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"})
	c := owner(t, a.owner)
	eventually(t, "the end of the fit", func() bool {
		return count(t, c, "select count(*) from attribution_fits where state in ('PENDING', 'RUNNING')") == 0
	})
	w.compareReport(t, "RECOMPUTED", want)
}

// referred brings the journeys of the reference data into a workspace: people with leads, their touches over the API, and a deal won with each who bought.
func (w *world) referred(t *testing.T, file string) {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var people []id.UUID
	var ends []time.Time
	var won []bool
	of, touches := map[string]int{}, []any{}
	for _, l := range lines[1:] {
		at, err := time.Parse(time.RFC3339, l[1])
		require.NoError(t, err)
		n, known := of[l[0]]
		if !known {
			n = len(people)
			of[l[0]] = n
			people, ends, won = append(people, id.New()), append(ends, at), append(won, l[3] == "1")
		}
		if at.After(ends[n]) {
			ends[n] = at
		}
		touches = append(touches, map[string]any{"contact": map[string]any{"id": id.Global{Kind: id.Contact, UUID: people[n]}.String()}, "kind": "OTHER", "channel": channelsOf[l[2]], "occurredAt": l[1]})
	}
	from := `from (select unnest($2::uuid[]) as id, unnest($3::timestamptz[]) as at, unnest($4::boolean[]) as won) u, sources s where s.id = $1`
	args := []any{uuid(t, w.ids[id.Source]), people, ends, won}
	w.does(`insert into contacts (workspace_id, id) select s.workspace_id, u.id `+strings.Replace(from, "where", "where u.at is not null and u.won is not null and", 1), args...)
	w.does(`insert into leads (workspace_id, id, contact_id, source_id, stage, stage_since, created_at, last_activity_at)
		select s.workspace_id, u.id, u.id, s.id, case when u.won then 'WON' else 'DISQUALIFIED' end, u.at, u.at, u.at `+from, args...)
	w.does(`insert into deals (workspace_id, id, lead_id, contact_id, name, amount_minor, currency, outcome, opened_at, closed_at, updated_at)
		select s.workspace_id, gen_random_uuid(), u.id, u.id, 'Deal', 100000000, 'EUR', 'WON', u.at, u.at, u.at `+from+` and u.won`, args...)
	for len(touches) > 0 {
		n := min(len(touches), 500)
		require.Empty(t, w.a.do(w.token, `mutation ($touches: [TouchInput!]!) { recordTouches(input: {source: "s0", touches: $touches}) { recorded } }`, map[string]any{"touches": touches[:n]}).Errors)
		touches = touches[n:]
	}
}

// learnedModel is what the tests read of a fit.
type learnedModel struct {
	Outcome   string
	Base      float64
	Won, Lost int64
	Groups    []struct {
		Group       string
		Effect, Won float64
	}
	TransitionList []struct {
		From, To string
		Won      bool
		Count    int64
	} `json:"transitions"`
}

func TestReferenceJourneysGiveTheReferenceFiguresOverTheAPIOracle(t *testing.T) {
	t.Parallel()
	file, want := referenceJourneys(t)
	a := startAPI(t)
	w := &world{a: a, tag: "reference", token: a.signUp("reference"), ids: map[id.Kind]string{}}
	w.pursuit.own = w.beside(t)
	w.ids[id.Source] = w.made(t, "createSource", "source", map[string]any{"key": "s0", "name": "Reference", "kind": "FORM", "channel": "WEB"})
	policy := w.agreesOn(t, a.member(w.token, "director@reference.example", auth.Sales, auth.Director), everyTouch(1))
	c := owner(t, a.owner)
	eventually(t, "the end of the fit that publishing asked for, which would learn from some of them", func() bool {
		return count(t, c, "select count(*) from attribution_fits where state in ('PENDING', 'RUNNING')") == 0
	})
	w.referred(t, file)
	w.ids[id.AttributionFit] = w.made(t, "fitAttribution", "fit", map[string]any{"policyId": policy, "from": "2024-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"})
	eventually(t, "credit for all deals", func() bool {
		return count(t, c, "select count(*) from attribution_runs where number = 1 and fit_id is not null") == 2381
	})
	var fit struct {
		Node struct{ Markov, Shapley learnedModel }
	}
	a.do(w.token, `query ($id: ID!) { node(id: $id) { ... on AttributionFit { markov { outcome base won lost groups { group effect won } transitions { from to won count } } shapley { outcome base groups { group effect won } } } } }`,
		map[string]any{"id": w.ids[id.AttributionFit]}).into(t, &fit)
	require.Equal(t, []int64{2381, 466}, []int64{fit.Node.Markov.Won, fit.Node.Markov.Lost})
	for name, got := range map[string]learnedModel{"markov_order_1": fit.Node.Markov, "shapley_rate": fit.Node.Shapley} {
		var expected struct {
			Base     float64 `json:"conversion_probability"`
			Rate     float64 `json:"grand_coalition_rate"`
			Channels map[string]map[string]float64
		}
		require.NoError(t, json.Unmarshal(want[name], &expected))
		require.Equal(t, "ANSWERED", got.Outcome)
		require.InEpsilon(t, expected.Base+expected.Rate, got.Base, 1e-9, name)
		require.Len(t, got.Groups, len(expected.Channels))
		for channel, figures := range expected.Channels {
			for _, g := range got.Groups {
				if g.Group == channelsOf[channel] {
					require.InEpsilon(t, figures["removal_effect"]+figures["shapley"], g.Effect, 1e-9, "%s of %s", name, channel)
					require.InEpsilon(t, figures["conversions"], g.Won, 1e-9, "%s of %s", name, channel)
				}
			}
		}
	}
	var steps []struct {
		From, To string
		Count    int64
	}
	require.NoError(t, json.Unmarshal(want["transitions_order_1"], &steps))
	require.Len(t, fit.Node.Markov.TransitionList, len(steps))
	for _, basis := range []string{"FROZEN", "RECOMPUTED"} {
		w.compareReport(t, basis, want)
	}
}

// compareReport compares what heuristics give each channel with the reference figures.
func (w *world) compareReport(t *testing.T, basis string, want map[string]json.RawMessage) {
	t.Helper()
	var out struct {
		AttributionReport struct {
			Deals, AmountMinor int64
			Totals             []struct{ AttributedMinor int64 }
			Rows               struct {
				Nodes []struct {
					Key     string
					Credits []struct {
						Model       string
						AmountMinor int64
						Deals       float64
					}
				}
			}
		}
	}
	w.a.do(w.token, `query ($basis: AttributionBasis!) { attributionReport(by: CHANNEL, basis: $basis, closedFrom: "2024-01-01T00:00:00Z", closedBefore: "2026-01-01T00:00:00Z") {
		deals amountMinor totals { attributedMinor } rows { nodes { key credits { model amountMinor deals } } } } }`, map[string]any{"basis": basis}).into(t, &out)
	report := out.AttributionReport
	require.Equal(t, int64(2381), report.Deals)
	for _, total := range report.Totals {
		require.Equal(t, report.AmountMinor, total.AttributedMinor, basis)
	}
	compared := 0
	for key, model := range map[string]string{"first": "FIRST", "last": "LAST", "linear": "LINEAR", "position_40_20_40": "POSITION", "time_decay_half_life_7d": "TIME_DECAY"} {
		var table map[string]map[string]float64
		require.NoError(t, json.Unmarshal(want[key], &table))
		for channel, figures := range table {
			for _, row := range report.Rows.Nodes {
				for _, c := range row.Credits {
					if row.Key == channelsOf[channel] && c.Model == model {
						require.InEpsilon(t, figures["conversions"], c.Deals, 1e-6, "%s: %s of %s", basis, model, channel)
						require.InDelta(t, c.Deals*1e8, float64(c.AmountMinor), math.Max(2400, 1e-6*c.Deals*1e8), fmt.Sprint(basis, model, channel))
						compared++
					}
				}
			}
		}
	}
	require.Equal(t, 30, compared)
}
