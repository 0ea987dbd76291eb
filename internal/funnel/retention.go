package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/id"
)

// RetentionOffer is a campaign that a new customer may be in, and what the contact policy says to that.
type RetentionOffer struct {
	CampaignID id.UUID
	Decision   *ContactDecision
}

// maxOffers is how many campaigns are offered for a customer.
const maxOffers = 10

// retention are the RETENTION campaigns that run now and that the contact policy does not keep a person out of: allowed, or not yet.
func (t *tx) retention(ctx context.Context, person *db.Contact) ([]*RetentionOffer, error) {
	offers := []*RetentionOffer{}
	if person == nil {
		return offers, nil
	}
	running, err := t.RunningCampaigns(ctx, db.RunningCampaignsParams{WorkspaceID: t.Workspace, Kind: contact.CampaignRetention, At: t.now, Rows: maxOffers})
	if err != nil {
		return nil, fmt.Errorf("read campaigns: %w", err)
	}
	for _, c := range running {
		a := &asking{Ask: contactpolicy.Ask{Channel: c.Channel, Purpose: contact.PurposeMarketing, Department: auth.Marketing, At: t.now}, contact: person.ID, campaign: &c.ID, now: t.now}
		decision, _, err := t.f.decide(ctx, t.Queries, t.Workspace, a)
		if err != nil {
			return nil, err
		}
		if decision.Outcome != contactpolicy.Denied {
			offers = append(offers, &RetentionOffer{c.ID, decision})
		}
	}
	return offers, nil
}
