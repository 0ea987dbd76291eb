package agreement

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/scoring"
	"github.com/leadgraph/leadgraph/internal/sla"
)

func TestDefaultsKeepTheirHash(t *testing.T) {
	t.Parallel()
	// Another hash means that a default says something else, which is fine: write it down here. Or that the shape of a body has changed: then the
	// signatures and back-tests of every workspace speak of hashes that no body has any more, and a migration has to keep the old bytes.
	for k, hash := range map[Kind]string{
		LeadDefinition:    "b96d22c06783ec3f4a6c5e69b18cf52be1494cd5ce7c7e88efdf8fe2f913a418",
		ScoringModel:      "37fffc43e7868aed681fa8490b52930c7b5a566f4f1407a7365df668cedd0f90",
		SLAPolicy:         "bdf3e203e58e6038cbfbe7cde72b06b958f46633fe3350cc2615a8cbf8930888",
		RoutingPolicy:     "c0d732f30a3c444433a123bb7657e0209942c8e937c067f86f700b7500e7c8e2",
		FollowUpPolicy:    "adfc8ccdcc3974d3abf4b3c474aa5e9842dc1cea742a203b32b10429521e8a51",
		ContactPolicy:     "3c3d5395f970144acb73d13252f9cd2f3914db31a3e2c1c06b2f8416b43c4750",
		AttributionPolicy: "13be27634da2a4d87add2b52e61a17c0d37a3a0d0d3f56d7ef1f0824b230b17a",
	} {
		body := Default(k)
		require.Equal(t, hash, body.Hash(), "%s", k)
	}
}

func TestDefaultsCanBeKept(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds {
		body := Default(k)
		require.Equal(t, k, body.Kind())
		require.NoError(t, body.Check(condition.NewRegistry(nil)), "%s", k)
		seen := map[string]bool{}
		for _, c := range body.Clauses() {
			require.NotEmpty(t, c.Text, "%s %s", k, c.Key)
			require.False(t, seen[c.Key], "%s: two rules are called %s, so that a difference could not name one", k, c.Key)
			seen[c.Key] = true
		}
		require.NotEmpty(t, seen, "%s", k)
	}
}

func TestWhatIsReadBackHasTheHashThatWasSigned(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds {
		body := Default(k)
		first, err := json.Marshal(&body)
		require.NoError(t, err)
		var back Body
		require.NoError(t, json.Unmarshal(first, &back))
		second, err := json.Marshal(&back)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second), "%s", k)
		require.Equal(t, body.Hash(), back.Hash(), "%s", k)
	}
}

func TestAnAbsentListIsAnEmptyOne(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]Body{
		"definition": {{LeadDefinition: &definition.Definition{}}, {LeadDefinition: &definition.Definition{Criteria: []definition.Criterion{}, RequiredFields: []string{},
			Exclusions: []definition.Criterion{}, SalesQualified: []definition.Criterion{}, Labels: []definition.StageLabel{}}}},
		"model":   {{ScoringModel: &scoring.Model{}}, {ScoringModel: &scoring.Model{Fit: []scoring.FitRule{}, Engagement: []scoring.EngagementRule{}, Groups: []scoring.Group{}, Bands: []scoring.BandCell{}}}},
		"clocks":  {{SlaPolicy: &sla.Policy{}}, {SlaPolicy: &sla.Policy{Calendars: []sla.NamedCalendar{}, Rules: []sla.Rule{}, Off: []sla.Stage{}, Pauses: []sla.PauseRule{}}}},
		"routing": {{RoutingPolicy: &routing.Policy{}}, {RoutingPolicy: &routing.Policy{Exclusions: []routing.Exclusion{}, Rules: []routing.Rule{}, Pools: []routing.Pool{}}}},
		"contact": {{ContactPolicy: &contactpolicy.Policy{}}, {ContactPolicy: &contactpolicy.Policy{Caps: []contactpolicy.Cap{}, Consents: []contactpolicy.ConsentRule{}}}},
		"credit":  {{AttributionPolicy: &attribution.Policy{}}, {AttributionPolicy: &attribution.Policy{Ignored: []attribution.IgnoreRule{}}}},
	} {
		require.Equal(t, pair[0].Hash(), pair[1].Hash(), name)
	}
}

