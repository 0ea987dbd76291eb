package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/dispute"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// DisputePayload is a dispute after what was done with it.
type DisputePayload struct {
	Mark
	Dispute *db.CreditDispute
}

// maxNamed is how many touches one claim names.
const maxNamed = 250

// ClaimCreditInput is a claim for more credit: either a share of the whole, or touches.
type ClaimCreditInput struct {
	DealID         id.Global
	Share          *float64
	TouchIds       []id.Global
	Grounds        string
	Evidence       []CreditEvidenceInput
	IdempotencyKey *string
}

// ClaimCredit opens a dispute: the viewer's department claims more of a won deal's credit than the frozen run gives it. Managers and directors may.
func (f *Funnel) ClaimCredit(ctx context.Context, in ClaimCreditInput) (*DisputePayload, error) {
	var c checks
	deal, err := kind("input.dealId", in.DealID, id.Deal)
	c.add(err)
	grounds := c.prose("input.grounds", &in.Grounds, 2000)
	if grounds == nil && c.err() == nil {
		c.add(fault.Input("input.grounds", "Say why the credit is your department's."))
	}
	named := c.named(in.Share, in.TouchIds)
	evidence := c.evidence(in.Evidence, 1)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*DisputePayload, error) {
		who, err := t.party()
		if err != nil {
			return nil, err
		}
		d, err := t.LockDeal(ctx, db.LockDealParams{WorkspaceID: t.Workspace, ID: deal}) // two claims at once do not open two disputes
		if d, err = found(d, err, "input.dealId", "deal"); err != nil {
			return nil, err
		}
		t.settle()
		row, err := t.judgeClaim(ctx, d, who, in.Share, named)
		if err != nil {
			return nil, err
		}
		if err := t.checkEvidence(ctx, d, evidence); err != nil {
			return nil, err
		}
		row.Grounds, row.Evidence, row.AnswerEvidence = *grounds, db.ListOf(evidence), db.ListOf([]db.CreditEvidence{})
		if _, err := db.Insert(ctx, t.Tx, "credit_disputes", []*db.CreditDispute{row}, ""); err != nil {
			return nil, err
		}
		t.tellDispute(event.CreditClaimed, d, row, event.Data{From: string(row.Claimant), To: dispute.Percent(row.ClaimedShare)})
		return &DisputePayload{Dispute: row}, nil
	})
}

// named are the touches that a claim names; it gives them or a share, not both.
func (c *checks) named(share *float64, of []id.Global) []id.UUID {
	if (share == nil) == (of == nil) {
		c.add(fault.Input("input.share", "Give either the share that is claimed, or touchIds."))
		return nil
	}
	if share == nil && (len(of) == 0 || len(of) > maxNamed) {
		c.add(fault.Input("input.touchIds", "Name 1 to %d touches; these are %d.", maxNamed, len(of)))
		return nil
	}
	out := make([]id.UUID, len(of))
	for i, g := range of {
		var err error
		out[i], err = kind(fmt.Sprintf("input.touchIds[%d]", i), g, id.Touch)
		c.add(err)
	}
	return out
}

// party is the viewer as somebody who acts in a dispute: people only.
func (t *tx) party() (dispute.Party, error) {
	if t.who.Kind != auth.ActorMember {
		return dispute.Party{}, fault.New(fault.Forbidden, "Only people dispute credit: sign in as a member.")
	}
	return dispute.Party{Member: t.who.Member, Department: t.who.Department, Role: t.who.Role}, nil
}

// judgeClaim judges a claim on a deal by its frozen run and by what was disputed about it before.
func (t *tx) judgeClaim(ctx context.Context, d *db.Deal, who dispute.Party, asked *float64, named []id.UUID) (*db.CreditDispute, error) {
	if err := dispute.MayClaim(dispute.Deal{Outcome: d.Outcome, ClosedAt: d.ClosedAt}, who, t.now); err != nil {
		return nil, err
	}
	before, err := t.DisputesOf(ctx, db.DisputesOfParams{WorkspaceID: t.Workspace, DealIds: []id.UUID{d.ID}})
	if err != nil {
		return nil, fmt.Errorf("read disputes: %w", err)
	}
	for _, b := range before {
		switch {
		case b.State == dispute.Settled:
			return nil, fault.New(fault.Conflict, "The credit of this deal was settled by a ruling of both departments: that stands.").With("disputeId", b.GlobalID().String())
		case b.State.Open():
			return nil, fault.New(fault.Conflict, "The credit of this deal is in dispute already: it has to end before another claim.").With("disputeId", b.GlobalID().String())
		}
	}
	run, credits, model, err := t.frozenCredits(ctx, d)
	if err != nil {
		return nil, err
	}
	if run == nil {
		return nil, fault.New(fault.Conflict, "The credit of this deal has not been frozen, so there is nothing to dispute.")
	}
	held, share := dispute.Held(credits, who.Department), 0.0
	if asked != nil {
		share = *asked
	} else if share, err = dispute.Named(credits, who.Department, named); err != nil {
		var c checks
		c.under("input.touchIds", err)
		return nil, c.err()
	}
	v, err := dispute.Open(held, share, who, t.now)
	if err != nil {
		return nil, err
	}
	row := &db.CreditDispute{WorkspaceID: t.Workspace, ID: id.New(), DealID: d.ID, RunID: run.ID, PolicyID: run.PolicyID, Model: model, AmountMinor: run.AmountMinor, Currency: run.Currency,
		Claimant: v.Claimant, HeldShare: v.Held, ClaimedShare: v.Claimed, DisputedMinor: dispute.Minor(run.AmountMinor, v.Claimed) - dispute.Minor(run.AmountMinor, v.Held), TouchIds: named, ClaimedBy: who.Member, ClaimedAt: t.now, UpdatedAt: t.now, Version: 1}
	row.Take(v)
	return row, nil
}

