package graph

import (
	"context"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// The relations that several types share, each in one place.

func accountsOf[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Account, error) {
	return one(ctx, r, parents, key, func(a *db.Account) id.UUID { return a.ID })
}

func contactsOf[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Contact, error) {
	return one(ctx, r, parents, key, func(c *db.Contact) id.UUID { return c.ID })
}

func sourcesOf[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Source, error) {
	return one(ctx, r, parents, key, func(s *db.Source) id.UUID { return s.ID })
}

func campaignsOf[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Campaign, error) {
	return one(ctx, r, parents, key, func(c *db.Campaign) id.UUID { return c.ID })
}

func membersOf[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Member, error) {
	return one(ctx, r, parents, key, func(m *db.Member) id.UUID { return m.ID })
}

func resourcesOf[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Resource, error) {
	return one(ctx, r, parents, key, func(x *db.Resource) id.UUID { return x.ID })
}

func personasOf[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Persona, error) {
	return one(ctx, r, parents, key, func(p *db.Persona) id.UUID { return p.ID })
}

func leadsByID[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Lead, error) {
	return one(ctx, r, parents, key, func(l *db.Lead) id.UUID { return l.ID })
}

func keysOf[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.APIKey, error) {
	return one(ctx, r, parents, key, func(k *db.APIKey) id.UUID { return k.ID })
}

func agreementsOf[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Agreement, error) {
	return one(ctx, r, parents, key, func(a *db.Agreement) id.UUID { return a.ID })
}

func reasonsOf[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Reason, error) {
	return one(ctx, r, parents, key, func(x *db.Reason) id.UUID { return x.ID })
}

func handoffsByID[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Handoff, error) {
	return one(ctx, r, parents, key, func(h *db.Handoff) id.UUID { return h.ID })
}

func clocksByID[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Clock, error) {
	return one(ctx, r, parents, key, func(c *db.Clock) id.UUID { return c.ID })
}

func dealsByID[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Deal, error) {
	return one(ctx, r, parents, key, func(d *db.Deal) id.UUID { return d.ID })
}

func touchesByID[P any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID) ([]*db.Touch, error) {
	return one(ctx, r, parents, key, func(t *db.Touch) id.UUID { return t.ID })
}

// standingsOf are what stands about people; nothing where nothing was ever said.
func standingsOf(ctx context.Context, r *Resolver, people []*db.Contact) ([]*db.Standing, error) {
	q := r.read(ctx)
	rows, err := q.StandingsOf(ctx, db.StandingsOfParams{WorkspaceID: q.Workspace, ContactIds: ids(people, func(c *db.Contact) id.UUID { return c.ID })})
	if err != nil {
		return nil, err
	}
	of := make(map[id.UUID]*db.Standing, len(rows))
	for _, s := range rows {
		of[s.ContactID] = s
	}
	out := make([]*db.Standing, len(people))
	for i, c := range people {
		if out[i] = of[c.ID]; out[i] == nil {
			out[i] = &db.Standing{ContactID: c.ID, Bounced: []contact.Channel{}}
		}
	}
	return out, nil
}

func leads(p *db.Page[db.Lead]) *model.LeadConnection { return &model.LeadConnection{Page: p} }
func contacts(p *db.Page[db.Contact]) *model.ContactConnection {
	return &model.ContactConnection{Page: p}
}
func accounts(p *db.Page[db.Account]) *model.AccountConnection {
	return &model.AccountConnection{Page: p}
}
func touches(p *db.Page[db.Touch]) *model.TouchConnection   { return &model.TouchConnection{Page: p} }
func members(p *db.Page[db.Member]) *model.MemberConnection { return &model.MemberConnection{Page: p} }
func apiKeys(p *db.Page[db.APIKey]) *model.APIKeyConnection { return &model.APIKeyConnection{Page: p} }
func sources(p *db.Page[db.Source]) *model.SourceConnection { return &model.SourceConnection{Page: p} }
func campaigns(p *db.Page[db.Campaign]) *model.CampaignConnection {
	return &model.CampaignConnection{Page: p}
}
func resources(p *db.Page[db.Resource]) *model.ResourceConnection {
	return &model.ResourceConnection{Page: p}
}
func shares(p *db.Page[db.Share]) *model.ShareConnection { return &model.ShareConnection{Page: p} }
func personas(p *db.Page[db.Persona]) *model.PersonaConnection {
	return &model.PersonaConnection{Page: p}
}
func imports(p *db.Page[db.Import]) *model.ImportConnection { return &model.ImportConnection{Page: p} }
func refusals(p *db.Page[db.ImportRefusal]) *model.ImportRefusalConnection {
	return &model.ImportRefusalConnection{Page: p}
}
func agreements(p *db.Page[db.Agreement]) *model.AgreementConnection {
	return &model.AgreementConnection{Page: p}
}
func backTests(p *db.Page[db.BackTest]) *model.BackTestConnection {
	return &model.BackTestConnection{Page: p}
}
func modelFits(p *db.Page[db.ModelFit]) *model.ModelFitConnection {
	return &model.ModelFitConnection{Page: p}
}
func runs(p *db.Page[db.AttributionRun]) *model.AttributionRunConnection {
	return &model.AttributionRunConnection{Page: p}
}
func fits(p *db.Page[db.AttributionFit]) *model.AttributionFitConnection {
	return &model.AttributionFitConnection{Page: p}
}
func creditedTouches(p *db.Page[db.CreditedTouch]) *model.CreditedTouchConnection {
	return &model.CreditedTouchConnection{Page: p}
}
func reportRows(p *db.Page[db.AttributionReportRow]) *model.AttributionReportRowConnection {
	return &model.AttributionReportRowConnection{Page: p}
}
func journeys(p *db.Page[db.Journey]) *model.JourneyConnection {
	return &model.JourneyConnection{Page: p}
}
func histories(p *db.Page[db.ScoreHistory]) *model.ScoreHistoryConnection {
	return &model.ScoreHistoryConnection{Page: p}
}
func handoffs(p *db.Page[db.Handoff]) *model.HandoffConnection {
	return &model.HandoffConnection{Page: p}
}

func disputes(p *db.Page[db.CreditDispute]) *model.CreditDisputeConnection {
	return &model.CreditDisputeConnection{Page: p}
}

func goals(p *db.Page[db.Goal]) *model.GoalConnection    { return &model.GoalConnection{Page: p} }
func deals(p *db.Page[db.Deal]) *model.DealConnection    { return &model.DealConnection{Page: p} }
func clocks(p *db.Page[db.Clock]) *model.ClockConnection { return &model.ClockConnection{Page: p} }
func messages(p *db.Page[db.Message]) *model.MessageConnection {
	return &model.MessageConnection{Page: p}
}
