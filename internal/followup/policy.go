// Package followup holds the follow-up policy that both departments sign: what sales owes a lead from its acceptance on, as a plan of
// steps, and the effort certificate, which says how much of it was done and whether the lead may be given up.
package followup

import (
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// Policy is the body of an agreement of the kind FOLLOW_UP_POLICY: the first rule whose condition holds makes a lead's plan.
type Policy struct {
	Rules []Rule `json:"rules,omitempty"` // at least one; the last has no condition, so that every lead has a plan
}

// Rule is the plan for some leads.
type Rule struct {
	Key           string               `json:"key"`
	Name          string               `json:"name"`
	When          *condition.Condition `json:"when,omitempty"` // nil: every lead
	MinAttempts   int                  `json:"minAttempts"`
	MinChannels   int                  `json:"minChannels"`   // different ones
	MinGapMinutes int                  `json:"minGapMinutes"` // between two attempts that count
	Steps         []StepRule           `json:"steps,omitempty"`
	GiveUp        GiveUp               `json:"giveUp"`
	MayExcuse     []auth.Role          `json:"mayExcuse,omitempty"` // of MANAGER and DIRECTOR: who in sales may let a rep give up early; empty: none
}

// StepRule is one step of a plan.
type StepRule struct {
	OffsetMinutes   int               `json:"offsetMinutes"`      // from the acceptance
	MaxDelayMinutes int               `json:"maxDelayMinutes"`    // from then until the step is late
	Unit            clause.Unit       `json:"unit"`               // of both
	Channels        []contact.Channel `json:"channels,omitempty"` // one of them; empty: any
}

// GiveUp says when sales has done enough for a person who does not answer: after so many attempts since the last answer, or since the
// acceptance, and so many times 24 hours of silence after the last of these.
type GiveUp struct {
	Attempts int `json:"attempts"` // not below MinAttempts
	Days     int `json:"days"`
}

// Default is the policy of a new workspace.
func Default() Policy {
	hot := condition.Text("HOT")
	phone, email := []contact.Channel{contact.ChannelPhone}, []contact.Channel{contact.ChannelEmail}
	may := []auth.Role{auth.Director, auth.Manager}
	const dayAtWork = 480
	return Policy{Rules: []Rule{
		{
			Key: "hot", Name: "Hot leads", When: &condition.Condition{Attribute: &condition.Attribute{Name: "lead.band", Op: condition.EQ, Value: &hot}},
			MinAttempts: 6, MinChannels: 2, MinGapMinutes: 60, GiveUp: GiveUp{Attempts: 6, Days: 3}, MayExcuse: may,
			Steps: []StepRule{
				{0, 60, clause.BusinessMinutes, phone}, {120, 240, clause.BusinessMinutes, email}, {dayAtWork, 240, clause.BusinessMinutes, phone},
				{3 * dayAtWork, dayAtWork, clause.BusinessMinutes, email}, {5 * dayAtWork, dayAtWork, clause.BusinessMinutes, phone}, {8 * dayAtWork, dayAtWork, clause.BusinessMinutes, nil},
			},
		},
		{
			Key: "all", Name: "All other leads", MinAttempts: 4, MinChannels: 2, MinGapMinutes: 120, GiveUp: GiveUp{Attempts: 4, Days: 5}, MayExcuse: may,
			Steps: []StepRule{
				{0, 240, clause.BusinessMinutes, nil}, {2 * dayAtWork, dayAtWork, clause.BusinessMinutes, phone}, {5 * dayAtWork, dayAtWork, clause.BusinessMinutes, email},
				{8 * dayAtWork, dayAtWork, clause.BusinessMinutes, nil},
			},
		},
	}}
}
