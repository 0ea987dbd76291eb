package sla

import (
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// The bounds of a policy.
const (
	maxCalendars = 50
	maxRules     = 500
	maxMinutes   = 400*24*60 - 1 // less than 400 days
	maxWeeks     = 10 * 52       // that a rule's minutes may take in its calendar
	farWeeks     = 100 * 52      // after which nobody could write the deadline of a rule that is in force
)

// Check tells everything that is wrong with a policy: a fault.List of at most ten faults with their places, such as "rules[2].calendar".
func (p *Policy) Check(reg *condition.Registry) error {
	f := clause.Faults{Registry: reg}
	p.check(&f)
	return f.Err()
}

// check gathers faults and answers the calendars, which are of use only if there are none.
func (p *Policy) check(f *clause.Faults) map[string]*Timetable {
	calendars, keys := map[string]*Timetable{}, map[string]bool{}
	if f.Count("calendars", len(p.Calendars), 0, maxCalendars) {
		for i := range p.Calendars {
			c, at := &p.Calendars[i], fmt.Sprintf("calendars[%d]", i)
			f.Key(at+".key", c.Key, keys)
			f.Text(at+".name", c.Name, 1, maxName)
			calendars[c.Key] = c.Calendar.check(f, at+".calendar.")
		}
	}
	c := checker{f, calendars, map[Stage]bool{}, map[Stage]string{}}
	c.off(p.Off)
	if f.Count("rules", len(p.Rules), 0, maxRules) {
		keys := map[string]bool{}
		for i := range p.Rules {
			c.rule(fmt.Sprintf("rules[%d]", i), &p.Rules[i], keys)
		}
		c.complete()
	}
	c.pauses(p.Pauses)
	return calendars
}

// checker checks the parts of a policy against each other.
type checker struct {
	*clause.Faults
	calendars map[string]*Timetable
	without   map[Stage]bool   // the stages that are off
	last      map[Stage]string // the rule for all leads, by stage
}

// off checks which stages have no clocks.
func (c *checker) off(stages []Stage) {
	if !c.Count("off", len(stages), 0, len(Stages)) {
		return
	}
	for i, s := range stages {
		at := fmt.Sprintf("off[%d]", i)
		if among(c.Faults, at, s, Stages) && c.without[s] {
			c.Refuse(at, "%s is off twice.", s)
		}
		c.without[s] = true
	}
}

// rule checks one rule, against those before it as well.
func (c *checker) rule(at string, r *Rule, keys map[string]bool) {
	c.Key(at+".key", r.Key, keys)
	c.Text(at+".name", r.Name, 1, maxName)
	if among(c.Faults, at+".stage", r.Stage, Stages) {
		switch before, ended := c.last[r.Stage]; {
		case c.without[r.Stage]:
			c.Refuse(at+".stage", "%s is off and has a rule: take one of them away.", r.Stage)
		case ended:
			c.Refuse(at, "No lead gets here: the rule %q before it takes all leads of %s.", before, r.Stage)
		case r.When == nil:
			c.last[r.Stage] = r.Key
		}
	}
	if r.When != nil {
		c.Condition(at+".when", r.When)
	}
	c.Range(at+".minutes", float64(r.Minutes), 1, maxMinutes)
	if r.WarnAt != nil {
		c.Range(at+".warnAt", *r.WarnAt, 0, 1)
	}
	if among(c.Faults, at+".unit", r.Unit, clause.Units) {
		c.hours(at, r)
	}
	several(c.Faults, at+".escalateTo", r.EscalateTo, Escalations)
}

// hours checks whose working hours a rule counts.
func (c *checker) hours(at string, r *Rule) {
	if r.Unit == clause.WallMinutes {
		if r.Calendar != nil || r.OwnerHours {
			c.Refuse(at+".unit", "WALL_MINUTES pass day and night: take calendar and ownerHours away, or count BUSINESS_MINUTES.")
		}
		return
	}
	if r.Calendar == nil {
		c.Refuse(at+".calendar", "Name the calendar that BUSINESS_MINUTES are counted by; with ownerHours the one for leads without an owner.")
		return
	}
	switch t, known := c.calendars[*r.Calendar]; {
	case !known:
		c.Refuse(at+".calendar", "This policy has no calendar %q.", *r.Calendar)
	case t != nil && int64(min(max(r.Minutes, 0), maxMinutes))*minute > maxWeeks*t.wall.total:
		c.Refuse(at+".minutes", "In the calendar %q, with %d minutes a week, this takes over ten years.", *r.Calendar, t.wall.total/minute)
	}
}

// complete refuses stages without an answer for some leads.
func (c *checker) complete() {
	for _, s := range Stages {
		if _, ended := c.last[s]; !ended && !c.without[s] {
			c.Refuse("rules", "%s has no rule for all leads: end its rules with one without when, or list it in off.", s)
		}
	}
}

// pauses checks what clocks may pause for.
func (c *checker) pauses(list []PauseRule) {
	if !c.Count("pauses", len(list), 0, len(PauseReasons)) {
		return
	}
	seen := map[PauseReason]bool{}
	for i, p := range list {
		at := fmt.Sprintf("pauses[%d]", i)
		if among(c.Faults, at+".reason", p.Reason, PauseReasons) && seen[p.Reason] {
			c.Refuse(at+".reason", "%s is listed twice: put its stages together.", p.Reason)
		}
		seen[p.Reason] = true
		if len(p.Stages) == 0 {
			c.Refuse(at+".stages", "Name the stages that may pause for it.")
		}
		several(c.Faults, at+".stages", p.Stages, Stages)
		if p.CountsAfterReply && p.Reason != WaitingForLead {
			c.Refuse(at+".countsAfterReply", "Only WAITING_FOR_LEAD ends with the lead's reply.")
		}
	}
}

// among checks a word.
func among[T ~string](f *clause.Faults, path string, v T, all []T) bool {
	if !slices.Contains(all, v) {
		f.Refuse(path, "Give one of %s.", enum.List(all))
		return false
	}
	return true
}

// several checks words of which each stands once.
func several[T ~string](f *clause.Faults, path string, some, all []T) {
	if !f.Count(path, len(some), 0, len(all)) {
		return
	}
	for i, v := range some {
		at := fmt.Sprintf("%s[%d]", path, i)
		if among(f, at, v, all) && slices.Contains(some[:i], v) {
			f.Refuse(at, "%s stands here twice.", v)
		}
	}
}
