package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// contactPolicy is a contact policy ready to be asked, and the version that it is; the zero version is what holds where none is in force.
type contactPolicy struct {
	version id.UUID
	*contactpolicy.Program
}

// ContactQuestion asks whether a person may be contacted.
type ContactQuestion struct {
	ContactID  id.Global
	Channel    contact.Channel
	Purpose    contact.Purpose
	Department auth.Department
	At         *time.Time // nil for now
	CampaignID *id.Global
}

// ContactDecision is the contact policy's answer.
type ContactDecision struct {
	At            time.Time
	Outcome       contactpolicy.Outcome
	NextAllowedAt *time.Time
	Reasons       []contactpolicy.Reason
	PolicyID      *id.UUID
}

// asking is a question with its ids taken apart.
type asking struct {
	contactpolicy.Ask
	field    string // where the question stands in the request, with a dot
	contact  id.UUID
	campaign *id.UUID
	now      time.Time
	leave    id.UUID // a message that the question is about itself
}

// question checks a question.
func (f *Funnel) question(c *checks, field string, q *ContactQuestion) *asking {
	a := &asking{Ask: contactpolicy.Ask{Channel: q.Channel, Purpose: q.Purpose, Department: q.Department}, field: field, now: f.Now().UTC().Truncate(time.Microsecond)}
	var err error
	a.contact, err = kind(field+"contactId", q.ContactID, id.Contact)
	c.add(err)
	if q.CampaignID != nil {
		campaign, err := kind(field+"campaignId", *q.CampaignID, id.Campaign)
		c.add(err)
		a.campaign = &campaign
	}
	a.At = a.now
	if q.At != nil {
		a.At = q.At.UTC().Truncate(time.Microsecond)
	}
	return a
}

// maxAhead is how far ahead people ask.
const maxAhead = 366 * 24 * time.Hour

