package db

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// HandoffEvidence is what a hand-off rested on at the instant of the offer. It never changes, whatever becomes of the lead.
type HandoffEvidence struct {
	Score           *int32               `json:"score,omitempty"`
	Fit             *float64             `json:"fit,omitempty"`
	Engagement      *float64             `json:"engagement,omitempty"`
	FitGrade        *lifecycle.FitGrade  `json:"fitGrade,omitempty"`
	EngagementGrade *int32               `json:"engagementGrade,omitempty"`
	Band            *lifecycle.Band      `json:"band,omitempty"`
	PersonaID       *id.UUID             `json:"personaId,omitempty"`
	Persona         *string              `json:"persona,omitempty"` // as it was called
	Made            List[scoring.Factor] `json:"factors"`
	Answers         Evidence             `json:"criteria"`
}

// Factors are what the score was made of, rule by rule.
func (e *HandoffEvidence) Factors() []scoring.Factor { return e.Made.Items() }

// Criteria are the answers of the lead definition.
func (e *HandoffEvidence) Criteria() []CriterionCheck { return e.Answers.Items() }

// GlobalID is the hand-off's id for callers.
func (h *Handoff) GlobalID() id.Global { return id.Global{Kind: id.Handoff, UUID: h.ID} }

// IsNode marks what `node` finds.
func (*Handoff) IsNode() {}

// GlobalID is the absence's id for callers.
func (a *Absence) GlobalID() id.Global { return id.Global{Kind: id.Absence, UUID: a.ID} }

// HandoffFilter says which hand-offs; all that is given must hold.
type HandoffFilter struct {
	Department    *auth.Department
	States        []lifecycle.HandoffState
	Mine          *bool
	Waiting       *bool
	MemberIds     []id.Global
	AlertedIds    []id.Global
	Queue         *string
	LeadIds       []id.Global
	OfferedFrom   *time.Time
	OfferedBefore *time.Time
}

// Answered are the hand-offs that a department answers.
func Answered(by auth.Department) lifecycle.HandoffDirection {
	if by == auth.Marketing {
		return lifecycle.SalesToMarketing
	}
	return lifecycle.MarketingToSales
}

// add asks for the hand-offs of me, a member, where the filter says so.
func (f *HandoffFilter) add(q *query, me id.UUID) error {
	if f == nil {
		return nil
	}
	if f.Department != nil {
		q.and("l.direction = " + q.arg(Answered(*f.Department)))
	}
	in(q, "state", f.States)
	if err := f.whose(q, me); err != nil {
		return err
	}
	if f.Waiting != nil && *f.Waiting {
		q.and("l.member_id is null")
	} else if f.Waiting != nil {
		q.and("l.member_id is not null")
	}
	if f.Queue != nil {
		q.and("l.member_id is null and l.queue = " + q.arg(*f.Queue))
	}
	span(q, "offered_at", f.OfferedFrom, f.OfferedBefore)
	return inIDs(q, "leadIds", "lead_id", id.Lead, f.LeadIds)
}

// whose asks for the members who were chosen, and who were told that nobody could be.
func (f *HandoffFilter) whose(q *query, me id.UUID) error {
	if err := inIDs(q, "memberIds", "member_id", id.Member, f.MemberIds); err != nil {
		return err
	}
	return toldTo{table: "alerts", row: "handoff_id", field: "alertedIds", things: "hand-offs"}.add(q, f.AlertedIds, f.Mine, me)
}

// Handoffs are the hand-offs of the workspace, as a member sees them; me is zero for other viewers.
func (r *Reader) Handoffs(ctx context.Context, a page.Args, f *HandoffFilter, order string, me id.UUID) (*Page[Handoff], error) {
	key := []any{f}
	if f != nil && f.Mine != nil {
		key = append(key, me) // a cursor of my list is none of yours
	}
	return root(ctx, r, listing[Handoff]{shape: handoffs, order: order, args: a, key: key, filter: func(q *query) error { return f.add(q, me) }})
}
