package followup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Attempt is an outbound touch by sales.
type Attempt struct {
	ID      id.UUID // of the touch
	At      time.Time
	Channel *contact.Channel // nil: not said
	Outcome *Outcome         // nil: not said
}

// Effort is what happened with a lead since its acceptance, in any order.
type Effort struct {
	Attempts     []Attempt
	LastAnswerAt time.Time // of what came in from the person, up to the certificate's instant; zero: nothing
	Excuse       *Excuse   // nil: none was given
}

// Excuse lets a rep give up early.
type Excuse struct {
	Department auth.Department // of who gave it
	Role       auth.Role
	At         time.Time // from the acceptance on
}

// Certificate says how much of a plan was done at an instant. More attempts never make it less complete, and their order of arrival
// does not matter.
type Certificate struct {
	At               time.Time
	Done             int // attempts that count: the most of them that lie MinGapMinutes apart
	Required         int
	Channels         []contact.Channel // different ones of all attempts with channel and outcome, also of those that came too soon
	RequiredChannels int
	MinGapMinutes    int
	NextCountsAt     *time.Time // an attempt before then comes too soon; nil: it may come at once
	Attempts         []Judged   // oldest first
	Steps            []StepState
	Missing          []string    // what keeps it from being complete, as sentences; empty: nothing
	Complete         bool        // nothing is missing, or the person said no: no more attempts are owed
	Excused          bool        // by somebody who may
	MayExcuse        []auth.Role // in sales; empty: nobody
	ExhaustedAt      *time.Time  // from when on the lead may be returned as NO_RESPONSE, if no answer comes; nil: attempts are missing
	Exhausted        bool        // that instant has come: RETURNED(NO_RESPONSE)
}

// Judged is an attempt and whether it counts.
type Judged struct {
	Attempt
	Verdict Verdict
}

// StepState is a step and whether it was done.
type StepState struct {
	Step
	DoneAt *time.Time // nil: not yet
	Late   bool       // done after its latest instant, or not done although that is over
}

// Certificate judges what was done at an instant.
func (p *Plan) Certificate(e Effort, at time.Time) Certificate {
	c := Certificate{
		At: at, Required: p.Rule.MinAttempts, RequiredChannels: p.Rule.MinChannels, MinGapMinutes: p.Rule.MinGapMinutes, MayExcuse: p.Rule.MayExcuse,
		Attempts: p.judge(e.Attempts, at),
	}
	genuine := genuine(c.Attempts)
	c.count(genuine, p.gap())
	c.Steps = p.states(genuine, at)
	refused := slices.ContainsFunc(genuine, func(a Judged) bool { return *a.Outcome == Refused })
	if !refused {
		c.Missing = c.missing()
	}
	c.Complete = len(c.Missing) == 0
	if x := e.Excuse; x != nil && !x.At.Before(p.AcceptedAt) && !x.At.After(at) {
		c.Excused = p.Rule.Excuses(x.Department, x.Role)
	}
	if c.Complete && !refused {
		answered := time.Time{}
		if !e.LastAnswerAt.Before(p.AcceptedAt) && !e.LastAnswerAt.After(at) {
			answered = e.LastAnswerAt
		}
		c.ExhaustedAt = p.exhausted(genuine, answered)
	}
	c.Exhausted = c.ExhaustedAt != nil && !at.Before(*c.ExhaustedAt)
	return c
}

// genuine are the attempts that say how and with what outcome, since the acceptance.
func genuine(all []Judged) []Judged {
	return slices.DeleteFunc(slices.Clone(all), func(a Judged) bool { return a.Verdict != Counts && a.Verdict != TooSoon })
}

// gap is the time that lies between two attempts that count.
func (p *Plan) gap() time.Duration { return time.Duration(p.Rule.MinGapMinutes) * time.Minute }

