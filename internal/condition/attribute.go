package condition

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// attribute compiles the test of an attribute.
func (b *compiler) attribute(a *Attribute, n *node) {
	slot, ok := b.reg.Slot(a.Name)
	if !ok {
		b.unknownName(a.Name, below(n.path, "name"))
		return
	}
	r, ok := rules[a.Op]
	if !ok {
		b.refuse(below(n.path, "op"), "The op is one of %s.", enum.List(Ops))
		return
	}
	n.slot, n.def, n.negated, n.strength = slot, &b.reg.definitions[slot], r.negated, r.strength()
	if !slices.Contains(r.types, n.def.Type) {
		fit := slices.DeleteFunc(slices.Clone(Ops), func(o Op) bool { return !slices.Contains(rules[o].types, n.def.Type) })
		b.refuse(below(n.path, "op"), "%s is %s, with which %s does not work: use one of %s.", a.Name, n.def.Type.one(), a.Op, enum.List(fit))
		return
	}
	if values, ok := b.values(a, r, n); ok {
		b.test(r.of, values, n)
	}
}

// unknownName refuses a name that no attribute has.
func (b *compiler) unknownName(name, path string) {
	if len(name) > 100 {
		b.refuse(path, "No attribute has so long a name: the query attributes lists all.")
	} else if best := b.reg.nearest(name); best != "" {
		b.refuse(path, "There is no attribute %q; did you mean %q?", name, best)
	} else {
		b.refuse(path, "There is no attribute %q: the query attributes lists all.", name)
	}
}

// values are the values of a test, if they are as many and of the kind that the operator wants.
func (b *compiler) values(a *Attribute, r rule, n *node) ([]Value, bool) {
	one, several := below(n.path, "value"), below(n.path, "values")
	noted := len(b.faults)
	switch {
	case r.most > 1 && a.Value != nil:
		b.refuse(one, "%s takes its values in values: move this one there.", a.Op)
	case r.most == 0 && a.Value != nil:
		b.refuse(one, "%s takes no value: remove it.", a.Op)
	case r.most <= 1 && len(a.Values) > 0:
		b.refuse(several, "%s takes no list of values: remove it.", a.Op)
	case r.most == 1 && a.Value == nil:
		b.refuse(one, "%s takes one value: add it.", a.Op)
	case r.most > 1 && (len(a.Values) < r.least || len(a.Values) > r.most):
		b.refuse(several, "%s takes %s values; this has %d.", a.Op, r.count(), len(a.Values))
	}
	if len(b.faults) > noted {
		return nil, false
	}
	if a.Value != nil {
		b.value(*a.Value, a.Op, n, one)
		return []Value{*a.Value}, len(b.faults) == noted
	}
	for i, v := range a.Values {
		b.value(v, a.Op, n, fmt.Sprintf("%s[%d]", several, i))
	}
	return a.Values, len(b.faults) == noted
}

// value refuses a value that the operator cannot compare with the attribute.
func (b *compiler) value(v Value, op Op, n *node, path string) {
	d, problem, want := n.def, v.problem(), n.def.Type
	if want == TypeEnum {
		want = TypeText
	}
	switch {
	case problem != "":
		b.refuse(path, "%s", problem)
	case op == WithinDays || op == OlderThanDays:
		if v.kind != TypeNumber || v.number < 1 || v.number > maxDays || v.number != math.Trunc(v.number) {
			b.refuse(path, "%s takes a whole number of days from 1 to %d.", op, maxDays)
		}
	case d.Type == TypeTime:
		if _, ok := parseTime(v.text); !ok {
			b.refuse(path, `%s is a TIME: write it in RFC 3339 with at most microseconds, such as "2026-01-31T09:00:00Z".`, d.Name)
		}
	case v.kind != want:
		b.refuse(path, "%s is %s: compare it with a value of that type.", d.Name, d.Type.one())
	case d.Type == TypeEnum && !slices.Contains(d.Values, v.text):
		b.refuse(path, "%s is one of %s.", d.Name, strings.Join(d.Values, ", "))
	case d.Type == TypeText && v.text == "":
		b.refuse(path, "An empty text is no value: use IS_SET or IS_MISSING to ask whether there is one.")
	case rules[op].of != EQ && d.Type == TypeText && len(appendTokens(nil, v.text)) == 1:
		b.refuse(path, "%s looks for words: write at least one letter or digit.", op)
	}
}

// test sets what a positive operator looks for.
func (b *compiler) test(op Op, values []Value, n *node) {
	switch {
	case op == IsSet:
		n.test = testSet
	case op == WithinDays:
		n.test, n.relative, n.from, n.to = testSpan, true, 1-int64(values[0].number)*day, 0
	case op == OlderThanDays:
		n.test, n.relative, n.from, n.to = testSpan, true, past, -int64(values[0].number)*day
	case op == Contains || op == StartsWith:
		n.test = testContains
		if op == StartsWith {
			n.test = testStarts
		}
		for _, v := range values {
			n.tokens = append(n.tokens, appendTokens(nil, v.text))
		}
	case n.def.Type == TypeText || n.def.Type == TypeEnum:
		n.test = testText
		for _, v := range values {
			text := v.text
			if n.def.Type == TypeText {
				text = string(appendFold(nil, text))
			}
			n.texts = append(n.texts, text)
		}
		slices.Sort(n.texts)
	case n.def.Type == TypeTime:
		b.span(op, values, n)
	default:
		b.numbers(op, values, n)
	}
}

// span sets from and to for a comparison of times.
func (b *compiler) span(op Op, values []Value, n *node) {
	n.test = testSpan
	first, _ := parseTime(values[0].text)
	last, _ := parseTime(values[len(values)-1].text)
	n.from, n.to = bounds(op, first, last, past, future, func(t int64, by int) int64 { return t + int64(by) })
	b.inOrder(n, n.from <= n.to || op != Between)
}

// numbers sets least and most for a comparison of numbers, or the numbers for IN. A boolean is 0 or 1.
func (b *compiler) numbers(op Op, values []Value, n *node) {
	for _, v := range values {
		if v.boolean {
			v.number = 1
		}
		n.numbers = append(n.numbers, v.number)
	}
	if op == EQ && len(n.numbers) > 1 {
		n.test = testNumbers
		slices.Sort(n.numbers)
		return
	}
	n.test = testRange
	step := func(x float64, by int) float64 { return math.Nextafter(x, math.Inf(by)) }
	n.least, n.most = bounds(op, n.numbers[0], n.numbers[len(n.numbers)-1], math.Inf(-1), math.Inf(1), step)
	b.inOrder(n, n.least <= n.most || op != Between)
}

// inOrder refuses a range that runs backwards.
func (b *compiler) inOrder(n *node, ordered bool) {
	if !ordered {
		b.refuse(below(n.path, "values"), "BETWEEN goes from its first value up to its second: exchange them.")
	}
}

// bounds turns a comparison into a range with both its ends included: below x is up to the number before x.
func bounds[T any](op Op, first, last, lowest, highest T, step func(x T, by int) T) (from, to T) {
	switch op {
	case LT:
		return lowest, step(first, -1)
	case LTE:
		return lowest, first
	case GT:
		return step(first, 1), highest
	case GTE:
		return first, highest
	}
	return first, last // EQ, BETWEEN
}
