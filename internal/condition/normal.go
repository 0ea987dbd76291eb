package condition

import (
	"fmt"
	"slices"
	"strings"
)

// Normal is the program as a text that is the same for programs of one registry that ask the same in other words: in another order,
// in groups of one, negated twice, or as IN with one value for EQ.
func (p *Program) Normal() string { return p.root.normal(false) }

// Normal is the matcher as a text that is the same for all that ask for the same touches.
func (m *Matcher) Normal() string { return fmt.Sprintf("touches %x %d %d", m.bits, m.least, m.window) }

// normal is the text of a node, or with not of its negation, which is carried down to the tests.
func (n *node) normal(not bool) string {
	switch n.test {
	case testNot:
		return n.kids[0].normal(!not)
	case testAll, testAny:
		or := (n.test == testAny) != not
		parts := n.parts(or, not)
		slices.Sort(parts)
		if parts = slices.Compact(parts); len(parts) == 1 {
			return parts[0]
		}
		if or {
			return "(" + strings.Join(parts, " or ") + ")"
		}
		return "(" + strings.Join(parts, " and ") + ")"
	case testTouches:
		return fmt.Sprintf("%t %s", !not, n.matcher.Normal())
	}
	numbers, texts, words := []float64{}, slices.Compact(slices.Clone(n.texts)), make([]string, len(n.tokens))
	if n.test == testNumbers {
		numbers = slices.Compact(slices.Clone(n.numbers))
	}
	for i, t := range n.tokens {
		words[i] = string(t)
	}
	slices.Sort(words)
	return fmt.Sprintf("%t %d %d %v %v %d %d %t %v %q %q", not == n.negated, n.slot, n.test, n.least, n.most, n.from, n.to, n.relative, numbers, texts, slices.Compact(words))
}

// parts are the texts of a node's members, and of the members of groups of the same kind in it.
func (n *node) parts(or, not bool) []string {
	switch {
	case n.test == testNot:
		return n.kids[0].parts(or, !not)
	case len(n.kids) == 1, len(n.kids) > 0 && (n.test == testAny) != not == or:
		var all []string
		for i := range n.kids {
			all = append(all, n.kids[i].parts(or, not)...)
		}
		return all
	}
	return []string{n.normal(not)}
}
