// Package contactpolicy holds the contact policy that both departments sign, and its one rule, mayContact: whether a person may be
// contacted by a channel, for a purpose, by a department, at an instant; if not why, and from when on.
//
// Messages with the purpose TRANSACTIONAL, about something that the person ordered or asked for, are in the ledger but count for
// nothing: only an erasure, a suppression, consents and a bounced address hold them.
package contactpolicy

import (
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// Policy is the body of an agreement of the kind CONTACT_POLICY. What it leaves out holds nothing.
type Policy struct {
	Consents             []ConsentRule `json:"consents,omitempty"`             // the first that names channel and purpose counts
	Floors               []Floor       `json:"floors,omitempty"`               // at most one for each event
	Customers            *Protection   `json:"customers,omitempty"`            // what customers are spared
	OpenDeals            *Protection   `json:"openDeals,omitempty"`            // what people with an open deal are spared
	Caps                 []Cap         `json:"caps,omitempty"`                 // all of them hold
	MinGaps              []MinGap      `json:"minGaps,omitempty"`              // all of them hold
	QuietHours           *QuietHours   `json:"quietHours,omitempty"`           // by the person's own clock
	CampaignOverlapHours *int          `json:"campaignOverlapHours,omitempty"` // from a message of one campaign to that of another; to both sides
}

// ConsentRule says which consent a message needs. An empty list of channels or purposes means all of them.
type ConsentRule struct {
	Key      string                 `json:"key"`
	Channels []contact.Channel      `json:"channels,omitempty"`
	Purposes []contact.Purpose      `json:"purposes,omitempty"`
	Bases    []contact.ConsentBasis `json:"bases,omitempty"` // one of them must be on record; empty: none needs to be
}

// Floor gives the conversation with a person to one department for a time: the other waits. The floor of a later event takes the
// place of an earlier one's.
type Floor struct {
	Event      FloorEvent      `json:"event"`
	Department auth.Department `json:"department"` // which owns the conversation
	Hours      int             `json:"hours"`
}

// Protection says which messages are held back. An empty list of departments or purposes means all of them.
type Protection struct {
	Departments         []auth.Department      `json:"departments,omitempty"`
	Purposes            []contact.Purpose      `json:"purposes,omitempty"`
	ExceptCampaignKinds []contact.CampaignKind `json:"exceptCampaignKinds,omitempty"` // messages of such campaigns pass
}

// Cap bounds messages: no window of so many hours, wherever it begins, holds more than Limit of them. Sent and reserved ones count
// alike, and those of both departments.
type Cap struct {
	Key         string            `json:"key"`
	Scope       CapScope          `json:"scope"`
	Channel     *contact.Channel  `json:"channel,omitempty"`  // of the scope CHANNEL; nil: each channel is counted by itself
	Purposes    []contact.Purpose `json:"purposes,omitempty"` // that count, and are held; empty: all
	Limit       int               `json:"limit"`
	WindowHours int               `json:"windowHours"`
}

// MinGap keeps messages to a person apart.
type MinGap struct {
	Key      string            `json:"key"`
	Channel  *contact.Channel  `json:"channel,omitempty"`  // between messages by this channel; nil: between any two
	Purposes []contact.Purpose `json:"purposes,omitempty"` // that count, and are held; empty: all
	Minutes  int               `json:"minutes"`
}

// QuietHours are the times of the week at which people are left alone, by the wall clock where they live: an hour that the clocks
// skip is never quiet, one that they repeat is quiet twice.
type QuietHours struct {
	FallbackZone string      `json:"fallbackZone"` // IANA, of people whose zone is unknown
	Times        []QuietTime `json:"times,omitempty"`
}

// QuietTime is quiet from a time of some days on, to a time of the same day or, where that is not later, of the next.
type QuietTime struct {
	Key      string            `json:"key"`
	Days     []clause.Weekday  `json:"days,omitempty"` // on which it begins; empty: every day
	From     string            `json:"from"`           // "HH:MM", from 00:00
	To       string            `json:"to"`             // "HH:MM", up to 24:00
	Channels []contact.Channel `json:"channels,omitempty"`
}

// Default is the policy of a new workspace.
func Default() Policy {
	email := contact.ChannelEmail
	phone := contact.ChannelPhone
	overlap := 72
	return Policy{
		Consents: []ConsentRule{
			{Key: "marketing-email", Channels: []contact.Channel{email}, Purposes: []contact.Purpose{contact.PurposeMarketing},
				Bases: []contact.ConsentBasis{contact.BasisConsent, contact.BasisContract, contact.BasisLegitimateInterest}},
			{Key: "marketing-phone", Channels: []contact.Channel{phone, contact.ChannelSms}, Purposes: []contact.Purpose{contact.PurposeMarketing},
				Bases: []contact.ConsentBasis{contact.BasisConsent}},
			{Key: "sales-sms", Channels: []contact.Channel{contact.ChannelSms}, Purposes: []contact.Purpose{contact.PurposeSales},
				Bases: []contact.ConsentBasis{contact.BasisConsent, contact.BasisContract}},
		},
		Floors: []Floor{
			{Event: HandoffAccepted, Department: auth.Sales, Hours: 336},
			{Event: LeadReturned, Department: auth.Marketing, Hours: 336},
			{Event: RepliedToSales, Department: auth.Sales, Hours: 168},
			{Event: RepliedToMarketing, Department: auth.Marketing, Hours: 24},
			{Event: MeetingHeld, Department: auth.Sales, Hours: 336},
			{Event: DealOpened, Department: auth.Sales, Hours: 2160},
		},
		Customers: &Protection{Purposes: []contact.Purpose{contact.PurposeMarketing}, ExceptCampaignKinds: []contact.CampaignKind{contact.CampaignRetention}},
		OpenDeals: &Protection{Departments: []auth.Department{auth.Marketing}},
		Caps: []Cap{
			{Key: "contact-day", Scope: PerContact, Limit: 3, WindowHours: 24},
			{Key: "contact-week", Scope: PerContact, Limit: 7, WindowHours: 168},
			{Key: "marketing-week", Scope: PerContact, Purposes: []contact.Purpose{contact.PurposeMarketing}, Limit: 3, WindowHours: 168},
			{Key: "email-week", Scope: PerChannel, Channel: &email, Limit: 4, WindowHours: 168},
			{Key: "account-day", Scope: PerAccount, Limit: 20, WindowHours: 24},
		},
		MinGaps: []MinGap{{Key: "email", Channel: &email, Minutes: 720}, {Key: "phone", Channel: &phone, Minutes: 120}},
		QuietHours: &QuietHours{FallbackZone: "UTC", Times: []QuietTime{
			{Key: "night", From: "21:00", To: "08:00"},
			{Key: "sunday", Days: []clause.Weekday{clause.Sunday}, From: "00:00", To: "24:00", Channels: []contact.Channel{phone, contact.ChannelSms}},
		}},
		CampaignOverlapHours: &overlap,
	}
}
