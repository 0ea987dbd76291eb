package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// CreateMemberInput is a new member.
type CreateMemberInput struct {
	Name, Email    string
	Password       *string `json:"-"` // not kept with the idempotency key, not even hashed
	Department     auth.Department
	Role           auth.Role
	Admin          bool
	TimeZone       *string
	IdempotencyKey *string
}

// CreateMemberPayload is the new member.
type CreateMemberPayload struct {
	Mark
	Member *db.Member
}

// CreateMember adds a member. Admins may.
func (f *Funnel) CreateMember(ctx context.Context, in CreateMemberInput) (*CreateMemberPayload, error) {
	var c checks
	name, email := c.line("input.name", in.Name, 100), c.email("input.email", in.Email)
	if in.Password != nil {
		c.add(auth.CheckPassword("input.password", *in.Password, in.Email))
	}
	zone := c.zone("input.timeZone", in.TimeZone, "")
	if err := c.err(); err != nil {
		return nil, err
	}
	var hash *string
	if in.Password != nil {
		h, err := f.Passwords.Hash(ctx, *in.Password)
		if err != nil {
			return nil, err
		}
		hash = &h
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*CreateMemberPayload, error) {
		if zone == "" {
			ws, err := t.WorkspaceByID(ctx, t.Workspace)
			if err != nil {
				return nil, fmt.Errorf("read the workspace: %w", err)
			}
			zone = ws.TimeZone
		}
		m, err := t.InsertMember(ctx, db.InsertMemberParams{WorkspaceID: t.Workspace, ID: id.New(), Email: email.Display, EmailKey: email.Key, Name: name,
			PasswordHash: hash, Department: in.Department, Role: in.Role, Admin: in.Admin, TimeZone: zone})
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.MemberCreated, subject: m.ID, data: event.Data{Name: m.Name}})
		return &CreateMemberPayload{Member: m}, nil
	})
}

// UpdateMemberInput changes a member; nil keeps.
type UpdateMemberInput struct {
	MemberID        id.Global
	ExpectedVersion *int32
	Name            *string
	Department      *auth.Department
	Role            *auth.Role
	Admin           *bool
	Active          *bool
	TimeZone        *string
	IdempotencyKey  *string
}

// UpdateMemberPayload is the changed member.
type UpdateMemberPayload struct {
	Mark
	Member *db.Member
}

// UpdateMember changes a member. Admins may. Whoever changes post or leaves is signed out; the last active admin stays one.
func (f *Funnel) UpdateMember(ctx context.Context, in UpdateMemberInput) (*UpdateMemberPayload, error) {
	var c checks
	member, err := kind("input.memberId", in.MemberID, id.Member)
	c.add(err)
	name := c.another("input.name", in.Name, 100)
	zone := c.zone("input.timeZone", in.TimeZone, "")
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*UpdateMemberPayload, error) {
		// The workspace is locked first, so that of two admins not both can leave at once.
		if _, err := t.LockWorkspace(ctx, t.Workspace); err != nil {
			return nil, err
		}
		old, err := t.LockMember(ctx, db.LockMemberParams{WorkspaceID: t.Workspace, ID: member})
		if old, err = found(old, err, "input.memberId", "member"); err != nil {
			return nil, err
		}
		if err := current(in.ExpectedVersion, old.Version); err != nil {
			return nil, err
		}
		p := db.UpdateMemberParams{WorkspaceID: t.Workspace, ID: old.ID, Name: old.Name, Department: old.Department, Role: old.Role, Admin: old.Admin,
			Active: old.Active, TimeZone: old.TimeZone, SessionVersion: old.SessionVersion}
		var ch changes
		set(&ch, "name", &p.Name, name)
		if zone != "" {
			set(&ch, "timeZone", &p.TimeZone, &zone)
		}
		quiet := len(ch)
		set(&ch, "department", &p.Department, in.Department)
		set(&ch, "role", &p.Role, in.Role)
		set(&ch, "admin", &p.Admin, in.Admin)
		set(&ch, "active", &p.Active, in.Active)
		if len(ch) == 0 {
			return &UpdateMemberPayload{Member: old}, nil
		}
		if err := t.keepAdmin(ctx, old, p); err != nil {
			return nil, err
		}
		if len(ch) > quiet { // rights changed: tokens that carry the old ones end
			p.SessionVersion++
			if _, err := t.RevokeSessions(ctx, db.RevokeSessionsParams{WorkspaceID: t.Workspace, MemberID: old.ID, At: t.now}); err != nil {
				return nil, err
			}
		}
		m, err := t.Queries.UpdateMember(ctx, p)
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.MemberChanged, subject: m.ID, data: event.Data{Name: m.Name, Changes: ch}})
		return &UpdateMemberPayload{Member: m}, nil
	})
}

func (t *tx) keepAdmin(ctx context.Context, old *db.Member, p db.UpdateMemberParams) error {
	if !old.Admin || !old.Active || p.Admin && p.Active {
		return nil
	}
	n, err := t.CountOtherAdmins(ctx, db.CountOtherAdminsParams{WorkspaceID: t.Workspace, ID: old.ID})
	if err == nil && n == 0 {
		return &fault.Error{Code: fault.Conflict, Field: "input.memberId", Message: "This is the last active admin. Make somebody else an admin first."}
	}
	return err
}

// UpdateWorkspaceInput changes the workspace; nil keeps.
type UpdateWorkspaceInput struct {
	ExpectedVersion               *int32
	Name, TimeZone, DefaultRegion *string
	IdempotencyKey                *string
}

// UpdateWorkspacePayload is the changed workspace.
type UpdateWorkspacePayload struct {
	Mark
	Workspace *db.Workspace
}

// UpdateWorkspace changes the workspace's settings. Admins may.
func (f *Funnel) UpdateWorkspace(ctx context.Context, in UpdateWorkspaceInput) (*UpdateWorkspacePayload, error) {
	var c checks
	name, zone, region := c.another("input.name", in.Name, 100), c.zone("input.timeZone", in.TimeZone, ""), c.region("input.defaultRegion", in.DefaultRegion, "")
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*UpdateWorkspacePayload, error) {
		ws, err := t.LockWorkspace(ctx, t.Workspace)
		if err != nil {
			return nil, err
		}
		if err := current(in.ExpectedVersion, ws.Version); err != nil {
			return nil, err
		}
		p := db.UpdateWorkspaceParams{WorkspaceID: ws.ID, Name: ws.Name, TimeZone: ws.TimeZone, DefaultRegion: ws.DefaultRegion}
		var ch changes
		set(&ch, "name", &p.Name, name)
		set(&ch, "timeZone", &p.TimeZone, nonempty(zone))
		set(&ch, "defaultRegion", &p.DefaultRegion, nonempty(region))
		if len(ch) == 0 {
			return &UpdateWorkspacePayload{Workspace: ws}, nil
		}
		if ws, err = t.Queries.UpdateWorkspace(ctx, p); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.WorkspaceChanged, data: event.Data{Name: ws.Name, Changes: ch}})
		return &UpdateWorkspacePayload{Workspace: ws}, nil
	})
}
