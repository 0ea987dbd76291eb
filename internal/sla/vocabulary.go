package sla

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// Stage is a part of a lead's life that has a speed.
type Stage string

// The stages, as in the SDL, each with who has to be fast.
const (
	Pass     Stage = "PASS"      // marketing: from qualified to offered
	Accept   Stage = "ACCEPT"    // sales: from offered to accepted or rejected
	Engage   Stage = "ENGAGE"    // sales: from accepted to the first genuine response
	Step     Stage = "STEP"      // sales: each step of the follow-up plan
	Return   Stage = "RETURN"    // sales: from the end of a plan to the lead's return
	Reply    Stage = "REPLY"     // marketing: from a rejection to its answer
	TakeBack Stage = "TAKE_BACK" // marketing: from a return to nurturing
)

// Stages lists every Stage.
var Stages = []Stage{Pass, Accept, Engage, Step, Return, Reply, TakeBack}

// MarshalGQL writes the enum's name.
func (s Stage) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no Stage.
func (s *Stage) UnmarshalGQL(v any) error { return enum.Read(v, s, Stages) }

// Department is who has to be fast.
func (s Stage) Department() auth.Department {
	switch s {
	case Pass, Reply, TakeBack:
		return auth.Marketing
	}
	return auth.Sales
}

// State is what has become of a clock.
type State string

// The states, as in the SDL.
const (
	Pending   State = "PENDING"   // starts later
	Running   State = "RUNNING"   // there is time
	Warning   State = "WARNING"   // the time is nearly up
	Breached  State = "BREACHED"  // it was not done in time, whether it was done later or not
	Met       State = "MET"       // it was done in time
	Paused    State = "PAUSED"    // does not count for a reason that the policy lists
	Cancelled State = "CANCELLED" // there is nothing left to do
	Waived    State = "WAIVED"    // the other department let it go
)

// States lists every State.
var States = []State{Pending, Running, Warning, Breached, Met, Paused, Cancelled, Waived}

// MarshalGQL writes the enum's name.
func (s State) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no State.
func (s *State) UnmarshalGQL(v any) error { return enum.Read(v, s, States) }

// Escalation is who hears of a breach, beside the owner.
type Escalation string

// The escalations, as in the SDL.
const (
	ToManager  Escalation = "MANAGER"  // the managers of the department, or else its directors
	ToDirector Escalation = "DIRECTOR" // the directors of the department
	ToQueue    Escalation = "QUEUE"    // everyone who takes from the lead's queue, while it waits there
)

// Escalations lists every Escalation.
var Escalations = []Escalation{ToManager, ToDirector, ToQueue}

// MarshalGQL writes the enum's name.
func (e Escalation) MarshalGQL(w io.Writer) { enum.Write(w, e) }

// UnmarshalGQL refuses what is no Escalation.
func (e *Escalation) UnmarshalGQL(v any) error { return enum.Read(v, e, Escalations) }

// PauseReason is why a clock does not count for a while.
type PauseReason string

// The reasons, as in the SDL.
const (
	WaitingForLead       PauseReason = "WAITING_FOR_LEAD"       // the person was asked something and has to answer
	LeadAskedToWait      PauseReason = "LEAD_ASKED_TO_WAIT"     // the person named a later day
	WaitingForDepartment PauseReason = "WAITING_FOR_DEPARTMENT" // the other department owes something
	UnderReview          PauseReason = "UNDER_REVIEW"           // data protection or law has to look first
)

// PauseReasons lists every PauseReason.
var PauseReasons = []PauseReason{WaitingForLead, LeadAskedToWait, WaitingForDepartment, UnderReview}

// MarshalGQL writes the enum's name.
func (r PauseReason) MarshalGQL(w io.Writer) { enum.Write(w, r) }

// UnmarshalGQL refuses what is no PauseReason.
func (r *PauseReason) UnmarshalGQL(v any) error { return enum.Read(v, r, PauseReasons) }

// Reassignment is what becomes of a deadline when another member, with other working hours, takes over.
type Reassignment string

// The reassignments, as in the SDL.
const (
	Keep               Reassignment = "KEEP"                // it stays as it was promised
	RecomputeRemaining Reassignment = "RECOMPUTE_REMAINING" // what remains is counted by the new owner's working hours
)

// Reassignments lists every Reassignment.
var Reassignments = []Reassignment{Keep, RecomputeRemaining}

// MarshalGQL writes the enum's name.
func (r Reassignment) MarshalGQL(w io.Writer) { enum.Write(w, r) }

// UnmarshalGQL refuses what is no Reassignment.
func (r *Reassignment) UnmarshalGQL(v any) error { return enum.Read(v, r, Reassignments) }
