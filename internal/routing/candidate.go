package routing

import (
	"bytes"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Candidate is a member of the workspace, as far as routing asks. Calendars and counts are the caller's to work out.
type Candidate struct {
	Member        id.UUID
	Email         string
	Department    auth.Department
	Active        bool     // signs in and works leads: not deactivated, no ANALYST
	Territories   []string // with none, all
	Skills        []string
	Languages     []string // with none, all
	Always        bool     // has no calendar and counts as always at work, but for absences
	Hours         []Span   // otherwise: when the member works, from before the instant of routing to after the ACCEPT goal
	Absences      []Span   // holidays, illness
	Open          int      // leads that the member has open
	AssignedToday int      // leads that the member was given this day, by the member's own day
}

// Span is a stretch of time from an instant up to, but without, another.
type Span struct{ From, To time.Time }

// WorksBetween tells whether the candidate is at work at some instant from one to another, both included.
func (c *Candidate) WorksBetween(from, to time.Time) bool {
	if c.Always {
		return c.worksIn(from, to)
	}
	for _, h := range c.Hours {
		start, end := from, to
		if h.From.After(start) {
			start = h.From
		}
		if !h.To.After(end) {
			end = h.To.Add(-time.Nanosecond) // the last instant of the stretch: what ends at five is over at five
		}
		if !start.After(end) && c.worksIn(start, end) {
			return true
		}
	}
	return false
}

// worksIn tells whether there is an instant, both ends included, at which the candidate is not absent: it steps from the end of one
// absence to the next until none is in the way.
func (c *Candidate) worksIn(t, end time.Time) bool {
	for moved := true; moved; {
		moved = false
		for _, a := range c.Absences {
			if !t.Before(a.From) && t.Before(a.To) {
				t, moved = a.To, true
			}
		}
	}
	return !t.After(end)
}

// compareIDs orders members.
func compareIDs(a, b id.UUID) int { return bytes.Compare(a[:], b[:]) }
