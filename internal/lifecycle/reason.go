package lifecycle

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// ReasonUse says what a reason is given for.
type ReasonUse string

// The uses, as in the SDL.
const (
	ToReject     ReasonUse = "REJECT"     // sales rejects what marketing offers
	ToReturn     ReasonUse = "RETURN"     // sales gives a lead back
	ToDisqualify ReasonUse = "DISQUALIFY" // either side ends the pursuit
	ToLose       ReasonUse = "LOSE"       // a deal is lost
)

// ReasonUses lists every ReasonUse.
var ReasonUses = []ReasonUse{ToReject, ToReturn, ToDisqualify, ToLose}

// MarshalGQL writes the enum's name.
func (u ReasonUse) MarshalGQL(w io.Writer) { enum.Write(w, u) }

// UnmarshalGQL refuses what is no ReasonUse.
func (u *ReasonUse) UnmarshalGQL(v any) error { return enum.Read(v, u, ReasonUses) }

// Leads are the stages among which a reason for this use decides; none where the use alone says where the lead goes.
func (u ReasonUse) Leads() []Stage {
	switch u {
	case ToReject:
		return []Stage{Nurturing, Disqualified}
	case ToLose:
		return []Stage{Retargeting, Disqualified}
	}
	return nil
}

// Reason is why a lead is rejected, returned, disqualified or lost.
type Reason struct {
	Use     ReasonUse
	Key     string
	Label   string
	LeadsTo Stage // of REJECT and LOSE
	Credits bool  // of REJECT: the lead was bad, so the rep gets the turn back
}

// DefaultReasons are those of a new workspace, in the order in which they are shown. A migration gives the same to older ones.
func DefaultReasons() []Reason {
	return []Reason{
		{ToReject, "NOT_A_FIT", "Not a fit", Disqualified, true},
		{ToReject, "BAD_DATA", "Wrong or missing data", Disqualified, true},
		{ToReject, "DUPLICATE", "Known already", Disqualified, true},
		{ToReject, "ASKED_TO_STOP", "Asked not to be contacted", Disqualified, false},
		{ToReject, "TIMING", "Too early", Nurturing, false},
		{ToReject, "NO_BUDGET", "No budget", Nurturing, false},
		{ToReject, "NO_RESPONSE", "Cannot be reached", Nurturing, false},
		{ToReturn, "NO_RESPONSE", "No response", "", false},
		{ToReturn, "TIMING", "Not now", "", false},
		{ToReturn, "NO_BUDGET", "No budget", "", false},
		{ToReturn, "COMPETITOR", "Bound to a competitor", "", false},
		{ToDisqualify, "NOT_A_FIT", "Not a fit", "", false},
		{ToDisqualify, "BAD_DATA", "Wrong or missing data", "", false},
		{ToDisqualify, "DUPLICATE", "Known already", "", false},
		{ToDisqualify, "COMPETITOR", "Works for a competitor", "", false},
		{ToDisqualify, "ASKED_TO_STOP", "Asked not to be contacted", "", false},
		{ToLose, "COMPETITOR", "Chose a competitor", Retargeting, false},
		{ToLose, "NO_BUDGET", "No budget", Retargeting, false},
		{ToLose, "TIMING", "Not now", Retargeting, false},
		{ToLose, "NO_RESPONSE", "Stopped answering", Retargeting, false},
		{ToLose, "NOT_A_FIT", "Not a fit", Disqualified, false},
		{ToLose, "ASKED_TO_STOP", "Asked not to be contacted", Disqualified, false},
	}
}
