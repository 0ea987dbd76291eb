package funnel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// cohortStretch is how many leads of a cohort are read at once: it bounds the memory.
const cohortStretch = 1000

// observed is a lead of a cohort whose outcome is known, with its facts as of the decision.
type observed struct {
	lead     *db.Lead
	contact  *db.Contact
	source   *db.Source
	facts    *condition.Facts // of the lead in hand, until the next one
	key      string           // the same however often the lead is imported; where identities are read
	at       time.Time        // the decision
	positive bool
	late     []string // attributes that were first known after the decision
}

// cohortReader walks over the leads of a cohort.
type cohortReader struct {
	r          *db.Reader
	reg        *condition.Registry
	in         backtest.Cohort
	now        time.Time
	identities bool // read them too
	facts      *condition.Facts
	done       int64 // leads read, also those without a known outcome
}

// each hands every lead of the cohort with a known outcome on, a stretch at a time; between stretches it tells how many leads it has read.
func (c *cohortReader) each(ctx context.Context, take func(*observed) error, progress func(done int64) error) error {
	c.facts = c.reg.NewFacts(c.now)
	next := db.CohortAfterParams{WorkspaceID: c.r.Workspace, AfterAt: c.in.From, ToAt: c.in.To, Rows: cohortStretch}
	for {
		rows, err := c.r.CohortAfter(ctx, next)
		if err != nil {
			return fmt.Errorf("read the cohort: %w", err)
		}
		if len(rows) > 0 {
			if err := c.stretch(ctx, rows, take); err != nil {
				return err
			}
			last := rows[len(rows)-1]
			next.AfterAt, next.AfterID, c.done = last.CreatedAt, last.ID, c.done+int64(len(rows))
			if err := progress(c.done); err != nil {
				return err
			}
		}
		if len(rows) < cohortStretch {
			return nil
		}
	}
}

// past is what is known of the leads of a stretch.
type past struct {
	contacts map[id.UUID]*db.Contact
	accounts map[id.UUID]*db.Account // also those that leads had before
	sources  map[id.UUID]*db.Source
	touches  map[id.UUID][]condition.Touch
	moves    map[id.UUID][]*db.Move
	changes  map[id.UUID][]*db.FactChange // by subject
}

// of is what is known of one lead, and how it came to be so.
func (p *past) of(l *db.Lead) (db.Case, db.History) {
	k := db.Case{Lead: l, Contact: p.contacts[l.ContactID], Source: p.sources[l.SourceID], Touches: p.touches[l.ContactID]}
	h := db.History{Moves: p.moves[l.ID], Accounts: p.accounts, Changes: slices.Concat(p.changes[l.ID], p.changes[l.ContactID], p.changes[l.SourceID])}
	if l.AccountID != nil {
		k.Account = p.accounts[*l.AccountID]
		h.Changes = append(h.Changes, p.changes[*l.AccountID]...)
	}
	for _, ch := range p.changes[l.ID] {
		if before := ch.Company(); !before.IsZero() && (l.AccountID == nil || before != *l.AccountID) {
			h.Changes = append(h.Changes, p.changes[before]...)
		}
	}
	return k, h
}

func (c *cohortReader) stretch(ctx context.Context, rows []*db.Lead, take func(*observed) error) error {
	p, err := readPast(ctx, c.r, rows)
	if err != nil {
		return err
	}
	keys := map[id.UUID][]*db.ContactIdentity{}
	if c.identities {
		var people []id.UUID
		for _, l := range rows {
			people = append(people, l.ContactID)
		}
		ids, err := c.r.IdentitiesOf(ctx, db.IdentitiesOfParams{WorkspaceID: c.r.Workspace, ContactIds: unique(people)})
		if err != nil {
			return fmt.Errorf("read identities: %w", err)
		}
		for _, i := range ids {
			keys[i.ContactID] = append(keys[i.ContactID], i)
		}
	}
	for _, l := range rows {
		o := observed{lead: l, contact: p.contacts[l.ContactID], source: p.sources[l.SourceID], facts: c.facts}
		var known bool
		if o.at, o.positive, known = outcome(c.in, l, p.moves[l.ID], c.now); !known {
			continue
		}
		k, history := p.of(l)
		if o.late, err = k.FillAsOf(c.reg, c.facts, o.at, history); err != nil {
			return err
		}
		o.key = foldKey(l, o.contact, keys[l.ContactID])
		if err := take(&o); err != nil {
			return err
		}
	}
	return nil
}