// judge puts attempts in order and tells which count. Taking each that is far enough from the last one taken gives the most that can
// be taken, and each of them as early as can be; so another attempt never makes them fewer, nor later.
func (p *Plan) judge(attempts []Attempt, at time.Time) []Judged {
	list := make([]Judged, len(attempts))
	for i, a := range attempts {
		list[i] = Judged{Attempt: a}
	}
	slices.SortFunc(list, func(a, b Judged) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(said(a.Channel), said(b.Channel)), cmp.Compare(said(a.Outcome), said(b.Outcome)), slices.Compare(a.ID[:], b.ID[:]))
	})
	next := p.AcceptedAt
	for i := range list {
		a := &list[i]
		switch {
		case a.Channel == nil:
			a.Verdict = NoChannel
		case a.Outcome == nil:
			a.Verdict = NoOutcome
		case a.At.Before(p.AcceptedAt):
			a.Verdict = BeforeAccept
		case a.At.After(at):
			a.Verdict = InTheFuture
		case a.At.Before(next):
			a.Verdict = TooSoon
		default:
			a.Verdict, next = Counts, a.At.Add(p.gap())
		}
	}
	return list
}

// said is a word; empty where it was not said.
func said[T ~string](w *T) T {
	if w == nil {
		return ""
	}
	return *w
}

// count sums up the attempts since the acceptance that say how and with what outcome, whether or not they came too soon.
func (c *Certificate) count(genuine []Judged, gap time.Duration) {
	for _, a := range genuine {
		if a.Verdict == Counts {
			c.Done++
			c.NextCountsAt = new(a.At.Add(gap))
		}
		if !slices.Contains(c.Channels, *a.Channel) {
			c.Channels = append(c.Channels, *a.Channel)
		}
	}
	if n := c.NextCountsAt; n != nil && !n.After(c.At) {
		c.NextCountsAt = nil
	}
	slices.SortFunc(c.Channels, func(a, b contact.Channel) int {
		return slices.Index(contact.Channels, a) - slices.Index(contact.Channels, b)
	})
}

// states tells which steps were done.
func (p *Plan) states(genuine []Judged, at time.Time) []StepState {
	list := make([]StepState, len(p.Steps))
	for i, s := range p.Steps {
		list[i] = StepState{Step: s, Late: at.After(s.LatestAt)}
		for _, a := range genuine {
			if !a.At.Before(s.DueAt) && (len(s.Channels) == 0 || slices.Contains(s.Channels, *a.Channel)) {
				list[i].DoneAt, list[i].Late = &a.At, a.At.After(s.LatestAt)
				break
			}
		}
	}
	return list
}

// missing says what keeps the certificate from being complete.
func (c *Certificate) missing() []string {
	var list []string
	if n := c.Required - c.Done; n > 0 {
		text := fmt.Sprintf("%s missing: %d of %d are done.", amount(n, "attempt is", "attempts are"), c.Done, c.Required)
		if c.NextCountsAt != nil {
			text += fmt.Sprintf(" The next one counts from %s on, %s after the last.", c.NextCountsAt.UTC().Format(time.RFC3339), amount(c.MinGapMinutes, "minute", "minutes"))
		}
		list = append(list, text)
	}
	if n := c.RequiredChannels - len(c.Channels); n > 0 {
		used := "none was used"
		if len(c.Channels) > 0 {
			used = "so far only " + listed(c.Channels, "and")
		}
		list = append(list, fmt.Sprintf("%s missing: %s.", amount(n, "more channel is", "more channels are"), used))
	}
	return list
}

// amount is a number of things.
func amount(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// listed puts words into a sentence: "EMAIL, PHONE or SMS".
func listed[T ~string](all []T, last string) string {
	var s strings.Builder
	for i, w := range all {
		switch {
		case i == 0:
		case i == len(all)-1:
			s.WriteString(" " + last + " ")
		default:
			s.WriteString(", ")
		}
		s.WriteString(string(w))
	}
	return s.String()
}
