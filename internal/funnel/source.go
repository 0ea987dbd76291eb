package funnel

import (
	"context"
	"regexp"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// keyForm is what sources and campaigns are called in files and calls.
var keyForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

func (c *checks) key(field, s string) string {
	if !keyForm.MatchString(s) {
		c.add(fault.Input(field, "A key is 1 to 63 of a-z, 0-9, hyphen and underscore, from a letter or digit on."))
	}
	return s
}

// CreateSourceInput is a new source.
type CreateSourceInput struct {
	Key, Name      string
	Kind           contact.SourceKind
	Channel        contact.Channel
	IdempotencyKey *string
}

// CreateSourcePayload is the new source.
type CreateSourcePayload struct {
	Mark
	Source *db.Source
}

// CreateSource makes a source. Marketing may.
func (f *Funnel) CreateSource(ctx context.Context, in CreateSourceInput) (*CreateSourcePayload, error) {
	var c checks
	p := db.InsertSourceParams{ID: id.New(), Key: c.key("input.key", in.Key), Name: c.line("input.name", in.Name, 100), Kind: in.Kind, Channel: in.Channel}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*CreateSourcePayload, error) {
		p.WorkspaceID = t.Workspace
		s, err := t.InsertSource(ctx, p)
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.SourceCreated, subject: s.ID, data: event.Data{Name: s.Name}})
		return &CreateSourcePayload{Source: s}, nil
	})
}

// UpdateSourceInput changes a source; nil keeps.
type UpdateSourceInput struct {
	SourceID        id.Global
	ExpectedVersion *int32
	Name            *string
	Kind            *contact.SourceKind
	Channel         *contact.Channel
	IdempotencyKey  *string
}

// UpdateSourcePayload is the changed source.
type UpdateSourcePayload struct {
	Mark
	Source *db.Source
}

// UpdateSource changes a source; its key stays. Marketing may.
func (f *Funnel) UpdateSource(ctx context.Context, in UpdateSourceInput) (*UpdateSourcePayload, error) {
	var c checks
	source, err := kind("input.sourceId", in.SourceID, id.Source)
	c.add(err)
	name := c.another("input.name", in.Name, 100)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*UpdateSourcePayload, error) {
		s, err := t.LockSource(ctx, db.LockSourceParams{WorkspaceID: t.Workspace, ID: source})
		if s, err = found(s, err, "input.sourceId", "source"); err != nil {
			return nil, err
		}
		if err := current(in.ExpectedVersion, s.Version); err != nil {
			return nil, err
		}
		p := db.UpdateSourceParams{WorkspaceID: t.Workspace, ID: s.ID, Name: s.Name, Kind: s.Kind, Channel: s.Channel}
		var ch changes
		set(&ch, "name", &p.Name, name)
		set(&ch, "kind", &p.Kind, in.Kind)
		set(&ch, "channel", &p.Channel, in.Channel)
		if len(ch) == 0 {
			return &UpdateSourcePayload{Source: s}, nil
		}
		was := *s
		if s, err = t.Queries.UpdateSource(ctx, p); err != nil {
			return nil, err
		}
		reg, err := t.Registry(ctx, t.Workspace)
		if err != nil {
			return nil, err
		}
		before, err := db.SourceChanges(reg, &was, s, t.now)
		if err != nil {
			return nil, err
		}
		if _, err := db.Insert(ctx, t.Tx, "fact_changes", before, ""); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.SourceChanged, subject: s.ID, data: event.Data{Name: s.Name, Changes: ch}})
		return &UpdateSourcePayload{Source: s}, t.rematch(ctx, "source "+s.Key+" changed")
	})
}

// CreateCampaignInput is a new campaign.
type CreateCampaignInput struct {
	Key, Name      string
	Kind           contact.CampaignKind
	Channel        contact.Channel
	StartsAt       time.Time
	EndsAt         *time.Time
	CostMinor      int64
	Currency       string
	IdempotencyKey *string
}

// CreateCampaignPayload is the new campaign.
type CreateCampaignPayload struct {
	Mark
	Campaign *db.Campaign
}

