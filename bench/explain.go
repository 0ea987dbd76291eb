package main

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/pg"
)

// explain runs every list as the server does and prints the plans of what it sent.
func explain(ctx context.Context, d *dataset, out io.Writer) error {
	ears := &eavesdropper{}
	store, err := db.Open(ctx, db.Config{URL: d.url, Conns: 1, Sealer: page.NewSealer([]byte("bench")), QueryTracer: ears})
	if err != nil {
		return err
	}
	defer store.Close()
	conn, err := pgconn.Connect(ctx, pg.AppURL(d.url))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "set app.ws = '"+d.workspace.String()+"'").ReadAll(); err != nil {
		return err
	}
	judge := &judge{}
	if judge.big, err = d.bigTables(ctx); err != nil {
		return err
	}
	for _, l := range d.questions() {
		ears.heard = nil
		if err := l.read(ctx, store.Read(d.workspace)); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		for _, s := range ears.heard {
			plan, err := planOf(ctx, conn, s)
			if err != nil {
				return fmt.Errorf("%s: %w", l.name, err)
			}
			fmt.Fprintf(out, "## %s\n%s\n%s\n\n", l.name, s.sql, plan)
			judge.look(l, plan)
		}
	}
	fmt.Fprintf(out, "# Verdict\n%s", judge.notes.String())
	if judge.bad > 0 {
		return fmt.Errorf("%d plans are bad: see the verdict", judge.bad)
	}
	return nil
}

// bigTables are the tables and partitions of which a page is a small part.
func (d *dataset) bigTables(ctx context.Context) (names []string, err error) {
	err = withConn(ctx, d.url, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples > 2000")
		if err != nil {
			return err
		}
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return names, err
}
