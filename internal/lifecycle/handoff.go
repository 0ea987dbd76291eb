package lifecycle

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// HandoffDirection is which department passes the baton to which.
type HandoffDirection string

// The directions, as in the SDL.
const (
	MarketingToSales HandoffDirection = "MARKETING_TO_SALES"
	SalesToMarketing HandoffDirection = "SALES_TO_MARKETING"
)

// HandoffDirections lists every HandoffDirection.
var HandoffDirections = []HandoffDirection{MarketingToSales, SalesToMarketing}

// MarshalGQL writes the enum's name.
func (d HandoffDirection) MarshalGQL(w io.Writer) { enum.Write(w, d) }

// UnmarshalGQL refuses what is no HandoffDirection.
func (d *HandoffDirection) UnmarshalGQL(v any) error { return enum.Read(v, d, HandoffDirections) }

// HandoffState is what has become of a hand-off. It is answered once.
type HandoffState string

// The states, as in the SDL.
const (
	HandoffOffered   HandoffState = "OFFERED"   // waits for an answer
	HandoffAccepted  HandoffState = "ACCEPTED"  // somebody took the lead
	HandoffRejected  HandoffState = "REJECTED"  // the other department does not want the lead, for a reason
	HandoffWithdrawn HandoffState = "WITHDRAWN" // whoever offered it took it back before an answer
	HandoffExpired   HandoffState = "EXPIRED"   // nobody answered in time: another hand-off took its place
)

// HandoffStates lists every HandoffState.
var HandoffStates = []HandoffState{HandoffOffered, HandoffAccepted, HandoffRejected, HandoffWithdrawn, HandoffExpired}

// MarshalGQL writes the enum's name.
func (s HandoffState) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no HandoffState.
func (s *HandoffState) UnmarshalGQL(v any) error { return enum.Read(v, s, HandoffStates) }
