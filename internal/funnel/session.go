package funnel

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// sessionLife is how long a session can be refreshed.
const sessionLife = 30 * 24 * time.Hour

// Tokens are what a session hands out.
type Tokens struct {
	AccessToken  string
	ExpiresAt    time.Time
	RefreshToken string
}

// SignUpInput is a new workspace and its founder.
type SignUpInput struct {
	WorkspaceName, Slug   string
	Name, Email, Password string
	Department            auth.Department
	TimeZone              *string
	DefaultRegion         *string
}

// SignUpPayload is the new workspace, its founder and the founder's session.
type SignUpPayload struct {
	Workspace *db.Workspace
	Member    *db.Member
	Tokens
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,38}[a-z0-9]$`)

// SignUp makes a workspace and its first member, a director with the admin flag. Anyone may.
func (f *Funnel) SignUp(ctx context.Context, in SignUpInput) (*SignUpPayload, error) {
	var c checks
	if !slugForm.MatchString(in.Slug) {
		c.add(fault.Input("input.slug", "A slug is 3 to 40 of a-z, 0-9 and hyphens, from a letter on, and does not end in a hyphen."))
	}
	ws := db.InsertWorkspaceParams{WorkspaceID: id.New(), Slug: in.Slug, Name: c.line("input.workspaceName", in.WorkspaceName, 100),
		DefaultRegion: c.region("input.defaultRegion", in.DefaultRegion, "US"), TimeZone: c.zone("input.timeZone", in.TimeZone, "UTC")}
	name, email := c.line("input.name", in.Name, 100), c.email("input.email", in.Email)
	c.add(auth.CheckPassword("input.password", in.Password, in.Email))
	if err := c.err(); err != nil {
		return nil, err
	}
	hash, err := f.Passwords.Hash(ctx, in.Password)
	if err != nil {
		return nil, err
	}
	out := &SignUpPayload{}
	err = f.as(ctx, auth.System(ws.WorkspaceID), func(t *tx) error {
		if out.Workspace, err = t.InsertWorkspace(ctx, ws); err != nil {
			return err
		}
		out.Member, err = t.InsertMember(ctx, db.InsertMemberParams{WorkspaceID: t.Workspace, ID: id.New(), Email: email.Display, EmailKey: email.Key, Name: name,
			PasswordHash: &hash, Department: in.Department, Role: auth.Director, Admin: true, TimeZone: ws.TimeZone})
		if err != nil {
			return err
		}
		t.emit(logged{kind: event.WorkspaceCreated, data: event.Data{Name: ws.Name}})
		t.emit(logged{kind: event.MemberCreated, subject: out.Member.ID, data: event.Data{Name: name}})
		if err := t.bootstrap(ctx, out.Member); err != nil {
			return err
		}
		out.Tokens, err = t.open(ctx, out.Member)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// SignInInput is an address and a password.
type SignInInput struct {
	Email, Password string
	Workspace       *string
}

// SignInPayload is a session.
type SignInPayload struct {
	Member    *db.Member
	Workspace *db.Workspace
	Tokens
}

// refused is the one answer to an unknown address, a wrong password and a member who may not sign in.
func refused() error {
	return fault.New(fault.Unauthenticated, "The address or the password is wrong.")
}

// SignIn opens a session by e-mail and password. Anyone may try, but not often: the brake counts per account and per address.
func (f *Funnel) SignIn(ctx context.Context, in SignInInput) (*SignInPayload, error) {
	who := auth.From(ctx)
	wait, ok := f.Brake.Allow(in.Email, who.RemoteAddr)
	if !ok {
		return nil, &fault.Error{Code: fault.RateLimited, Retryable: true, RetryAfter: wait, Message: "Too many sign-ins failed. Wait, or ask an admin of your workspace for help."}
	}
	out, err := f.signIn(ctx, in)
	switch {
	case err == nil:
		f.Brake.Succeeded(in.Email, who.RemoteAddr)
	case fault.Is(err, fault.Unauthenticated):
		f.Brake.Failed(in.Email)
	}
	return out, err
}

func (f *Funnel) signIn(ctx context.Context, in SignInInput) (*SignInPayload, error) {
	email, err := matching.Email(in.Email)
	if err != nil || len(in.Password) > 1000 {
		return nil, errors.Join(f.Passwords.VerifyNone(ctx, in.Password[:min(len(in.Password), 1000)]), refused())
	}
	member, outdated, err := f.recognise(ctx, email.Key, in)
	if err != nil {
		return nil, err
	}
	mark := db.MarkSignInParams{WorkspaceID: member.WorkspaceID, ID: member.ID}
	if outdated {
		hash, err := f.Passwords.Hash(ctx, in.Password)
		if err != nil {
			return nil, err
		}
		mark.PasswordHash = &hash
	}
	return f.begin(ctx, member.WorkspaceID, mark)
}

// recognise finds the member that the address and the password belong to. It takes as long for nobody as for somebody.
func (f *Funnel) recognise(ctx context.Context, key string, in SignInInput) (m *db.Member, outdated bool, err error) {
	places, err := f.DB.Read(id.UUID{}).FindMembers(ctx, db.FindMembersParams{EmailKey: key, Slug: in.Workspace})
	if err != nil {
		return nil, false, fmt.Errorf("look the address up: %w", err)
	}
	for _, p := range places {
		rows, err := f.DB.Read(p.WorkspaceID).MembersByID(ctx, db.MembersByIDParams{WorkspaceID: p.WorkspaceID, Ids: []id.UUID{p.ID}})
		if err != nil {
			return nil, false, fmt.Errorf("read the member: %w", err)
		}
		if len(rows) == 0 || !rows[0].Active || rows[0].PasswordHash == nil {
			continue
		}
		ok, old, err := f.Passwords.Verify(ctx, in.Password, *rows[0].PasswordHash)
		if err != nil {
			return nil, false, err
		}
		if ok {
			return rows[0], old, nil
		}
		return nil, false, refused() // one check for each try, however many workspaces
	}
	if err := f.Passwords.VerifyNone(ctx, in.Password); err != nil {
		return nil, false, err
	}
	return nil, false, refused()
}

// begin opens a session for a member who was recognised.
func (f *Funnel) begin(ctx context.Context, workspace id.UUID, mark db.MarkSignInParams) (*SignInPayload, error) {
	out := &SignInPayload{}
	err := f.as(ctx, auth.System(workspace), func(t *tx) error {
		var err error
		mark.At = t.now
		if out.Member, err = t.MarkSignIn(ctx, mark); err != nil {
			return err
		}
		if out.Workspace, err = t.WorkspaceByID(ctx, workspace); err != nil {
			return err
		}
		t.emit(logged{kind: event.MemberSignedIn, subject: out.Member.ID, data: event.Data{Name: out.Member.Name}})
		out.Tokens, err = t.open(ctx, out.Member)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// as runs a verb for a viewer other than the caller's, for verbs that come before anybody is known.
func (f *Funnel) as(ctx context.Context, who *auth.Viewer, verb func(*tx) error, open ...func(*db.Opening)) error {
	return refusal(f.transact(ctx, who.Workspace, func(d *db.Tx) error {
		t := f.begun(d, who)
		if err := verb(t); err != nil {
			return err
		}
		_, err := t.flush(ctx)
		return err
	}, open...))
}

// open makes a session and its first pair of tokens.
func (t *tx) open(ctx context.Context, m *db.Member) (Tokens, error) {
	session := id.New()
	err := t.InsertSession(ctx, db.InsertSessionParams{WorkspaceID: t.Workspace, ID: session, MemberID: m.ID, CreatedAt: t.now, ExpiresAt: t.now.Add(sessionLife)})
	if err != nil {
		return Tokens{}, fmt.Errorf("open a session: %w", err)
	}
	return t.tokens(ctx, m, session)
}

func (t *tx) tokens(ctx context.Context, m *db.Member, session id.UUID) (Tokens, error) {
	refresh, hash := auth.NewRefreshToken()
	if err := t.InsertRefreshToken(ctx, db.InsertRefreshTokenParams{WorkspaceID: t.Workspace, ID: id.New(), SessionID: session, Hash: hash[:]}); err != nil {
		return Tokens{}, fmt.Errorf("keep the refresh token: %w", err)
	}
	access, expires := t.f.Issuer.Issue(auth.Claims{Member: m.ID, Workspace: t.Workspace, Session: session, SessionVersion: m.SessionVersion})
	return Tokens{AccessToken: access, ExpiresAt: expires, RefreshToken: refresh}, nil
}

// SignOutInput says which sessions to end.
type SignOutInput struct{ Everywhere bool }

// SignOutPayload says what was ended.
type SignOutPayload struct {
	Mark
	SessionsEnded int
}

// SignOut ends the caller's session, or all of the member's. Any member may, for oneself.
func (f *Funnel) SignOut(ctx context.Context, in SignOutInput) (*SignOutPayload, error) {
	return write(ctx, f, nil, in, func(t *tx) (*SignOutPayload, error) {
		if t.who.Kind != auth.ActorMember {
			return nil, fault.New(fault.Forbidden, "An API key has no session. Revoke the key instead.")
		}
		m, err := t.LockMember(ctx, db.LockMemberParams{WorkspaceID: t.Workspace, ID: t.who.Member})
		if m, err = found(m, err, "", "member"); err != nil {
			return nil, err
		}
		var n int64
		if in.Everywhere {
			n, err = t.RevokeSessions(ctx, db.RevokeSessionsParams{WorkspaceID: t.Workspace, MemberID: m.ID, At: t.now})
		} else {
			n, err = t.RevokeSession(ctx, db.RevokeSessionParams{WorkspaceID: t.Workspace, ID: t.who.Session, At: t.now})
		}
		if n > 0 {
			t.emit(logged{kind: event.SessionsEnded, subject: m.ID, data: event.Data{Name: m.Name, Count: int(n)}})
		}
		return &SignOutPayload{SessionsEnded: int(n)}, err
	})
}

// ChangePasswordInput is the old and the new password.
type ChangePasswordInput struct{ OldPassword, NewPassword string }

// ChangePasswordPayload is the member with the new password.
type ChangePasswordPayload struct {
	Mark
	Member *db.Member
}

// ChangePassword sets the caller's own password and ends all other sessions. Any member with a password may.
func (f *Funnel) ChangePassword(ctx context.Context, in ChangePasswordInput) (*ChangePasswordPayload, error) {
	who := auth.From(ctx)
	rows, err := f.DB.Read(who.Workspace).MembersByID(ctx, db.MembersByIDParams{WorkspaceID: who.Workspace, Ids: []id.UUID{who.Member}})
	if err != nil {
		return nil, fmt.Errorf("read the member: %w", err)
	}
	if len(rows) == 0 || rows[0].PasswordHash == nil {
		return nil, fault.New(fault.Forbidden, "You have no password here: you sign in through your company's issuer, or with a key.")
	}
	if err := auth.CheckPassword("input.newPassword", in.NewPassword, rows[0].Email); err != nil {
		return nil, err
	}
	old, wrong := *rows[0].PasswordHash, fault.Input("input.oldPassword", "This is not your present password.")
	if ok, _, err := f.Passwords.Verify(ctx, in.OldPassword[:min(len(in.OldPassword), 1000)], old); err != nil || !ok {
		return nil, errors.Join(err, wrong)
	}
	hash, err := f.Passwords.Hash(ctx, in.NewPassword)
	if err != nil {
		return nil, err
	}
	// The request is told apart by the old hash: passwords are not kept with an idempotency key.
	return write(ctx, f, nil, old, func(t *tx) (*ChangePasswordPayload, error) {
		m, err := t.LockMember(ctx, db.LockMemberParams{WorkspaceID: t.Workspace, ID: who.Member})
		if err != nil || m.PasswordHash == nil || *m.PasswordHash != old { // changed while this was hashed
			return nil, either(err, wrong)
		}
		m, err = t.SetPassword(ctx, db.SetPasswordParams{WorkspaceID: t.Workspace, ID: who.Member, PasswordHash: &hash})
		if err != nil {
			return nil, err
		}
		n, err := t.RevokeSessions(ctx, db.RevokeSessionsParams{WorkspaceID: t.Workspace, MemberID: m.ID, ExceptID: t.who.Session, At: t.now})
		t.emit(logged{kind: event.SessionsEnded, subject: m.ID, data: event.Data{Name: m.Name, Count: int(n), Detail: "the password changed"}})
		return &ChangePasswordPayload{Member: m}, err
	})
}
