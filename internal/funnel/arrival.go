package funnel

import (
	"fmt"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/matching"
	"github.com/leadgraph/leadgraph/internal/sheet"
)

// arrival is a capture, cleaned and normalised, before it meets what is known. Several attempts of a transaction may read it; none
// changes it.
type arrival struct {
	person   person
	company  company
	interest *string
	lead     db.Attributes
	touch    *db.Touch // without its person
	consents []db.Consent
	source   *db.Source
	campaign *db.Campaign
	past     *sheet.Past // of a pursuit that began, or ended, before it came to us
	late     []string    // attributes that were known only once the outcome was
	deal     *db.Deal    // without its id and whom it is with; nil where none comes with it
}

// over tells whether the pursuit has ended elsewhere.
func (a *arrival) over() bool { return a.past != nil && a.past.Outcome != "" }

// person is what a capture says of a person.
type person struct {
	email      *matching.Address
	phone      *matching.Number
	external   string // the id there; its key needs the source
	facts      db.Contact
	attributes db.Attributes
}

// known tells whether the person can be recognised.
func (p *person) known() bool { return p.email != nil || p.phone != nil || p.external != "" }

// company is what a capture says of a company.
type company struct {
	domain     string // registrable, not a free-mail provider's
	name       string // as written, or the domain
	key        string
	facts      db.Account
	attributes db.Attributes
}

func (c *company) known() bool { return c.key != "" }

// arrival cleans a capture; faults are placed below the prefix.
func (c *checks) arrival(prefix string, in *CaptureLeadInput, region string, now time.Time) *arrival {
	p := func(field string) string { return strings.TrimPrefix(prefix+"."+field, ".") }
	a := &arrival{interest: c.prose(p("interest"), in.Interest, 2000), lead: in.Attributes}
	if x := c.opt(p("externalId"), in.ExternalID, 200); x != nil {
		a.person.external = *x
	}
	if in.Contact != nil {
		c.person(p("contact"), &a.person, in.Contact, region)
	}
	c.company(p("account"), &a.company, in.Account, a.person.email)
	if in.Touch != nil {
		a.touch = c.touch(p("touch"), in.Touch, now)
	}
	if len(in.Consents) > 20 {
		c.add(fault.Input(p("consents"), "Give at most 20 consents at once."))
	}
	for i, s := range in.Consents {
		if i < 20 {
			proof := c.opt(p(fmt.Sprintf("consents[%d].proof", i)), s.Proof, 500)
			a.consents = append(a.consents, db.Consent{Channel: s.Channel, Purpose: s.Purpose, State: s.State, Basis: s.Basis, Proof: proof, At: now})
		}
	}
	return a
}

func (c *checks) person(at string, p *person, in *CaptureContactInput, region string) {
	if in.Email != nil && *in.Email != "" {
		e := c.email(at+".email", *in.Email)
		p.email = &e
	}
	if in.Phone != nil && *in.Phone != "" {
		n, err := matching.Phone(*in.Phone, region)
		if err != nil {
			c.add(under(err, at+".phone"))
		}
		p.phone = &n
	}
	p.facts = db.Contact{GivenName: c.by(matching.Name, at+".givenName", in.GivenName), FamilyName: c.by(matching.Name, at+".familyName", in.FamilyName),
		FullName: c.by(matching.Name, at+".fullName", in.FullName), Title: c.opt(at+".title", in.Title, 200), Function: c.opt(at+".function", in.Function, 100),
		Seniority: c.opt(at+".seniority", in.Seniority, 100), Country: c.by(matching.Country, at+".country", in.Country), City: c.opt(at+".city", in.City, 100),
		Language: c.by(matching.Language, at+".language", in.Language), TimeZone: c.by(matching.TimeZone, at+".timeZone", in.TimeZone)}
	p.attributes = in.Attributes
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// company cleans the company, or takes it from the person's address where that says something of a company.
func (c *checks) company(at string, co *company, in *CaptureAccountInput, from *matching.Address) {
	if in == nil {
		in = &CaptureAccountInput{}
	}
	var name *string
	if in.Name != nil {
		name = c.opt(at+".name", in.Name, 200)
	}
	if in.Domain != nil && *in.Domain != "" {
		d, err := matching.Domain(*in.Domain)
		switch {
		case err != nil:
			c.add(under(err, at+".domain"))
		case !matching.IsFreeMail(d) && !matching.IsDisposable(d):
			co.domain = d
		}
	} else if from != nil && !from.FreeMail && !from.Disposable {
		if d, err := matching.Domain(from.Domain); err == nil {
			co.domain = d
		}
	}
	switch {
	case name != nil:
		co.name = *name
	case co.domain != "":
		co.name = co.domain
	default:
		return // facts of a company that nobody can name
	}
	if co.key = matching.CompanyKey(co.name); co.key == "" {
		co.key = strings.ToLower(co.name)
	}
	c.companyFacts(at, co, in)
}

func (c *checks) companyFacts(at string, co *company, in *CaptureAccountInput) {
	co.facts = db.Account{Industry: c.opt(at+".industry", in.Industry, 100), Employees: in.Employees, RevenueMinor: in.RevenueMinor,
		Country: c.by(matching.Country, at+".country", in.Country), City: c.opt(at+".city", in.City, 100), Tier: c.opt(at+".tier", in.Tier, 50)}
	if in.Employees != nil {
		c.upTo(at+".employees", int64(*in.Employees), 0, 1<<31-1)
	}
	if in.RevenueMinor != nil {
		c.upTo(at+".revenueMinor", *in.RevenueMinor, 0, 1<<53)
	}
	if in.Currency != nil {
		co.facts.Currency = c.currency(at+".currency", *in.Currency)
	}
	co.attributes = in.Attributes
}

// earliest is from when on touches are believed.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// moment refuses times that cannot be: clocks may differ by five minutes.
func (c *checks) moment(field string, at, now time.Time) time.Time {
	if at.Before(earliest) || at.After(now.Add(5*time.Minute)) {
		c.add(fault.Input(field, "Give a time between 1990 and now."))
	}
	return at.UTC().Truncate(time.Microsecond)
}

// touch cleans what the person did; the channel is the source's where none is given.
func (c *checks) touch(at string, in *CaptureTouchInput, now time.Time) *db.Touch {
	t := &db.Touch{Kind: in.Kind, Direction: direction(in.Kind), Subject: c.opt(at+".subject", in.Subject, 500), ResourcePosition: in.ResourcePosition,
		ExternalID: c.opt(at+".externalId", in.ExternalID, 200), OccurredAt: now}
	if in.Channel != nil {
		t.Channel = *in.Channel
	}
	if in.OccurredAt != nil {
		t.OccurredAt = c.moment(at+".occurredAt", *in.OccurredAt, now)
	}
	return t
}

// direction is who acts in a touch where nobody says: only we send mails and leave voicemails.
func direction(k contact.TouchKind) contact.Direction {
	if k == contact.KindEmailSent || k == contact.KindVoicemail {
		return contact.DirectionOutbound
	}
	return contact.DirectionInbound
}
