package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
)

// cases reads what rules ask about of leads that are in hand.
func (t *tx) cases(ctx context.Context, leads []*db.Lead) (map[id.UUID]db.Case, error) {
	var people, sources, companies, personas []id.UUID
	for _, l := range leads {
		people, sources = append(people, l.ContactID), append(sources, l.SourceID)
		if l.AccountID != nil {
			companies = append(companies, *l.AccountID)
		}
		if l.PersonaID != nil {
			personas = append(personas, *l.PersonaID)
		}
	}
	contacts, err := t.ContactsByID(ctx, db.ContactsByIDParams{WorkspaceID: t.Workspace, Ids: unique(people)})
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	person := make(map[id.UUID]*db.Contact, len(contacts))
	for _, c := range contacts {
		person[c.ID] = c
	}
	from, err := t.sources(ctx, unique(sources))
	if err != nil {
		return nil, err
	}
	accounts := map[id.UUID]*db.Account{}
	if err := t.accounts(ctx, unique(companies), accounts); err != nil {
		return nil, err
	}
	fits := map[id.UUID]*db.Persona{}
	if len(personas) > 0 {
		rows, err := t.PersonasByID(ctx, db.PersonasByIDParams{WorkspaceID: t.Workspace, Ids: unique(personas)})
		if err != nil {
			return nil, fmt.Errorf("read personas: %w", err)
		}
		for _, p := range rows {
			fits[p.ID] = p
		}
	}
	touches, err := db.TouchesByContact(ctx, t.Queries, t.Workspace, unique(people), db.EveryTouch())
	if err != nil {
		return nil, err
	}
	out := make(map[id.UUID]db.Case, len(leads))
	for _, l := range leads {
		c := db.Case{Lead: l, Contact: person[l.ContactID], Source: from[l.SourceID], Touches: touches[l.ContactID]}
		if l.AccountID != nil {
			c.Account = accounts[*l.AccountID]
		}
		if l.PersonaID != nil {
			c.Persona = fits[*l.PersonaID]
		}
		out[l.ID] = c
	}
	return out, nil
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
