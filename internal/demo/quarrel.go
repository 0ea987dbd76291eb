package demo

import (
	"context"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/dispute"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// quarrel lets the departments dispute the credit of the two deals that were won last: one dispute waits for its answer, the other was settled. Their runs are frozen here, for disputes are
// about them; those of the other deals come with the fit.
func (w *world) quarrel(ctx context.Context, tx *db.Tx, deals []*db.Deal) error {
	var won []*db.Deal
	for _, d := range deals {
		if d.Outcome == lifecycle.DealWon {
			won = append(won, d)
		}
	}
	slices.SortFunc(won, func(a, b *db.Deal) int { return b.ClosedAt.Compare(*a.ClosedAt) })
	won = won[:min(len(won), 2)]
	runs, err := w.freeze(ctx, tx, won)
	if err != nil {
		return err
	}
	if err := insert(ctx, tx, "attribution_runs", runs); err != nil {
		return err
	}
	for i, r := range runs {
		if err := w.disputeOf(ctx, tx, r, i == 1); err != nil {
			return err
		}
	}
	return nil
}

// freeze credits deals under the policy in force.
func (w *world) freeze(ctx context.Context, tx *db.Tx, deals []*db.Deal) ([]*db.AttributionRun, error) {
	at := slices.IndexFunc(w.rows.agreements, func(a *db.Agreement) bool {
		return a.Kind == agreement.AttributionPolicy && a.State == agreement.Published
	})
	version := w.rows.agreements[at]
	policy := version.Body.AttributionPolicy
	a := attribution.New(policy)
	var journeys []db.JourneyOf
	for _, d := range deals {
		l := w.rows.leads[slices.IndexFunc(w.rows.leads, func(l *db.Lead) bool { return d.LeadID != nil && l.ID == *d.LeadID })]
		j := attribution.Journey{LeadCreatedAt: l.CreatedAt, OpportunityCreatedAt: d.OpenedAt, ClosedAt: *d.ClosedAt, Won: true, AmountMinor: d.AmountMinor}
		journeys = append(journeys, db.JourneyOf{Contact: *d.ContactID, Account: d.AccountID, Journey: j})
	}
	runs := make([]*db.AttributionRun, len(deals))
	err := tx.EachJourneyOf(ctx, journeys, policy.LookBackDays, func(i int, j *attribution.Journey) error {
		all, err := a.Compare(j, attribution.Models)
		runs[i] = &db.AttributionRun{WorkspaceID: w.workspace.ID, ID: w.id(*deals[i].ClosedAt), DealID: deals[i].ID, Number: 1, Cause: db.RunWon, At: *deals[i].ClosedAt, PolicyID: version.ID, Currency: deals[i].Currency}
		runs[i].Credit(j, &all)
		return err
	})
	return runs, err
}

// head is the director of a department.
func (w *world) head(of auth.Department) id.UUID {
	return w.members[slices.IndexFunc(w.members, func(m *db.Member) bool { return m.Department == of && m.Role == auth.Director })].ID
}

// disputeOf lets the department that has less of a deal claim a quarter more of it.
func (w *world) disputeOf(ctx context.Context, tx *db.Tx, r *db.AttributionRun, settled bool) error {
	var credits []dispute.Credit
	for i, c := range r.Run(attribution.Position).Credits {
		credits = append(credits, dispute.Credit{Touch: c.Touch, Department: r.Departments[i], Share: c.Share})
	}
	claimant := auth.Marketing
	if dispute.Held(credits, auth.Sales) < dispute.Held(credits, claimant) {
		claimant = auth.Sales
	}
	at := w.now.Add(-6 * day)
	if r.ClosedAt.After(at) {
		at = r.ClosedAt.Add(time.Hour)
	}
	held := dispute.Held(credits, claimant)
	d := &db.CreditDispute{WorkspaceID: w.workspace.ID, ID: w.id(at), DealID: r.DealID, RunID: r.ID, PolicyID: r.PolicyID, Model: attribution.Position, AmountMinor: r.AmountMinor, Currency: r.Currency,
		Claimant: claimant, HeldShare: held, ClaimedShare: held + 0.25, DisputedMinor: dispute.Minor(r.AmountMinor, held+0.25) - dispute.Minor(r.AmountMinor, held),
		Grounds: "What they asked us first is what they bought in the end.", Evidence: db.ListOf([]db.CreditEvidence{{TouchID: &r.TouchIds[0]}, {Note: ptr("They said so when they signed.")}}),
		AnswerEvidence: db.ListOf([]db.CreditEvidence{}), ClaimedBy: w.head(claimant), ClaimedAt: at, State: dispute.Claimed, DueAt: new(at.Add(dispute.AnswerWindow)), UpdatedAt: at, Version: 1}
	if !settled {
		return insert(ctx, tx, "credit_disputes", []*db.CreditDispute{d})
	}
	return w.settled(ctx, tx, d, r)
}

// settled is a dispute that both departments have signed a ruling about: they met in the middle.
func (w *world) settled(ctx context.Context, tx *db.Tx, d *db.CreditDispute, r *db.AttributionRun) error {
	answered, ruled, signed := d.ClaimedAt.Add(day), d.ClaimedAt.Add(2*day), d.ClaimedAt.Add(3*day)
	other := dispute.Other(d.Claimant)
	d.State, d.DueAt, d.EndedAt, d.UpdatedAt, d.Version = dispute.Settled, nil, &signed, signed, 5
	d.CounterShare, d.Answer, d.AnsweredBy, d.AnsweredAt = new(d.HeldShare), new("They bought because somebody came to see their warehouse."), new(w.head(other)), &answered
	share := d.HeldShare + 0.125
	c := dispute.Ruling{Dispute: d.ID, Number: 1, Marketing: share, Sales: 1 - share, Summary: "Who raised the need and who saw the warehouse share what a deal brings.", Tags: []string{"first-touch", "site-visit"}}
	if d.Claimant == auth.Sales {
		c.Marketing, c.Sales = c.Sales, c.Marketing
	}
	row := &db.Ruling{WorkspaceID: d.WorkspaceID, ID: w.id(ruled), DisputeID: d.ID, Number: 1, MarketingShare: c.Marketing, SalesShare: c.Sales, Summary: c.Summary, Tags: c.Tags, Circumstances: w.circumstances(r), Hash: c.Hash(),
		ProposedBy: w.head(auth.Marketing), ProposedAt: ruled, SettledAt: &signed}
	row.MarketingMinor, row.SalesMinor = c.Parts(d.AmountMinor)
	if err := insert(ctx, tx, "credit_disputes", []*db.CreditDispute{d}); err != nil {
		return err
	}
	if err := insert(ctx, tx, "rulings", []*db.Ruling{row}); err != nil {
		return err
	}
	d.RulingID = &row.ID
	if err := db.Update(ctx, tx, "credit_disputes", []*db.CreditDispute{d}); err != nil {
		return err
	}
	var signatures []*db.RulingSignature
	for _, of := range auth.Departments {
		signatures = append(signatures, &db.RulingSignature{WorkspaceID: d.WorkspaceID, RulingID: row.ID, Department: of, MemberID: w.head(of), SignedAt: signed})
	}
	return insert(ctx, tx, "ruling_signatures", signatures)
}

// circumstances are those of a run.
func (w *world) circumstances(r *db.AttributionRun) dispute.Circumstances {
	c := dispute.Circumstances{ChannelGroups: []string{}, CampaignKinds: []contact.CampaignKind{}, Sources: []id.UUID{}}
	for i, group := range r.ChannelGroups {
		var kind contact.CampaignKind
		if at := slices.IndexFunc(w.rows.campaigns, func(c *db.Campaign) bool { return c.ID == r.CampaignIds[i] }); at >= 0 {
			kind = w.rows.campaigns[at].Kind
		}
		c.Add(group, kind, r.SourceIds[i])
	}
	return c
}
