package funnel

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sheet"
)

// loadPast reads the closed leads of people, so that a past pursuit that is told again is recognised.
func (in *intake) loadPast(ctx context.Context, people []id.UUID) error {
	rows, err := in.t.ClosedLeads(ctx, db.ClosedLeadsParams{WorkspaceID: in.t.Workspace, ContactIds: people})
	if err != nil {
		return fmt.Errorf("read closed leads: %w", err)
	}
	for _, r := range rows {
		if p := in.byID[r.ContactID]; p != nil {
			p.closed = append(p.closed, r)
		}
	}
	return nil
}

// pastLead finds or makes the closed lead of a pursuit that another system has seen through. It stands beside the person's open lead, if
// there is one, and leaves that where it is.
func (in *intake) pastLead(a *arrival, p *personState, co *companyState) (*leadState, CaptureOutcome) {
	past := a.past
	for _, known := range p.closed {
		if known.SourceID == a.source.ID && known.Stage == past.Outcome && (past.OpenedAt == nil || past.OpenedAt.Equal(known.CreatedAt)) &&
			(past.ClosedAt == nil || past.ClosedAt.Equal(known.StageSince)) {
			return &leadState{row: known, was: *known, person: p}, Merged
		}
	}
	p.cycle++
	opened, closed := in.t.now, in.t.now
	if past.ClosedAt != nil {
		closed = *past.ClosedAt
	}
	if began := a.began(); began != nil {
		opened = *began
	}
	row := &db.Lead{WorkspaceID: in.t.Workspace, ID: id.New(), ContactID: p.row.ID, AccountID: p.row.AccountID, SourceID: a.source.ID, PersonaReasons: db.ConditionReasons{}, Queue: "marketing",
		Stage: past.Outcome, StageSince: closed, Cycle: p.cycle, Interest: a.interest, Attributes: db.None, CreatedAt: opened, LastActivityAt: opened, UpdatedAt: in.t.now, Version: 1}
	if a.campaign != nil {
		row.CampaignID = &a.campaign.ID
	}
	l := &leadState{fresh: true, person: p, row: row, source: a.source}
	merge(false, &l.changes, &row.Attributes, a.lead)
	in.past = append(in.past, l)
	p.closed = append(p.closed, row)
	in.pastSteps(row, past, closed)
	if past.Outcome == lifecycle.Won && (p.row.CustomerSince == nil || closed.Before(*p.row.CustomerSince)) {
		fill(&p.changes, "customerSince", &p.row.CustomerSince, &closed)
	}
	in.pastFacts(a, p, co, l, closed)
	if open := p.lead; open != nil && (len(p.changes) > 0 || co != nil && len(co.changes) > 0) {
		open.judge = true // what was not known of the person or the company is by now
	}
	in.touch(a, p, l)
	return l, Created
}

// began is the first that is known of a past pursuit, or of the deal that it became; nil where nothing is.
func (a *arrival) began() (first *time.Time) {
	_, known := a.past.Times()
	if a.deal != nil {
		known = append(known, &a.deal.OpenedAt)
	}
	for _, at := range known {
		if at != nil && (first == nil || at.Before(*first)) {
			first = at
		}
	}
	return first
}

// pastSteps notes the moves that are known of a past pursuit.
func (in *intake) pastSteps(row *db.Lead, past *sheet.Past, closed time.Time) {
	stage := lifecycle.New
	reason := "Imported with its outcome."
	for _, step := range []struct {
		to lifecycle.Stage
		at *time.Time
	}{{lifecycle.Offered, past.HandedOffAt}, {lifecycle.Accepted, past.AcceptedAt}, {lifecycle.SalesQualified, past.SalesQualifiedAt}, {past.Outcome, &closed}} {
		if step.at == nil {
			continue
		}
		m := &db.Move{WorkspaceID: row.WorkspaceID, ID: id.New(), LeadID: row.ID, FromStage: stage, ToStage: step.to, At: *step.at, ActorKind: in.t.who.Kind, Reason: &reason}
		if actor := in.t.who.Actor(); !actor.IsZero() {
			m.ActorID = &actor
		}
		in.pastMoves = append(in.pastMoves, m)
		stage = step.to
	}
}

// pastFacts notes which facts were known only once the outcome was. Of people and companies that were known before, what they are now says
// nothing about then, so only those that came with this pursuit count.
func (in *intake) pastFacts(a *arrival, p *personState, co *companyState, l *leadState, closed time.Time) {
	for _, name := range a.late {
		var subject *id.UUID
		switch {
		case strings.HasPrefix(name, "lead."):
			subject = &l.row.ID
		case strings.HasPrefix(name, "contact.") && p.fresh:
			subject = &p.row.ID
		case strings.HasPrefix(name, "account.") && co != nil && co.fresh:
			subject = &co.row.ID
		default:
			continue
		}
		in.late = append(in.late, &db.FactChange{WorkspaceID: in.t.Workspace, ID: id.New(), SubjectID: *subject, Attribute: name, At: closed})
	}
}
