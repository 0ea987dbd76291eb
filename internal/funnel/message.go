package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// ReserveContactInput asks for a slot to contact a person.
type ReserveContactInput struct {
	ContactID      id.Global
	Channel        contact.Channel
	Purpose        contact.Purpose
	Department     auth.Department
	At             *time.Time
	CampaignID     *id.Global
	TTLSeconds     int
	IdempotencyKey *string
}

// ReserveContactPayload is the answer, and the slot where it is ALLOWED.
type ReserveContactPayload struct {
	Mark
	Decision    *ContactDecision
	Reservation *db.Message
}

// maxTTL is how many seconds a reservation may outlive its instant.
const maxTTL = 24 * 60 * 60

// ReserveContact asks whether a person may be contacted and, if so, takes the slot: nobody else gets it until it is cancelled or expires. Those who
// ask at once for one person, or for people of one company, are answered one after the other. Members who work leads may, for their department, and
// API keys with that scope.
func (f *Funnel) ReserveContact(ctx context.Context, in ReserveContactInput) (*ReserveContactPayload, error) {
	var c checks
	ask := f.question(&c, "input.", &ContactQuestion{in.ContactID, in.Channel, in.Purpose, in.Department, in.At, in.CampaignID})
	if in.At != nil && (ask.At.Before(ask.now.Add(-maxSkew)) || ask.At.After(ask.now.Add(maxAhead))) {
		c.add(fault.Input("input.at", "Give an instant from now to a year ahead: when the message is to go."))
	}
	c.upTo("input.ttlSeconds", int64(in.TTLSeconds), 1, maxTTL)
	c.add(speaksFor(auth.From(ctx), "input.department", in.Department))
	if err := c.err(); err != nil {
		return nil, err
	}
	var people []*db.ContactCompaniesRow
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*ReserveContactPayload, error) {
		if len(people) == 0 {
			return nil, fault.Missing("input.contactId", "person")
		}
		if err := t.lockLedger(ctx, people[0]); err != nil {
			return nil, err
		}
		asked := *ask
		asked.now, asked.At = t.now, later(ask.At, t.now)
		d, err := t.decide(ctx, people[0], &asked)
		if err != nil {
			return nil, err
		}
		e := logged{kind: event.MessageRefused, contact: ask.contact, data: event.Data{Name: string(in.Channel), From: string(in.Department), To: string(d.Outcome), Detail: d.codes()}}
		if d.Outcome != contactpolicy.Allowed {
			t.emit(e)
			return &ReserveContactPayload{Decision: d}, nil
		}
		expires := asked.At.Add(time.Duration(in.TTLSeconds) * time.Second)
		m := &db.Message{WorkspaceID: t.Workspace, ID: id.New(), ContactID: ask.contact, AccountID: people[0].AccountID, Channel: in.Channel, Purpose: in.Purpose, Department: in.Department,
			CampaignID: ask.campaign, State: db.MessageReserved, At: asked.At, ExpiresAt: &expires, PolicyID: d.PolicyID, ActorKind: t.who.Kind, CreatedAt: t.now, Version: 1}
		if actor := t.who.Actor(); !actor.IsZero() {
			m.ActorID = &actor
		}
		if _, err := db.Insert(ctx, t.Tx, "messages", []*db.Message{m}, ""); err != nil {
			return nil, err
		}
		e.kind, e.subject, e.data.Detail = event.MessageReserved, m.ID, ""
		t.emit(e)
		return &ReserveContactPayload{Decision: d, Reservation: m}, nil
	}, func(o *db.Opening) { o.ContactCompanies([]id.UUID{ask.contact}, &people) })
}

// maxSkew is how far a sender's clock may be behind ours.
const maxSkew = 5 * time.Minute

// later is the later of two instants.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// lockLedger makes those who ask about a person wait for each other, and those who ask about colleagues: their caps may be one. Locks are taken in the
// order of the house: account, contact's leads, what hangs below.
func (t *tx) lockLedger(ctx context.Context, c *db.ContactCompaniesRow, also ...func() error) error {
	if c.AccountID != nil {
		if _, err := t.LockAccount(ctx, db.LockAccountParams{WorkspaceID: t.Workspace, ID: *c.AccountID}); err != nil {
			return fmt.Errorf("lock the company: %w", err)
		}
	}
	for _, lock := range also {
		if err := lock(); err != nil {
			return err
		}
	}
	if _, err := t.LockStanding(ctx, db.LockStandingParams{WorkspaceID: t.Workspace, ContactID: c.ID, At: t.now}); err != nil {
		return fmt.Errorf("lock what stands about the person: %w", err)
	}
	t.settle()
	return nil
}

