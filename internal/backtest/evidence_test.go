package backtest

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// honest are leads whose chance is what their total says, in percent.
func honest(n int) []Sample {
	r := rand.New(rand.NewPCG(7, 7))
	all := make([]Sample, n)
	for i := range all {
		total := r.Float64() * 100
		all[i] = lead(i, total, r.Float64()*100 < total, r.IntN(4), r.IntN(12), int(total))
	}
	return all
}

func TestTooFewOutcomesAreNeverAPass(t *testing.T) {
	t.Parallel()
	perfect := func(n, positives int) []Sample {
		all := make([]Sample, n)
		for i := range all {
			all[i] = lead(i, 100*float64(outcomeByte(i < positives)), i < positives, 0, 0, -1)
		}
		return all
	}
	for name, test := range map[string]struct {
		leads, positives int
		want             Verdict
		reasons          int
	}{
		"nobody":                          {0, 0, NotEnoughEvidence, 3},
		"one lead under the minimum":      {199, 100, NotEnoughEvidence, 1},
		"one positive under the minimum":  {400, 29, NotEnoughEvidence, 1},
		"one negative under the minimum":  {400, 371, NotEnoughEvidence, 1},
		"just enough of both, and sorted": {200, 30, Evidence, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := report(t, perfect(test.leads, test.positives))
			require.Equal(t, test.want, r.Verdict)
			require.Len(t, r.Reasons, test.reasons)
			require.Equal(t, test.want == Evidence, r.Auc != nil)
			if r.Auc != nil {
				require.Equal(t, []float64{1, 0, 1}, []float64{*r.Auc, *r.Brier, *r.AtThreshold.Precision})
			}
		})
	}
}

func TestProbabilitiesAreThoseOfOtherLeads(t *testing.T) {
	t.Parallel()
	r := report(t, honest(20_000))
	require.InDelta(t, 0.5, r.BaseRate, 0.02)
	require.InDelta(t, 5.0/6, *r.Auc, 0.01, "of two chances that are spread evenly, the positive's is the higher one in five of six pairs")
	require.InDelta(t, 1.0/6, *r.Brier, 0.005, "the mean of p (1 - p)")
	require.Less(t, *r.CalibrationError, 0.02)
	coin := honest(20_000)
	c := rand.New(rand.NewPCG(8, 8))
	for i := range coin {
		coin[i].Positive = c.IntN(2) == 0
	}
	r = report(t, coin)
	require.InDelta(t, 0.5, *r.Auc, 0.02)
	require.InDelta(t, 0.25, *r.Brier, 0.005, "in-sample, an isotonic fit of chance would look better than chance")
}

func TestAnIsotonicFitPoolsWhatIsOutOfOrder(t *testing.T) {
	t.Parallel()
	var rows []row
	for i, positive := range []bool{false, true, false, true, true} {
		rows = append(rows, row{total: float64(i / 2 * 2), positive: positive, fold: 1})
	}
	// Totals 0, 0, 2, 2, 4 with 1 of 2, 1 of 2, 1 of 1: the first four are one step.
	require.Equal(t, []step{{from: 0, leads: 4, gained: 2}, {from: 4, leads: 1, gained: 1}}, isotonic(rows, 0))
	require.Empty(t, isotonic(rows, 1), "a fold is not its own judge")
}

func TestManyPersonasAreFiftyAndTheRest(t *testing.T) {
	t.Parallel()
	var all []Sample
	for i := range 600 {
		all = append(all, lead(i, float64(i%101), i%3 == 0, 1+i%60, 0, -1))
	}
	b := report(t, all).Personas
	require.Equal(t, []int{50, 60, 100}, []int{len(b.Groups), b.Count, b.Others.Leads})
	require.Nil(t, b.Others.ID)
	require.Equal(t, id.Persona, b.Groups[0].ID.Kind)
}

