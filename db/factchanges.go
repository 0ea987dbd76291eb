package db

import (
	"reflect"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
)

// companyLink is what a change is called that gave a lead another company, with the id of the one before.
const companyLink = "lead.account"

// Facts that are told in other ways: by moves, by touches, by CycleChange and QueueChange, or that never change.
var told = []condition.Slot{condition.LeadStage, condition.LeadQueue, condition.LeadLastActivityAt, condition.LeadCreatedAt, condition.LeadCycle, condition.ContactCreatedAt}

// ContactChanges are the facts of a person that differ from before.
func ContactChanges(reg *condition.Registry, was, is *Contact, at time.Time) ([]*FactChange, error) {
	return factChanges(reg, condition.EntityContact, was.fill, is.fill, FactChange{WorkspaceID: is.WorkspaceID, SubjectID: is.ID, At: at})
}

// AccountChanges are the facts of a company that differ from before.
func AccountChanges(reg *condition.Registry, was, is *Account, at time.Time) ([]*FactChange, error) {
	return factChanges(reg, condition.EntityAccount, was.fill, is.fill, FactChange{WorkspaceID: is.WorkspaceID, SubjectID: is.ID, At: at})
}

// SourceChanges are the facts of a source that differ from before.
func SourceChanges(reg *condition.Registry, was, is *Source, at time.Time) ([]*FactChange, error) {
	fill := func(s *Source) func(*condition.Facts) error {
		return func(f *condition.Facts) error { s.fill(f); return nil }
	}
	return factChanges(reg, condition.EntitySource, fill(was), fill(is), FactChange{WorkspaceID: is.WorkspaceID, SubjectID: is.ID, At: at})
}

// LeadChanges are the facts of a lead that differ from before.
func LeadChanges(reg *condition.Registry, was, is *Lead, at time.Time) ([]*FactChange, error) {
	subject := FactChange{WorkspaceID: is.WorkspaceID, SubjectID: is.ID, At: at}
	out, err := factChanges(reg, condition.EntityLead, was.fill, is.fill, subject)
	if before := was.AccountID; before == nil && is.AccountID != nil || before != nil && (is.AccountID == nil || *before != *is.AccountID) {
		linked := subject
		linked.ID, linked.Attribute = id.New(), companyLink
		if before != nil {
			linked.Was = new(condition.Text(before.String()))
		}
		out = append(out, &linked)
	}
	return out, err
}

// factChanges compares what conditions would see of a row before and after.
func factChanges(reg *condition.Registry, e condition.Entity, was, is func(*condition.Facts) error, subject FactChange) (out []*FactChange, err error) {
	before, after := reg.NewFacts(subject.At), reg.NewFacts(subject.At)
	if err := was(before); err != nil {
		return nil, err
	}
	if err := is(after); err != nil {
		return nil, err
	}
	for i, d := range reg.Definitions() {
		slot := condition.Slot(i)
		if d.Entity != e || d.Derived || slices.Contains(told, slot) {
			continue
		}
		if old := before.Get(slot); !reflect.DeepEqual(old, after.Get(slot)) {
			c := subject
			c.ID, c.Attribute, c.Was = id.New(), d.Name, old
			out = append(out, &c)
		}
	}
	return out, nil
}

// History is how a lead became what it is: enough to see it as it was at any instant.
type History struct {
	Changes  []*FactChange        // of its facts, and of those of its person, its source and the companies it has had; newest first
	Moves    []*Move              // newest first
	Accounts map[id.UUID]*Account // the companies it has had, as they are now
}

