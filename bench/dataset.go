package main

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/pg"
)

// generator is what the data come from: another text, other data.
//
//go:embed world*.go words.go load.go
var generator embed.FS

// dataset is a running Postgres with the data, and a copy of them to work on.
type dataset struct {
	*world
	server *pg.Server
	url    string // of the copy, as the superuser
	key    string // a secret that opens the workspace
}

// The databases: the data as they were made, and the copy that a run may change.
const (
	pristine = "pristine"
	scratch  = "bench"
)

// openDataset starts the Postgres of a folder and makes the data unless they are there.
func openDataset(ctx context.Context, dir string, leads int, log io.Writer) (_ *dataset, err error) {
	server, err := pg.Start(ctx, pg.Options{Dir: filepath.Join(dir, fmt.Sprintf("leads-%d", leads)), SharedBuffers: "2GB"})
	if err != nil {
		return nil, err
	}
	d := &dataset{world: newWorld(leads), server: server, url: server.URL(scratch)}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	err = withConn(ctx, server.URL("postgres"), func(conn *pgx.Conn) error {
		if err := d.prepare(ctx, conn, leads, log); err != nil {
			return err
		}
		return run(ctx, conn, "drop database if exists "+scratch+" with (force)", "create database "+scratch+" template "+pristine+copying(conn))
	})
	if err != nil {
		return nil, err
	}
	d.key, err = newKey(ctx, d.url, d.world)
	return d, err
}

// close ends Postgres; the data stay for the next run.
func (d *dataset) close() { d.server.Stop() }

// prepare makes the pristine data. Their fingerprint is written down behind the last row, so that half of them count as none.
func (d *dataset) prepare(ctx context.Context, conn *pgx.Conn, leads int, log io.Writer) error {
	want := fingerprint(leads)
	var have *string
	err := conn.QueryRow(ctx, "select shobj_description(oid, 'pg_database') from pg_database where datname = $1", pristine).Scan(&have)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("look for the data: %w", err)
	}
	if have != nil && *have == want {
		return nil
	}
	began := time.Now()
	fmt.Fprintf(log, "Making the data: %d leads, %d touches ...\n", len(d.leads), len(d.touches))
	if err := run(ctx, conn, "drop database if exists "+scratch+" with (force)", "drop database if exists "+pristine+" with (force)", "create database "+pristine); err != nil {
		return err
	}
	url := d.server.URL(pristine)
	if err := db.Migrate(ctx, url); err != nil {
		return err
	}
	if err := load(ctx, url, d.world); err != nil {
		return err
	}
	fmt.Fprintf(log, "Made in %s.\n", time.Since(began).Round(time.Second))
	return run(ctx, conn, "checkpoint", "comment on database "+pristine+" is '"+want+"'")
}

// fingerprint names the tables, the generator and the size.
func fingerprint(leads int) string {
	h := sha256.New()
	fmt.Fprintln(h, db.Fingerprint(), leads)
	names, _ := fs.Glob(generator, "*.go") // the pattern is right
	for _, name := range names {
		text, _ := generator.ReadFile(name) // listed a line above
		h.Write(text)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:12])
}

// copying is how a database is copied the quickest.
func copying(conn *pgx.Conn) string {
	if conn.PgConn().ParameterStatus("server_version") >= "15" {
		return " strategy file_copy"
	}
	return ""
}

// run runs statements one by one, for some refuse to be part of a transaction.
func run(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
