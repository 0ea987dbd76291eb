package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// DealPayload is a deal after what was done with it.
type DealPayload struct {
	Mark
	Deal *db.Deal
}

// maxAmount is what amounts of deals stay below, so that sums of them are exact in JSON: 2^53 is more than 9 times as much.
const maxAmount = 1_000_000_000_000_000

// OpenDealInput is the opportunity that a lead becomes.
type OpenDealInput struct {
	LeadID          id.Global
	Name            string
	AmountMinor     int64
	Currency        string
	Stage           *string
	Note            *string
	ExpectedAt      *time.Time
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// OpenDeal makes a sales-qualified lead an opportunity and fixes the hand-off that it came from. Members of sales may.
func (f *Funnel) OpenDeal(ctx context.Context, in OpenDealInput) (*DealPayload, error) {
	var c checks
	lead, err := kind("input.leadId", in.LeadID, id.Lead)
	c.add(err)
	d := &db.Deal{Name: c.line("input.name", in.Name, 200), AmountMinor: in.AmountMinor, Currency: c.currency("input.currency", in.Currency), Stage: c.opt("input.stage", in.Stage, 100),
		Note: c.note(in.Note), ExpectedAt: c.expected(in.ExpectedAt)}
	c.upTo("input.amountMinor", in.AmountMinor, 0, maxAmount)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, asked[OpenDealInput]{"OpenDeal", in}, func(t *tx) (*DealPayload, error) {
		s, err := t.subject(ctx, "input.leadId", lead)
		if err != nil {
			return nil, err
		}
		if err := current(in.ExpectedVersion, s.row.Version); err != nil {
			return nil, err
		}
		if _, err := t.step(s, lifecycle.Opportunity, t.actor(s.row)); err != nil {
			return nil, err
		}
		from, err := t.DealOrigin(ctx, db.DealOriginParams{WorkspaceID: t.Workspace, LeadID: lead})
		if err != nil {
			return nil, fmt.Errorf("read the hand-off: %w", err)
		}
		if len(from) > 0 {
			d.HandoffID = &from[0]
		}
		if s.row.OwnerID == nil {
			s.row.OwnerID = &t.who.Member
		}
		d.WorkspaceID, d.ID, d.LeadID, d.ContactID, d.AccountID, d.OwnerID = t.Workspace, id.New(), lead, s.row.ContactID, s.row.AccountID, s.row.OwnerID
		d.Outcome, d.OpenedAt, d.UpdatedAt, d.Version = lifecycle.DealOpen, t.now, t.now, 1
		if err := t.finish(ctx, s); err != nil {
			return nil, err
		}
		if _, err := db.Insert(ctx, t.Tx, "deals", []*db.Deal{d}, ""); err != nil {
			return nil, err
		}
		t.tellDeal(event.DealOpened, d, amount(d))
		return &DealPayload{Deal: d}, nil
	})
}

// expected is when a deal may close: a day that is no longer ago than deals are believed.
func (c *checks) expected(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	if at.Before(earliest) || at.Year() > 2100 {
		c.add(fault.Input("input.expectedAt", "Give a time between 1990 and 2100."))
	}
	return new(at.UTC().Truncate(time.Microsecond))
}

// amount is a deal's amount as events tell it.
func amount(d *db.Deal) string {
	return fmt.Sprintf("%d.%02d %s", d.AmountMinor/100, d.AmountMinor%100, d.Currency)
}

// tellDeal records what happened with a deal.
func (t *tx) tellDeal(kind event.Kind, d *db.Deal, detail string, changed ...string) {
	e := logged{kind: kind, lead: d.LeadID, contact: d.ContactID, subject: d.ID, data: event.Data{Name: d.Name, Detail: detail, Changes: changed}}
	if d.AccountID != nil {
		e.account = *d.AccountID
	}
	t.emit(e)
}

