package definition

import (
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// Program is a definition ready to judge leads. It never changes and serves any number of goroutines.
type Program struct {
	qualify, second []gate
	edges           Edges
}

// gate is one test that a lead must pass: a criterion, a required field or, with excludes, an exclusion.
type gate struct {
	key, name string
	excludes  bool
	when      *condition.Program
}

// Verdict is the answer of a gate with its reasons.
type Verdict struct {
	Passed  bool     `json:"passed"`
	Reasons []Reason `json:"reasons"` // criteria, then required fields, then exclusions
}

// Reason is the answer of one criterion.
type Reason struct {
	Key      string           `json:"key"` // the criterion's; of a required field "requires." and the attribute
	Name     string           `json:"name"`
	Passed   bool             `json:"passed"`             // of an exclusion: it does not hold
	Excludes bool             `json:"excludes,omitempty"` // it is an exclusion
	Leaves   []condition.Leaf `json:"leaves"`             // every test with what was found
}

// Edges are the numbers with which a definition compares scores: between them a score may move without changing a verdict.
type Edges struct {
	Score      []float64 // with lead.score
	Fit        []float64 // with lead.fit
	Engagement []float64 // with lead.engagement
}

// Compile makes a definition ready that was checked when it was written: it asks for no more than that its conditions can be asked.
func Compile(d *Definition, reg *condition.Registry) (*Program, error) {
	p := &Program{}
	for _, list := range []struct {
		criteria []Criterion
		excludes bool
		into     *[]gate
	}{{d.Criteria, false, &p.qualify}, {fields(d.RequiredFields, reg), false, &p.qualify}, {d.Exclusions, true, &p.qualify}, {d.SalesQualified, false, &p.second}} {
		for i := range list.criteria {
			c := &list.criteria[i]
			when, err := condition.Compile(&c.When, reg)
			if err != nil {
				return nil, fmt.Errorf("compile the criterion %s: %w", c.Key, err)
			}
			*list.into = append(*list.into, gate{key: c.Key, name: c.Name, excludes: list.excludes, when: when})
			p.edges.gather(&c.When)
		}
	}
	return p, nil
}

// fields makes criteria of required fields.
func fields(names []string, reg *condition.Registry) []Criterion {
	var out []Criterion
	for _, name := range names {
		label := name // of one that is gone, which no condition can ask about
		if slot, ok := reg.Slot(name); ok {
			label = reg.Definitions()[slot].Label
		}
		set := condition.Condition{Attribute: &condition.Attribute{Name: name, Op: condition.IsSet}}
		out = append(out, Criterion{Key: "requires." + name, Name: label + " is known", When: set})
	}
	return out
}

// Reach adds what matters to the criteria of both gates.
func (p *Program) Reach(r *condition.Reach) {
	for _, gates := range [][]gate{p.qualify, p.second} {
		for i := range gates {
			gates[i].when.Reach(r)
		}
	}
}

// Qualifies tells whether a lead passes the first gate at the instant of its facts: it is worth passing to sales.
func (p *Program) Qualifies(f *condition.Facts) bool { return passes(p.qualify, f) }

// SalesQualifies tells whether a lead passes the second gate. Without criteria every lead does.
func (p *Program) SalesQualifies(f *condition.Facts) bool { return passes(p.second, f) }

// passes tells whether all gates let a lead through.
func passes(gates []gate, f *condition.Facts) bool {
	for i := range gates {
		if gates[i].when.Match(f) == gates[i].excludes {
			return false
		}
	}
	return true
}

// Qualify answers as Qualifies does, and why.
func (p *Program) Qualify(f *condition.Facts) Verdict { return judge(p.qualify, f) }

// SecondGate answers as SalesQualifies does, and why.
func (p *Program) SecondGate(f *condition.Facts) Verdict { return judge(p.second, f) }

// judge asks every gate.
func judge(gates []gate, f *condition.Facts) Verdict {
	v := Verdict{Passed: true, Reasons: make([]Reason, 0, len(gates))}
	for i := range gates {
		g := &gates[i]
		result := g.when.Explain(f)
		r := Reason{Key: g.key, Name: g.name, Excludes: g.excludes, Passed: result.Passed != g.excludes, Leaves: result.Leaves}
		v.Passed = v.Passed && r.Passed
		v.Reasons = append(v.Reasons, r)
	}
	return v
}

// Edges are the numbers with which the criteria of both gates compare scores. The program's own and only to be read.
func (p *Program) Edges() Edges { return p.edges }

// Next is the first instant after the facts' own at which, by time alone, a test of either gate changes its answer; scores are taken
// as they are, see scoring.Program.Next for them. False where none ever does.
func (p *Program) Next(f *condition.Facts) (time.Time, bool) {
	var next time.Time
	found := false
	for _, gates := range [][]gate{p.qualify, p.second} {
		for i := range gates {
			if at, ok := gates[i].when.Next(f); ok && (!found || at.Before(next)) {
				next, found = at, true
			}
		}
	}
	return next, found
}

// gather adds the numbers of a condition.
func (e *Edges) gather(c *condition.Condition) {
	for a := range c.Attributes() {
		var into *[]float64
		switch a.Name {
		case "lead.score":
			into = &e.Score
		case "lead.fit":
			into = &e.Fit
		case "lead.engagement":
			into = &e.Engagement
		default:
			continue
		}
		values := a.Values
		if a.Value != nil {
			values = append(slices.Clip(values), *a.Value)
		}
		for _, v := range values {
			if n, ok := v.Number(); ok && !slices.Contains(*into, n) {
				*into = append(*into, n)
			}
		}
	}
}
