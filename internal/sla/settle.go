package sla

import (
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// settle says what the clock is at an instant: everything follows from what happened to it, so the order in which that became known makes
// no difference. What has once begun, warned or run out does not do so again when an earlier instant is looked at later.
func (c Clock) settle(t *Timetable, now time.Time) Clock {
	asOf := now
	if c.EndedAt != nil {
		asOf = *c.EndedAt
	}
	if c.FulfilledAt != nil {
		asOf = *c.FulfilledAt
	}
	c.Elapsed = c.counted(t, asOf)
	if c.State == Waived {
		return c
	}
	c.DueAt = c.reach(t, c.Target)
	if c.WarnedAt == nil {
		c.WarnAt = nil
		if c.Warn != nil {
			c.WarnAt = c.reach(t, *c.Warn)
		}
	}
	c.State = c.judged(now, asOf)
	c.BreachedAt, c.Overdue = nil, 0
	if c.State == Breached {
		c.BreachedAt, c.Overdue = c.DueAt, max(0, t.Elapsed(*c.DueAt, asOf))
	}
	if passed := c.State == Warning || c.State == Breached; passed && c.WarnedAt == nil && c.WarnAt != nil {
		c.WarnedAt = c.WarnAt
	}
	return c
}

// judged is the state that follows from what happened.
func (c *Clock) judged(now, asOf time.Time) State {
	late := c.DueAt != nil && asOf.After(*c.DueAt)
	switch {
	case c.FulfilledAt != nil && !late:
		return Met
	case c.FulfilledAt != nil:
		return Breached
	case c.State == Cancelled:
		return Cancelled
	case c.BreachedAt != nil || c.DueAt != nil && !asOf.Before(*c.DueAt):
		return Breached
	case c.pausing() != nil:
		return Paused
	case c.State == Pending && now.Before(c.StartsAt):
		return Pending
	case c.WarnedAt != nil || c.WarnAt != nil && !now.Before(*c.WarnAt):
		return Warning
	}
	return Running
}

// reach is when so much of the target has passed; nil: not while the clock is paused.
func (c *Clock) reach(t *Timetable, amount time.Duration) *time.Time {
	held := -c.Spent
	at := t.Due(c.Since, max(0, amount+held))
	for _, p := range c.Pauses {
		if !p.From.Before(at) {
			break
		}
		end := p.end()
		if end == nil {
			return nil
		}
		held += t.Elapsed(latest(p.From, c.Since), latest(*end, c.Since))
		at = t.Due(c.Since, max(0, amount+held))
	}
	return &at
}

// counted is how much of the target has passed by an instant.
func (c *Clock) counted(t *Timetable, at time.Time) time.Duration {
	if at.Before(c.Since) {
		return c.Spent
	}
	return c.Spent + t.Elapsed(c.Since, at) - Held(t, c.Pauses, c.Since, at)
}

// Held is the time of a timetable that pauses took between two instants.
func Held(t *Timetable, pauses []Pause, from, to time.Time) time.Duration {
	held := time.Duration(0)
	for _, p := range pauses {
		begin, end := latest(p.From, from), to
		if e := p.end(); e != nil && e.Before(to) {
			end = *e
		}
		if begin.Before(end) {
			held += t.Elapsed(begin, end)
		}
	}
	return held
}

// end is when time counts again; nil: it does not yet.
func (p *Pause) end() *time.Time {
	if p.RepliedAt != nil && (p.To == nil || p.RepliedAt.Before(*p.To)) {
		return p.RepliedAt
	}
	return p.To
}

// pausing is the pause that goes on; nil where none does.
func (c *Clock) pausing() *Pause {
	if n := len(c.Pauses); n > 0 && c.Pauses[n-1].end() == nil {
		return &c.Pauses[n-1]
	}
	return nil
}

// ended tells whether nothing can happen to the clock by itself.
func (c *Clock) ended() bool {
	return c.State == Met || c.State == Cancelled || c.State == Waived || c.FulfilledAt != nil || c.EndedAt != nil
}

// refuse says what state a clock is in, and in which something can be done.
func refuse(state State, what string, in ...State) error {
	return fault.New(fault.Conflict, "This clock is %s: only one that is %s can %s.", state, strings.ReplaceAll(enum.List(in), ", ", " or "), what)
}

// latest is the later of two instants.
func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
