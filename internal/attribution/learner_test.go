package attribution

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// history is a learner that has seen deals won and lost.
func history(p Policy, won, lost int, channels ...string) *Learner {
	l := NewLearner(&p)
	for i := range won + lost {
		j := trip(channels...)
		j.Won = i < won
		_ = l.Add(&j) // it has an end and no amount
	}
	return l
}

func TestModelsThatLearnSayWhatTheyLack(t *testing.T) {
	t.Parallel()
	p := plain()
	p.Minimum = Minimum{Journeys: 100, Won: 30, Lost: 20}
	l := history(p, 29, 3, "WEB", "EMAIL")
	m := l.Markov()
	require.Equal(t, InsufficientData, m.Outcome)
	require.Equal(t, "MARKOV needs 100 journeys, not 32, and 30 that were won, not 29, and 20 that were not won, not 3.", m.Reason)
	require.Equal(t, Evidence{Journeys: 32, Won: 29, Lost: 3, Groups: 2, Needs: p.Minimum}, m.Evidence)
	require.Empty(t, m.Groups)

	j := deal(500, "WEB", "EMAIL")
	run, err := New(&p, &m).Run(&j, Markov)
	require.NoError(t, err)
	require.Equal(t, Run{Model: Markov, Outcome: InsufficientData, Reason: m.Reason, Credits: []Credit{}, UnattributedMinor: 500}, run)
	run, err = New(&p).Run(&j, Shapley)
	require.NoError(t, err)
	require.Equal(t, "SHAPLEY has not been fitted to journeys yet.", run.Reason)

	require.Equal(t, Answered, history(p, 80, 20, "WEB").Shapley().Outcome)
	require.Equal(t, InsufficientData, history(p, 100, 19, "WEB").Shapley().Outcome, "a rate needs those that were not won")
	p.Shapley.Worth, p.Markov.Lost = WorthConversions, false
	won := history(p, 100, 0, "WEB")
	require.Equal(t, Answered, won.Shapley().Outcome)
	require.Equal(t, Answered, won.Markov().Outcome)
	p.Minimum = Minimum{}
	require.Equal(t, InsufficientData, history(p, 0, 9, "WEB").Markov().Outcome, "where nothing was won there is nothing to divide")
}

func TestJourneysWithoutATouchThatCountsTeachNothing(t *testing.T) {
	t.Parallel()
	require.Zero(t, history(plain(), 5, 5).Markov().Evidence.Journeys)
}

func TestShapleyRefusesMoreGroupsThanItCanComputeExactly(t *testing.T) {
	t.Parallel()
	p := plain()
	channels := func(n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprint("channel ", i))
		}
		return all
	}
	twelve := history(p, 3, 1, channels(12)...).Shapley()
	require.Equal(t, Answered, twelve.Outcome)
	require.InDelta(t, 0.75/12, twelve.Groups[7].Effect, 1e-12)
	thirteen := history(p, 3, 1, channels(13)...).Shapley()
	require.Equal(t, TooManyGroups, thirteen.Outcome)
	require.Equal(t, "SHAPLEY is exact for up to 12 channel groups; these journeys have 13: put channels into fewer groups.", thirteen.Reason)
	require.Equal(t, Answered, history(p, 3, 1, channels(300)...).Markov().Outcome)
	require.Equal(t, TooManyGroups, history(p, 3, 1, channels(maxStates+1)...).Markov().Outcome)
	p.Groups = []GroupRule{{Key: "all", Group: "All"}}
	require.Equal(t, Answered, history(p, 3, 1, channels(13)...).Shapley().Outcome)
}

func TestAGroupThatDeterrsTakesNoMoneyBack(t *testing.T) {
	t.Parallel()
	p := plain()
	l := learn([]route{
		{Path: []string{"WEB"}, Conversions: 9, Null: 1, journey: trip("WEB")},
		{Path: []string{"WEB", "PHONE"}, Conversions: 1, Null: 9, journey: trip("WEB", "PHONE")},
	}, p)
	m := l.Shapley()
	require.Equal(t, "PHONE", m.Groups[0].Group)
	require.Negative(t, m.Groups[0].Effect)
	require.Zero(t, m.Groups[0].Share)
	j := deal(100, "WEB", "PHONE")
	run, err := New(&p, &m).Run(&j, Shapley)
	require.NoError(t, err)
	require.Equal(t, int64(100), run.Credits[0].AmountMinor)
	require.Zero(t, run.Credits[1].AmountMinor)
}

func TestADealIsDividedByWhatItsGroupsAreWorth(t *testing.T) {
	t.Parallel()
	p := plain()
	learned := Learned{Model: Markov, Outcome: Answered, Groups: []GroupEffect{{Group: "EMAIL", Share: 0.2}, {Group: "PHONE", Share: 0.2}, {Group: "WEB", Share: 0.6}}}
	divided := func(channels ...string) (all []int64) {
		j := deal(1200, channels...)
		run, err := New(&p, &learned).Run(&j, Markov)
		require.NoError(t, err)
		for _, c := range run.Credits {
			all = append(all, c.AmountMinor)
		}
		return all
	}
	require.Equal(t, []int64{900, 300}, divided("WEB", "EMAIL"))
	require.Equal(t, []int64{450, 300, 450}, divided("WEB", "EMAIL", "WEB"), "touches of one group divide what the group has")
	require.Equal(t, []int64{1200, 0}, divided("WEB", "CHAT"), "nothing is known of a group that was never seen")
	require.Equal(t, []int64{300, 300, 600}, divided("CHAT", "CHAT", "EVENT"), "where nothing is known groups share alike")
}

func TestHigherOrdersSeeWhatComesBefore(t *testing.T) {
	t.Parallel()
	// After WEB, EMAIL wins; after PHONE it loses. A chain of order 1 cannot tell the two apart.
	routes := []route{
		{Path: []string{"WEB", "EMAIL"}, Conversions: 10, journey: trip("WEB", "EMAIL")},
		{Path: []string{"PHONE", "EMAIL"}, Null: 10, journey: trip("PHONE", "EMAIL")},
	}
	effect := func(order int) figures {
		p := plain()
		p.Markov.Order = order
		return effects(learn(routes, p).Markov())
	}
	require.InDelta(t, 0.5, effect(1)["PHONE"]["removal_effect"], 1e-12)
	require.InDelta(t, 0, effect(2)["PHONE"]["removal_effect"], 1e-12)
	require.InDelta(t, 1, effect(2)["WEB"]["removal_effect"], 1e-12)
}