// readPast reads what is known of leads, and what was known before, in a fixed number of statements.
func readPast(ctx context.Context, r *db.Reader, rows []*db.Lead) (*past, error) {
	var leads, people, companies, sources []id.UUID
	for _, l := range rows {
		leads, people, sources = append(leads, l.ID), append(people, l.ContactID), append(sources, l.SourceID)
		if l.AccountID != nil {
			companies = append(companies, *l.AccountID)
		}
	}
	p := &past{contacts: map[id.UUID]*db.Contact{}, accounts: map[id.UUID]*db.Account{}, sources: map[id.UUID]*db.Source{}, moves: map[id.UUID][]*db.Move{}, changes: map[id.UUID][]*db.FactChange{}}
	people, sources = unique(people), unique(sources)
	if err := p.readChanges(ctx, r, slices.Concat(leads, people, sources)); err != nil {
		return nil, err
	}
	for _, l := range leads {
		for _, ch := range p.changes[l] {
			if before := ch.Company(); !before.IsZero() {
				companies = append(companies, before)
			}
		}
	}
	companies = unique(companies)
	if err := p.readChanges(ctx, r, companies); err != nil {
		return nil, err
	}
	if err := p.readRows(ctx, r, people, companies, sources); err != nil {
		return nil, err
	}
	var err error
	if p.touches, err = db.TouchesByContact(ctx, r.Queries, r.Workspace, people, db.EveryTouch()); err != nil {
		return nil, err
	}
	moves, err := r.MovesOf(ctx, db.MovesOfParams{WorkspaceID: r.Workspace, LeadIds: leads})
	if err != nil {
		return nil, fmt.Errorf("read moves: %w", err)
	}
	for _, x := range moves {
		p.moves[x.LeadID] = append(p.moves[x.LeadID], x)
	}
	return p, nil
}

// readChanges reads what facts were before.
func (p *past) readChanges(ctx context.Context, r *db.Reader, subjects []id.UUID) error {
	changes, err := r.FactChangesOf(ctx, db.FactChangesOfParams{WorkspaceID: r.Workspace, SubjectIds: subjects})
	if err != nil {
		return fmt.Errorf("read what facts were before: %w", err)
	}
	for _, x := range changes {
		p.changes[x.SubjectID] = append(p.changes[x.SubjectID], x)
	}
	return nil
}

// readRows reads people, companies and sources.
func (p *past) readRows(ctx context.Context, r *db.Reader, people, companies, sources []id.UUID) error {
	contacts, err := r.ContactsByID(ctx, db.ContactsByIDParams{WorkspaceID: r.Workspace, Ids: people})
	if err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	for _, x := range contacts {
		p.contacts[x.ID] = x
	}
	accounts, err := r.AccountsByID(ctx, db.AccountsByIDParams{WorkspaceID: r.Workspace, Ids: companies})
	if err != nil {
		return fmt.Errorf("read companies: %w", err)
	}
	for _, x := range accounts {
		p.accounts[x.ID] = x
	}
	from, err := r.SourcesByID(ctx, db.SourcesByIDParams{WorkspaceID: r.Workspace, Ids: sources})
	if err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	for _, x := range from {
		p.sources[x.ID] = x
	}
	return nil
}

func unique(ids []id.UUID) []id.UUID {
	out := slices.Clone(ids)
	slices.SortFunc(out, func(a, b id.UUID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(out)
}

// reached are the stages that count as each label: what comes behind counts too.
var reached = map[backtest.Label][]lifecycle.Stage{
	backtest.LabelAccepted:       {lifecycle.Accepted, lifecycle.Working, lifecycle.SalesQualified, lifecycle.Opportunity, lifecycle.Won},
	backtest.LabelSalesQualified: {lifecycle.SalesQualified, lifecycle.Opportunity, lifecycle.Won},
	backtest.LabelWon:            {lifecycle.Won},
}

// outcome tells when a lead is decided on, and what became of it within the horizon. It is not known where the lead was never handed off,
// was closed or successful before the decision, or where its time is not over.
func outcome(c backtest.Cohort, l *db.Lead, moves []*db.Move, now time.Time) (at time.Time, positive, known bool) {
	at = l.CreatedAt.Add(time.Duration(c.AfterDays) * 24 * time.Hour)
	var success, closed *time.Time
	var offered bool
	for _, m := range moves { // newest first: what is left is the first of its kind
		if slices.Contains(reached[c.Label], m.ToStage) {
			success = &m.At
		}
		if !m.ToStage.Open() {
			closed = &m.At
		}
		if c.Decision == backtest.DecisionHandoff && m.ToStage == lifecycle.Offered {
			at, offered = m.At, true
		}
	}
	end := at.Add(time.Duration(c.HorizonDays) * 24 * time.Hour)
	switch {
	case c.Decision == backtest.DecisionHandoff && !offered, at.After(now):
		return at, false, false
	case success != nil && !success.After(end):
		return at, true, !success.Before(at)
	case closed != nil:
		return at, false, !closed.Before(at)
	}
	return at, false, !end.After(now)
}
