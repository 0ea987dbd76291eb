package condition

import (
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// The slots of the built-in attributes, the same in every registry.
const (
	ContactTitle Slot = iota
	ContactFunction
	ContactSeniority
	ContactCountry
	ContactCity
	ContactLanguage
	ContactTimeZone
	ContactEmailDomain
	ContactFreeMail
	ContactHasEmail
	ContactHasPhone
	ContactIsCustomer
	ContactCreatedAt
	AccountName
	AccountDomain
	AccountIndustry
	AccountEmployees
	AccountRevenue
	AccountCountry
	AccountCity
	AccountTier
	LeadStage
	LeadCycle
	LeadQueue
	LeadInterest
	LeadCreatedAt
	LeadLastActivityAt
	LeadPersona
	LeadNegativePersona
	LeadScore
	LeadFit
	LeadEngagement
	LeadFitGrade
	LeadEngagementGrade
	LeadBand
	SourceKey
	SourceName
	SourceKind
	SourceChannel
)

// Builtin lists the attributes that every workspace has, by slot.
var Builtin = []Definition{
	ContactTitle:       text(EntityContact, "title", "c.title", "Job title", "The job title as the person or the source wrote it."),
	ContactFunction:    text(EntityContact, "function", "c.function", "Function", "The part of the company the person works in, such as marketing."),
	ContactSeniority:   text(EntityContact, "seniority", "c.seniority", "Seniority", "The person's level, such as director."),
	ContactCountry:     text(EntityContact, "country", "c.country", "Country", "The person's country."),
	ContactCity:        text(EntityContact, "city", "c.city", "City", "The person's city."),
	ContactLanguage:    text(EntityContact, "language", "c.language", "Language", "The language to write in."),
	ContactTimeZone:    text(EntityContact, "timeZone", "c.time_zone", "Time zone", "The person's time zone, such as Europe/Berlin."),
	ContactEmailDomain: text(EntityContact, "emailDomain", "c.email_domain", "E-mail domain", "What follows the @ of the first e-mail address."),
	ContactFreeMail:    of(TypeBoolean, EntityContact, "freeMail", "c.free_mail", "Free mail", "The first e-mail address is with a free-mail provider."),
	ContactHasEmail:    of(TypeBoolean, EntityContact, "hasEmail", "(c.email is not null)", "Has e-mail", "An e-mail address is known."),
	ContactHasPhone:    of(TypeBoolean, EntityContact, "hasPhone", "(c.phone is not null)", "Has phone", "A telephone number is known."),
	ContactIsCustomer:  of(TypeBoolean, EntityContact, "isCustomer", "(c.customer_since is not null)", "Is customer", "The person has bought."),
	ContactCreatedAt:   of(TypeTime, EntityContact, "createdAt", "c.created_at", "Contact created", "When the contact was made."),

	AccountName:      text(EntityAccount, "name", "a.name", "Company", "The company's name."),
	AccountDomain:    text(EntityAccount, "domain", "a.domain", "Company domain", "The company's internet domain."),
	AccountIndustry:  text(EntityAccount, "industry", "a.industry", "Industry", "The company's industry."),
	AccountEmployees: of(TypeNumber, EntityAccount, "employees", "a.employees::float8", "Employees", "How many people the company employs."),
	AccountRevenue:   of(TypeNumber, EntityAccount, "revenue", "(a.revenue_minor::float8 / 100)", "Revenue", "The company's yearly revenue in whole units of its currency; amounts of different currencies compare as bare numbers."),
	AccountCountry:   text(EntityAccount, "country", "a.country", "Company country", "The company's country."),
	AccountCity:      text(EntityAccount, "city", "a.city", "Company city", "The company's city."),
	AccountTier:      text(EntityAccount, "tier", "a.tier", "Tier", "The tier the workspace gave the company."),

	LeadStage:          among(lifecycle.Stages, EntityLead, "stage", "l.stage", "Stage", "Where the lead is in its life."),
	LeadCycle:          of(TypeNumber, EntityLead, "cycle", "l.cycle::float8", "Cycle", "1 for the contact's first lead, 2 for the second crack, and so on."),
	LeadQueue:          text(EntityLead, "queue", "l.queue", "Queue", "The queue that answers for the lead while nobody owns it."),
	LeadInterest:       text(EntityLead, "interest", "l.interest", "Interest", "What the person asked for, in their own words."),
	LeadCreatedAt:      of(TypeTime, EntityLead, "createdAt", "l.created_at", "Lead created", "When the lead was made."),
	LeadLastActivityAt: of(TypeTime, EntityLead, "lastActivityAt", "l.last_activity_at", "Last activity", "The later of the lead's creation and the last touch."),

	LeadPersona:         derived(text(EntityLead, "persona", "(select p.name from personas p where p.workspace_id = l.workspace_id and p.id = l.persona_id)", "Persona", "The name of the persona the lead fits.")),
	LeadNegativePersona: derived(of(TypeBoolean, EntityLead, "negativePersona", "(select p.negative from personas p where p.workspace_id = l.workspace_id and p.id = l.persona_id)", "Negative persona", "The lead fits a persona that we do not want.")),
	LeadScore:           derived(of(TypeNumber, EntityLead, "score", "l.score::float8", "Score", "Points under the published scoring model, rounded.")),
	LeadFit:             derived(of(TypeNumber, EntityLead, "fit", "l.fit", "Fit", "Points for who the person and the company are.")),
	LeadEngagement:      derived(of(TypeNumber, EntityLead, "engagement", "l.engagement", "Engagement", "Points for what the person did, as they have decayed at the last scoring.")),
	LeadFitGrade:        derived(among(lifecycle.FitGrades, EntityLead, "fitGrade", "l.fit_grade", "Fit grade", "A best, D worst.")),
	LeadEngagementGrade: derived(of(TypeNumber, EntityLead, "engagementGrade", "l.engagement_grade::float8", "Engagement grade", "1 best, 4 worst.")),
	LeadBand:            derived(among(lifecycle.Bands, EntityLead, "band", "l.band", "Band", "HOT, WARM or COOL, from both grades.")),

	SourceKey:     text(EntitySource, "key", "s.key", "Source key", "The key of the source the lead came from."),
	SourceName:    text(EntitySource, "name", "s.name", "Source", "The name of the source the lead came from."),
	SourceKind:    among(contact.SourceKinds, EntitySource, "kind", "s.kind", "Source kind", "What kind of source the lead came from."),
	SourceChannel: among(contact.Channels, EntitySource, "channel", "s.channel", "Source channel", "The channel of the source the lead came from."),
}

// of makes the definition of a built-in attribute.
func of(t Type, e Entity, name, sql, label, description string) Definition {
	return Definition{Name: prefix(e) + name, Entity: e, Type: t, Label: label, Description: description, sql: sql}
}

// derived marks what leadgraph itself makes of the facts.
func derived(d Definition) Definition {
	d.Derived = true
	return d
}

// text makes the definition of a built-in text.
func text(e Entity, name, sql, label, description string) Definition {
	return of(TypeText, e, name, sql, label, description)
}

// among makes the definition of a built-in attribute with fixed values.
func among[T ~string](all []T, e Entity, name, sql, label, description string) Definition {
	d := of(TypeEnum, e, name, sql, label, description)
	for _, v := range all {
		d.Values = append(d.Values, string(v))
	}
	return d
}
