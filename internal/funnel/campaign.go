package funnel

import (
	"context"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// AcknowledgeCampaignInput is a campaign that may reach customers.
type AcknowledgeCampaignInput struct {
	CampaignID     id.Global
	IdempotencyKey *string
}

// AcknowledgeCampaignPayload is the campaign with the departments' words.
type AcknowledgeCampaignPayload struct {
	Mark
	Campaign *db.Campaign
}

// AcknowledgeCampaign says for the viewer's department that it knows of an acquisition campaign that reaches customers too. Directors and managers may.
func (f *Funnel) AcknowledgeCampaign(ctx context.Context, in AcknowledgeCampaignInput) (*AcknowledgeCampaignPayload, error) {
	campaign, err := kind("input.campaignId", in.CampaignID, id.Campaign)
	if err != nil {
		return nil, err
	}
	if who := auth.From(ctx); who.Signed() && who.Kind != auth.ActorMember {
		return nil, fault.New(fault.Forbidden, "Only people speak for a department: sign in as its director or manager.")
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*AcknowledgeCampaignPayload, error) {
		k, err := t.LockCampaign(ctx, db.LockCampaignParams{WorkspaceID: t.Workspace, ID: campaign})
		if k, err = found(k, err, "input.campaignId", "campaign"); err != nil {
			return nil, err
		}
		if k.Kind != contact.CampaignAcquisition {
			return nil, fault.New(fault.Conflict, "Only campaigns of the kind ACQUISITION are acknowledged; this one is of the kind %s.", k.Kind)
		}
		p := db.AcknowledgeCampaignParams{WorkspaceID: t.Workspace, ID: k.ID, ByMarketing: k.AcknowledgedByMarketing, BySales: k.AcknowledgedBySales}
		word := &p.ByMarketing
		if t.who.Department == auth.Sales {
			word = &p.BySales
		}
		if *word != nil {
			return &AcknowledgeCampaignPayload{Campaign: k}, nil
		}
		*word = &t.who.Member
		if k, err = t.Queries.AcknowledgeCampaign(ctx, p); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.CampaignAcknowledged, subject: k.ID, data: event.Data{Name: k.Name, To: string(t.who.Department)}})
		return &AcknowledgeCampaignPayload{Campaign: k}, nil
	})
}
