package funnel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
)

// write stores what the captures made. Where somebody else was quicker with the same company, person or lead, the whole transaction
// runs again and finds what they made.
func (in *intake) write(ctx context.Context) error {
	if err := in.writeCompanies(ctx); err != nil {
		return err
	}
	if err := in.writePeople(ctx); err != nil {
		return err
	}
	if err := in.writeTouches(ctx); err != nil {
		return err
	}
	if len(in.consents) > 0 {
		if err := in.writeConsents(ctx); err != nil {
			return err
		}
	}
	if err := in.writeLeads(ctx); err != nil {
		return err
	}
	in.events()
	return nil
}

// all inserts rows and takes it for a lost race when one of them is there already.
func all[T any](ctx context.Context, t *tx, table string, rows []*T, leave ...string) error {
	n, err := db.Insert(ctx, t.Tx, table, rows, "on conflict do nothing", leave...)
	if err == nil && n < int64(len(rows)) {
		return db.ErrRace
	}
	return err
}

func (in *intake) writeCompanies(ctx context.Context) error {
	var fresh, changed []*db.Account
	for _, c := range in.companies {
		switch {
		case c.fresh:
			fresh = append(fresh, c.row)
		case len(c.changes) > 0:
			c.row.UpdatedAt, c.row.Version = in.t.now, c.row.Version+1
			changed = append(changed, c.row)
		}
	}
	// In the order of their keys, so that two imports that bring the same companies wait for each other and do not lock each other out.
	slices.SortFunc(fresh, func(a, b *db.Account) int { return strings.Compare(a.NameKey, b.NameKey) })
	if err := all(ctx, in.t, "accounts", fresh); err != nil {
		return err
	}
	return db.Update(ctx, in.t.Tx, "accounts", changed, "created_at")
}

func (in *intake) writePeople(ctx context.Context) error {
	var fresh, changed []*db.Contact
	var ids []*db.ContactIdentity
	for _, p := range in.people {
		ids = append(ids, p.identities...)
		switch {
		case p.fresh:
			p.changes = nil
			fresh = append(fresh, p.row)
		case len(p.changes) > 0:
			p.row.UpdatedAt, p.row.Version = in.t.now, p.row.Version+1
			changed = append(changed, p.row)
		}
	}
	slices.SortFunc(ids, func(a, b *db.ContactIdentity) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Key, b.Key))
	})
	if err := all(ctx, in.t, "contacts", fresh, "sort_name"); err != nil {
		return err
	}
	if err := db.Update(ctx, in.t.Tx, "contacts", changed, "sort_name", "created_at"); err != nil {
		return err
	}
	return all(ctx, in.t, "contact_identities", ids)
}

// writeTouches stores the touches that were not known before, and lets them move their leads.
func (in *intake) writeTouches(ctx context.Context) error {
	if len(in.touches) == 0 {
		return nil
	}
	ids, err := db.InsertTouches(ctx, in.t.Tx, in.touches)
	if err != nil {
		return err
	}
	written := make(map[id.UUID]bool, len(ids))
	for _, i := range ids {
		written[i] = true
	}
	for _, t := range in.touches {
		p := in.touched[t.ID]
		if !written[t.ID] {
			continue
		}
		p.lead.judge = true
		p.lead.changes.note("touches")
		if t.OccurredAt.After(p.lead.row.LastActivityAt) {
			p.lead.row.LastActivityAt = t.OccurredAt
		}
	}
	return nil
}

// writeConsents leaves out what says the same as the consent in force: a form that is sent again proves nothing new.
func (in *intake) writeConsents(ctx context.Context) error {
	type slot struct {
		contact          id.UUID
		channel, purpose string
	}
	var people []id.UUID
	for _, c := range in.consents {
		people = append(people, c.ContactID)
	}
	rows, err := in.t.ConsentsOf(ctx, db.ConsentsOfParams{WorkspaceID: in.t.Workspace, ContactIds: people})
	if err != nil {
		return fmt.Errorf("read consents: %w", err)
	}
	now := map[slot]*db.Consent{}
	for _, r := range rows {
		now[slot{r.ContactID, string(r.Channel), string(r.Purpose)}] = r
	}
	var fresh []*db.Consent
	for _, c := range in.consents {
		s := slot{c.ContactID, string(c.Channel), string(c.Purpose)}
		if old := now[s]; old == nil || old.State != c.State || old.Basis != c.Basis {
			fresh = append(fresh, c)
			now[s] = c
			if p := in.byID[c.ContactID]; p != nil && !p.fresh {
				p.changes.note("consents")
			}
		}
	}
	_, err = db.Insert(ctx, in.t.Tx, "consents", fresh, "")
	return err
}

// writeLeads matches personas where facts changed, and stores the leads.
func (in *intake) writeLeads(ctx context.Context) error {
	var judge []*leadState
	for _, p := range in.people {
		if p.lead != nil && p.lead.judge {
			judge = append(judge, p.lead)
		}
	}
	if len(judge) == 0 {
		return nil
	}
	if err := in.match(ctx, judge); err != nil {
		return err
	}
	var fresh, changed []*db.Lead
	for _, l := range judge {
		switch {
		case l.fresh:
			l.changes = nil
			fresh = append(fresh, l.row)
		case len(l.changes) > 0:
			l.row.UpdatedAt, l.row.Version = in.t.now, l.row.Version+1
			changed = append(changed, l.row)
		}
	}
	if err := all(ctx, in.t, "leads", fresh); err != nil {
		return err
	}
	return db.Update(ctx, in.t.Tx, "leads", changed, "created_at")
}

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
