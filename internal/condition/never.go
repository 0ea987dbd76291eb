package condition

import (
	"bytes"
	"math"
	"slices"
)

// maxWeighed is how many tests Never weighs against others before it gives up, so that no body of rules keeps a server busy.
const maxWeighed = 1_000_000

// Never tells whether programs of one registry can never hold of one lead at once. Where it says so, that is certain, whatever is or will
// be known of a lead; it does not find every contradiction.
func Never(all ...*Program) bool {
	root, s := node{test: testAll}, scales{left: maxWeighed}
	for _, p := range all {
		root.kids = append(root.kids, p.root)
	}
	return s.never(&root, false, nil, nil)
}

// Negation is a program that holds where this one does not.
func (p *Program) Negation() *Program {
	return &Program{root: node{test: testNot, kids: []node{p.root}}}
}

// literal is a positive test that must hold, or must not.
type literal struct {
	*node
	denied bool
}

// scales weigh tests against each other, so many as are left.
type scales struct{ left int }

// never tells whether a node, or with not its negation, cannot hold beside tests and choices that must hold already.
func (s *scales) never(n *node, not bool, known, open []literal) bool {
	all, choices := n.gather(slices.Clip(known), slices.Clip(open), not)
	if s.left -= len(all); s.left < 0 {
		return false
	}
	if contradict(all, len(known)) {
		return true
	}
	for _, c := range choices { // mostly one choice alone has no member left
		if s.fails(c, all, nil) {
			return true
		}
	}
	return len(choices) > 1 && s.fails(choices[0], all, choices[1:])
}

// fails tells whether no member of a choice can hold beside what must.
func (s *scales) fails(choice literal, known, open []literal) bool {
	return !slices.ContainsFunc(choice.kids, func(kid node) bool { return !s.never(&kid, choice.denied, known, open) })
}

// gather adds what must hold for a node, or with not its negation, to hold: tests, and choices of which one member must.
func (n *node) gather(tests, choices []literal, not bool) (all, open []literal) {
	switch {
	case n.test == testNot:
		return n.kids[0].gather(tests, choices, !not)
	case len(n.kids) > 1 && (n.test == testAny) != not:
		return tests, append(choices, literal{n, not})
	case len(n.kids) > 0:
		for i := range n.kids {
			tests, choices = n.kids[i].gather(tests, choices, not)
		}
		return tests, choices
	}
	return append(tests, literal{n, not != n.negated}), choices
}

// subject is what a test looks at: the touches or an attribute.
func (n *node) subject() Slot {
	if n.test == testTouches {
		return -1
	}
	return n.slot
}

// contradict tells whether one of the tests from a place on contradicts others.
func contradict(all []literal, from int) bool {
	seen := map[Slot]bool{}
	for _, l := range all[from:] {
		subject := l.subject()
		if seen[subject] {
			continue
		}
		seen[subject] = true
		var asked, denied []*node
		for _, o := range all {
			switch {
			case o.subject() != subject:
			case o.denied:
				denied = append(denied, o.node)
			default:
				asked = append(asked, o.node)
			}
		}
		if len(asked) > 0 && impossible(asked, denied) { // where nothing is asked for, nothing need be known
			return true
		}
	}
	return false
}

// impossible tells whether no value, or no touches, of one subject pass all that is asked and nothing that is denied.
func impossible(asked, denied []*node) bool {
	if asked[0].test == testTouches {
		return each(asked, denied, func(a, d *node) bool { return a.matcher.implies(&d.matcher) })
	}
	if slices.ContainsFunc(denied, func(d *node) bool { return d.test == testSet }) {
		return true // what is asked needs a value
	}
	if values, few := candidates(asked); few {
		return !slices.ContainsFunc(values, func(c cell) bool { return allowed(c, asked, denied) })
	}
	return outside(asked, denied) || unspoken(asked, denied)
}

// each tells whether something asked is just what something denied forbids.
func each(asked, denied []*node, forbids func(a, d *node) bool) bool {
	return slices.ContainsFunc(asked, func(a *node) bool {
		return slices.ContainsFunc(denied, func(d *node) bool { return forbids(a, d) })
	})
}

// implies tells whether touches that are enough for one matcher are always enough for another.
func (m *Matcher) implies(o *Matcher) bool {
	return m.bits&^o.bits == 0 && m.least >= o.least && (o.window == 0 || m.window > 0 && m.window <= o.window)
}

// candidates are the only values that can pass what is asked, where one of the tests lists them.
func candidates(asked []*node) (values []cell, few bool) {
	for _, a := range asked {
		var some []cell
		switch {
		case a.def.Type == TypeBoolean:
			some = []cell{{set: true}, {set: true, number: 1}}
		case a.test == testText: // folded texts stand for all that fold to them: words are looked for in folded texts too
			for _, t := range a.texts {
				some = append(some, cell{set: true, text: t})
			}
		case a.test == testNumbers:
			for _, n := range a.numbers {
				some = append(some, cell{set: true, number: n})
			}
		case a.test == testRange && a.least == a.most:
			some = []cell{{set: true, number: a.least}}
		default:
			continue
		}
		if !few || len(some) < len(values) {
			values, few = some, true
		}
	}
	return values, few
}

// allowed tells whether a value passes.
func allowed(c cell, asked, denied []*node) bool {
	f := &Facts{}
	return !slices.ContainsFunc(asked, func(a *node) bool { return !a.holds(f, &c) }) && !slices.ContainsFunc(denied, func(d *node) bool { return d.holds(f, &c) })
}

// outside tells whether the ranges asked for have nothing in common, or nothing that is not denied. Spans that move with the instant
// are weighed against each other only, and so are those that do not.
func outside(asked, denied []*node) bool {
	least, most := math.Inf(-1), math.Inf(1)
	from, to := [2]int64{past, past}, [2]int64{future, future}
	frame := map[bool]int{true: 1}
	for _, a := range asked {
		switch i := frame[a.relative]; a.test {
		case testRange:
			least, most = max(least, a.least), min(most, a.most)
		case testSpan:
			from[i], to[i] = max(from[i], a.from), min(to[i], a.to)
		}
	}
	if least > most || from[0] > to[0] || from[1] > to[1] {
		return true
	}
	return slices.ContainsFunc(denied, func(d *node) bool {
		i := frame[d.relative]
		return d.test == testRange && d.least <= least && most <= d.most || d.test == testSpan && d.from <= from[i] && to[i] <= d.to
	})
}

// unspoken tells whether words are asked for of which each way to hold is denied.
func unspoken(asked, denied []*node) bool {
	return slices.ContainsFunc(asked, func(a *node) bool {
		return len(a.tokens) > 0 && !slices.ContainsFunc(a.tokens, func(words []byte) bool { return !forbidden(a.test, words, denied) })
	})
}

// forbidden tells whether a text with these words, or that starts with them, is denied.
func forbidden(how test, words []byte, denied []*node) bool {
	return slices.ContainsFunc(denied, func(d *node) bool {
		return slices.ContainsFunc(d.tokens, func(t []byte) bool {
			return d.test == testContains && bytes.Contains(words, t) || d.test == testStarts && how == testStarts && bytes.HasPrefix(words, t)
		})
	})
}
