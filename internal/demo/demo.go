// Package demo is the workspace that `dev` shows: a quarter of an invented maker of warehouse robots, with its members, campaigns,
// leads in every stage and what happened with them. It is made of a seed, so that the same hour gives the same workspace.
package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// Demo is the demo workspace and who can sign in to it.
type Demo struct {
	Workspace id.UUID
	Slug      string
	Members   []Member // the first one is the director who runs the workspace
}

// Member is somebody who can sign in.
type Member struct {
	ID         id.UUID
	Email      string
	Password   string // as it was when the demo was loaded
	Name       string
	Department auth.Department
	Role       auth.Role
	Admin      bool
}

// Load makes the demo workspace as it stands at the full hour before now, in one transaction, and asks for its back-tests and its fit, where jobs are
// given. Where the workspace is there already, Load only reads it.
func Load(ctx context.Context, d *db.DB, jobs *river.Client[pgx.Tx], passwords *auth.Passwords, now time.Time) (*Demo, error) {
	h, err := readHouse()
	if err != nil {
		return nil, err
	}
	if there, err := find(ctx, d, h); there != nil || err != nil {
		return there, err
	}
	hash, err := passwords.Hash(ctx, h.Password)
	if err != nil {
		return nil, fmt.Errorf("hash the demo's password: %w", err)
	}
	w, err := newWorld(h, now, hash)
	if err != nil {
		return nil, err
	}
	err = d.Write(ctx, w.workspace.ID, func(tx *db.Tx) error {
		// A second loader waits for the first one's whole transaction, which a slow machine does not finish in a request's time.
		if _, err := tx.Exec(ctx, "set local statement_timeout = '120s'"); err != nil {
			return fmt.Errorf("allow for a slow machine: %w", err)
		}
		if err := w.write(ctx, tx); err != nil || jobs == nil {
			return err
		}
		if _, err := jobs.InsertTx(ctx, tx.Tx, funnel.LiftArgs{Workspace: w.workspace.ID}, nil); err != nil {
			return fmt.Errorf("ask for the demo's views to be counted: %w", err)
		}
		for _, f := range w.rows.fits {
			if _, err := jobs.InsertTx(ctx, tx.Tx, funnel.AttributionFitArgs{Workspace: f.WorkspaceID, Fit: f.ID}, nil); err != nil {
				return fmt.Errorf("ask for the demo's fit: %w", err)
			}
		}
		for _, b := range w.rows.trials {
			if _, err := jobs.InsertTx(ctx, tx.Tx, funnel.BackTestArgs{Workspace: b.WorkspaceID, BackTest: b.ID}, nil); err != nil {
				return fmt.Errorf("ask for the demo's back-test: %w", err)
			}
		}
		return nil
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" { // another process loads it as well, and was quicker
		if there, again := find(ctx, d, h); there != nil || again != nil {
			return there, again
		}
		return nil, fmt.Errorf("the workspace %s is somebody else's: rename it, or use another database for the demo: %w", h.Slug, err)
	}
	if err != nil {
		return nil, fmt.Errorf("write the demo: %w", err)
	}
	return show(h, w.workspace.ID, w.members), nil
}

// find reads the demo; nil where there is none. It is known by its slug and its first member.
func find(ctx context.Context, d *db.DB, h house) (*Demo, error) {
	keys := make([]string, len(h.Members))
	for i, m := range h.Members {
		a, err := matching.Email(m.Email)
		if err != nil {
			return nil, fmt.Errorf("read the demo's members: %w", err)
		}
		keys[i] = a.Key
	}
	at, err := d.Read(id.UUID{}).FindMembers(ctx, db.FindMembersParams{EmailKey: keys[0], Slug: &h.Slug})
	if err != nil {
		return nil, fmt.Errorf("look for the demo: %w", err)
	}
	if len(at) == 0 {
		return nil, nil
	}
	ws := at[0].WorkspaceID
	members, err := d.Read(ws).MembersByEmailKey(ctx, db.MembersByEmailKeyParams{WorkspaceID: ws, EmailKeys: keys})
	if err != nil {
		return nil, fmt.Errorf("read the demo's members: %w", err)
	}
	slices.SortFunc(members, func(a, b *db.Member) int { return slices.Index(keys, a.EmailKey) - slices.Index(keys, b.EmailKey) })
	return show(h, ws, members), nil
}

func show(h house, workspace id.UUID, members []*db.Member) *Demo {
	d := &Demo{Workspace: workspace, Slug: h.Slug}
	for _, m := range members {
		d.Members = append(d.Members, Member{ID: m.ID, Email: m.Email, Password: h.Password, Name: m.Name, Department: m.Department, Role: m.Role, Admin: m.Admin})
	}
	return d
}

// chunk is how many rows travel at once.
const chunk = 5000

// write stores the world, what is named before what names it.
func (w *world) write(ctx context.Context, tx *db.Tx) error {
	w.rest()
	w.share()
	handoffs, clocks := w.batons()
	deals := w.deals(handoffs)
	for _, step := range []func() error{
		func() error { return insert(ctx, tx, "workspaces", []*db.Workspace{w.workspace}) },
		func() error { return insert(ctx, tx, "members", w.members, "territories", "skills", "languages") },
		func() error {
			return insert(ctx, tx, "reasons", w.reasons)
		},
		func() error { return insert(ctx, tx, "attribute_definitions", w.attributes) },
		func() error { return insert(ctx, tx, "sources", w.rows.sources) },
		func() error { return insert(ctx, tx, "campaigns", w.rows.campaigns) },
		func() error { return insert(ctx, tx, "personas", w.personas) },
		func() error { return insert(ctx, tx, "resources", w.content.resources) },
		func() error { return insert(ctx, tx, "resource_labels", w.content.labels) },
		func() error { return insert(ctx, tx, "resource_versions", w.content.versions) },
		func() error { return insert(ctx, tx, "agreements", w.rows.agreements) },
		func() error { return insert(ctx, tx, "signatures", w.rows.signatures) },
		func() error { return insert(ctx, tx, "rescores", w.rows.rescores) },
		func() error { return insert(ctx, tx, "back_tests", w.rows.trials) },
		func() error { return insert(ctx, tx, "attribution_fits", w.rows.fits) },
		func() error { return insert(ctx, tx, "accounts", w.rows.accounts) },
		func() error { return insert(ctx, tx, "contacts", w.rows.contacts, "sort_name") },
		func() error { return insert(ctx, tx, "contact_identities", w.rows.identities) },
		func() error { return insert(ctx, tx, "consents", w.rows.consents) },
		func() error { return insert(ctx, tx, "leads", w.rows.leads) },
		func() error { return insert(ctx, tx, "fact_changes", w.rows.changes) },
		func() error { return insert(ctx, tx, "scores", w.rows.scores) },
		func() error { return insert(ctx, tx, "score_history", w.rows.history) },
		func() error { return insert(ctx, tx, "moves", w.rows.moves) },
		func() error { return insert(ctx, tx, "calendars", []*db.Calendar{w.desk.calendar}) },
		func() error { return insert(ctx, tx, "handoffs", handoffs) },
		func() error { return insert(ctx, tx, "deals", deals) },
		func() error { return insert(ctx, tx, "clocks", clocks) },
		func() error { return insert(ctx, tx, "escalations", w.rows.escalations) },
		func() error { return insert(ctx, tx, "follow_ups", w.rows.plans) },
		func() error { return insert(ctx, tx, "attempts", w.rows.attempts) },
		func() error { return insert(ctx, tx, "goals", w.goals()) },
		func() error { return insertTouches(ctx, tx, w.rows.touches) },
		func() error { return insert(ctx, tx, "shares", w.content.shares) },
		func() error { return w.quarrel(ctx, tx, deals) },
		func() error { return insert(ctx, tx, "events", w.rows.events, "seq", "xid") },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// insert writes rows, some thousand at once.
func insert[T any](ctx context.Context, tx *db.Tx, table string, rows []*T, leave ...string) error {
	for part := range slices.Chunk(rows, chunk) {
		if _, err := db.Insert(ctx, tx, table, part, "", leave...); err != nil {
			return err
		}
	}
	return nil
}

// insertTouches writes touches, and the keys by which a repeated one is known.
func insertTouches(ctx context.Context, tx *db.Tx, rows []*db.Touch) error {
	for part := range slices.Chunk(rows, chunk) {
		if _, err := db.InsertTouches(ctx, tx, part); err != nil {
			return err
		}
	}
	return nil
}
