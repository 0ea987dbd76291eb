package db

import (
	"context"
	"io"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

// MessageState says how far a message is.
type MessageState string

// The states of a message, as in the SDL.
const (
	MessageReserved  MessageState = "RESERVED"  // its slot is taken until it expires
	MessageSent      MessageState = "SENT"      // it went
	MessageCancelled MessageState = "CANCELLED" // it never went; its slot is free
)

// MessageStates lists every MessageState.
var MessageStates = []MessageState{MessageReserved, MessageSent, MessageCancelled}

// MarshalGQL writes the enum's name.
func (s MessageState) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no MessageState.
func (s *MessageState) UnmarshalGQL(v any) error { return enum.Read(v, s, MessageStates) }

// GlobalID is the message's id for callers.
func (m *Message) GlobalID() id.Global { return id.Global{Kind: id.Message, UUID: m.ID} }

// IsNode marks what `node` finds.
func (*Message) IsNode() {}

// MessageFilter says which messages; all that is given must hold.
type MessageFilter struct {
	States     []MessageState
	Channels   []contact.Channel
	Department *auth.Department
	CampaignID *id.Global
	AtFrom     *time.Time
	AtBefore   *time.Time
}

func (f *MessageFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	in(q, "state", f.States)
	in(q, "channel", f.Channels)
	equal(q, "department", f.Department)
	if f.CampaignID != nil {
		if f.CampaignID.Kind != id.Campaign {
			return fault.Input("filter.campaignId", "This is the id of another type: it should begin with %s_.", id.Campaign)
		}
		q.and("l.campaign_id = " + q.arg(f.CampaignID.UUID))
	}
	span(q, "at", f.AtFrom, f.AtBefore)
	return nil
}

// Messages are the messages of the workspace, latest first.
func (r *Reader) Messages(ctx context.Context, a page.Args, f *MessageFilter) (*Page[Message], error) {
	return root(ctx, r, listing[Message]{shape: messages, args: a, key: []any{f}, filter: f.add})
}

// MessagesTo are the messages to several people, latest first.
func (r *Reader) MessagesTo(ctx context.Context, contacts []id.UUID, a page.Args, f *MessageFilter) ([]*Page[Message], error) {
	return list(ctx, r, listing[Message]{shape: messages, args: a, key: []any{f}, filter: f.add, parent: "contact_id", parents: contacts})
}

// HeldFloor is a conversation that a department owns.
type HeldFloor struct {
	Department auth.Department
	Event      contactpolicy.FloorEvent
	Since      time.Time
	Until      *time.Time
}

// Floor is who owns the conversation; nil where nobody ever did.
func (s *Standing) Floor() *HeldFloor {
	if s.FloorDepartment == nil {
		return nil
	}
	return &HeldFloor{Department: *s.FloorDepartment, Event: *s.FloorEvent, Since: *s.FloorSince, Until: s.FloorUntil}
}
