package attribution

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// amounts are the credits of a deal in the order of its touches.
func amounts(t *testing.T, p Policy, j Journey, m Model) []int64 {
	t.Helper()
	run, err := New(&p).Run(&j, m)
	require.NoError(t, err)
	require.Equal(t, Answered, run.Outcome)
	all := []int64{}
	for _, c := range run.Credits {
		all = append(all, c.AmountMinor)
	}
	return all
}

// deal is a journey worth an amount.
func deal(amount int64, channels ...string) Journey {
	j := trip(channels...)
	j.AmountMinor = amount
	return j
}

func TestModelsDivideADeal(t *testing.T) {
	t.Parallel()
	five := deal(10_000, "SOCIAL", "WEB", "EMAIL", "PHONE", "DIRECT")
	five.LeadCreatedAt, five.OpportunityCreatedAt = five.Touches[1].At, five.Touches[3].At.Add(time.Minute)
	for name, c := range map[string]struct {
		model Model
		deal  Journey
		want  []int64
	}{
		"the first touch has all":                          {First, five, []int64{10_000, 0, 0, 0, 0}},
		"the last touch has all":                           {Last, five, []int64{0, 0, 0, 0, 10_000}},
		"the last that did not come by itself has all":     {LastNonDirect, five, []int64{0, 0, 0, 10_000, 0}},
		"where all came by themselves the last has all":    {LastNonDirect, deal(9, "DIRECT", "DIRECT"), []int64{0, 9}},
		"all share alike":                                  {Linear, five, []int64{2000, 2000, 2000, 2000, 2000}},
		"units that are left over go to the earlier":       {Linear, deal(10, "EMAIL", "EMAIL", "EMAIL", "EMAIL"), []int64{3, 3, 2, 2}},
		"a unit cannot be divided":                         {Linear, deal(1, "EMAIL", "PHONE"), []int64{1, 0}},
		"nothing is divided into nothing":                  {Position, deal(0, "EMAIL", "PHONE"), []int64{0, 0}},
		"first and last have 40 % each":                    {Position, five, []int64{4000, 667, 667, 666, 4000}},
		"one touch is first and last":                      {Position, deal(77, "EMAIL"), []int64{77}},
		"of two touches each has half":                     {Position, deal(100, "EMAIL", "PHONE"), []int64{50, 50}},
		"first, lead and opportunity have 30 % each":       {WShaped, five, []int64{3000, 3000, 500, 3000, 500}},
		"the last before the close has its part too":       {FullPath, five, []int64{2250, 2250, 1000, 2250, 2250}},
		"without milestones the others take their part":    {WShaped, deal(100, "EMAIL", "PHONE", "WEB"), []int64{75, 13, 12}},
		"one touch holds all milestones":                   {FullPath, deal(77, "EMAIL"), []int64{77}},
		"where all touches are milestones they share what": {FullPath, deal(100, "EMAIL", "PHONE"), []int64{50, 50}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, amounts(t, plain(), c.deal, c.model))
		})
	}
}

func TestAMilestoneBelongsToTheLastTouchUpToIt(t *testing.T) {
	t.Parallel()
	p := plain()
	j := deal(1000, "WEB", "EMAIL", "PHONE", "CHAT")
	milestones := func() (all [][]Milestone, shares []float64) {
		run, err := New(&p).Run(&j, WShaped)
		require.NoError(t, err)
		for _, c := range run.Credits {
			all, shares = append(all, c.Milestones), append(shares, math.Round(c.Share*1e9)/1e9)
		}
		return all, shares
	}
	j.LeadCreatedAt, j.OpportunityCreatedAt = j.Touches[1].At.Add(time.Minute), j.Touches[3].At
	held, shares := milestones()
	require.Equal(t, [][]Milestone{{FirstTouch}, {LeadCreated}, nil, {OpportunityCreated, Close}}, held)
	require.Equal(t, []float64{0.3, 0.3, 0.1, 0.3}, shares)

	j.LeadCreatedAt = j.Touches[0].At
	held, shares = milestones()
	require.Equal(t, []Milestone{FirstTouch, LeadCreated}, held[0])
	require.Equal(t, []float64{0.6, 0.05, 0.05, 0.3}, shares, "a touch that holds two has the weight of both")

	j.LeadCreatedAt, j.OpportunityCreatedAt = j.Touches[0].At.Add(-time.Hour), time.Time{}
	held, shares = milestones()
	require.Equal(t, []Milestone{FirstTouch}, held[0], "a lead from before the first touch is nobody's")
	require.Equal(t, []float64{0.75, 0.083333333, 0.083333333, 0.083333333}, shares)
}

