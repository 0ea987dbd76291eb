// Package gate tells who calls: it turns a request's credentials into a viewer, by what the database knows of them.
package gate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/id"
)

// trust is how long an answer of the database about somebody's rights is believed: the time in which a revocation takes hold.
const trust = 5 * time.Second

// Gate knows callers.
type Gate struct {
	db       *db.DB
	funnel   *funnel.Funnel
	issuer   *auth.Issuer
	external *auth.External // nil without an external issuer
	now      func() time.Time
	known    *lru.Cache[string, knowledge]
	forgot   *lru.Cache[id.UUID, time.Time] // when somebody's access changed in a workspace
	used     *lru.Cache[id.UUID, time.Time] // when a key's use was written down
}

// knowledge is what the database said of a caller, and when.
type knowledge struct {
	viewer auth.Viewer
	at     time.Time
}

// New makes a gate. external may be nil.
func New(d *db.DB, f *funnel.Funnel, issuer *auth.Issuer, external *auth.External, now func() time.Time) *Gate {
	g := &Gate{db: d, funnel: f, issuer: issuer, external: external, now: now}
	g.known, _ = lru.New[string, knowledge](20_000) // fails for sizes below 1 only
	g.used, _ = lru.New[id.UUID, time.Time](20_000)
	g.forgot, _ = lru.New[id.UUID, time.Time](20_000)
	return g
}

// Authenticate reads the Authorization header: a viewer without workspace where there is none, a fault for credentials that are bad,
// over or revoked.
func (g *Gate) Authenticate(ctx context.Context, r *http.Request) (*auth.Viewer, error) {
	header := r.Header.Values("Authorization")
	switch {
	case len(header) == 0:
		return &auth.Viewer{}, nil
	case len(header) > 1:
		return nil, fault.New(fault.Unauthenticated, "Send one Authorization header.")
	}
	scheme, token, ok := strings.Cut(header[0], " ")
	if token = strings.TrimSpace(token); !ok || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return nil, fault.New(fault.Unauthenticated, "Send the header as `Authorization: Bearer` and an access token or an API key.")
	}
	return g.Viewer(ctx, token)
}

// Viewer is who holds an access token or an API key.
func (g *Gate) Viewer(ctx context.Context, token string) (*auth.Viewer, error) {
	if strings.HasPrefix(token, "lg_") {
		return g.key(ctx, token)
	}
	claims, err := g.issuer.Verify(token)
	if err == nil {
		return g.session(ctx, claims)
	}
	if g.external == nil || !errors.Is(err, auth.ErrToken) {
		return nil, err
	}
	return g.outside(ctx, token)
}

// remember asks the database at most once in the time an answer is believed. Each caller gets a copy: a viewer carries the marks of
// its request.
func (g *Gate) remember(name string, ask func() (*auth.Viewer, error)) (*auth.Viewer, error) {
	now := g.now() // before it asks: what changes while the database answers is not known yet
	if k, ok := g.known.Get(name); ok && now.Sub(k.at) < trust && !g.stale(k) {
		return &k.viewer, nil
	}
	v, err := ask()
	if err != nil {
		g.known.Remove(name)
		return nil, err
	}
	g.known.Add(name, knowledge{*v, now})
	return v, nil
}

// until is remember for the holder of a token, which ends.
func (g *Gate) until(end time.Time, name string, ask func() (*auth.Viewer, error)) (*auth.Viewer, error) {
	v, err := g.remember(name, ask)
	if err == nil {
		own := *v
		own.Until = end
		v = &own
	}
	return v, err
}

// Forget makes the gate ask the database anew for everybody in a workspace.
func (g *Gate) Forget(workspace id.UUID) { g.forgot.Add(workspace, g.now()) }

func (g *Gate) stale(k knowledge) bool {
	since, ok := g.forgot.Get(k.viewer.Workspace)
	return ok && !since.Before(k.at)
}

