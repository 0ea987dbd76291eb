package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
)

// cases reads what rules ask about of leads that are in hand, in their order and in one round trip, together with what else is asked.
func (t *tx) cases(ctx context.Context, leads []*db.Lead, also ...func(*db.Opening)) ([]db.Case, error) {
	var people, from, at, fits []id.UUID
	for _, l := range leads {
		people, from = append(people, l.ContactID), append(from, l.SourceID)
		if l.AccountID != nil {
			at = append(at, *l.AccountID)
		}
		if l.PersonaID != nil {
			fits = append(fits, *l.PersonaID)
		}
	}
	people = unique(people)
	var contacts []*db.Contact
	var sources []*db.Source
	var accounts []*db.Account
	var personas []*db.Persona
	var touches []*db.TouchesOfRow
	if err := t.Together(ctx, func(o *db.Opening) {
		o.ContactsByID(people, &contacts)
		o.SourcesByID(unique(from), &sources)
		o.TouchesOf(people, db.EveryTouch(), &touches)
		if len(at) > 0 {
			o.AccountsByID(unique(at), &accounts)
		}
		if len(fits) > 0 {
			o.PersonasByID(unique(fits), &personas)
		}
		for _, ask := range also {
			ask(o)
		}
	}); err != nil {
		return nil, fmt.Errorf("read what rules ask about: %w", err)
	}
	person, source := by(contacts, func(c *db.Contact) id.UUID { return c.ID }), by(sources, func(s *db.Source) id.UUID { return s.ID })
	account, persona := by(accounts, func(a *db.Account) id.UUID { return a.ID }), by(personas, func(p *db.Persona) id.UUID { return p.ID })
	did := db.ByContact(touches, people)
	out := make([]db.Case, len(leads))
	for i, l := range leads {
		out[i] = db.Case{Lead: l, Contact: person[l.ContactID], Source: source[l.SourceID], Touches: did[l.ContactID]}
		if l.AccountID != nil {
			out[i].Account = account[*l.AccountID]
		}
		if l.PersonaID != nil {
			out[i].Persona = persona[*l.PersonaID]
		}
	}
	return out, nil
}

// by finds rows by their ids.
func by[T any](rows []*T, key func(*T) id.UUID) map[id.UUID]*T {
	out := make(map[id.UUID]*T, len(rows))
	for _, r := range rows {
		out[key(r)] = r
	}
	return out
}