func TestOnlyTouchesInsideTheLookBackCount(t *testing.T) {
	t.Parallel()
	p := plain()
	p.LookBackDays = 30
	j := deal(90, "WEB", "EMAIL", "PHONE", "CHAT")
	j.Touches[0].At = noon.Add(-30*day - time.Microsecond)
	j.Touches[1].At = noon.Add(-30 * day)
	j.Touches[2].At = noon
	j.Touches[3].At = noon.Add(time.Microsecond)
	run, err := New(&p).Run(&j, Linear)
	require.NoError(t, err)
	require.Len(t, run.Credits, 2, "one is too old, one came after the close")
	require.Equal(t, "EMAIL", run.Credits[0].Group)
	require.Equal(t, "PHONE", run.Credits[1].Group)

	p.LookBackDays = 0
	require.Equal(t, []int64{90}, amounts(t, p, j, Linear), "looking back no day leaves the touch at the close")
	j.Touches = j.Touches[:2]
	run, err = New(&p).Run(&j, Linear)
	require.NoError(t, err)
	require.Empty(t, run.Credits)
	require.Equal(t, int64(90), run.UnattributedMinor, "what no touch earned is said")
}

func TestRepeatsOfOnePersonInOneGroupCountAsThePolicySays(t *testing.T) {
	t.Parallel()
	p := plain()
	j := deal(60, "EMAIL", "EMAIL", "WEB", "EMAIL", "EMAIL", "EMAIL")
	for i, minutes := range []int{0, 29, 40, 59, 60, 90} {
		j.Touches[i].At = noon.Add(-day + time.Duration(minutes)*time.Minute)
	}
	j.Touches[3].Contact = number(7)
	counted := func(r Repeats) int {
		p.Repeats = r
		return len(amounts(t, p, j, Linear))
	}
	require.Equal(t, 6, counted(Repeats{Count: EveryTouch}))
	require.Equal(t, 5, counted(Repeats{Count: FirstWithin, Minutes: new(30)}), "minutes run from the touch that counted, and another person is another")
	require.Equal(t, 4, counted(Repeats{Count: FirstWithin, Minutes: new(31)}), "from 0, 60 and the two others")
	require.Equal(t, 3, counted(Repeats{Count: FirstOnly}))
}

func TestRulesDecideWhatCountsAndInWhichGroup(t *testing.T) {
	t.Parallel()
	p := plain()
	p.Ignored = []IgnoreRule{{Key: "ours", Touches: Pattern{Directions: []contact.Direction{"OUTBOUND"}, Kinds: []contact.TouchKind{"EMAIL_SENT"}}}}
	p.Groups = []GroupRule{
		{Key: "nurture", Group: "Nurture", Touches: Pattern{CampaignKinds: []contact.CampaignKind{"NURTURE"}}},
		{Key: "paid", Group: "Paid", Touches: Pattern{Channels: []contact.Channel{"PAID_SEARCH", "DISPLAY"}}},
	}
	require.NoError(t, p.Check(nil))
	j := deal(100, "EMAIL", "EMAIL", "DISPLAY", "PAID_SEARCH", "carrier pigeon", "DISPLAY")
	j.Touches[0].Kind, j.Touches[0].Direction = "EMAIL_SENT", "OUTBOUND"
	j.Touches[1].Kind, j.Touches[1].Direction = "EMAIL_SENT", "INBOUND"
	j.Touches[5].CampaignKind = "NURTURE"
	run, err := New(&p).Run(&j, Linear)
	require.NoError(t, err)
	var groups []string
	for _, c := range run.Credits {
		groups = append(groups, c.Group)
	}
	require.Equal(t, []string{"EMAIL", "Paid", "Paid", "carrier pigeon", "Nurture"}, groups)
}

