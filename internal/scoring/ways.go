package scoring

import (
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// maxWays is how many ways to make a condition hold are looked at.
const maxWays = 8

// ways are ways to make a condition hold that does not, each a few steps; a condition that holds needs none. It is not complete: what
// would have to be unlearned, undone or waited for has no way.
func (p *Program) ways(f *condition.Facts, a *answer) [][]Step {
	switch {
	case a.holds:
		return [][]Step{nil}
	case a.of.Attribute != nil:
		return p.learned(f, a.of.Attribute)
	case a.of.Behaviour != nil:
		return a.counted()
	case a.of.Any != nil:
		var all [][]Step
		for i := range a.kids {
			all = append(all, p.ways(f, &a.kids[i])...)
		}
		return all[:min(len(all), maxWays)]
	case a.of.All != nil:
		all := [][]Step{nil}
		for i := range a.kids {
			all = joined(all, p.ways(f, &a.kids[i]))
		}
		return all
	}
	return nil // not: what holds would have to stop
}

// joined are both ways one after the other, in all combinations up to a number.
func joined(first, second [][]Step) [][]Step {
	var all [][]Step
	for _, a := range first {
		for _, b := range second {
			if len(all) < maxWays {
				all = append(all, slices.Concat(a, b))
			}
		}
	}
	return all
}

// counted are the touches that a behaviour lacks.
func (a *answer) counted() [][]Step {
	if a.lacks > maxSteps {
		return nil
	}
	var all [][]Step
	for _, s := range touches(a.of.Behaviour) {
		all = append(all, slices.Repeat([]Step{s}, a.lacks))
	}
	return all[:min(len(all), maxWays)]
}

// learned are facts with which the test of an attribute would hold. What is known stays as it is, but a no may become a yes.
func (p *Program) learned(f *condition.Facts, a *condition.Attribute) [][]Step {
	slot, ok := p.reg.Slot(a.Name)
	if !ok {
		return nil
	}
	d := p.reg.Definitions()[slot]
	if d.Type == condition.TypeTime || d.Entity == condition.EntitySource || d.Entity == condition.EntityLead && !d.Custom && slot != condition.LeadInterest {
		return nil // nobody can learn or change these
	}
	if d.Type != condition.TypeBoolean && f.Get(slot) != nil {
		return nil
	}
	var values []condition.Value
	switch a.Op {
	case condition.IsSet:
		s := Step{Attribute: &d.Name, slot: slot, any: anything(d.Type), Text: a.String()}
		return [][]Step{{s}}
	case condition.EQ, condition.GTE, condition.LTE, condition.Contains, condition.StartsWith:
		values = []condition.Value{*a.Value}
	case condition.In, condition.ContainsAny:
		values = a.Values[:min(len(a.Values), maxWays)]
	case condition.Between:
		values = a.Values[:1]
	case condition.GT, condition.LT:
		values = []condition.Value{beyond(*a.Value, a.Op)}
	}
	var all [][]Step
	for _, v := range values {
		is := condition.Attribute{Name: d.Name, Op: a.Op, Value: &v}
		if a.Op != condition.Contains && a.Op != condition.StartsWith {
			is.Op = condition.EQ
		}
		if a.Op == condition.ContainsAny {
			is.Op = condition.Contains
		}
		all = append(all, []Step{{Attribute: &d.Name, Value: &v, slot: slot, Text: is.String()}})
	}
	return all
}

// beyond is a number that is more or less than another by one.
func beyond(v condition.Value, op condition.Op) condition.Value {
	n, _ := v.Number() // the condition was checked
	if op == condition.LT {
		return condition.Number(n - 1)
	}
	return condition.Number(n + 1)
}

// anything is some value of a type.
func anything(t condition.Type) condition.Value {
	switch t {
	case condition.TypeNumber:
		return condition.Number(1)
	case condition.TypeBoolean:
		return condition.Bool(true)
	}
	return condition.Text("known")
}
