package dispute

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// nothing is what shares may differ by and still be one: they are sums of binary fractions.
const nothing = 1e-9

// Deal is what the rules look at of a deal.
type Deal struct {
	Outcome  lifecycle.DealOutcome
	ClosedAt *time.Time
}

// Credit is what the frozen run gives to one touch.
type Credit struct {
	Touch      id.UUID
	Department auth.Department // whose doing the touch was; empty for nobody's
	Share      float64         // of the deal, 0 to 1
}

// Held is the share of a deal that a run gives a department.
func Held(run []Credit, d auth.Department) float64 {
	sum := 0.0
	for _, c := range run {
		if c.Department == d {
			sum += c.Share
		}
	}
	return tidy(sum)
}

// tidy is a sum of shares without what binary fractions leave behind.
func tidy(share float64) float64 { return min(math.Round(share*1e12)/1e12, 1) }

// Named is the share of a deal that a department has if some touches are its own too. It refuses touches that earned nothing in the run, that
// are its own already, and names that stand there twice; the faults are placed in the list.
func Named(run []Credit, d auth.Department, touches []id.UUID) (float64, error) {
	var faults fault.List
	refuse := func(i int, code fault.Code, says string) {
		faults = append(faults, &fault.Error{Code: code, Field: fmt.Sprintf("[%d]", i), Message: says})
	}
	share := Held(run, d)
	for i, t := range touches {
		at := slices.IndexFunc(run, func(c Credit) bool { return c.Touch == t })
		switch {
		case slices.Contains(touches[:i], t):
			refuse(i, fault.BadUserInput, "This touch stands there twice: remove one.")
		case at < 0:
			refuse(i, fault.NotFound, "The frozen run of this deal gives nothing to a touch with this id: name one that has credit.")
		case run[at].Department == d:
			refuse(i, fault.BadUserInput, fmt.Sprintf("This touch is %s's already: name others.", d))
		default:
			share += run[at].Share
		}
	}
	return tidy(share), faults.OrNil()
}

// MayClaim refuses a claim by anybody but managers and directors, on a deal that is not won, and behind the window.
func MayClaim(d Deal, by Party, at time.Time) error {
	switch {
	case !by.heads():
		return fault.New(fault.Forbidden, "Managers and directors claim credit for their department: ask one of %s.", by.Department)
	case d.Outcome != lifecycle.DealWon || d.ClosedAt == nil:
		return fault.New(fault.Conflict, "This deal is %s: only the credit of deals that are won can be claimed.", d.Outcome)
	case !at.Before(d.ClosedAt.Add(ClaimWindow)):
		return fault.New(fault.Conflict, "The window for claims on this deal ended at %s: its credit stays as it is.", d.ClosedAt.Add(ClaimWindow).UTC().Format(time.RFC3339))
	}
	return nil
}

// Open begins a dispute: who may claim claims a share of a deal's credit, of which the frozen run gives the department another. It refuses shares outside of 0 to 1, and what
// the department has already.
func Open(held, share float64, by Party, at time.Time) (Dispute, error) {
	switch {
	case !(share > 0 && share <= 1):
		return Dispute{}, fault.Input("input.share", "Claim a share of the deal above 0, up to 1.")
	case share <= held+nothing:
		return Dispute{}, fault.New(fault.Conflict, "The frozen run gives %s %s of this deal already: there is nothing to claim unless it is more than that.", by.Department, Percent(held))
	}
	return Dispute{State: Claimed, Claimant: by.Department, Held: held, Claimed: share, DueAt: new(at.Add(AnswerWindow))}, nil
}

// Percent is a share as people read it, to a tenth of a per cent.
func Percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1000)/10, 'f', -1, 64) + " %"
}

// Minor is a share of an amount in minor units. The two departments' parts are the whole: one is this, the other the rest.
func Minor(amount int64, share float64) int64 { return int64(math.Round(float64(amount) * share)) }
