package db

import (
	"io"
	"time"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// Pauses are the times of a clock that do not count.
type Pauses = List[sla.Pause]

// FollowUpSteps are the steps of a plan.
type FollowUpSteps = List[followup.Step]

// WaiverState says what has become of the wish to let a deadline go.
type WaiverState string

// The states of a waiver, as in the SDL.
const (
	WaiverAsked    WaiverState = "ASKED"
	WaiverSigned   WaiverState = "SIGNED"
	WaiverDeclined WaiverState = "DECLINED"
)

// WaiverStates lists every WaiverState.
var WaiverStates = []WaiverState{WaiverAsked, WaiverSigned, WaiverDeclined}

// MarshalGQL writes the enum's name.
func (s WaiverState) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no WaiverState.
func (s *WaiverState) UnmarshalGQL(v any) error { return enum.Read(v, s, WaiverStates) }

// GlobalID is the clock's id for callers.
func (c *Clock) GlobalID() id.Global { return id.Global{Kind: id.Clock, UUID: c.ID} }

// GlobalID is the waiver's id for callers.
func (w *Waiver) GlobalID() id.Global { return id.Global{Kind: id.Waiver, UUID: w.ID} }

// IsNode marks what `node` finds.
func (*Clock) IsNode() {}

// IsNode marks what `node` finds.
func (*Waiver) IsNode() {}

// Value is the clock as the rules take it.
func (c *Clock) Value() sla.Clock {
	v := sla.Clock{Stage: c.Stage, Rule: c.Rule, State: c.State, StartsAt: c.StartsAt, Target: micros(c.TargetUs), Since: c.Since, Spent: micros(c.SpentUs), Pauses: c.Pauses.Items(),
		WarnAt: c.WarnAt, DueAt: c.DueAt, WarnedAt: c.WarnedAt, BreachedAt: c.BreachedAt, FulfilledAt: c.FulfilledAt, EndedAt: c.EndedAt, Elapsed: micros(c.ElapsedUs), Overdue: micros(c.OverdueUs)}
	if c.WarnUs != nil {
		v.Warn = new(micros(*c.WarnUs))
	}
	return v
}

// Take lays what the rules made of the clock over the row.
func (c *Clock) Take(v *sla.Clock) {
	c.Stage, c.Rule, c.State, c.StartsAt, c.TargetUs, c.Since, c.SpentUs = v.Stage, v.Rule, v.State, v.StartsAt, v.Target.Microseconds(), v.Since, v.Spent.Microseconds()
	c.Pauses = ListOf(v.Pauses)
	if v.Pauses == nil {
		c.Pauses = Pauses{}
	}
	c.WarnUs = nil
	if v.Warn != nil {
		c.WarnUs = new(v.Warn.Microseconds())
	}
	c.WarnAt, c.DueAt, c.WarnedAt, c.BreachedAt, c.FulfilledAt, c.EndedAt = v.WarnAt, v.DueAt, v.WarnedAt, v.BreachedAt, v.FulfilledAt, v.EndedAt
	c.ElapsedUs, c.OverdueUs, c.WakeAt = v.Elapsed.Microseconds(), v.Overdue.Microseconds(), v.WakeAt()
}

func micros(n int64) time.Duration { return time.Duration(n) * time.Microsecond }

// TargetSeconds is how much time of its calendar the clock gives.
func (c *Clock) TargetSeconds() float64 { return micros(c.TargetUs).Seconds() }

// ElapsedSeconds is how much of it had passed when the clock was last looked at, or when it ended; pauses left out.
func (c *Clock) ElapsedSeconds() float64 { return micros(c.ElapsedUs).Seconds() }

// OverdueSeconds is how much time of its calendar had passed behind the deadline by then.
func (c *Clock) OverdueSeconds() float64 { return micros(c.OverdueUs).Seconds() }
