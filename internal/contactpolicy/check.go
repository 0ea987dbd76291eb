package contactpolicy

import (
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// The bounds of a policy.
const (
	maxRules = 50 // of each list
	maxLimit = 1000
	maxHours = 366 * 24
)

// checker gathers the faults of a policy.
type checker struct{ clause.Faults }

// Check refuses a policy that cannot be kept, with the place of each fault: what is unknown or out of range, rules that could never
// matter, and quiet hours that never end.
func (p *Policy) Check(reg *condition.Registry) error {
	c := checker{clause.Faults{Registry: reg}}
	c.consents(p.Consents)
	c.floors(p.Floors)
	c.protection("customers", p.Customers)
	c.protection("openDeals", p.OpenDeals)
	c.caps(p.Caps)
	c.gaps(p.MinGaps)
	c.quietHours(p.QuietHours)
	if h := p.CampaignOverlapHours; h != nil {
		c.Range("campaignOverlapHours", float64(*h), 1, maxHours)
	}
	return c.Err()
}

// known refuses words that do not exist or stand twice in a list.
func known[T ~string](c *checker, path string, list, all []T) {
	if !c.Count(path, len(list), 0, len(all)) {
		return
	}
	for i, w := range list {
		one(c, fmt.Sprintf("%s[%d]", path, i), w, all)
		if slices.Contains(list[:i], w) {
			c.Refuse(fmt.Sprintf("%s[%d]", path, i), "%s is named twice.", w)
		}
	}
}

// one refuses a word that does not exist.
func one[T ~string](c *checker, path string, w T, all []T) {
	if !slices.Contains(all, w) {
		c.Refuse(path, "Use one of %s.", enum.List(all))
	}
}

func (c *checker) consents(rules []ConsentRule) {
	if !c.Count("consents", len(rules), 0, maxRules) {
		return
	}
	keys, covered := map[string]bool{}, map[uint32]bool{}
	for i := range rules {
		r, at := &rules[i], fmt.Sprintf("consents[%d].", i)
		c.Key(at+"key", r.Key, keys)
		known(c, at+"channels", r.Channels, contact.Channels)
		known(c, at+"purposes", r.Purposes, contact.Purposes)
		known(c, at+"bases", r.Bases, contact.ConsentBases)
		if !fresh(covered, words(r.Channels, r.Purposes)) {
			c.Refuse(fmt.Sprintf("consents[%d]", i), "The rules before this one name all its channels and purposes, so that it never counts: move it up or remove it.")
		}
	}
}

// fresh tells whether a rule names a channel with a purpose that none before it does, and adds what it names.
func fresh(covered map[uint32]bool, set uint32) (is bool) {
	for channels := set & anyChannel; channels != 0; channels &= channels - 1 {
		for some := set & anyPurpose; some != 0; some &= some - 1 {
			pair := uint32(1)<<bits.TrailingZeros32(channels) | uint32(1)<<bits.TrailingZeros32(some)
			is = is || !covered[pair]
			covered[pair] = true
		}
	}
	return is
}

func (c *checker) floors(floors []Floor) {
	if !c.Count("floors", len(floors), 0, len(FloorEvents)) {
		return
	}
	for i, f := range floors {
		at := fmt.Sprintf("floors[%d].", i)
		one(c, at+"event", f.Event, FloorEvents)
		one(c, at+"department", f.Department, auth.Departments)
		c.Range(at+"hours", float64(f.Hours), 1, maxHours)
		if slices.ContainsFunc(floors[:i], func(g Floor) bool { return g.Event == f.Event }) {
			c.Refuse(at+"event", "%s has a floor already.", f.Event)
		}
	}
}

func (c *checker) protection(path string, p *Protection) {
	if p == nil {
		return
	}
	known(c, path+".departments", p.Departments, auth.Departments)
	c.counted(path+".purposes", p.Purposes)
	known(c, path+".exceptCampaignKinds", p.ExceptCampaignKinds, contact.CampaignKinds)
}

// counted checks purposes that rules may count and hold.
func (c *checker) counted(path string, some []contact.Purpose) {
	known(c, path, some, contact.Purposes)
	if i := slices.Index(some, contact.PurposeTransactional); i >= 0 {
		c.Refuse(fmt.Sprintf("%s[%d]", path, i), "Transactional messages are never counted and never held: remove it.")
	}
}

func (c *checker) caps(caps []Cap) {
	if !c.Count("caps", len(caps), 0, maxRules) {
		return
	}
	keys := map[string]bool{}
	for i := range caps {
		b, at := &caps[i], fmt.Sprintf("caps[%d].", i)
		c.Key(at+"key", b.Key, keys)
		one(c, at+"scope", b.Scope, CapScopes)
		if b.Channel != nil {
			one(c, at+"channel", *b.Channel, contact.Channels)
			if b.Scope != PerChannel {
				c.Refuse(at+"channel", "Only a cap of the scope CHANNEL has a channel: change the scope or remove the channel.")
			}
		}
		c.counted(at+"purposes", b.Purposes)
		c.Range(at+"limit", float64(b.Limit), 1, maxLimit)
		c.Range(at+"windowHours", float64(b.WindowHours), 1, maxHours)
		for j := range caps {
			if i != j && caps[j].idles(b, j < i) {
				c.Refuse(fmt.Sprintf("caps[%d]", i), "The cap %q allows no more in a window that is no shorter, so that this one never holds: remove one of them.", caps[j].Key)
				break
			}
		}
	}
}

// idles tells whether a cap, which stands before the other or after it, keeps the other from ever holding.
func (c *Cap) idles(other *Cap, before bool) bool {
	same := c.Limit == other.Limit && c.WindowHours == other.WindowHours
	x, y := c.ready(), other.ready()
	return x.code == y.code && x.each == y.each && x.mask == y.mask && c.Limit <= other.Limit && c.WindowHours >= other.WindowHours && (before || !same)
}

func (c *checker) gaps(gaps []MinGap) {
	if !c.Count("minGaps", len(gaps), 0, maxRules) {
		return
	}
	keys := map[string]bool{}
	for i := range gaps {
		g, at := &gaps[i], fmt.Sprintf("minGaps[%d].", i)
		c.Key(at+"key", g.Key, keys)
		if g.Channel != nil {
			one(c, at+"channel", *g.Channel, contact.Channels)
		}
		c.counted(at+"purposes", g.Purposes)
		c.Range(at+"minutes", float64(g.Minutes), 1, 60*maxHours)
	}
}

func (c *checker) quietHours(q *QuietHours) {
	if q == nil {
		return
	}
	sound := true
	if _, err := time.LoadLocation(q.FallbackZone); err != nil || q.FallbackZone == "" || q.FallbackZone == "Local" {
		c.Refuse("quietHours.fallbackZone", "Name a time zone of the IANA database, such as Europe/Berlin or UTC.")
		sound = false
	}
	if !c.Count("quietHours.times", len(q.Times), 1, maxRules) {
		return
	}
	keys := map[string]bool{}
	for i := range q.Times {
		sound = c.quietTime(&q.Times[i], fmt.Sprintf("quietHours.times[%d].", i), keys) && sound
	}
	if sound {
		c.never(q)
	}
}

// quietTime tells whether the times of day of a quiet time can be read.
func (c *checker) quietTime(t *QuietTime, at string, keys map[string]bool) bool {
	c.Key(at+"key", t.Key, keys)
	known(c, at+"days", t.Days, clause.Weekdays)
	known(c, at+"channels", t.Channels, contact.Channels)
	from, ok := clock(t.From)
	to, fine := clock(t.To)
	if !ok || from == day {
		c.Refuse(at+"from", "Write a time of day from 00:00 to 23:59.")
	}
	if !fine {
		c.Refuse(at+"to", "Write a time of day up to 24:00.")
	}
	if ok && fine && from == to {
		c.Refuse(at+"to", "This time ends when it begins: for a whole day write 00:00 to 24:00.")
	}
	return ok && fine && from != to
}

// never refuses quiet hours that leave a channel no open time.
func (c *checker) never(q *QuietHours) {
	i := q.week(time.UTC).endless()
	if i < 0 {
		return
	}
	name := "every other channel"
	if i < len(contact.Channels) {
		name = string(contact.Channels[i])
	}
	c.Refuse("quietHours.times", "These times leave no open hour for %s: shorten them.", name)
}
