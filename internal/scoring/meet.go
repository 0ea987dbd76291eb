package scoring

import (
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// bits are answers to the tests of rules, one bit for each: whether it comes out as helps the lead.
type bits []uint64

// put sets a bit.
func (b bits) put(i int) { b[i/64] |= 1 << (i % 64) }

// has tells whether a bit is set.
func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

// covers tells whether every bit of other is set.
func (b bits) covers(other bits) bool {
	for i := range other {
		if other[i]&^b[i] != 0 {
			return false
		}
	}
	return true
}

// first is the first bit that is set in both; -1 where none is.
func (b bits) first(other bits) int {
	for i := range b {
		if b[i]&other[i] != 0 {
			for j := 64 * i; ; j++ {
				if b.has(j) && other.has(j) {
					return j
				}
			}
		}
	}
	return -1
}

// asked is what a rule asks of touches.
type asked struct {
	of           *condition.Behaviour
	key, name    string // of the rule
	good, wanted bool   // whether a touch that it counts helps, and whether one is proposed for that
}

// asked is all that rules ask of touches, but for rules that never come to hold.
func (h *hunt) asked() (all []asked) {
	for i := range h.p.engagement {
		r := &h.p.engagement[i]
		all = append(all, asked{&r.source, r.key, r.name, r.points > 0, r.points > 0})
	}
	for i := range h.p.fit {
		r := &h.p.fit[i]
		if r.points > 0 && h.open[i] == nil && !h.now.holds[i] {
			continue
		}
		for j := range h.rules[i].touched {
			t := &h.rules[i].touched[j]
			good := t.good == (r.points > 0)
			all = append(all, asked{t.of, r.key, r.name, good, good && h.open[i] != nil})
		}
	}
	return all
}

// sides are the words of a touch: kind, channel, direction, and position and campaign kind, of which there may be none.
type sides [5]string

// class are words of one side that all tests take for the same, and the tests that count them.
type class struct {
	words []string
	holds bits
}

// meeting goes through the touches that tests tell apart.
type meeting struct {
	*hunt
	classes     [5][]class
	bad, wanted bits
	steps       []Step
	found       []asked
}

// touches are the touches that rules give points for, without those that another one is at least as good as under all rules. Rules may meet in one: each
// combination of words counts that some test tells from others. The words that are most usual come first.
func (h *hunt) touches() []Step {
	m := meeting{hunt: h, found: h.asked()}
	n := len(m.found)/64 + 1
	if !h.take(60 * (n + len(m.found))) {
		h.cut = true
		return nil
	}
	m.bad, m.wanted = make(bits, n), make(bits, n)
	all := make(bits, n)
	for i := range m.found {
		all.put(i)
		if !m.found[i].good {
			m.bad.put(i)
		}
		if m.found[i].wanted {
			m.wanted.put(i)
		}
	}
	none, form := []string{""}, contact.KindFormSubmitted
	kinds := append([]string{string(form)}, asTexts(slices.DeleteFunc(slices.Clone(contact.TouchKinds), func(k contact.TouchKind) bool { return k == form }))...)
	for side, words := range [5][]string{kinds, asTexts(contact.Channels), asTexts(contact.Directions), append(none, asTexts(contact.FunnelPositions)...), append(none, asTexts(contact.CampaignKinds)...)} {
		m.classes[side] = m.classify(side, words)
	}
	m.from(0, all, sides{})
	return m.steps
}

// asTexts are words as texts.
func asTexts[T ~string](words []T) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return all
}

// on are the words that a behaviour asks for on a side; none where it asks for nothing.
func on(b *condition.Behaviour, side int) []string {
	switch side {
	case 0:
		return asTexts(b.Kinds)
	case 1:
		return asTexts(b.Channels)
	case 2:
		if b.Direction == nil {
			return nil
		}
		return []string{string(*b.Direction)}
	case 3:
		return asTexts(b.ResourcePositions)
	}
	return asTexts(b.CampaignKinds)
}