// putDeal stores a changed deal.
func (t *tx) putDeal(ctx context.Context, d *db.Deal) error {
	d.UpdatedAt, d.Version = t.now, d.Version+1
	return db.Update(ctx, t.Tx, "deals", []*db.Deal{d}, "lead_id", "contact_id", "handoff_id", "opened_at")
}

// onDeal runs a verb on an open deal and its lead.
func onDeal[T any](ctx context.Context, f *Funnel, key *string, in T, c *checks, deal id.Global, expected *int32, do func(*tx, *db.Deal, *subject) error) (*DealPayload, error) {
	which, err := kind("input.dealId", deal, id.Deal)
	c.add(err)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, key, asked[T]{fmt.Sprintf("%T", in), in}, func(t *tx) (*DealPayload, error) {
		rows, err := t.DealsByID(ctx, db.DealsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{which}})
		if err != nil || len(rows) == 0 {
			return nil, either(err, fault.Missing("input.dealId", "deal"))
		}
		s, err := t.subject(ctx, "input.dealId", rows[0].LeadID) // locked before what hangs below it
		if err != nil {
			return nil, err
		}
		d, err := t.LockDeal(ctx, db.LockDealParams{WorkspaceID: t.Workspace, ID: which})
		if d, err = found(d, err, "input.dealId", "deal"); err != nil {
			return nil, err
		}
		if err := current(expected, d.Version); err != nil {
			return nil, err
		}
		if d.Outcome != lifecycle.DealOpen {
			return nil, fault.New(fault.Conflict, "This deal is closed: it is %s.", d.Outcome)
		}
		return &DealPayload{Deal: d}, do(t, d, s)
	})
}

// UpdateDealInput changes a deal; absent keeps, null clears.
type UpdateDealInput struct {
	DealID          id.Global
	ExpectedVersion *int32
	Name            *string
	AmountMinor     *int64
	Currency        *string
	Stage           graphql.Omittable[*string]    `json:",omitzero"`
	Note            graphql.Omittable[*string]    `json:",omitzero"`
	ExpectedAt      graphql.Omittable[*time.Time] `json:",omitzero"`
	IdempotencyKey  *string
}

// UpdateDeal changes an open deal. Members of sales may, and API keys.
func (f *Funnel) UpdateDeal(ctx context.Context, in UpdateDealInput) (*DealPayload, error) {
	var c checks
	name := c.opt("input.name", in.Name, 200)
	if in.AmountMinor != nil {
		c.upTo("input.amountMinor", *in.AmountMinor, 0, maxAmount)
	}
	if in.Currency != nil {
		c.currency("input.currency", *in.Currency)
	}
	stage, note, expected := c.opt("input.stage", in.Stage.Value(), 100), c.note(in.Note.Value()), c.expected(in.ExpectedAt.Value())
	return onDeal(ctx, f, in.IdempotencyKey, in, &c, in.DealID, in.ExpectedVersion, func(t *tx, d *db.Deal, _ *subject) error {
		if t.who.Kind == auth.ActorMember && t.who.Department != auth.Sales {
			return fault.New(fault.Forbidden, "Deals are the business of sales: ask somebody there to change it.")
		}
		var ch changes
		set(&ch, "name", &d.Name, name)
		set(&ch, "amountMinor", &d.AmountMinor, in.AmountMinor)
		set(&ch, "currency", &d.Currency, in.Currency)
		patch(&ch, "stage", &d.Stage, in.Stage, func(*string) *string { return stage })
		patch(&ch, "note", &d.Note, in.Note, func(*string) *string { return note })
		patch(&ch, "expectedAt", &d.ExpectedAt, in.ExpectedAt, func(*time.Time) *time.Time { return expected })
		if len(ch) == 0 {
			return nil
		}
		t.tellDeal(event.DealChanged, d, "", ch...)
		return t.putDeal(ctx, d)
	})
}

