package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/dispute"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// inDispute is a dispute that a verb has in hand, locked, with its deal.
type inDispute struct {
	t    *tx
	row  *db.CreditDispute
	deal *db.Deal
	who  dispute.Party
}

// onDispute runs a verb on a dispute and stores what became of it. What time had made of the dispute by then is told first.
func onDispute[T any](ctx context.Context, f *Funnel, key *string, in T, c *checks, which id.Global, expected *int32, do func(*inDispute) error) (*DisputePayload, error) {
	of, err := kind("input.disputeId", which, id.Dispute)
	c.add(err)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, key, asked[T]{fmt.Sprintf("%T", in), in}, func(t *tx) (*DisputePayload, error) {
		who, err := t.party()
		if err != nil {
			return nil, err
		}
		row, err := t.LockDispute(ctx, db.LockDisputeParams{WorkspaceID: t.Workspace, ID: of})
		if row, err = found(row, err, "input.disputeId", "dispute"); err != nil {
			return nil, err
		}
		t.settle()
		if err := current(expected, row.Version); err != nil {
			return nil, err
		}
		deals, err := t.DealsByID(ctx, db.DealsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{row.DealID}})
		if err != nil || len(deals) == 0 {
			return nil, fmt.Errorf("read the deal of a dispute: %w", err)
		}
		t.tickDispute(deals[0], row)
		if err := do(&inDispute{t, row, deals[0], who}); err != nil {
			return nil, err
		}
		return &DisputePayload{Dispute: row}, t.putDisputes(ctx, row)
	})
}

