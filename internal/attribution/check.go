package attribution

import (
	"fmt"
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// The bounds of a policy.
const (
	maxDays    = 3_650
	maxMinutes = 60 * 24 * 366
	maxRules   = 100
	maxMinimum = 1_000_000
)

// Check tells everything that is wrong with a policy, each with its path, such as "groups[2].touches.channels[0]". Its rules look
// at touches and name no attributes, so the registry is not asked.
func (p *Policy) Check(*condition.Registry) error {
	var f clause.Faults
	word(&f, "defaultModel", p.DefaultModel, Models)
	f.Range("lookBackDays", float64(p.LookBackDays), 1, maxDays)
	f.Range("halfLifeDays", p.HalfLifeDays, 0.01, maxDays)
	weights(&f, "position", []weight{{"first", p.Position.First}, {"middle", p.Position.Middle}, {"last", p.Position.Last}})
	p.WShaped.check(&f, "wShaped")
	if p.WShaped.Close != 0 {
		f.Refuse("wShaped.close", "W_SHAPED does not look at the close: make this 0, and weigh the close in fullPath.")
	}
	p.FullPath.check(&f, "fullPath")
	p.Repeats.check(&f)
	p.checkIgnored(&f)
	p.checkGroups(&f)
	f.Range("markov.order", float64(p.Markov.Order), 1, maxOrder)
	word(&f, "shapley.worth", p.Shapley.Worth, Worths)
	f.Range("minimum.journeys", float64(p.Minimum.Journeys), 1, maxMinimum)
	f.Range("minimum.won", float64(p.Minimum.Won), 1, maxMinimum)
	f.Range("minimum.lost", float64(p.Minimum.Lost), 0, maxMinimum)
	return f.Err()
}

// weight is a weight with its name.
type weight struct {
	name string
	of   float64
}

// weights checks weights that add up to 1; a sum is as exact as decimal fractions are in binary.
func weights(f *clause.Faults, path string, all []weight) {
	sum := 0.0
	for _, w := range all {
		f.Range(path+"."+w.name, w.of, 0, 1)
		sum += w.of
	}
	if !(math.Abs(sum-1) <= 1e-9) {
		f.Refuse(path, "The weights add up to 1; these add up to %s.", clause.Number(sum))
	}
}

// check checks the weights of milestones.
func (w MilestoneWeights) check(f *clause.Faults, path string) {
	weights(f, path, []weight{
		{"first", w.First}, {"leadCreated", w.LeadCreated}, {"opportunityCreated", w.OpportunityCreated}, {"close", w.Close}, {"middle", w.Middle},
	})
}

// check asks for minutes where they mean something, and only there.
func (r Repeats) check(f *clause.Faults) {
	word(f, "repeats.count", r.Count, RepeatRules)
	switch {
	case r.Count == FirstWithin && r.Minutes == nil:
		f.Refuse("repeats.minutes", "FIRST_WITHIN takes a number of minutes: add it.")
	case r.Count == FirstWithin:
		f.Range("repeats.minutes", float64(*r.Minutes), 1, maxMinutes)
	case r.Minutes != nil:
		f.Refuse("repeats.minutes", "Only FIRST_WITHIN takes minutes: remove them.")
	}
}

// checkIgnored checks the rules for touches that do not count.
func (p *Policy) checkIgnored(f *clause.Faults) {
	if !f.Count("ignored", len(p.Ignored), 0, maxRules) {
		return
	}
	seen := map[string]bool{}
	for i, r := range p.Ignored {
		path := fmt.Sprintf("ignored[%d]", i)
		f.Key(path+".key", r.Key, seen)
		r.Touches.check(f, path+".touches")
		if r.Touches.open() {
			f.Refuse(path+".touches", "This fits every touch, so none would count: say which touches are meant.")
		}
		if before := slices.IndexFunc(p.Ignored[:i], func(b IgnoreRule) bool { return b.Touches.covers(&r.Touches) }); before >= 0 {
			f.Refuse(path+".touches", "All that this fits the rule %q fits already: remove one of them.", p.Ignored[before].Key)
		}
	}
}

// checkGroups checks the rules for channel groups. The last may fit every touch.
func (p *Policy) checkGroups(f *clause.Faults) {
	if !f.Count("groups", len(p.Groups), 0, maxRules) {
		return
	}
	seen := map[string]bool{}
	for i, r := range p.Groups {
		path := fmt.Sprintf("groups[%d]", i)
		f.Key(path+".key", r.Key, seen)
		f.Text(path+".group", r.Group, 1, 100)
		r.Touches.check(f, path+".touches")
		if before := slices.IndexFunc(p.Groups[:i], func(b GroupRule) bool { return b.Touches.covers(&r.Touches) }); before >= 0 {
			f.Refuse(path+".touches", "The rule %q before it fits all that this fits, so it is never reached: change their order or remove it.", p.Groups[before].Key)
		}
	}
}

// check checks the words of a pattern.
func (p *Pattern) check(f *clause.Faults, path string) {
	words(f, path+".kinds", p.Kinds, contact.TouchKinds)
	words(f, path+".channels", p.Channels, contact.Channels)
	words(f, path+".directions", p.Directions, contact.Directions)
	words(f, path+".departments", p.Departments, auth.Departments)
	words(f, path+".positions", p.Positions, contact.FunnelPositions)
	words(f, path+".campaignKinds", p.CampaignKinds, contact.CampaignKinds)
}

// word refuses what is none of the words that there are.
func word[T ~string](f *clause.Faults, path string, w T, all []T) {
	if !slices.Contains(all, w) {
		f.Refuse(path, "This is one of %s.", enum.List(all))
	}
}

// words refuses a list with words that there are not, or twice.
func words[T ~string](f *clause.Faults, path string, list, all []T) {
	if !f.Count(path, len(list), 0, len(all)) {
		return
	}
	for i, w := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		word(f, at, w, all)
		if slices.Contains(list[:i], w) {
			f.Refuse(at, "%s stands there twice: remove one.", w)
		}
	}
}

// open tells whether a pattern fits every touch.
func (p *Pattern) open() bool { return p.covers(&Pattern{}) }

// covers tells whether a pattern fits all that another fits.
func (p *Pattern) covers(o *Pattern) bool {
	return wider(p.Kinds, o.Kinds) && wider(p.Channels, o.Channels) && wider(p.Directions, o.Directions) && wider(p.Departments, o.Departments) &&
		wider(p.Positions, o.Positions) && wider(p.CampaignKinds, o.CampaignKinds)
}

// wider tells whether a side fits all words that another fits.
func wider[T ~string](side, other []T) bool {
	return len(side) == 0 || len(other) > 0 && !slices.ContainsFunc(other, func(w T) bool { return !slices.Contains(side, w) })
}
