package funnel

import (
	"context"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// identity is what a person is recognised by.
type identity struct {
	kind contact.IdentityKind
	key  string
}

// A lead, person or company in the intake: the row as it is or shall be, and what is different from before.
type (
	companyState struct {
		row     *db.Account
		was     db.Account // before
		fresh   bool
		told    bool // some row was told that it made the company
		changes changes
	}
	personState struct {
		row        *db.Contact
		was        db.Contact // before
		fresh      bool
		changes    changes
		lead       *leadState
		closed     []*db.Lead // earlier leads, read where captures bring past ones
		cycle      int32      // of the last lead
		identities []*db.ContactIdentity
		holds      map[identity]bool
	}
	leadState struct {
		row     *db.Lead
		was     db.Lead // before
		fresh   bool
		changes changes
		source  *db.Source
		person  *personState
		judge   bool      // facts or touches changed: judge it again
		offer   *offer    // hand it over, once it is judged
		engaged time.Time // of a lead that sales has taken: the first genuine response; zero for none
		verdict
	}
)

// intake is a unit of work: what the captures of one transaction meet, and what they make of it. Everything they may meet is read
// and locked first, then each capture is applied in turn, then all is written, in a number of statements that does not grow with the
// number of captures.
type intake struct {
	t         *tx
	companies []*companyState
	byDomain  map[string]*companyState
	byName    map[string]*companyState
	people    []*personState
	byID      map[id.UUID]*personState
	holders   map[identity]*personState
	touches   []*db.Touch
	touched   map[id.UUID]*leadState // by touch
	news      []*db.Touch            // those that were not known
	consents  []*db.Consent
	sources   map[id.UUID]*db.Source // who tells
	campaigns map[id.UUID]*db.Campaign
	past      []*leadState // pursuits that another system has seen through
	pastMoves []*db.Move
	late      []*db.FactChange // facts that were known only once the outcome was
	known     map[string]bool  // the deals that were brought in before, by their ids there
	deals     []*db.Deal       // those that were not
}

func newIntake(t *tx) *intake {
	return &intake{t: t, byDomain: map[string]*companyState{}, byName: map[string]*companyState{}, byID: map[id.UUID]*personState{},
		holders: map[identity]*personState{}, touched: map[id.UUID]*leadState{}, sources: map[id.UUID]*db.Source{}, campaigns: map[id.UUID]*db.Campaign{}, known: map[string]bool{}}
}

// captured is what became of one capture.
type captured struct {
	lead    *db.Lead // nil for a company alone
	outcome CaptureOutcome
	changed bool
}

// capture applies captures in their order, all or none.
func (t *tx) capture(ctx context.Context, all []*arrival) ([]captured, error) {
	in := newIntake(t)
	if err := in.load(ctx, all); err != nil {
		return nil, err
	}
	t.settle()
	out := make([]captured, len(all))
	states, companies := make([]*leadState, len(all)), make([]*companyState, len(all))
	for i, a := range all {
		in.sources[a.source.ID] = a.source
		if a.campaign != nil {
			in.campaigns[a.campaign.ID] = a.campaign
		}
		states[i], companies[i], out[i].outcome = in.apply(a)
	}
	if err := in.write(ctx); err != nil {
		return nil, err
	}
	for i, s := range states {
		co := companies[i]
		out[i].changed = co != nil && (co.fresh || len(co.changes) > 0)
		if s != nil {
			out[i].lead = s.row
			out[i].changed = out[i].changed || s.fresh || len(s.changes) > 0 || len(s.person.changes) > 0 || s.person.fresh
		}
	}
	return out, nil
}

// apply finds or makes what a capture is of.
func (in *intake) apply(a *arrival) (l *leadState, co *companyState, outcome CaptureOutcome) {
	co = in.company(&a.company, a.over())
	var p *personState
	outcome = Merged
	if a.person.known() {
		p = in.person(a, co)
	}
	again := a.deal != nil && in.known[*a.deal.ExternalID]
	switch {
	case again: // and so is its pursuit
	case p == nil:
		if co != nil && co.fresh && !co.told {
			outcome, co.told = Created, true
		}
	case a.over():
		l, outcome = in.pastLead(a, p, co)
	default:
		l, outcome = in.lead(a, p, co)
	}
	if a.deal != nil && !again {
		in.deal(a, p, co, l, outcome == Created)
		outcome = Created
	}
	return l, co, outcome
}

// company finds or makes the company of a capture and lays its facts over what is known; those of a past pursuit do not replace what is known.
func (in *intake) company(c *company, past bool) *companyState {
	if !c.known() {
		return nil
	}
	s := in.byDomain[c.domain]
	if c.domain == "" {
		s = in.byName[c.key]
	}
	if n := in.byName[c.key]; s == nil && n != nil && n.row.Domain == nil {
		s = n // known by name so far
	}
	if s == nil {
		s = &companyState{fresh: true, row: &db.Account{WorkspaceID: in.t.Workspace, ID: id.New(), Name: c.name, NameKey: c.key, Domain: nonempty(c.domain), Currency: "USD",
			Attributes: db.None, CreatedAt: in.t.now, UpdatedAt: in.t.now, Version: 1}}
		in.know(s)
	}
	r := s.row
	if c.domain != "" && r.Domain == nil {
		r.Domain = &c.domain
		in.reindex()
		s.changes.note("domain")
	}
	if c.name != c.domain && r.Domain != nil && r.Name == *r.Domain { // known by its domain so far
		r.Name, r.NameKey = c.name, c.key
		in.reindex()
		s.changes.note("name")
	}
	keep := past && !s.fresh
	lay(keep, &s.changes, "industry", &r.Industry, c.facts.Industry)
	lay(keep, &s.changes, "employees", &r.Employees, c.facts.Employees)
	lay(keep, &s.changes, "revenueMinor", &r.RevenueMinor, c.facts.RevenueMinor)
	lay(keep, &s.changes, "country", &r.Country, c.facts.Country)
	lay(keep, &s.changes, "city", &r.City, c.facts.City)
	lay(keep, &s.changes, "tier", &r.Tier, c.facts.Tier)
	if !keep {
		set(&s.changes, "currency", &r.Currency, nonempty(c.facts.Currency))
	}
	merge(keep, &s.changes, &r.Attributes, c.attributes)
	return s
}

// merge lays attributes over those that are known, or keeps these.
func merge(keep bool, c *changes, old *db.Attributes, by db.Attributes) {
	if keep {
		by, _ = by.Merge(*old)
	}
	if v, differs := old.Merge(by); differs {
		*old = v
		c.note("attributes")
	}
}

// person finds or makes the person of a capture. The source's own id decides before the address, the address before the telephone;
// a telephone joins only people of whom no other address is known, for colleagues share switchboards.
func (in *intake) person(a *arrival, co *companyState) *personState {
	ids := a.ids()
	var p *personState
	for _, i := range ids {
		if h := in.holders[i]; p == nil && h != nil && (i.kind != contact.IdentityPhone || a.person.email == nil || h.row.Email == nil) {
			p = h
		}
	}
	if p == nil {
		p = &personState{fresh: true, holds: map[identity]bool{}, row: &db.Contact{WorkspaceID: in.t.Workspace, ID: id.New(), Attributes: db.None,
			CreatedAt: in.t.now, UpdatedAt: in.t.now, Version: 1}}
		in.people, in.byID[p.row.ID] = append(in.people, p), p
	}
	for _, i := range ids {
		in.hold(p, i, a)
	}
	r, f, ch := p.row, a.person.facts, &p.changes
	keep := a.over() && !p.fresh
	made := text(r.FullName) == joined(r.GivenName, r.FamilyName)
	if e := a.person.email; e != nil && r.Email == nil {
		r.Email, r.EmailDomain, r.FreeMail = &e.Display, &e.Domain, e.FreeMail
		ch.note("email")
	}
	if n := a.person.phone; n != nil && r.Phone == nil {
		r.Phone = &n.Key
		ch.note("phone")
	}
	for _, x := range []struct {
		field string
		old   **string
		to    *string
	}{{"givenName", &r.GivenName, f.GivenName}, {"familyName", &r.FamilyName, f.FamilyName}, {"fullName", &r.FullName, f.FullName}, {"title", &r.Title, f.Title},
		{"function", &r.Function, f.Function}, {"seniority", &r.Seniority, f.Seniority}, {"country", &r.Country, f.Country}, {"city", &r.City, f.City},
		{"language", &r.Language, f.Language}, {"timeZone", &r.TimeZone, f.TimeZone}} {
		lay(keep, ch, x.field, x.old, x.to)
	}
	if f.FullName == nil && made { // a whole name that was made of its parts follows them
		fill(ch, "fullName", &r.FullName, nonempty(joined(r.GivenName, r.FamilyName)))
	}
	merge(keep, ch, &r.Attributes, a.person.attributes)
	if co != nil && r.AccountID == nil {
		fill(ch, "account", &r.AccountID, &co.row.ID)
	}
	for _, c := range a.consents {
		c.WorkspaceID, c.ID, c.ContactID, c.RecordedAt = in.t.Workspace, id.New(), r.ID, in.t.now
		in.consents = append(in.consents, &c)
	}
	return p
}

// hold makes an identity the person's. What somebody else has already is kept as shared: it does not decide who the person is, but
// nothing is lost.
func (in *intake) hold(p *personState, i identity, a *arrival) {
	if p.holds[i] {
		return
	}
	p.holds[i] = true
	value := i.key
	if i.kind == contact.IdentityEmail {
		value = a.person.email.Display
	}
	other := in.holders[i]
	row := &db.ContactIdentity{WorkspaceID: in.t.Workspace, ID: id.New(), ContactID: p.row.ID, Kind: i.kind, Key: i.key, Value: value,
		Shared: other != nil && other != p, CreatedAt: in.t.now}
	if other == nil {
		in.holders[i] = p
	}
	p.identities = append(p.identities, row)
	p.changes.note("identities")
}

// lead finds the person's open lead or opens one. The source of a lead is the one that opened it.
func (in *intake) lead(a *arrival, p *personState, co *companyState) (*leadState, CaptureOutcome) {
	outcome := Merged
	if p.lead == nil {
		outcome = Created
		p.cycle++
		p.lead = &leadState{fresh: true, person: p, row: &db.Lead{WorkspaceID: in.t.Workspace, ID: id.New(), ContactID: p.row.ID, SourceID: a.source.ID, PersonaReasons: db.ConditionReasons{},
			Queue: "marketing", Stage: lifecycle.New, StageSince: in.t.now, Cycle: p.cycle, Attributes: db.None, CreatedAt: in.t.now, LastActivityAt: in.t.now,
			UpdatedAt: in.t.now, Version: 1}}
		if a.past != nil && a.past.OpenedAt != nil {
			p.lead.row.CreatedAt, p.lead.row.LastActivityAt, p.lead.row.StageSince = *a.past.OpenedAt, *a.past.OpenedAt, *a.past.OpenedAt
		}
	}
	l := p.lead
	l.source = a.source
	if a.campaign != nil && l.row.CampaignID == nil {
		fill(&l.changes, "campaign", &l.row.CampaignID, &a.campaign.ID)
	}
	if l.row.AccountID == nil && p.row.AccountID != nil {
		fill(&l.changes, "account", &l.row.AccountID, p.row.AccountID)
	}
	fill(&l.changes, "interest", &l.row.Interest, a.interest)
	merge(false, &l.changes, &l.row.Attributes, a.lead)
	l.judge = l.judge || l.fresh || len(l.changes) > 0 || len(p.changes) > 0 || co != nil && (co.fresh || len(co.changes) > 0)
	in.touch(a, p, l)
	return l, outcome
}

// touch notes what the person did.
func (in *intake) touch(a *arrival, p *personState, l *leadState) {
	if a.touch == nil {
		return
	}
	touch := *a.touch
	touch.WorkspaceID, touch.ID, touch.ContactID, touch.AccountID = in.t.Workspace, id.New(), p.row.ID, p.row.AccountID
	touch.SourceID, touch.CampaignID, touch.RecordedAt = a.source.ID, l.row.CampaignID, in.t.now
	if touch.Channel == "" {
		touch.Channel = a.source.Channel
	}
	in.touches = append(in.touches, &touch)
	in.touched[touch.ID] = l
}

// events records what the captures changed.
func (in *intake) events() {
	for _, c := range in.companies {
		switch {
		case c.fresh:
			in.t.emit(logged{kind: event.AccountCreated, account: c.row.ID, data: event.Data{Name: c.row.Name}})
		case len(c.changes) > 0:
			in.t.emit(logged{kind: event.AccountChanged, account: c.row.ID, data: event.Data{Name: c.row.Name, Changes: c.changes}})
		}
	}
	for _, l := range in.past {
		in.t.emit(logged{kind: event.LeadImported, lead: l.row.ID, contact: l.row.ContactID, data: event.Data{Name: l.source.Name, To: string(l.row.Stage)}})
	}
	for _, p := range in.people {
		e := logged{contact: p.row.ID}
		if p.row.AccountID != nil {
			e.account = *p.row.AccountID
		}
		l := p.lead
		if l == nil || l.source == nil { // no capture of an open lead reached this one
			if !p.fresh && len(p.changes) > 0 && len(in.past) > 0 {
				e.kind, e.data.Changes = event.ContactChanged, p.changes
				in.t.emit(e)
			}
			continue
		}
		e.lead, e.data.Name = l.row.ID, l.source.Name
		e.data.Changes = slices.DeleteFunc(slices.Concat(l.changes, p.changes), func(field string) bool { return field == "score" || field == "stage" }) // which have events of their own
		switch {
		case l.fresh:
			e.kind, e.data.Changes = event.LeadCaptured, nil
			if b := l.row.Band; b != nil { // told here, not by an event of its own
				e.data.To = string(*b)
			}
		case len(e.data.Changes) > 0:
			e.kind = event.LeadMerged
		default:
			continue
		}
		in.t.emit(e)
	}
}
