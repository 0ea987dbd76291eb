package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
)

// table is the rows of a table.
type table struct {
	name    string
	columns []string
	n       int
	row     func(i int) []any
}

// tableOf takes the columns from the row's tags, but for those that the database makes itself.
func tableOf[T any](name string, n int, row func(i int) *T, leave ...string) table {
	t := table{name: name, n: n}
	var at []int
	for i, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if c := f.Tag.Get("db"); !slices.Contains(leave, c) {
			t.columns, at = append(t.columns, c), append(at, i)
		}
	}
	values := make([]any, len(at))
	t.row = func(i int) []any {
		v := reflect.ValueOf(row(i)).Elem()
		for n, f := range at {
			values[n] = v.Field(f).Interface()
		}
		return values
	}
	return t
}

func from[T any](rows []*T) func(int) *T { return func(i int) *T { return rows[i] } }

// tables are all tables, in two halves that take about as long.
func (w *world) tables() [2][]table {
	workspace := &db.Workspace{ID: w.workspace, Slug: "bench", Name: "Bench", DefaultRegion: "US", TimeZone: "UTC", CreatedAt: worldBegin, UpdatedAt: worldBegin, Version: 1}
	budget := &db.AttributeDefinition{WorkspaceID: w.workspace, ID: newDice(6).uuid(worldBegin.UnixMicro()), Entity: condition.EntityLead, Key: "budget", Type: condition.TypeNumber,
		Label: "Budget", CreatedAt: worldBegin}
	return [2][]table{{
		tableOf("touches", len(w.touches), w.touchRow),
	}, {
		tableOf("workspaces", 1, from([]*db.Workspace{workspace})),
		tableOf("members", len(w.members), from(w.members)),
		tableOf("sources", len(w.sources), from(w.sources)),
		tableOf("campaigns", len(w.campaigns), from(w.campaigns)),
		tableOf("personas", len(w.personas), from(w.personas)),
		tableOf("attribute_definitions", 1, from([]*db.AttributeDefinition{budget})),
		tableOf("accounts", len(w.accounts), from(w.accounts)),
		tableOf("contacts", len(w.contacts), w.contactRow, "sort_name"),
		tableOf("contact_identities", 2*len(w.contacts), w.identityRow),
		tableOf("consents", len(w.contacts)/2, w.consentRow),
		tableOf("leads", len(w.leads), w.leadRow),
		tableOf("events", len(w.leads), w.eventRow, "seq", "xid"),
		tableOf("touch_keys", (len(w.touches)+1)/2, w.touchKeyRow),
	}}
}

// load fills an empty database.
func load(ctx context.Context, url string, w *world) error {
	var all sync.WaitGroup
	halves := w.tables()
	errs := make([]error, len(halves))
	for i, tables := range halves {
		all.Go(func() { errs[i] = copyTables(ctx, url, tables) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return withConn(ctx, url, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "vacuum (freeze, analyze)")
		return err
	})
}

func copyTables(ctx context.Context, url string, tables []table) error {
	return withConn(ctx, url, func(conn *pgx.Conn) error {
		// The rows refer to each other as they should: nothing needs to look every reference up.
		if _, err := conn.Exec(ctx, "set session_replication_role = replica"); err != nil {
			return err
		}
		for _, t := range tables {
			rows := pgx.CopyFromSlice(t.n, func(i int) ([]any, error) { return t.row(i), nil })
			if _, err := conn.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, rows); err != nil {
				return fmt.Errorf("load %s: %w", t.name, err)
			}
		}
		return nil
	})
}

// withConn runs fn with a connection of its own.
func withConn(ctx context.Context, url string, fn func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return fn(conn)
}

// newKey gives the targets an API key that may do what the workloads do.
func newKey(ctx context.Context, url string, w *world) (string, error) {
	secret := auth.NewAPIKey(true)
	hash, prefix, err := auth.ParseAPIKey(secret)
	if err != nil {
		return "", err
	}
	now := worldBegin
	key := &db.APIKey{WorkspaceID: w.workspace, ID: newDice(7).uuid(now.UnixMicro()), Name: "bench", Prefix: prefix, Hash: hash[:],
		Scopes: []string{"campaigns:read", "leads:read", "leads:write", "members:read", "pii:read"}, CreatedAt: now, ExpiresAt: now.AddDate(50, 0, 0)}
	return secret, copyTables(ctx, url, []table{tableOf("api_keys", 1, from([]*db.APIKey{key}))})
}
