package scorecard

import "github.com/leadgraph/leadgraph/internal/lifecycle"

// FunnelDefinition says what a funnel counts.
const FunnelDefinition = "Leads captured in the period, and the stages that each came to before `until`, by its moves; all came to NEW. A lead counts once in each stage. A conversion is the leads that came to both stages / those that came to the first. " +
	"Time in a stage runs from coming to it, or from the capture, until leaving it for another one; who is still there is left out."

// path is the way from a capture to a won deal.
var path = []lifecycle.Stage{lifecycle.New, lifecycle.Qualified, lifecycle.Offered, lifecycle.Accepted, lifecycle.Working, lifecycle.SalesQualified, lifecycle.Opportunity, lifecycle.Won}

// Next is the stage that leads should come to next; false where there is none. Who is nurtured should qualify.
func Next(s lifecycle.Stage) (lifecycle.Stage, bool) {
	if s == lifecycle.Nurturing {
		return lifecycle.Qualified, true
	}
	for i, p := range path[:len(path)-1] {
		if p == s {
			return path[i+1], true
		}
	}
	return "", false
}