// MayContact answers whether a person may be contacted, by what is known now, in one round trip. It promises nothing: ReserveContact does. Everybody
// who reads leads may ask, for both departments.
func (f *Funnel) MayContact(ctx context.Context, q ContactQuestion) (*ContactDecision, error) {
	var c checks
	a := f.question(&c, "", &q)
	if a.At.Before(a.now.Add(-maxAhead)) || a.At.After(a.now.Add(maxAhead)) {
		c.add(fault.Input("at", "Give an instant at most a year from now."))
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	r := f.DB.Read(auth.From(ctx).Workspace)
	d, _, err := f.decide(ctx, r.Queries, r.Workspace, a)
	return d, err
}

// decide asks the policy in force. What it has to know is read by one statement, over the windows of the policy that was in force before; where
// another one has taken its place since, once more over the windows of that one.
func (f *Funnel) decide(ctx context.Context, q *db.Queries, workspace id.UUID, a *asking) (*ContactDecision, *db.ContactStateRow, error) {
	policy, known := f.policies.Get(workspace)
	if !known {
		policy.Program = &contactpolicy.Program{}
	}
	for {
		row, err := q.ContactState(ctx, a.params(workspace, policy.Program))
		if row, err = found(row, err, a.field+"contactId", "person"); err != nil {
			return nil, nil, err
		}
		if a.campaign != nil && row.CampaignID == nil {
			return nil, nil, fault.Missing(a.field+"campaignId", "campaign")
		}
		var version id.UUID
		if row.PolicyID != nil {
			version = *row.PolicyID
		}
		if version == policy.version {
			ask := a.Ask
			ask.Campaign = campaignOf(row)
			d := policy.Decide(stateOf(row, a), ask)
			return &ContactDecision{At: a.At, Outcome: d.Outcome, NextAllowedAt: d.NextAllowedAt, Reasons: d.Reasons, PolicyID: row.PolicyID}, row, nil
		}
		if policy, err = f.contactPolicy(ctx, q, workspace, version); err != nil {
			return nil, nil, err
		}
		f.policies.Add(workspace, policy)
	}
}

// contactPolicy makes a version ready to be asked.
func (f *Funnel) contactPolicy(ctx context.Context, q *db.Queries, workspace, version id.UUID) (contactPolicy, error) {
	p, err := ready(ctx, f, q, workspace, version, func(b *agreement.Body) (*contactpolicy.Program, error) { return contactpolicy.Compile(b.ContactPolicy) })
	if p == nil {
		p = &contactpolicy.Program{}
	}
	return contactPolicy{version, p}, err
}

// params ask for the part of the ledger that a policy looks at.
func (a *asking) params(workspace id.UUID, p *contactpolicy.Program) db.ContactStateParams {
	q := db.ContactStateParams{WorkspaceID: workspace, ContactID: a.contact, CampaignID: a.campaign, Channel: string(a.Channel), Purpose: string(a.Purpose),
		Since: a.At.Add(-p.LongestWindow()), AccountSince: a.At.Add(-p.AccountWindow()), Now: a.now, Leave: a.leave, Kinds: messageKinds()}
	if p.AccountWindow() == 0 {
		q.AccountSince = latest
	}
	return q
}

// messageKinds are the kinds of touch that reach people, for a statement.
func messageKinds() []string {
	kinds := make([]string, len(contact.Messages))
	for i, k := range contact.Messages {
		kinds[i] = string(k)
	}
	return kinds
}

// latest is behind all messages.
var latest = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// campaignOf is what the policy looks at of the campaign; nil without one.
func campaignOf(row *db.ContactStateRow) *contactpolicy.Campaign {
	if row.CampaignID == nil {
		return nil
	}
	return &contactpolicy.Campaign{ID: *row.CampaignID, Kind: contact.CampaignKind(row.CampaignKind), Acknowledged: row.CampaignAcknowledged}
}

// stateOf is what the policy looks at of the person.
func stateOf(row *db.ContactStateRow, a *asking) *contactpolicy.State {
	s := &contactpolicy.State{Erased: row.Erased, Suppressed: row.SuppressedAt != nil, Customer: row.CustomerSince != nil, OpenDeal: row.OpenDeal}
	for _, b := range row.Bounced {
		s.Bounced = append(s.Bounced, contact.Channel(b))
	}
	if row.ConsentState != "" {
		s.Consents = []contactpolicy.Consent{{Channel: a.Channel, Purpose: a.Purpose, State: contact.ConsentState(row.ConsentState), Basis: contact.ConsentBasis(row.ConsentBasis)}}
	}
	if row.FloorDepartment != nil {
		s.Holder = &contactpolicy.Holder{Department: *row.FloorDepartment}
		if row.FloorUntil != nil {
			s.Holder.Until = *row.FloorUntil
		}
	}
	if row.NotBefore != nil {
		s.NotBefore = *row.NotBefore
	}
	if row.TimeZone != nil {
		s.Zone, _ = time.LoadLocation(*row.TimeZone) // names are checked on their way in; of one that is gone, nothing is known
	}
	s.Ledger = make([]contactpolicy.Entry, len(row.Ats))
	for i := range s.Ledger {
		s.Ledger[i] = contactpolicy.Entry{At: row.Ats[i], Colleague: row.Colleagues[i], Channel: contact.Channel(row.Channels[i]),
			Purpose: contact.Purpose(row.Purposes[i]), Department: auth.Department(row.Departments[i]), CampaignID: row.CampaignIds[i]}
	}
	return s
}

// against says in a sentence what stands against a contact.
func (d *ContactDecision) against() error {
	e := fault.New(fault.Conflict, "The reservation does not hold at this instant, and the contact policy allows no message then: %s", d.Reasons[0].Text)
	if d.NextAllowedAt != nil {
		e = e.With("nextAllowedAt", d.NextAllowedAt.Format(time.RFC3339Nano))
	}
	return e
}

// codes name what stands against a contact.
func (d *ContactDecision) codes() string {
	s := ""
	for i, r := range d.Reasons {
		if i > 0 {
			s += ", "
		}
		s += string(r.Code)
	}
	return s
}

// speaksFor refuses a member who would act for the other department; keys and leadgraph itself act for both.
func speaksFor(who *auth.Viewer, field string, d auth.Department) error {
	if who.Kind == auth.ActorMember && who.Department != d {
		return &fault.Error{Code: fault.Forbidden, Field: field, Message: fmt.Sprintf("You work for %s: only its members send for %s.", who.Department, d)}
	}
	return nil
}
