package scoring

import (
	"fmt"
	"strings"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Clauses puts the model into words, one sentence for each rule.
func (m *Model) Clauses() []clause.Clause {
	out := []clause.Clause{
		{Key: "base", Text: fmt.Sprintf("Every lead starts with %s.", points(m.Base))},
		{Key: "range", Text: fmt.Sprintf("The total is at least %s and at most %s.", clause.Number(m.Least), clause.Number(m.Most))},
		{Key: "threshold", Text: fmt.Sprintf("From %s on a lead is worth a salesperson's time.", points(m.Threshold))},
	}
	for i := range m.Fit {
		r := &m.Fit[i]
		out = append(out, clause.Clause{Key: "fit." + r.Key, Text: fmt.Sprintf("%s: %s if %s%s.", r.Name, points(r.Points), r.When.String(), in(r.Group))})
	}
	for i := range m.Engagement {
		out = append(out, clause.Clause{Key: "engagement." + m.Engagement[i].Key, Text: m.Engagement[i].sentence()})
	}
	for _, g := range m.Groups {
		out = append(out, clause.Clause{Key: "groups." + g.Key, Text: fmt.Sprintf("%s: the rules of the group %s give or take at most %s together.", g.Name, g.Key, points(g.Cap))})
	}
	f, e := m.FitGrades, m.EngagementGrades
	out = append(out,
		clause.Clause{Key: "fitGrades", Text: fmt.Sprintf("Fit is A from %s, B from %s, C from %s, and D below.", points(f.A), points(f.B), points(f.C))},
		clause.Clause{Key: "engagementGrades", Text: fmt.Sprintf("Engagement is 1 from %s, 2 from %s, 3 from %s, and 4 below.", points(e.One), points(e.Two), points(e.Three))})
	for _, band := range lifecycle.Bands {
		out = append(out, clause.Clause{Key: "bands." + strings.ToLower(string(band)), Text: m.cells(band)})
	}
	return out
}

// sentence is a rule of engagement in words.
func (r *EngagementRule) sentence() string {
	b := r.Behaviour()
	var s strings.Builder
	fmt.Fprintf(&s, "%s: %s for each touch%s", r.Name, points(r.Points), strings.TrimPrefix(b.String(), "at least 1 touch"))
	if r.HalfLifeDays != nil {
		fmt.Fprintf(&s, ", half of it after %s times 24 hours", clause.Number(*r.HalfLifeDays))
	}
	if r.Cap != nil {
		fmt.Fprintf(&s, ", at most %s", points(*r.Cap))
	}
	return s.String() + in(r.Group) + "."
}

// cells names the cells of a band.
func (m *Model) cells(band lifecycle.Band) string {
	var cells []string
	for _, f := range lifecycle.FitGrades {
		for e := 1; e <= 4; e++ {
			for _, b := range m.Bands {
				if b.Fit == f && b.Engagement == e && b.Band == band {
					cells = append(cells, fmt.Sprintf("%s%d", f, e))
				}
			}
		}
	}
	if len(cells) == 0 {
		return fmt.Sprintf("No lead is %s.", band)
	}
	return fmt.Sprintf("%s are %s.", strings.Join(cells, ", "), band)
}

// points writes points.
func points(n float64) string {
	if n == 1 {
		return "1 point"
	}
	return clause.Number(n) + " points"
}

// in names the group of a rule.
func in(group *string) string {
	if group == nil {
		return ""
	}
	return ", in the group " + *group
}
