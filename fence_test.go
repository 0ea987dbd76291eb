package main

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/funnel"
)

// TestServersThatRunOneImportLandEachRowOnce lets several servers work on one import, as happens when one was only taken for dead.
func TestServersThatRunOneImportLandEachRowOnce(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs = false })
	token := a.signUp("brightwater")
	a.source(token, "website")
	c := &crash{testAPI: a, t: t}
	imp := c.imported(token, people(6_000), nil)
	var out struct {
		Viewer struct{ Workspace struct{ ID string } }
	}
	a.do(token, `{ viewer { workspace { id } } }`, nil).into(t, &out)
	args := funnel.ImportArgs{Workspace: uuid(t, out.Viewer.Workspace.ID), Import: uuid(t, imp)}
	var servers sync.WaitGroup
	for range 3 {
		servers.Go(func() {
			for { // one that is overtaken comes again, as its job does
				err := a.server.funnel.RunImport(t.Context(), args)
				if err == nil {
					return
				}
				if !errors.Is(err, funnel.ErrOvertaken) {
					t.Error(err)
					return
				}
			}
		})
	}
	servers.Wait()
	p := a.progress(token, imp)
	require.Equal(t, "SUCCEEDED", p.State, p.Failure)
	require.Equal(t, []int64{6_000, 5_940, 0, 60}, []int64{p.RowsRead, p.RowsCreated, p.RowsMerged, p.RowsRefused})
	conn := owner(t, a.owner)
	require.Equal(t, int64(5_940), count(t, conn, "select count(*) from leads"))
	require.Equal(t, int64(60), count(t, conn, "select count(*) from import_refusals"))
	require.Equal(t, int64(1), count(t, conn, "select count(*) from events where kind = 'IMPORT_FINISHED'"))
}

func TestAnImportThatNeverMovesOnFails(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	token := a.signUp("brightwater")
	a.source(token, "website")
	conn := owner(t, a.owner)
	_, err := conn.Exec(t.Context(), "create function explode() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$; create trigger explode before insert on contacts execute function explode()")
	require.NoError(t, err)
	c := &crash{testAPI: a, t: t}
	imp := c.imported(token, people(10), nil)
	_, err = conn.Exec(t.Context(), "update imports set tries = 6") // seconds pass between tries
	require.NoError(t, err)
	p := a.ended(token, imp)
	require.Equal(t, "FAILED", p.State)
	require.Contains(t, *p.Failure, "several times")
	require.Zero(t, count(t, conn, "select count(*) from leads"))
}
