package scoring

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

func TestCheckRefusesModels(t *testing.T) {
	t.Parallel()
	hasMail := attribute("contact.hasEmail", condition.EQ, condition.Bool(true))
	for name, test := range map[string]struct {
		change func(m *Model)
		field  string
	}{
		"a model has rules":                       {func(m *Model) { m.Fit, m.Engagement, m.Groups = nil, nil, nil }, "engagement"},
		"the range is not empty":                  {func(m *Model) { m.Least = 100 }, "most"},
		"the threshold lies in the range":         {func(m *Model) { m.Threshold = 101 }, "threshold"},
		"grades of fit descend":                   {func(m *Model) { m.FitGrades.B = m.FitGrades.A }, "fitGrades.b"},
		"grades of engagement descend":            {func(m *Model) { m.EngagementGrades.Three = 20 }, "engagementGrades.three"},
		"a rule of no points never matters":       {func(m *Model) { m.Fit[1].Points = 0 }, "fit[1].points"},
		"a cap is over 0":                         {func(m *Model) { m.Engagement[0].Cap = new(0.0) }, "engagement[0].cap"},
		"a group's cap is not below 0":            {func(m *Model) { m.Groups[0].Cap = -1 }, "groups[0].cap"},
		"a half-life is over 0":                   {func(m *Model) { m.Engagement[2].HalfLifeDays = new(0.0) }, "engagement[2].halfLifeDays"},
		"a half-life is not negative":             {func(m *Model) { m.Engagement[2].HalfLifeDays = new(-7.0) }, "engagement[2].halfLifeDays"},
		"a window has days":                       {func(m *Model) { m.Engagement[2].WithinDays = new(0) }, "engagement[2].withinDays"},
		"a kind exists":                           {func(m *Model) { m.Engagement[2].Kinds = []contact.TouchKind{"FAX"} }, "engagement[2].kinds[0]"},
		"a group exists":                          {func(m *Model) { m.Fit[0].Group = new("nobody") }, "fit[0].group"},
		"a group is used":                         {func(m *Model) { m.Groups = append(m.Groups, Group{Key: "idle", Name: "Idle", Cap: 5}) }, "groups[2].key"},
		"a group is of one side":                  {func(m *Model) { m.Engagement[0].Group = new("role") }, "groups[0].key"},
		"a group is there once":                   {func(m *Model) { m.Groups = append(m.Groups, m.Groups[0]) }, "groups[2].key"},
		"a key is used once on both sides":        {func(m *Model) { m.Engagement[3].Key = m.Fit[0].Key }, "engagement[3].key"},
		"two rules with one condition contradict": {func(m *Model) { m.Fit[3].When = m.Fit[2].When.Clone() }, "fit[3].when"},
		"yes and no at once never holds": {func(m *Model) {
			m.Fit[0].When = condition.Condition{All: []condition.Condition{hasMail, {Not: &hasMail}}}
		}, "fit[0].when"},
		"a size over 100 and under 50 never is": {func(m *Model) {
			m.Fit[0].When = condition.Condition{All: []condition.Condition{attribute("account.employees", condition.GT, condition.Number(100)), attribute("account.employees", condition.LT, condition.Number(50))}}
		}, "fit[0].when"},
		"two rules with one condition contradict, in other words too": {func(m *Model) { m.Fit[3].When = condition.Condition{All: []condition.Condition{m.Fit[2].When.Clone()}} }, "fit[3].when"},
		"points for and against the same touches contradict": {func(m *Model) {
			m.Engagement[2] = EngagementRule{Key: "for", Name: "For", Points: 5, Kinds: []contact.TouchKind{contact.KindCall, contact.KindMeeting}}
			m.Engagement[3] = EngagementRule{Key: "against", Name: "Against", Points: -5, Kinds: []contact.TouchKind{contact.KindMeeting, contact.KindCall}}
		}, "engagement[3].points"},
		"fit rests on facts, not on scores":               {func(m *Model) { m.Fit[0].When = attribute("lead.score", condition.GT, condition.Number(5)) }, "fit[0].when.attribute.name"},
		"fit rests on nothing that follows from a score":  {func(m *Model) { m.Fit[0].When = attribute("lead.stage", condition.EQ, condition.Text("NEW")) }, "fit[0].when.attribute.name"},
		"a name is more than blanks":                      {func(m *Model) { m.Fit[0].Name = "  " }, "fit[0].name"},
		"a condition is checked where it stands":          {func(m *Model) { m.Fit[0].When.Any[1].Attribute.Name = "contact.titel" }, "fit[0].when.any[1].attribute.name"},
		"all cells of the matrix are there":               {func(m *Model) { m.Bands = m.Bands[1:] }, "bands"},
		"each cell is there once":                         {func(m *Model) { m.Bands[5] = m.Bands[4] }, "bands[5]"},
		"a grade of engagement is 1 to 4":                 {func(m *Model) { m.Bands[5].Engagement = 5 }, "bands[5].engagement"},
		"a better grade of fit gives no cooler band":      {func(m *Model) { m.Bands[15].Band = lifecycle.Hot }, "bands[15].band"},
		"a better grade of engagement gives none neither": {func(m *Model) { m.Bands[3].Band = lifecycle.Hot }, "bands[3].band"},
		"a list has an end":                               {func(m *Model) { m.Fit = make([]FitRule, 10_000) }, "fit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := Default()
			test.change(&m)
			err := m.Check(condition.NewRegistry(nil))
			require.Error(t, err)
			var fields []string
			for _, f := range err.(fault.List) {
				fields = append(fields, f.Field)
			}
			require.Contains(t, fields, test.field)
		})
	}
}

