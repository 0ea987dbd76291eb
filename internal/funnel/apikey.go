package funnel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

const (
	keyLife    = 365 * 24 * time.Hour
	keyLongest = 2 * keyLife
	maxOverlap = 30 * 24 * 60 // minutes
)

// CreateAPIKeyInput is a new API key.
type CreateAPIKeyInput struct {
	Name           string
	Scopes         []string
	SourceID       *id.Global
	ExpiresAt      *time.Time
	IdempotencyKey *string
}

// CreateAPIKeyPayload is the new key and, once, its secret.
type CreateAPIKeyPayload struct {
	Mark
	APIKey *db.APIKey
	Secret *string `json:"-"` // never kept, so a repeat answers without it
}

// CreateAPIKey makes an API key. Admins may; a key can do no more than its maker.
func (f *Funnel) CreateAPIKey(ctx context.Context, in CreateAPIKeyInput) (*CreateAPIKeyPayload, error) {
	var c checks
	p := db.InsertAPIKeyParams{Name: c.line("input.name", in.Name, 100)}
	p.Scopes = c.scopes("input.scopes", in.Scopes, auth.From(ctx))
	if in.SourceID != nil {
		source, err := kind("input.sourceId", *in.SourceID, id.Source)
		c.add(err)
		p.SourceID = &source
	}
	if own := auth.From(ctx).Source; own != nil { // a key of a bound key is bound to the same source
		if p.SourceID != nil && *p.SourceID != *own {
			c.add(elsewhere("input.sourceId"))
		}
		p.SourceID = own
	}
	p.ExpiresAt = c.expiry("input.expiresAt", in.ExpiresAt, f.Now())
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*CreateAPIKeyPayload, error) {
		if p.SourceID != nil {
			if rows, err := t.SourcesByID(ctx, db.SourcesByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{*p.SourceID}}); err != nil || len(rows) == 0 {
				return nil, either(err, fault.Missing("input.sourceId", "source"))
			}
		}
		k, secret, err := t.insertKey(ctx, p)
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.APIKeyCreated, subject: k.ID, data: event.Data{Name: k.Name}})
		return &CreateAPIKeyPayload{APIKey: k, Secret: &secret}, nil
	})
}

// elsewhere refuses to let a key that is bound to a source hand out more than that source.
func elsewhere(field string) error {
	return &fault.Error{Code: fault.Forbidden, Field: field, Message: "A key can do no more than its maker: you are bound to one source, and so are the keys you make."}
}

// insertKey makes the secret and keeps its hash.
func (t *tx) insertKey(ctx context.Context, p db.InsertAPIKeyParams) (*db.APIKey, string, error) {
	secret := auth.NewAPIKey(t.f.LiveKeys)
	hash, prefix, err := auth.ParseAPIKey(secret)
	if err != nil {
		return nil, "", fmt.Errorf("make a key: %w", err)
	}
	p.WorkspaceID, p.ID, p.Prefix, p.Hash, p.CreatedAt = t.Workspace, id.New(), prefix, hash[:], t.now
	if !t.who.Member.IsZero() {
		p.CreatedBy = &t.who.Member
	}
	k, err := t.InsertAPIKey(ctx, p)
	if err != nil {
		return nil, "", fmt.Errorf("keep the key: %w", err)
	}
	return k, secret, nil
}

// scopes are known permissions that the maker has.
func (c *checks) scopes(field string, scopes []string, maker *auth.Viewer) []string {
	if len(scopes) == 0 {
		c.add(fault.Input(field, "Give at least one scope."))
	}
	for i, s := range scopes {
		place := fmt.Sprintf("%s[%d]", field, i)
		if _, known := auth.Describe[auth.Permission(s)]; !known {
			c.add(fault.Input(place, "There is no permission %.60q. `viewer { permissions }` lists yours.", s))
		} else if !maker.May(auth.Permission(s)) {
			c.add((&fault.Error{Code: fault.Forbidden, Field: place, Message: "A key can do no more than its maker: you do not have the permission " + s + "."}).With("permission", s))
		}
	}
	out := slices.Clone(scopes)
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *checks) expiry(field string, at *time.Time, now time.Time) time.Time {
	if at == nil {
		return now.Add(keyLife)
	}
	if !at.After(now) || at.Sub(now) > keyLongest {
		c.add(fault.Input(field, "A key ends in the future, at most two years from now."))
	}
	return *at
}

