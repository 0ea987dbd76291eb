package db

import (
	"reflect"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
)

// companyLink is what a change is called that gave a lead its company: all that is known of the company is known from then on.
const companyLink = "lead.account"

// Facts that are told in other ways: by moves, by touches, or that never change.
var told = []condition.Slot{condition.LeadStage, condition.LeadQueue, condition.LeadLastActivityAt, condition.LeadCreatedAt, condition.LeadCycle, condition.ContactCreatedAt}

// ContactChanges are the facts of a person that differ from before.
func ContactChanges(reg *condition.Registry, was, is *Contact, at time.Time) ([]*FactChange, error) {
	return factChanges(reg, condition.EntityContact, was, is, FactChange{WorkspaceID: is.WorkspaceID, SubjectID: is.ID, At: at})
}

// AccountChanges are the facts of a company that differ from before.
func AccountChanges(reg *condition.Registry, was, is *Account, at time.Time) ([]*FactChange, error) {
	return factChanges(reg, condition.EntityAccount, was, is, FactChange{WorkspaceID: is.WorkspaceID, SubjectID: is.ID, At: at})
}

// LeadChanges are the facts of a lead that differ from before.
func LeadChanges(reg *condition.Registry, was, is *Lead, at time.Time) ([]*FactChange, error) {
	subject := FactChange{WorkspaceID: is.WorkspaceID, SubjectID: is.ID, At: at}
	out, err := factChanges(reg, condition.EntityLead, was, is, subject)
	if was.AccountID == nil && is.AccountID != nil {
		linked := subject
		linked.ID, linked.Attribute = id.New(), companyLink
		out = append(out, &linked)
	}
	return out, err
}

type filler interface{ fill(*condition.Facts) error }

// factChanges compares what conditions would see of a row before and after.
func factChanges(reg *condition.Registry, e condition.Entity, was, is filler, subject FactChange) (out []*FactChange, err error) {
	before, after := reg.NewFacts(subject.At), reg.NewFacts(subject.At)
	if err := was.fill(before); err != nil {
		return nil, err
	}
	if err := is.fill(after); err != nil {
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

// FillAsOf sets the facts of a case as they were at an instant, from what they are now, the changes of its lead, person and company after
// that instant, newest first, and the lead's moves, newest first. What was not known yet is missing. It tells which attributes first got a
// value after the instant.
func (c Case) FillAsOf(reg *condition.Registry, f *condition.Facts, at time.Time, changes []*FactChange, moves []*Move) (late []string, err error) {
	f.Reset(at)
	known := c
	known.Persona = nil // what leadgraph made of the facts is not one of them
	lead := *c.Lead
	lead.Score = nil
	known.Lead = &lead
	for _, m := range moves { // newest first: the last one read is the first after the instant
		if m.At.After(at) {
			lead.Stage = m.FromStage
		}
	}
	lead.LastActivityAt = lead.CreatedAt
	for _, t := range c.Touches { // newest first
		if !t.At.After(at) {
			if t.At.After(lead.LastActivityAt) {
				lead.LastActivityAt = t.At
			}
			break
		}
	}
	if err := known.Fill(f); err != nil {
		return nil, err
	}
	if since := c.Contact.CustomerSince; since != nil && since.After(at) {
		f.SetBool(condition.ContactIsCustomer, false)
	}
	unlinked := false
	for _, ch := range changes {
		if !ch.At.After(at) {
			continue
		}
		if ch.Attribute == companyLink {
			unlinked = true
		} else if slot, ok := reg.Slot(ch.Attribute); ok && ch.Was != nil {
			f.Set(slot, *ch.Was)
		} else if ok {
			f.Clear(slot)
			late = append(late, ch.Attribute)
		}
	}
	if unlinked {
		for i, d := range reg.Definitions() {
			if d.Entity == condition.EntityAccount && f.Get(condition.Slot(i)) != nil {
				f.Clear(condition.Slot(i))
				late = append(late, d.Name)
			}
		}
	}
	return late, nil
}
