package funnel

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// ids are the identities a capture brings, strongest first.
func (a *arrival) ids() []identity {
	var ids []identity
	if a.person.external != "" {
		ids = append(ids, identity{contact.IdentityExternal, a.source.Key + ":" + a.person.external})
	}
	if a.person.email != nil {
		ids = append(ids, identity{contact.IdentityEmail, a.person.email.Key})
	}
	if a.person.phone != nil {
		ids = append(ids, identity{contact.IdentityPhone, a.person.phone.Key})
	}
	return ids
}

// load reads and locks what the captures may meet: companies before people before leads, each in the order of their ids.
func (in *intake) load(ctx context.Context, all []*arrival) error {
	var domains, names, kinds, keys []string
	for _, a := range all {
		if a.company.known() {
			names = append(names, a.company.key)
			if a.company.domain != "" {
				domains = append(domains, a.company.domain)
			}
		}
		for _, i := range a.ids() {
			kinds, keys = append(kinds, string(i.kind)), append(keys, i.key)
		}
	}
	var companies []*db.Account
	var found []*db.ContactIdentity
	if err := in.t.Together(ctx, func(o *db.Opening) {
		if len(names) > 0 {
			o.FindAccounts(domains, names, &companies)
		}
		if len(keys) > 0 {
			o.FindIdentities(kinds, keys, &found)
		}
	}); err != nil {
		return fmt.Errorf("find companies and people: %w", err)
	}
	for _, r := range companies {
		in.know(&companyState{row: r, was: *r})
	}
	if err := in.loadDeals(ctx, all); err != nil || len(found) == 0 {
		return err
	}
	ids := make([]id.UUID, len(found))
	for i, f := range found {
		ids[i] = f.ContactID
	}
	if err := in.loadPeople(ctx, unique(ids)); err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(a *arrival) bool { return a.past != nil }) {
		if err := in.loadPast(ctx, ids); err != nil {
			return err
		}
	}
	for _, f := range found {
		if p := in.byID[f.ContactID]; p != nil {
			in.holders[identity{f.Kind, f.Key}] = p
		}
	}
	return nil
}

func (in *intake) know(c *companyState) {
	in.companies = append(in.companies, c)
	in.index(c)
}

// index finds a company by what it is called now. Of several with one name, the one without a domain counts, or else the oldest.
func (in *intake) index(c *companyState) {
	if c.row.Domain != nil {
		in.byDomain[*c.row.Domain] = c
	}
	if other := in.byName[c.row.NameKey]; other == nil || other.row.Domain != nil && c.row.Domain == nil {
		in.byName[c.row.NameKey] = c
	}
}

// reindex follows a company that got a domain or another name.
func (in *intake) reindex() {
	clear(in.byName)
	for _, c := range in.companies {
		in.index(c)
	}
}

// loadPeople locks people, and then their open leads, in one round trip.
func (in *intake) loadPeople(ctx context.Context, ids []id.UUID) error {
	var people []*db.Contact
	var leads []*db.Lead
	var cycles []*db.LastCyclesRow
	var held []*db.ContactIdentity
	if err := in.t.Together(ctx, func(o *db.Opening) {
		o.LockContacts(ids, &people)
		o.OpenLeads(ids, &leads)
		o.LastCycles(ids, &cycles)
		o.IdentitiesOf(ids, &held)
	}); err != nil {
		return fmt.Errorf("read people and their leads: %w", err)
	}
	for _, r := range people {
		p := &personState{row: r, was: *r, holds: map[identity]bool{}}
		in.people, in.byID[r.ID] = append(in.people, p), p
	}
	for _, l := range leads {
		p := in.byID[l.ContactID]
		p.lead = &leadState{row: l, was: *l, person: p}
	}
	for _, c := range cycles {
		in.byID[c.ContactID].cycle = c.Cycle
	}
	for _, h := range held {
		in.byID[h.ContactID].holds[identity{h.Kind, h.Key}] = true
	}
	return nil
}
