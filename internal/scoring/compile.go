package scoring

import (
	"fmt"
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// day is 24 hours in microseconds, whatever the clocks do.
const day = 24 * 60 * 60 * 1_000_000

// Program is a scoring model ready to score. It keeps nothing of the model, never changes and serves any number of goroutines.
type Program struct {
	base, least, most           float64
	fit                         []fitRule
	engagement                  []engagementRule
	groups                      []group
	fitGrades, engagementGrades [3]float64
	bands                       [4][4]lifecycle.Band // by the places of both grades
	reg                         *condition.Registry
}

// fitRule is a FitRule ready to score.
type fitRule struct {
	key, name string
	points    float64
	group     int // its place; -1 without
	when      *condition.Program
	source    condition.Condition
}

// engagementRule is an EngagementRule ready to score.
type engagementRule struct {
	key, name string
	points    float64
	group     int // its place; -1 without
	matcher   condition.Matcher
	window    int64   // microseconds; 0 for ever
	halfLife  float64 // microseconds; 0 without
	cap       float64 // infinite without
	source    condition.Behaviour
}

// group is a Group ready to bound.
type group struct {
	key string
	cap float64
}

// Compile makes a model ready that was checked when it was written: it asks for no more than what scoring takes.
func Compile(m *Model, reg *condition.Registry) (*Program, error) {
	if err := m.runs(); err != nil {
		return nil, err
	}
	p := &Program{
		base: m.Base, least: m.Least, most: m.Most, reg: reg,
		fitGrades:        [3]float64{m.FitGrades.A, m.FitGrades.B, m.FitGrades.C},
		engagementGrades: [3]float64{m.EngagementGrades.One, m.EngagementGrades.Two, m.EngagementGrades.Three},
	}
	places := map[string]int{}
	for i, g := range m.Groups {
		places[g.Key] = i
		p.groups = append(p.groups, group{key: g.Key, cap: g.Cap})
	}
	for i := range m.Fit {
		r, err := m.Fit[i].compile(reg, places)
		if err != nil {
			return nil, err
		}
		p.fit = append(p.fit, r)
	}
	for i := range m.Engagement {
		r, err := m.Engagement[i].compile(places)
		if err != nil {
			return nil, err
		}
		p.engagement = append(p.engagement, r)
	}
	for _, c := range m.Bands {
		p.bands[fitPlace(c.Fit)][c.Engagement-1] = c.Band
	}
	return p, nil
}

// countable are numbers whose sums stay finite, and whole within an int32.
const countable = 1e9

// runs tells what keeps a model from being run.
func (m *Model) runs() error {
	var n clause.Needs
	for _, v := range []float64{m.Base, m.Least, m.Most, m.FitGrades.A, m.FitGrades.B, m.FitGrades.C, m.EngagementGrades.One, m.EngagementGrades.Two, m.EngagementGrades.Three} {
		n.Number("the base, an end of the range or a grade", v, -countable, countable)
	}
	n.That(len(m.Groups) <= maxGroups, "there are %d groups, over %d", len(m.Groups), maxGroups)
	groups := map[string]bool{}
	for _, g := range m.Groups {
		n.Number("the cap of the group "+g.Key, g.Cap, 0, countable)
		groups[g.Key] = true
	}
	rule := func(key string, points float64, group *string) {
		n.Number("the points of the rule "+key, points, -countable, countable)
		n.That(group == nil || groups[*group], "the group of the rule %s is not there", key)
	}
	for i := range m.Fit {
		rule(m.Fit[i].Key, m.Fit[i].Points, m.Fit[i].Group)
	}
	for i := range m.Engagement {
		r := &m.Engagement[i]
		rule(r.Key, r.Points, r.Group)
		if r.HalfLifeDays != nil {
			n.Number("the half-life of the rule "+r.Key, *r.HalfLifeDays, 1.0/day, countable)
		}
		if r.Cap != nil {
			n.Number("the cap of the rule "+r.Key, *r.Cap, 0, countable)
		}
	}
	cells := map[[2]int]bool{}
	for _, b := range m.Bands {
		cell := [2]int{fitPlace(b.Fit), b.Engagement}
		n.That(cell[0] >= 0 && 1 <= b.Engagement && b.Engagement <= 4 && slices.Contains(lifecycle.Bands, b.Band), "there is no cell %s%d for the band %s", b.Fit, b.Engagement, b.Band)
		cells[cell] = true
	}
	n.That(len(cells) == 16, "%d of the 16 cells have a band", len(cells))
	return n.Err()
}

// compile makes a rule of fit ready.
func (r *FitRule) compile(reg *condition.Registry, places map[string]int) (fitRule, error) {
	when, err := condition.Compile(&r.When, reg)
	if err != nil {
		return fitRule{}, fmt.Errorf("compile the rule %s: %w", r.Key, err)
	}
	return fitRule{key: r.Key, name: r.Name, points: r.Points, group: place(places, r.Group), when: when, source: r.When.Clone()}, nil
}

// compile makes a rule of engagement ready.
func (r *EngagementRule) compile(places map[string]int) (engagementRule, error) {
	behaviour := r.Behaviour()
	matcher, err := behaviour.Matcher()
	if err != nil {
		return engagementRule{}, fmt.Errorf("compile the rule %s: %w", r.Key, err)
	}
	c := engagementRule{key: r.Key, name: r.Name, points: r.Points, group: place(places, r.Group), matcher: matcher, cap: math.Inf(1), source: matcher.Behaviour()}
	if r.WithinDays != nil {
		c.window = int64(*r.WithinDays) * day
	}
	if r.HalfLifeDays != nil {
		c.halfLife = *r.HalfLifeDays * day
	}
	if r.Cap != nil {
		c.cap = *r.Cap
	}
	return c, nil
}

// Reach adds what matters to the model.
func (p *Program) Reach(r *condition.Reach) {
	for i := range p.fit {
		p.fit[i].when.Reach(r)
	}
	for i := range p.engagement {
		r.Add(&p.engagement[i].source)
	}
}

// place is the place of a group; -1 for none.
func place(places map[string]int, key *string) int {
	if key == nil {
		return -1
	}
	return places[*key]
}
