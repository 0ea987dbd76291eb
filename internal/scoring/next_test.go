package scoring

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
)

func TestTimeAloneMovesLeads(t *testing.T) {
	t.Parallel()
	form := contact.KindFormSubmitted
	for name, test := range map[string]struct {
		change func(m *Model)
		lead   *condition.Facts
		edges  Edges
		want   time.Duration // from noon; 0 for never
	}{
		"8 points are below the 6 of a grade after log2(8/6) half-lives": {func(*Model) {}, lead(ago(0, form)), Edges{}, 358_592_399_377 * time.Microsecond},
		"8 points are below an edge of 4 just after one half-life, and on it before": {
			func(m *Model) { m.EngagementGrades.Three = 0 }, lead(ago(0, form)), Edges{Engagement: []float64{4}}, days(10)},
		"a touch leaves its window":                    {func(m *Model) { m.Engagement[0].WithinDays, m.Engagement[0].HalfLifeDays = new(3), nil }, lead(ago(1, form)), Edges{}, days(2)},
		"what neither decays nor passes stays":         {func(m *Model) { m.Engagement[0].HalfLifeDays = nil }, lead(ago(1, form)), Edges{Score: []float64{3}}, 0},
		"a touch to come is there":                     {func(*Model) {}, lead(ago(-1, form)), Edges{}, days(1)},
		"what takes fades as well":                     {func(m *Model) { m.Engagement[0].Points = -8 }, lead(ago(0, form)), Edges{Engagement: []float64{-2}}, days(20)},
		"the rounded total leaves 8 when 7.5 is below": {func(m *Model) { m.EngagementGrades.Three = 0 }, lead(ago(0, form)), Edges{Score: []float64{8}}, 80_446_525_395 * time.Microsecond},
		"a new lead is no longer new": {
			func(m *Model) {
				m.Fit[0].When = attribute("lead.createdAt", condition.WithinDays, condition.Number(5))
			}, func() *condition.Facts { f := lead(); f.SetTime(condition.LeadCreatedAt, noon.Add(-days(1))); return f }(), Edges{}, days(4)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := compiled(t, plain(test.change))
			at, found := p.Next(test.lead, test.edges)
			require.Equal(t, test.want != 0, found)
			if found {
				require.InDelta(t, float64(test.want), float64(at.Sub(noon)), 1000, "%s", at.Sub(noon))
			}
			require.Equal(t, noon, test.lead.At())
		})
	}
}

// standing is all of a score that Next watches.
func standing(p *Program, f *condition.Facts, edges Edges, at time.Time) [7]int {
	f.MoveTo(at)
	s := p.Score(f)
	side := func(x float64, edges []float64) (sum int) {
		for i, e := range edges {
			switch {
			case x > e:
				sum += 2 << (2 * i)
			case x == e:
				sum += 1 << (2 * i)
			}
		}
		return sum
	}
	return [7]int{int(s.FitGrade[0]), s.EngagementGrade, int(s.Band[0]), side(float64(s.Total), edges.Score), side(s.Fit, edges.Fit), side(s.Engagement, edges.Engagement)}
}

func TestNextIsWhereTheStandingChanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		p, f := compiled(r, anyModel(r)), anyLead(r)
		some := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-10, 60), rapid.Map(rapid.IntRange(-10, 60), func(n int) float64 { return float64(n) })), 0, 3)
		edges := Edges{Score: some.Draw(r, "score edges"), Fit: some.Draw(r, "fit edges"), Engagement: some.Draw(r, "engagement edges")}
		old := standing(p, f, edges, noon)
		f.MoveTo(noon)
		next, found := p.Next(f, edges)
		until := noon.Add(days(400))
		if found {
			require.True(r, next.After(noon))
			require.Equal(r, old, standing(p, f, edges, next.Add(-time.Microsecond)))
			require.NotEqual(r, old, standing(p, f, edges, next))
			until = next
		}
		span := until.Sub(noon)
		for i := range 200 {
			require.Equal(r, old, standing(p, f, edges, noon.Add(span/200*time.Duration(i))))
		}
	})
}