// AnswerClaimInput is what the other department says to a claim.
type AnswerClaimInput struct {
	DisputeID       id.Global
	CounterShare    *float64
	Answer          *string
	Evidence        []CreditEvidenceInput
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// AnswerClaim agrees to a claim, or says which share the claimant has. Managers and directors of the other department may.
func (f *Funnel) AnswerClaim(ctx context.Context, in AnswerClaimInput) (*DisputePayload, error) {
	var c checks
	answer, evidence := c.prose("input.answer", in.Answer, 2000), c.evidence(in.Evidence, 0)
	if in.CounterShare != nil && answer == nil && c.err() == nil {
		c.add(fault.Input("input.answer", "Say why you do not agree."))
	}
	return onDispute(ctx, f, in.IdempotencyKey, in, &c, in.DisputeID, in.ExpectedVersion, func(d *inDispute) error {
		v, err := d.row.Value().Answer(in.CounterShare, d.who, d.t.now)
		if err != nil {
			return err
		}
		if err := d.t.checkEvidence(ctx, d.deal, evidence); err != nil {
			return err
		}
		d.row.Take(v)
		d.row.Answer, d.row.AnswerEvidence, d.row.AnsweredBy, d.row.AnsweredAt = answer, db.ListOf(evidence), &d.who.Member, &d.t.now
		says := "it agrees"
		if !v.Agreed() {
			says = fmt.Sprintf("%s has %s in its eyes", v.Claimant, dispute.Percent(*v.Counter))
		}
		d.t.tellDispute(event.ClaimAnswered, d.deal, d.row, event.Data{From: string(d.who.Department), Detail: says})
		return nil
	})
}

// WithdrawClaimInput names a claim that is let go.
type WithdrawClaimInput struct {
	DisputeID       id.Global
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// WithdrawClaim lets a claim go. Managers and directors of the department that claimed may.
func (f *Funnel) WithdrawClaim(ctx context.Context, in WithdrawClaimInput) (*DisputePayload, error) {
	var c checks
	return onDispute(ctx, f, in.IdempotencyKey, in, &c, in.DisputeID, in.ExpectedVersion, func(d *inDispute) error {
		v, err := d.row.Value().Withdraw(d.who, d.t.now)
		if err == nil {
			d.row.Take(v)
			d.t.tellDispute(event.ClaimWithdrawn, d.deal, d.row, event.Data{From: string(v.Claimant)})
		}
		return err
	})
}

// ProposeRulingInput is how a dispute shall be settled.
type ProposeRulingInput struct {
	DisputeID       id.Global
	MarketingShare  float64
	SalesShare      float64
	Summary         string
	Tags            []string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// ProposeRuling writes a ruling that both departments can sign, in place of the one before. Directors of both departments may.
func (f *Funnel) ProposeRuling(ctx context.Context, in ProposeRulingInput) (*DisputePayload, error) {
	var c checks
	summary := c.prose("input.summary", &in.Summary, 1000)
	if summary == nil && c.err() == nil {
		c.add(fault.Input("input.summary", "Say what later disputes learn from it."))
	}
	r := dispute.Ruling{Marketing: in.MarketingShare, Sales: in.SalesShare, Tags: in.Tags}
	if err := r.Check(); err != nil {
		c.under("input", err)
	}
	return onDispute(ctx, f, in.IdempotencyKey, in, &c, in.DisputeID, in.ExpectedVersion, func(d *inDispute) error {
		if err := d.row.Value().MayPropose(d.who); err != nil {
			return err
		}
		r.Dispute, r.Number, r.Summary = d.row.ID, 1, *summary
		if last, err := d.ruling(ctx); err != nil {
			return err
		} else if last != nil {
			r.Number = last.Number + 1
		}
		return d.propose(ctx, r)
	})
}

// propose stores a ruling as the one that is to be signed.
func (d *inDispute) propose(ctx context.Context, r dispute.Ruling) error {
	t := d.t
	of, err := t.RunCircumstances(ctx, db.RunCircumstancesParams{WorkspaceID: t.Workspace, DealIds: []id.UUID{d.deal.ID}})
	if err != nil || len(of) == 0 {
		return fmt.Errorf("read the circumstances of a deal: %w", err)
	}
	row := &db.Ruling{WorkspaceID: t.Workspace, ID: id.New(), DisputeID: r.Dispute, Number: r.Number, MarketingShare: r.Marketing, SalesShare: r.Sales, Summary: r.Summary,
		Tags: append([]string{}, r.Tags...), Circumstances: Circumstances(of[0]), Hash: r.Hash(), ProposedBy: d.who.Member, ProposedAt: t.now}
	row.MarketingMinor, row.SalesMinor = r.Parts(d.row.AmountMinor)
	if _, err := db.Insert(ctx, t.Tx, "rulings", []*db.Ruling{row}, ""); err != nil {
		return err
	}
	d.row.RulingID = &row.ID
	t.tellDispute(event.RulingProposed, d.deal, d.row, event.Data{Detail: divided(row)})
	return nil
}

// Circumstances are those that a statement found.
func Circumstances(r *db.RunCircumstancesRow) dispute.Circumstances {
	c := dispute.Circumstances{ChannelGroups: r.ChannelGroups, CampaignKinds: []contact.CampaignKind{}, Sources: r.Sources}
	for _, k := range r.CampaignKinds {
		c.CampaignKinds = append(c.CampaignKinds, contact.CampaignKind(k))
	}
	return c
}

// divided is how a ruling divides, as events tell it.
func divided(r *db.Ruling) string {
	return fmt.Sprintf("MARKETING %s, SALES %s", dispute.Percent(r.MarketingShare), dispute.Percent(r.SalesShare))
}

// ruling is the last that was proposed; nil where none was.
func (d *inDispute) ruling(ctx context.Context) (*db.Ruling, error) {
	if d.row.RulingID == nil {
		return nil, nil
	}
	rows, err := d.t.RulingsByID(ctx, db.RulingsByIDParams{WorkspaceID: d.t.Workspace, Ids: []id.UUID{*d.row.RulingID}})
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("read the ruling: %w", err)
	}
	return rows[0], nil
}

// SignRulingInput names the content that is signed.
type SignRulingInput struct {
	DisputeID      id.Global
	Hash           string
	IdempotencyKey *string
}

// SignRuling signs the ruling of a dispute for the viewer's own department; with both signatures it is settled. Directors may, each once, and nobody for both.
func (f *Funnel) SignRuling(ctx context.Context, in SignRulingInput) (*DisputePayload, error) {
	var c checks
	return onDispute(ctx, f, in.IdempotencyKey, in, &c, in.DisputeID, nil, func(d *inDispute) error {
		r, err := d.ruling(ctx)
		if err != nil {
			return err
		}
		if r == nil {
			return fault.New(fault.Conflict, "No ruling has been proposed in this dispute: proposeRuling writes one.")
		}
		return d.sign(ctx, r, in.Hash)
	})
}

// sign puts a signature under a ruling.
func (d *inDispute) sign(ctx context.Context, r *db.Ruling, hash string) error {
	t := d.t
	rows, err := t.RulingSignaturesOf(ctx, db.RulingSignaturesOfParams{WorkspaceID: t.Workspace, RulingIds: []id.UUID{r.ID}})
	if err != nil {
		return fmt.Errorf("read signatures: %w", err)
	}
	under := make([]agreement.Signature, len(rows))
	for i, s := range rows {
		under[i] = agreement.Signature{Member: s.MemberID, Department: s.Department}
	}
	v, err := d.row.Value().Sign(r.Hash, hash, under, d.who, t.now)
	if err != nil {
		return err
	}
	d.row.Take(v)
	if err := t.Queries.SignRuling(ctx, db.SignRulingParams{WorkspaceID: t.Workspace, RulingID: r.ID, Department: d.who.Department, MemberID: d.who.Member, At: t.now}); err != nil {
		return fmt.Errorf("store the signature: %w", err)
	}
	t.tellDispute(event.RulingSigned, d.deal, d.row, event.Data{Detail: string(d.who.Department)})
	if v.State == dispute.Settled {
		t.tellDispute(event.CreditSettled, d.deal, d.row, event.Data{Detail: divided(r)})
		return t.SettleRuling(ctx, db.SettleRulingParams{WorkspaceID: t.Workspace, ID: r.ID, At: t.now})
	}
	return nil
}
