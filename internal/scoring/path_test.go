package scoring

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// texted are the sentences of a path.
func texted(p Path) (texts []string) {
	for _, s := range p.Steps {
		texts = append(texts, s.Text)
	}
	return texts
}

func TestPathsToABand(t *testing.T) {
	t.Parallel()
	p := compiled(t, Default())
	director := func(touches ...condition.Touch) *condition.Facts {
		f := lead(touches...)
		f.SetText(condition.ContactTitle, "Marketing Director")
		f.SetNumber(condition.AccountEmployees, 250)
		f.SetBool(condition.ContactHasEmail, true)
		f.SetBool(condition.ContactFreeMail, false)
		return f
	}
	t.Run("a director becomes hot by asking for a demonstration", func(t *testing.T) {
		t.Parallel()
		path := p.PathTo(director(), lifecycle.Hot)
		require.True(t, path.Reached)
		require.Equal(t, []string{"one more touch DEMO_REQUESTED by WEB inbound"}, texted(path))
		require.InDelta(t, 30, path.Steps[0].Points, 1e-9)
		require.Equal(t, []any{lifecycle.Hot, 2}, []any{path.After.Band, path.After.EngagementGrade})
	})
	t.Run("who is hot needs nothing", func(t *testing.T) {
		t.Parallel()
		path := p.PathTo(director(ago(0, contact.KindDemoRequested)), lifecycle.Warm)
		require.True(t, path.Reached)
		require.Empty(t, path.Steps)
	})
	t.Run("of one we know nothing of, it helps to learn who he is", func(t *testing.T) {
		t.Parallel()
		m := Default()
		m.Engagement = m.Engagement[len(m.Engagement)-1:]
		m.Groups = m.Groups[:1]
		path := compiled(t, m).PathTo(lead(), lifecycle.Warm)
		require.False(t, path.Reached, "D4 is cool, and so is A4")
		m.Bands[3].Band = lifecycle.Warm // A4
		path = compiled(t, m).PathTo(lead(), lifecycle.Warm)
		require.Equal(t, []string{`contact.title contains "ceo"`, "account.employees is 50"}, texted(path))
	})
	t.Run("a fact that is known stays", func(t *testing.T) {
		t.Parallel()
		m := plain(func(m *Model) { m.Engagement, m.Fit[0].Points = nil, 40; m.Bands[3].Band = lifecycle.Warm })
		f := lead()
		require.Equal(t, []string{`contact.country is "DE"`}, texted(compiled(t, m).PathTo(f, lifecycle.Warm)))
		f.SetText(condition.ContactCountry, "FR")
		require.False(t, compiled(t, m).PathTo(f, lifecycle.Warm).Reached)
	})
}

func TestPathsLeadWhereTheySay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m, f := anyModel(r), anyLead(r)
		german, size := rapid.Float64Range(1, 40).Draw(r, "german"), rapid.Float64Range(1, 40).Draw(r, "size")
		m.Fit = append(m.Fit,
			FitRule{Key: "german", Name: "German", Points: german, When: attribute("contact.country", condition.In, condition.Text("DE"), condition.Text("AT"))},
			FitRule{Key: "size", Name: "Size", Points: size, When: condition.Condition{All: []condition.Condition{
				attribute("account.employees", condition.GT, condition.Number(50)), attribute("account.industry", condition.IsSet)}}})
		p, band := compiled(r, m), rapid.SampledFrom(lifecycle.Bands).Draw(r, "band")
		before := p.Score(f)
		path := p.PathTo(f, band)
		require.Equal(r, before, path.Before)
		g, sum := f.Clone(), before.Raw
		for _, s := range path.Steps {
			s.Take(g)
			sum += s.Points
			require.Equal(r, math.Round(s.Points*1e8)/1e8, s.Points, "a number to show")
		}
		require.Equal(r, p.Score(g), path.After)
		require.Equal(r, warm(path.After.Band, band), path.Reached)
		require.InDelta(r, path.After.Raw, sum, 1e-6)
		require.GreaterOrEqual(r, path.After.Fit, before.Fit)
		require.GreaterOrEqual(r, path.After.Engagement, before.Engagement)
		require.Equal(r, before, p.Score(f), "asking changes nothing")
		for i := range path.Steps { // every step is needed
			others := slices.Concat(path.Steps[:i], path.Steps[i+1:])
			require.False(r, p.hunt(f, band).reaches(others))
		}
	})
}
