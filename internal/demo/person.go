package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// peopleCount is how many people we know.
const peopleCount = 5000

// person is a contact with its pursuits.
type person struct {
	row      *db.Contact
	company  *company // nil for few
	country  *country
	zone     *time.Location
	pursuits []*pursuit // first to last
	direct   string     // the person's own number
	read     []string   // the resources the person was sent or found
	gone     bool       // unsubscribed from mailings
	showroom bool       // saw the robots at work
}

// makePeople thinks up people; who they are to us is decided by their pursuits.
func (w *world) makePeople() {
	for range peopleCount {
		p := &person{}
		if w.chance(0.97) {
			p.company = weighted(w, w.companies, func(c *company) int { return c.people })
		}
		where := w.home(p)
		p.zone = w.zones[where.Zone]
		j := w.job(p)
		given, family := w.name(p)
		p.row = &db.Contact{WorkspaceID: w.workspace.ID, GivenName: ptr(given), FamilyName: ptr(family), FullName: ptr(given + " " + family), Title: ptr(j.title), Function: ptr(j.function),
			Seniority: ptr(j.seniority), Country: ptr(p.country.Code), City: ptr(where.Name), Language: ptr(p.country.Language), TimeZone: ptr(where.Zone), Attributes: db.None, Version: 1}
		w.reach(p, given, family)
		w.people = append(w.people, p)
	}
}

// home is the town a person works in: mostly the company's own.
func (w *world) home(p *person) city {
	if p.company == nil || w.chance(0.12) {
		p.country = weighted(w, refs(w.countries), func(c *country) int { return c.Weight })
		return pick(w, p.country.Cities)
	}
	p.country = p.company.country
	if w.chance(0.7) {
		return p.company.city
	}
	return pick(w, p.country.Cities)
}

// job is a job that there is in the person's company and language.
func (w *world) job(p *person) job {
	academic := p.company != nil && *p.company.row.Industry == "Higher education"
	return weighted(w, w.jobs, func(j job) int {
		switch {
		case academic != (j.language == "academic"):
			return 0
		case academic:
			return 1
		case j.language != "" && j.language != p.country.Names:
			return 0
		}
		return j.weight
	})
}

// name is a name of the person's country.
func (w *world) name(p *person) (given, family string) {
	n := w.names[p.country.Names]
	return pick(w, list(n.Given)), pick(w, list(n.Family))
}

// reach gives the person an address and a number, most of the time.
func (w *world) reach(p *person, given, family string) {
	if p.company != nil && w.chance(0.97) {
		domain := *p.company.row.Domain
		if address, ok := w.fresh(func(try int) string { return local(p.company.addresses, given, family, try) + "@" + domain }); ok {
			p.row.Email, p.row.EmailDomain = &address, &domain
		}
	}
	switch {
	case w.chance(0.55):
		p.direct = w.phone(p.country)
		p.row.Phone = ptr(p.direct)
	case p.company != nil && p.company.switchboard != "" && w.chance(0.6):
		p.row.Phone = &p.company.switchboard
	}
}

// local is the part of an address before the @, in the form the company uses. A namesake gets a number.
func local(form int, given, family string, try int) string {
	g, f := ascii(given, ""), ascii(family, "")
	s := g + "." + f
	switch form {
	case 1:
		s = g[:1] + "." + f
	case 2:
		s = g[:1] + f
	case 3:
		s = f + "." + g
	}
	if try > 0 {
		s += fmt.Sprint(try + 1)
	}
	return s
}

// identify writes down what the person is recognised by: the address, the numbers, and the id that a partner or vendor has.
func (w *world) identify(p *person) {
	add := func(kind contact.IdentityKind, key, value string, shared bool) {
		w.rows.identities = append(w.rows.identities, &db.ContactIdentity{WorkspaceID: w.workspace.ID, ID: w.id(p.row.CreatedAt), ContactID: p.row.ID, Kind: kind, Key: key, Value: value,
			Shared: shared, CreatedAt: p.row.CreatedAt})
	}
	if p.row.Email != nil {
		a, _ := matching.Email(*p.row.Email) // ASCII letters and dots: a test reads all
		add(contact.IdentityEmail, a.Key, a.Display, false)
	}
	if p.direct != "" {
		add(contact.IdentityPhone, p.direct, p.direct, false)
	}
	if c := p.company; c != nil && c.switchboard != "" && (p.direct == "" && p.row.Phone != nil || w.chance(0.1)) {
		add(contact.IdentityPhone, c.switchboard, c.switchboard, c.held)
		c.held = true
	}
	from := p.pursuits[0].source
	if from == "palletworks" || from == "leadfield" || from == "trade-fairs" || p.row.Email == nil && p.row.Phone == nil {
		key := fmt.Sprintf("%s:%s-%05d", from, strings.ToUpper(from[:2]), 10000+len(w.rows.identities))
		add(contact.IdentityExternal, key, key, false)
	}
}

// consent writes down what the person allows.
func (w *world) consent(p *person) {
	say := func(ch contact.Channel, purpose contact.Purpose, state contact.ConsentState, basis contact.ConsentBasis, proof string, at time.Time) {
		w.rows.consents = append(w.rows.consents, &db.Consent{WorkspaceID: w.workspace.ID, ID: w.id(at), ContactID: p.row.ID, Channel: ch, Purpose: purpose, State: state, Basis: basis,
			Proof: ptr(proof), At: at, RecordedAt: at})
	}
	at, first, last := p.row.CreatedAt, p.pursuits[0], p.pursuits[len(p.pursuits)-1]
	switch {
	case p.row.Email == nil:
	case first.source == "leadfield":
		say(contact.ChannelEmail, contact.PurposeMarketing, contact.ConsentGranted, contact.BasisLegitimateInterest, "Leadfield list: opt-in collected by the vendor", at)
	case first.source == "sales":
		say(contact.ChannelEmail, contact.PurposeSales, contact.ConsentGranted, contact.BasisLegitimateInterest, "", at)
	case w.chance(0.9):
		say(contact.ChannelEmail, contact.PurposeMarketing, contact.ConsentGranted, contact.BasisConsent, "Form on the website, confirmed by mail", at)
	}
	if p.row.Phone != nil && w.chance(0.6) {
		say(contact.ChannelPhone, contact.PurposeSales, contact.ConsentGranted, contact.BasisLegitimateInterest, "Gave the number for a call back", at)
	}
	if p.row.CustomerSince != nil && p.row.Email != nil {
		say(contact.ChannelEmail, contact.PurposeTransactional, contact.ConsentGranted, contact.BasisContract, "Contract for the fleet", *p.row.CustomerSince)
	}
	if p.gone {
		say(contact.ChannelEmail, contact.PurposeMarketing, contact.ConsentWithdrawn, contact.BasisConsent, "Link in a mailing", last.row.LastActivityAt)
	}
	if p.row.Phone != nil && last.row.OwnerID != nil && w.chance(0.04) {
		say(contact.ChannelPhone, contact.PurposeSales, contact.ConsentWithdrawn, contact.BasisConsent, "Said so in a call", last.row.LastActivityAt)
	}
}
