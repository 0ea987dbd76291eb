package lifecycle

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// DealOutcome is what became of a deal.
type DealOutcome string

// The outcomes, as in the SDL.
const (
	DealOpen DealOutcome = "OPEN" // nothing yet
	DealWon  DealOutcome = "WON"
	DealLost DealOutcome = "LOST"
)

// DealOutcomes lists every DealOutcome.
var DealOutcomes = []DealOutcome{DealOpen, DealWon, DealLost}

// MarshalGQL writes the enum's name.
func (o DealOutcome) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no DealOutcome.
func (o *DealOutcome) UnmarshalGQL(v any) error { return enum.Read(v, o, DealOutcomes) }
