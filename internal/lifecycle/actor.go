package lifecycle

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Actor is who moves a lead, seen from that lead.
type Actor string

// The actors, as in the SDL. The assigned rep and the members of the queue are sales too: what sales may do, they may.
const (
	System      Actor = "SYSTEM"       // leadgraph itself, by a signed rule or a clock
	Marketing   Actor = "MARKETING"    // a member of marketing
	Sales       Actor = "SALES"        // a member of sales
	AssignedRep Actor = "ASSIGNED_REP" // the member of sales to whom the lead was routed
	QueueMember Actor = "QUEUE_MEMBER" // a member of sales who serves the queue that the lead waits in
	Privacy     Actor = "PRIVACY"      // who answers for erasures
	AnyWriter   Actor = "ANY_WRITER"   // an API key or an import; where a move names it, everyone who may write leads
)

// Actors lists every Actor.
var Actors = []Actor{System, Marketing, Sales, AssignedRep, QueueMember, Privacy, AnyWriter}

// MarshalGQL writes the enum's name.
func (a Actor) MarshalGQL(w io.Writer) { enum.Write(w, a) }

// UnmarshalGQL refuses what is no Actor.
func (a *Actor) UnmarshalGQL(v any) error { return enum.Read(v, a, Actors) }

// Need is what a move asks for before it is made.
type Need string

// The needs, as in the SDL.
const (
	NeedContactable      Need = "CONTACTABLE"         // the person can be written or spoken to, and fits no negative persona
	NeedQualification    Need = "QUALIFICATION"       // the published definition passes at this instant
	NeedDisqualification Need = "NO_LONGER_QUALIFIED" // the published definition does not pass any more
	NeedHandoff          Need = "HANDOFF"             // a hand-off with its evidence, and a rep or queue to offer it to
	NeedBreach           Need = "ACCEPT_BREACHED"     // the ACCEPT clock ran out
	NeedOtherRep         Need = "OTHER_REP"           // it goes to nobody who had this hand-off before
	NeedResponse         Need = "RESPONSE"            // a first genuine attempt by the rep, or a response of the person
	NeedSecondGate       Need = "SECOND_GATE"         // the second gate of the published definition passes
	NeedDeal             Need = "DEAL"                // the deal: opened for OPPORTUNITY, closed for WON
	NeedReason           Need = "REASON"              // a reason, given with the move
	NeedThatReason       Need = "REASON_LEADS_HERE"   // the reason is one that leads to this stage and not to the other
	NeedWakeDate         Need = "WAKE_DATE"           // the day from which the lead may be worth another try
	NeedWakeRule         Need = "WAKE_RULE"           // a wake rule of retargeting holds
	NeedEffort           Need = "EFFORT"              // the effort certificate is complete, or a manager excused it
	NeedExhausted        Need = "EXHAUSTED"           // the follow-up plan has come to its end without an answer
	NeedObjection        Need = "OBJECTION"           // by the other department, within its window, to the stage the lead was in; the contact has no other open lead
)

// Needs lists every Need.
var Needs = []Need{NeedContactable, NeedQualification, NeedDisqualification, NeedHandoff, NeedBreach, NeedOtherRep, NeedResponse, NeedSecondGate, NeedDeal, NeedReason,
	NeedThatReason, NeedWakeDate, NeedWakeRule, NeedEffort, NeedExhausted, NeedObjection}

// MarshalGQL writes the enum's name.
func (n Need) MarshalGQL(w io.Writer) { enum.Write(w, n) }

// UnmarshalGQL refuses what is no Need.
func (n *Need) UnmarshalGQL(v any) error { return enum.Read(v, n, Needs) }
