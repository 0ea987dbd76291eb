package funnel

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// RefreshSessionInput is the token to exchange.
type RefreshSessionInput struct{ RefreshToken string }

// RefreshSession exchanges a refresh token for a new pair. One that was used before is taken for stolen: its session ends.
func (f *Funnel) RefreshSession(ctx context.Context, in RefreshSessionInput) (*SignInPayload, error) {
	stale := fault.New(fault.Unauthenticated, "This refresh token is not valid any more. Sign in again.")
	hash, err := auth.ParseRefreshToken(strings.TrimSpace(in.RefreshToken))
	if err != nil {
		return nil, stale
	}
	places, err := f.DB.Read(id.UUID{}).FindRefreshToken(ctx, hash[:])
	if err != nil {
		return nil, fmt.Errorf("look the token up: %w", err)
	}
	if len(places) == 0 {
		return nil, stale
	}
	out, stolen := &SignInPayload{}, false
	err = f.as(ctx, auth.System(places[0].WorkspaceID), func(t *tx) error {
		stolen, err = t.refresh(ctx, places[0].ID, out)
		return err
	})
	if errors.Is(err, errStale) || stolen {
		return nil, stale
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

var errStale = errors.New("the session is over")

func (t *tx) refresh(ctx context.Context, token id.UUID, out *SignInPayload) (stolen bool, err error) {
	row, err := t.LockRefreshToken(ctx, db.LockRefreshTokenParams{WorkspaceID: t.Workspace, ID: token})
	if err != nil {
		return false, err
	}
	s, err := t.LockSession(ctx, db.LockSessionParams{WorkspaceID: t.Workspace, ID: row.SessionID})
	if err != nil {
		return false, err
	}
	members, err := t.MembersByID(ctx, db.MembersByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{s.MemberID}})
	if err != nil {
		return false, err
	}
	if s.RevokedAt != nil || !t.now.Before(s.ExpiresAt) || len(members) == 0 || !members[0].Active {
		return false, errStale
	}
	out.Member = members[0]
	if row.UsedAt != nil {
		_, err := t.RevokeSession(ctx, db.RevokeSessionParams{WorkspaceID: t.Workspace, ID: s.ID, At: t.now})
		t.emit(logged{kind: event.SessionsEnded, subject: s.MemberID, data: event.Data{Name: out.Member.Name, Count: 1, Detail: "a used refresh token came back"}})
		return true, err // commits: the session is over for both who hold a token of it
	}
	if err := t.UseRefreshToken(ctx, db.UseRefreshTokenParams{WorkspaceID: t.Workspace, ID: row.ID, At: t.now}); err != nil {
		return false, err
	}
	if out.Workspace, err = t.WorkspaceByID(ctx, t.Workspace); err != nil {
		return false, err
	}
	out.Tokens, err = t.tokens(ctx, out.Member, s.ID)
	return false, err
}

// SignInExternal opens nothing: it finds the member whom an external issuer vouches for, by subject, or the first time by a verified
// address. Nil where the workspace has no such member.
func (f *Funnel) SignInExternal(ctx context.Context, who auth.Identity, slug *string) (*db.Member, error) {
	var key string
	if a, err := matching.Email(who.Email); err == nil && who.EmailVerified {
		key = a.Key
	}
	places, err := f.DB.Read(id.UUID{}).FindSubject(ctx, db.FindSubjectParams{Subject: who.Subject, EmailKey: key, Slug: slug})
	if err != nil {
		return nil, fmt.Errorf("look the subject up: %w", err)
	}
	if len(places) != 1 { // nobody, or not clear in which workspace
		return nil, nil
	}
	ws := places[0].WorkspaceID
	rows, err := f.DB.Read(ws).MembersByID(ctx, db.MembersByIDParams{WorkspaceID: ws, Ids: []id.UUID{places[0].ID}})
	if err != nil || len(rows) == 0 || !rows[0].Active {
		return nil, err
	}
	if rows[0].ExternalSubject != nil {
		return rows[0], nil
	}
	var m *db.Member
	err = f.as(ctx, auth.System(ws), func(t *tx) error {
		m, err = t.MarkSignIn(ctx, db.MarkSignInParams{WorkspaceID: ws, ID: rows[0].ID, At: t.now, ExternalSubject: &who.Subject})
		return err
	})
	return m, err
}

// DemoSession opens a session for a member without a password. Only `leadgraph dev` reaches it, for its own demo company.
func (f *Funnel) DemoSession(ctx context.Context, workspace, member id.UUID) (Tokens, error) {
	out, err := f.begin(ctx, workspace, db.MarkSignInParams{WorkspaceID: workspace, ID: member})
	if err != nil {
		return Tokens{}, err
	}
	return out.Tokens, nil
}
