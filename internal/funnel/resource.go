package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/resource"
)

// ResourcePayload is a resource after what was done with it.
type ResourcePayload struct {
	Mark
	Resource *db.Resource
}

// CreateResourceInput is a new resource.
type CreateResourceInput struct {
	Key            string
	Title          string
	Description    *string
	Format         resource.Format
	URL            string
	Labels         []*ResourceLabelInput
	OwnerID        *id.Global
	ExpiresAt      *time.Time
	IdempotencyKey *string
}

// CreateResource makes a resource, its labels and its first version. Marketing may.
func (f *Funnel) CreateResource(ctx context.Context, in CreateResourceInput) (*ResourcePayload, error) {
	var c checks
	url, err := resource.Address(in.URL)
	row := db.Resource{ID: id.New(), Key: c.key("input.key", in.Key), Title: c.line("input.title", in.Title, 200), Description: c.prose("input.description", in.Description, 2000),
		Format: in.Format, URL: at(&c, "input.url", url, err), Edition: 1, ExpiresAt: in.ExpiresAt, Version: 1}
	labels := c.labels(in.Labels)
	if in.OwnerID != nil {
		owner, err := kind("input.ownerId", *in.OwnerID, id.Member)
		c.add(err)
		row.OwnerID = &owner
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, asked[CreateResourceInput]{"CreateResource", in}, func(t *tx) (*ResourcePayload, error) {
		if err := t.labelled(ctx, labels); err != nil {
			return nil, err
		}
		r := row
		r.WorkspaceID, r.Position, r.PublishedAt, r.CreatedAt, r.UpdatedAt = t.Workspace, labels[0].Position, t.now, t.now, t.now
		if r.OwnerID == nil && t.who.Kind == auth.ActorMember {
			r.OwnerID = &t.who.Member
		} else if err := t.answerable(ctx, r.OwnerID); err != nil {
			return nil, err
		}
		if _, err := db.Insert(ctx, t.Tx, "resources", []*db.Resource{&r}, ""); err != nil {
			return nil, err
		}
		if err := t.label(ctx, r.ID, labels); err != nil {
			return nil, err
		}
		if err := t.publishResource(ctx, &r, nil); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.ResourceCreated, subject: r.ID, data: event.Data{Name: r.Title}})
		return &ResourcePayload{Resource: &r}, nil
	})
}

// UpdateResourceInput changes a resource; absent keeps, null clears.
type UpdateResourceInput struct {
	ResourceID      id.Global
	ExpectedVersion *int32
	Title           *string
	Description     graphql.Omittable[*string] `json:",omitzero"`
	Format          *resource.Format
	OwnerID         graphql.Omittable[*id.Global] `json:",omitzero"`
	ExpiresAt       graphql.Omittable[*time.Time] `json:",omitzero"`
	IdempotencyKey  *string
}

// UpdateResource changes a resource; its key stays. Marketing may.
func (f *Funnel) UpdateResource(ctx context.Context, in UpdateResourceInput) (*ResourcePayload, error) {
	var c checks
	title, description := c.another("input.title", in.Title, 200), c.prose("input.description", in.Description.Value(), 2000)
	var owner *id.UUID
	if g := in.OwnerID.Value(); g != nil {
		m, err := kind("input.ownerId", *g, id.Member)
		c.add(err)
		owner = &m
	}
	change := func(t *tx, r *db.Resource, ch *changes) error {
		set(ch, "title", &r.Title, title)
		patch(ch, "description", &r.Description, in.Description, func(*string) *string { return description })
		set(ch, "format", &r.Format, in.Format)
		patch(ch, "ownerId", &r.OwnerID, in.OwnerID, func(*id.Global) *id.UUID { return owner })
		patch(ch, "expiresAt", &r.ExpiresAt, in.ExpiresAt, same)
		return t.answerable(ctx, owner)
	}
	return f.changeResource(ctx, &c, in.ResourceID, in.ExpectedVersion, in.IdempotencyKey, asked[UpdateResourceInput]{"UpdateResource", in}, change)
}

// AddResourceVersionInput is a new version of a resource.
type AddResourceVersionInput struct {
	ResourceID      id.Global
	ExpectedVersion *int32
	URL             string
	Note            *string
	ExpiresAt       graphql.Omittable[*time.Time] `json:",omitzero"`
	IdempotencyKey  *string
}

