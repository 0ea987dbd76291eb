package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
)

// match finds the personas of leads, from the facts in hand.
func (in *intake) match(ctx context.Context, leads []*leadState) error {
	m, err := in.t.matcher(ctx)
	if err != nil {
		return err
	}
	companies := in.names
	for _, c := range in.companies {
		companies[c.row.ID] = c.row
	}
	var missing, sources, people []id.UUID
	for _, l := range leads {
		if a := l.row.AccountID; a != nil && companies[*a] == nil {
			missing = append(missing, *a)
		}
		sources = append(sources, l.row.SourceID)
		people = append(people, l.row.ContactID)
	}
	if err := in.t.accounts(ctx, missing, companies); err != nil {
		return err
	}
	from, err := in.t.sources(ctx, sources)
	if err != nil {
		return err
	}
	touches, err := m.touches(ctx, in.t, people)
	if err != nil {
		return err
	}
	for _, l := range leads {
		c := db.Case{Lead: l.row, Contact: l.person.row, Source: from[l.row.SourceID], Touches: touches[l.row.ContactID]}
		if l.row.AccountID != nil {
			c.Account = companies[*l.row.AccountID]
		}
		l.was = l.row.PersonaID
		changed, err := m.judge(c)
		if err != nil {
			return err
		}
		if changed {
			l.changes.note("persona")
		}
	}
	return nil
}

// accounts reads companies into a map.
func (t *tx) accounts(ctx context.Context, ids []id.UUID, into map[id.UUID]*db.Account) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := t.AccountsByID(ctx, db.AccountsByIDParams{WorkspaceID: t.Workspace, Ids: ids})
	if err != nil {
		return fmt.Errorf("read companies: %w", err)
	}
	for _, r := range rows {
		into[r.ID] = r
	}
	return nil
}

func (t *tx) sources(ctx context.Context, ids []id.UUID) (map[id.UUID]*db.Source, error) {
	rows, err := t.SourcesByID(ctx, db.SourcesByIDParams{WorkspaceID: t.Workspace, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	out := make(map[id.UUID]*db.Source, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, nil
}

// matcher holds the workspace's personas, ready to be matched.
type matcher struct {
	personas   []*db.Persona
	programs   []*condition.Program
	facts      *condition.Facts
	behaviours bool // some persona asks about touches
	t          *tx
}

// matcher reads the active personas.
func (t *tx) matcher(ctx context.Context) (*matcher, error) {
	rows, err := t.ActivePersonas(ctx, t.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read personas: %w", err)
	}
	reg, err := t.Registry(ctx, t.Workspace)
	if err != nil {
		return nil, err
	}
	m := &matcher{t: t, personas: rows, facts: reg.NewFacts(t.now)}
	for _, r := range rows {
		p, err := condition.Compile(&r.Condition, reg)
		if err != nil {
			return nil, fmt.Errorf("compile persona %s: %w", r.ID, err)
		}
		m.programs = append(m.programs, p)
		m.behaviours = m.behaviours || r.Condition.Asks()
	}
	return m, nil
}

// touches reads the touches of people, where some persona asks about them.
func (m *matcher) touches(ctx context.Context, t *tx, people []id.UUID) (map[id.UUID][]condition.Touch, error) {
	if !m.behaviours {
		return nil, nil
	}
	rows, err := t.TouchesOf(ctx, db.TouchesOfParams{WorkspaceID: t.Workspace, ContactIds: people})
	if err != nil {
		return nil, fmt.Errorf("read touches: %w", err)
	}
	out := map[id.UUID][]condition.Touch{}
	for _, r := range rows {
		out[r.ContactID] = append(out[r.ContactID], r.Touch())
	}
	return out, nil
}

// judge sets the persona of a lead: of those that match, a negative one before all, else the most important. It tells whether
// anything changed.
func (m *matcher) judge(c db.Case) (bool, error) {
	m.facts.Reset(m.t.now)
	if err := c.Fill(m.facts); err != nil {
		return false, err
	}
	l := c.Lead
	for i, p := range m.programs {
		if !p.Match(m.facts) {
			continue
		}
		r := p.Explain(m.facts)
		same := l.PersonaID != nil && *l.PersonaID == m.personas[i].ID && l.PersonaConfidence != nil && *l.PersonaConfidence == r.Strength
		reasons := db.Reasons(r)
		if same && reasons.Equal(l.PersonaReasons) {
			return false, nil
		}
		l.PersonaID, l.PersonaConfidence, l.PersonaReasons = &m.personas[i].ID, &r.Strength, reasons
		return true, nil
	}
	had := l.PersonaID != nil
	l.PersonaID, l.PersonaConfidence, l.PersonaReasons = nil, nil, db.ConditionReasons{}
	return had, nil
}

// matched records which leads fit another persona than before; of new leads it goes without saying.
func (t *tx) matched(ctx context.Context, leads []*leadState) error {
	var moved []*leadState
	var ids []id.UUID
	for _, l := range leads {
		if l.fresh || equal(l.was, l.row.PersonaID) {
			continue
		}
		moved = append(moved, l)
		for _, p := range []*id.UUID{l.was, l.row.PersonaID} {
			if p != nil {
				ids = append(ids, *p)
			}
		}
	}
	if len(moved) == 0 {
		return nil
	}
	rows, err := t.PersonasByID(ctx, db.PersonasByIDParams{WorkspaceID: t.Workspace, Ids: ids})
	if err != nil {
		return fmt.Errorf("read personas: %w", err)
	}
	names := map[id.UUID]string{}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	name := func(p *id.UUID) string {
		if p == nil {
			return ""
		}
		return names[*p]
	}
	for _, l := range moved {
		t.emit(logged{kind: event.LeadMatched, lead: l.row.ID, contact: l.row.ContactID, data: event.Data{From: name(l.was), To: name(l.row.PersonaID)}})
	}
	return nil
}
