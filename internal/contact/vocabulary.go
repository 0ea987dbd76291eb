// Package contact holds the words and rules of what happens between us and a person: touches, channels, consents.
package contact

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// TouchKind says what happened in a touch.
type TouchKind string

// The kinds of touch, as in the SDL.
const (
	KindEmailSent          TouchKind = "EMAIL_SENT" // one message to one person
	KindEmailOpened        TouchKind = "EMAIL_OPENED"
	KindEmailClicked       TouchKind = "EMAIL_CLICKED"
	KindEmailReplied       TouchKind = "EMAIL_REPLIED"
	KindEmailBounced       TouchKind = "EMAIL_BOUNCED" // the address did not take the message
	KindUnsubscribed       TouchKind = "UNSUBSCRIBED"  // the person asked for no more messages on the channel
	KindPageViewed         TouchKind = "PAGE_VIEWED"
	KindFormSubmitted      TouchKind = "FORM_SUBMITTED"
	KindResourceViewed     TouchKind = "RESOURCE_VIEWED" // a piece of content was opened
	KindResourceDownloaded TouchKind = "RESOURCE_DOWNLOADED"
	KindAdSeen             TouchKind = "AD_SEEN"
	KindAdClicked          TouchKind = "AD_CLICKED"
	KindSearchVisit        TouchKind = "SEARCH_VISIT" // came from a search engine
	KindWebinarRegistered  TouchKind = "WEBINAR_REGISTERED"
	KindWebinarAttended    TouchKind = "WEBINAR_ATTENDED"
	KindEventAttended      TouchKind = "EVENT_ATTENDED" // trade fair, dinner, conference
	KindChat               TouchKind = "CHAT"
	KindCall               TouchKind = "CALL"      // a conversation by phone
	KindVoicemail          TouchKind = "VOICEMAIL" // a call that reached only a machine
	KindMessage            TouchKind = "MESSAGE"   // SMS or a direct message on a social network
	KindMeeting            TouchKind = "MEETING"
	KindDemoRequested      TouchKind = "DEMO_REQUESTED"
	KindTrialStarted       TouchKind = "TRIAL_STARTED"
	KindProductUsed        TouchKind = "PRODUCT_USED"
	KindReferred           TouchKind = "REFERRED" // somebody recommended us to the person
	KindSurveyAnswered     TouchKind = "SURVEY_ANSWERED"
	KindOther              TouchKind = "OTHER"
)

// TouchKinds lists every TouchKind.
var TouchKinds = []TouchKind{KindEmailSent, KindEmailOpened, KindEmailClicked, KindEmailReplied, KindEmailBounced, KindUnsubscribed, KindPageViewed, KindFormSubmitted, KindResourceViewed, KindResourceDownloaded, KindAdSeen, KindAdClicked, KindSearchVisit, KindWebinarRegistered, KindWebinarAttended, KindEventAttended, KindChat, KindCall, KindVoicemail, KindMessage, KindMeeting, KindDemoRequested, KindTrialStarted, KindProductUsed, KindReferred, KindSurveyAnswered, KindOther}

// MarshalGQL writes the enum's name.
func (t TouchKind) MarshalGQL(w io.Writer) { enum.Write(w, t) }

// UnmarshalGQL refuses what is no TouchKind.
func (t *TouchKind) UnmarshalGQL(v any) error { return enum.Read(v, t, TouchKinds) }

// Channel is the way a touch came or went.
type Channel string

// The channels, as in the SDL.
const (
	ChannelEmail         Channel = "EMAIL"
	ChannelPhone         Channel = "PHONE"
	ChannelSms           Channel = "SMS"
	ChannelChat          Channel = "CHAT"
	ChannelWeb           Channel = "WEB" // our own pages
	ChannelOrganicSearch Channel = "ORGANIC_SEARCH"
	ChannelPaidSearch    Channel = "PAID_SEARCH"
	ChannelSocial        Channel = "SOCIAL" // unpaid posts and direct messages
	ChannelPaidSocial    Channel = "PAID_SOCIAL"
	ChannelDisplay       Channel = "DISPLAY" // banners and video advertisements
	ChannelWebinar       Channel = "WEBINAR"
	ChannelEvent         Channel = "EVENT" // in person
	ChannelReferral      Channel = "REFERRAL"
	ChannelPartner       Channel = "PARTNER"
	ChannelDirectMail    Channel = "DIRECT_MAIL" // post
	ChannelDirect        Channel = "DIRECT"      // typed the address or unknown
	ChannelProduct       Channel = "PRODUCT"     // inside the product
)

// Channels lists every Channel.
var Channels = []Channel{ChannelEmail, ChannelPhone, ChannelSms, ChannelChat, ChannelWeb, ChannelOrganicSearch, ChannelPaidSearch, ChannelSocial, ChannelPaidSocial, ChannelDisplay, ChannelWebinar, ChannelEvent, ChannelReferral, ChannelPartner, ChannelDirectMail, ChannelDirect, ChannelProduct}

// MarshalGQL writes the enum's name.
func (c Channel) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL refuses what is no Channel.
func (c *Channel) UnmarshalGQL(v any) error { return enum.Read(v, c, Channels) }

// Direction says who acted in a touch.
type Direction string

// The directions, as in the SDL.
const (
	DirectionInbound  Direction = "INBOUND"  // the person
	DirectionOutbound Direction = "OUTBOUND" // we
)

// Directions lists every Direction.
var Directions = []Direction{DirectionInbound, DirectionOutbound}

// MarshalGQL writes the enum's name.
func (d Direction) MarshalGQL(w io.Writer) { enum.Write(w, d) }

// UnmarshalGQL refuses what is no Direction.
func (d *Direction) UnmarshalGQL(v any) error { return enum.Read(v, d, Directions) }

