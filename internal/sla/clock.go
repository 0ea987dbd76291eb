package sla

import (
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// Clock is one deadline on one subject: a plain value that is kept as a row. Its methods answer the clock as it is afterwards and leave the
// old one alone, so that a caller who compares the two sees what is new: a breach is news when BreachedAt was nil before, the first time.
//
// The timetable is the same in all calls, that of the rule and the owner when the clock started, until Reassign changes it. The instants
// that are passed are when things happened, not when they became known. Of a clock that ran out while nobody looked, Tick tells the breach
// before the next thing happens to it.
type Clock struct {
	Stage    Stage
	Rule     string         // the key of the rule that set it
	State    State          // as of the last call
	StartsAt time.Time      // may be later than when it is made
	Target   time.Duration  // that it gives, in the timetable's time
	Warn     *time.Duration // of the target, before it warns; nil: it does not

	Since  time.Time     // from when the timetable counts: StartsAt, or when the clock was last reassigned
	Spent  time.Duration // of the target, before Since
	Pauses []Pause       // in order, without overlaps; those that began before the breach count

	WarnAt      *time.Time // when it warns, or did; nil: never, or while it is paused before
	DueAt       *time.Time // the last instant in time; nil while it is paused
	WarnedAt    *time.Time // set once; its escalation has been told
	BreachedAt  *time.Time // where it was not met: DueAt
	FulfilledAt *time.Time // the earliest instant at which it was done
	EndedAt     *time.Time // when it was cancelled or waived, or its subject ended after a breach

	Elapsed time.Duration // of the target, as of the last call, or its end; pauses left out
	Overdue time.Duration // past DueAt, as of the last call, or its end
}

// Pause is a time that does not count.
type Pause struct {
	Reason    PauseReason `json:"reason"`
	From      time.Time   `json:"from"`
	To        *time.Time  `json:"to,omitempty"`        // nil: it goes on
	RepliedAt *time.Time  `json:"repliedAt,omitempty"` // when the lead replied: from then on time counts again
}

// Start makes a clock under a rule that starts at an instant, as seen at another: PENDING before, RUNNING after.
func Start(r *Rule, t *Timetable, startsAt, now time.Time) Clock {
	c := Clock{Stage: r.Stage, Rule: r.Key, State: Pending, StartsAt: startsAt, Since: startsAt, Target: r.Target(), Warn: r.Warn()}
	return c.settle(t, now)
}

// Tick looks at the clock at an instant: it starts, warns or is breached. In whatever order ticks come, each happens once.
func (c Clock) Tick(t *Timetable, now time.Time) Clock { return c.settle(t, now) }

// Postpone lets a clock that has not begun begin at another instant. One that has is a CONFLICT.
func (c Clock) Postpone(t *Timetable, startsAt, now time.Time) (Clock, error) {
	if c.State != Pending {
		return c, refuse(c.State, "be put off", Pending)
	}
	c.StartsAt, c.Since = startsAt, startsAt
	return c.settle(t, now), nil
}

// Pause stops counting from an instant on. A clock that does not run, or has run out by then, is a CONFLICT. Whether the reason is one for
// this stage is the policy's question: MayPause.
func (c Clock) Pause(t *Timetable, at time.Time, reason PauseReason) (Clock, error) {
	now := c.settle(t, at)
	if now.State != Running && now.State != Warning {
		return c, refuse(now.State, "pause", Running, Warning)
	}
	if at.Before(c.StartsAt) || len(c.Pauses) > 0 && at.Before(*c.Pauses[len(c.Pauses)-1].end()) {
		return c, fault.Input("at", "The pause would begin before the clock did, or before its last pause ended: give a later time.")
	}
	now.Pauses = append(slices.Clone(c.Pauses), Pause{Reason: reason, From: at})
	return now.settle(t, at), nil
}

// Resume counts again from an instant on: the deadline moves by the time of the timetable that was paused. A clock that is not paused is a
// CONFLICT.
func (c Clock) Resume(t *Timetable, at time.Time) (Clock, error) {
	p := c.pausing()
	if c.State != Paused || p == nil {
		return c, refuse(c.State, "resume", Paused)
	}
	if at.Before(p.From) {
		return c, fault.Input("at", "The pause began at %s: it cannot end before.", p.From.Format(time.RFC3339))
	}
	c.Pauses = slices.Clone(c.Pauses)
	c.Pauses[len(c.Pauses)-1].To = &at
	return c.settle(t, at), nil
}

// Replied is the pause audit, for rules with CountsAfterReply: the lead replied at an instant, as became known at another, so pauses
// WAITING_FOR_LEAD count again from the reply on, also those that are over. The deadline may turn out to have passed.
func (c Clock) Replied(t *Timetable, at, now time.Time) Clock {
	c.Pauses = slices.Clone(c.Pauses)
	for i := range c.Pauses {
		p := &c.Pauses[i]
		if end := p.end(); p.Reason == WaitingForLead && !at.Before(p.From) && (end == nil || at.Before(*end)) {
			p.RepliedAt = &at
		}
	}
	return c.settle(t, now)
}

// Fulfil says that what the clock asks for was done at an instant: at DueAt it is still in time, later it is a breach with overdue time. The
// earliest instant counts, whatever order they become known in: a call before the deadline meets a clock that was breached meanwhile, and
// one that was cancelled after the call. A waived clock stays as it is.
func (c Clock) Fulfil(t *Timetable, at time.Time) Clock {
	switch {
	case c.State == Waived, c.FulfilledAt != nil && !at.Before(*c.FulfilledAt), c.EndedAt != nil && at.After(*c.EndedAt):
		return c
	}
	c.FulfilledAt = &at
	return c.settle(t, at)
}

// Cancel says that from an instant on there is nothing left to do, since the subject has moved on. A clock that has run out by then stays
// BREACHED, and is no longer overdue by more. One that has ended otherwise is a CONFLICT.
func (c Clock) Cancel(t *Timetable, at time.Time) (Clock, error) {
	now := c.settle(t, at)
	switch {
	case now.State == Met || now.State == Cancelled || now.State == Waived || now.FulfilledAt != nil || now.EndedAt != nil:
		return c, refuse(now.State, "cancel", Pending, Running, Warning, Paused, Breached)
	case now.State != Breached:
		now.State = Cancelled
	}
	now.EndedAt = &at
	return now.settle(t, at), nil
}

// Waive lets the deadline go, breached or not; the other department has to have signed. A clock that is MET, CANCELLED or WAIVED is a
// CONFLICT.
func (c Clock) Waive(t *Timetable, at time.Time) (Clock, error) {
	if c.State == Met || c.State == Cancelled || c.State == Waived {
		return c, refuse(c.State, "waive", Pending, Running, Warning, Paused, Breached)
	}
	c = c.settle(t, at)
	c.State, c.EndedAt = Waived, &at
	return c.settle(t, at), nil
}

// Reassign counts what remains at an instant by the timetable of a new owner: RECOMPUTE_REMAINING. To keep the deadline as it was promised
// is to go on with the old timetable, without a call. A clock that has ended or run out by then stays as it is.
func (c Clock) Reassign(from, to *Timetable, at time.Time) Clock {
	now := c.settle(from, at)
	if now.State == Pending {
		return c.settle(to, at)
	}
	if now.ended() || now.State == Breached || at.Before(c.Since) {
		return now
	}
	now.Spent, now.Since = now.Elapsed, at
	return now.settle(to, at)
}

// WakeAt is when to look at the clock next; nil where nothing will happen by itself.
func (c *Clock) WakeAt() *time.Time {
	switch c.State {
	case Pending:
		return &c.StartsAt
	case Running:
		if c.WarnAt != nil {
			return c.WarnAt
		}
		return c.DueAt
	case Warning:
		return c.DueAt
	}
	return nil
}