// WinDealInput closes a deal that was won.
type WinDealInput struct {
	DealID          id.Global
	AmountMinor     *int64
	Note            *string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// WinDeal closes a deal that was won, at the amount it has or is given: the person becomes a customer, and the touches that led to it are credited for good. Members of sales may.
func (f *Funnel) WinDeal(ctx context.Context, in WinDealInput) (*DealPayload, error) {
	var c checks
	if in.AmountMinor != nil {
		c.upTo("input.amountMinor", *in.AmountMinor, 0, maxAmount)
	}
	note := c.note(in.Note)
	return onDeal(ctx, f, in.IdempotencyKey, in, &c, in.DealID, in.ExpectedVersion, func(t *tx, d *db.Deal, s *subject) error {
		p, err := t.step(s, lifecycle.Won, t.actor(s.row))
		if err != nil {
			return err
		}
		p.row.Note = note
		if in.AmountMinor != nil {
			d.AmountMinor = *in.AmountMinor
		}
		d.Outcome, d.ClosedAt = lifecycle.DealWon, &t.now
		if err := t.putDeal(ctx, d); err != nil {
			return err
		}
		if err := t.customer(ctx, s); err != nil {
			return err
		}
		if err := t.freeze(ctx, []*db.Deal{d}); err != nil {
			return err
		}
		t.tellDeal(event.DealWon, d, amount(d))
		return t.finish(ctx, s)
	})
}

// customer makes the person of a lead a customer, from now on.
func (t *tx) customer(ctx context.Context, s *subject) error {
	if s.Contact.CustomerSince != nil {
		return nil
	}
	s.Contact.CustomerSince, s.Contact.UpdatedAt, s.Contact.Version = &t.now, t.now, s.Contact.Version+1
	t.emit(logged{kind: event.ContactChanged, contact: s.Contact.ID, data: event.Data{Changes: []string{"customerSince"}}})
	return db.Update(ctx, t.Tx, "contacts", []*db.Contact{s.Contact}, "sort_name", "created_at")
}

// LoseDealInput closes a deal that was lost.
type LoseDealInput struct {
	DealID          id.Global
	Reason          string
	WakeAt          *time.Time
	Note            *string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// restAfterLoss is how long a lost lead rests where nobody says.
const restAfterLoss = 90 * 24 * time.Hour

// LoseDeal closes a deal that was lost. The reason decides whether its lead rests for another try or is not pursued any more. Members of sales may.
func (f *Funnel) LoseDeal(ctx context.Context, in LoseDealInput) (*DealPayload, error) {
	var c checks
	key, note := c.line("input.reason", in.Reason, 50), c.note(in.Note)
	wake := f.Now().UTC().Truncate(time.Microsecond).Add(restAfterLoss)
	if in.WakeAt != nil {
		wake = c.later("input.wakeAt", *in.WakeAt, f.Now())
	}
	return onDeal(ctx, f, in.IdempotencyKey, in, &c, in.DealID, in.ExpectedVersion, func(t *tx, d *db.Deal, s *subject) error {
		r, err := t.reason(ctx, "input.reason", lifecycle.ToLose, key)
		if err != nil {
			return err
		}
		p, err := t.step(s, lifecycle.Lost, t.actor(s.row))
		if err != nil {
			return err
		}
		if in.WakeAt != nil && *r.LeadsTo != lifecycle.Retargeting {
			return fault.Input("input.wakeAt", "This reason ends the pursuit: leave the day to try again out.")
		}
		p.because(r, note)
		then, err := t.step(s, *r.LeadsTo, lifecycle.System)
		if err != nil {
			return err
		}
		then.row.Reason, then.row.ReasonID = &r.Label, &r.ID
		if *r.LeadsTo == lifecycle.Retargeting {
			s.row.OwnerID, s.row.Queue, s.row.WakeAt = nil, marketingQueue, &wake
		}
		d.Outcome, d.ReasonID, d.ClosedAt = lifecycle.DealLost, &r.ID, &t.now
		if note != nil {
			d.Note = note
		}
		if err := t.putDeal(ctx, d); err != nil {
			return err
		}
		t.tellDeal(event.DealLost, d, r.Label)
		return t.finish(ctx, s)
	})
}