func TestAPointMoreIsAnotherContent(t *testing.T) {
	t.Parallel()
	body, changed := Default(ScoringModel), Default(ScoringModel)
	changed.ScoringModel.Fit[0].Points++
	require.NotEqual(t, body.Hash(), changed.Hash())
	other := Default(LeadDefinition)
	require.NotEqual(t, body.Hash(), other.Hash())
}

func TestNoRulesAtAllAreRefused(t *testing.T) {
	t.Parallel()
	for _, body := range []*Body{nil, {}} {
		require.Empty(t, body.Kind())
		require.Nil(t, body.Clauses())
		require.EqualError(t, body.Check(condition.NewRegistry(nil)), "Give the rules of one kind.")
	}
	require.Equal(t, Body{}, Default("NO_KIND"))
}

func TestFaultsHaveTheirPlaceBelowTheBody(t *testing.T) {
	t.Parallel()
	body := Default(ScoringModel)
	body.ScoringModel.Fit[2].Points = 0
	body.ScoringModel.Engagement[1].HalfLifeDays = new(0.0)
	require.Equal(t, []string{"scoringModel.fit[2].points", "scoringModel.engagement[1].halfLifeDays"}, places(body.Check(condition.NewRegistry(nil))))
}

// places are the places of faults.
func places(err error) []string {
	var out []string
	list, _ := err.(fault.List)
	for _, f := range list {
		out = append(out, f.Field)
	}
	return out
}

func TestTenThousandRulesAreRefusedByTheirNumber(t *testing.T) {
	t.Parallel()
	const many = 10_000
	reg := condition.NewRegistry(nil)
	for place, body := range map[string]Body{
		"leadDefinition.criteria":   {LeadDefinition: &definition.Definition{Criteria: repeated(Default(LeadDefinition).LeadDefinition.Criteria[0], many)}},
		"scoringModel.fit":          {ScoringModel: &scoring.Model{Fit: repeated(Default(ScoringModel).ScoringModel.Fit[0], many)}},
		"scoringModel.engagement":   {ScoringModel: &scoring.Model{Engagement: repeated(Default(ScoringModel).ScoringModel.Engagement[0], many)}},
		"slaPolicy.rules":           {SlaPolicy: &sla.Policy{Rules: repeated(Default(SLAPolicy).SlaPolicy.Rules[0], many)}},
		"routingPolicy.rules":       {RoutingPolicy: &routing.Policy{Rules: make([]routing.Rule, many)}},
		"followUpPolicy.rules":      {FollowUpPolicy: &followup.Policy{Rules: repeated(Default(FollowUpPolicy).FollowUpPolicy.Rules[0], many)}},
		"contactPolicy.caps":        {ContactPolicy: &contactpolicy.Policy{Caps: repeated(Default(ContactPolicy).ContactPolicy.Caps[0], many)}},
		"attributionPolicy.ignored": {AttributionPolicy: &attribution.Policy{Ignored: repeated(Default(AttributionPolicy).AttributionPolicy.Ignored[0], many)}},
	} {
		err := body.Check(reg)
		require.Contains(t, places(err), place)
		require.LessOrEqual(t, len(places(err)), 10, "%s: one fault each would be too many to read", place)
		require.Contains(t, message(err, place), "these are 10000", place)
	}
}

// message is the sentence of a fault with a place.
func message(err error, place string) string {
	list, _ := err.(fault.List)
	for _, f := range list {
		if f.Field == place {
			return f.Message
		}
	}
	return ""
}

func repeated[T any](x T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = x
	}
	return out
}
