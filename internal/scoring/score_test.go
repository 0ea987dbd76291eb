package scoring

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// days is a span of so many times 24 hours.
func days(n float64) time.Duration { return time.Duration(n * 24 * float64(time.Hour)) }

// compiled makes a model ready.
func compiled(t require.TestingT, m Model) *Program {
	p, err := Compile(&m, condition.NewRegistry(nil))
	require.NoError(t, err)
	return p
}

// lead are facts with touches of kinds so many days ago.
func lead(touches ...condition.Touch) *condition.Facts {
	f := condition.NewRegistry(nil).NewFacts(noon)
	f.SetTouches(touches)
	return f
}

// ago is a touch of a kind some days ago.
func ago(n float64, kind contact.TouchKind) condition.Touch {
	return condition.Touch{ID: id.New(), Kind: kind, Channel: contact.ChannelWeb, Direction: contact.DirectionInbound, At: noon.Add(-days(n))}
}

// plain is a model without rules but one of each side, to be changed by tests.
func plain(change func(m *Model)) Model {
	m := Default()
	m.Groups = nil
	m.Fit = []FitRule{{Key: "germany", Name: "In Germany", Points: 10, When: attribute("contact.country", condition.EQ, condition.Text("DE"))}}
	m.Engagement = []EngagementRule{{Key: "form", Name: "Form", Points: 8, Kinds: []contact.TouchKind{contact.KindFormSubmitted}, HalfLifeDays: new(10.0)}}
	change(&m)
	return m
}

func TestScoresByHand(t *testing.T) {
	t.Parallel()
	form, page := contact.KindFormSubmitted, contact.KindPageViewed
	for name, test := range map[string]struct {
		change func(m *Model)
		lead   *condition.Facts
		want   Score
	}{
		"one half-life on, a touch counts half": {
			func(*Model) {}, lead(ago(10, form)),
			Score{EngagementRaw: 4, Engagement: 4, Raw: 4, Clamped: 4, Total: 4, FitGrade: "D", EngagementGrade: 4, Band: lifecycle.Cool},
		},
		"a touch of this moment counts whole, two half-lives on a quarter": {
			func(*Model) {}, lead(ago(0, form), ago(20, form)),
			Score{EngagementRaw: 10, Engagement: 10, Raw: 10, Clamped: 10, Total: 10, FitGrade: "D", EngagementGrade: 3, Band: lifecycle.Cool},
		},
		"a touch to come does not count": {
			func(*Model) {}, lead(ago(-1e-9, form)),
			Score{FitGrade: "D", EngagementGrade: 4, Band: lifecycle.Cool},
		},
		"what is as old as the window has left it": {
			func(m *Model) { m.Engagement[0].WithinDays, m.Engagement[0].HalfLifeDays = new(10), nil }, lead(ago(10, form), ago(9.999, form)),
			Score{EngagementRaw: 8, Engagement: 8, Raw: 8, Clamped: 8, Total: 8, FitGrade: "D", EngagementGrade: 3, Band: lifecycle.Cool},
		},
		"halves are rounded away from zero, once, and the base belongs to fit": {
			func(m *Model) { m.Base = 8.5 }, lead(),
			Score{FitRaw: 8.5, Fit: 8.5, Raw: 8.5, Clamped: 8.5, Total: 9, FitGrade: "C", EngagementGrade: 4, Band: lifecycle.Cool},
		},
		"below zero halves are rounded away from it too": {
			func(m *Model) { m.Base, m.Least = -2.5, -10 }, lead(),
			Score{FitRaw: -2.5, Fit: -2.5, Raw: -2.5, Clamped: -2.5, Total: -3, FitGrade: "D", EngagementGrade: 4, Band: lifecycle.Cool},
		},
		"a grade rests on points as they are, not on rounded ones": {
			func(m *Model) { m.Base = 7.9999 }, lead(),
			Score{FitRaw: 7.9999, Fit: 7.9999, Raw: 7.9999, Clamped: 7.9999, Total: 8, FitGrade: "D", EngagementGrade: 4, Band: lifecycle.Cool},
		},
		"a rule gives at most its cap, and the total stays in its range": {
			func(m *Model) { m.Engagement[0].Cap, m.Base = new(60.0), 50 }, lead(ago(0, form), ago(0, form), ago(0, form), ago(0, form), ago(0, form), ago(0, form), ago(0, form), ago(0, form)),
			Score{FitRaw: 50, Fit: 50, EngagementRaw: 64, Engagement: 60, Raw: 110, Clamped: 100, Total: 100, FitGrade: "A", EngagementGrade: 1, Band: lifecycle.Hot},
		},
		"a rule that takes is capped from below": {
			func(m *Model) { m.Engagement[0].Points, m.Engagement[0].Cap, m.Base = -8, new(10.0), 30 }, lead(ago(0, form), ago(10, form)),
			Score{FitRaw: 30, Fit: 30, EngagementRaw: -12, Engagement: -10, Raw: 20, Clamped: 20, Total: 20, FitGrade: "B", EngagementGrade: 4, Band: lifecycle.Cool},
		},
		"a group is capped after its rules": {
			func(m *Model) {
				m.Groups = []Group{{Key: "web", Name: "Web", Cap: 9}}
				m.Engagement[0].Cap, m.Engagement[0].Group = new(7.0), new("web")
				m.Engagement = append(m.Engagement, EngagementRule{Key: "page", Name: "Page", Points: 3, Kinds: []contact.TouchKind{page}, Group: new("web")})
			}, lead(ago(0, form), ago(0, page), ago(1, page)),
			Score{EngagementRaw: 14, Engagement: 9, Raw: 9, Clamped: 9, Total: 9, FitGrade: "D", EngagementGrade: 3, Band: lifecycle.Cool},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, compiled(t, plain(test.change)).Score(test.lead))
		})
	}
}

