// Package event names the changes that leadgraph records, and writes each as a sentence.
package event

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Kind says what changed. Every change appends one event in its own transaction.
type Kind string

// The kinds of event, as in the SDL.
const (
	WorkspaceCreated          Kind = "WORKSPACE_CREATED"
	WorkspaceChanged          Kind = "WORKSPACE_CHANGED"
	MemberCreated             Kind = "MEMBER_CREATED"
	MemberChanged             Kind = "MEMBER_CHANGED"
	MemberSignedIn            Kind = "MEMBER_SIGNED_IN"
	SessionsEnded             Kind = "SESSIONS_ENDED"
	APIKeyCreated             Kind = "API_KEY_CREATED"
	APIKeyRotated             Kind = "API_KEY_ROTATED"
	APIKeyRevoked             Kind = "API_KEY_REVOKED"
	SourceCreated             Kind = "SOURCE_CREATED"
	SourceChanged             Kind = "SOURCE_CHANGED"
	CampaignCreated           Kind = "CAMPAIGN_CREATED"
	CampaignChanged           Kind = "CAMPAIGN_CHANGED"
	ResourceCreated           Kind = "RESOURCE_CREATED"
	ResourceChanged           Kind = "RESOURCE_CHANGED"
	ResourceRetired           Kind = "RESOURCE_RETIRED"
	ResourceShared            Kind = "RESOURCE_SHARED"
	PersonaCreated            Kind = "PERSONA_CREATED"
	PersonaChanged            Kind = "PERSONA_CHANGED"
	AttributeDefined          Kind = "ATTRIBUTE_DEFINED"
	AccountCreated            Kind = "ACCOUNT_CREATED"
	AccountChanged            Kind = "ACCOUNT_CHANGED"
	ContactChanged            Kind = "CONTACT_CHANGED"
	ConsentRecorded           Kind = "CONSENT_RECORDED"
	LeadCaptured              Kind = "LEAD_CAPTURED"
	LeadMerged                Kind = "LEAD_MERGED"
	LeadImported              Kind = "LEAD_IMPORTED"
	LeadAssigned              Kind = "LEAD_ASSIGNED"
	LeadMatched               Kind = "LEAD_MATCHED"
	TouchesRecorded           Kind = "TOUCHES_RECORDED"
	ImportRequested           Kind = "IMPORT_REQUESTED"
	ImportStarted             Kind = "IMPORT_STARTED"
	ImportFinished            Kind = "IMPORT_FINISHED"
	ImportCancelled           Kind = "IMPORT_CANCELLED"
	AgreementDrafted          Kind = "AGREEMENT_DRAFTED"
	AgreementEdited           Kind = "AGREEMENT_EDITED"
	AgreementSubmitted        Kind = "AGREEMENT_SUBMITTED"
	AgreementChangesRequested Kind = "AGREEMENT_CHANGES_REQUESTED"
	AgreementSigned           Kind = "AGREEMENT_SIGNED"
	AgreementSignaturesVoided Kind = "AGREEMENT_SIGNATURES_VOIDED"
	AgreementApproved         Kind = "AGREEMENT_APPROVED"
	AgreementPublished        Kind = "AGREEMENT_PUBLISHED"
	AgreementSuperseded       Kind = "AGREEMENT_SUPERSEDED"
	AgreementWithdrawn        Kind = "AGREEMENT_WITHDRAWN"
	LeadScored                Kind = "LEAD_SCORED"
	LeadMoved                 Kind = "LEAD_MOVED"
	HandoffOffered            Kind = "HANDOFF_OFFERED"
	HandoffUnrouted           Kind = "HANDOFF_UNROUTED"
	HandoffAccepted           Kind = "HANDOFF_ACCEPTED"
	HandoffRejected           Kind = "HANDOFF_REJECTED"
	HandoffReplied            Kind = "HANDOFF_REPLIED"
	HandoffWithdrawn          Kind = "HANDOFF_WITHDRAWN"
	HandoffExpired            Kind = "HANDOFF_EXPIRED"
	AbsenceRecorded           Kind = "ABSENCE_RECORDED"
	AbsenceCancelled          Kind = "ABSENCE_CANCELLED"
	RescoreStarted            Kind = "RESCORE_STARTED"
	RescoreFinished           Kind = "RESCORE_FINISHED"
	BackTestRequested         Kind = "BACK_TEST_REQUESTED"
	BackTestFinished          Kind = "BACK_TEST_FINISHED"
	ModelFitRequested         Kind = "MODEL_FIT_REQUESTED"
	ModelFitFinished          Kind = "MODEL_FIT_FINISHED"
	ReasonCreated             Kind = "REASON_CREATED"
	ReasonChanged             Kind = "REASON_CHANGED"
	DealOpened                Kind = "DEAL_OPENED"
	DealChanged               Kind = "DEAL_CHANGED"
	DealWon                   Kind = "DEAL_WON"
	DealLost                  Kind = "DEAL_LOST"
	DealReopened              Kind = "DEAL_REOPENED"
	DealImported              Kind = "DEAL_IMPORTED"
	GoalSet                   Kind = "GOAL_SET"
	GoalChanged               Kind = "GOAL_CHANGED"
	GoalEnded                 Kind = "GOAL_ENDED"
	DealCredited              Kind = "DEAL_CREDITED"
	AttributionFitRequested   Kind = "ATTRIBUTION_FIT_REQUESTED"
	AttributionFitFinished    Kind = "ATTRIBUTION_FIT_FINISHED"
	MessageReserved           Kind = "MESSAGE_RESERVED"
	MessageRefused            Kind = "MESSAGE_REFUSED"
	MessageSent               Kind = "MESSAGE_SENT"
	MessageCancelled          Kind = "MESSAGE_CANCELLED"
	FloorTurned               Kind = "FLOOR_TURNED"
	ContactSuppressed         Kind = "CONTACT_SUPPRESSED"
	ContactUnsuppressed       Kind = "CONTACT_UNSUPPRESSED"
	ContactBounced            Kind = "CONTACT_BOUNCED"
	ContactBounceCleared      Kind = "CONTACT_BOUNCE_CLEARED"
	ContactPostponed          Kind = "CONTACT_POSTPONED"
	CampaignAcknowledged      Kind = "CAMPAIGN_ACKNOWLEDGED"
	JobProgressed             Kind = "JOB_PROGRESSED"
	ClockStarted              Kind = "CLOCK_STARTED"
	ClockWarned               Kind = "CLOCK_WARNED"
	ClockBreached             Kind = "CLOCK_BREACHED"
	ClockFulfilled            Kind = "CLOCK_FULFILLED"
	ClockPaused               Kind = "CLOCK_PAUSED"
	ClockResumed              Kind = "CLOCK_RESUMED"
	ClockCancelled            Kind = "CLOCK_CANCELLED"
	ClockWaived               Kind = "CLOCK_WAIVED"
	WaiverAsked               Kind = "WAIVER_ASKED"
	WaiverDeclined            Kind = "WAIVER_DECLINED"
	FollowUpPlanned           Kind = "FOLLOW_UP_PLANNED"
	FollowUpExcused           Kind = "FOLLOW_UP_EXCUSED"
	FollowUpExhausted         Kind = "FOLLOW_UP_EXHAUSTED"
	AttemptRecorded           Kind = "ATTEMPT_RECORDED"
	CreditClaimed             Kind = "CREDIT_CLAIMED"
	ClaimAnswered             Kind = "CLAIM_ANSWERED"
	ClaimUnanswered           Kind = "CLAIM_UNANSWERED"
	RulingProposed            Kind = "RULING_PROPOSED"
	RulingSigned              Kind = "RULING_SIGNED"
	CreditSettled             Kind = "CREDIT_SETTLED"
	ClaimWithdrawn            Kind = "CLAIM_WITHDRAWN"
	ClaimLapsed               Kind = "CLAIM_LAPSED"
)

