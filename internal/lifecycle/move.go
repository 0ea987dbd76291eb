package lifecycle

import (
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// Move is one way from a stage to another, and the same as JSON and in the SDL. Two moves may join the same stages, for different
// actors: sales rejects an offered lead where marketing disqualifies it.
type Move struct {
	From   Stage    `json:"from,omitempty"` // empty: there is no lead yet
	To     Stage    `json:"to"`
	Who    []Actor  `json:"who"`
	Needs  []Need   `json:"needs,omitempty"`
	Starts []string `json:"starts,omitempty"` // the clocks that begin, such as "ACCEPT"
	Stops  []string `json:"stops,omitempty"`  // the clocks that end, if they run
	Effect string   `json:"effect,omitempty"` // what else comes of it, as a sentence
}

// By tells whether the actor may make the move.
func (m Move) By(a Actor) bool {
	switch {
	case slices.Contains(m.Who, a):
		return true
	case slices.Contains(m.Who, AnyWriter):
		return a != Privacy
	}
	return slices.Contains(m.Who, Sales) && (a == AssignedRep || a == QueueMember)
}

// Meets tells whether a clock that the move stops is met by it, since what it asks for was done; of the others nothing is left to do. To give a
// lead back or to end it is a disposition: it meets ENGAGE where sales makes it.
func (m Move) Meets(clock string, by Actor) bool {
	switch clock {
	case "PASS":
		return m.To == Offered
	case "ACCEPT":
		return m.To == Accepted || slices.Contains(m.Starts, "REPLY")
	case "ENGAGE":
		return m.To == Working || (m.To == Returned || m.To == Disqualified) && (by == Sales || by == AssignedRep || by == QueueMember)
	case "RETURN":
		return m.To == Returned
	case "TAKE_BACK":
		return m.To == Nurturing
	}
	return false
}

// Leaves is the stage that the move leaves, as the SDL has it; nil where there is no lead yet.
func (m Move) Leaves() *Stage {
	if m.From == "" {
		return nil
	}
	return &m.From
}

// moves is the whole life of a lead: what is not in here is not done.
var moves = slices.Concat(forward, back, ended, restored, erased)

// forward are the moves from a capture to a deal that is won.
var forward = []Move{
	{From: "", To: New, Who: []Actor{AnyWriter}, Effect: "Contact and account are found or made; the source is fixed, the persona matched, the lead scored."},
	{From: New, To: Nurturing, Who: []Actor{System, Marketing}, Needs: []Need{NeedContactable}},
	{From: New, To: Qualified, Who: []Actor{System}, Needs: []Need{NeedQualification}, Starts: []string{"PASS"}},
	{From: Nurturing, To: Qualified, Who: []Actor{System}, Needs: []Need{NeedQualification}, Starts: []string{"PASS"}},
	{From: Retargeting, To: Qualified, Who: []Actor{System}, Needs: []Need{NeedWakeRule, NeedQualification}, Starts: []string{"PASS"}, Effect: "The lead begins a new cycle: its second crack."},
	{From: Qualified, To: Offered, Who: []Actor{System, Marketing}, Needs: []Need{NeedHandoff}, Starts: []string{"ACCEPT"}, Stops: []string{"PASS"}, Effect: "The lead is routed; the evidence of the hand-off is frozen."},
	{From: New, To: Accepted, Who: []Actor{Sales}, Starts: []string{"ENGAGE"}, Effect: "Sales found the lead: the definition's answer is recorded and blocks nothing. Sales holds the conversation; a follow-up plan is made."},
	{From: Offered, To: Accepted, Who: []Actor{AssignedRep, QueueMember}, Starts: []string{"ENGAGE"}, Stops: []string{"ACCEPT"}, Effect: "Sales holds the conversation; a follow-up plan is made."},
	{From: Offered, To: Offered, Who: []Actor{System}, Needs: []Need{NeedBreach, NeedOtherRep}, Starts: []string{"ACCEPT"}, Stops: []string{"ACCEPT"}, Effect: "The breach stays and is escalated; the lead is routed again."},
	{From: Accepted, To: Working, Who: []Actor{System}, Needs: []Need{NeedResponse}, Starts: []string{"STEP"}, Stops: []string{"ENGAGE"}},
	{From: Working, To: SalesQualified, Who: []Actor{Sales}, Needs: []Need{NeedSecondGate}},
	{From: SalesQualified, To: Opportunity, Who: []Actor{Sales}, Needs: []Need{NeedDeal}, Stops: []string{"STEP", "RETURN"}, Effect: "The hand-off that the deal came from is fixed."},
	{From: Opportunity, To: Won, Who: []Actor{Sales}, Needs: []Need{NeedDeal}, Effect: "The contact becomes a customer; attribution is frozen; retention is offered."},
}

// back are the moves by which a lead returns, or does not buy.
var back = []Move{
	{From: Qualified, To: Nurturing, Who: []Actor{System}, Needs: []Need{NeedDisqualification, NeedReason}, Stops: []string{"PASS"}},
	{From: Offered, To: Nurturing, Who: []Actor{Sales}, Needs: []Need{NeedReason, NeedThatReason}, Starts: []string{"REPLY"}, Stops: []string{"ACCEPT"}, Effect: "Sales rejects the hand-off."},
	{From: Offered, To: Disqualified, Who: []Actor{Sales}, Needs: []Need{NeedReason, NeedThatReason}, Starts: []string{"REPLY"}, Stops: []string{"ACCEPT"}, Effect: "Sales rejects the hand-off."},
	{From: Offered, To: Qualified, Who: []Actor{Marketing}, Needs: []Need{NeedReason}, Starts: []string{"PASS"}, Stops: []string{"ACCEPT"}, Effect: "Marketing withdraws the hand-off before sales has answered."},
	returnedBySales(Accepted), returnedBySales(Working), returnedBySales(SalesQualified),
	returnedBySystem(Accepted), returnedBySystem(Working), returnedBySystem(SalesQualified),
	{From: Returned, To: Nurturing, Who: []Actor{Marketing}, Stops: []string{"TAKE_BACK"}, Effect: "Remembered are the reason, the content seen and who refused."},
	{From: Opportunity, To: Lost, Who: []Actor{Sales}, Needs: []Need{NeedReason}},
	{From: Lost, To: Retargeting, Who: []Actor{System}, Needs: []Need{NeedThatReason}},
	{From: Lost, To: Disqualified, Who: []Actor{System}, Needs: []Need{NeedThatReason}},
}

// returnedBySales is a rep's way to give a lead back.
func returnedBySales(from Stage) Move {
	return Move{From: from, To: Returned, Who: []Actor{Sales}, Needs: []Need{NeedReason, NeedWakeDate, NeedEffort}, Starts: []string{"TAKE_BACK"}, Stops: running(from),
		Effect: "A hand-off to marketing is made; marketing holds the conversation."}
}

// returnedBySystem gives back what was followed up to the end.
func returnedBySystem(from Stage) Move {
	m := returnedBySales(from)
	m.Who, m.Needs = []Actor{System}, []Need{NeedExhausted, NeedEffort}
	return m
}

// ended says of each open stage that either side may end the pursuit. Of an offered lead sales says so by rejecting it.
var ended = anywhere(Stage.Open, func(s Stage) Move {
	who := []Actor{Marketing, Sales}
	if s == Offered {
		who = []Actor{Marketing}
	}
	return Move{From: s, To: Disqualified, Who: who, Needs: []Need{NeedReason}, Stops: running(s), Effect: "The other department may object within its window."}
})

// restored says of each open stage that an objection brings the lead back to it. RETURN does not begin with a move: see running.
var restored = anywhere(Stage.Open, func(s Stage) Move {
	starts := slices.DeleteFunc(running(s), func(clock string) bool { return clock == "RETURN" })
	return Move{From: Disqualified, To: s, Who: []Actor{Marketing, Sales}, Needs: []Need{NeedReason, NeedObjection}, Starts: starts, Effect: "The lead is where it was when it was disqualified."}
})

// erased says of each stage that a person can be forgotten in it.
var erased = anywhere(func(s Stage) bool { return s != Erased }, func(s Stage) Move {
	return Move{From: s, To: Erased, Who: []Actor{Privacy}, Stops: append(running(s), "REPLY"), Effect: "Person data is emptied; counts and credits are kept."}
})

// anywhere makes a move for each stage that is asked for.
func anywhere(asked func(Stage) bool, move func(Stage) Move) []Move {
	var all []Move
	for _, s := range Stages {
		if asked(s) {
			all = append(all, move(s))
		}
	}
	return all
}

// running are the clocks that may run because a lead is in a stage. REPLY is not among them: it is about a rejection and runs on
// wherever the lead goes. Where sales works on a lead it owes the steps of its plan and then the return: RETURN is made as soon as it is known from when on,
// which is by the end of the last step.
func running(s Stage) []string {
	switch s {
	case Qualified:
		return []string{"PASS"}
	case Offered:
		return []string{"ACCEPT"}
	case Accepted:
		return []string{"ENGAGE"}
	case Working, SalesQualified:
		return []string{"STEP", "RETURN"}
	case Returned:
		return []string{"TAKE_BACK"}
	}
	return nil
}

// Clock is the one that leads in the stage have once nothing else is owed, so that none is without a clock, if the workspace has it at all; empty where
// nobody has to act.
func (s Stage) Clock() string {
	if all := running(s); len(all) > 0 {
		return all[len(all)-1]
	}
	return ""
}

// Allowed are the moves out of a stage, by whomever, in the table's order; the empty stage stands for no lead yet. The moves are the
// table's own and only to be read.
func Allowed(from Stage) []Move {
	all := []Move{}
	for _, m := range moves {
		if m.From == from {
			all = append(all, m)
		}
	}
	return all
}

// Find is the move by which the actor brings a lead from one stage to another; false where there is none.
func Find(from, to Stage, by Actor) (Move, bool) {
	for _, m := range moves {
		if m.From == from && m.To == to && m.By(by) {
			return m, true
		}
	}
	return Move{}, false
}

// Check refuses a move that is not in the table: FORBIDDEN where others may make it, CONFLICT where nobody may. The fault's extension
// `allowed` has the moves out of the stage and who may make them. What a move needs is for the caller to see to.
func Check(from, to Stage, by Actor) error {
	if _, ok := Find(from, to, by); ok {
		return nil
	}
	var others []Actor
	var ways []string
	allowed := Allowed(from)
	for _, m := range allowed {
		if m.To == to {
			others = append(others, m.Who...)
		}
		ways = append(ways, string(m.To)+" ("+enum.List(m.Who)+")")
	}
	here := "A lead in " + string(from)
	if from == "" {
		here = "A lead that does not exist yet"
	}
	switch {
	case len(others) > 0:
		return fault.New(fault.Forbidden, "%s is moved to %s by %s, not by %s.", here, to, enum.List(others), by).With("allowed", allowed)
	case len(allowed) == 0:
		return fault.New(fault.Conflict, "%s stays there.", here).With("allowed", allowed)
	}
	return fault.New(fault.Conflict, "%s cannot move to %s. It can move to %s.", here, to, strings.Join(ways, ", ")).With("allowed", allowed)
}
