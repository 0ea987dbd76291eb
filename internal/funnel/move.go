package funnel

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// AcceptLeadInput names a lead that sales found itself.
type AcceptLeadInput struct {
	LeadID          id.Global
	Note            *string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// AcceptLead makes the viewer answer for a new lead that marketing did not pass on. What the definition says of it is kept and blocks nothing. Members of
// sales may.
func (f *Funnel) AcceptLead(ctx context.Context, in AcceptLeadInput) (*LeadPayload, error) {
	var c checks
	note := c.note(in.Note)
	return onLead(ctx, f, in.IdempotencyKey, in, &c, in.LeadID, in.ExpectedVersion, func(t *tx, s *subject) error {
		p, err := t.step(s, lifecycle.Accepted, t.actor(s.row))
		if err != nil {
			return err
		}
		p.row.Note = note
		if _, err := s.asks(t, (*definition.Program).Qualify, p); err != nil {
			return err
		}
		s.row.OwnerID, s.row.Queue, s.row.WakeAt = &t.who.Member, salesQueue, nil
		return nil
	})
}

// NurtureLeadInput names a new lead that is not worth a salesperson's time yet.
type NurtureLeadInput struct {
	LeadID          id.Global
	Note            *string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// NurtureLead lets marketing work on a new lead, if it may be written or spoken to and is somebody we want to win. Members of marketing may.
func (f *Funnel) NurtureLead(ctx context.Context, in NurtureLeadInput) (*LeadPayload, error) {
	var c checks
	note := c.note(in.Note)
	return onLead(ctx, f, in.IdempotencyKey, in, &c, in.LeadID, in.ExpectedVersion, func(t *tx, s *subject) error {
		if s.row.Stage == lifecycle.Returned { // that is to take back what sales has given
			return fault.New(fault.Conflict, "Sales has returned this lead: take it back instead.").With("allowed", lifecycle.Allowed(s.row.Stage))
		}
		p, err := t.step(s, lifecycle.Nurturing, t.actor(s.row))
		if err != nil {
			return err
		}
		p.row.Note = note
		return t.contactable(ctx, s)
	})
}

// contactable refuses people whom marketing may not, cannot or does not want to reach.
func (t *tx) contactable(ctx context.Context, s *subject) error {
	if p := s.Persona; p != nil && p.Negative {
		return fault.New(fault.Conflict, "The lead fits the negative persona %s: such leads are not nurtured.", p.Name)
	}
	if s.Contact.Email == nil && s.Contact.Phone == nil {
		return fault.New(fault.Conflict, "Neither an address nor a number of this person is known: nobody could nurture the lead.")
	}
	stopped, err := t.IsSuppressed(ctx, db.IsSuppressedParams{WorkspaceID: t.Workspace, ContactID: s.Contact.ID})
	if err != nil {
		return fmt.Errorf("read whether the person asked to stop: %w", err)
	}
	rows, err := t.ConsentsOf(ctx, db.ConsentsOfParams{WorkspaceID: t.Workspace, ContactIds: []id.UUID{s.Contact.ID}})
	if err != nil {
		return fmt.Errorf("read consents: %w", err)
	}
	mail, phone := s.Contact.Email != nil, s.Contact.Phone != nil
	for _, r := range rows {
		if r.Purpose == contact.PurposeMarketing && r.State == contact.ConsentWithdrawn {
			mail, phone = mail && r.Channel != contact.ChannelEmail, phone && r.Channel != contact.ChannelPhone
		}
	}
	if stopped || !mail && !phone {
		return fault.New(fault.Conflict, "This person does not want to hear from marketing: the lead cannot be nurtured.")
	}
	return nil
}

// QualifyForSalesInput names a lead that sales is in contact with.
type QualifyForSalesInput struct {
	LeadID          id.Global
	Note            *string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// QualifyForSales calls a lead sales' own, if it passes the second gate of the definition in force at this instant. Members of sales may.
func (f *Funnel) QualifyForSales(ctx context.Context, in QualifyForSalesInput) (*LeadPayload, error) {
	var c checks
	note := c.note(in.Note)
	return onLead(ctx, f, in.IdempotencyKey, in, &c, in.LeadID, in.ExpectedVersion, func(t *tx, s *subject) error {
		p, err := t.step(s, lifecycle.SalesQualified, t.actor(s.row))
		if err != nil {
			return err
		}
		p.row.Note = note
		v, err := s.asks(t, (*definition.Program).SecondGate, p)
		if err != nil || v.Passed {
			return err
		}
		var names, keys []string
		for _, r := range v.Reasons {
			if !r.Passed {
				names, keys = append(names, r.Name), append(keys, r.Key)
			}
		}
		return fault.New(fault.Conflict, "The lead does not pass the second gate of the lead definition yet. It does not meet: %s.", strings.Join(names, ", ")).With("missing", keys)
	})
}

// ReturnLeadInput gives a lead back.
type ReturnLeadInput struct {
	LeadID          id.Global
	Reason          string
	WakeAt          time.Time
	Note            *string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// ReturnLead gives a lead that is not ready back to marketing, with the day from which it may be worth another try. Members of sales may, once the follow-up
// that was agreed has been made or a manager excused it.
func (f *Funnel) ReturnLead(ctx context.Context, in ReturnLeadInput) (*LeadPayload, error) {
	var c checks
	key, wake, note := c.line("input.reason", in.Reason, 50), c.later("input.wakeAt", in.WakeAt, f.Now()), c.note(in.Note)
	return onLead(ctx, f, in.IdempotencyKey, in, &c, in.LeadID, in.ExpectedVersion, func(t *tx, s *subject) error {
		r, err := t.reason(ctx, "input.reason", lifecycle.ToReturn, key)
		if err != nil {
			return err
		}
		p, err := t.step(s, lifecycle.Returned, t.actor(s.row))
		if err != nil {
			return err
		}
		if err := t.mayGiveUp(ctx, s.row); err != nil {
			return err
		}
		p.because(r, note)
		l := s.row
		l.OwnerID, l.Queue, l.WakeAt = nil, marketingQueue, &wake
		return t.handBack(ctx, s.steps)
	})
}

// Where leads wait while nobody owns them: on which side depends on where they are in their life.
const (
	marketingQueue = "marketing"
	salesQueue     = "sales"
)

// TakeBackLeadInput names a lead that sales has returned.
type TakeBackLeadInput struct {
	LeadID          id.Global
	Note            *string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// TakeBackLead makes the viewer answer for a lead that sales has returned; it rests until its day. Members of marketing may.
func (f *Funnel) TakeBackLead(ctx context.Context, in TakeBackLeadInput) (*LeadPayload, error) {
	var c checks
	note := c.note(in.Note)
	return onLead(ctx, f, in.IdempotencyKey, in, &c, in.LeadID, in.ExpectedVersion, func(t *tx, s *subject) error {
		if s.row.Stage != lifecycle.Returned && s.row.Stage.Open() {
			return fault.New(fault.Conflict, "Sales has not returned this lead: there is nothing to take back.").With("allowed", lifecycle.Allowed(s.row.Stage))
		}
		p, err := t.step(s, lifecycle.Nurturing, t.actor(s.row))
		if err != nil {
			return err
		}
		p.row.Note = note
		s.row.OwnerID, s.row.Queue = &t.who.Member, marketingQueue
		taken, err := t.TakeBack(ctx, db.TakeBackParams{WorkspaceID: t.Workspace, LeadID: s.row.ID, MemberID: &t.who.Member, At: t.now})
		if err != nil {
			return fmt.Errorf("take hand-offs back: %w", err)
		}
		return t.accepted(ctx, taken...)
	})
}

// note is what a person writes beside a move.
func (c *checks) note(s *string) *string { return c.prose("input.note", s, 2000) }

// later refuses moments that are no future.
func (c *checks) later(field string, at, now time.Time) time.Time {
	if !at.After(now) || at.After(now.AddDate(5, 0, 0)) {
		c.add(fault.Input(field, "Give a time from now on, within five years."))
	}
	return at.UTC().Truncate(time.Microsecond)
}

// other is the department across the table.
func other(d auth.Department) auth.Department {
	if d == auth.Marketing {
		return auth.Sales
	}
	return auth.Marketing
}
