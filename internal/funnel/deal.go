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

// OpenDealInput is the opportunity that a lead becomes.
type OpenDealInput struct {
	LeadID          id.Global
	Name            string
	AmountMinor     int64
	Currency        string
	Stage           *string
	Note            *string
	ExpectedAt      *time.Time
	Attributes      db.Attributes
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// OpenDeal makes a sales-qualified lead an opportunity and fixes the hand-off that it came from. Members of sales may.
func (f *Funnel) OpenDeal(ctx context.Context, in OpenDealInput) (*DealPayload, error) {
	var c checks
	lead, err := kind("input.leadId", in.LeadID, id.Lead)
	c.add(err)
	d := &db.Deal{Name: c.line("input.name", in.Name, 200), AmountMinor: in.AmountMinor, Currency: c.currency("input.currency", in.Currency), Stage: c.opt("input.stage", in.Stage, 100),
		Note: c.note(in.Note), ExpectedAt: c.expected(in.ExpectedAt), Attributes: db.None}
	d.Attributes, _ = d.Attributes.Merge(in.Attributes)
	c.amount("input.amountMinor", in.AmountMinor)
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
		d.WorkspaceID, d.ID, d.LeadID, d.ContactID, d.AccountID, d.OwnerID = t.Workspace, id.New(), &lead, &s.row.ContactID, s.row.AccountID, s.row.OwnerID
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

// tellDeal records what happened with a deal.
func (t *tx) tellDeal(kind event.Kind, d *db.Deal, detail string, changed ...string) {
	t.emit(logged{kind: kind, lead: known(d.LeadID), contact: known(d.ContactID), account: known(d.AccountID), subject: d.ID, data: event.Data{Name: d.Name, Detail: detail, Changes: changed}})
}

// known is an id that may be missing; zero for none.
func known(i *id.UUID) id.UUID {
	if i == nil {
		return id.UUID{}
	}
	return *i
}

// putDeal stores a changed deal.
func (t *tx) putDeal(ctx context.Context, d *db.Deal) error {
	d.UpdatedAt, d.Version = t.now, d.Version+1
	return db.Update(ctx, t.Tx, "deals", []*db.Deal{d}, "lead_id", "contact_id", "handoff_id", "source_id", "external_id", "opened_at")
}

// dealt is an open deal in hand, with the pursuit that it came from or, where there is none, the person whom it is with.
type dealt struct {
	*db.Deal
	lead   *subject    // nil for a deal that was brought in without a pursuit
	person *db.Contact // nil where nobody is known
}

// onDeal runs a verb on an open deal, and on its lead if there is one.
func onDeal[T any, P payload](ctx context.Context, f *Funnel, key *string, in T, c *checks, deal id.Global, expected *int32, do func(*tx, *dealt) (P, error)) (none P, err error) {
	which, err := kind("input.dealId", deal, id.Deal)
	c.add(err)
	if err := c.err(); err != nil {
		return none, err
	}
	return write(ctx, f, key, asked[T]{fmt.Sprintf("%T", in), in}, func(t *tx) (P, error) {
		d, err := t.deal(ctx, which)
		if err != nil {
			return none, err
		}
		if err := current(expected, d.Version); err != nil {
			return none, err
		}
		if d.Outcome != lifecycle.DealOpen {
			return none, fault.New(fault.Conflict, "This deal is closed: it is %s.", d.Outcome)
		}
		return do(t, d)
	})
}

// deal locks a deal behind the person and the lead that it hangs below.
func (t *tx) deal(ctx context.Context, which id.UUID) (*dealt, error) {
	rows, err := t.DealsByID(ctx, db.DealsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{which}})
	if err != nil || len(rows) == 0 {
		return nil, either(err, fault.Missing("input.dealId", "deal"))
	}
	d := &dealt{}
	switch at := rows[0]; {
	case at.LeadID != nil:
		if d.lead, err = t.subject(ctx, "input.dealId", *at.LeadID); err != nil {
			return nil, err
		}
		d.person = d.lead.Contact
	case at.ContactID != nil:
		people, err := t.LockContacts(ctx, db.LockContactsParams{WorkspaceID: t.Workspace, Ids: []id.UUID{*at.ContactID}})
		if err != nil || len(people) == 0 {
			return nil, either(err, fault.Missing("input.dealId", "deal"))
		}
		d.person = people[0]
	}
	row, err := t.LockDeal(ctx, db.LockDealParams{WorkspaceID: t.Workspace, ID: which})
	d.Deal, err = found(row, err, "input.dealId", "deal")
	return d, err
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
	Attributes      db.Attributes
	IdempotencyKey  *string
}

// UpdateDeal changes an open deal. Members of sales may, and API keys.
func (f *Funnel) UpdateDeal(ctx context.Context, in UpdateDealInput) (*DealPayload, error) {
	var c checks
	name := c.another("input.name", in.Name, 200)
	if in.AmountMinor != nil {
		c.amount("input.amountMinor", *in.AmountMinor)
	}
	if in.Currency != nil {
		c.currency("input.currency", *in.Currency)
	}
	stage, note, expected := c.opt("input.stage", in.Stage.Value(), 100), c.note(in.Note.Value()), c.expected(in.ExpectedAt.Value())
	return onDeal(ctx, f, in.IdempotencyKey, in, &c, in.DealID, in.ExpectedVersion, func(t *tx, d *dealt) (*DealPayload, error) {
		if t.who.Kind == auth.ActorMember && t.who.Department != auth.Sales {
			return nil, fault.New(fault.Forbidden, "Deals are the business of sales: ask somebody there to change it.")
		}
		if in.Currency != nil && *in.Currency != d.Currency && in.AmountMinor == nil {
			return nil, fault.Input("input.amountMinor", "Give the amount in %s too: so many minor units of another currency are another amount.", *in.Currency)
		}
		var ch changes
		set(&ch, "name", &d.Name, name)
		set(&ch, "amountMinor", &d.AmountMinor, in.AmountMinor)
		set(&ch, "currency", &d.Currency, in.Currency)
		patch(&ch, "stage", &d.Stage, in.Stage, func(*string) *string { return stage })
		patch(&ch, "note", &d.Note, in.Note, func(*string) *string { return note })
		patch(&ch, "expectedAt", &d.ExpectedAt, in.ExpectedAt, func(*time.Time) *time.Time { return expected })
		merge(false, &ch, &d.Attributes, in.Attributes)
		if len(ch) == 0 {
			return &DealPayload{Deal: d.Deal}, nil
		}
		t.tellDeal(event.DealChanged, d.Deal, "", ch...)
		return &DealPayload{Deal: d.Deal}, t.putDeal(ctx, d.Deal)
	})
}
