package funnel

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// WinDealInput closes a deal that was won.
type WinDealInput struct {
	DealID          id.Global
	AmountMinor     *int64
	ClosedAt        *time.Time
	Note            *string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// WinDealPayload is a deal that was won, and what may keep its person a customer.
type WinDealPayload struct {
	Mark
	Deal      *db.Deal
	Retention []*RetentionOffer
}

// WinDeal closes a deal that was won, at the amount it has or is given: the person becomes a customer, the touches that led to it are credited for good, and
// retention is offered. Members of sales may.
func (f *Funnel) WinDeal(ctx context.Context, in WinDealInput) (*WinDealPayload, error) {
	var c checks
	if in.AmountMinor != nil {
		c.amount("input.amountMinor", *in.AmountMinor)
	}
	note := c.note(in.Note)
	return onDeal(ctx, f, in.IdempotencyKey, in, &c, in.DealID, in.ExpectedVersion, func(t *tx, d *dealt) (*WinDealPayload, error) {
		if err := t.leave(d, lifecycle.Won, func(p *passage) { p.row.Note = note }); err != nil {
			return nil, err
		}
		if note != nil {
			d.Note = note
		}
		if in.AmountMinor != nil {
			d.AmountMinor = *in.AmountMinor
		}
		if d.AmountMinor == 0 {
			return nil, fault.Input("input.amountMinor", "What this deal is worth is not known yet: give the amount that it was won at.")
		}
		if err := t.closeDeal(ctx, d, lifecycle.DealWon, in.ClosedAt); err != nil {
			return nil, err
		}
		if err := t.customer(ctx, d.person, *d.ClosedAt); err != nil {
			return nil, err
		}
		if err := t.freeze(ctx, []*db.Deal{d.Deal}); err != nil {
			return nil, err
		}
		t.tellDeal(event.DealWon, d.Deal, amount(d.Deal))
		if err := t.finished(ctx, d); err != nil {
			return nil, err
		}
		offers, err := t.retention(ctx, d.person)
		return &WinDealPayload{Deal: d.Deal, Retention: offers}, err
	})
}

// leave moves the lead of a deal that closes. Who may close a deal without a lead is said by the same table.
func (t *tx) leave(d *dealt, to lifecycle.Stage, why func(*passage)) error {
	if d.lead == nil {
		return lifecycle.Check(lifecycle.Opportunity, to, t.actor(&db.Lead{OwnerID: d.OwnerID, Stage: lifecycle.Opportunity}))
	}
	p, err := t.step(d.lead, to, t.actor(d.lead.row))
	if err != nil {
		return err
	}
	why(p)
	return nil
}

// finished stores the lead of a deal that is closed.
func (t *tx) finished(ctx context.Context, d *dealt) error {
	if d.lead == nil {
		return nil
	}
	return t.finish(ctx, d.lead)
}

// closeDeal stores what became of a deal, and when.
func (t *tx) closeDeal(ctx context.Context, d *dealt, outcome lifecycle.DealOutcome, at *time.Time) error {
	d.Outcome, d.ClosedAt = outcome, new(t.now)
	if at != nil {
		if *d.ClosedAt = at.UTC().Truncate(time.Microsecond); d.ClosedAt.Before(d.OpenedAt) || d.ClosedAt.After(t.now) {
			return fault.Input("input.closedAt", "Give a time between %s, when the deal was opened, and now.", d.OpenedAt.UTC().Format(time.RFC3339))
		}
	}
	return t.putDeal(ctx, d.Deal)
}

// customer makes a person a customer, from then on.
func (t *tx) customer(ctx context.Context, person *db.Contact, since time.Time) error {
	if person == nil || person.CustomerSince != nil && !since.Before(*person.CustomerSince) {
		return nil
	}
	person.CustomerSince, person.UpdatedAt, person.Version = &since, t.now, person.Version+1
	t.emit(logged{kind: event.ContactChanged, contact: person.ID, data: event.Data{Changes: []string{"customerSince"}}})
	return db.Update(ctx, t.Tx, "contacts", []*db.Contact{person}, "sort_name", "created_at")
}

// LoseDealInput closes a deal that was lost.
type LoseDealInput struct {
	DealID          id.Global
	Reason          string
	WakeAt          *time.Time
	ClosedAt        *time.Time
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
	return onDeal(ctx, f, in.IdempotencyKey, in, &c, in.DealID, in.ExpectedVersion, func(t *tx, d *dealt) (*DealPayload, error) {
		r, err := t.reason(ctx, "input.reason", lifecycle.ToLose, key)
		if err != nil {
			return nil, err
		}
		if err := t.leave(d, lifecycle.Lost, func(p *passage) { p.because(r, note) }); err != nil {
			return nil, err
		}
		if err := t.afterLoss(d, r, in.WakeAt != nil, wake); err != nil {
			return nil, err
		}
		d.ReasonID = &r.ID
		if note != nil {
			d.Note = note
		}
		if err := t.closeDeal(ctx, d, lifecycle.DealLost, in.ClosedAt); err != nil {
			return nil, err
		}
		t.tellDeal(event.DealLost, d.Deal, r.Label)
		return &DealPayload{Deal: d.Deal}, t.finished(ctx, d)
	})
}

// afterLoss brings a lost lead to where the reason says.
func (t *tx) afterLoss(d *dealt, r *db.Reason, asked bool, wake time.Time) error {
	switch {
	case d.lead == nil && asked:
		return fault.Input("input.wakeAt", "This deal has no lead that could rest: leave the day to try again out.")
	case asked && *r.LeadsTo != lifecycle.Retargeting:
		return fault.Input("input.wakeAt", "This reason ends the pursuit: leave the day to try again out.")
	case d.lead == nil:
		return nil
	}
	then, err := t.step(d.lead, *r.LeadsTo, lifecycle.System)
	if err != nil {
		return err
	}
	then.row.Reason, then.row.ReasonID = &r.Label, &r.ID
	if l := d.lead.row; *r.LeadsTo == lifecycle.Retargeting {
		l.OwnerID, l.Queue, l.WakeAt = nil, marketingQueue, &wake
	}
	return nil
}