// decide asks the policy, behind the locks.
func (t *tx) decide(ctx context.Context, c *db.ContactCompaniesRow, a *asking) (*ContactDecision, error) {
	d, row, err := t.f.decide(ctx, t.Queries, t.Workspace, a)
	if err == nil && !equal(row.AccountID, c.AccountID) {
		err = db.ErrRace // the person changed companies while we locked the one before
	}
	return d, err
}

// MessageTouchInput is the touch that a message leaves.
type MessageTouchInput struct {
	Source     *string
	Kind       *contact.TouchKind
	Subject    *string
	ExternalID *string
}

// ConfirmContactInput says that a reserved message went.
type ConfirmContactInput struct {
	MessageID      id.Global
	At             *time.Time
	Touch          *MessageTouchInput
	IdempotencyKey *string
}

// ConfirmContactPayload is the message as sent.
type ConfirmContactPayload struct {
	Mark
	Message *db.Message
}

// ConfirmContact turns a reservation into a message that was sent. Where it went at another instant than the reservation held for, the policy is asked
// again. Who may reserve may confirm, for the same department.
func (f *Funnel) ConfirmContact(ctx context.Context, in ConfirmContactInput) (*ConfirmContactPayload, error) {
	var c checks
	which, err := kind("input.messageId", in.MessageID, id.Message)
	c.add(err)
	if in.At != nil {
		c.moment("input.at", *in.At, f.Now())
	}
	leaves := touchOf(&c, in.Touch)
	if err := c.err(); err != nil {
		return nil, err
	}
	var sources []*db.Source
	var stamp id.UUID // of the rules in force
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*ConfirmContactPayload, error) {
		m, who, err := t.lockMessage(ctx, which, in.Touch != nil)
		if err != nil {
			return nil, err
		}
		at := t.now
		if in.At != nil {
			at = in.At.UTC().Truncate(time.Microsecond)
		}
		if early := m.At.Sub(at); early > 0 && early <= maxSkew {
			at = m.At
		}
		policy, err := t.stillAllowed(ctx, m, who, at)
		if err != nil {
			return nil, err
		}
		p := db.SettleMessageParams{WorkspaceID: t.Workspace, ID: m.ID, State: db.MessageSent, At: at, PolicyID: policy, SettledAt: &t.now}
		if leaves != nil {
			source, err := t.teller("input.touch.source", in.Touch.Source, sources)
			if err != nil {
				return nil, err
			}
			touch := *leaves
			touch.SourceID = source.ID
			if p.TouchID, err = t.recordMessage(ctx, m, who, at, &touch, stamp); err != nil {
				return nil, err
			}
		}
		if m, err = t.SettleMessage(ctx, p); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.MessageSent, contact: m.ContactID, subject: m.ID, data: event.Data{Name: string(m.Channel), From: string(m.Department)}})
		return &ConfirmContactPayload{Message: m}, nil
	}, func(o *db.Opening) {
		if in.Touch != nil {
			openSource(o, auth.From(ctx), in.Touch.Source, &sources)
			o.RulesStamp(&stamp)
		}
	})
}

// stillAllowed answers the version that lets a message through: the reservation's own from its instant until it expires, otherwise that of a new decision.
func (t *tx) stillAllowed(ctx context.Context, m *db.Message, who *db.ContactCompaniesRow, at time.Time) (*id.UUID, error) {
	if !at.Before(m.At) && at.Before(*m.ExpiresAt) && t.now.Before(*m.ExpiresAt) {
		return m.PolicyID, nil
	}
	a := &asking{Ask: contactpolicy.Ask{Channel: m.Channel, Purpose: m.Purpose, Department: m.Department, At: at}, field: "input.", contact: m.ContactID, campaign: m.CampaignID,
		now: t.now, leave: m.ID}
	d, err := t.decide(ctx, who, a)
	if err != nil {
		return nil, err
	}
	if d.Outcome != contactpolicy.Allowed {
		return nil, d.against()
	}
	return d.PolicyID, nil
}

