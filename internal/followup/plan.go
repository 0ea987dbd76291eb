package followup

import (
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

// Compile checks a policy and makes it ready. The policy must not be changed any more.
func Compile(p *Policy, reg *condition.Registry) (*Program, error) {
	if err := p.Check(reg); err != nil {
		return nil, err
	}
	r := &Program{rules: p.Rules, when: make([]*condition.Program, len(p.Rules))}
	for i := range p.Rules {
		if c := p.Rules[i].When; c != nil {
			var err error
			if r.when[i], err = condition.Compile(c, reg); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// Plan makes the plan of a lead that was accepted.
func (p *Program) Plan(f *condition.Facts, acceptedAt time.Time, due Due) Plan {
	for i := range p.rules {
		if p.when[i] == nil || p.when[i].Match(f) {
			return p.rules[i].Plan(acceptedAt, due)
		}
	}
	return Plan{AcceptedAt: acceptedAt} // a policy that was checked has a rule for every lead
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
