package followup

import (
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// GiveUp refuses to give a lead up before its certificate is complete or excused: a CONFLICT that says what is missing.
func (c *Certificate) GiveUp() error {
	if c.Complete || c.Excused {
		return nil
	}
	excuse := "Nobody can excuse it."
	if len(c.MayExcuse) > 0 {
		excuse = "In sales a " + listed(c.MayExcuse, "or") + " can excuse it."
	}
	return fault.New(fault.Conflict, "It is too early to give up. %s %s", strings.Join(c.Missing, " "), excuse)
}

// exhausted is the instant from which on enough was tried since the last answer, to an attempt or otherwise; nil where too little was.
func (p *Plan) exhausted(genuine []Judged, answered time.Time) *time.Time {
	for _, a := range genuine {
		if a.Outcome.Answered() && a.At.After(answered) {
			answered = a.At
		}
	}
	n, next := 0, time.Time{}
	for _, a := range genuine {
		if !a.At.After(answered) || a.At.Before(next) {
			continue
		}
		next = a.At.Add(p.gap())
		if n++; n == p.Rule.GiveUp.Attempts {
			return new(a.At.Add(p.patience()))
		}
	}
	return nil
}

// ReturnFrom is from when on the lead is to be given back, as far as the certificate knows: from the end of the plan where the person does not answer.
// Where no step is left, it is once nothing has happened for as long as the plan waits in the end: no attempt, no answer, and nothing since an instant
// that the caller gives. It is zero while steps are left.
func (p *Plan) ReturnFrom(c *Certificate, answered, since time.Time, left bool) time.Time {
	switch {
	case c.ExhaustedAt != nil:
		return *c.ExhaustedAt
	case left:
		return time.Time{}
	}
	last := since
	if answered.After(last) && !answered.After(c.At) {
		last = answered
	}
	for _, a := range genuine(c.Attempts) {
		if a.At.After(last) {
			last = a.At
		}
	}
	return last.Add(p.patience())
}

// patience is how long the plan waits in the end.
func (p *Plan) patience() time.Duration { return time.Duration(p.Rule.GiveUp.Days) * 24 * time.Hour }
