package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
)

// EffortCertificate says how much of a lead's follow-up plan was done.
type EffortCertificate struct {
	followup.Certificate
	Lead       *db.Lead
	Policy     *db.Agreement
	Rule       string // its key in the policy
	AcceptedAt time.Time
	EndedAt    *time.Time
	ExcusedBy  *db.Member
	Excuse     *string
}

// EffortCertificate tells what sales has done for a lead since it took it; nil where it never did so under a follow-up policy.
func (f *Funnel) EffortCertificate(ctx context.Context, lead id.Global) (*EffortCertificate, error) {
	which, err := kind("leadId", lead, id.Lead)
	if err != nil {
		return nil, err
	}
	r := f.DB.Read(auth.From(ctx).Workspace)
	rows, err := r.LeadsByID(ctx, db.LeadsByIDParams{WorkspaceID: r.Workspace, Ids: []id.UUID{which}})
	if err != nil || len(rows) == 0 {
		return nil, either(err, fault.Missing("leadId", "lead"))
	}
	return certificateOf(ctx, r.Queries, r.Workspace, rows[0], f.Now().UTC().Truncate(time.Microsecond))
}

// certificateOf is the certificate of a lead's last plan at an instant, or when it ended; nil for a lead without one.
func certificateOf(ctx context.Context, q *db.Queries, workspace id.UUID, l *db.Lead, at time.Time) (*EffortCertificate, error) {
	plans, err := q.FollowUpsOf(ctx, db.FollowUpsOfParams{WorkspaceID: workspace, LeadIds: []id.UUID{l.ID}})
	if err != nil {
		return nil, fmt.Errorf("read the follow-up plan: %w", err)
	}
	all, err := pursuitsOf(ctx, q, workspace, plans)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	if err := answers(ctx, q, workspace, all, map[id.UUID]id.UUID{l.ID: l.ContactID}); err != nil {
		return nil, err
	}
	p := all[l.ID]
	if p.row.EndedAt != nil {
		at = *p.row.EndedAt
	}
	out := &EffortCertificate{Certificate: p.certificate(at), Lead: l, Rule: p.row.Rule, AcceptedAt: p.row.AcceptedAt, EndedAt: p.row.EndedAt, Excuse: p.row.Excuse}
	versions, err := q.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: workspace, Ids: []id.UUID{p.row.PolicyID}})
	if err != nil || len(versions) == 0 {
		return nil, fmt.Errorf("read the follow-up policy %s: %w", p.row.PolicyID, err)
	}
	out.Policy = versions[0]
	if p.row.ExcusedBy == nil {
		return out, nil
	}
	members, err := q.MembersByID(ctx, db.MembersByIDParams{WorkspaceID: workspace, Ids: []id.UUID{*p.row.ExcusedBy}})
	if err != nil {
		return nil, fmt.Errorf("read who excused: %w", err)
	}
	for _, m := range members {
		out.ExcusedBy = m
	}
	return out, nil
}

// mayGiveUp refuses to give a lead up before enough was tried for it, unless that is excused. A lead that sales took without a plan may be given up.
func (t *tx) mayGiveUp(ctx context.Context, l *db.Lead) error {
	c, err := certificateOf(ctx, t.Queries, t.Workspace, l, t.now)
	if err != nil || c == nil {
		return err
	}
	return c.GiveUp()
}