// AddResourceVersion puts a new version in the place of the current one. Marketing may.
func (f *Funnel) AddResourceVersion(ctx context.Context, in AddResourceVersionInput) (*ResourcePayload, error) {
	var c checks
	url, err := resource.Address(in.URL)
	at(&c, "input.url", url, err)
	note := c.prose("input.note", in.Note, 500)
	change := func(t *tx, r *db.Resource, ch *changes) error {
		ch.note("url")
		r.URL, r.Edition, r.PublishedAt = url, r.Edition+1, t.now
		patch(ch, "expiresAt", &r.ExpiresAt, in.ExpiresAt, same)
		return t.publishResource(ctx, r, note)
	}
	return f.changeResource(ctx, &c, in.ResourceID, in.ExpectedVersion, in.IdempotencyKey, asked[AddResourceVersionInput]{"AddResourceVersion", in}, change)
}

// RetireResourceInput is a resource to take out of use.
type RetireResourceInput struct {
	ResourceID      id.Global
	ExpectedVersion *int32
	Retired         bool
	IdempotencyKey  *string
}

// RetireResource takes a resource out of use, or brings it back. Marketing may.
func (f *Funnel) RetireResource(ctx context.Context, in RetireResourceInput) (*ResourcePayload, error) {
	change := func(t *tx, r *db.Resource, ch *changes) error {
		if in.Retired != (r.RetiredAt != nil) {
			ch.note("retiredAt")
			r.RetiredAt = nil
			if in.Retired {
				r.RetiredAt = &t.now
			}
		}
		return nil
	}
	return f.changeResource(ctx, &checks{}, in.ResourceID, in.ExpectedVersion, in.IdempotencyKey, asked[RetireResourceInput]{"RetireResource", in}, change)
}

// changeResource locks a resource and changes it. A change that notes nothing writes nothing.
func (f *Funnel) changeResource(ctx context.Context, c *checks, g id.Global, expected *int32, key *string, request any, change func(*tx, *db.Resource, *changes) error) (*ResourcePayload, error) {
	which, err := kind("input.resourceId", g, id.Resource)
	c.add(err)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, key, request, func(t *tx) (*ResourcePayload, error) {
		r, err := t.LockResource(ctx, db.LockResourceParams{WorkspaceID: t.Workspace, ID: which})
		if r, err = found(r, err, "input.resourceId", "resource"); err != nil {
			return nil, err
		}
		if err := current(expected, r.Version); err != nil {
			return nil, err
		}
		t.settle()
		var ch changes
		if err := change(t, r, &ch); err != nil || len(ch) == 0 {
			return &ResourcePayload{Resource: r}, err
		}
		r.UpdatedAt, r.Version = t.now, r.Version+1
		if err := db.Update(ctx, t.Tx, "resources", []*db.Resource{r}, "key", "created_at"); err != nil {
			return nil, err
		}
		e := logged{kind: event.ResourceChanged, subject: r.ID, data: event.Data{Name: r.Title, Changes: ch}}
		if ch[0] == "retiredAt" && r.RetiredAt != nil {
			e.kind, e.data.Changes = event.ResourceRetired, nil
		}
		t.emit(e)
		return &ResourcePayload{Resource: r}, nil
	})
}

// publishResource keeps the current version among the others.
func (t *tx) publishResource(ctx context.Context, r *db.Resource, note *string) error {
	v := &db.ResourceVersion{WorkspaceID: t.Workspace, ID: id.New(), ResourceID: r.ID, Edition: r.Edition, URL: r.URL, Note: note, CreatedAt: r.PublishedAt}
	if t.who.Kind == auth.ActorMember {
		v.CreatedBy = &t.who.Member
	}
	_, err := db.Insert(ctx, t.Tx, "resource_versions", []*db.ResourceVersion{v}, "")
	return err
}

// answerable makes sure that somebody can answer for a resource; nil is nobody.
func (t *tx) answerable(ctx context.Context, owner *id.UUID) error {
	if owner == nil {
		return nil
	}
	rows, err := t.MembersByID(ctx, db.MembersByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{*owner}})
	if err != nil {
		return fmt.Errorf("read the owner: %w", err)
	}
	if len(rows) == 0 {
		return fault.Missing("input.ownerId", "member")
	}
	if !rows[0].Active {
		return fault.Input("input.ownerId", "This member is not active: choose another.")
	}
	return nil
}
