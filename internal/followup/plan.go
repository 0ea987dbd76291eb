package followup

import (
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// Plan is what sales owes one lead from its acceptance on.
type Plan struct {
	Rule       Rule // that made it
	AcceptedAt time.Time
	Steps      []Step
}

// Step is one step of a plan. The first attempt by one of its channels from DueAt on does it, even if that does other steps too: a rep
// who slept over a step need not make two attempts at once, as the number of attempts is asked for by itself.
type Step struct {
	Number   int               `json:"number"`             // from 1
	Channels []contact.Channel `json:"channels,omitempty"` // one of them; empty: any
	DueAt    time.Time         `json:"dueAt"`              // an earlier attempt does not do it
	LatestAt time.Time         `json:"latestAt"`           // a later one does it late
}

// Due adds minutes to an instant: minutes of the calendar's open time if business, otherwise of any time.
type Due func(start time.Time, minutes int, business bool) time.Time

// Program is a policy ready to make plans. It never changes and serves any number of goroutines.
type Program struct {
	rules []Rule
	when  []*condition.Program // nil for every lead
}

// Reach adds what matters to the policy.
func (p *Program) Reach(to *condition.Reach) {
	for _, c := range p.when {
		if c != nil {
			c.Reach(to)
		}
	}
}

// Compile makes a policy ready that was checked when it was written: it asks for no more than what a plan takes. The policy must not be
// changed any more.
func Compile(p *Policy, reg *condition.Registry) (*Program, error) {
	r := &Program{rules: p.Rules, when: make([]*condition.Program, len(p.Rules))}
	for i := range p.Rules {
		rule := &p.Rules[i]
		if err := rule.runs(); err != nil {
			return nil, err
		}
		if rule.When != nil {
			var err error
			if r.when[i], err = condition.Compile(rule.When, reg); err != nil {
				return nil, fmt.Errorf("compile the rule %s: %w", rule.Key, err)
			}
		}
	}
	return r, nil
}

// runs tells what keeps a rule from making plans.
func (r *Rule) runs() error {
	var n clause.Needs
	n.Number("the gap of the rule "+r.Key, float64(r.MinGapMinutes), 0, clause.MaxMinutes)
	n.Number("the days of silence of the rule "+r.Key, float64(r.GiveUp.Days), 0, clause.MaxMinutes/60/24)
	for i := range r.Steps {
		s, name := &r.Steps[i], fmt.Sprintf("step %d of the rule %s", i+1, r.Key)
		n.That(slices.Contains(clause.Units, s.Unit), "the unit of %s is %q", name, s.Unit)
		n.Number("the offset of "+name, float64(s.OffsetMinutes), 0, clause.MaxMinutes)
		n.Number("the delay of "+name, float64(s.MaxDelayMinutes), 0, clause.MaxMinutes)
	}
	return n.Err()
}

// Plan makes the plan of a lead that was accepted.
func (p *Program) Plan(f *condition.Facts, acceptedAt time.Time, due Due) Plan {
	for i := range p.rules {
		if p.when[i] == nil || p.when[i].Match(f) {
			return p.rules[i].Plan(acceptedAt, due)
		}
	}
	return Plan{AcceptedAt: acceptedAt} // a policy has a rule for every lead, or owes the others nothing
}

// Plan makes the plan of a lead that was accepted and belongs to this rule.
func (r *Rule) Plan(acceptedAt time.Time, due Due) Plan {
	p := Plan{Rule: *r, AcceptedAt: acceptedAt, Steps: make([]Step, len(r.Steps))}
	for i, s := range r.Steps {
		business := s.Unit == clause.BusinessMinutes
		from := acceptedAt // no time has to pass, so nobody has to wait for the calendar to open
		if s.OffsetMinutes > 0 {
			from = due(acceptedAt, s.OffsetMinutes, business)
		}
		p.Steps[i] = Step{Number: i + 1, Channels: s.Channels, DueAt: from, LatestAt: due(acceptedAt, s.OffsetMinutes+s.MaxDelayMinutes, business)}
	}
	return p
}

// Rule finds a rule by its key, for leads whose plan was made before; nil where there is none.
func (p *Policy) Rule(key string) *Rule {
	for i := range p.Rules {
		if p.Rules[i].Key == key {
			return &p.Rules[i]
		}
	}
	return nil
}

// Excuses tells whether somebody may let a rep give up early.
func (r *Rule) Excuses(d auth.Department, role auth.Role) bool {
	return d == auth.Sales && slices.Contains(r.MayExcuse, role)
}
