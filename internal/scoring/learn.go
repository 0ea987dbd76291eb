package scoring

import (
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// questioned is what a rule of fit asks of an attribute.
type questioned struct {
	of           *condition.Attribute
	key, name    string // of the rule
	when         *condition.Program
	good, wanted bool // whether it helps that it holds, and whether a value is proposed for it
}

// learning looks for values of one attribute.
type learning struct {
	*hunt
	slot   condition.Slot
	tests  []questioned
	wanted bits
	steps  []Step
}

// facts are facts that could be learned and that rules of fit give points for. Of values that all tests take for the same there is one.
func (h *hunt) facts() (all []Step) {
	var slots []condition.Slot
	tests := map[condition.Slot][]questioned{}
	for i := range h.p.fit {
		r := &h.p.fit[i]
		if r.points > 0 && h.open[i] == nil && !h.now.holds[i] {
			continue // it never comes to hold
		}
		for _, k := range h.rules[i].known {
			good := k.good == (r.points > 0)
			if !slices.Contains(slots, k.slot) {
				slots = append(slots, k.slot)
			}
			tests[k.slot] = append(tests[k.slot], questioned{of: k.of, key: r.key, name: r.name, good: good, wanted: h.open[i] != nil})
		}
	}
	for _, slot := range slots {
		if h.learnable(slot) {
			l := learning{hunt: h, slot: slot, tests: tests[slot]}
			all = append(all, l.values()...)
		}
	}
	return all
}

// learnable tells whether an attribute can be learned. What is known stays as it is, but a no may become a yes.
func (h *hunt) learnable(slot condition.Slot) bool {
	d := h.p.reg.Definitions()[slot]
	if d.Type == condition.TypeTime || d.Entity == condition.EntitySource || d.Entity == condition.EntityLead && !d.Custom && slot != condition.LeadInterest {
		return false // nobody can learn or change these
	}
	return d.Type == condition.TypeBoolean || h.f.Get(slot) == nil
}

// values are steps to values with which tests would come out as helps the lead.
func (l *learning) values() []Step {
	d := &l.p.reg.Definitions()[l.slot]
	l.wanted = make(bits, len(l.tests)/64+1)
	var some []Step
	for i := range l.tests {
		t := &l.tests[i]
		if !l.take(50 + 10*len(t.of.Values)) {
			l.cut = true
			return l.steps
		}
		when, err := condition.Compile(&condition.Condition{Attribute: t.of}, l.p.reg)
		if err != nil {
			continue // it was compiled as a part of its rule
		}
		t.when = when
		if t.wanted {
			if proposed := proposed(d, l.slot, t.of, t.good); len(proposed) > 0 {
				l.wanted.put(i)
				some = append(some, proposed...)
			}
		}
	}
	if len(some) > 0 && d.Type == condition.TypeNumber {
		some = append(some, l.between(d)...)
	}
	alone := l.p.reg.NewFacts(l.f.At())
	for i := range some {
		if !l.take(len(l.tests) + len(l.steps) + 1) {
			l.cut = true
			break
		}
		l.offer(&some[i], alone)
	}
	return l.steps
}

// offer keeps a step, unless there is one that all tests take for the same.
func (l *learning) offer(s *Step, alone *condition.Facts) {
	s.Take(alone)
	s.serves = make(bits, len(l.wanted))
	for i := range l.tests {
		if t := &l.tests[i]; t.when != nil && t.when.Match(alone) == t.good {
			s.serves.put(i)
		}
	}
	by := s.serves.first(l.wanted)
	if by < 0 || slices.ContainsFunc(l.steps, func(other Step) bool { return slices.Equal(other.serves, s.serves) }) {
		return
	}
	s.Rule, s.Name = l.tests[by].key, l.tests[by].name
	l.steps = append(l.steps, *s)
}

// between are steps to the numbers that tests name, and to one between each two, below and above all.
func (l *learning) between(d *condition.Definition) (all []Step) {
	var named []float64
	for i := range l.tests {
		a := l.tests[i].of
		for _, v := range a.Values {
			if n, ok := v.Number(); ok {
				named = append(named, n)
			}
		}
		if a.Value != nil {
			if n, ok := a.Value.Number(); ok {
				named = append(named, n)
			}
		}
	}
	if len(named) == 0 {
		return nil
	}
	slices.Sort(named)
	named = slices.Compact(named)
	numbers := append([]float64{named[0] - 1}, named...)
	for i, n := range named {
		if between := n + 1; i+1 == len(named) || between < named[i+1] {
			numbers = append(numbers, between)
		} else {
			numbers = append(numbers, n+(named[i+1]-n)/2)
		}
	}
	for _, n := range numbers {
		all = append(all, step(d, l.slot, condition.EQ, condition.Number(n)))
	}
	return all
}

// proposed are steps with which the test of an attribute would hold, or without good would not. There are none where it does so as long as nothing is known.
func proposed(d *condition.Definition, slot condition.Slot, a *condition.Attribute, good bool) (all []Step) {
	op := a.Op
	if !good {
		op = denied[op]
	}
	values := a.Values
	if a.Value != nil {
		values = []condition.Value{*a.Value}
	}
	says := condition.EQ
	switch op {
	case condition.IsSet:
		is := condition.Attribute{Name: d.Name, Op: condition.IsSet}
		return []Step{{Attribute: &d.Name, slot: slot, any: anything(d.Type), Text: is.String()}}
	case condition.EQ, condition.GTE, condition.LTE, condition.In:
	case condition.Contains, condition.ContainsAny:
		says = condition.Contains
	case condition.StartsWith:
		says = condition.StartsWith
	case condition.Between:
		values = values[:1]
	case condition.GT, condition.LT:
		values = []condition.Value{beyond(values[0], op)}
	default:
		return nil
	}
	for _, v := range values {
		all = append(all, step(d, slot, says, v))
	}
	return all
}

// denied are the tests that hold where these do not.
var denied = map[condition.Op]condition.Op{condition.NE: condition.EQ, condition.NotIn: condition.In, condition.NotContains: condition.Contains, condition.IsMissing: condition.IsSet}

// step is a step to a value.
func step(d *condition.Definition, slot condition.Slot, says condition.Op, v condition.Value) Step {
	is := condition.Attribute{Name: d.Name, Op: says, Value: &v}
	return Step{Attribute: &d.Name, Value: &v, slot: slot, Text: is.String()}
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