func TestFactorsSayWhatEarnedPoints(t *testing.T) {
	t.Parallel()
	m := plain(func(m *Model) {
		m.Groups = []Group{{Key: "web", Name: "Web", Cap: 9}}
		m.Engagement[0].Group = new("web")
		m.Engagement = append(m.Engagement, EngagementRule{Key: "page", Name: "Page", Points: 1, Kinds: []contact.TouchKind{contact.KindPageViewed}, Cap: new(10.0), Group: new("web")})
	})
	touches := []condition.Touch{ago(10, contact.KindFormSubmitted)}
	for i := range 12 {
		touches = append(touches, ago(float64(i)/10, contact.KindPageViewed))
	}
	f := lead(touches...)
	f.SetText(condition.ContactCountry, "DE")
	var e Explanation
	compiled(t, m).Explain(f, &e)
	require.Len(t, e.Factors, 3)
	germany, form, page := e.Factors[0], e.Factors[1], e.Factors[2]
	require.Equal(t, []any{"germany", Fit, 10.0, 10.0, 10.0}, []any{germany.Rule, germany.Side, germany.Raw, germany.Capped, germany.Points})
	require.Equal(t, `contact.country is "DE"`, germany.Reasons[0].Text)
	require.Equal(t, "DE", *germany.Reasons[0].Evidence())
	// 4 and 10 of 14 in a group of 9: 4 * 9/14 and 10 * 9/14.
	require.InDelta(t, 18.0/7, form.Points, 1e-9)
	require.Equal(t, []TouchPoints{{ID: touches[0].ID, At: touches[0].At, Points: 4}}, form.Touches)
	require.Equal(t, []any{12.0, 10.0, 12, 10}, []any{page.Raw, page.Capped, page.Count, len(page.Touches)})
	require.InDelta(t, 45.0/7, page.Points, 1e-9)
	require.Equal(t, touches[1].ID, page.Touches[0].TouchID().UUID)
}

// agree has a rule give or take points as those about the same touches do: rules do not contradict each other.
func agree(with []EngagementRule, e *EngagementRule) {
	for _, o := range with {
		if slices.Equal(slices.Sorted(slices.Values(o.Kinds)), slices.Sorted(slices.Values(e.Kinds))) {
			e.Points = math.Copysign(e.Points, o.Points)
		}
	}
}

// anyModel draws a model with rules on both sides, in groups and with caps or without.
func anyModel(r *rapid.T) Model {
	m := Default()
	m.Base = rapid.Float64Range(-5, 20).Draw(r, "base")
	m.Groups = []Group{{Key: "f", Name: "F", Cap: rapid.Float64Range(1, 30).Draw(r, "fit cap")}, {Key: "e", Name: "E", Cap: rapid.Float64Range(1, 30).Draw(r, "engagement cap")}}
	amount := rapid.OneOf(rapid.Float64Range(0.1, 30), rapid.Float64Range(-20, -0.1))
	m.Fit = []FitRule{
		{Key: "new", Name: "New", When: attribute("lead.createdAt", condition.WithinDays, condition.Number(float64(rapid.IntRange(1, 40).Draw(r, "new days")))), Group: new("f")},
		{Key: "old", Name: "Old", When: attribute("contact.createdAt", condition.OlderThanDays, condition.Number(float64(rapid.IntRange(1, 40).Draw(r, "old days"))))},
		{Key: "active", Name: "Active", When: condition.Condition{Behaviour: &condition.Behaviour{MinCount: rapid.IntRange(1, 3).Draw(r, "count"), WithinDays: new(rapid.IntRange(1, 30).Draw(r, "window"))}}, Group: new("f")},
	}
	for i := range m.Fit {
		m.Fit[i].Points = amount.Draw(r, "fit points")
	}
	m.Engagement = nil
	for i := range rapid.IntRange(1, 6).Draw(r, "rules") {
		e := EngagementRule{Key: fmt.Sprint("r", i), Name: "R", Points: amount.Draw(r, "points"), Group: rapid.SampledFrom([]*string{nil, new("e")}).Draw(r, "group")}
		e.Kinds = rapid.SliceOfNDistinct(rapid.SampledFrom(contact.TouchKinds[:4]), 0, 3, rapid.ID[contact.TouchKind]).Draw(r, "kinds")
		if rapid.Bool().Draw(r, "decays") {
			e.HalfLifeDays = new(rapid.Float64Range(0.5, 60).Draw(r, "half-life"))
		}
		if rapid.Bool().Draw(r, "windowed") {
			e.WithinDays = new(rapid.IntRange(1, 60).Draw(r, "within"))
		}
		if rapid.Bool().Draw(r, "capped") {
			e.Cap = new(rapid.Float64Range(0.5, 40).Draw(r, "cap"))
		}
		agree(m.Engagement, &e)
		m.Engagement = append(m.Engagement, e)
	}
	m.Engagement[0].Group = new("e")
	return m
}

