package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/level"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// trips counts round trips.
type trips struct{ atomic.Int32 }

func (n *trips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}
func (n *trips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (n *trips) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	n.Add(1)
	return ctx
}
func (n *trips) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (n *trips) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

// bomb cannot be encoded.
type bomb struct{}

// Value panics.
func (bomb) Value() (driver.Value, error) { panic("no value") }

// gathered runs one statement in each task of a level, and answers what each read, or its error.
func gathered(t *testing.T, statements []string, args ...[]any) (answers []string, errs []error, sent int32) {
	t.Helper()
	n := &trips{}
	d, err := Open(t.Context(), Config{URL: pg.AppURL(pgtest.Database(t, Migrate, Fingerprint())), QueryTracer: n})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	before := n.Load()
	r := d.Read(id.New())
	answers, errs = make([]string, len(statements)), make([]error, len(statements))
	level.Run(t.Context(), len(statements), func(ctx context.Context, i int) {
		defer func() {
			if reason := recover(); reason != nil {
				errs[i] = fmt.Errorf("%v", reason)
			}
		}()
		errs[i] = r.tenant.QueryRow(ctx, statements[i], append([]any(nil), args[i]...)...).Scan(&answers[i])
		answers[i] = map[bool]string{true: "mine", false: answers[i]}[answers[i] == r.Workspace.String()]
	})
	return answers, errs, n.Load() - before
}

const whose = "select current_setting('app.ws')"

func TestStatementsOfALevelTravelTogether(t *testing.T) {
	t.Parallel()
	t.Run("each sees its workspace, in one round trip", func(t *testing.T) {
		t.Parallel()
		answers, errs, sent := gathered(t, []string{whose, whose, whose}, nil, nil, nil)
		require.Equal(t, []string{"mine", "mine", "mine"}, answers)
		require.NoError(t, errors.Join(errs...))
		require.EqualValues(t, 1, sent)
	})
	for name, bad := range map[string]struct {
		sql  string
		args []any
	}{
		"while it runs":       {"select (1 / (random() * 0)::int)::text", nil},
		"before it is known":  {"select nothing_of_the_kind", nil},
		"before it is sent":   {"select $1::text", []any{struct{}{}}},
		"by panic, unencoded": {"select $1::text", []any{bomb{}}},
	} {
		t.Run("of statements that fail "+name+", only the guilty fails", func(t *testing.T) {
			t.Parallel()
			answers, errs, _ := gathered(t, []string{whose, bad.sql, whose, whose}, nil, bad.args, nil, nil)
			require.Equal(t, []string{"mine", "", "mine", "mine"}, answers)
			require.Error(t, errs[1])
			require.NoError(t, errors.Join(errs[0], errs[2], errs[3]))
		})
	}
}

func TestATaskMayAskInTheMiddleOfItsRows(t *testing.T) {
	t.Parallel()
	d, err := Open(t.Context(), Config{URL: pg.AppURL(pgtest.Database(t, Migrate, Fingerprint()))})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	r := d.Read(id.New())
	sums := make([]int, 3)
	level.Run(t.Context(), len(sums), func(ctx context.Context, i int) {
		rows, err := r.tenant.Query(ctx, "select generate_series(1, 3)")
		if err != nil {
			return
		}
		defer rows.Close()
		for rows.Next() {
			var n, twice int
			if rows.Scan(&n) == nil && r.tenant.QueryRow(ctx, "select $1::int * 2", n).Scan(&twice) == nil {
				sums[i] += twice
			}
			if i == 1 {
				return // without reading on
			}
		}
	})
	require.Equal(t, []int{12, 2, 12}, sums)
}
