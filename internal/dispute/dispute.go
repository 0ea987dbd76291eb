// Package dispute holds the rules by which the two departments settle whose credit a won deal is.
//
// A department claims more of a deal's credit than the frozen attribution run gives it, with evidence; the other one answers; a director of
// each signs one ruling. The run is never rewritten: what a ruling says stands beside it, and is a precedent for later disputes. Every dispute
// ends, for each state that waits has a deadline.
package dispute

import (
	"io"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/id"
)

// State is how far a dispute is.
type State string

// The states, as in the SDL.
const (
	Claimed    State = "CLAIMED"    // waits for the other department's answer
	Answered   State = "ANSWERED"   // waits for a ruling
	Unanswered State = "UNANSWERED" // nobody answered in time; it waits for a ruling all the same, and an answer is still heard
	Settled    State = "SETTLED"    // a director of each department signed one ruling
	Withdrawn  State = "WITHDRAWN"  // who claimed lets it go
	Lapsed     State = "LAPSED"     // no ruling was signed in time: the frozen run stands
)

// States lists every State.
var States = []State{Claimed, Answered, Unanswered, Settled, Withdrawn, Lapsed}

// MarshalGQL writes the enum's name.
func (s State) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no State.
func (s *State) UnmarshalGQL(v any) error { return enum.Read(v, s, States) }

// Open tells whether the dispute still waits for something.
func (s State) Open() bool { return s == Claimed || s == Answered || s == Unanswered }

// The windows, in time as it passes: a right that depends on somebody's office hours is none.
const (
	// ClaimWindow is how long behind its close a deal's credit can be claimed: the quarter after it. What was reported and paid for longer stays.
	ClaimWindow = 90 * 24 * time.Hour
	// AnswerWindow is how long the other department has to answer: two weeks outlast a holiday. A claim that nobody answers goes to the directors as
	// it is: if it lapsed, silence would be the best answer; if it stood, one department would settle alone what both have to sign.
	AnswerWindow = 14 * 24 * time.Hour
	// RuleWindow is how long the directors then have to sign a ruling. Without one the dispute lapses and the frozen run stands, so that no report says
	// "disputed" for ever.
	RuleWindow = 30 * 24 * time.Hour
)

// Party is somebody who acts in a dispute.
type Party struct {
	Member     id.UUID
	Department auth.Department
	Role       auth.Role
}

// heads tells whether the party runs a department, or a team of it.
func (p Party) heads() bool { return p.Role == auth.Director || p.Role == auth.Manager }

// Dispute is what the rules look at of one dispute.
type Dispute struct {
	State    State
	Claimant auth.Department
	Held     float64  // share of the deal that the frozen run gives the claimant, 0 to 1
	Claimed  float64  // share that it claims, more than Held
	Counter  *float64 // share that it has in the eyes of the other department; Claimed where that agrees, nil before it answered
	DueAt    *time.Time
	EndedAt  *time.Time
}

// Other is the department across a table from another one.
func Other(d auth.Department) auth.Department {
	if d == auth.Marketing {
		return auth.Sales
	}
	return auth.Marketing
}
