package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/matching"
)

func (w *world) drawAccounts(n int) {
	d := newDice(2)
	w.accounts = make([]*db.Account, n)
	kinds := len(companyFirst) * len(companySecond) * len(companyThird)
	for i := range w.accounts {
		first, second := companyFirst[i%len(companyFirst)], companySecond[i/len(companyFirst)%len(companySecond)]
		name := fmt.Sprintf("%s %s %s", first, second, companyThird[i/len(companyFirst)/len(companySecond)%len(companyThird)])
		if i >= kinds {
			name = fmt.Sprintf("%s %d", name, i/kinds+1)
		}
		made, where := d.between(worldBegin.UnixMicro(), worldEnd.UnixMicro()), pick(d, places)
		w.accounts[i] = &db.Account{WorkspaceID: w.workspace, ID: d.uuid(made), Name: name + pick(d, []string{"", "", " GmbH", " Inc.", " Ltd"}), NameKey: matching.CompanyKey(name),
			Domain: maybe(d, 0.85, strings.ReplaceAll(strings.ToLower(name), " ", "-")+".com"), Industry: maybe(d, 0.9, pick(d, industries)),
			Employees: maybe(d, 0.8, int32(math.Exp(d.NormFloat64()*1.6+4.5))), RevenueMinor: maybe(d, 0.5, d.Int64N(50_000_000_000)), Currency: "USD",
			Country: &where.country, City: &where.city, Tier: maybe(d, 0.6, pick(d, tiers)), Attributes: db.None, CreatedAt: at(made), UpdatedAt: at(made), Version: 1}
	}
}

// drawContacts places people in time, more and more of them as the business grows, and at companies, some of which are large.
func (w *world) drawContacts(n int) {
	d := newDice(3)
	w.contacts = make([]person, n)
	span := float64(worldEnd.UnixMicro() - worldBegin.UnixMicro())
	for i := range w.contacts {
		made := worldBegin.UnixMicro() + int64(span*math.Pow((float64(i)+d.Float64())/float64(n), 0.7))
		p := person{id: d.uuid(made), account: -1, at: made, source: int32(d.low(sourceCount))}
		if d.chance(0.9) {
			p.account = int32(d.low(len(w.accounts)))
		}
		w.contacts[i] = p
	}
}

// contactRow writes a person out: the same whenever it is asked for.
func (w *world) contactRow(i int) *db.Contact {
	d, p := newDice(1<<32+uint64(i)), w.contacts[i]
	given, family, where, made := pick(d, givenNames), pick(d, familyNames), pick(d, places), at(p.at)
	domain, free := pick(d, freeProviders), true
	if p.account >= 0 && w.accounts[p.account].Domain != nil && d.chance(0.85) {
		domain, free = *w.accounts[p.account].Domain, false
	}
	full, email := given+" "+family, fmt.Sprintf("%s.%s%d@%s", plain(given), plain(family), i, domain)
	function, level := pick(d, functions), pick(d, seniorities)
	c := &db.Contact{WorkspaceID: w.workspace, ID: p.id, GivenName: &given, FamilyName: &family, FullName: &full, Email: &email, EmailDomain: &domain, FreeMail: free,
		Phone: maybe(d, 0.5, fmt.Sprintf("%s%07d", where.dial, i)), Title: maybe(d, 0.85, level+" "+function), Function: &function, Seniority: &level,
		Country: &where.country, City: maybe(d, 0.7, where.city), Language: maybe(d, 0.6, where.language), TimeZone: maybe(d, 0.6, where.zone), Attributes: db.None,
		CreatedAt: made, UpdatedAt: made, Version: 1}
	if p.account >= 0 {
		c.AccountID = &w.accounts[p.account].ID
	}
	return c
}

// plain is a name as it stands in addresses.
func plain(name string) string {
	return strings.NewReplacer("ü", "ue", "ë", "e", "é", "e", "í", "i", "ó", "o").Replace(strings.ToLower(name))
}

// identityRow is what the contact i/2 is recognised by: first the address, then the id in a source's system.
func (w *world) identityRow(i int) *db.ContactIdentity {
	c := w.contactRow(i / 2)
	p := w.contacts[i/2]
	row := &db.ContactIdentity{WorkspaceID: w.workspace, ID: newDice(2<<32 + uint64(i)).uuid(p.at), ContactID: c.ID, CreatedAt: c.CreatedAt}
	if i%2 == 0 {
		row.Kind, row.Key, row.Value = contact.IdentityEmail, *c.Email, *c.Email
		if a, err := matching.Email(*c.Email); err == nil {
			row.Key = a.Key
		}
		return row
	}
	row.Kind, row.Key = contact.IdentityExternal, fmt.Sprintf("%s:person-%d", w.sources[p.source].Key, i/2)
	row.Value = row.Key
	return row
}

func (w *world) consentRow(i int) *db.Consent {
	d, p := newDice(3<<32+uint64(i)), w.contacts[2*i]
	return &db.Consent{WorkspaceID: w.workspace, ID: d.uuid(p.at), ContactID: p.id, Channel: contact.ChannelEmail, Purpose: contact.PurposeMarketing,
		State: pick(d, []contact.ConsentState{contact.ConsentGranted, contact.ConsentGranted, contact.ConsentWithdrawn}), Basis: contact.BasisConsent,
		Proof: maybe(d, 0.5, "Form of the guide, box ticked."), At: at(p.at), RecordedAt: at(p.at)}
}

// drawLeads opens one lead for each person, and second ones for some whose first was lost.
func (w *world) drawLeads(n int) {
	d := newDice(4)
	w.leads = make([]pursuit, n)
	people := len(w.contacts)
	step := max(1, people/max(1, n-people))
	for i := range w.leads {
		if i < people {
			w.leads[i] = pursuit{id: d.uuid(w.contacts[i].at), contact: int32(i), cycle: 1, at: w.contacts[i].at}
			continue
		}
		first := &w.leads[(i-people)*step%people]
		first.closed = true
		opened := d.between(first.at, worldEnd.UnixMicro())
		w.leads[i] = pursuit{id: d.uuid(opened), contact: first.contact, cycle: 2, at: opened}
	}
}

// drawTouches spreads touches over people, many for few, and over time from each person's first day on.
func (w *world) drawTouches(n int) {
	d := newDice(5)
	weights, sum := make([]float64, len(w.contacts)), 0.0
	for i := range weights {
		weights[i] = math.Exp(d.NormFloat64())
		sum += weights[i]
	}
	w.touches = make([]moment, 0, n)
	owed := 0.0
	for i, p := range w.contacts {
		for owed += weights[i] / sum * float64(n); owed >= 1; owed-- {
			f := d.Float64()
			w.touches = append(w.touches, moment{p.at + int64(f*f*float64(worldEnd.UnixMicro()-p.at)), int32(i)})
		}
	}
	for len(w.touches) < n { // what rounding left
		w.touches = append(w.touches, w.touches[len(w.touches)/2])
	}
	slices.SortStableFunc(w.touches, func(a, b moment) int { return int(a.at - b.at) })
	w.lastTouch = make([]int64, len(w.contacts))
	for _, t := range w.touches {
		w.lastTouch[t.contact] = t.at
	}
}
