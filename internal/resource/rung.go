package resource

import (
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Rung is where a stage stands: how far it is on the way to a deal that is won, and the position of the content that fits it. Of two stages at one rung neither
// is before the other.
type Rung struct {
	Step     int
	Position contact.FunnelPosition
}

// rungs are the stages in which content is of use. What is lost, disqualified or erased has none. Who comes back to marketing begins again; who was lost at the
// last minute knows us, and compares once more.
var rungs = map[lifecycle.Stage]Rung{
	lifecycle.New: {0, contact.PositionTop}, lifecycle.Nurturing: {0, contact.PositionTop}, lifecycle.Returned: {0, contact.PositionTop},
	lifecycle.Retargeting: {0, contact.PositionMiddle}, lifecycle.Qualified: {1, contact.PositionMiddle}, lifecycle.Offered: {2, contact.PositionMiddle},
	lifecycle.Accepted: {3, contact.PositionMiddle}, lifecycle.Working: {4, contact.PositionMiddle},
	lifecycle.SalesQualified: {5, contact.PositionBottom}, lifecycle.Opportunity: {6, contact.PositionBottom},
	lifecycle.Won: {7, contact.PositionCustomer},
}

// RungOf is where a stage stands; false where no content is of use.
func RungOf(s lifecycle.Stage) (Rung, bool) {
	p, ok := rungs[s]
	return p, ok
}

// Forward tells whether a move brings a lead nearer to a deal that is won.
func Forward(from, to lifecycle.Stage) bool {
	a, was := rungs[from]
	b, is := rungs[to]
	return was && is && b.Step > a.Step
}

// Views are the kinds of touch by which a person opens the resource that the touch names; to open the mail that brought it is none.
var Views = []contact.TouchKind{contact.KindResourceViewed, contact.KindResourceDownloaded, contact.KindEmailClicked, contact.KindWebinarAttended}

// Window is for how long a view counts as what a move came after.
const Window = 14 * 24 * time.Hour

// WindowDays is Window in days of 24 hours.
const WindowDays = int(Window / (24 * time.Hour))
