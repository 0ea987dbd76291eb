package scoring

import (
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// The bounds of a model.
const (
	maxRules    = 500 // of fit, and as many of engagement
	maxGroups   = 50
	maxPoints   = 10_000 // of a rule, a cap, a grade, the range
	maxName     = 100    // characters
	maxHalfLife = 3_650.0
	minHalfLife = 0.01
)

// Check refuses a model that cannot be kept: a fault.List with the place of each fault, such as "fit[2].when.all[0].attribute.value".
func (m *Model) Check(reg *condition.Registry) error {
	c := checker{Faults: clause.Faults{Registry: reg}, model: m, keys: map[string]bool{}, groups: map[string]*used{}}
	c.numbers()
	if c.Count("groups", len(m.Groups), 0, maxGroups) {
		c.declared()
	}
	if len(m.Fit)+len(m.Engagement) == 0 {
		c.Refuse("engagement", "A model without rules gives every lead the same points: add a rule of fit or engagement.")
	}
	if c.Count("fit", len(m.Fit), 0, maxRules) {
		c.fit()
	}
	if c.Count("engagement", len(m.Engagement), 0, maxRules) {
		c.engagement()
	}
	c.unused()
	c.bands()
	return c.Err()
}

// checker gathers the faults of a model.
type checker struct {
	clause.Faults
	model  *Model
	keys   map[string]bool  // of rules
	groups map[string]*used // by key
}

// used says by which rules a group is used.
type used struct{ fit, engagement bool }

// numbers checks the range, the threshold and the grades.
func (c *checker) numbers() {
	m := c.model
	c.Range("base", m.Base, -maxPoints, maxPoints)
	c.Range("least", m.Least, -maxPoints, maxPoints)
	c.Range("most", m.Most, -maxPoints, maxPoints)
	if m.Least >= m.Most {
		c.Refuse("most", "The range of the total is empty: most must be over least.")
	} else {
		c.Range("threshold", m.Threshold, m.Least, m.Most)
	}
	f, e := m.FitGrades, m.EngagementGrades
	c.descending("fitGrades", [3]string{"a", "b", "c"}, [3]float64{f.A, f.B, f.C})
	c.descending("engagementGrades", [3]string{"one", "two", "three"}, [3]float64{e.One, e.Two, e.Three})
}

// descending checks the least points of grades.
func (c *checker) descending(path string, names [3]string, least [3]float64) {
	for i, n := range least {
		c.Range(path+"."+names[i], n, -maxPoints, maxPoints)
		if i > 0 && n >= least[i-1] {
			c.Refuse(path+"."+names[i], "A grade needs fewer points than the better one before it: give less than %s.", clause.Number(least[i-1]))
		}
	}
}

// declared checks the groups themselves.
func (c *checker) declared() {
	seen := map[string]bool{}
	for i, g := range c.model.Groups {
		path := fmt.Sprintf("groups[%d]", i)
		c.Key(path+".key", g.Key, seen)
		c.Text(path+".name", g.Name, 1, maxName)
		c.cap(path, g.Cap)
		c.groups[g.Key] = &used{}
	}
}

// cap checks a cap. Under one of 0 no rule ever matters.
func (c *checker) cap(path string, most float64) {
	c.Range(path+".cap", most, 0, maxPoints)
	if most == 0 {
		c.Refuse(path+".cap", "Under a cap of 0 no rule ever gives a point: raise it, or remove what it bounds.")
	}
}

// fit checks the rules of fit.
func (c *checker) fit() {
	said := map[string]int{} // condition -> the rule that has it
	for i := range c.model.Fit {
		r, path := &c.model.Fit[i], fmt.Sprintf("fit[%d]", i)
		c.rule(path, r.Key, r.Name, r.Points)
		if when := c.Facts(path+".when", &r.When); when != nil {
			body := when.Normal()
			if first, again := said[body]; again {
				c.Refuse(path+".when", "The rule %q has the same condition: give it all points, and remove this one.", c.model.Fit[first].Key)
			} else {
				said[body] = i
			}
		}
		if g := c.group(path, r.Group); g != nil {
			g.fit = true
		}
	}
}

// engagement checks the rules of engagement.
func (c *checker) engagement() {
	said := map[string]int{} // which touches -> the first rule about them
	for i := range c.model.Engagement {
		r, path := &c.model.Engagement[i], fmt.Sprintf("engagement[%d]", i)
		c.rule(path, r.Key, r.Name, r.Points)
		behaviour := r.Behaviour()
		if body := c.Behaviour(path, &behaviour); body != "" {
			c.opposed(path, body, i, said)
		}
		if r.HalfLifeDays != nil {
			c.Range(path+".halfLifeDays", *r.HalfLifeDays, minHalfLife, maxHalfLife)
		}
		if r.Cap != nil {
			c.cap(path, *r.Cap)
		}
		if g := c.group(path, r.Group); g != nil {
			g.engagement = true
		}
	}
}

// opposed refuses a rule that takes points for just the touches for which another gives some. Two that both give, or both take, may fade and be
// capped in their own ways.
func (c *checker) opposed(path, body string, i int, said map[string]int) {
	rules := c.model.Engagement
	if first, again := said[body]; !again {
		said[body] = i
	} else if rules[first].Points > 0 != (rules[i].Points > 0) {
		c.Refuse(path+".points", "The rule %q is about the same touches, and one gives points for what the other takes them for: make one rule of both.", rules[first].Key)
	}
}

// rule checks what all rules have.
func (c *checker) rule(path, key, name string, points float64) {
	c.Key(path+".key", key, c.keys)
	c.Text(path+".name", name, 1, maxName)
	c.Range(path+".points", points, -maxPoints, maxPoints)
	if points == 0 {
		c.Refuse(path+".points", "A rule of 0 points changes no score: give it points or remove it.")
	}
}

// group finds the group of a rule; nil where it has none.
func (c *checker) group(path string, key *string) *used {
	if key == nil {
		return nil
	}
	g := c.groups[*key]
	if g == nil {
		c.Refuse(path+".group", "There is no group %.70q: add it to groups, or leave it out here.", *key)
	}
	return g
}

// unused refuses groups of no rules, or of both kinds.
func (c *checker) unused() {
	for i, g := range c.model.Groups {
		path := fmt.Sprintf("groups[%d].key", i)
		switch u := c.groups[g.Key]; {
		case u == nil:
		case u.fit && u.engagement:
			c.Refuse(path, "The group %q has rules of fit and of engagement, which are graded apart: make two groups of it.", g.Key)
		case !u.fit && !u.engagement:
			c.Refuse(path, "No rule is in the group %q: name it in a rule, or remove it.", g.Key)
		}
	}
}

// bands checks the grade matrix: every cell once, and no better grade with a cooler band.
func (c *checker) bands() {
	if !c.Count("bands", len(c.model.Bands), 16, 16) || len(c.model.Bands) < 16 {
		return
	}
	matrix := [4][4]int{} // the places of the bands, from 1; 0 where a cell is missing
	for i, b := range c.model.Bands {
		path := fmt.Sprintf("bands[%d]", i)
		f, e, band := fitPlace(b.Fit), b.Engagement-1, slices.Index(lifecycle.Bands, b.Band)
		switch {
		case f < 0:
			c.Refuse(path+".fit", "The grade of fit is one of %s.", enum.List(lifecycle.FitGrades))
		case e < 0 || e > 3:
			c.Refuse(path+".engagement", "The grade of engagement is 1 to 4.")
		case band < 0:
			c.Refuse(path+".band", "The band is one of %s.", enum.List(lifecycle.Bands))
		case matrix[f][e] > 0:
			c.Refuse(path, "The cell %s%d is there twice: give each of the 16 once.", b.Fit, b.Engagement)
		default:
			matrix[f][e] = band + 1
		}
	}
	c.monotone(&matrix)
}

// monotone refuses a cell that is warmer than one with better grades.
func (c *checker) monotone(matrix *[4][4]int) {
	for i, b := range c.model.Bands {
		f, e := fitPlace(b.Fit), b.Engagement-1
		if f < 0 || e < 0 || e > 3 {
			continue
		}
		if f > 0 && matrix[f-1][e] > matrix[f][e] || e > 0 && matrix[f][e-1] > matrix[f][e] {
			c.Refuse(fmt.Sprintf("bands[%d].band", i), "%s%d is warmer than a cell with a better grade: a better grade never makes a lead cooler.", b.Fit, b.Engagement)
		}
	}
}

// fitPlace is the place of a grade of fit, 0 for A; -1 for none.
func fitPlace(g lifecycle.FitGrade) int { return slices.Index(lifecycle.FitGrades, g) }