func TestRulesAboutTheSameTouchesMayFadeInTheirOwnWays(t *testing.T) {
	t.Parallel()
	m := Default()
	again := m.Engagement[0]
	again.Key, again.HalfLifeDays = "again", new(365.0)
	other := m.Engagement[0]
	other.Key, other.Points, other.WithinDays = "lately", -1, new(2)
	m.Engagement = append(m.Engagement, again, other)
	require.NoError(t, m.Check(condition.NewRegistry(nil)))
}

func TestModelsAreComparedInWords(t *testing.T) {
	t.Parallel()
	before, after := Default(), Default()
	after.Engagement[0].Points = 40
	after.Fit = after.Fit[:len(after.Fit)-1]
	after.Bands[15].Band, after.Threshold = lifecycle.Warm, 60
	said := map[string]string{}
	for _, d := range clause.Diff(before.Clauses(), after.Clauses()) {
		said[string(d.Change)+" "+d.Key] = ""
		if d.After != nil {
			said[string(d.Change)+" "+d.Key] = *d.After
		}
	}
	require.Equal(t, map[string]string{
		"CHANGED threshold":       "From 60 points on a lead is worth a salesperson's time.",
		"REMOVED fit.free-mail":   "",
		"CHANGED engagement.demo": "Asked for a demonstration: 40 points for each touch DEMO_REQUESTED, half of it after 30 times 24 hours, at most 45 points.",
		"CHANGED bands.warm":      "A3, B3, C2, D1, D4 are WARM.",
		"CHANGED bands.cool":      "A4, B4, C3, C4, D2, D3 are COOL.",
	}, said)
}

func TestModelsCanBeDrawn(t *testing.T) {
	t.Parallel()
	m := Default()
	g := m.Graph()
	nodes := map[string]NodeKind{}
	for _, n := range g.Nodes {
		require.NotContains(t, nodes, n.Key)
		nodes[n.Key] = n.Kind
	}
	lines := map[string]string{}
	for _, e := range g.Edges {
		require.Contains(t, nodes, e.From)
		require.Contains(t, nodes, e.To)
		text := strings.Join(e.With, " ")
		if e.Points != nil {
			text = fmt.Sprint(*e.Points)
		}
		lines[e.From+" > "+e.To] = text
	}
	for line, text := range map[string]string{
		"rule:demo > side:ENGAGEMENT": "30", "rule:manages > group:role": "8", "group:role > side:FIT": "20", "group:reading > side:ENGAGEMENT": "20",
		"side:FIT > grade:A": "35", "side:ENGAGEMENT > grade:4": "", "grade:A > band:HOT": "1 2", "grade:1 > band:HOT": "A B C",
	} {
		require.Equal(t, text, lines[line], line)
		require.Contains(t, lines, line)
	}
}
