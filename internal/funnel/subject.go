package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// LeadPayload is a lead after what was done with it.
type LeadPayload struct {
	Mark
	Lead *db.Lead
}

// subject is the one lead that a verb moves: locked after its person, with all that rules ask about it.
type subject struct {
	*leadState
	db.Case
	rules    *rulebook
	steps    []*passage
	objected bool // to its disqualification, by the other department
}

// asked tells apart the requests of verbs that answer alike.
type asked[T any] struct {
	Verb string
	In   T
}

// onLead runs a verb on one lead and stores what became of it.
func onLead[T any](ctx context.Context, f *Funnel, key *string, in T, c *checks, lead id.Global, expected *int32, do func(*tx, *subject) error) (*LeadPayload, error) {
	which, err := kind("input.leadId", lead, id.Lead)
	c.add(err)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, key, asked[T]{fmt.Sprintf("%T", in), in}, func(t *tx) (*LeadPayload, error) {
		s, err := t.subject(ctx, "input.leadId", which)
		if err != nil {
			return nil, err
		}
		if err := current(expected, s.row.Version); err != nil {
			return nil, err
		}
		if err := do(t, s); err != nil {
			return nil, err
		}
		return &LeadPayload{Lead: s.row}, t.finish(ctx, s)
	})
}

// subject locks and reads a lead.
func (t *tx) subject(ctx context.Context, field string, lead id.UUID) (*subject, error) {
	var people []*db.Contact
	var leads []*db.Lead
	if err := t.Together(ctx, func(o *db.Opening) {
		o.LockLeadPerson(lead, &people)
		o.LockLead(lead, &leads)
	}); err != nil {
		return nil, fmt.Errorf("lock the lead: %w", err)
	}
	if len(leads) == 0 {
		return nil, fault.Missing(field, "lead")
	}
	t.settle()
	var stamp id.UUID
	cases, err := t.cases(ctx, leads, func(o *db.Opening) { o.RulesStamp(&stamp) })
	if err != nil {
		return nil, err
	}
	c := cases[0]
	s := &subject{leadState: &leadState{row: c.Lead, was: *c.Lead, person: &personState{row: c.Contact, was: *c.Contact}}, Case: c}
	s.rules, err = t.rulesOf(ctx, stamp)
	return s, err
}

// step moves the lead on. Where the table has the same move for another verb, that one is named.
func (t *tx) step(s *subject, to lifecycle.Stage, by lifecycle.Actor) (*passage, error) {
	instead := ""
	switch from := s.row.Stage; {
	case from == lifecycle.Disqualified && !s.objected:
		instead = "This lead is disqualified: the other department may object to that."
	case from == lifecycle.Offered && by != lifecycle.Marketing && by != lifecycle.System:
		instead = "Marketing has offered this lead: accept or reject its hand-off."
	}
	if instead != "" {
		return nil, fault.New(fault.Conflict, "%s", instead).With("allowed", lifecycle.Allowed(s.row.Stage))
	}
	p, err := t.pass(s.Case, to, by)
	if err != nil {
		return nil, err
	}
	s.steps = append(s.steps, p)
	s.changes.note("stage")
	return p, nil
}

// gate is one of the two of a lead definition.
type gate func(*definition.Program, *condition.Facts) definition.Verdict

// asks puts a lead before a gate of the definition in force and keeps the answer with its move. Without a definition it passes.
func (s *subject) asks(t *tx, g gate, p *passage) (definition.Verdict, error) {
	if s.rules.definition == nil {
		return definition.Verdict{Passed: true}, nil
	}
	facts := s.rules.reg.NewFacts(t.now)
	if err := s.Fill(facts); err != nil {
		return definition.Verdict{}, err
	}
	v, version := g(s.rules.definition, facts), s.rules.definitionID
	p.row.AgreementID, p.row.Evidence = &version, db.ListOf(db.AnswersOf(v))
	return v, nil
}

// finish judges the lead where it came to, for rules may ask for the stage, and stores it.
func (t *tx) finish(ctx context.Context, s *subject) error {
	l := s.row
	if l.Stage.Open() {
		j := &judging{rulebook: s.rules, t: t, facts: s.rules.reg.NewFacts(t.now), cause: db.CauseFacts}
		if err := j.judge(s.Case, s.leadState); err != nil {
			return err
		}
	} else {
		s.verdict = verdict{persona: l.PersonaID, points: l.Score, band: l.Band}
	}
	s.passed = append(s.steps, s.passed...)
	l.UpdatedAt, l.Version = t.now, l.Version+1
	db.UpdateLater(t.Tx, "leads", []*db.Lead{l}, "created_at")
	changes, err := db.LeadChanges(s.rules.reg, &s.was, l, t.now)
	if err != nil {
		return err
	}
	db.InsertLater(t.Tx, "fact_changes", changes, "")
	if !equal(s.was.OwnerID, l.OwnerID) {
		names, err := t.memberNames(ctx, s.was.OwnerID, l.OwnerID)
		if err != nil {
			return err
		}
		t.emit(logged{kind: event.LeadAssigned, lead: l.ID, contact: l.ContactID, data: event.Data{From: names(s.was.OwnerID), To: names(l.OwnerID)}})
	}
	return t.store(ctx, s.rules, []*leadState{s.leadState})
}

// reason finds a reason that is in use, by its key.
func (t *tx) reason(ctx context.Context, field string, use lifecycle.ReasonUse, key string) (*db.Reason, error) {
	rows, err := t.ReasonByKey(ctx, db.ReasonByKeyParams{WorkspaceID: t.Workspace, Use: use, Key: key})
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the reason: %w", err)
	case len(rows) == 0:
		return nil, &fault.Error{Code: fault.NotFound, Field: field, Message: fmt.Sprintf("There is no reason with the key %.60q to %s: `reasons` lists them.", key, use)}
	case !rows[0].Active:
		return nil, fault.Input(field, "This reason is not in use any more: choose another one.")
	}
	return rows[0], nil
}

// because notes why somebody moves a lead.
func (p *passage) because(r *db.Reason, note *string) {
	p.row.Reason, p.row.ReasonID, p.row.Note = &r.Label, &r.ID, note
}
