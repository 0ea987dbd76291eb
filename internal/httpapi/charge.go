package httpapi

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// costCeiling keeps sums from overflowing: no limit is near it.
const costCeiling = 1 << 40

// sum is what a set costs once, and what it costs for each item of the connection whose set it is.
type sum struct{ once, each int }

func (a sum) plus(b sum) sum {
	return sum{min(a.once+b.once, costCeiling), min(a.each+b.each, costCeiling)}
}

// charge evaluates bills with one request's variables, each fragment's once.
type charge struct {
	page      int
	variables map[string]any
	memo      []sum
	done      []bool
	problem   *problem
}

// requested returns what an operation may cost with these variables, or why that cannot be said.
func (op *operation) requested(variables map[string]any, limits *Limits) (int, *problem) {
	c := charge{page: limits.Page, variables: variables}
	if op.bills > 0 {
		c.memo, c.done = make([]sum, op.bills), make([]bool, op.bills)
	}
	total := c.sum(op.cost).once
	if c.problem != nil {
		return 0, c.problem
	}
	if total > limits.Cost {
		p := c.dearest(op.cost)
		return total, refuse(p.pos, fault.CostLimit,
			"The operation could cost %d points, and %d are the most allowed. Most of it is %s: lower its first, or select less below it.",
			total, limits.Cost, p.name)
	}
	return total, nil
}

// actual returns what an answer cost: what the root fields weigh beside their objects, and one point for each object answered, but
// never more than was requested. Unless the executor counted them, objects are counted by their opening braces; a brace in
// a text counts along, which can only bring the figure nearer to the requested one.
func (op *operation) actual(requested, objects int, data []byte) int {
	if objects < 0 {
		objects = bytes.Count(data, []byte{'{'}) - 1 // without data's own
	}
	for _, it := range op.cost.items {
		if it.field != nil {
			objects += max(it.field.own-objectCost, 0)
		}
	}
	return max(min(objects, requested), 0)
}

// sum adds up a set. Of the concrete types of an abstract set only the dearest counts, since an object has one type.
func (c *charge) sum(b *bill) (total sum) {
	if b.memo >= 0 && c.done[b.memo] {
		return c.memo[b.memo]
	}
	var branches map[string]sum
	for i := range b.items {
		it := &b.items[i]
		if !c.holds(it.when) {
			continue
		}
		s := c.item(it)
		if it.branch == "" {
			total = total.plus(s)
			continue
		}
		if branches == nil {
			branches = map[string]sum{}
		}
		branches[it.branch] = branches[it.branch].plus(s)
	}
	var most sum
	for _, s := range branches {
		most = sum{max(most.once, s.once), max(most.each, s.each)}
	}
	total = total.plus(most)
	if b.memo >= 0 {
		c.memo[b.memo], c.done[b.memo] = total, true
	}
	return total
}

// item adds up one part of a set.
func (c *charge) item(it *item) sum {
	if it.bill != nil {
		return c.sum(it.bill)
	}
	if cost := c.cost(it.field); it.field.each {
		return sum{each: cost}
	} else {
		return sum{once: cost}
	}
}

// cost adds up one field.
func (c *charge) cost(p *price) int {
	var parts sum
	if p.parts != nil {
		parts = c.sum(p.parts)
	}
	switch {
	case p.size == nil:
		return min(p.own+parts.once+parts.each, costCeiling)
	case p.size.connection:
		return min(p.own+parts.once+c.items(p)*parts.each, costCeiling)
	default:
		return min(p.own+c.items(p)*(objectCost+parts.once), costCeiling)
	}
}

// holds tells whether a selection takes part.
func (c *charge) holds(when []condition) bool {
	for _, w := range when {
		if v, _ := c.variables[w.variable].(bool); v != w.wanted {
			return false
		}
	}
	return true
}

// items is the most items that a field may answer with these variables.
func (c *charge) items(p *price) int {
	if p.size.ids != nil {
		n := c.length(p.size.ids)
		if n > c.page {
			c.refuse(p, "ids", "takes at most %d ids at once: send several operations.", c.page)
		}
		return min(n, c.page)
	}
	first, hasFirst := c.bound(p, "first", p.size.first)
	last, hasLast := c.bound(p, "last", p.size.last)
	switch {
	case hasFirst && hasLast:
		c.refuse(p, "last", "takes first or last, not both.")
	case hasFirst:
		return first
	case hasLast:
		return last
	}
	return min(p.size.normal, c.page)
}

// bound reads first or last.
func (c *charge) bound(p *price, name string, v *ast.Value) (n int, given bool) {
	value, given := c.value(v)
	if !given {
		return 0, false
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > c.page {
		c.refuse(p, name, "takes a number from 1 to %d as its %s; leave it out for the default.", c.page, name)
	}
	return max(min(n, c.page), 0), true
}

// value is an integer argument as text: "null" for null, given = false where it was left out.
func (c *charge) value(v *ast.Value) (text string, given bool) {
	if v == nil {
		return "", false
	}
	if v.Kind != ast.Variable {
		return v.Raw, true
	}
	switch value, given := c.variables[v.Raw]; n := value.(type) {
	case json.Number:
		return n.String(), true
	case int64: // a variable's default
		return strconv.FormatInt(n, 10), true
	default:
		return "null", given
	}
}

// length is how many elements a list argument has.
func (c *charge) length(v *ast.Value) int {
	switch {
	case v.Kind == ast.ListValue:
		return len(v.Children)
	case v.Kind != ast.Variable:
		return 1
	}
	if list, ok := c.variables[v.Raw].([]any); ok {
		return len(list)
	}
	return 1
}

// refuse keeps the first refusal. Its field is the argument's schema coordinate.
func (c *charge) refuse(p *price, argument, format string, args ...any) {
	if c.problem == nil {
		c.problem = refuse(p.pos, fault.BadUserInput, p.name+" "+format, args...)
		c.problem.fault.Field = p.name + "(" + argument + ":)"
	}
}

// dearest names the part that lowers the cost best: the list furthest down that makes up at least half of what is around it.
func (c *charge) dearest(b *bill) *price {
	top, cost := c.most(b)
	for p, around := top, cost; p.parts != nil; {
		n := 1
		if p.size != nil {
			n = max(c.items(p), 1)
		}
		part, below := c.most(p.parts)
		if part == nil || 2*n*below < around {
			break
		}
		if part.size != nil && !part.size.assumed {
			top = part
		}
		p, around = part, below
	}
	return top
}

// most returns a set's dearest field.
func (c *charge) most(b *bill) (dearest *price, cost int) {
	for i := range b.items {
		it := &b.items[i]
		p, n := it.field, 0
		if it.bill != nil {
			p, n = c.most(it.bill)
		} else {
			n = c.cost(p)
		}
		if p != nil && n >= cost && c.holds(it.when) {
			dearest, cost = p, n
		}
	}
	return dearest, cost
}
