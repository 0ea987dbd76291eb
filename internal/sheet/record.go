package sheet

import (
	"maps"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
)

// Record is what a row says: facts by their target, typed and trimmed, nil where the row is silent. E-mail, telephone, places and
// company are as written; they are normalised where they are captured.
type Record struct {
	Line           int                   `json:"line"`
	ExternalID     *string               `json:"externalId,omitempty"`
	Email          *string               `json:"email,omitempty"`
	Phone          *string               `json:"phone,omitempty"`
	GivenName      *string               `json:"givenName,omitempty"`
	FamilyName     *string               `json:"familyName,omitempty"`
	FullName       *string               `json:"fullName,omitempty"`
	Title          *string               `json:"title,omitempty"`
	Function       *string               `json:"function,omitempty"`
	Seniority      *string               `json:"seniority,omitempty"`
	Country        *string               `json:"country,omitempty"`
	City           *string               `json:"city,omitempty"`
	Language       *string               `json:"language,omitempty"`
	TimeZone       *string               `json:"timeZone,omitempty"`
	Interest       *string               `json:"interest,omitempty"`
	Campaign       *string               `json:"campaign,omitempty"` // a campaign's key
	Company        *string               `json:"company,omitempty"`
	CompanyDomain  *string               `json:"companyDomain,omitempty"`
	Website        *string               `json:"website,omitempty"`
	Industry       *string               `json:"industry,omitempty"`
	AccountCountry *string               `json:"accountCountry,omitempty"`
	AccountTier    *string               `json:"accountTier,omitempty"`
	Employees      *int                  `json:"employees,omitempty"`
	Revenue        *float64              `json:"revenue,omitempty"` // in major units
	EmailConsent   *contact.ConsentState `json:"emailConsent,omitempty"`
	PhoneConsent   *contact.ConsentState `json:"phoneConsent,omitempty"`
	Touch          *Touch                `json:"touch,omitempty"`
	Past           *Past                 `json:"past,omitempty"`
	Deal           *Deal                 `json:"deal,omitempty"`
	Late           []string              `json:"late,omitempty"` // attributes that were known only once the outcome was
	// Custom attributes by key: text, float64, bool, or an instant as RFC 3339 text in UTC.
	LeadCustom    map[string]any `json:"leadCustom,omitempty"`
	ContactCustom map[string]any `json:"contactCustom,omitempty"`
	AccountCustom map[string]any `json:"accountCustom,omitempty"`
	DealCustom    map[string]any `json:"dealCustom,omitempty"`
}

// Touch is what a row says about something that happened.
type Touch struct {
	Kind       contact.TouchKind `json:"kind"`
	Channel    *contact.Channel  `json:"channel,omitempty"`
	OccurredAt *time.Time        `json:"occurredAt,omitempty"`
	ExternalID *string           `json:"externalId,omitempty"`
	Subject    *string           `json:"subject,omitempty"`
}

// HasPerson tells whether the record has something to recognise a person by. One without is a company alone.
func (r *Record) HasPerson() bool { return r.Email != nil || r.Phone != nil || r.ExternalID != nil }

// hasCompany tells whether the record names a company.
func (r *Record) hasCompany() bool { return r.Company != nil || r.CompanyDomain != nil }

// touch is the record's touch, made when something about it is known.
func (r *Record) touch() *Touch {
	if r.Touch == nil {
		r.Touch = &Touch{}
	}
	return r.Touch
}

// Fact is one thing a record says.
type Fact struct {
	To    string `json:"to"` // the target
	Value string `json:"value"`
}

// Facts lists what the record says, in the order of the targets, for people to look at before anything lands.
func (r *Record) Facts() []Fact {
	var facts []Fact
	for _, t := range allTargets {
		if value, ok := t.get(r); ok {
			facts = append(facts, Fact{t.name, value})
		}
	}
	for _, e := range entities {
		custom := *e.custom(r)
		for _, key := range slices.Sorted(maps.Keys(custom)) {
			facts = append(facts, Fact{e.prefix + key, customText(custom[key])})
		}
	}
	return facts
}
