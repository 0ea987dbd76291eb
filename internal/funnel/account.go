package funnel

import (
	"context"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// UpdateAccountInput changes a company; absent keeps, null clears.
type UpdateAccountInput struct {
	AccountID       id.Global
	ExpectedVersion *int32
	Name            *string
	Domain          graphql.Omittable[*string] `json:",omitzero"`
	Industry        graphql.Omittable[*string] `json:",omitzero"`
	Employees       graphql.Omittable[*int32]  `json:",omitzero"`
	RevenueMinor    graphql.Omittable[*int64]  `json:",omitzero"`
	Currency        *string
	Country         graphql.Omittable[*string]    `json:",omitzero"`
	City            graphql.Omittable[*string]    `json:",omitzero"`
	Tier            graphql.Omittable[*string]    `json:",omitzero"`
	OwnerID         graphql.Omittable[*id.Global] `json:",omitzero"`
	Attributes      db.Attributes
	IdempotencyKey  *string
}

// UpdateAccountPayload is the changed company.
type UpdateAccountPayload struct {
	Mark
	Account *db.Account
}

// UpdateAccount changes a company's facts; personas of its open leads are matched again. Members who work leads may.
func (f *Funnel) UpdateAccount(ctx context.Context, in UpdateAccountInput) (*UpdateAccountPayload, error) {
	account, err := kind("input.accountId", in.AccountID, id.Account)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*UpdateAccountPayload, error) {
		a, err := t.LockAccount(ctx, db.LockAccountParams{WorkspaceID: t.Workspace, ID: account})
		if a, err = found(a, err, "input.accountId", "company"); err != nil {
			return nil, err
		}
		if err := current(in.ExpectedVersion, a.Version); err != nil {
			return nil, err
		}
		was := *a
		ch, err := in.lay(a)
		if err == nil {
			err = t.layOwner(ctx, &ch, a, in.OwnerID)
		}
		if err != nil || len(ch) == 0 {
			return &UpdateAccountPayload{Account: a}, err
		}
		a.UpdatedAt, a.Version = t.now, a.Version+1
		if err := db.Update(ctx, t.Tx, "accounts", []*db.Account{a}, "created_at"); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.AccountChanged, account: a.ID, data: event.Data{Name: a.Name, Changes: ch}})
		leads, err := t.OpenLeadsOfAccount(ctx, db.OpenLeadsOfAccountParams{WorkspaceID: t.Workspace, AccountID: &a.ID})
		if err != nil {
			return nil, fmt.Errorf("read open leads: %w", err)
		}
		rules, err := t.rulebook(ctx)
		if err != nil {
			return nil, err
		}
		if _, err = t.judgeAll(ctx, rules, leads, db.CauseFacts); err != nil {
			return nil, err
		}
		before, err := db.AccountChanges(rules.reg, &was, a, t.now)
		if err != nil {
			return nil, err
		}
		_, err = db.Insert(ctx, t.Tx, "fact_changes", before, "")
		return &UpdateAccountPayload{Account: a}, err
	})
}

// lay lays the changes over the company, or refuses them all.
func (in *UpdateAccountInput) lay(a *db.Account) (changes, error) {
	var c checks
	var ch changes
	line := func(field string, max int) func(*string) *string {
		return func(s *string) *string { return c.opt("input."+field, s, max) }
	}
	if name := c.another("input.name", in.Name, 200); name != nil {
		set(&ch, "name", &a.Name, name)
		if a.NameKey = matching.CompanyKey(*name); a.NameKey == "" {
			a.NameKey = strings.ToLower(*name)
		}
	}
	patch(&ch, "domain", &a.Domain, in.Domain, func(s *string) *string {
		d := c.by(matching.Domain, "input.domain", s)
		if d != nil && (matching.IsFreeMail(*d) || matching.IsDisposable(*d)) {
			c.add(fault.Input("input.domain", "Anybody can have an address at %s: it says nothing about a company.", *d))
		}
		return d
	})
	patch(&ch, "industry", &a.Industry, in.Industry, line("industry", 100))
	patch(&ch, "employees", &a.Employees, in.Employees, func(n *int32) *int32 { c.upTo("input.employees", int64(*n), 0, 1<<31-1); return n })
	patch(&ch, "revenueMinor", &a.RevenueMinor, in.RevenueMinor, func(n *int64) *int64 { c.upTo("input.revenueMinor", *n, 0, 1<<53); return n })
	if in.Currency != nil {
		c.currency("input.currency", *in.Currency)
		set(&ch, "currency", &a.Currency, in.Currency)
	}
	patch(&ch, "country", &a.Country, in.Country, func(s *string) *string { return c.by(matching.Country, "input.country", s) })
	patch(&ch, "city", &a.City, in.City, line("city", 100))
	patch(&ch, "tier", &a.Tier, in.Tier, line("tier", 50))
	merge(false, &ch, &a.Attributes, in.Attributes)
	return ch, c.err()
}