// Purpose is what a consent allows a message for.
type Purpose string

// The purposes, as in the SDL.
const (
	PurposeMarketing     Purpose = "MARKETING"
	PurposeSales         Purpose = "SALES"
	PurposeTransactional Purpose = "TRANSACTIONAL" // about something the person ordered or asked for
)

// Purposes lists every Purpose.
var Purposes = []Purpose{PurposeMarketing, PurposeSales, PurposeTransactional}

// MarshalGQL writes the enum's name.
func (p Purpose) MarshalGQL(w io.Writer) { enum.Write(w, p) }

// UnmarshalGQL refuses what is no Purpose.
func (p *Purpose) UnmarshalGQL(v any) error { return enum.Read(v, p, Purposes) }

// ConsentBasis is the legal ground of a consent (GDPR, article 6).
type ConsentBasis string

// The grounds, as in the SDL.
const (
	BasisConsent            ConsentBasis = "CONSENT"
	BasisContract           ConsentBasis = "CONTRACT"
	BasisLegitimateInterest ConsentBasis = "LEGITIMATE_INTEREST"
	BasisLegalObligation    ConsentBasis = "LEGAL_OBLIGATION"
)

// ConsentBases lists every ConsentBasis.
var ConsentBases = []ConsentBasis{BasisConsent, BasisContract, BasisLegitimateInterest, BasisLegalObligation}

// MarshalGQL writes the enum's name.
func (c ConsentBasis) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL refuses what is no ConsentBasis.
func (c *ConsentBasis) UnmarshalGQL(v any) error { return enum.Read(v, c, ConsentBases) }

// ConsentState says whether messages are allowed.
type ConsentState string

// The states, as in the SDL.
const (
	ConsentGranted   ConsentState = "GRANTED"
	ConsentWithdrawn ConsentState = "WITHDRAWN"
)

// ConsentStates lists every ConsentState.
var ConsentStates = []ConsentState{ConsentGranted, ConsentWithdrawn}

// MarshalGQL writes the enum's name.
func (c ConsentState) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL refuses what is no ConsentState.
func (c *ConsentState) UnmarshalGQL(v any) error { return enum.Read(v, c, ConsentStates) }

// IdentityKind is what a contact can be recognised by.
type IdentityKind string

// The kinds of identity, as in the SDL.
const (
	IdentityEmail    IdentityKind = "EMAIL"
	IdentityPhone    IdentityKind = "PHONE"
	IdentityExternal IdentityKind = "EXTERNAL" // an id in the system of a source
)

// IdentityKinds lists every IdentityKind.
var IdentityKinds = []IdentityKind{IdentityEmail, IdentityPhone, IdentityExternal}

// MarshalGQL writes the enum's name.
func (i IdentityKind) MarshalGQL(w io.Writer) { enum.Write(w, i) }

// UnmarshalGQL refuses what is no IdentityKind.
func (i *IdentityKind) UnmarshalGQL(v any) error { return enum.Read(v, i, IdentityKinds) }

// CampaignKind is what a campaign is for.
type CampaignKind string

// The kinds of campaign, as in the SDL.
const (
	CampaignAcquisition CampaignKind = "ACQUISITION"
	CampaignNurture     CampaignKind = "NURTURE"
	CampaignRetargeting CampaignKind = "RETARGETING"
	CampaignRetention   CampaignKind = "RETENTION"
)

// CampaignKinds lists every CampaignKind.
var CampaignKinds = []CampaignKind{CampaignAcquisition, CampaignNurture, CampaignRetargeting, CampaignRetention}

// MarshalGQL writes the enum's name.
func (c CampaignKind) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL refuses what is no CampaignKind.
func (c *CampaignKind) UnmarshalGQL(v any) error { return enum.Read(v, c, CampaignKinds) }

// FunnelPosition is the part of the funnel a resource speaks to.
type FunnelPosition string

// The positions, as in the SDL.
const (
	PositionTop      FunnelPosition = "TOP"
	PositionMiddle   FunnelPosition = "MIDDLE"
	PositionBottom   FunnelPosition = "BOTTOM"
	PositionCustomer FunnelPosition = "CUSTOMER"
)

// FunnelPositions lists every FunnelPosition.
var FunnelPositions = []FunnelPosition{PositionTop, PositionMiddle, PositionBottom, PositionCustomer}

// MarshalGQL writes the enum's name.
func (f FunnelPosition) MarshalGQL(w io.Writer) { enum.Write(w, f) }

// UnmarshalGQL refuses what is no FunnelPosition.
func (f *FunnelPosition) UnmarshalGQL(v any) error { return enum.Read(v, f, FunnelPositions) }

// SourceKind says what kind of place leads come from.
type SourceKind string

// The kinds of source, as in the SDL.
const (
	SourceForm       SourceKind = "FORM"
	SourceCampaign   SourceKind = "CAMPAIGN"
	SourcePartner    SourceKind = "PARTNER"
	SourceVendorList SourceKind = "VENDOR_LIST" // a data vendor's list
	SourceRep        SourceKind = "REP"         // entered by sales
	SourceEvent      SourceKind = "EVENT"
	SourceProduct    SourceKind = "PRODUCT" // signed up in the product
	SourceImport     SourceKind = "IMPORT"  // a file without a better word
)

// SourceKinds lists every SourceKind.
var SourceKinds = []SourceKind{SourceForm, SourceCampaign, SourcePartner, SourceVendorList, SourceRep, SourceEvent, SourceProduct, SourceImport}

// MarshalGQL writes the enum's name.
func (s SourceKind) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no SourceKind.
func (s *SourceKind) UnmarshalGQL(v any) error { return enum.Read(v, s, SourceKinds) }