// key knows an API key. A mistyped one never reaches the database.
func (g *Gate) key(ctx context.Context, secret string) (*auth.Viewer, error) {
	hash, _, err := auth.ParseAPIKey(secret)
	if err != nil {
		return nil, err
	}
	v, err := g.remember("key "+string(hash[:]), func() (*auth.Viewer, error) { return g.readKey(ctx, hash) })
	if err != nil {
		return nil, err
	}
	if last, ok := g.used.Get(v.APIKey); !ok || g.now().Sub(last) >= time.Minute {
		g.used.Add(v.APIKey, g.now())
		err := g.db.Read(v.Workspace).TouchAPIKey(ctx, db.TouchAPIKeyParams{WorkspaceID: v.Workspace, ID: v.APIKey})
		if err != nil {
			return nil, fmt.Errorf("write the key's use down: %w", err)
		}
	}
	return v, nil
}

func (g *Gate) readKey(ctx context.Context, hash [32]byte) (*auth.Viewer, error) {
	places, err := g.db.Read(id.UUID{}).FindAPIKey(ctx, hash[:])
	if err != nil {
		return nil, fmt.Errorf("look the key up: %w", err)
	}
	if len(places) == 0 {
		return nil, auth.ErrAPIKey
	}
	ws := places[0].WorkspaceID
	rows, err := g.db.Read(ws).APIKeysByID(ctx, db.APIKeysByIDParams{WorkspaceID: ws, Ids: []id.UUID{places[0].ID}})
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	if len(rows) == 0 || !auth.SameHash(rows[0].Hash, hash) {
		return nil, auth.ErrAPIKey
	}
	k := rows[0]
	if k.RevokedAt != nil || !g.now().Before(k.ExpiresAt) {
		return nil, fault.New(fault.Unauthenticated, "This API key has ended. Ask an admin of your workspace for another one.")
	}
	v := &auth.Viewer{Kind: auth.ActorAPIKey, Workspace: ws, APIKey: k.ID, Source: k.SourceID, Until: k.ExpiresAt}
	for _, s := range k.Scopes { // sorted when they were written
		v.Permissions = append(v.Permissions, auth.Permission(s))
	}
	return v, nil
}

// session knows the holder of our own token, as long as the session stands.
func (g *Gate) session(ctx context.Context, c auth.Claims) (*auth.Viewer, error) {
	name := fmt.Sprintf("session %s %d", c.Session, c.SessionVersion)
	return g.until(c.Expires, name, func() (*auth.Viewer, error) {
		over := fault.New(fault.Unauthenticated, "This session has ended. Sign in again.")
		rows, err := g.db.Read(c.Workspace).SessionState(ctx, db.SessionStateParams{WorkspaceID: c.Workspace, SessionID: c.Session})
		if err != nil {
			return nil, fmt.Errorf("read the session: %w", err)
		}
		if len(rows) == 0 {
			return nil, over
		}
		s := rows[0]
		if s.ID != c.Member || !s.Active || s.SessionRevokedAt != nil || !g.now().Before(s.SessionExpiresAt) || s.SessionVersion != c.SessionVersion {
			return nil, over
		}
		return &auth.Viewer{Kind: auth.ActorMember, Workspace: c.Workspace, Member: s.ID, Session: c.Session, Department: s.Department, Role: s.Role,
			Admin: s.Admin, Permissions: auth.Of(s.Department, s.Role, s.Admin)}, nil
	})
}

// outside knows whom an external issuer vouches for.
func (g *Gate) outside(ctx context.Context, token string) (*auth.Viewer, error) {
	who, err := g.external.Verify(ctx, token)
	if err != nil {
		return nil, err
	}
	return g.until(who.Expires, "subject "+who.Subject, func() (*auth.Viewer, error) {
		m, err := g.funnel.SignInExternal(ctx, who, nil)
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, fault.New(fault.Unauthenticated, "Your company's issuer knows you, but no workspace does. Ask an admin to add you.")
		}
		return &auth.Viewer{Kind: auth.ActorMember, Workspace: m.WorkspaceID, Member: m.ID, Department: m.Department, Role: m.Role, Admin: m.Admin,
			Permissions: auth.Of(m.Department, m.Role, m.Admin)}, nil
	})
}