// layOwner gives the company's leads to another member first, who has to be at work.
func (t *tx) layOwner(ctx context.Context, ch *changes, a *db.Account, to graphql.Omittable[*id.Global]) error {
	given, ok := to.ValueOK()
	if !ok {
		return nil
	}
	var owner *id.UUID
	if given != nil {
		o, err := kind("input.ownerId", *given, id.Member)
		if err != nil {
			return err
		}
		owner = &o
	}
	if equal(a.OwnerID, owner) {
		return nil
	}
	if _, err := t.memberNames(ctx, owner); err != nil {
		return err
	}
	patch(ch, "owner", &a.OwnerID, graphql.OmittableOf(owner), same)
	return nil
}

// UpdateContactInput changes a person; absent keeps, null clears.
type UpdateContactInput struct {
	ContactID       id.Global
	ExpectedVersion *int32
	GivenName       graphql.Omittable[*string] `json:",omitzero"`
	FamilyName      graphql.Omittable[*string] `json:",omitzero"`
	FullName        graphql.Omittable[*string] `json:",omitzero"`
	Email           *string
	Phone           *string
	Title           graphql.Omittable[*string]    `json:",omitzero"`
	Function        graphql.Omittable[*string]    `json:",omitzero"`
	Seniority       graphql.Omittable[*string]    `json:",omitzero"`
	Country         graphql.Omittable[*string]    `json:",omitzero"`
	City            graphql.Omittable[*string]    `json:",omitzero"`
	Language        graphql.Omittable[*string]    `json:",omitzero"`
	TimeZone        graphql.Omittable[*string]    `json:",omitzero"`
	AccountID       graphql.Omittable[*id.Global] `json:",omitzero"`
	Attributes      db.Attributes
	IdempotencyKey  *string
}

// UpdateContactPayload is the changed person.
type UpdateContactPayload struct {
	Mark
	Contact *db.Contact
}

// UpdateContact changes a person's facts; the persona of the open lead is matched again. Members who work leads may.
func (f *Funnel) UpdateContact(ctx context.Context, in UpdateContactInput) (*UpdateContactPayload, error) {
	who, err := kind("input.contactId", in.ContactID, id.Contact)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*UpdateContactPayload, error) {
		u := newIntake(t)
		if err := u.loadPeople(ctx, []id.UUID{who}); err != nil {
			return nil, err
		}
		t.settle()
		p := u.byID[who]
		if p == nil {
			return nil, fault.Missing("input.contactId", "person")
		}
		if err := current(in.ExpectedVersion, p.row.Version); err != nil {
			return nil, err
		}
		if err := t.layContact(ctx, &in, u, p); err != nil || len(p.changes) == 0 {
			return &UpdateContactPayload{Contact: p.row}, err
		}
		e := logged{kind: event.ContactChanged, contact: p.row.ID, data: event.Data{Changes: p.changes}}
		if p.lead != nil {
			e.lead = p.lead.row.ID
			p.lead.judge = true
			if !equal(p.lead.row.AccountID, p.row.AccountID) {
				p.lead.row.AccountID = p.row.AccountID
				p.lead.changes.note("account")
			}
		}
		t.emit(e)
		return &UpdateContactPayload{Contact: p.row}, u.write(ctx)
	})
}