// frozenCredits is what the frozen run of a deal gives its touches under the default model of its policy. Without a run there is nothing.
func (t *tx) frozenCredits(ctx context.Context, d *db.Deal) (*db.AttributionRun, []dispute.Credit, attribution.Model, error) {
	runs, err := t.NumberedRuns(ctx, db.NumberedRunsParams{WorkspaceID: t.Workspace, DealIds: []id.UUID{d.ID}, Number: 1})
	if err != nil || len(runs) == 0 {
		return nil, nil, "", err
	}
	policies, err := t.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{runs[0].PolicyID}})
	if err != nil || len(policies) == 0 {
		return nil, nil, "", fmt.Errorf("read the attribution policy of a run: %w", err)
	}
	model := policies[0].Body.AttributionPolicy.DefaultModel
	return runs[0], creditsUnder(runs[0], model), model, nil
}

// creditsUnder is what a run gives its touches under a model; nothing where the model did not answer.
func creditsUnder(r *db.AttributionRun, m attribution.Model) []dispute.Credit {
	run := r.Run(m)
	if run == nil || run.Outcome != attribution.Answered {
		return nil
	}
	out := make([]dispute.Credit, len(run.Credits))
	for i, c := range run.Credits {
		out[i] = dispute.Credit{Touch: c.Touch, Department: r.Departments[i], Share: c.Share}
	}
	return out
}

// tellDispute records what happened in a dispute.
func (t *tx) tellDispute(kind event.Kind, d *db.Deal, row *db.CreditDispute, data event.Data) {
	data.Name = d.Name
	t.emit(logged{kind: kind, lead: known(d.LeadID), contact: known(d.ContactID), account: known(d.AccountID), subject: row.ID, data: data})
}

// disputed are the columns of a dispute that never change.
var disputed = []string{"deal_id", "run_id", "policy_id", "model", "amount_minor", "currency", "claimant", "held_share", "claimed_share", "disputed_minor", "touch_ids", "grounds", "evidence", "claimed_by", "claimed_at"}

// putDisputes stores changed disputes.
func (t *tx) putDisputes(ctx context.Context, rows ...*db.CreditDispute) error {
	for _, d := range rows {
		d.UpdatedAt, d.Version = t.now, d.Version+1
	}
	return db.Update(ctx, t.Tx, "credit_disputes", rows, disputed...)
}

// tickDispute tells what time alone made of a dispute by now, and whether anything.
func (t *tx) tickDispute(d *db.Deal, row *db.CreditDispute) (told bool) {
	was, now := row.State, row.Value().Tick(t.now)
	row.Take(now)
	if was == dispute.Claimed && now.State != was {
		t.tellDispute(event.ClaimUnanswered, d, row, event.Data{From: string(dispute.Other(row.Claimant))})
	}
	if now.State == dispute.Lapsed && was != now.State {
		t.tellDispute(event.ClaimLapsed, d, row, event.Data{})
	}
	return was != now.State
}

// maxDueDisputes is how many disputes one transaction looks at.
const maxDueDisputes = 500

// TurnDisputes does what is due by now: it sends claims that nobody answered to the directors, and ends disputes in which no ruling was signed. It answers how many there were; somebody who is at
// a dispute keeps it for the next look. It is the system's own verb; several servers share the work.
func (f *Funnel) TurnDisputes(ctx context.Context) (turned int, err error) {
	places, err := f.DB.Read(id.UUID{}).DisputeWorkspaces(ctx, f.Now())
	if err != nil {
		return 0, fmt.Errorf("look for disputes that are due: %w", err)
	}
	return f.inEach(ctx, places, func(t *tx) (int, error) { return t.tickDisputes(ctx) })
}

// tickDisputes looks at disputes whose time is up, and answers how many there were.
func (t *tx) tickDisputes(ctx context.Context) (int, error) {
	rows, err := t.LockDueDisputes(ctx, db.LockDueDisputesParams{WorkspaceID: t.Workspace, At: t.now, Rows: maxDueDisputes})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	var of []id.UUID
	for _, d := range rows {
		of = append(of, d.DealID)
	}
	deals, err := t.DealsByID(ctx, db.DealsByIDParams{WorkspaceID: t.Workspace, Ids: unique(of)})
	if err != nil {
		return 0, fmt.Errorf("read deals: %w", err)
	}
	byID := make(map[id.UUID]*db.Deal, len(deals))
	for _, d := range deals {
		byID[d.ID] = d
	}
	for _, d := range rows {
		t.tickDispute(byID[d.DealID], d)
	}
	return len(rows), t.putDisputes(ctx, rows...)
}
