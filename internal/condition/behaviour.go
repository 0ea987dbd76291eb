package condition

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// day is the length of a day of WithinDays in microseconds: always 24 hours, whatever the clocks do.
const day = 24 * 60 * 60 * 1_000_000

// mark is what tests look at of a touch: its time and, one bit for each of the five sides (kind, channel, direction, position,
// campaign kind), its words.
type mark struct {
	at   int64
	bits uint64
}

// Matcher is a checked Behaviour, ready to pick touches. It never changes.
type Matcher struct {
	bits   uint64 // every word that is asked for; of a side left open, all
	least  int
	window int64 // microseconds; 0 is ever
	source Behaviour
}

// Matcher checks a behaviour and makes it ready; faults name the place in the behaviour, such as "minCount".
func (b *Behaviour) Matcher() (Matcher, error) {
	if err := b.faults().OrNil(); err != nil {
		return Matcher{}, err
	}
	return b.matcher(), nil
}

// matcher makes a behaviour ready and keeps nothing of it.
func (b *Behaviour) matcher() Matcher {
	m := Matcher{bits: b.bits(), least: b.MinCount, source: *b}
	m.source.Kinds, m.source.Channels = slices.Clone(b.Kinds), slices.Clone(b.Channels)
	m.source.ResourcePositions, m.source.CampaignKinds = slices.Clone(b.ResourcePositions), slices.Clone(b.CampaignKinds)
	if b.WithinDays != nil {
		m.window = int64(*b.WithinDays) * day
	}
	return m
}

// faults are what is wrong with a behaviour.
func (b *Behaviour) faults() fault.List {
	var faults fault.List
	faults = unknown(faults, "kinds", b.Kinds, contact.TouchKinds)
	faults = unknown(faults, "channels", b.Channels, contact.Channels)
	if b.Direction != nil && !slices.Contains(contact.Directions, *b.Direction) {
		faults = append(faults, fault.Input("direction", "The direction is one of %s.", enum.List(contact.Directions)))
	}
	faults = unknown(faults, "resourcePositions", b.ResourcePositions, contact.FunnelPositions)
	faults = unknown(faults, "campaignKinds", b.CampaignKinds, contact.CampaignKinds)
	if b.MinCount < 1 || b.MinCount > maxCount {
		faults = append(faults, fault.Input("minCount", "minCount is 1 to %d; to ask for no touch at all, put the behaviour under not.", maxCount))
	}
	if d := b.WithinDays; d != nil && (*d < 1 || *d > maxDays) {
		faults = append(faults, fault.Input("withinDays", "withinDays is 1 to %d; leave it out for ever.", maxDays))
	}
	return faults
}

// unknown adds a fault for the first word of a list that does not exist, or for too many words.
func unknown[T ~string](faults fault.List, field string, words, all []T) fault.List {
	if len(words) > maxValues {
		return append(faults, fault.Input(field, "Name at most %d.", maxValues))
	}
	for i, w := range words {
		if !slices.Contains(all, w) {
			return append(faults, fault.Input(fmt.Sprintf("%s[%d]", field, i), "Use one of %s.", enum.List(all)))
		}
	}
	return faults
}

// Touches are the touches that match in the behaviour's window up to the facts' instant, newest first, however many it asks for.
func (m *Matcher) Touches(f *Facts) iter.Seq[*Touch] {
	return func(yield func(*Touch) bool) {
		touches := f.Touches()
		for i := range f.marks {
			if m.old(f, i) {
				return
			}
			if m.picks(f, i) && !yield(&touches[i]) {
				return
			}
		}
	}
}

// Holds tells whether enough touches match.
func (m *Matcher) Holds(f *Facts) bool {
	count, i := 0, 0
	for ; i < len(f.marks) && count < m.least && !m.old(f, i); i++ {
		if m.picks(f, i) {
			count++
		}
	}
	f.work += i
	return count >= m.least
}

// old tells whether a touch, and with it all that follow, lies before the window.
func (m *Matcher) old(f *Facts, i int) bool { return m.window > 0 && f.marks[i].at <= f.at-m.window }

// picks tells whether a touch that is not too old matches.
func (m *Matcher) picks(f *Facts, i int) bool {
	return f.marks[i].at <= f.at && m.fits(f, i)
}

// fits tells whether a touch matches, whenever it is: all its words, one for each side, are among those that are asked for.
func (m *Matcher) fits(f *Facts, i int) bool { return f.marks[i].bits&^m.bits == 0 }

// touchBits sets one bit for each side of a touch.
func touchBits(t *Touch) uint64 {
	kind, at := bit(contact.TouchKinds, t.Kind, 0)
	channel, at := bit(contact.Channels, t.Channel, at)
	direction, at := bit(contact.Directions, t.Direction, at)
	position, at := bit(contact.FunnelPositions, t.Position, at)
	campaign, _ := bit(contact.CampaignKinds, t.CampaignKind, at)
	return kind | channel | direction | position | campaign
}

// bit is the bit of a word from a place on, and the place after all words and "none of them".
func bit[T comparable](all []T, word T, from int) (uint64, int) {
	i := slices.Index(all, word)
	if i < 0 {
		i = len(all)
	}
	return 1 << (from + i), from + len(all) + 1
}

// bits sets the bits of all that a behaviour asks for.
func (b *Behaviour) bits() uint64 {
	var direction []contact.Direction
	if b.Direction != nil {
		direction = []contact.Direction{*b.Direction}
	}
	kinds, at := someBits(contact.TouchKinds, b.Kinds, 0)
	channels, at := someBits(contact.Channels, b.Channels, at)
	directions, at := someBits(contact.Directions, direction, at)
	positions, at := someBits(contact.FunnelPositions, b.ResourcePositions, at)
	campaigns, _ := someBits(contact.CampaignKinds, b.CampaignKinds, at)
	return kinds | channels | directions | positions | campaigns
}

// someBits sets the bits of some words; of no words, those of all and of "none of them".
func someBits[T comparable](all, some []T, from int) (uint64, int) {
	next := from + len(all) + 1
	if len(some) == 0 {
		return 1<<next - 1<<from, next
	}
	set := uint64(0)
	for _, word := range some {
		b, _ := bit(all, word, from)
		set |= b
	}
	return set, next
}

// String is the behaviour as a sentence: "at least 2 touches EMAIL_CLICKED or FORM_SUBMITTED by EMAIL in the last 30 days".
func (b *Behaviour) String() string {
	var s strings.Builder
	if b.MinCount == 1 {
		s.WriteString("at least 1 touch")
	} else {
		fmt.Fprintf(&s, "at least %d touches", b.MinCount)
	}
	list(&s, " ", b.Kinds)
	list(&s, " by ", b.Channels)
	if b.Direction != nil {
		s.WriteString(" " + strings.ToLower(string(*b.Direction)))
	}
	list(&s, " about content for ", b.ResourcePositions)
	list(&s, " in a campaign for ", b.CampaignKinds)
	switch {
	case b.WithinDays == nil:
	case *b.WithinDays == 1:
		s.WriteString(" in the last 24 hours")
	default:
		fmt.Fprintf(&s, " in the last %d days", *b.WithinDays)
	}
	return s.String()
}

// list writes the words of a side, if it is not open.
func list[T ~string](s *strings.Builder, before string, words []T) {
	for i, w := range words {
		if i > 0 {
			before = " or "
		}
		s.WriteString(before + string(w))
	}
}
