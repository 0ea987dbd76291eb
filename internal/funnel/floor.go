package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// floorTurn is something after which a conversation may be another department's.
type floorTurn struct {
	contact id.UUID
	event   contactpolicy.FloorEvent
	at      time.Time
}

// turnsBy are the moves that turn floors.
var turnsBy = map[lifecycle.Stage]contactpolicy.FloorEvent{lifecycle.Offered: contactpolicy.HandoffOffered, lifecycle.Accepted: contactpolicy.HandoffAccepted,
	lifecycle.Returned: contactpolicy.LeadReturned, lifecycle.Opportunity: contactpolicy.DealOpened, lifecycle.Won: contactpolicy.DealWon, lifecycle.Lost: contactpolicy.DealLost}

// floorsOf are the turns that moves bring.
func floorsOf(all []*passage) (turns []floorTurn) {
	for _, p := range all {
		if e, ok := turnsBy[p.row.ToStage]; ok {
			turns = append(turns, floorTurn{p.Lead.ContactID, e, p.row.At})
		}
	}
	return turns
}

// answered turns floors by what people did: a meeting, or an answer to a department. Where nobody said to which, it is an answer to whoever wrote last.
func (t *tx) answered(ctx context.Context, rows []*db.Touch, fresh func(id.UUID) bool) error {
	var turns []floorTurn
	var open []int // answers to whoever wrote last
	ask := db.LastSendersParams{WorkspaceID: t.Workspace, Kinds: messageKinds()}
	for _, r := range rows {
		turn := floorTurn{r.ContactID, contactpolicy.MeetingHeld, r.OccurredAt}
		switch {
		case !fresh(r.ID):
			continue
		case r.Kind == contact.KindMeeting:
		case r.Direction != contact.DirectionInbound || !r.Kind.IsReply():
			continue
		case r.Department != nil:
			turn.event = repliedTo[*r.Department]
		default:
			open = append(open, len(turns))
			ask.ContactIds, ask.Ats = append(ask.ContactIds, r.ContactID), append(ask.Ats, r.OccurredAt)
		}
		turns = append(turns, turn)
	}
	if len(open) > 0 {
		last, err := t.LastSenders(ctx, ask)
		if err != nil {
			return fmt.Errorf("read who wrote last: %w", err)
		}
		for _, i := range open {
			turns[i].event = ""
			for _, s := range last {
				if s.ContactID == turns[i].contact && s.At.Equal(turns[i].at) {
					turns[i].event = repliedTo[auth.Department(s.Department)]
				}
			}
		}
	}
	return t.giveFloor(ctx, turns)
}

// repliedTo are the events of answers to departments.
var repliedTo = map[auth.Department]contactpolicy.FloorEvent{auth.Marketing: contactpolicy.RepliedToMarketing, auth.Sales: contactpolicy.RepliedToSales}

// giveFloor gives conversations to the departments that the contact policy in force gives them to. Of several turns of one person the last counts, and of two at one instant
// the later in the list; what happened before the turn that is known changes nothing.
func (t *tx) giveFloor(ctx context.Context, turns []floorTurn) error {
	if len(turns) == 0 {
		return nil
	}
	in, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	policy, err := t.f.contactPolicy(ctx, t.Queries, t.Workspace, in[agreement.ContactPolicy])
	if err != nil {
		return err
	}
	last := map[id.UUID]floorTurn{}
	var order []id.UUID
	for _, turn := range turns {
		before, known := last[turn.contact]
		if policy.FloorAfter(turn.event, turn.at) == nil || known && turn.at.Before(before.at) {
			continue
		}
		if last[turn.contact] = turn; !known {
			order = append(order, turn.contact)
		}
	}
	if len(order) == 0 {
		return nil
	}
	p := db.TurnFloorsParams{WorkspaceID: t.Workspace, At: t.now}
	for _, who := range order {
		turn := last[who]
		to := policy.FloorAfter(turn.event, turn.at)
		p.ContactIds, p.Departments, p.Events = append(p.ContactIds, who), append(p.Departments, string(to.Department)), append(p.Events, string(turn.event))
		p.Sinces, p.Untils = append(p.Sinces, turn.at), append(p.Untils, to.Until)
	}
	turned, err := t.TurnFloors(ctx, p)
	if err != nil {
		return fmt.Errorf("turn floors: %w", err)
	}
	for _, who := range turned {
		turn := last[who]
		if to := policy.FloorAfter(turn.event, turn.at); to.Until.After(t.now) { // of the past, as files tell it, there is nothing to tell
			t.emit(logged{kind: event.FloorTurned, contact: who, data: event.Data{To: string(to.Department), Detail: string(turn.event)}})
		}
	}
	return nil
}