func TestModelsDisagreeFromNotAtAllToEntirely(t *testing.T) {
	t.Parallel()
	p := plain()
	compare := func(j Journey, models ...Model) float64 {
		c, err := New(&p).Compare(&j, models)
		require.NoError(t, err)
		return c.Disagreement
	}
	two := deal(100, "WEB", "PHONE")
	require.Equal(t, 1.0, compare(two, First, Last))
	require.Equal(t, 0.5, compare(two, First, Linear))
	require.InDelta(t, (1+0.5+0.5)/3, compare(two, First, Linear, Last), 1e-15)
	require.Zero(t, compare(two, Linear, Position))
	require.Zero(t, compare(deal(100, "WEB", "WEB", "WEB"), First, Last), "all is the same channel's")
	require.Zero(t, compare(two, Linear))
	require.Zero(t, compare(two, Linear, Markov), "a model that does not answer does not disagree")
	require.Zero(t, compare(deal(100), First, Last))
}

func TestJourneysThatCannotBeCreditedAreRefused(t *testing.T) {
	t.Parallel()
	p := plain()
	a := New(&p)
	report, err := NewReport(a, ByChannel, []Model{Linear})
	require.NoError(t, err)
	learner := NewLearner(&p)
	for field, j := range map[string]Journey{
		"amountMinor": {ClosedAt: noon, Won: true, AmountMinor: -1, Touches: trip("WEB").Touches},
		"closedAt":    {Won: true, AmountMinor: 5, Touches: trip("WEB").Touches},
	} {
		_, runErr := a.Run(&j, Linear)
		_, compareErr := a.Compare(&j, Models)
		for _, err := range []error{runErr, compareErr, report.Add(&j), learner.Add(&j)} {
			require.NotNil(t, fault.As(err))
			require.Equal(t, field, fault.As(err).Field)
		}
	}
	huge := deal(maxAmount+1, "WEB")
	require.ErrorContains(t, report.Add(&huge), "minor units")
	require.Empty(t, report.Rows())
	fine := deal(5, "WEB")
	_, err = a.Run(&fine, "GUESS")
	require.ErrorContains(t, err, "FIRST, LAST")
	_, err = NewReport(a, "MOON", nil)
	require.ErrorContains(t, err, "CAMPAIGN")
	report.amount = math.MaxInt64 - 4
	require.ErrorContains(t, report.Add(&fine), "shorter time")
	require.Empty(t, report.Rows())
}

func TestAJourneyWithTooManyTouchesIsCreditedToNobody(t *testing.T) {
	t.Parallel()
	p := plain()
	a, learner := New(&p), NewLearner(&p)
	report, err := NewReport(a, ByChannel, []Model{Linear, Markov})
	require.NoError(t, err)
	j := deal(500)
	for i := range MaxTouches {
		j.Touches = append(j.Touches, Touch{ID: number(i), At: noon.Add(-time.Duration(i) * time.Second), Channel: "WEB"})
	}
	run, err := a.Run(&j, Linear)
	require.NoError(t, err)
	require.Equal(t, Answered, run.Outcome, "so many are credited")
	require.Len(t, run.Credits, MaxTouches)
	j.Touches = append(j.Touches, Touch{ID: number(MaxTouches), At: noon, Channel: "WEB"})
	require.NoError(t, report.Add(&j))
	for _, total := range report.Totals() {
		require.Equal(t, int64(500), total.UnattributedMinor)
		require.Len(t, total.Outcomes, 1)
		require.Equal(t, TooManyTouches, total.Outcomes[0].Outcome)
		require.Contains(t, total.Outcomes[0].Reason, "100000")
	}
	require.NoError(t, learner.Add(&j))
	require.Equal(t, Evidence{Over: 1, Needs: p.Minimum, Groups: 0}, learner.Fit().Markov.Evidence)
}