func TestWhatCameLateIsListedWithItsRules(t *testing.T) {
	t.Parallel()
	all := honest(300)
	late := 0
	for i := range all {
		all[i].Late = nil
		if i%3 == 0 {
			all[i].Late = []string{"account.employees", "contact.city"}
			late++
		}
		if i%2 == 0 {
			all[i].Late = append(all[i].Late, "contact.title")
		}
	}
	require.Equal(t, []Leak{
		{Attribute: "account.employees", Leads: late, Share: float64(late) / 300, Rules: []string{"large"}},
		{Attribute: "contact.title", Leads: 150, Share: 0.5, Rules: []string{}},
		{Attribute: "contact.city", Leads: late, Share: float64(late) / 300, Rules: []string{}},
	}, report(t, all).Leaks)
}

func TestRulesAreFoundByWhatTheyName(t *testing.T) {
	t.Parallel()
	named := func(name string) condition.Condition {
		return condition.Condition{Attribute: &condition.Attribute{Name: name, Op: condition.IsSet}}
	}
	both := condition.Condition{Any: []condition.Condition{named("contact.title"), {Not: new(named("account.tier"))}}}
	m := scoring.Model{Fit: []scoring.FitRule{{Key: "a", When: named("contact.title")}, {Key: "b", When: both}}}
	require.Equal(t, map[string][]string{"contact.title": {"a", "b"}, "account.tier": {"b"}}, RulesOf(&m))
}

func TestWeeksAreHeldAgainstTheCapacity(t *testing.T) {
	t.Parallel()
	var all []Sample
	for i := range 30 {
		all = append(all, lead(i, 80, true, 0, i/25*3, -1)) // 25 in the first week, 5 three weeks later
	}
	l := report(t, all).Load
	require.Equal(t, []int{4, 25, 1, 2}, []int{l.WeekCount, l.MostPerWeek, *l.WeeksOverCapacity, len(l.Weeks)})
	require.Equal(t, 7.5, l.MeanPerWeek)
	sunday := time.Date(1969, 12, 28, 23, 59, 59, 0, time.UTC)
	require.Equal(t, time.Date(1969, 12, 22, 0, 0, 0, 0, time.UTC), weekStart(week(sunday)), "also before 1970")
}

func TestReportsCompareOverOneCohortOnly(t *testing.T) {
	t.Parallel()
	all := honest(400)
	first := report(t, all)
	for i := range all {
		all[i].Total, all[i].Score = 50, 50
	}
	second := report(t, all)
	c, err := Compare(first, second)
	require.NoError(t, err)
	require.Equal(t, 0.5, *c.Auc.Second)
	require.Equal(t, 0.5-*first.Auc, *c.Auc.Change)
	require.Equal(t, 400.0, *c.Volume.Second)
	require.Equal(t, VolumeRow{Leads: 400, First: first.Positives, Second: first.Positives}, c.SameVolume[9])

	all[0].Positive = !all[0].Positive
	_, err = Compare(first, report(t, all))
	require.True(t, fault.Is(err, fault.BadUserInput), "another outcome")
	other := *second
	other.Cohort.HorizonDays = 30
	_, err = Compare(first, &other)
	require.True(t, fault.Is(err, fault.BadUserInput), "another horizon")
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Cohort){
		"a cohort that ends before it begins": func(c *Cohort) { c.To = c.From },
		"a label that does not exist":         func(c *Cohort) { c.Label = "won" },
		"no horizon":                          func(c *Cohort) { c.HorizonDays = 0 },
		"days after a hand-off":               func(c *Cohort) { c.AfterDays = 3 },
	} {
		c := spring
		change(&c)
		_, err := New(Setup{Cohort: c})
		require.True(t, fault.Is(err, fault.BadUserInput), name)
	}
	r, err := New(Setup{Cohort: spring})
	require.NoError(t, err)
	bad := lead(1, math.NaN(), true, 0, 0, -1)
	require.Error(t, r.Add(bad))
	bad = lead(1, 5, true, 0, 0, -1)
	bad.Band = "LUKEWARM"
	require.Error(t, r.Add(bad))
}

func BenchmarkBackTestOf200000Leads(b *testing.B) {
	all := honest(200_000)
	for b.Loop() {
		require.Equal(b, Evidence, report(b, all).Verdict)
	}
}