// layContact lays the changes over the person, or refuses them all.
func (t *tx) layContact(ctx context.Context, in *UpdateContactInput, u *intake, p *personState) error {
	var c checks
	r, ch := p.row, &p.changes
	by := func(rule func(string) (string, error), field string) func(*string) *string {
		return func(s *string) *string { return c.by(rule, "input."+field, s) }
	}
	line := func(field string, max int) func(*string) *string {
		return func(s *string) *string { return c.opt("input."+field, s, max) }
	}
	patch(ch, "givenName", &r.GivenName, in.GivenName, by(matching.Name, "givenName"))
	patch(ch, "familyName", &r.FamilyName, in.FamilyName, by(matching.Name, "familyName"))
	named := len(*ch) > 0
	patch(ch, "fullName", &r.FullName, in.FullName, by(matching.Name, "fullName"))
	if named && !in.FullName.IsSet() {
		patch(ch, "fullName", &r.FullName, graphql.OmittableOf(nonempty(joined(r.GivenName, r.FamilyName))), same)
	}
	patch(ch, "title", &r.Title, in.Title, line("title", 200))
	patch(ch, "function", &r.Function, in.Function, line("function", 100))
	patch(ch, "seniority", &r.Seniority, in.Seniority, line("seniority", 100))
	patch(ch, "country", &r.Country, in.Country, by(matching.Country, "country"))
	patch(ch, "city", &r.City, in.City, line("city", 100))
	patch(ch, "language", &r.Language, in.Language, by(matching.Language, "language"))
	patch(ch, "timeZone", &r.TimeZone, in.TimeZone, by(matching.TimeZone, "timeZone"))
	merge(false, ch, &r.Attributes, in.Attributes)
	if err := t.layAccount(ctx, &c, in, p); err != nil {
		return err
	}
	if err := t.layIdentities(ctx, &c, in, u, p); err != nil {
		return err
	}
	return c.err()
}

func (t *tx) layAccount(ctx context.Context, c *checks, in *UpdateContactInput, p *personState) error {
	to, given := in.AccountID.ValueOK()
	if !given {
		return nil
	}
	if to == nil {
		patch(&p.changes, "account", &p.row.AccountID, graphql.OmittableOf[*id.UUID](nil), same)
		return nil
	}
	account, err := kind("input.accountId", *to, id.Account)
	if err != nil {
		c.add(err)
		return nil
	}
	rows, err := t.AccountsByID(ctx, db.AccountsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{account}})
	if err != nil {
		return fmt.Errorf("read the company: %w", err)
	}
	if len(rows) == 0 {
		c.add(fault.Missing("input.accountId", "company"))
	}
	fill(&p.changes, "account", &p.row.AccountID, &account)
	return nil
}

// layIdentities makes a new address or number the person's first.
func (t *tx) layIdentities(ctx context.Context, c *checks, in *UpdateContactInput, u *intake, p *personState) error {
	a := &arrival{source: &db.Source{}}
	if in.Email != nil {
		e := c.email("input.email", *in.Email)
		a.person.email = &e
	}
	if in.Phone != nil {
		ws, err := t.WorkspaceByID(ctx, t.Workspace)
		if err != nil {
			return fmt.Errorf("read the workspace: %w", err)
		}
		n, err := matching.Phone(*in.Phone, ws.DefaultRegion)
		if err != nil {
			c.add(under(err, "input.phone"))
		}
		a.person.phone = &n
	}
	if len(c.list) > 0 {
		return nil
	}
	if err := t.meetHolders(ctx, c, u, p, a); err != nil {
		return err
	}
	for _, i := range a.ids() {
		u.hold(p, i, a)
	}
	if e := a.person.email; e != nil {
		fill(&p.changes, "email", &p.row.Email, &e.Display)
		p.row.EmailDomain, p.row.FreeMail = &e.Domain, e.FreeMail
	}
	if n := a.person.phone; n != nil {
		fill(&p.changes, "phone", &p.row.Phone, &n.Key)
	}
	return nil
}

// meetHolders finds who has the new address or number already. An address is one person's; a number may be a switchboard's, and is then
// kept as shared.
func (t *tx) meetHolders(ctx context.Context, c *checks, u *intake, p *personState, a *arrival) error {
	q := db.FindIdentitiesParams{WorkspaceID: t.Workspace}
	for _, i := range a.ids() {
		q.Kinds, q.Keys = append(q.Kinds, string(i.kind)), append(q.Keys, i.key)
	}
	if len(q.Keys) == 0 {
		return nil
	}
	rows, err := t.FindIdentities(ctx, q)
	if err != nil {
		return fmt.Errorf("find people: %w", err)
	}
	for _, r := range rows {
		if r.ContactID == p.row.ID {
			continue
		}
		u.holders[identity{r.Kind, r.Key}] = &personState{row: &db.Contact{ID: r.ContactID}}
		if r.Kind == contact.IdentityEmail {
			c.add(&fault.Error{Code: fault.Conflict, Field: "input.email", Message: "Somebody else has this address already."})
		}
	}
	return nil
}

func joined(given, family *string) string {
	switch {
	case given == nil:
		return text(family)
	case family == nil:
		return *given
	}
	return *given + " " + *family
}
