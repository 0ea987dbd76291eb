package scoring

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// checkedModel is a model that may be kept.
func checkedModel(t *testing.T, change func(m *Model)) *Program {
	m := plain(change)
	require.NoError(t, m.Check(condition.NewRegistry(nil)))
	return compiled(t, m)
}

func TestOfManyValuesTheOneThatNoOtherRulePunishesIsFound(t *testing.T) {
	t.Parallel()
	countries := texts([]string{"DE", "AT", "CH", "FR", "IT", "ES", "PT", "NL", "BE"})
	p := checkedModel(t, func(m *Model) {
		byFitAlone(m)
		m.Fit = []FitRule{{Key: "a", Name: "A", Points: 100, When: attribute("contact.country", condition.In, countries...)},
			{Key: "b", Name: "B", Points: -200, When: attribute("contact.country", condition.In, countries[:8]...)}}
	})
	path := p.PathTo(lead(), lifecycle.Hot)
	require.True(t, path.Reached)
	require.True(t, path.Fewest)
	require.Equal(t, []string{`contact.country is "BE"`}, texted(path))
}

func TestOfANumberTheValueThatNoOtherRulePunishesIsFound(t *testing.T) {
	t.Parallel()
	p := checkedModel(t, func(m *Model) {
		byFitAlone(m)
		m.Fit = []FitRule{{Key: "a", Name: "A", Points: 100, When: attribute("account.employees", condition.Between, condition.Number(50), condition.Number(999))},
			{Key: "b", Name: "B", Points: -200, When: attribute("account.employees", condition.LT, condition.Number(500))}}
	})
	path := p.PathTo(lead(), lifecycle.Hot)
	require.True(t, path.Reached)
	require.Equal(t, []string{"account.employees is 500"}, texted(path))
}

func TestAMemberOfManyIsFoundThatNoOtherRulePunishes(t *testing.T) {
	t.Parallel()
	names := []string{"contact.city", "contact.title", "contact.seniority", "contact.function", "contact.country", "account.name", "account.domain", "account.city", "account.country"}
	p := checkedModel(t, func(m *Model) {
		byFitAlone(m)
		m.Fit = []FitRule{{Key: "good", Name: "Good", Points: 100}}
		for i, name := range names {
			m.Fit[0].When.Any = append(m.Fit[0].When.Any, attribute(name, condition.IsSet))
			if i < 8 {
				m.Fit = append(m.Fit, FitRule{Key: fmt.Sprint("bad-", i), Name: "Bad", Points: -200, When: attribute(name, condition.IsSet)})
			}
		}
	})
	path := p.PathTo(lead(), lifecycle.Hot)
	require.True(t, path.Reached)
	require.Equal(t, []string{"account.country is known"}, texted(path))
}

func TestRulesMeetInOneTouch(t *testing.T) {
	t.Parallel()
	p := checkedModel(t, func(m *Model) {
		m.Fit[0].Points = 10
		m.EngagementGrades = EngagementGrades{One: 40, Two: 39, Three: 38}
		for i := range m.Bands {
			m.Bands[i].Band = map[int]lifecycle.Band{1: lifecycle.Hot, 2: lifecycle.Warm, 3: lifecycle.Cool, 4: lifecycle.Cool}[m.Bands[i].Engagement]
		}
		m.Engagement = []EngagementRule{{Key: "call", Name: "Call", Points: 20, Kinds: []contact.TouchKind{contact.KindCall}},
			{Key: "event", Name: "Event", Points: 20, Channels: []contact.Channel{contact.ChannelEvent}}}
	})
	path := p.PathTo(lead(), lifecycle.Hot)
	require.True(t, path.Fewest)
	require.Equal(t, []string{"one more touch CALL by EVENT inbound"}, texted(path))
}

func TestATouchIsFoundThatNoOtherRulePunishes(t *testing.T) {
	t.Parallel()
	p := checkedModel(t, func(m *Model) {
		m.Engagement = []EngagementRule{{Key: "call", Name: "Call", Points: 60, Kinds: []contact.TouchKind{contact.KindCall}},
			{Key: "phone", Name: "By phone", Points: -60, Channels: []contact.Channel{contact.ChannelPhone}}}
	})
	path := p.PathTo(lead(), lifecycle.Warm)
	require.True(t, path.Reached)
	require.Len(t, path.Steps, 1)
	require.NotEqual(t, contact.ChannelPhone, *path.Steps[0].Channel)
}

// crowded is a model whose rules of fit each ask for so many touches of each of 100 behaviours.
func crowded(rules int) Model {
	return plain(func(m *Model) {
		byFitAlone(m)
		m.Fit = nil
		for i := range rules {
			r := FitRule{Key: fmt.Sprint("f", i), Name: "F", Points: 10}
			for j := range 100 {
				r.When.All = append(r.When.All, condition.Condition{Behaviour: &condition.Behaviour{Kinds: contact.TouchKinds[j%27 : j%27+1], Channels: contact.Channels[j%17 : j%17+1], MinCount: 25 - (i+j)%2*i%2}})
			}
			m.Fit = append(m.Fit, r)
		}
	})
}

func TestNoWayIsLongerThanAPath(t *testing.T) {
	t.Parallel()
	h := compiled(t, crowded(60)).hunt(lead(), lifecycle.Warm)
	h.left = maxLifting
	for _, thing := range h.things() {
		require.LessOrEqual(t, len(thing.steps), maxSteps)
	}
	require.False(t, h.cut)
	require.Less(t, maxLifting-h.left, maxLifting/8, "ways are no work that nobody counts, and little of it")
}

func TestTheBestThingSoFarIsTakenWhereTheWorkEnds(t *testing.T) {
	t.Parallel()
	h := compiled(t, Default()).hunt(lead(), lifecycle.Hot)
	things := h.things()
	h.left = 1
	require.NotNil(t, h.best(&h.now, things, Engagement, 0, maxSteps))
	require.LessOrEqual(t, h.left, 0, "after one thing")
}

// BenchmarkCrowded has rules of fit that ask for many touches of many kinds.
func BenchmarkCrowded(b *testing.B) {
	for _, rules := range []int{1, 20, 60, 500} {
		p := compiled(b, crowded(rules))
		b.Run(fmt.Sprint(rules, " rules"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.PathTo(lead(), lifecycle.Warm)
			}
		})
	}
}
