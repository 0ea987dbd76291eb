package attribution

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// touches draws touches of any kind from half a year before noon to a week after.
func touches(t *rapid.T) []Touch {
	draw := rapid.Custom(func(t *rapid.T) Touch {
		return Touch{
			ID:         number(rapid.IntRange(0, 1000).Draw(t, "id")),
			At:         noon.Add(time.Duration(rapid.IntRange(-26_000, 1_000).Draw(t, "at")*10) * time.Minute),
			Kind:       rapid.SampledFrom(contact.TouchKinds).Draw(t, "kind"),
			Channel:    rapid.SampledFrom([]contact.Channel{"EMAIL", "PHONE", "DIRECT", "WEB", "SOCIAL", "pigeon"}).Draw(t, "channel"),
			Department: rapid.SampledFrom([]auth.Department{"MARKETING", "SALES", ""}).Draw(t, "department"),
			Campaign:   number(rapid.IntRange(0, 3).Draw(t, "campaign")),
			Contact:    number(rapid.IntRange(0, 2).Draw(t, "contact")),
		}
	})
	return rapid.SliceOfN(draw, 0, 30).Draw(t, "touches")
}

// journey draws the journey of a deal.
func journey(t *rapid.T) Journey {
	j := Journey{Touches: touches(t), ClosedAt: noon, Won: rapid.IntRange(0, 3).Draw(t, "lost") > 0}
	j.AmountMinor = rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64Range(0, maxAmount)).Draw(t, "amount")
	before := func(name string) time.Time {
		if days := rapid.IntRange(-1, 200).Draw(t, name); days >= 0 {
			return noon.Add(-time.Duration(days) * day)
		}
		return time.Time{}
	}
	j.LeadCreatedAt, j.OpportunityCreatedAt = before("lead"), before("opportunity")
	return j
}

// fraction draws numbers that add up to 1.
func fraction(t *rapid.T, n int) []float64 {
	all, sum := make([]float64, n), 0.0
	for i := range all {
		all[i] = float64(rapid.IntRange(0, 5).Draw(t, "weight"))
		sum += all[i]
	}
	if sum == 0 {
		all[0], sum = 1, 1
	}
	for i := range all {
		all[i] /= sum
	}
	return all
}

// policy draws a policy that passes Check.
func policy(t *rapid.T) Policy {
	p := Default()
	p.LookBackDays = rapid.IntRange(1, 365).Draw(t, "lookBack")
	p.HalfLifeDays = rapid.SampledFrom([]float64{0.01, 1, 7, 3650}).Draw(t, "halfLife")
	w := fraction(t, 3)
	p.Position = PositionWeights{w[0], w[1], w[2]}
	w = fraction(t, 5)
	p.FullPath = MilestoneWeights{w[0], w[1], w[2], w[3], w[4]}
	p.Repeats = rapid.SampledFrom([]Repeats{{Count: EveryTouch}, {Count: FirstOnly}, {Count: FirstWithin, Minutes: new(1440)}}).Draw(t, "repeats")
	p.Minimum = Minimum{Journeys: 1, Won: 1}
	require.NoError(t, p.Check(nil))
	return p
}

// fitted learns both models from some journeys.
func fitted(t *rapid.T, p *Policy) []*Learned {
	l := NewLearner(p)
	for _, j := range rapid.SliceOfN(rapid.Custom(journey), 0, 10).Draw(t, "history") {
		require.NoError(t, l.Add(&j))
	}
	markov, value := l.Markov(), l.Shapley()
	return []*Learned{&markov, &value}
}

func TestEveryDealIsCreditedInFullUnderEveryModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, j := policy(t), journey(t)
		a := New(&p, fitted(t, &p)...)
		all, err := a.Compare(&j, Models)
		require.NoError(t, err)
		require.True(t, all.Disagreement >= 0 && all.Disagreement <= 1)
		for i, run := range all.Runs {
			money, share := run.UnattributedMinor, 0.0
			for _, c := range run.Credits {
				require.GreaterOrEqual(t, c.AmountMinor, int64(0))
				require.GreaterOrEqual(t, c.Share, 0.0)
				money, share = money+c.AmountMinor, share+c.Share
			}
			if !j.Won {
				require.Zero(t, money)
			} else {
				require.Equal(t, j.AmountMinor, money, run.Model)
			}
			if len(run.Credits) > 0 {
				require.InDelta(t, 1, share, 1e-12, run.Model)
				require.Zero(t, run.UnattributedMinor)
			}
			alone, err := a.Run(&j, Models[i])
			require.NoError(t, err)
			require.Equal(t, alone, run, "a model beside others answers as alone")
		}
	})
}

func TestTheOrderInWhichTouchesWereRecordedChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, j := policy(t), journey(t)
		for i := range j.Touches {
			j.Touches[i].ID = number(i)
		}
		mixed := j
		mixed.Touches = rapid.Permutation(j.Touches).Draw(t, "mixed")
		one, err := New(&p).Compare(&j, Models)
		require.NoError(t, err)
		other, err := New(&p).Compare(&mixed, Models)
		require.NoError(t, err)
		require.Equal(t, one.Runs, other.Runs)
	})
}

func TestReportsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := policy(t)
		a := New(&p, fitted(t, &p)...)
		r, err := NewReport(a, rapid.SampledFrom(Dimensions).Draw(t, "by"), Models)
		require.NoError(t, err)
		amount, deals := int64(0), int64(0)
		for _, j := range rapid.SliceOfN(rapid.Custom(journey), 0, 10).Draw(t, "deals") {
			require.NoError(t, r.Add(&j))
			if j.Won {
				amount, deals = amount+j.AmountMinor, deals+1
			}
		}
		require.Equal(t, amount, r.AmountMinor())
		all, untouched := r.Deals()
		require.Equal(t, deals, all)
		attributed, sourced := make([]int64, len(Models)), int64(0)
		for _, row := range r.Rows() {
			sourced += row.Sourced
			require.LessOrEqual(t, row.Sourced, row.Influenced)
			require.LessOrEqual(t, row.Influenced, deals)
			require.LessOrEqual(t, row.InfluencedMinor, amount)
			for i, c := range row.Credits {
				attributed[i] += c.AmountMinor
			}
		}
		require.Equal(t, deals-untouched, sourced, "every deal is sourced once")
		for i, total := range r.Totals() {
			require.Equal(t, attributed[i], total.AttributedMinor)
			require.Equal(t, amount, total.AttributedMinor+total.UnattributedMinor)
			answered := int64(0)
			for _, e := range total.Outcomes {
				answered += e.Deals
			}
			require.Equal(t, deals, answered)
		}
	})
}

func TestStoredRunsAddUpToTheSameReport(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := policy(t)
		a := New(&p, fitted(t, &p)...)
		by := rapid.SampledFrom(Dimensions).Draw(t, "by")
		fresh, err := NewReport(a, by, Models)
		require.NoError(t, err)
		stored, err := NewReport(nil, by, Models)
		require.NoError(t, err)
		byCampaign, err := NewReport(a, ByCampaign, Models)
		require.NoError(t, err)
		followed := []id.UUID{number(1), number(2)}
		fresh.Follow(followed)
		stored.Follow(followed)
		for i, j := range rapid.SliceOfN(rapid.Custom(journey), 0, 10).Draw(t, "deals") {
			j.Won, j.Deal = true, number(i)
			for n := range j.Touches {
				j.Touches[n].Campaign = rapid.SampledFrom([]id.UUID{{}, number(1), number(2), number(3)}).Draw(t, "campaign")
			}
			require.NoError(t, byCampaign.Add(&j))
			require.NoError(t, fresh.Add(&j))
			k := Kept{Deal: j.Deal, AmountMinor: j.AmountMinor, Models: Models}
			for _, s := range a.steps {
				k.Keys, k.Campaigns = append(k.Keys, fresh.keyOf(s, &j)), append(k.Campaigns, s.touch.Campaign)
			}
			c, err := a.Compare(&j, Models)
			require.NoError(t, err)
			for _, run := range c.Runs {
				k.Outcomes, k.Reasons = append(k.Outcomes, run.Outcome), append(k.Reasons, run.Reason)
				for at := range a.steps {
					share, part := 0.0, int64(0)
					if run.Outcome == Answered {
						share, part = run.Credits[at].Share, run.Credits[at].AmountMinor
					}
					k.Shares, k.Credits = append(k.Shares, share), append(k.Credits, part)
				}
			}
			require.NoError(t, stored.AddKept(&k))
		}
		require.Equal(t, fresh.Rows(), stored.Rows())
		require.Equal(t, fresh.Totals(), stored.Totals())
		require.Equal(t, fresh.CampaignCredits(), stored.CampaignCredits())
		checkFollowed(t, fresh, byCampaign, followed)
	})
}

// checkFollowed adds up what campaigns earned in each row, and compares it with what they earned.
func checkFollowed(t require.TestingT, r, byCampaign *Report, followed []id.UUID) {
	earned := map[id.UUID][]int64{}
	for _, c := range r.CampaignCredits() {
		for n, part := range c.Credits {
			earned[c.Campaign] = append(earned[c.Campaign], make([]int64, len(c.Credits)-len(earned[c.Campaign]))...)
			earned[c.Campaign][n] += part
		}
	}
	for _, row := range byCampaign.Rows() {
		for n, c := range row.Credits {
			if slices.Contains(followed, row.Key.ID) {
				require.Equal(t, c.AmountMinor, earned[row.Key.ID][n])
			}
		}
	}
}

func TestMoneyIsDividedAsNearToTheSharesAsWholeUnitsCanBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shares := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1), rapid.Just(0.0), rapid.Just(0.5)), 1, 50).Draw(t, "weights")
		normalise(shares)
		amount := rapid.OneOf(rapid.Int64Range(0, 60), rapid.Int64Range(0, 1e12)).Draw(t, "amount")
		var a Attributor
		sum := int64(0)
		for i, part := range a.split(amount, shares) {
			sum += part
			require.Less(t, math.Abs(float64(part)-shares[i]*float64(amount)), 1.01)
			if shares[i] == 0 {
				require.Zero(t, part)
			}
			for k := range i {
				require.True(t, shares[k] != shares[i] || a.division.parts[k] >= part, "of equal shares the earlier comes first")
			}
		}
		require.Equal(t, amount, sum)
	})
}

