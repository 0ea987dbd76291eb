package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// AssignLeadInput says who shall answer for a lead.
type AssignLeadInput struct {
	LeadID          id.Global
	OwnerID         *id.Global
	Clocks          sla.Reassignment // empty keeps deadlines
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// AssignLeadPayload is the lead with its owner.
type AssignLeadPayload struct {
	Mark
	Lead *db.Lead
}

// AssignLead makes a member answer for a lead, or gives it back to its queue; what is owed on the lead goes along. Members who work leads may.
func (f *Funnel) AssignLead(ctx context.Context, in AssignLeadInput) (*AssignLeadPayload, error) {
	var c checks
	lead, err := kind("input.leadId", in.LeadID, id.Lead)
	c.add(err)
	var owner *id.UUID
	if in.OwnerID != nil {
		o, err := kind("input.ownerId", *in.OwnerID, id.Member)
		c.add(err)
		owner = &o
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*AssignLeadPayload, error) {
		l, err := t.LockLead(ctx, db.LockLeadParams{WorkspaceID: t.Workspace, ID: lead})
		if l, err = found(l, err, "input.leadId", "lead"); err != nil {
			return nil, err
		}
		if err := current(in.ExpectedVersion, l.Version); err != nil {
			return nil, err
		}
		if equal(l.OwnerID, owner) {
			return &AssignLeadPayload{Lead: l}, nil
		}
		b, l, err := t.openClocks(ctx, l)
		if err != nil {
			return nil, err
		}
		if err := t.mayOwn(ctx, l, owner); err != nil {
			return nil, err
		}
		names, err := t.memberNames(ctx, owner, l.OwnerID)
		if err != nil {
			return nil, err
		}
		e := logged{kind: event.LeadAssigned, lead: l.ID, contact: l.ContactID, data: event.Data{From: names(l.OwnerID), To: names(owner)}}
		if l, err = t.Queries.AssignLead(ctx, db.AssignLeadParams{WorkspaceID: t.Workspace, ID: l.ID, OwnerID: owner}); err != nil {
			return nil, err
		}
		if l.Stage == lifecycle.Offered { // whoever owns an offered lead answers the hand-off
			if err := t.RouteHandoff(ctx, db.RouteHandoffParams{WorkspaceID: t.Workspace, LeadID: l.ID, MemberID: owner}); err != nil {
				return nil, fmt.Errorf("pass the hand-off on: %w", err)
			}
		}
		t.emit(e)
		return &AssignLeadPayload{Lead: l}, b.reassign(ctx, owner, in.Clocks)
	})
}

// mayOwn refuses to give a lead that is offered to somebody who cannot answer: it would wait for nobody until its clock ran out.
func (t *tx) mayOwn(ctx context.Context, l *db.Lead, owner *id.UUID) error {
	if owner == nil || l.Stage != lifecycle.Offered {
		return nil
	}
	members, err := t.MembersByID(ctx, db.MembersByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{*owner}})
	if err != nil {
		return fmt.Errorf("read the new owner: %w", err)
	}
	if len(members) > 0 && members[0].Department != auth.Sales {
		return fault.Input("input.ownerId", "This lead is offered to sales: choose somebody who works there.")
	}
	return nil
}

// memberNames reads a new owner, who must be at work, and others.
func (t *tx) memberNames(ctx context.Context, owner *id.UUID, others ...*id.UUID) (func(*id.UUID) string, error) {
	var ids []id.UUID
	for _, i := range append(others, owner) {
		if i != nil {
			ids = append(ids, *i)
		}
	}
	rows, err := t.MembersByID(ctx, db.MembersByIDParams{WorkspaceID: t.Workspace, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	byID := map[id.UUID]*db.Member{}
	for _, m := range rows {
		byID[m.ID] = m
	}
	if owner != nil && byID[*owner] == nil {
		return nil, fault.Missing("input.ownerId", "member")
	}
	if owner != nil && !byID[*owner].Active {
		return nil, fault.Input("input.ownerId", "This member is not active: choose somebody who is at work.")
	}
	return func(i *id.UUID) string {
		if i == nil {
			return ""
		}
		return byID[*i].Name
	}, nil
}

// RecordConsentInput is a consent given or withdrawn.
type RecordConsentInput struct {
	ContactID      id.Global
	Channel        contact.Channel
	Purpose        contact.Purpose
	State          contact.ConsentState
	Basis          contact.ConsentBasis
	Proof          *string
	At             *time.Time
	IdempotencyKey *string
}

// RecordConsentPayload is the person with the consents in force.
type RecordConsentPayload struct {
	Mark
	Contact *db.Contact
}

// RecordConsent records what a person allows. Members may, of either department: a person who says no is heard by all.
func (f *Funnel) RecordConsent(ctx context.Context, in RecordConsentInput) (*RecordConsentPayload, error) {
	var c checks
	who, err := kind("input.contactId", in.ContactID, id.Contact)
	c.add(err)
	proof := c.opt("input.proof", in.Proof, 500)
	at := f.Now()
	if in.At != nil {
		at = c.moment("input.at", *in.At, at)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*RecordConsentPayload, error) {
		rows, err := t.LockContacts(ctx, db.LockContactsParams{WorkspaceID: t.Workspace, Ids: []id.UUID{who}})
		if err != nil || len(rows) == 0 {
			return nil, either(err, fault.Missing("input.contactId", "person"))
		}
		_, err = db.Insert(ctx, t.Tx, "consents", []*db.Consent{{WorkspaceID: t.Workspace, ID: id.New(), ContactID: who, Channel: in.Channel, Purpose: in.Purpose,
			State: in.State, Basis: in.Basis, Proof: proof, At: at.UTC(), RecordedAt: t.now}}, "")
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.ConsentRecorded, contact: who, data: event.Data{Detail: fmt.Sprintf("%s for %s by %s", in.State, in.Purpose, in.Channel)}})
		return &RecordConsentPayload{Contact: rows[0]}, nil
	})
}
