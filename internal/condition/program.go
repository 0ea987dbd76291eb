package condition

import (
	"bytes"
	"slices"
)

// Program is a condition ready to be read.
type Program struct {
	root node
}

// test is what a node asks.
type test uint8

const (
	testAll test = iota
	testAny
	testNot
	testTouches  // matcher: enough touches match
	testSet      // there is a value
	testRange    // least <= the number <= most
	testNumbers  // the number is one of numbers
	testSpan     // from <= the time <= to, relative to the instant or not
	testText     // the text, folded, or the enum is one of texts
	testContains // the tokens contain one of tokens
	testStarts   // the tokens start with tokens[0]
)

// past and future are before and after every time, also as distances from an instant.
const (
	past   = -1 << 62
	future = 1 << 62
)

// node is a group or a test of a program.
type node struct {
	test     test
	kids     []node
	path     string
	text     string  // of a test: as a sentence
	strength float64 // of a test: how much it says when it holds
	matcher  Matcher

	// The test of an attribute: whether it holds, or with negated does not.
	reg         *Registry
	slot        Slot
	def         *Definition
	negated     bool
	least, most float64
	numbers     []float64 // sorted
	from, to    int64
	relative    bool
	texts       []string // sorted
	tokens      [][]byte
}

// Match tells whether the condition holds.
func (p *Program) Match(f *Facts) bool { return p.root.match(f) }

// match tells whether a node holds. Groups stop at the first member that decides them.
func (n *node) match(f *Facts) bool {
	f.work += 1 + len(n.tokens)
	switch n.test {
	case testAll:
		for i := range n.kids {
			if !n.kids[i].match(f) {
				return false
			}
		}
		return true
	case testAny:
		for i := range n.kids {
			if n.kids[i].match(f) {
				return true
			}
		}
		return false
	case testNot:
		return !n.kids[0].match(f)
	case testTouches:
		return n.matcher.Holds(f)
	}
	c := f.cell(n)
	return (c.set && n.holds(f, c)) != n.negated
}

// holds tells whether the positive test of an attribute holds for its value.
func (n *node) holds(f *Facts, c *cell) bool {
	switch n.test {
	case testRange:
		return n.least <= c.number && c.number <= n.most
	case testNumbers:
		_, found := slices.BinarySearch(n.numbers, c.number)
		return found
	case testSpan:
		from, to := n.span(f.at)
		return from <= c.time && c.time <= to
	case testText:
		if n.def.Type == TypeEnum {
			_, found := slices.BinarySearch(n.texts, c.text)
			return found
		}
		_, found := slices.BinarySearchFunc(n.texts, f.foldedText(c), compare)
		return found
	case testContains:
		tokens := f.tokensOf(c)
		for _, t := range n.tokens {
			if bytes.Contains(tokens, t) {
				return true
			}
		}
		return false
	case testStarts:
		return bytes.HasPrefix(f.tokensOf(c), n.tokens[0])
	}
	return true // testSet
}

// span is from and to at an instant.
func (n *node) span(at int64) (from, to int64) {
	if n.relative {
		return n.from + at, n.to + at
	}
	return n.from, n.to
}

// compare orders texts without allocating.
func compare(s string, b []byte) int {
	switch {
	case s == string(b):
		return 0
	case s < string(b):
		return -1
	}
	return 1
}
