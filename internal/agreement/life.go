package agreement

import (
	"slices"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Act is what somebody does with a version.
type Act string

// The acts. The next version of a kind supersedes the published one by itself.
const (
	Edit           Act = "EDIT"
	Submit         Act = "SUBMIT"
	RequestChanges Act = "REQUEST_CHANGES"
	Sign           Act = "SIGN"
	Publish        Act = "PUBLISH"
	Withdraw       Act = "WITHDRAW"
)

// acts are the states in which each act is possible.
var acts = map[State][]Act{
	Draft:    {Edit, Submit, Withdraw},
	InReview: {Edit, RequestChanges, Sign, Withdraw},
	Approved: {Edit, Publish},
}

// after is the state that an act leads to, apart from the last signature, which approves.
var after = map[Act]State{Edit: Draft, Submit: InReview, RequestChanges: Draft, Sign: InReview, Publish: Published, Withdraw: Withdrawn}

// Next tells what an act makes of a state, or refuses it with what is possible instead.
func Next(s State, a Act) (State, error) {
	if slices.Contains(acts[s], a) {
		return after[a], nil
	}
	f := fault.New(fault.Conflict, "This version is %s, so it cannot take %s. ", s, a)
	possible := append([]Act{}, acts[s]...) // an empty list, not null, where nothing is
	switch {
	case len(possible) > 0:
		f.Message += "Possible are: " + enum.List(possible) + "."
	case s == Withdrawn:
		f.Message += "Nobody wants it any more: draftAgreement makes a new draft."
	default:
		f.Message += "What it says is fixed: revertAgreement makes a new draft of it."
	}
	return s, f.With("state", s).With("allowed", possible)
}

// Signature is one signature in force under a version.
type Signature struct {
	Member     id.UUID
	Department auth.Department
}

// SignedBy tells what a signature makes of a version in review: APPROVED once a director of each department has signed this very
// content. It refuses what Countersign refuses.
func SignedBy(s State, content, hash string, in []Signature, by Signature, role auth.Role) (State, error) {
	next, err := Next(s, Sign)
	if err != nil {
		return s, err
	}
	both, err := Countersign(content, hash, in, by, role)
	switch {
	case err != nil:
		return s, err
	case both:
		return Approved, nil
	}
	return next, nil
}

// Countersign tells whether a signature under a content makes both departments', beside those that are under it. It refuses a hash that is not the
// content's, who is no director, and who or whose department has signed already: nobody signs for both.
func Countersign(content, hash string, in []Signature, by Signature, role auth.Role) (both bool, err error) {
	if role != auth.Director {
		return false, fault.New(fault.Forbidden, "Only directors sign for their department.")
	}
	if hash != content {
		return false, (&fault.Error{Code: fault.Conflict, Field: "input.hash", Message: "The content is not what this hash stands for: it changed meanwhile. Read it again and sign what it says now."}).
			With("currentHash", content)
	}
	for _, x := range in {
		switch {
		case x.Member == by.Member:
			return false, fault.New(fault.Conflict, "You have signed this content already; the other department has to sign as well.")
		case x.Department == by.Department:
			return false, fault.New(fault.Conflict, "A director of %s has signed this content already; the other department has to sign as well.", by.Department)
		}
	}
	return len(in) > 0, nil
}
