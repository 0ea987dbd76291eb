package scoring

import (
	"bytes"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Step is one thing that would lift a lead: a touch, or a fact.
type Step struct {
	Rule   string  // the key of the rule for which it was proposed
	Name   string  // the rule's
	Text   string  // "one more touch DEMO_REQUESTED by WEB inbound", "account.employees is 50"
	Points float64 // what it adds to the total, after the steps before it
	// Of a touch: its words.
	Kind         *contact.TouchKind
	Channel      *contact.Channel
	Direction    *contact.Direction
	Position     *contact.FunnelPosition
	CampaignKind *contact.CampaignKind
	// Of a fact: the attribute, and a value that would do; nil where any does.
	Attribute *string
	Value     *condition.Value

	slot condition.Slot
	any  condition.Value // stands for any value

	serves bits // the tests that come out as helps the lead: of the attribute, or of touches
}

// Take supposes that the step was taken at the instant of the facts.
func (s *Step) Take(f *condition.Facts) {
	if s.Kind == nil {
		v := s.any
		if s.Value != nil {
			v = *s.Value
		}
		f.Set(s.slot, v)
		return
	}
	f.AddTouches([]condition.Touch{s.touch(f.At())})
}

// newest makes a touch the last one of its moment, so that facts have it quickly.
var newest = id.UUID(bytes.Repeat([]byte{0xff}, len(id.UUID{})))

// touch is the touch of a step, at an instant.
func (s *Step) touch(at time.Time) condition.Touch {
	t := condition.Touch{ID: newest, Kind: *s.Kind, Channel: *s.Channel, Direction: *s.Direction, At: at}
	if s.Position != nil {
		t.Position = *s.Position
	}
	if s.CampaignKind != nil {
		t.CampaignKind = *s.CampaignKind
	}
	return t
}

// usual is the channel by which touches of a kind mostly come.
func usual(k contact.TouchKind) contact.Channel {
	switch k {
	case contact.KindEmailSent, contact.KindEmailOpened, contact.KindEmailClicked, contact.KindEmailReplied, contact.KindEmailBounced, contact.KindUnsubscribed:
		return contact.ChannelEmail
	case contact.KindCall, contact.KindVoicemail:
		return contact.ChannelPhone
	case contact.KindWebinarRegistered, contact.KindWebinarAttended:
		return contact.ChannelWebinar
	case contact.KindEventAttended:
		return contact.ChannelEvent
	case contact.KindChat:
		return contact.ChannelChat
	case contact.KindReferred:
		return contact.ChannelReferral
	case contact.KindTrialStarted, contact.KindProductUsed:
		return contact.ChannelProduct
	}
	return contact.ChannelWeb
}

// sentence is a touch in words.
func (s *Step) sentence() string {
	b := condition.Behaviour{Kinds: []contact.TouchKind{*s.Kind}, Channels: []contact.Channel{*s.Channel}, Direction: s.Direction, MinCount: 1}
	if s.Position != nil {
		b.ResourcePositions = []contact.FunnelPosition{*s.Position}
	}
	if s.CampaignKind != nil {
		b.CampaignKinds = []contact.CampaignKind{*s.CampaignKind}
	}
	return "one more" + strings.TrimPrefix(b.String(), "at least 1")
}