// classify puts words together that all tests take for the same.
func (m *meeting) classify(side int, words []string) (all []class) {
	holds := make([]bits, len(words))
	for i := range holds {
		holds[i] = make(bits, len(m.bad))
	}
	for i := range m.found {
		asks := on(m.found[i].of, side)
		for j, w := range words {
			if len(asks) == 0 || slices.Contains(asks, w) {
				holds[j].put(i)
			}
		}
	}
	for j, w := range words {
		if at := slices.IndexFunc(all, func(c class) bool { return slices.Equal(c.holds, holds[j]) }); at >= 0 {
			all[at].words = append(all[at].words, w)
		} else {
			all = append(all, class{[]string{w}, holds[j]})
		}
	}
	return all
}

// from goes through all words of a side and those after it, beside the words so far and the tests that count those.
func (m *meeting) from(side int, holds bits, words sides) {
	if !m.take(len(holds) + len(m.steps)) {
		m.cut = true
		return
	}
	if holds.first(m.wanted) < 0 {
		return
	}
	if side == len(words) {
		m.add(holds, words)
		return
	}
	preferred := preferred(side, contact.TouchKind(words[0]))
	try := func(c *class, word string) {
		both := make(bits, len(holds))
		for i := range holds {
			both[i] = holds[i] & c.holds[i]
		}
		words[side] = word
		m.from(side+1, both, words)
	}
	usual := slices.IndexFunc(m.classes[side], func(c class) bool { return slices.Contains(c.words, preferred) })
	if usual >= 0 {
		try(&m.classes[side][usual], preferred)
	}
	for i := range m.classes[side] {
		if c := &m.classes[side][i]; i != usual {
			try(c, c.words[0])
		}
	}
}

// preferred is the word of a side that is most usual for a kind; empty where there mostly is none.
func preferred(side int, kind contact.TouchKind) string {
	switch {
	case side == 0:
		return string(contact.KindFormSubmitted)
	case side == 1:
		return string(usual(kind))
	case side == 2 && (kind == contact.KindEmailSent || kind == contact.KindVoicemail):
		return string(contact.DirectionOutbound)
	case side == 2:
		return string(contact.DirectionInbound)
	}
	return ""
}

// add keeps a touch, unless another one is as good.
func (m *meeting) add(holds bits, words sides) {
	serves := make(bits, len(holds))
	for i := range holds {
		serves[i] = holds[i] ^ m.bad[i]
	}
	if slices.ContainsFunc(m.steps, func(s Step) bool { return s.serves.covers(serves) }) {
		return
	}
	by := &m.found[holds.first(m.wanted)]
	s := Step{Rule: by.key, Name: by.name, serves: serves, Kind: new(contact.TouchKind(words[0])), Channel: new(contact.Channel(words[1])), Direction: new(contact.Direction(words[2]))}
	if words[3] != "" {
		s.Position = new(contact.FunnelPosition(words[3]))
	}
	if words[4] != "" {
		s.CampaignKind = new(contact.CampaignKind(words[4]))
	}
	s.Text = s.sentence()
	m.steps = append(slices.DeleteFunc(m.steps, func(other Step) bool { return serves.covers(other.serves) }), s)
}

// counts tells whether a behaviour counts a touch at the instant.
func counts(b *condition.Behaviour, s *Step) bool {
	return (len(b.Kinds) == 0 || slices.Contains(b.Kinds, *s.Kind)) && (len(b.Channels) == 0 || slices.Contains(b.Channels, *s.Channel)) &&
		(b.Direction == nil || *b.Direction == *s.Direction) &&
		(len(b.ResourcePositions) == 0 || s.Position != nil && slices.Contains(b.ResourcePositions, *s.Position)) &&
		(len(b.CampaignKinds) == 0 || s.CampaignKind != nil && slices.Contains(b.CampaignKinds, *s.CampaignKind))
}
