package condition

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"testing"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// tables are the columns that conditions read, without what else the migrations give them.
const tables = `
create table sources (workspace_id uuid, id uuid, key text, name text, kind text, channel text, primary key (workspace_id, id));
create table accounts (workspace_id uuid, id uuid, name text, domain text, industry text, employees int, revenue_minor bigint,
  country text, city text, tier text, attributes jsonb not null default '{}', primary key (workspace_id, id));
create table contacts (workspace_id uuid, id uuid, title text, function text, seniority text, country text, city text, language text,
  time_zone text, email text, email_domain text, free_mail boolean, phone text, customer_since timestamptz, created_at timestamptz,
  attributes jsonb not null default '{}', primary key (workspace_id, id));
create table campaigns (workspace_id uuid, id uuid, kind text, primary key (workspace_id, id));
create table touches (workspace_id uuid, id uuid, contact_id uuid, campaign_id uuid, kind text, channel text, direction text,
  resource_position text, occurred_at timestamptz, primary key (workspace_id, id));
create table leads (workspace_id uuid, id uuid, contact_id uuid, account_id uuid, source_id uuid, stage text, cycle int, queue text,
  interest text, created_at timestamptz, last_activity_at timestamptz, attributes jsonb not null default '{}', persona_id uuid, score int,
  fit double precision, engagement double precision, fit_grade text, engagement_grade int, band text, primary key (workspace_id, id));
create table personas (workspace_id uuid, id uuid, name text, negative boolean, primary key (workspace_id, id));`

// database opens a fresh database with the tables and functions.
func database(t *testing.T) *pgx.Conn {
	t.Helper()
	functions, err := os.ReadFile("functions.sql")
	require.NoError(t, err)
	setUp := string(functions) + tables
	db, err := pgx.Connect(t.Context(), pgtest.Database(t, func(ctx context.Context, url string) error {
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		_, err = c.Exec(ctx, setUp)
		return errors.Join(err, c.Close(ctx))
	}, fmt.Sprintf("condition%.8x", sha256.Sum256([]byte(setUp)))))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) }) // the test's own context is over
	return db
}

func TestPostgresFoldsEveryCharacterAlike(t *testing.T) {
	t.Parallel()
	db := database(t)
	const block = 256
	rows, err := db.Query(t.Context(), `
		select b, lg_fold(s), lg_tokens(s) from (
			select i / $1 b, string_agg('x' || chr(i), '' order by i) s from generate_series(1, $2::int) i
			where i not between 55296 and 57343 group by 1) blocks`, block, unicode.MaxRune)
	require.NoError(t, err)
	var b rune
	var gotFold, gotTokens string
	read := 0
	_, err = pgx.ForEachRow(rows, []any{&b, &gotFold, &gotTokens}, func() error {
		var s []rune
		for r := max(1, b*block); r < (b+1)*block; r++ {
			if r < 0xd800 || r > 0xdfff {
				s = append(s, 'x', r)
			}
		}
		read += len(s) / 2
		require.Equal(t, folded(string(s)), gotFold, "from %U", b*block)
		require.Equal(t, tokens(string(s)), gotTokens, "from %U", b*block)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, unicode.MaxRune-2048, rune(read))
}

func TestPostgresReadsTextsAlike(t *testing.T) {
	t.Parallel()
	db := database(t)
	rapid.Check(t, func(rt *rapid.T) {
		texts := rapid.SliceOfN(someText(), 1, 50).Draw(rt, "texts")
		rows, err := db.Query(t.Context(), `select s, lg_fold(s), lg_tokens(s) from unnest($1::text[]) s`, texts)
		require.NoError(rt, err)
		var text, gotFold, gotTokens string
		_, err = pgx.ForEachRow(rows, []any{&text, &gotFold, &gotTokens}, func() error {
			require.Equal(rt, folded(text), gotFold, "%q", text)
			require.Equal(rt, tokens(text), gotTokens, "%q", text)
			return nil
		})
		require.NoError(rt, err)
	})
}
