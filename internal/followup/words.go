package followup

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Outcome is what came of an attempt.
type Outcome string

// The outcomes, as in the SDL.
const (
	Sent          Outcome = "SENT"           // the message went; nothing came back yet
	NoAnswer      Outcome = "NO_ANSWER"      // the telephone rang, nobody took it
	LeftMessage   Outcome = "LEFT_MESSAGE"   // on a machine or with a colleague
	Undeliverable Outcome = "UNDELIVERABLE"  // the address or number does not work
	Reached       Outcome = "REACHED"        // the person spoke with us
	Replied       Outcome = "REPLIED"        // the person wrote back
	MeetingBooked Outcome = "MEETING_BOOKED" // the person agreed on a meeting
	Refused       Outcome = "REFUSED"        // the person said no and wants no further attempt
)

// Outcomes lists every Outcome.
var Outcomes = []Outcome{Sent, NoAnswer, LeftMessage, Undeliverable, Reached, Replied, MeetingBooked, Refused}

// MarshalGQL writes the enum's name.
func (o Outcome) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no Outcome.
func (o *Outcome) UnmarshalGQL(v any) error { return enum.Read(v, o, Outcomes) }

// Answered tells whether the person answered.
func (o Outcome) Answered() bool {
	switch o {
	case Reached, Replied, MeetingBooked, Refused:
		return true
	}
	return false
}

// Verdict says whether an attempt counts, and if not why.
type Verdict string

// The verdicts, as in the SDL.
const (
	Counts       Verdict = "COUNTS"
	NoChannel    Verdict = "NO_CHANNEL" // it does not say how
	NoOutcome    Verdict = "NO_OUTCOME" // it does not say what came of it
	BeforeAccept Verdict = "BEFORE_ACCEPTANCE"
	InTheFuture  Verdict = "IN_THE_FUTURE"
	TooSoon      Verdict = "TOO_SOON" // after another one that counts; its channel counts nevertheless
)

// Verdicts lists every Verdict.
var Verdicts = []Verdict{Counts, NoChannel, NoOutcome, BeforeAccept, InTheFuture, TooSoon}

// MarshalGQL writes the enum's name.
func (v Verdict) MarshalGQL(w io.Writer) { enum.Write(w, v) }

// UnmarshalGQL refuses what is no Verdict.
func (v *Verdict) UnmarshalGQL(from any) error { return enum.Read(from, v, Verdicts) }
