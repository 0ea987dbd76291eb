package dispute

import (
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// Act is what somebody does in a dispute.
type Act string

// The acts. What only time brings is Tick.
const (
	Answer   Act = "ANSWER"   // the other department
	Propose  Act = "PROPOSE"  // a director, a ruling
	Sign     Act = "SIGN"     // a director of each department
	Withdraw Act = "WITHDRAW" // the claimant
)

// acts are the states in which each act is possible. Nothing is ruled before the other side was heard, or had its time.
var acts = map[State][]Act{
	Claimed:    {Answer, Withdraw},
	Answered:   {Propose, Sign, Withdraw},
	Unanswered: {Answer, Propose, Sign, Withdraw},
}

// Allows refuses an act that the state of a dispute does not let, with what is possible instead.
func (d Dispute) Allows(a Act) error {
	possible := acts[d.State]
	if slices.Contains(possible, a) {
		return nil
	}
	f := fault.New(fault.Conflict, "This dispute is %s, so it cannot take %s. ", d.State, a)
	if len(possible) == 0 {
		f.Message += "It has ended."
	} else {
		f.Message += "Possible are: " + enum.List(possible) + "."
	}
	return f.With("allowed", append([]Act{}, possible...)) // an empty list, not null, where nothing is
}

// Answer is what the other department says to a claim: the share of the claimant in its eyes, less than what is claimed, or nil where it agrees. Its
// managers and directors may, and after the deadline too while nothing is settled.
func (d Dispute) Answer(counter *float64, by Party, at time.Time) (Dispute, error) {
	if err := d.Allows(Answer); err != nil {
		return d, err
	}
	if by.Department == d.Claimant || !by.heads() {
		return d, fault.New(fault.Forbidden, "The other department answers a claim: a manager or director of %s.", Other(d.Claimant))
	}
	share := d.Claimed
	if counter != nil {
		if share = *counter; !(share >= 0 && share < d.Claimed) {
			return d, fault.Input("input.counterShare", "Say which share of the deal %s has in your eyes: from 0, and less than the %s that it claims. Leave it out to agree.", d.Claimant, Percent(d.Claimed))
		}
	}
	d.Counter = &share
	if d.State == Claimed { // a late answer gives no more time
		d.DueAt = new(at.Add(RuleWindow))
	}
	d.State = Answered
	return d, nil
}

// Agreed tells whether the other department agrees to the claim.
func (d Dispute) Agreed() bool { return d.Counter != nil && *d.Counter == d.Claimed }

// MayPropose refuses a ruling by anybody but a director, or before the other side was heard or had its time.
func (d Dispute) MayPropose(by Party) error {
	if by.Role != auth.Director {
		return fault.New(fault.Forbidden, "Only directors propose rulings.")
	}
	return d.Allows(Propose)
}

// Sign is one signature under the ruling with a hash. With those of both departments the dispute is settled. It refuses another hash, who is no director, and who or whose
// department has signed already: nobody signs for both.
func (d Dispute) Sign(content, hash string, under []agreement.Signature, by Party, at time.Time) (Dispute, error) {
	if err := d.Allows(Sign); err != nil {
		return d, err
	}
	both, err := agreement.Countersign(content, hash, under, agreement.Signature{Member: by.Member, Department: by.Department}, by.Role)
	if err == nil && both {
		d.State, d.DueAt, d.EndedAt = Settled, nil, &at
	}
	return d, err
}

// Withdraw lets a claim go. Managers and directors of the department that claimed may.
func (d Dispute) Withdraw(by Party, at time.Time) (Dispute, error) {
	if err := d.Allows(Withdraw); err != nil {
		return d, err
	}
	if by.Department != d.Claimant || !by.heads() {
		return d, fault.New(fault.Forbidden, "A manager or director of %s can withdraw its claim.", d.Claimant)
	}
	d.State, d.DueAt, d.EndedAt = Withdrawn, nil, &at
	return d, nil
}

// Tick is what time alone makes of a dispute by an instant. A deadline's own instant is behind it.
func (d Dispute) Tick(now time.Time) Dispute {
	if d.State == Claimed && d.due(now) {
		d.State, d.DueAt = Unanswered, new(d.DueAt.Add(RuleWindow))
	}
	if d.State != Claimed && d.due(now) {
		d.State, d.EndedAt, d.DueAt = Lapsed, d.DueAt, nil
	}
	return d
}

func (d Dispute) due(now time.Time) bool {
	return d.State.Open() && d.DueAt != nil && !now.Before(*d.DueAt)
}
