// Package lifecycle holds the stages of a lead and, as a table, the moves between them.
package lifecycle

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Stage is where a lead is in its life. Keys are fixed; the label a workspace shows for each is its own.
type Stage string

// The stages, as in the SDL.
const (
	New            Stage = "NEW"             // captured, nothing decided
	Nurturing      Stage = "NURTURING"       // marketing works on it
	Qualified      Stage = "QUALIFIED"       // meets the published definition
	Offered        Stage = "OFFERED"         // passed to sales, not answered
	Accepted       Stage = "ACCEPTED"        // a rep took it
	Working        Stage = "WORKING"         // a rep is in contact
	SalesQualified Stage = "SALES_QUALIFIED" // passed the second gate
	Opportunity    Stage = "OPPORTUNITY"     // a deal is open
	Won            Stage = "WON"
	Lost           Stage = "LOST"
	Returned       Stage = "RETURNED"    // sales gave it back, marketing has not taken it
	Retargeting    Stage = "RETARGETING" // lost, waits for its wake rule
	Disqualified   Stage = "DISQUALIFIED"
	Erased         Stage = "ERASED" // person data emptied
)

// Stages lists every Stage.
var Stages = []Stage{New, Nurturing, Qualified, Offered, Accepted, Working, SalesQualified, Opportunity, Won, Lost, Returned, Retargeting, Disqualified, Erased}

// MarshalGQL writes the enum's name.
func (s Stage) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no Stage.
func (s *Stage) UnmarshalGQL(v any) error { return enum.Read(v, s, Stages) }

// Open tells whether the pursuit goes on: a contact has at most one open lead. A lead in RETARGETING is not worked, but comes
// back as itself, so it counts as open.
func (s Stage) Open() bool {
	switch s {
	case Won, Lost, Disqualified, Erased:
		return false
	}
	return true
}