func (c *checks) window(starts time.Time, ends *time.Time) {
	if ends != nil && !ends.After(starts) {
		c.add(fault.Input("input.endsAt", "A campaign ends after it starts."))
	}
}

// CreateCampaign makes a campaign. Marketing may.
func (f *Funnel) CreateCampaign(ctx context.Context, in CreateCampaignInput) (*CreateCampaignPayload, error) {
	var c checks
	p := db.InsertCampaignParams{ID: id.New(), Key: c.key("input.key", in.Key), Name: c.line("input.name", in.Name, 100), Kind: in.Kind, Channel: in.Channel,
		StartsAt: in.StartsAt, EndsAt: in.EndsAt, CostMinor: in.CostMinor, Currency: c.currency("input.currency", in.Currency)}
	c.window(in.StartsAt, in.EndsAt)
	c.upTo("input.costMinor", in.CostMinor, 0, 1<<53)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*CreateCampaignPayload, error) {
		p.WorkspaceID = t.Workspace
		k, err := t.InsertCampaign(ctx, p)
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.CampaignCreated, subject: k.ID, data: event.Data{Name: k.Name}})
		return &CreateCampaignPayload{Campaign: k}, nil
	})
}

// UpdateCampaignInput changes a campaign; absent keeps, null clears the end.
type UpdateCampaignInput struct {
	CampaignID      id.Global
	ExpectedVersion *int32
	Name            *string
	Kind            *contact.CampaignKind
	Channel         *contact.Channel
	StartsAt        *time.Time
	EndsAt          graphql.Omittable[*time.Time] `json:",omitzero"`
	CostMinor       *int64
	Currency        *string
	IdempotencyKey  *string
}

// UpdateCampaignPayload is the changed campaign.
type UpdateCampaignPayload struct {
	Mark
	Campaign *db.Campaign
}

// UpdateCampaign changes a campaign; its key stays. Marketing may.
func (f *Funnel) UpdateCampaign(ctx context.Context, in UpdateCampaignInput) (*UpdateCampaignPayload, error) {
	var c checks
	campaign, err := kind("input.campaignId", in.CampaignID, id.Campaign)
	c.add(err)
	name := c.another("input.name", in.Name, 100)
	if in.CostMinor != nil {
		c.upTo("input.costMinor", *in.CostMinor, 0, 1<<53)
	}
	if in.Currency != nil {
		c.currency("input.currency", *in.Currency)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*UpdateCampaignPayload, error) {
		k, err := t.LockCampaign(ctx, db.LockCampaignParams{WorkspaceID: t.Workspace, ID: campaign})
		if k, err = found(k, err, "input.campaignId", "campaign"); err != nil {
			return nil, err
		}
		if err := current(in.ExpectedVersion, k.Version); err != nil {
			return nil, err
		}
		p := db.UpdateCampaignParams{WorkspaceID: t.Workspace, ID: k.ID, Name: k.Name, Kind: k.Kind, Channel: k.Channel, StartsAt: k.StartsAt, EndsAt: k.EndsAt,
			CostMinor: k.CostMinor, Currency: k.Currency}
		var ch changes
		set(&ch, "name", &p.Name, name)
		set(&ch, "kind", &p.Kind, in.Kind)
		set(&ch, "channel", &p.Channel, in.Channel)
		set(&ch, "startsAt", &p.StartsAt, in.StartsAt)
		patch(&ch, "endsAt", &p.EndsAt, in.EndsAt, same)
		set(&ch, "costMinor", &p.CostMinor, in.CostMinor)
		set(&ch, "currency", &p.Currency, in.Currency)
		var c checks
		if c.window(p.StartsAt, p.EndsAt); len(ch) == 0 || c.err() != nil {
			return &UpdateCampaignPayload{Campaign: k}, c.err()
		}
		if k, err = t.Queries.UpdateCampaign(ctx, p); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.CampaignChanged, subject: k.ID, data: event.Data{Name: k.Name, Changes: ch}})
		return &UpdateCampaignPayload{Campaign: k}, t.rematch(ctx, "campaign "+k.Key+" changed")
	})
}