func TestAmountsAreDividedByTheLargestRemainders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		amount       int64
		counts, want []int64
	}{
		"who lost most by rounding, not who has most":  {2, []int64{50, 30, 20}, []int64{1, 1, 0}},
		"the earlier of those that lost as much":       {10, []int64{1, 1, 1}, []int64{4, 3, 3}},
		"whole parts leave nothing over":               {10, []int64{3, 0, 2}, []int64{6, 0, 4}},
		"nobody gets anything where nobody has a part": {10, []int64{0, 0}, []int64{0, 0}},
		"amounts as large as they come":                {math.MaxInt64, []int64{1 << 53, 1 << 53, 1 << 53}, []int64{3074457345618258603, 3074457345618258602, 3074457345618258602}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, Divide(c.amount, c.counts))
		})
	}
}

// paths draws routes over a few channels, won or not.
func paths(t *rapid.T) []route {
	draw := rapid.Custom(func(t *rapid.T) route {
		r := route{Path: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 1, 6).Draw(t, "path")}
		r.Conversions, r.Null = rapid.Int64Range(0, 5).Draw(t, "won"), rapid.Int64Range(0, 5).Draw(t, "lost")
		r.Value = float64(r.Conversions) * rapid.Float64Range(0, 100).Draw(t, "value")
		r.journey = trip(r.Path...)
		return r
	})
	return append(rapid.SliceOfN(draw, 0, 8).Draw(t, "routes"), route{Path: []string{"a", "b"}, Conversions: 1, Value: 10, journey: trip("a", "b")})
}

func TestARepeatedTouchChangesNothingInMarkovOfOrderOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		routes := paths(t)
		again := slices.Clone(routes)
		at := rapid.IntRange(0, len(again)-1).Draw(t, "route")
		r := &again[at]
		i := rapid.IntRange(0, len(r.Path)-1).Draw(t, "touch")
		r.Path = slices.Insert(slices.Clone(r.Path), i, r.Path[i])
		r.journey = trip(r.Path...)
		require.Equal(t, learn(routes, plain()).Markov().Groups, learn(again, plain()).Markov().Groups)
	})
}

// wins is the probability of winning, or with values the mean value, in a chain without a group: what has not ended is followed
// from state to state until next to nothing is left.
func wins(c *chain, without int32, values bool) float64 {
	out := make([]float64, len(c.recent))
	for i, e := range c.ends {
		out[i] = float64(e.won + e.lost)
	}
	for _, m := range c.moves {
		out[m.from] += float64(m.count)
	}
	sum, here := 0.0, make([]float64, len(c.recent))
	here[0] = 1
	for range 20_000 {
		next := make([]float64, len(here))
		left := 0.0
		for i, e := range c.ends {
			ended := float64(e.won)
			if values {
				ended = e.value
			}
			sum += part(here[i]*ended, out[i])
		}
		for _, m := range c.moves {
			if c.recent[m.to][0] != without+1 {
				next[m.to] += part(here[m.from]*float64(m.count), out[m.from])
				left += next[m.to]
			}
		}
		if here = next; left < 1e-17 {
			break
		}
	}
	return sum
}

func TestARemovalEffectIsWhatIsLostWithoutTheGroup(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := plain()
		p.Markov = MarkovSettings{Order: rapid.IntRange(1, 3).Draw(t, "order"), Lost: rapid.Bool().Draw(t, "lost")}
		l := learn(paths(t), p)
		m := l.Markov()
		base, worth := wins(&l.chain, -2, false), wins(&l.chain, -2, true)
		require.InDelta(t, base, m.Base, 1e-9)
		for _, g := range m.Groups {
			at := l.a.group[g.Group]
			require.InDelta(t, 1-wins(&l.chain, at, false)/base, g.Effect, 1e-9, g.Group)
			require.InDelta(t, 1-wins(&l.chain, at, true)/worth, g.ValueEffect, 1e-9, g.Group)
		}
	})
}

func TestShapleyDividesTheWorthOfAllAndIsFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		routes, p := paths(t), plain()
		l := learn(routes, p)
		for _, worth := range Worths {
			l.a.policy.Shapley.Worth = worth
			m := l.Shapley()
			sum := 0.0
			for _, g := range m.Groups {
				sum += g.Effect
			}
			require.InDelta(t, m.Base, sum, 1e-9)
		}
		// Where worth is a number of deals, each deal is shared alike by the groups that it touched.
		want := map[string]float64{}
		for _, r := range routes {
			distinct := slices.Compact(slices.Sorted(slices.Values(r.Path)))
			for _, c := range distinct {
				want[c] += float64(r.Conversions) / float64(len(distinct))
			}
		}
		l.a.policy.Shapley.Worth = WorthConversions
		for _, g := range l.Shapley().Groups {
			require.InDelta(t, want[g.Group], g.Effect, 1e-9, g.Group)
		}
	})
}
