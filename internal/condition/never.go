package condition

import (
	"bytes"
	"math"
	"slices"
)

// Never tells whether programs of one registry can never hold of one lead at once. Where it says so, that is certain, whatever is or will
// be known of a lead; it does not find every contradiction, and none once the work is used up.
func (s *Scales) Never(all ...*Program) bool {
	root := node{test: testAll}
	for _, p := range all {
		root.kids = append(root.kids, p.root)
	}
	return len(all) > 0 && s.never(&root, false, nil, nil)
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

// never tells whether a node, or with not its negation, cannot hold beside tests and choices that must hold already.
func (s *Scales) never(n *node, not bool, known, open []literal) bool {
	if !s.take(len(known) + len(open) + 1) {
		return false
	}
	all, choices := n.gather(slices.Clip(known), slices.Clip(open), not)
	if !s.take(len(all) - len(known) + len(choices) - len(open)) {
		return false
	}
	if s.contradict(all, len(known)) {
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
func (s *Scales) fails(choice literal, known, open []literal) bool {
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
func (s *Scales) contradict(all []literal, from int) bool {
	seen := map[Slot]bool{}
	for _, l := range all[from:] {
		subject := l.subject()
		if seen[subject] {
			continue
		}
		seen[subject] = true
		if !s.take(len(all)) {
			return false
		}
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
		if len(asked) > 0 && s.impossible(asked, denied) { // where nothing is asked for, nothing need be known
			return true
		}
	}
	return false
}

// impossible tells whether no value, or no touches, of one subject pass all that is asked and nothing that is denied.
func (s *Scales) impossible(asked, denied []*node) bool {
	if asked[0].test == testTouches {
		return s.take(len(asked)*len(denied)) && each(asked, denied, func(a, d *node) bool { return a.matcher.implies(&d.matcher) })
	}
	if slices.ContainsFunc(denied, func(d *node) bool { return d.test == testSet }) {
		return true // what is asked needs a value
	}
	if one := shortest(asked); one != nil {
		for i := range one.lists() {
			if s.allows(one.value(i), asked, denied) {
				return false
			}
		}
		return true
	}
	return outside(asked, denied) || s.unspoken(asked, denied)
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

// shortest is the test that lists the fewest values, which are the only ones that can pass what is asked; nil where none lists them.
func shortest(asked []*node) (one *node) {
	for _, a := range asked {
		if n := a.lists(); n > 0 && (one == nil || n < one.lists()) {
			one = a
		}
	}
	return one
}

// lists is how many values can pass a test of an attribute; 0 where it does not list them.
func (n *node) lists() int {
	switch {
	case n.def.Type == TypeBoolean:
		return 2
	case n.test == testText:
		return len(n.texts)
	case n.test == testNumbers:
		return len(n.numbers)
	case n.test == testRange && n.least == n.most:
		return 1
	}
	return 0
}

// value is the value of a place in the list of a test. Folded texts stand for all that fold to them: words are looked for in folded texts too.
func (n *node) value(i int) cell {
	switch {
	case n.def.Type == TypeBoolean:
		return cell{set: true, number: float64(i)}
	case n.test == testText:
		return cell{set: true, text: n.texts[i]}
	case n.test == testNumbers:
		return cell{set: true, number: n.numbers[i]}
	}
	return cell{set: true, number: n.least}
}

// allows tells whether a value passes, as far as there is work left to find out.
func (s *Scales) allows(c cell, asked, denied []*node) bool {
	f := &Facts{}
	if !s.take(letters + len(c.text)) { // it is folded and cut into words once
		return true
	}
	for _, a := range asked {
		if !s.take(a.effort(&c)) {
			return true
		} else if !a.holds(f, &c) {
			return false
		}
	}
	for _, d := range denied {
		if !s.take(d.effort(&c)) {
			return true
		} else if d.holds(f, &c) {
			return false
		}
	}
	return true
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
func (s *Scales) unspoken(asked, denied []*node) bool {
	return slices.ContainsFunc(asked, func(a *node) bool {
		return len(a.tokens) > 0 && !slices.ContainsFunc(a.tokens, func(words []byte) bool { return !s.forbids(a.test, words, denied) })
	})
}

// forbids tells whether a text with these words, or that starts with them, is denied.
func (s *Scales) forbids(how test, words []byte, denied []*node) bool {
	return slices.ContainsFunc(denied, func(d *node) bool {
		return s.take(1+len(d.tokens)*(1+len(words)/letters)) && slices.ContainsFunc(d.tokens, func(t []byte) bool {
			return d.test == testContains && bytes.Contains(words, t) || d.test == testStarts && how == testStarts && bytes.HasPrefix(words, t)
		})
	})
}
