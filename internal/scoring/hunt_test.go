package scoring

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// large is a model with so many rules of either side, each worth little: a path is long, and there are many.
func large(rules int) Model {
	names := []string{"contact.title", "contact.city", "contact.function", "contact.country", "account.industry", "account.name", "account.city", "account.domain"}
	return plain(func(m *Model) {
		m.Fit, m.Engagement = nil, nil
		for i := range rules {
			all := []condition.Condition{attribute(names[i%8], condition.EQ, condition.Text(fmt.Sprint("v", i))), {Behaviour: &condition.Behaviour{Kinds: contact.TouchKinds[i%20 : i%20+1], MinCount: 1 + i%3}}}
			m.Fit = append(m.Fit, FitRule{Key: fmt.Sprint("f", i), Name: "F", Points: 1 + float64(i%5), When: condition.Condition{All: all}})
			m.Engagement = append(m.Engagement, EngagementRule{Key: fmt.Sprint("e", i), Name: "E", Points: 1 + float64(i%7)/10, HalfLifeDays: new(float64(1 + i%9)), Cap: new(3.0),
				Kinds: contact.TouchKinds[i%18 : i%18+3], Channels: contact.Channels[i%15 : i%15+2], ResourcePositions: contact.FunnelPositions[i%3 : i%3+1]})
		}
	})
}

// broad is a model whose conditions all ask for many touches, up to the limits.
func broad(rules int) Model {
	m := large(rules)
	for i := range m.Fit {
		var some []condition.Condition
		for j := range 99 {
			some = append(some, condition.Condition{Behaviour: &condition.Behaviour{Kinds: contact.TouchKinds[j%20 : j%20+2], MinCount: 800 + j + i%100}})
		}
		m.Fit[i].When.All[1] = condition.Condition{Any: some}
	}
	return m
}

// busy is a lead with so many touches.
func busy(touches int) *condition.Facts {
	var all []condition.Touch
	for i := range touches {
		all = append(all, ago(float64(i)/10, contact.TouchKinds[i%len(contact.TouchKinds)]))
	}
	return lead(all...)
}

// TestWhatStepsChangeIsFoundWithoutScoringAgain compares a tally with a whole score.
func TestWhatStepsChangeIsFoundWithoutScoringAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m, f := smallModel(r), lead()
		if rapid.Bool().Draw(r, "another lead") {
			m, f = anyModel(r), anyLead(r)
		}
		h := compiled(r, m).hunt(f, lifecycle.Hot)
		require.Equal(r, h.p.Score(f), h.now.Score)
		things := h.things()
		require.False(r, h.cut)
		for i := range things {
			want, got := h.p.Score(taken(f, things[i].steps)), h.now.with(&things[i])
			require.InDelta(r, want.FitRaw, got.FitRaw, 1e-9)
			require.InDelta(r, want.Fit, got.Fit, 1e-9)
			require.InDelta(r, want.EngagementRaw, got.EngagementRaw, 1e-9)
			require.InDelta(r, want.Engagement, got.Engagement, 1e-9)
		}
	})
}

func TestAHuntEndsWhereItsWorkIsUsedUp(t *testing.T) {
	t.Parallel()
	p, f := compiled(t, broad(50)), busy(1_000)
	path := p.PathTo(f, lifecycle.Warm)
	require.False(t, path.Fewest, "too much work to be sure")
	require.Equal(t, len(path.Steps) > 0, path.Reached)
	h := p.hunt(f, lifecycle.Warm)
	h.goals = h.within()
	things := h.things()
	require.Positive(t, h.left)
	most := supposing + 50*(2+100*(2+1_000+maxSteps)) + 50*(1+1_000+maxSteps) // of one score of which every test looks at every touch
	for _, left := range []int{1, most / 10, most, 3 * most} {
		h.left = left
		h.greedy(things)
		require.Greater(t, h.left, -3*most, "no more than what was begun")
	}
	h.left = 1
	steps, sure := h.fewest(things, maxSteps+1)
	require.Nil(t, steps)
	require.False(t, sure, "nobody looked")
}

func TestWhereNoStepsCouldBeEnoughNobodyLooksForThem(t *testing.T) {
	t.Parallel()
	m := large(200)
	m.FitGrades = FitGrades{A: 9_000, B: 8_900, C: 8_800}
	m.EngagementGrades = EngagementGrades{One: 9_000, Two: 8_900, Three: 8_800}
	path := compiled(t, m).PathTo(busy(300), lifecycle.Warm)
	require.Empty(t, path.Steps)
	require.False(t, path.Reached)
	require.True(t, path.Fewest)
}

// BenchmarkHunt has models up to the limits.
func BenchmarkHunt(b *testing.B) {
	for name, m := range map[string]Model{"200 rules of each side": large(200), "500 rules of each side": large(500), "50 rules of fit for 99 behaviours": broad(50), "500 rules of fit for 99 behaviours": broad(500)} {
		p := compiled(b, m)
		for _, touches := range []int{300, 3_000} {
			f := busy(touches)
			b.Run(fmt.Sprintf("%s, %d touches", name, touches), func(b *testing.B) {
				for b.Loop() {
					p.PathTo(f, lifecycle.Warm)
				}
			})
		}
	}
}
