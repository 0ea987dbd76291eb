package contactpolicy

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Outcome is the answer of mayContact.
type Outcome string

// The outcomes, as in the SDL.
const (
	Allowed Outcome = "ALLOWED"
	Defer   Outcome = "DEFER"  // not now: all that stands against it passes by itself
	Denied  Outcome = "DENIED" // no: something stands against it until somebody changes it
)

// Outcomes lists every Outcome.
var Outcomes = []Outcome{Allowed, Defer, Denied}

// MarshalGQL writes the enum's name.
func (o Outcome) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no Outcome.
func (o *Outcome) UnmarshalGQL(v any) error { return enum.Read(v, o, Outcomes) }

// Code says what stands against a contact.
type Code string

// The codes, as in the SDL, in the order in which decisions name them.
const (
	Erased            Code = "ERASED"
	Suppressed        Code = "SUPPRESSED"          // on the list of those who are never contacted
	NoConsent         Code = "NO_CONSENT"          // none of the bases that the policy asks for is on record
	OptedOut          Code = "OPTED_OUT"           // the person withdrew it
	Bounced           Code = "BOUNCED"             // the address takes no messages
	FloorHeld         Code = "FLOOR_HELD"          // the other department owns the conversation
	CustomerProtected Code = "CUSTOMER_PROTECTED"  // customers are spared this
	DealProtected     Code = "OPEN_DEAL_PROTECTED" // people with an open deal are spared this
	CapContact        Code = "CAP_CONTACT"         // enough messages to the person
	CapChannel        Code = "CAP_CHANNEL"         // enough by the channel
	CapAccount        Code = "CAP_ACCOUNT"         // enough to the company
	GapTooShort       Code = "MIN_GAP"             // too near to another message
	Quiet             Code = "QUIET_HOURS"         // not at this hour, where the person lives
	NotDue            Code = "NOT_DUE"             // an agreed day has not come
	CampaignOverlap   Code = "CAMPAIGN_OVERLAP"    // another campaign was there first
)

// Codes lists every Code, in the order in which decisions name them.
var Codes = []Code{Erased, Suppressed, NoConsent, OptedOut, Bounced, FloorHeld, CustomerProtected, DealProtected, CapContact, CapChannel, CapAccount, GapTooShort, Quiet, NotDue, CampaignOverlap}

// MarshalGQL writes the enum's name.
func (c Code) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL refuses what is no Code.
func (c *Code) UnmarshalGQL(v any) error { return enum.Read(v, c, Codes) }

// CapScope is what a cap counts together.
type CapScope string

// The scopes, as in the SDL.
const (
	PerContact CapScope = "CONTACT" // all messages to the person
	PerChannel CapScope = "CHANNEL" // those to the person by one channel
	PerAccount CapScope = "ACCOUNT" // all messages to people of the company
)

// CapScopes lists every CapScope.
var CapScopes = []CapScope{PerContact, PerChannel, PerAccount}

// MarshalGQL writes the enum's name.
func (s CapScope) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no CapScope.
func (s *CapScope) UnmarshalGQL(v any) error { return enum.Read(v, s, CapScopes) }

// FloorEvent is what gives the conversation to a department.
type FloorEvent string

// The events, as in the SDL.
const (
	HandoffOffered     FloorEvent = "HANDOFF_OFFERED"
	HandoffAccepted    FloorEvent = "HANDOFF_ACCEPTED"
	LeadReturned       FloorEvent = "LEAD_RETURNED"        // sales gave the lead back
	RepliedToMarketing FloorEvent = "REPLIED_TO_MARKETING" // the person answered marketing
	RepliedToSales     FloorEvent = "REPLIED_TO_SALES"     // the person answered sales
	MeetingHeld        FloorEvent = "MEETING_HELD"
	DealOpened         FloorEvent = "DEAL_OPENED"
	DealWon            FloorEvent = "DEAL_WON"
	DealLost           FloorEvent = "DEAL_LOST"
)

// FloorEvents lists every FloorEvent.
var FloorEvents = []FloorEvent{HandoffOffered, HandoffAccepted, LeadReturned, RepliedToMarketing, RepliedToSales, MeetingHeld, DealOpened, DealWon, DealLost}

// MarshalGQL writes the enum's name.
func (e FloorEvent) MarshalGQL(w io.Writer) { enum.Write(w, e) }

// UnmarshalGQL refuses what is no FloorEvent.
func (e *FloorEvent) UnmarshalGQL(v any) error { return enum.Read(v, e, FloorEvents) }
