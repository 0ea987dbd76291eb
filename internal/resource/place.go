package resource

import (
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Place is where a stage stands: how far it is on the way to a deal that is won, and the position of the content that fits it. Of two stages at one place neither
// is before the other.
type Place struct {
	Step     int
	Position contact.FunnelPosition
}

// places are the stages in which content is of use. What is lost, disqualified or erased has none. Who comes back to marketing begins again; who was lost at the
// last minute knows us, and compares once more.
var places = map[lifecycle.Stage]Place{
	lifecycle.New: {0, contact.PositionTop}, lifecycle.Nurturing: {0, contact.PositionTop}, lifecycle.Returned: {0, contact.PositionTop},
	lifecycle.Retargeting: {0, contact.PositionMiddle}, lifecycle.Qualified: {1, contact.PositionMiddle}, lifecycle.Offered: {2, contact.PositionMiddle},
	lifecycle.Accepted: {3, contact.PositionMiddle}, lifecycle.Working: {4, contact.PositionMiddle},
	lifecycle.SalesQualified: {5, contact.PositionBottom}, lifecycle.Opportunity: {6, contact.PositionBottom},
	lifecycle.Won: {7, contact.PositionCustomer},
}

// PlaceOf is where a stage stands; false where no content is of use.
func PlaceOf(s lifecycle.Stage) (Place, bool) {
	p, ok := places[s]
	return p, ok
}

// Forward tells whether a move brings a lead nearer to a deal that is won.
func Forward(from, to lifecycle.Stage) bool {
	a, was := places[from]
	b, is := places[to]
	return was && is && b.Step > a.Step
}

// Window is for how long a view counts as what a move came after.
const Window = 14 * 24 * time.Hour

// WindowDays is Window in days of 24 hours.
const WindowDays = int(Window / (24 * time.Hour))
