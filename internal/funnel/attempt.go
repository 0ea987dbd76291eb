package funnel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
)

// RecordAttemptInput is an attempt to reach a person.
type RecordAttemptInput struct {
	LeadID         id.Global
	Channel        contact.Channel
	Outcome        followup.Outcome
	At             *time.Time
	Note           *string
	Source         *string
	IdempotencyKey *string
}

// RecordAttemptPayload is the attempt with what has been done by now.
type RecordAttemptPayload struct {
	Mark
	Lead        *db.Lead
	Touch       *db.Touch
	Certificate *EffortCertificate
}

// RecordAttempt records that somebody of sales tried to reach a person: a touch, and what came of it. Members of sales may.
func (f *Funnel) RecordAttempt(ctx context.Context, in RecordAttemptInput) (*RecordAttemptPayload, error) {
	var c checks
	which, err := kind("input.leadId", in.LeadID, id.Lead)
	c.add(err)
	note := c.opt("input.note", in.Note, 500)
	if in.At != nil && in.At.After(f.Now()) {
		c.add(fault.Input("input.at", "This is still to come: record an attempt once it was made."))
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*RecordAttemptPayload, error) {
		if t.who.Kind != auth.ActorMember || t.who.Department != auth.Sales {
			return nil, fault.New(fault.Forbidden, "Sales follows leads up: only its members record attempts.")
		}
		l, err := t.LockLead(ctx, db.LockLeadParams{WorkspaceID: t.Workspace, ID: which})
		if l, err = found(l, err, "input.leadId", "lead"); err != nil {
			return nil, err
		}
		t.settle()
		at := t.now
		if in.At != nil {
			at = in.At.UTC().Truncate(time.Microsecond)
		}
		if err := pursues(l); err != nil {
			return nil, err
		}
		source, err := t.attemptSource(ctx, l, in.Source)
		if err != nil {
			return nil, err
		}
		return t.attempt(ctx, l, &db.Touch{WorkspaceID: t.Workspace, ID: id.New(), ContactID: l.ContactID, AccountID: l.AccountID, SourceID: source, Kind: in.Outcome.Touch(in.Channel),
			Channel: in.Channel, Direction: contact.DirectionOutbound, Department: new(auth.Sales), MemberID: &t.who.Member, Subject: note, OccurredAt: at, RecordedAt: t.now}, in.Outcome)
	})
}

// pursues refuses attempts with a lead that sales does not have.
func pursues(l *db.Lead) error {
	if slices.Contains(pursued, l.Stage) {
		return nil
	}
	return fault.New(fault.Conflict, "This lead is %s: sales follows up what it has accepted.", l.Stage)
}

// attemptSource is who tells of the attempt: the source that is named, or else the lead's own.
func (t *tx) attemptSource(ctx context.Context, l *db.Lead, key *string) (id.UUID, error) {
	if key == nil {
		return l.SourceID, nil
	}
	s, err := t.source(ctx, "input.source", key)
	if err != nil {
		return id.UUID{}, err
	}
	return s.ID, nil
}

// attempt records a touch that is an attempt, which may move the lead and what is owed on it.
func (t *tx) attempt(ctx context.Context, l *db.Lead, touch *db.Touch, outcome followup.Outcome) (*RecordAttemptPayload, error) {
	stamp, err := t.RulesStamp(ctx, t.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read which rules are in force: %w", err)
	}
	if _, err := t.recorded(ctx, []*db.Touch{touch}, stamp, &try{touch: touch, outcome: outcome, when: "input.at"}); err != nil {
		return nil, err
	}
	rows, err := t.LeadsByID(ctx, db.LeadsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{l.ID}})
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("read the lead: %w", err)
	}
	out := &RecordAttemptPayload{Lead: rows[0], Touch: touch}
	out.Certificate, err = certificateOf(ctx, t.Queries, t.Workspace, rows[0], t.now)
	return out, err
}

// ExcuseFollowUpInput says which lead may be given up early, and why.
type ExcuseFollowUpInput struct {
	LeadID         id.Global
	Note           string
	IdempotencyKey *string
}

// ExcuseFollowUpPayload is the certificate with the excuse.
type ExcuseFollowUpPayload struct {
	Mark
	Certificate *EffortCertificate
}

// ExcuseFollowUp lets a rep give a lead up before enough was tried. Who may is said by the rule that made the plan.
func (f *Funnel) ExcuseFollowUp(ctx context.Context, in ExcuseFollowUpInput) (*ExcuseFollowUpPayload, error) {
	var c checks
	which, err := kind("input.leadId", in.LeadID, id.Lead)
	c.add(err)
	note := c.prose("input.note", &in.Note, 2000)
	if note == nil && c.err() == nil {
		c.add(fault.Input("input.note", "Say why the lead may be given up early."))
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*ExcuseFollowUpPayload, error) {
		l, err := t.LockLead(ctx, db.LockLeadParams{WorkspaceID: t.Workspace, ID: which})
		if l, err = found(l, err, "input.leadId", "lead"); err != nil {
			return nil, err
		}
		t.settle()
		plans, err := t.pursuits(ctx, []id.UUID{l.ID})
		if err != nil {
			return nil, err
		}
		if err := t.mayExcuse(plans[l.ID]); err != nil {
			return nil, err
		}
		if _, err := t.Queries.ExcuseFollowUp(ctx, db.ExcuseFollowUpParams{WorkspaceID: t.Workspace, ID: plans[l.ID].row.ID, ExcusedBy: &t.who.Member, At: t.now, Excuse: note}); err != nil {
			return nil, fmt.Errorf("store the excuse: %w", err)
		}
		t.emit(logged{kind: event.FollowUpExcused, lead: l.ID, contact: l.ContactID})
		certificate, err := certificateOf(ctx, t.Queries, t.Workspace, l, t.now)
		return &ExcuseFollowUpPayload{Certificate: certificate}, err
	})
}

// mayExcuse refuses who may not let a rep give up early, and where there is nothing to excuse.
func (t *tx) mayExcuse(p *pursuit) error {
	switch {
	case p == nil:
		return fault.New(fault.Conflict, "No follow-up plan runs for this lead: there is nothing to excuse.")
	case t.who.Kind != auth.ActorMember || !p.plan.Rule.Excuses(t.who.Department, t.who.Role):
		may := "nobody"
		if len(p.plan.Rule.MayExcuse) > 0 {
			may = "in sales " + enum.List(p.plan.Rule.MayExcuse)
		}
		return fault.New(fault.Forbidden, "By the follow-up policy %s may excuse it.", may)
	case p.effort.Excuse != nil:
		return fault.New(fault.Conflict, "This follow-up is excused already.")
	}
	return nil
}