func TestAPolicyThatWasNotCheckedStillDividesAll(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	p := Policy{
		LookBackDays: math.MaxInt, HalfLifeDays: nan, Position: PositionWeights{nan, -1, inf}, WShaped: MilestoneWeights{-1, nan, inf, 7, 1e308},
		FullPath: MilestoneWeights{1e308, 1e308, 1e308, 1e308, 1e308}, Repeats: Repeats{Count: FirstWithin}, Markov: MarkovSettings{Order: 99},
	}
	require.Error(t, p.Check(nil))
	for _, halfLife := range []float64{nan, 0, -1, inf, 1e-300} {
		p.HalfLifeDays = halfLife
		for n := range 4 {
			j := deal(1001, []string{"WEB", "EMAIL", "WEB", "PHONE"}[:n+1]...)
			j.LeadCreatedAt = j.Touches[n/2].At
			for _, m := range Models {
				run, err := New(&p).Run(&j, m)
				require.NoError(t, err)
				sum := run.UnattributedMinor
				for _, c := range run.Credits {
					require.True(t, c.Share >= 0 && c.Share <= 1, "%s %v", m, c.Share)
					require.GreaterOrEqual(t, c.AmountMinor, int64(0))
					sum += c.AmountMinor
				}
				require.Equal(t, int64(1001), sum)
			}
		}
	}
	l := NewLearner(&Policy{})
	require.Equal(t, InsufficientData, l.Markov().Outcome)
	require.Equal(t, InsufficientData, l.Shapley().Outcome)
}

func TestDecayGoesOnForYearsWithoutEnding(t *testing.T) {
	t.Parallel()
	p := plain()
	p.HalfLifeDays = 0.01
	j := deal(90, "WEB", "EMAIL")
	j.Touches[0].At, j.Touches[1].At = noon.Add(-3600*day), noon.Add(-3600*day+864*time.Second)
	require.Equal(t, []int64{30, 60}, amounts(t, p, j, TimeDecay), "one half-life apart, ten years before the close")
}

func TestAJourneyOfAHundredThousandTouchesIsCreditedInFull(t *testing.T) {
	t.Parallel()
	p := plain()
	p.Repeats = Repeats{Count: FirstWithin, Minutes: new(1)}
	j := Journey{ClosedAt: noon, Won: true, AmountMinor: maxAmount, LeadCreatedAt: noon.Add(-1000 * time.Hour), Touches: make([]Touch, 100_000)}
	for i := range j.Touches {
		j.Touches[i] = Touch{ID: number(i), At: noon.Add(-time.Duration(i) * 10 * time.Minute), Channel: contact.Channels[i*i%17]}
	}
	p.Minimum = Minimum{Journeys: 1, Won: 1}
	l := NewLearner(&p)
	require.NoError(t, l.Add(&j))
	markov := l.Markov()
	require.Equal(t, Answered, markov.Outcome, markov.Reason)
	require.InDelta(t, 1, markov.Base, 1e-9)
	all, err := New(&p, &markov).Compare(&j, Models)
	require.NoError(t, err)
	for _, run := range all.Runs {
		sum := run.UnattributedMinor
		for _, c := range run.Credits {
			sum += c.AmountMinor
		}
		require.Equal(t, j.AmountMinor, sum)
		require.Equal(t, run.Model != Shapley, len(run.Credits) == len(j.Touches))
	}
}