// anyTouches draws touches around noon.
func anyTouches(r *rapid.T) []condition.Touch {
	var touches []condition.Touch
	for i := range rapid.IntRange(0, 10).Draw(r, "touches") {
		at := noon.Add(time.Duration(rapid.OneOf(rapid.Int64Range(-40*day, 3*day), rapid.Map(rapid.Int64Range(-40, 3), func(n int64) int64 { return n * day })).Draw(r, "at")) * time.Microsecond)
		touches = append(touches, condition.Touch{ID: id.UUID{byte(i)}, Kind: rapid.SampledFrom(contact.TouchKinds[:4]).Draw(r, "kind"), Channel: contact.ChannelEmail, Direction: contact.DirectionInbound, At: at})
	}
	return touches
}

// anyLead draws facts at noon.
func anyLead(r *rapid.T) *condition.Facts {
	f := lead(anyTouches(r)...)
	f.SetTime(condition.LeadCreatedAt, noon.Add(-days(rapid.Float64Range(0, 40).Draw(r, "lead age"))))
	f.SetTime(condition.ContactCreatedAt, noon.Add(-days(rapid.Float64Range(0, 40).Draw(r, "contact age"))))
	return f
}

func TestEveryScore(t *testing.T) {
	t.Parallel()
	t.Run("is the sum of its factors, within caps and range, and the same again", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			m, f := anyModel(r), anyLead(r)
			p := compiled(r, m)
			s := p.Score(f)
			var e Explanation
			p.Explain(f, &e)
			p.Explain(f, &e)
			require.Equal(r, s, e.Score)
			require.Equal(r, s, compiled(r, m).Score(f.Clone()))
			total := map[Side]float64{Fit: e.Base}
			for _, x := range e.Factors {
				total[x.Side] += x.Points
			}
			require.InDelta(r, s.Fit, total[Fit], 1e-9)
			require.InDelta(r, s.Engagement, total[Engagement], 1e-9)
			require.Equal(r, min(max(s.Raw, m.Least), m.Most), s.Clamped)
			require.Equal(r, int(math.Round(s.Clamped)), s.Total)
			bounded := map[string]float64{}
			for _, x := range e.Factors {
				if i := slices.IndexFunc(m.Engagement, func(g EngagementRule) bool { return g.Key == x.Rule }); i >= 0 && m.Engagement[i].Cap != nil {
					require.LessOrEqual(r, math.Abs(x.Capped), *m.Engagement[i].Cap)
				}
				if x.group >= 0 {
					bounded[m.Groups[x.group].Key] += x.Points
				}
			}
			for _, g := range m.Groups {
				require.LessOrEqual(r, math.Abs(bounded[g.Key]), g.Cap+1e-9)
			}
		})
	})
	t.Run("does not depend on the order in which touches arrived", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			p, touches := compiled(r, anyModel(r)), anyTouches(r)
			require.Equal(r, p.Score(lead(touches...)), p.Score(lead(rapid.Permutation(touches).Draw(r, "arrived")...)))
		})
	})
	t.Run("does not fall when half-lives of rules that give double", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			m, f := anyModel(r), anyLead(r)
			before := compiled(r, m).Score(f)
			for i := range m.Engagement {
				if e := &m.Engagement[i]; e.HalfLifeDays != nil && e.Points > 0 {
					e.HalfLifeDays = new(2 * *e.HalfLifeDays)
				}
			}
			require.GreaterOrEqual(r, compiled(r, m).Score(f).Engagement, before.Engagement)
		})
	})
}

func TestModelsKeepTheirBytes(t *testing.T) {
	t.Parallel()
	m := Default()
	body, err := json.Marshal(m)
	require.NoError(t, err)
	var again Model
	require.NoError(t, json.Unmarshal(body, &again))
	second, err := json.Marshal(again)
	require.NoError(t, err)
	require.Equal(t, string(body), string(second))
	require.NoError(t, m.Check(condition.NewRegistry(nil)))
}