// RotateAPIKeyInput says which key to replace.
type RotateAPIKeyInput struct {
	APIKeyID       id.Global
	OverlapMinutes int32
	ExpiresAt      *time.Time
	IdempotencyKey *string
}

// RotateAPIKeyPayload is the successor, its secret, and the old key with its new end.
type RotateAPIKeyPayload struct {
	Mark
	APIKey, Replaced *db.APIKey
	Secret           *string `json:"-"`
}

// RotateAPIKey makes a successor with the same rights and lets the old key work on for the overlap. Admins may.
func (f *Funnel) RotateAPIKey(ctx context.Context, in RotateAPIKeyInput) (*RotateAPIKeyPayload, error) {
	var c checks
	key, err := kind("input.apiKeyId", in.APIKeyID, id.APIKey)
	c.add(err)
	c.upTo("input.overlapMinutes", int64(in.OverlapMinutes), 0, maxOverlap)
	expires := c.expiry("input.expiresAt", in.ExpiresAt, f.Now())
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*RotateAPIKeyPayload, error) {
		old, err := t.LockAPIKey(ctx, db.LockAPIKeyParams{WorkspaceID: t.Workspace, ID: key})
		if old, err = found(old, err, "input.apiKeyId", "API key"); err != nil {
			return nil, err
		}
		if old.RevokedAt != nil || !t.now.Before(old.ExpiresAt) {
			return nil, &fault.Error{Code: fault.Conflict, Field: "input.apiKeyId", Message: "This key has ended already. Create a new one instead."}
		}
		for _, s := range old.Scopes {
			if !t.who.May(auth.Permission(s)) {
				return nil, (&fault.Error{Code: fault.Forbidden, Field: "input.apiKeyId", Message: "A key can do no more than its maker: you do not have the permission " + s + "."}).With("permission", s)
			}
		}
		if own := t.who.Source; own != nil && !equal(own, old.SourceID) {
			return nil, elsewhere("input.apiKeyId")
		}
		k, secret, err := t.insertKey(ctx, db.InsertAPIKeyParams{Name: old.Name, Scopes: old.Scopes, SourceID: old.SourceID, RotatedFrom: &old.ID, ExpiresAt: expires})
		if err != nil {
			return nil, err
		}
		end := t.now.Add(time.Duration(in.OverlapMinutes) * time.Minute)
		if end.After(old.ExpiresAt) {
			end = old.ExpiresAt
		}
		old, err = t.EndAPIKey(ctx, db.EndAPIKeyParams{WorkspaceID: t.Workspace, ID: old.ID, ExpiresAt: end})
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.APIKeyRotated, subject: old.ID, data: event.Data{Name: old.Name}})
		return &RotateAPIKeyPayload{APIKey: k, Replaced: old, Secret: &secret}, nil
	})
}

// RevokeAPIKeyInput says which key to end.
type RevokeAPIKeyInput struct {
	APIKeyID       id.Global
	IdempotencyKey *string
}

// RevokeAPIKeyPayload is the ended key.
type RevokeAPIKeyPayload struct {
	Mark
	APIKey *db.APIKey
}

// RevokeAPIKey ends a key at once. Admins may. Revoking twice changes nothing.
func (f *Funnel) RevokeAPIKey(ctx context.Context, in RevokeAPIKeyInput) (*RevokeAPIKeyPayload, error) {
	key, err := kind("input.apiKeyId", in.APIKeyID, id.APIKey)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*RevokeAPIKeyPayload, error) {
		k, err := t.LockAPIKey(ctx, db.LockAPIKeyParams{WorkspaceID: t.Workspace, ID: key})
		if k, err = found(k, err, "input.apiKeyId", "API key"); err != nil || k.RevokedAt != nil {
			return &RevokeAPIKeyPayload{APIKey: k}, err
		}
		if k, err = t.EndAPIKey(ctx, db.EndAPIKeyParams{WorkspaceID: t.Workspace, ID: k.ID, ExpiresAt: k.ExpiresAt, RevokedAt: &t.now}); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.APIKeyRevoked, subject: k.ID, data: event.Data{Name: k.Name}})
		return &RevokeAPIKeyPayload{APIKey: k}, nil
	})
}

// either is the first error, or else the second.
func either(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
