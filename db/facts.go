package db

import (
	"fmt"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// Case is everything that conditions can ask of one lead. Account may be nil; touches come newest first.
type Case struct {
	Lead    *Lead
	Contact *Contact
	Account *Account
	Source  *Source
	Persona *Persona // that the lead fits; nil for none
	Touches []condition.Touch
}

// Fill sets the facts of a case; they were made, or reset, for the same registry.
func (c Case) Fill(f *condition.Facts) error {
	p, l := c.Contact, c.Lead
	texts(f, map[condition.Slot]*string{condition.ContactTitle: p.Title, condition.ContactFunction: p.Function, condition.ContactSeniority: p.Seniority,
		condition.ContactCountry: p.Country, condition.ContactCity: p.City, condition.ContactLanguage: p.Language, condition.ContactTimeZone: p.TimeZone,
		condition.ContactEmailDomain: p.EmailDomain, condition.LeadInterest: l.Interest})
	f.SetBool(condition.ContactFreeMail, p.FreeMail)
	f.SetBool(condition.ContactHasEmail, p.Email != nil)
	f.SetBool(condition.ContactHasPhone, p.Phone != nil)
	f.SetBool(condition.ContactIsCustomer, p.CustomerSince != nil)
	f.SetTime(condition.ContactCreatedAt, p.CreatedAt)
	f.SetText(condition.LeadStage, string(l.Stage))
	f.SetNumber(condition.LeadCycle, float64(l.Cycle))
	f.SetText(condition.LeadQueue, l.Queue)
	f.SetTime(condition.LeadCreatedAt, l.CreatedAt)
	f.SetTime(condition.LeadLastActivityAt, l.LastActivityAt)
	c.fillStanding(f)
	f.SetText(condition.SourceKey, c.Source.Key)
	f.SetText(condition.SourceName, c.Source.Name)
	f.SetText(condition.SourceKind, string(c.Source.Kind))
	f.SetText(condition.SourceChannel, string(c.Source.Channel))
	if err := f.SetCustom(condition.EntityContact, p.Attributes); err != nil {
		return fmt.Errorf("read the person's attributes: %w", err)
	}
	if err := f.SetCustom(condition.EntityLead, l.Attributes); err != nil {
		return fmt.Errorf("read the lead's attributes: %w", err)
	}
	f.SetTouches(c.Touches)
	return c.fillAccount(f)
}

// fillStanding sets what leadgraph has made of the facts: it may be older than the facts until the lead is judged again.
func (c Case) fillStanding(f *condition.Facts) {
	l := c.Lead
	if c.Persona != nil {
		f.SetText(condition.LeadPersona, c.Persona.Name)
	}
	if l.Score == nil || l.Fit == nil || l.Engagement == nil || l.FitGrade == nil || l.EngagementGrade == nil || l.Band == nil {
		return
	}
	f.SetNumber(condition.LeadScore, float64(*l.Score))
	f.SetNumber(condition.LeadFit, *l.Fit)
	f.SetNumber(condition.LeadEngagement, *l.Engagement)
	f.SetText(condition.LeadFitGrade, string(*l.FitGrade))
	f.SetNumber(condition.LeadEngagementGrade, float64(*l.EngagementGrade))
	f.SetText(condition.LeadBand, string(*l.Band))
}

func (c Case) fillAccount(f *condition.Facts) error {
	a := c.Account
	if a == nil {
		return nil
	}
	texts(f, map[condition.Slot]*string{condition.AccountName: &a.Name, condition.AccountDomain: a.Domain, condition.AccountIndustry: a.Industry,
		condition.AccountCountry: a.Country, condition.AccountCity: a.City, condition.AccountTier: a.Tier})
	if a.Employees != nil {
		f.SetNumber(condition.AccountEmployees, float64(*a.Employees))
	}
	if a.RevenueMinor != nil {
		f.SetMinor(condition.AccountRevenue, *a.RevenueMinor)
	}
	if err := f.SetCustom(condition.EntityAccount, a.Attributes); err != nil {
		return fmt.Errorf("read the company's attributes: %w", err)
	}
	return nil
}

func texts(f *condition.Facts, of map[condition.Slot]*string) {
	for slot, s := range of {
		if s != nil {
			f.SetText(slot, *s)
		}
	}
}

// Touch is a touch as conditions see it.
func (t *TouchesOfRow) Touch() condition.Touch {
	c := condition.Touch{ID: t.ID, Kind: t.Kind, Channel: t.Channel, Direction: t.Direction, CampaignKind: contact.CampaignKind(t.CampaignKind), At: t.OccurredAt}
	if t.ResourcePosition != nil {
		c.Position = *t.ResourcePosition
	}
	return c
}

// Reasons are a condition's answers as they are stored and shown.
func Reasons(r condition.Result) ConditionReasons {
	out := make([]ConditionReason, len(r.Leaves))
	for i, l := range r.Leaves {
		out[i] = ConditionReason{Path: l.Path, Passed: l.Passed != l.Negated, Text: l.Text}
		if l.Negated {
			out[i].Text = "not: " + l.Text
		}
		out[i].Evidence = l.Evidence()
	}
	return ReasonsOf(out)
}
