package followup

import (
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// The bounds of a policy.
const (
	maxRules    = 100
	maxSteps    = 50
	maxAttempts = 50
	maxGap      = 14 * 24 * 60  // minutes
	maxMinutes  = 366 * 24 * 60 // of offsets and delays
	maxDays     = 365
)

// Check refuses a policy that cannot be kept, with the place of each fault: what is unknown or out of range, rules that no lead comes
// to, and plans whose steps cannot complete their own certificate.
func (p *Policy) Check(reg *condition.Registry) error {
	f := &clause.Faults{Registry: reg}
	if !f.Count("rules", len(p.Rules), 1, maxRules) {
		return f.Err()
	}
	keys := map[string]bool{}
	for i := range p.Rules {
		r, at, last := &p.Rules[i], fmt.Sprintf("rules[%d].", i), i == len(p.Rules)-1
		f.Key(at+"key", r.Key, keys)
		switch {
		case r.When == nil && !last:
			f.Refuse(at+"when", "A rule without a condition is for every lead, so that those after it never count: give it one or move it to the end.")
		case r.When != nil && last:
			f.Refuse(at+"when", "The last rule is for all other leads: remove its condition, or add a rule without one.")
		case r.When != nil:
			f.Condition(at+"when", r.When)
		}
		r.check(f, at)
	}
	return f.Err()
}

// check refuses what is wrong with a rule but for its condition.
func (r *Rule) check(f *clause.Faults, at string) {
	f.Text(at+"name", r.Name, 1, 100)
	f.Range(at+"minAttempts", float64(r.MinAttempts), 1, maxAttempts)
	f.Range(at+"minChannels", float64(r.MinChannels), 1, float64(len(contact.Channels)))
	f.Range(at+"minGapMinutes", float64(r.MinGapMinutes), 1, maxGap)
	f.Range(at+"giveUp.attempts", float64(r.GiveUp.Attempts), 1, maxAttempts)
	f.Range(at+"giveUp.days", float64(r.GiveUp.Days), 0, maxDays)
	if r.MinChannels > r.MinAttempts {
		f.Refuse(at+"minChannels", "%d attempts cannot go by %d channels: ask for fewer channels or more attempts.", r.MinAttempts, r.MinChannels)
	}
	if r.GiveUp.Attempts < r.MinAttempts {
		f.Refuse(at+"giveUp.attempts", "A lead is not given up before the %d attempts that are the least: raise this number.", r.MinAttempts)
	}
	known(f, at+"mayExcuse", r.MayExcuse, []auth.Role{auth.Director, auth.Manager})
	if f.Count(at+"steps", len(r.Steps), 1, maxSteps) {
		r.checkSteps(f, at)
	}
}

// checkSteps refuses steps that do not follow one another, or do not lead to the minimum.
func (r *Rule) checkSteps(f *clause.Faults, at string) {
	before := map[clause.Unit]int{} // the place of the last step with the unit, from 1
	for i := range r.Steps {
		s, place := &r.Steps[i], fmt.Sprintf("%ssteps[%d].", at, i)
		f.Range(place+"offsetMinutes", float64(s.OffsetMinutes), 0, maxMinutes)
		f.Range(place+"maxDelayMinutes", float64(s.MaxDelayMinutes), 1, maxMinutes)
		known(f, place+"channels", s.Channels, contact.Channels)
		if !slices.Contains(clause.Units, s.Unit) {
			f.Refuse(place+"unit", "Use one of %s.", enum.List(clause.Units))
		} else if b := before[s.Unit]; b > 0 && s.OffsetMinutes < r.Steps[b-1].OffsetMinutes+r.MinGapMinutes {
			f.Refuse(place+"offsetMinutes", "Step %d is %d minutes after the acceptance and attempts that count lie %d minutes apart: put this one later.", b, r.Steps[b-1].OffsetMinutes, r.MinGapMinutes)
		}
		before[s.Unit] = i + 1
	}
	if len(r.Steps) < r.MinAttempts {
		f.Refuse(at+"steps", "%d steps do not make %d attempts: add steps or ask for fewer attempts.", len(r.Steps), r.MinAttempts)
	}
	if n := r.mostChannels(); n < r.MinChannels {
		f.Refuse(at+"steps", "These steps go by at most %d different channels, not by %d: change their channels or ask for fewer.", n, r.MinChannels)
	}
}

// mostChannels is by how many different channels the steps can go, one each: a largest matching, found by augmenting paths (Kuhn 1955).
// A step that is open to any channel finds a new one.
func (r *Rule) mostChannels() int {
	most, taken := 0, map[contact.Channel]int{}
	var settle func(step int, seen map[contact.Channel]bool) bool
	settle = func(step int, seen map[contact.Channel]bool) bool {
		for _, c := range r.Steps[step].Channels {
			if seen[c] {
				continue
			}
			seen[c] = true
			if other, is := taken[c]; !is || settle(other, seen) {
				taken[c] = step
				return true
			}
		}
		return false
	}
	for i := range r.Steps {
		if len(r.Steps[i].Channels) == 0 || settle(i, map[contact.Channel]bool{}) {
			most++
		}
	}
	return most
}

// known refuses words that do not exist or stand twice in a list.
func known[T ~string](f *clause.Faults, path string, list, all []T) {
	if !f.Count(path, len(list), 0, len(all)) {
		return
	}
	for i, w := range list {
		switch at := fmt.Sprintf("%s[%d]", path, i); {
		case !slices.Contains(all, w):
			f.Refuse(at, "Use one of %s.", enum.List(all))
		case slices.Contains(list[:i], w):
			f.Refuse(at, "%s is named twice.", w)
		}
	}
}
