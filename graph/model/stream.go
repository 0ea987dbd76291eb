package model

import (
	"slices"

	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/feed"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// The streams beside those of leads and jobs: each is a view of the one event log.

// ScoreChangeFilter says which changes of bands. All that is given must hold.
type ScoreChangeFilter struct {
	LeadIDs  []id.Global
	Bands    []lifecycle.Band
	OwnerIDs []id.Global
	Queues   []string
}

// ScoreChange is a change of a lead's band, on its stream.
type ScoreChange struct{ *feed.Change }

// NewScoreChange makes one of what the feed brings.
func NewScoreChange(c *feed.Change) *ScoreChange { return &ScoreChange{c} }

// Before is the band before; nil for none.
func (s *ScoreChange) Before() *lifecycle.Band {
	if s.Event.Data.From == "" {
		return nil
	}
	return new(lifecycle.Band(s.Event.Data.From))
}

// After is the band now.
func (s *ScoreChange) After() lifecycle.Band { return lifecycle.Band(s.Event.Data.To) }

// ContactEvent is something that decides whether a person may be contacted, on its stream.
type ContactEvent struct{ *feed.Change }

// NewContactEvent makes one of what the feed brings.
func NewContactEvent(c *feed.Change) *ContactEvent { return &ContactEvent{c} }

// MessageKinds are the events about a message.
var MessageKinds = []event.Kind{event.MessageReserved, event.MessageSent, event.MessageCancelled}

// MessageID is the message that it is about; nil for none.
func (c *ContactEvent) MessageID() *id.UUID {
	if !slices.Contains(MessageKinds, c.Event.Kind) {
		return nil
	}
	return c.Event.SubjectID
}

// AgreementEvent is a step in the life of a version of the rules, on its stream.
type AgreementEvent struct{ *feed.Change }

// NewAgreementEvent makes one of what the feed brings.
func NewAgreementEvent(c *feed.Change) *AgreementEvent { return &AgreementEvent{c} }

// InboxEvent is a step of a hand-off on a department's desk, on its stream.
type InboxEvent struct{ *feed.Change }

// NewInboxEvent makes one of what the feed brings.
func NewInboxEvent(c *feed.Change) *InboxEvent { return &InboxEvent{c} }

// SLAAlert is a clock that warns or ran out, on its stream.
type SLAAlert struct{ *feed.Change }

// NewSLAAlert makes one of what the feed brings.
func NewSLAAlert(c *feed.Change) *SLAAlert { return &SLAAlert{c} }
