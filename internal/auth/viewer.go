// Package auth knows who calls and what they may do: viewers and their permissions, tokens, API keys and passwords.
// It does not read the database: its callers hand it what they found there.
package auth

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Department is the side of the house a member works for.
type Department string

// The departments, as in the SDL.
const (
	Marketing Department = "MARKETING"
	Sales     Department = "SALES"
)

// Departments lists every Department.
var Departments = []Department{Marketing, Sales}

// MarshalGQL writes the enum's name.
func (d Department) MarshalGQL(w io.Writer) { enum.Write(w, d) }

// UnmarshalGQL refuses what is no Department.
func (d *Department) UnmarshalGQL(v any) error { return enum.Read(v, d, Departments) }

// Role is a member's rank in the department.
type Role string

// The roles, as in the SDL.
const (
	Director Role = "DIRECTOR" // signs for the department
	Manager  Role = "MANAGER"  // runs a team
	Worker   Role = "MEMBER"   // does the work
	Analyst  Role = "ANALYST"  // reads only
)

// Roles lists every Role.
var Roles = []Role{Director, Manager, Worker, Analyst}

// MarshalGQL writes the enum's name.
func (r Role) MarshalGQL(w io.Writer) { enum.Write(w, r) }

// UnmarshalGQL refuses what is no Role.
func (r *Role) UnmarshalGQL(v any) error { return enum.Read(v, r, Roles) }

// ActorKind says what sort of viewer acts.
type ActorKind string

// The kinds of actor, as in the SDL.
const (
	ActorMember ActorKind = "MEMBER"
	ActorAPIKey ActorKind = "API_KEY"
	ActorSystem ActorKind = "SYSTEM" // background work of leadgraph itself
)

// ActorKinds lists every ActorKind.
var ActorKinds = []ActorKind{ActorMember, ActorAPIKey, ActorSystem}

// MarshalGQL writes the enum's name.
func (k ActorKind) MarshalGQL(w io.Writer) { enum.Write(w, k) }

// UnmarshalGQL refuses what is no ActorKind.
func (k *ActorKind) UnmarshalGQL(v any) error { return enum.Read(v, k, ActorKinds) }

// Viewer is who makes a call, and the marks of that call. It is the only value leadgraph puts in a context.
// A call without credentials has a Viewer with a zero Workspace.
type Viewer struct {
	Kind        ActorKind
	Workspace   id.UUID
	Member      id.UUID // zero for a key and for the system
	APIKey      id.UUID // zero for a member and for the system
	Session     id.UUID // the sign-in a member's token belongs to; zero otherwise
	Department  Department
	Role        Role
	Admin       bool
	Permissions []Permission // sorted
	Source      *id.UUID     // the only source an API key may write as; nil for any
	Until       time.Time    // when the credentials end; zero for never

	RequestID      string
	IdempotencyKey string // the request's Idempotency-Key header; empty without
	RemoteAddr     string // the caller's address, for the sign-in brake
	Resume         string // a stream's Last-Event-ID header: the cursor that it goes on behind; empty without
}

// Signed tells whether the viewer is known: somebody of a workspace.
func (v *Viewer) Signed() bool { return v != nil && !v.Workspace.IsZero() }

// May tells whether the viewer holds a permission.
func (v *Viewer) May(p Permission) bool {
	if v == nil {
		return false
	}
	_, ok := slices.BinarySearch(v.Permissions, p)
	return ok
}

// Actor is the id that events name: the member's, the key's, or none for the system.
func (v *Viewer) Actor() id.UUID {
	if v.Kind == ActorAPIKey {
		return v.APIKey
	}
	return v.Member
}

// System is the viewer of background work in a workspace: it may do everything there.
func System(workspace id.UUID) *Viewer {
	return &Viewer{Kind: ActorSystem, Workspace: workspace, Permissions: All()}
}

type viewerKey struct{}

// With returns a context that carries the viewer.
func With(ctx context.Context, v *Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// From returns the context's viewer: never nil, without a workspace where nobody signed in.
func From(ctx context.Context) *Viewer {
	if v, ok := ctx.Value(viewerKey{}).(*Viewer); ok {
		return v
	}
	return &Viewer{}
}
