package dispute

import (
	"cmp"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Circumstances are what two deals can have in common: how the people of the buying account came and were reached, by the touches of the frozen run that
// count. Each list is sorted and names nothing twice.
type Circumstances struct {
	ChannelGroups []string               `json:"channelGroups"`
	CampaignKinds []contact.CampaignKind `json:"campaignKinds"`
	Sources       []id.UUID              `json:"sources"`
}

// Add takes what one touch tells; empty words and ids tell nothing.
func (c *Circumstances) Add(group string, kind contact.CampaignKind, source id.UUID) {
	c.ChannelGroups = with(c.ChannelGroups, group, cmp.Compare[string])
	c.CampaignKinds = with(c.CampaignKinds, kind, cmp.Compare[contact.CampaignKind])
	c.Sources = with(c.Sources, source, compare)
}

func compare(a, b id.UUID) int { return slices.Compare(a[:], b[:]) }

// with is a sorted list with one more item, if it is new and says anything.
func with[T comparable](list []T, item T, order func(a, b T) int) []T {
	var none T
	at, there := slices.BinarySearchFunc(list, item, order)
	if there || item == none {
		return list
	}
	return slices.Insert(list, at, item)
}

// Shared is what two deals have in common.
func (c *Circumstances) Shared(o *Circumstances) Circumstances {
	return Circumstances{common(c.ChannelGroups, o.ChannelGroups), common(c.CampaignKinds, o.CampaignKinds), common(c.Sources, o.Sources)}
}

func common[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return !slices.Contains(b, x) })
}

// weight is how much circumstances have in common: a source or a kind of campaign says more than the way of a message, which many share.
func (c *Circumstances) weight() int {
	return len(c.ChannelGroups) + 2*len(c.CampaignKinds) + 2*len(c.Sources)
}

// Precedent is a ruling that was signed, with the circumstances of its deal.
type Precedent struct {
	Dispute id.UUID
	Deal    id.UUID
	At      time.Time // when it was settled
	Of      Circumstances
}

// Match is a precedent for a deal, and what the two have in common.
type Match struct {
	*Precedent
	Shared Circumstances
}

// Find finds the precedents for a deal: those that share anything with it, most first, and of equals the latest; at most so many. A deal is no precedent for itself.
func Find(deal id.UUID, of *Circumstances, all []Precedent, most int) []Match {
	found := []Match{}
	for i := range all {
		p := &all[i]
		if shared := p.Of.Shared(of); p.Deal != deal && shared.weight() > 0 {
			found = append(found, Match{p, shared})
		}
	}
	slices.SortStableFunc(found, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Shared.weight(), a.Shared.weight()), b.At.Compare(a.At), compare(b.Dispute, a.Dispute))
	})
	return found[:min(len(found), most)]
}
