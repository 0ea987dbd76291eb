// Package attribution gives won deals back to the touches that led to them: who brought this money in?
//
// A Policy, which both departments sign, says which touches count and how each Model weighs them. An Attributor turns the journey of
// one deal into a Run, the credit of each touch; a Report sums many deals by a dimension; a Learner fits the two models that learn
// from all journeys, MARKOV and SHAPLEY. Under every model the credits of a deal are the deal's amount, to the minor unit.
package attribution

import (
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Touch is what attribution looks at of one touch with anybody of the buying account. A zero id or empty word is none.
type Touch struct {
	ID           id.UUID
	At           time.Time
	Kind         contact.TouchKind
	Channel      contact.Channel // one that leadgraph does not know is a channel too
	Direction    contact.Direction
	Department   auth.Department // whose doing it was
	Position     contact.FunnelPosition
	CampaignKind contact.CampaignKind
	Campaign     id.UUID
	Source       id.UUID
	Resource     id.UUID
	Contact      id.UUID
}

// Journey is the way of one buying account to the end of a deal, or to the instant at which we look and see none.
type Journey struct {
	Deal    id.UUID // zero where none came of it
	Touches []Touch // in any order; the journey is only read

	// When the lead and its deal came into being; zero where they did not, or where nobody knows.
	LeadCreatedAt        time.Time
	OpportunityCreatedAt time.Time
	ClosedAt             time.Time // touches after it are left out

	Won         bool
	AmountMinor int64   // what the deal is worth, in minor units of one currency; 0 to 10^15, of a deal that was not won it is ignored
	Persona     id.UUID // of the lead that became the deal
}

// MaxTouches is up to how many touches a journey is credited; with more the answer is TOO_MANY_TOUCHES, and nobody earns anything.
const MaxTouches = 100_000

// maxAmount bounds the amount of a deal in minor units, so that sums over all deals of a workspace stay countable.
const maxAmount = 1_000_000_000_000_000

// Check refuses a journey that cannot be credited: one without an end, or whose amount is negative or over 10^15 minor units.
func (j *Journey) Check() error {
	var faults fault.List
	if j.ClosedAt.IsZero() {
		faults = append(faults, fault.Input("closedAt", "Say when the deal was closed: what came after it earns no credit."))
	}
	if j.AmountMinor < 0 || j.AmountMinor > maxAmount {
		faults = append(faults, fault.Input("amountMinor", "A deal is worth 0 to %d minor units; this one %d.", maxAmount, j.AmountMinor))
	}
	return faults.OrNil()
}
