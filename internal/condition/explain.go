package condition

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
)

// maxSeen is how many touches a leaf names.
const maxSeen = 10

// Result is the answer of a condition with its reasons.
type Result struct {
	Passed bool
	Leaves []Leaf // every test, in the condition's order, also those that decided nothing
	// Strength says from 0 to 1 how good the evidence is that the condition holds; 0 where it does not. A test that holds counts 1
	// when it is exact (values, times, touches), 0.9 when it found words in a text, 0.6 when something is absent (NE, NOT_IN,
	// NOT_CONTAINS, IS_MISSING); all counts as the mean of its members, any as the strongest that holds, not as 0.6.
	Strength float64
}

// Leaf is the answer of one test.
type Leaf struct {
	Path    string `json:"path"` // "all[1].attribute"
	Passed  bool   `json:"passed"`
	Negated bool   `json:"negated,omitempty"` // below an odd number of nots: it speaks for the condition when it does not pass
	Text    string `json:"text"`              // the test as a sentence
	Value   *Value `json:"value,omitempty"`   // of an attribute: its value; nil where it is missing
	Touches []Seen `json:"touches,omitempty"` // of a behaviour: the newest touches that count, at most ten
	Count   int    `json:"count,omitempty"`   // of a behaviour: how many touches count
}

// Seen is a touch that a behaviour counts.
type Seen struct {
	ID id.UUID   `json:"id"`
	At time.Time `json:"at"`
}

// Evidence is what was found as a text: the attribute's value, or the times of the touches. Nil where nothing was.
func (l Leaf) Evidence() *string {
	var s string
	switch {
	case l.Value != nil && l.Value.kind == TypeText:
		s = l.Value.text
	case l.Value != nil:
		s = l.Value.String()
	case l.Count == 0:
		return nil
	default:
		var b strings.Builder
		for i, t := range l.Touches {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(t.At.UTC().Format(time.RFC3339))
		}
		if n := l.Count - len(l.Touches); n > 0 {
			fmt.Fprintf(&b, " and %d more", n)
		}
		s = b.String()
	}
	return &s
}

// Explain answers as Match does, and why.
func (p *Program) Explain(f *Facts) Result {
	var r Result
	r.Passed, r.Strength = p.root.explain(f, false, &r.Leaves)
	return r
}

// Reasons adds the tests that speak for a condition that holds: those that hold themselves, and below not those that do not.
func (p *Program) Reasons(f *Facts, into []Leaf) []Leaf {
	from := len(into)
	p.root.explain(f, false, &into)
	kept := slices.DeleteFunc(into[from:], func(l Leaf) bool { return l.Passed == l.Negated })
	return into[:from+len(kept)]
}

// Reason is the test at a path as Reasons tells it, without what it found; false where there is none.
func (p *Program) Reason(path string) (Leaf, bool) { return p.root.reason(path, false) }

func (n *node) reason(path string, negated bool) (Leaf, bool) {
	if len(n.kids) == 0 {
		return Leaf{Path: n.path, Text: n.text, Passed: !negated, Negated: negated}, n.path == path
	}
	for i := range n.kids {
		if l, ok := n.kids[i].reason(path, negated != (n.test == testNot)); ok {
			return l, true
		}
	}
	return Leaf{}, false
}

// explain answers a node, adds its leaves and tells the strength.
func (n *node) explain(f *Facts, negated bool, leaves *[]Leaf) (passed bool, strength float64) {
	switch n.test {
	case testAll, testAny:
		return n.explainGroup(f, negated, leaves)
	case testNot:
		passed, _ = n.kids[0].explain(f, !negated, leaves)
		passed, strength = !passed, absent
	default:
		leaf := Leaf{Path: n.path, Text: n.text, Negated: negated, Passed: n.match(f)}
		if n.test == testTouches {
			for t := range n.matcher.Touches(f) {
				if leaf.Count++; leaf.Count <= maxSeen {
					leaf.Touches = append(leaf.Touches, Seen{ID: t.ID, At: t.At})
				}
			}
		} else {
			leaf.Value = f.cell(n).value(n.def.Type)
		}
		*leaves = append(*leaves, leaf)
		passed, strength = leaf.Passed, n.strength
	}
	if !passed {
		strength = 0
	}
	return passed, strength
}

// explainGroup answers all and any: every member is asked.
func (n *node) explainGroup(f *Facts, negated bool, leaves *[]Leaf) (passed bool, strength float64) {
	count, sum, best := 0, 0.0, 0.0
	for i := range n.kids {
		if ok, s := n.kids[i].explain(f, negated, leaves); ok {
			count++
			sum += s
			best = max(best, s)
		}
	}
	switch {
	case n.test == testAny:
		return count > 0, best
	case count < len(n.kids):
		return false, 0
	}
	return true, sum / float64(count)
}

// value is a cell's value; nil where it is missing.
func (c *cell) value(t Type) *Value {
	if !c.set || c.shown != nil {
		return c.shown
	}
	var v Value
	switch t {
	case TypeNumber:
		v = Number(c.number)
	case TypeBoolean:
		v = Bool(c.number == 1)
	case TypeTime:
		v = Time(time.UnixMicro(c.time))
	default:
		v = Text(c.text)
	}
	c.shown = &v
	return c.shown
}
