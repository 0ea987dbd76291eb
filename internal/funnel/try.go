package funnel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// try is a touch on its way in that says what came of it: an attempt of the follow-up plan.
type try struct {
	touch   *db.Touch
	outcome followup.Outcome
	what    string // the field of the outcome; empty where the request names the lead itself
	when    string // the field of the time
}

// attempted stores the attempts among touches that were not known, with the open leads of their people, which are locked. Attempts with leads that sales does not have, and before it had them, are
// refused.
func (t *tx) attempted(ctx context.Context, open []*db.Lead, fresh map[id.UUID]bool, tries []*try) error {
	tries = slices.DeleteFunc(tries, func(a *try) bool { return !fresh[a.touch.ID] })
	if len(tries) == 0 {
		return nil
	}
	of, p := make(map[id.UUID]*db.Lead, len(open)), db.LockFollowUpsParams{WorkspaceID: t.Workspace}
	for _, l := range open {
		of[l.ContactID], p.LeadIds = l, append(p.LeadIds, l.ID)
	}
	rows, err := t.LockFollowUps(ctx, p)
	if err != nil {
		return fmt.Errorf("read follow-up plans: %w", err)
	}
	taken := make(map[id.UUID]time.Time, len(rows))
	for _, r := range rows {
		taken[r.LeadID] = r.AcceptedAt
	}
	var c checks
	all := make([]*db.Attempt, len(tries))
	for i, a := range tries {
		l := of[a.touch.ContactID]
		if err := a.counts(l, taken); err != nil {
			c.add(err)
			continue
		}
		all[i] = &db.Attempt{WorkspaceID: t.Workspace, ID: id.New(), LeadID: l.ID, TouchID: a.touch.ID, MemberID: a.touch.MemberID, Channel: a.touch.Channel, Outcome: a.outcome,
			Note: a.touch.Subject, At: a.touch.OccurredAt, RecordedAt: t.now}
		t.emit(logged{kind: event.AttemptRecorded, lead: l.ID, contact: l.ContactID, subject: a.touch.ID, data: event.Data{Name: string(a.touch.Channel), Detail: string(a.outcome)}})
	}
	if err := c.err(); err != nil {
		return err
	}
	_, err = db.Insert(ctx, t.Tx, "attempts", all, "")
	return err
}

// counts refuses an attempt with no lead of sales, and one before sales had it: since the acceptance of its plan or, without one, since it came to where it is.
func (a *try) counts(l *db.Lead, taken map[id.UUID]time.Time) error {
	if l == nil {
		return &fault.Error{Code: fault.Conflict, Field: a.what, Message: "This person has no open lead: sales follows up what it has accepted. Leave the outcome out."}
	}
	if err := pursues(l); err != nil {
		return under(err, a.what)
	}
	since, planned := taken[l.ID]
	switch {
	case planned:
	case l.Stage == lifecycle.Accepted:
		since = l.StageSince
	default:
		since = l.CreatedAt
	}
	if a.touch.OccurredAt.Before(since) {
		return fault.Input(a.when, "Sales has this lead since %s: an attempt before that is none.", since.UTC().Format(time.RFC3339))
	}
	return nil
}

// tries are the attempts among the touches of a recording: outbound ones of a member of sales, that were made.
func (r *recording) tries(rows []*db.Touch) (all []*try, err error) {
	for i, in := range r.in {
		if in.Outcome == nil {
			continue
		}
		row, who := rows[i], r.t.who
		bad := func(name, format string, args ...any) { r.faults.add(fault.Input(field(i, name), format, args...)) }
		switch {
		case who.Kind == auth.ActorMember && who.Department != auth.Sales:
			r.faults.add(&fault.Error{Code: fault.Forbidden, Field: field(i, "outcome"), Message: "Sales follows leads up: only its members record attempts."})
		case row.Direction != contact.DirectionOutbound:
			bad("direction", "An attempt goes out: what the person did has no outcome.")
		case row.Department == nil || *row.Department != auth.Sales:
			bad("department", "Attempts are the business of sales: name it, or a member of it, or leave the outcome out.")
		case row.OccurredAt.After(r.t.now):
			bad("occurredAt", "This is still to come: record an attempt once it was made.")
		case r.rep(i, row):
			all = append(all, &try{touch: row, outcome: *in.Outcome, what: field(i, "outcome"), when: field(i, "occurredAt")})
		}
	}
	return all, r.faults.err()
}

// rep says who of sales made an attempt: who records it, where nobody is named.
func (r *recording) rep(i int, row *db.Touch) bool {
	if who := r.t.who; row.MemberID == nil && who.Kind == auth.ActorMember {
		row.MemberID = &who.Member
	}
	if row.MemberID == nil {
		r.faults.add(fault.Input(field(i, "memberEmail"), "Say who of sales made the attempt."))
		return false
	}
	for _, m := range r.members {
		if m.ID == *row.MemberID && m.Department != auth.Sales {
			r.faults.add(fault.Input(field(i, "memberEmail"), "Sales follows leads up: name one of its members."))
			return false
		}
	}
	return true
}
