package db

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Case is everything that conditions can ask of one lead. Account may be nil, and Source where no condition asks about it; touches come newest first.
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
	f.SetTouches(c.Touches)
	c.Source.fill(f)
	c.FillStanding(f)
	if err := c.Contact.fill(f); err != nil {
		return err
	}
	if err := c.Lead.fill(f); err != nil {
		return err
	}
	return c.Account.fill(f)
}

// FillStanding sets what leadgraph has made of the facts: persona and score. It may be older than the facts until the lead is judged again.
func (c Case) FillStanding(f *condition.Facts) {
	l := c.Lead
	if c.Persona != nil {
		f.SetText(condition.LeadPersona, c.Persona.Name)
		f.SetBool(condition.LeadNegativePersona, c.Persona.Negative)
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

func (c *Contact) fill(f *condition.Facts) error {
	text(f, condition.ContactTitle, c.Title)
	text(f, condition.ContactFunction, c.Function)
	text(f, condition.ContactSeniority, c.Seniority)
	text(f, condition.ContactCountry, c.Country)
	text(f, condition.ContactCity, c.City)
	text(f, condition.ContactLanguage, c.Language)
	text(f, condition.ContactTimeZone, c.TimeZone)
	text(f, condition.ContactEmailDomain, c.EmailDomain)
	f.SetBool(condition.ContactFreeMail, c.FreeMail)
	f.SetBool(condition.ContactHasEmail, c.Email != nil)
	f.SetBool(condition.ContactHasPhone, c.Phone != nil)
	f.SetBool(condition.ContactIsCustomer, c.CustomerSince != nil)
	f.SetTime(condition.ContactCreatedAt, c.CreatedAt)
	if err := f.SetCustom(condition.EntityContact, c.Attributes); err != nil {
		return fmt.Errorf("read the person's attributes: %w", err)
	}
	return nil
}

func (l *Lead) fill(f *condition.Facts) error {
	text(f, condition.LeadInterest, l.Interest)
	f.SetText(condition.LeadStage, string(l.Stage))
	f.SetNumber(condition.LeadCycle, float64(l.Cycle))
	f.SetText(condition.LeadQueue, l.Queue)
	f.SetTime(condition.LeadCreatedAt, l.CreatedAt)
	f.SetTime(condition.LeadLastActivityAt, l.LastActivityAt)
	if err := f.SetCustom(condition.EntityLead, l.Attributes); err != nil {
		return fmt.Errorf("read the lead's attributes: %w", err)
	}
	return nil
}

func (a *Account) fill(f *condition.Facts) error {
	if a == nil {
		return nil
	}
	f.SetText(condition.AccountName, a.Name)
	text(f, condition.AccountDomain, a.Domain)
	text(f, condition.AccountIndustry, a.Industry)
	text(f, condition.AccountCountry, a.Country)
	text(f, condition.AccountCity, a.City)
	text(f, condition.AccountTier, a.Tier)
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

func (s *Source) fill(f *condition.Facts) {
	if s == nil { // nobody asks about it
		return
	}
	f.SetText(condition.SourceKey, s.Key)
	f.SetText(condition.SourceName, s.Name)
	f.SetText(condition.SourceKind, string(s.Kind))
	f.SetText(condition.SourceChannel, string(s.Channel))
}

func text(f *condition.Facts, slot condition.Slot, s *string) {
	if s != nil {
		f.SetText(slot, *s)
	}
}

// Touched is touches that conditions ask about: those of some kinds, and of others those since a moment.
type Touched struct {
	Kinds, Recent []string
	Since         time.Time
}

// EveryTouch is all touches.
func EveryTouch() Touched { return Touched{Kinds: kindNames(contact.TouchKinds)} }

// TouchedIn is the touches that matter to conditions from an instant on.
func TouchedIn(r condition.Reach, at time.Time) Touched {
	var t Touched
	most := 0
	for _, k := range contact.TouchKinds {
		days, ok := r.Touches[k]
		switch {
		case ok && days == 0:
			t.Kinds = append(t.Kinds, string(k))
		case ok:
			t.Recent, most = append(t.Recent, string(k)), max(most, days)
		}
	}
	t.Since = at.Add(-time.Duration(most) * 24 * time.Hour)
	return t
}

func kindNames(kinds []contact.TouchKind) []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = string(k)
	}
	return out
}

// TouchesByContact reads what conditions ask about of people, newest first.
func TouchesByContact(ctx context.Context, q *Queries, workspace id.UUID, people []id.UUID, which Touched) (map[id.UUID][]condition.Touch, error) {
	rows, err := q.TouchesOf(ctx, TouchesOfParams{WorkspaceID: workspace, ContactIds: people, Kinds: which.Kinds, Recent: which.Recent, Since: which.Since})
	if err != nil {
		return nil, fmt.Errorf("read touches: %w", err)
	}
	return ByContact(rows, people), nil
}

// maxTouches is how many touches of a person conditions see: the latest.
const maxTouches = 2000

// ByContact are touches by the people who were asked for, all of them, newest first.
func ByContact(rows []*TouchesOfRow, people []id.UUID) map[id.UUID][]condition.Touch {
	out := make(map[id.UUID][]condition.Touch, len(people))
	place := make(map[id.UUID]int, len(people))
	for _, who := range people {
		if _, known := place[who]; !known {
			out[who], place[who] = nil, len(place)
		}
	}
	ends := make([]int, len(place)+1) // behind each person's touches, once they are laid out; before, how many there are
	of := make([]int, len(rows))
	for i, r := range rows {
		if i > 0 && rows[i-1].ContactID == r.ContactID { // as a rule they come together
			of[i] = of[i-1]
		} else {
			of[i] = place[r.ContactID]
		}
		ends[of[i]+1]++
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	all := make([]condition.Touch, len(rows))
	for i, r := range rows {
		all[ends[of[i]]] = r.touch()
		ends[of[i]]++
	}
	for who, n := range place {
		from := 0
		if n > 0 {
			from = ends[n-1]
		}
		if mine := all[from:ends[n]:ends[n]]; len(mine) > 0 {
			NewestFirst(mine)
			out[who] = mine[:min(len(mine), maxTouches)]
		}
	}
	return out
}

// NewestFirst puts touches in the order in which conditions take them.
func NewestFirst(all []condition.Touch) {
	newest := func(a, b condition.Touch) int { return cmp.Or(b.At.Compare(a.At), bytes.Compare(b.ID[:], a.ID[:])) }
	if !slices.IsSortedFunc(all, newest) {
		slices.SortFunc(all, newest)
	}
}

// Asked is a touch as conditions see it, with its campaign; nil for none.
func (t *Touch) Asked(of *Campaign) condition.Touch {
	c := condition.Touch{ID: t.ID, Kind: t.Kind, Channel: t.Channel, Direction: t.Direction, At: t.OccurredAt}
	if t.ResourcePosition != nil {
		c.Position = *t.ResourcePosition
	}
	if of != nil {
		c.CampaignKind = of.Kind
	}
	return c
}

// touch is a touch as conditions see it.
func (t *TouchesOfRow) touch() condition.Touch {
	c := condition.Touch{ID: t.ID, Kind: contact.TouchKind(t.Kind), Channel: contact.Channel(t.Channel), Direction: contact.Direction(t.Direction), CampaignKind: contact.CampaignKind(t.CampaignKind), At: t.OccurredAt}
	if t.ResourcePosition != nil {
		c.Position = contact.FunnelPosition(*t.ResourcePosition)
	}
	return c
}

// ReasonsOf are the answers of leaves as they are shown: what is asked under a not says so.
func ReasonsOf(leaves []condition.Leaf) []ConditionReason {
	out := make([]ConditionReason, len(leaves))
	for i, l := range leaves {
		out[i] = ConditionReason{Path: l.Path, Passed: l.Passed != l.Negated, Text: l.Text}
		if l.Negated {
			out[i].Text = "not: " + l.Text
		}
		out[i].Evidence = l.Evidence()
	}
	return out
}
