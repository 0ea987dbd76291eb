package event

import (
	"fmt"
	"strings"
)

// Data is what an event says beyond its kind and whom it is about. It holds no personal data: events outlive an erasure.
type Data struct {
	Name    string   `json:"name,omitempty"`    // what it is about, where that has a name: a persona, a file, a key
	From    string   `json:"from,omitempty"`    // what was before
	To      string   `json:"to,omitempty"`      // what is now
	Changes []string `json:"changes,omitempty"` // fields that changed
	Count   int      `json:"count,omitempty"`   // how many: touches, rows
	Detail  string   `json:"detail,omitempty"`  // the rest of the sentence

	Progress *Progress `json:"progress,omitempty"` // of a job
}

// sentences tell an event to people. %n is the name, %f before, %t after, %c the count, %x the changed fields, %d the detail.
var sentences = map[Kind]string{
	WorkspaceCreated:          "The workspace %n was made.",
	WorkspaceChanged:          "The workspace's settings changed: %x.",
	MemberCreated:             "%n joined the workspace.",
	MemberChanged:             "The member %n changed: %x.",
	MemberSignedIn:            "%n signed in.",
	SessionsEnded:             "%c of %n's sessions were ended.",
	APIKeyCreated:             "The API key %n was made.",
	APIKeyRotated:             "The API key %n got a successor.",
	APIKeyRevoked:             "The API key %n was ended.",
	SourceCreated:             "The source %n was made.",
	SourceChanged:             "The source %n changed: %x.",
	CampaignCreated:           "The campaign %n was made.",
	CampaignChanged:           "The campaign %n changed: %x.",
	ResourceCreated:           "The resource %n was made.",
	ResourceChanged:           "The resource %n changed: %x.",
	ResourceRetired:           "The resource %n was taken out of use.",
	ResourceShared:            "The resource %n was shared by %t.",
	PersonaCreated:            "The persona %n was made.",
	PersonaChanged:            "The persona %n changed: %x.",
	AttributeDefined:          "The attribute %n was defined.",
	AccountCreated:            "The company %n was made.",
	AccountChanged:            "Facts of the company %n changed: %x.",
	ContactChanged:            "Facts of the person changed: %x.",
	ConsentRecorded:           "Consent was recorded: %d.",
	LeadCaptured:              "Captured from %n.",
	LeadMerged:                "Captured again from %n; changed: %x.",
	LeadImported:              "Imported from %n with its outcome: %t.",
	LeadAssigned:              "Owner: %t, before: %f.",
	LeadMatched:               "Persona: %t, before: %f.",
	TouchesRecorded:           "%c touches were recorded.",
	ImportRequested:           "The import of %n was asked for.",
	ImportStarted:             "The import of %n began.",
	ImportFinished:            "The import of %n ended: %d.",
	ImportCancelled:           "The import of %n was ended.",
	AgreementDrafted:          "%n was drafted.",
	AgreementEdited:           "%n changed: %x.",
	AgreementSubmitted:        "%n waits for the directors' signatures.",
	AgreementChangesRequested: "Changes of %n were asked for.",
	AgreementSigned:           "%n was signed for %d.",
	AgreementSignaturesVoided: "%c signatures under %n are void: its content changed.",
	AgreementApproved:         "Both departments have signed %n.",
	AgreementPublished:        "%n is in force.",
	AgreementSuperseded:       "%n is no longer in force.",
	AgreementWithdrawn:        "%n was withdrawn.",
	LeadScored:                "Band: %t, before: %f; %d.",
	LeadMoved:                 "Stage: %t, before: %f. %d",
	HandoffOffered:            "Offered to %t.",
	HandoffUnrouted:           "Nobody could take the lead: it waits in the queue %t.",
	HandoffAccepted:           "%n accepted the lead.",
	HandoffRejected:           "The lead was rejected: %d.",
	HandoffReplied:            "Marketing replied to the rejection.",
	HandoffWithdrawn:          "The hand-off was withdrawn.",
	HandoffExpired:            "Nobody answered the hand-off in time; it went to %t.",
	AbsenceRecorded:           "%n is away: %d.",
	AbsenceCancelled:          "%n is not away after all: %d.",
	RescoreStarted:            "Judging all open leads under %n began.",
	RescoreFinished:           "Judging all open leads under %n ended: %d.",
	BackTestRequested:         "A back-test of %n was asked for.",
	BackTestFinished:          "The back-test of %n ended: %d.",
	ModelFitRequested:         "Learning a scoring model from closed leads was asked for.",
	ModelFitFinished:          "Learning a scoring model ended: %d.",
	ReasonCreated:             "The reason %n was made.",
	ReasonChanged:             "The reason %n changed: %x.",
	DealOpened:                "The deal %n was opened: %d.",
	DealChanged:               "The deal %n changed: %x.",
	DealWon:                   "The deal %n was won: %d.",
	DealLost:                  "The deal %n was lost: %d.",
	DealReopened:              "The deal %n is open again.",
	DealImported:              "The deal %n was brought in: %d.",
	GoalSet:                   "A goal on %n was set: %d.",
	GoalChanged:               "The goal on %n changed: %x.",
	GoalEnded:                 "The goal on %n was given up.",
	DealCredited:              "The deal %n was credited anew, for touches before its close became known: %d.",
	AttributionFitRequested:   "The models that learn shall be fitted under %n.",
	AttributionFitFinished:    "The models that learn were fitted under %n: %d.",
	MessageReserved:           "%f reserved a message by %n.",
	MessageRefused:            "A message of %f by %n was refused, %t: %d.",
	MessageSent:               "%f's message by %n went.",
	MessageCancelled:          "%f's reserved message by %n was cancelled.",
	FloorTurned:               "The conversation is %t's: %d.",
	ContactSuppressed:         "The person is never to be contacted.",
	ContactUnsuppressed:       "The person may be contacted again.",
	ContactBounced:            "The person's address for %n takes no messages.",
	ContactBounceCleared:      "The person's address for %n takes messages again.",
	ContactPostponed:          "The person is to be contacted again from %t on, before: %f.",
	CampaignAcknowledged:      "%t acknowledged that the campaign %n may reach customers.",
	JobProgressed:             "The job %n went on: %d.",
	ClockStarted:              "The clock %n started: due %t.",
	ClockWarned:               "The clock %n warns: due %t.",
	ClockBreached:             "The clock %n ran out at %t; it goes to %d.",
	ClockFulfilled:            "What the clock %n asks for was done %d.",
	ClockPaused:               "The clock %n is paused: %d.",
	ClockResumed:              "The clock %n counts again: due %t.",
	ClockCancelled:            "The clock %n ended: there is nothing left to do.",
	ClockWaived:               "The clock %n was let go.",
	WaiverAsked:               "To let the clock %n go was asked for.",
	WaiverDeclined:            "To let the clock %n go was declined.",
	FollowUpPlanned:           "A follow-up plan of %c steps was made: %n.",
	FollowUpExcused:           "Giving up early was excused.",
	FollowUpExhausted:         "The follow-up plan came to its end without an answer.",
	AttemptRecorded:           "Sales tried by %n: %d.",
	CreditClaimed:             "%n: %f claims %t of the credit.",
	ClaimAnswered:             "%n: %f answered the claim: %d.",
	ClaimUnanswered:           "%n: %f did not answer the claim in time; it waits for a ruling.",
	RulingProposed:            "%n: a ruling about the credit was proposed: %d.",
	RulingSigned:              "%n: the ruling about the credit was signed for %d.",
	CreditSettled:             "%n: the dispute about the credit is settled: %d.",
	ClaimWithdrawn:            "%n: %f let its claim go.",
	ClaimLapsed:               "%n: no ruling was signed in time, so the claim lapsed.",
}

// Sentence tells an event to people.
func Sentence(k Kind, d Data) string {
	none := func(s, instead string) string {
		if s == "" {
			return instead
		}
		return s
	}
	return strings.TrimSpace(strings.NewReplacer("%n", d.Name, "%f", none(d.From, "none"), "%t", none(d.To, "none"), "%c", fmt.Sprint(d.Count),
		"%x", none(strings.Join(d.Changes, ", "), "nothing"), "%d", d.Detail).Replace(sentences[k]))
}