// Kinds lists every Kind.
var Kinds = []Kind{
	WorkspaceCreated,
	WorkspaceChanged,
	MemberCreated,
	MemberChanged,
	MemberSignedIn,
	SessionsEnded,
	APIKeyCreated,
	APIKeyRotated,
	APIKeyRevoked,
	SourceCreated,
	SourceChanged,
	CampaignCreated,
	CampaignChanged,
	ResourceCreated,
	ResourceChanged,
	ResourceRetired,
	ResourceShared,
	PersonaCreated,
	PersonaChanged,
	AttributeDefined,
	AccountCreated,
	AccountChanged,
	ContactChanged,
	ConsentRecorded,
	LeadCaptured,
	LeadMerged,
	LeadImported,
	LeadAssigned,
	LeadMatched,
	TouchesRecorded,
	ImportRequested,
	ImportStarted,
	ImportFinished,
	ImportCancelled,
	AgreementDrafted,
	AgreementEdited,
	AgreementSubmitted,
	AgreementChangesRequested,
	AgreementSigned,
	AgreementSignaturesVoided,
	AgreementApproved,
	AgreementPublished,
	AgreementSuperseded,
	AgreementWithdrawn,
	LeadScored,
	LeadMoved,
	HandoffOffered,
	HandoffUnrouted,
	HandoffAccepted,
	HandoffRejected,
	HandoffReplied,
	HandoffWithdrawn,
	HandoffExpired,
	AbsenceRecorded,
	AbsenceCancelled,
	RescoreStarted,
	RescoreFinished,
	BackTestRequested,
	BackTestFinished,
	ModelFitRequested,
	ModelFitFinished,
	ReasonCreated,
	ReasonChanged,
	DealOpened,
	DealChanged,
	DealWon,
	DealLost,
	DealReopened,
	DealImported,
	GoalSet,
	GoalChanged,
	GoalEnded,
	DealCredited,
	AttributionFitRequested,
	AttributionFitFinished,
	MessageReserved,
	MessageRefused,
	MessageSent,
	MessageCancelled,
	FloorTurned,
	ContactSuppressed,
	ContactUnsuppressed,
	ContactBounced,
	ContactBounceCleared,
	ContactPostponed,
	CampaignAcknowledged,
	JobProgressed,
	ClockStarted,
	ClockWarned,
	ClockBreached,
	ClockFulfilled,
	ClockPaused,
	ClockResumed,
	ClockCancelled,
	ClockWaived,
	WaiverAsked,
	WaiverDeclined,
	FollowUpPlanned,
	FollowUpExcused,
	FollowUpExhausted,
	AttemptRecorded,
	CreditClaimed,
	ClaimAnswered,
	ClaimUnanswered,
	RulingProposed,
	RulingSigned,
	CreditSettled,
	ClaimWithdrawn,
	ClaimLapsed,
}

// MarshalGQL writes the enum's name.
func (k Kind) MarshalGQL(w io.Writer) { enum.Write(w, k) }

// UnmarshalGQL refuses what is no Kind.
func (k *Kind) UnmarshalGQL(v any) error { return enum.Read(v, k, Kinds) }

// ChangesAccess tells whether a change may take something from somebody who is at work: their session, their key, their rights.
func ChangesAccess(k Kind) bool {
	return k == MemberChanged || k == SessionsEnded || k == APIKeyRotated || k == APIKeyRevoked
}