// lockMessage locks a reservation, behind the person that it is about.
func (t *tx) lockMessage(ctx context.Context, which id.UUID, leads bool) (*db.Message, *db.ContactCompaniesRow, error) {
	m, err := t.MessageByID(ctx, db.MessageByIDParams{WorkspaceID: t.Workspace, ID: which})
	if m, err = found(m, err, "input.messageId", "message"); err != nil {
		return nil, nil, err
	}
	if err := speaksFor(t.who, "input.messageId", m.Department); err != nil {
		return nil, nil, err
	}
	people, err := t.ContactCompanies(ctx, db.ContactCompaniesParams{WorkspaceID: t.Workspace, Ids: []id.UUID{m.ContactID}})
	if err != nil || len(people) == 0 {
		return nil, nil, fmt.Errorf("read the person of a message: %w", err)
	}
	err = t.lockLedger(ctx, people[0], func() error {
		if !leads {
			return nil
		}
		_, err := t.OpenLeads(ctx, db.OpenLeadsParams{WorkspaceID: t.Workspace, ContactIds: []id.UUID{m.ContactID}})
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if m, err = t.LockMessage(ctx, db.LockMessageParams{WorkspaceID: t.Workspace, ID: which}); err != nil {
		return nil, nil, fmt.Errorf("lock a message: %w", err)
	}
	switch m.State {
	case db.MessageSent:
		return nil, nil, fault.New(fault.Conflict, "This message was confirmed before.")
	case db.MessageCancelled:
		return nil, nil, fault.New(fault.Conflict, "This reservation was cancelled: reserve again.")
	}
	return m, people[0], nil
}

// touchOf checks the touch that a message leaves; nil without one.
func touchOf(c *checks, in *MessageTouchInput) *db.Touch {
	if in == nil {
		return nil
	}
	row := &db.Touch{Subject: c.opt("input.touch.subject", in.Subject, 500), ExternalID: c.opt("input.touch.externalId", in.ExternalID, 200)}
	if in.Kind != nil {
		if row.Kind = *in.Kind; !row.Kind.IsMessage() {
			c.add(fault.Input("input.touch.kind", "A message is one of %v.", contact.Messages))
		}
	}
	return row
}

// recordMessage records the touch that a message leaves, and answers its id: of a touch that was known by source and external id, that of the first.
func (t *tx) recordMessage(ctx context.Context, m *db.Message, who *db.ContactCompaniesRow, at time.Time, row *db.Touch, stamp id.UUID) (*id.UUID, error) {
	row.WorkspaceID, row.ID, row.ContactID, row.AccountID, row.CampaignID = t.Workspace, id.New(), m.ContactID, who.AccountID, m.CampaignID
	row.Channel, row.Direction, row.Department, row.OccurredAt, row.RecordedAt = m.Channel, contact.DirectionOutbound, &m.Department, at, t.now
	if row.Kind == "" {
		row.Kind = m.Channel.MessageKind()
	}
	if t.who.Kind == auth.ActorMember {
		row.MemberID = &t.who.Member
	}
	fresh, err := t.recorded(ctx, []*db.Touch{row}, stamp)
	if err != nil {
		return nil, err
	}
	done, err := t.touchResults(ctx, []*db.Touch{row}, fresh)
	if err != nil {
		return nil, err
	}
	return &done.Results[0].TouchID.UUID, nil
}

// CancelContactInput names a reservation that is not needed.
type CancelContactInput struct {
	MessageID      id.Global
	IdempotencyKey *string
}

// CancelContactPayload is the message that never went.
type CancelContactPayload struct {
	Mark
	Message *db.Message
}

// CancelContact gives a reserved slot back. Who may reserve may cancel, for the same department.
func (f *Funnel) CancelContact(ctx context.Context, in CancelContactInput) (*CancelContactPayload, error) {
	which, err := kind("input.messageId", in.MessageID, id.Message)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*CancelContactPayload, error) {
		m, _, err := t.lockMessage(ctx, which, false)
		if err != nil {
			return nil, err
		}
		m, err = t.SettleMessage(ctx, db.SettleMessageParams{WorkspaceID: t.Workspace, ID: m.ID, State: db.MessageCancelled, At: m.At, PolicyID: m.PolicyID, SettledAt: &t.now})
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.MessageCancelled, contact: m.ContactID, subject: m.ID, data: event.Data{Name: string(m.Channel), From: string(m.Department)}})
		return &CancelContactPayload{Message: m}, nil
	})
}