// FillAsOf sets the facts of a case as they were at an instant, from what they are now and what has changed since. What was not known yet is
// missing. It tells which attributes first got a value after the instant.
//
// What is changed at the instant itself counts, but for the moves that a definition made then: leads are scored before they are moved.
func (c Case) FillAsOf(reg *condition.Registry, f *condition.Facts, at time.Time, h History) (late []string, err error) {
	f.Reset(at)
	known, account := c, c.accountAsOf(at, &h)
	known.Persona = nil // what leadgraph made of the facts is not one of them
	lead := *c.Lead
	lead.Score, lead.LastActivityAt = nil, c.activeAsOf(at)
	for _, m := range h.Moves { // the last one read is the first since the instant
		if m.At.After(at) || m.At.Equal(at) && m.AgreementID != nil && m.ActorKind == auth.ActorSystem {
			lead.Stage = m.FromStage
		}
	}
	known.Lead = &lead
	if account != nil {
		known.Account = account
	}
	if err := known.Fill(f); err != nil {
		return nil, err
	}
	if since := c.Contact.CustomerSince; since != nil && since.After(at) {
		f.SetBool(condition.ContactIsCustomer, false)
	}
	first := undo(reg, f, at, account, h.Changes)
	for i, d := range reg.Definitions() {
		slot := condition.Slot(i)
		if account == nil && d.Entity == condition.EntityAccount && f.Get(slot) != nil {
			f.Clear(slot) // of the company that it has by now
			first = append(first, slot)
		}
	}
	slices.Sort(first)
	for _, slot := range slices.Compact(first) {
		if f.Get(slot) == nil {
			late = append(late, reg.Definitions()[slot].Name)
		}
	}
	return late, nil
}

// undo takes back what has changed since an instant, newest first, and tells which facts got a value then that they did not have before. Of companies, only the changes
// of the one that the lead had at the instant count.
func undo(reg *condition.Registry, f *condition.Facts, at time.Time, account *Account, changes []*FactChange) (first []condition.Slot) {
	for _, ch := range changes {
		slot, ok := reg.Slot(ch.Attribute)
		switch {
		case !ok || !ch.At.After(at):
		case reg.Definitions()[slot].Entity == condition.EntityAccount && (account == nil || ch.SubjectID != account.ID):
		case ch.Was != nil:
			f.Set(slot, *ch.Was)
		default:
			f.Clear(slot)
			first = append(first, slot)
		}
	}
	return first
}

// accountAsOf is the company that the lead had at an instant; nil for none.
func (c Case) accountAsOf(at time.Time, h *History) *Account {
	account := c.Account
	for _, ch := range h.Changes {
		if ch.Attribute == companyLink && ch.At.After(at) {
			account = h.Accounts[ch.Company()]
		}
	}
	return account
}

// CycleChange is that a lead began another cycle. The judgement that began it was made in the one before, so that instant is still part of it.
func CycleChange(reg *condition.Registry, l *Lead, was int32, at time.Time) *FactChange {
	return &FactChange{WorkspaceID: l.WorkspaceID, ID: id.New(), SubjectID: l.ID, Attribute: reg.Definitions()[condition.LeadCycle].Name, Was: new(condition.Number(float64(was))), At: at.Add(time.Microsecond)}
}

// QueueChange is that another queue got a lead, which comes of moves only.
func QueueChange(l *Lead, was string, at time.Time) *FactChange {
	return &FactChange{WorkspaceID: l.WorkspaceID, ID: id.New(), SubjectID: l.ID, Attribute: "lead.queue", Was: new(condition.Text(was)), At: at}
}

// Company is the company that a lead had until the change; zero for none, and for a change of something else.
func (c *FactChange) Company() (company id.UUID) {
	if c.Attribute != companyLink || c.Was == nil {
		return id.UUID{}
	}
	text, _ := c.Was.Text()
	_ = company.UnmarshalText([]byte(text)) // leadgraph wrote it
	return company
}

// activeAsOf is when something had last happened with the lead, at an instant.
func (c Case) activeAsOf(at time.Time) time.Time {
	last := c.Lead.CreatedAt
	for _, t := range c.Touches { // newest first
		if !t.At.After(at) {
			if t.At.After(last) {
				last = t.At
			}
			break
		}
	}
	return last
}
