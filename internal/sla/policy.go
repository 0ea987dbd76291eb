package sla

import (
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
)

// Policy is the body of an SLA_POLICY: how fast what has to happen. It is at once the jsonb body, the input SlaPolicyInput and the output
// SlaPolicy of the SDL, and Compile makes of it what rules read.
type Policy struct {
	Calendars []NamedCalendar `json:"calendars,omitempty"`
	Rules     []Rule          `json:"rules,omitempty"`  // in order; of a stage the first that holds decides
	Off       []Stage         `json:"off,omitempty"`    // stages without clocks, on purpose
	Pauses    []PauseRule     `json:"pauses,omitempty"` // clocks pause for nothing else
}

// NamedCalendar is a calendar that rules can name.
type NamedCalendar struct {
	Key      string   `json:"key"`
	Name     string   `json:"name"`
	Calendar Calendar `json:"calendar"`
}

// Rule says how fast a stage is for some leads. Every stage that is not off ends with a rule for all leads.
type Rule struct {
	Key        string               `json:"key"`
	Name       string               `json:"name"`
	Stage      Stage                `json:"stage"`
	When       *condition.Condition `json:"when,omitempty"` // nil: all leads
	Minutes    int                  `json:"minutes"`
	Unit       clause.Unit          `json:"unit"`
	Calendar   *string              `json:"calendar,omitempty"` // of BUSINESS_MINUTES: its key
	OwnerHours bool                 `json:"ownerHours"`         // the owner's own working hours; Calendar where there is no owner or the owner has none
	WarnAt     *float64             `json:"warnAt,omitempty"`   // share of the minutes after which the clock warns, 0 to 1; nil: never
	EscalateTo []Escalation         `json:"escalateTo,omitempty"`
}

// PauseRule lists a reason for which clocks of these stages may pause.
type PauseRule struct {
	Reason           PauseReason `json:"reason"`
	Stages           []Stage     `json:"stages,omitempty"`
	CountsAfterReply bool        `json:"countsAfterReply"` // of WAITING_FOR_LEAD: what was paused after the lead had replied counts again
}

// Target is how much time the rule gives.
func (r *Rule) Target() time.Duration { return time.Duration(r.Minutes) * time.Minute }

// Warn is how much of the time passes before the clock warns; nil: it does not.
func (r *Rule) Warn() *time.Duration {
	if r.WarnAt == nil {
		return nil
	}
	d := time.Duration(*r.WarnAt * float64(r.Target())).Truncate(time.Microsecond)
	return &d
}

// MayPause finds the rule that lets clocks of a stage pause for a reason; nil where there is none.
func (p *Policy) MayPause(stage Stage, reason PauseReason) *PauseRule {
	for i := range p.Pauses {
		for _, s := range p.Pauses[i].Stages {
			if s == stage && p.Pauses[i].Reason == reason {
				return &p.Pauses[i]
			}
		}
	}
	return nil
}

// Terms is a policy ready to be read. It never changes and serves any number of goroutines.
type Terms struct {
	policy    *Policy
	calendars map[string]*Timetable
	stages    map[Stage][]term
	always    *Timetable
}

// term is a rule with its condition; nil: all leads.
type term struct {
	rule *Rule
	when *condition.Program
}

// Compile makes a policy ready that was checked when it was written: it asks for no more than what clocks take. The policy must not change
// afterwards.
func (p *Policy) Compile(reg *condition.Registry) (*Terms, error) {
	t := &Terms{policy: p, calendars: map[string]*Timetable{}, stages: map[Stage][]term{}, always: Always()}
	for i := range p.Calendars {
		c := &p.Calendars[i]
		var err error
		if t.calendars[c.Key], err = c.Calendar.Compile(); err != nil {
			return nil, fmt.Errorf("compile the calendar %s: %w", c.Key, err)
		}
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		if err := r.runs(t.calendars); err != nil {
			return nil, err
		}
		x := term{rule: r}
		if r.When != nil {
			var err error
			if x.when, err = condition.Compile(r.When, reg); err != nil {
				return nil, fmt.Errorf("compile the rule %s: %w", r.Key, err)
			}
		}
		t.stages[r.Stage] = append(t.stages[r.Stage], x)
	}
	return t, nil
}

// runs tells what keeps a rule from setting deadlines.
func (r *Rule) runs(calendars map[string]*Timetable) error {
	var n clause.Needs
	n.That(slices.Contains(Stages, r.Stage), "the rule %s is for the stage %q", r.Key, r.Stage)
	n.That(slices.Contains(clause.Units, r.Unit), "the unit of the rule %s is %q", r.Key, r.Unit)
	n.Number("the minutes of the rule "+r.Key, float64(r.Minutes), 1, clause.MaxMinutes)
	if r.WarnAt != nil {
		n.Number("the warning of the rule "+r.Key, *r.WarnAt, 0, 1)
	}
	if r.Unit == clause.BusinessMinutes {
		there := r.Calendar != nil && calendars[*r.Calendar] != nil
		n.That(there, "the calendar of the rule %s is not there", r.Key)
		n.That(!there || int64(r.Minutes)*minute <= farWeeks*calendars[*r.Calendar].wall.total, "the rule %s takes over a century of its calendar", r.Key)
	}
	return n.Err()
}

// Policy is the policy itself, only to be read.
func (t *Terms) Policy() *Policy { return t.policy }

// Reach adds what matters to the policy.
func (t *Terms) Reach(to *condition.Reach) {
	for _, all := range t.stages {
		for _, x := range all {
			if x.when != nil {
				x.when.Reach(to)
			}
		}
	}
}

// Has tells whether the stage has a clock, at least for some leads.
func (t *Terms) Has(stage Stage) bool { return len(t.stages[stage]) > 0 }

// RuleFor is the first rule of a stage that holds for a lead; nil where the stage is off.
func (t *Terms) RuleFor(stage Stage, facts *condition.Facts) *Rule {
	for _, x := range t.stages[stage] {
		if x.when == nil || x.when.Match(facts) {
			return x.rule
		}
	}
	return nil
}

// Timetable is the one that a rule's minutes are counted by, for an owner with these working hours; nil: there is no owner, or none are known.
func (t *Terms) Timetable(r *Rule, owner *Timetable) *Timetable {
	switch {
	case r.Unit == clause.WallMinutes || r.Calendar == nil:
		return t.always
	case r.OwnerHours && owner != nil:
		return owner
	}
	return t.calendars[*r.Calendar]
}
