package db

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// harbor is a workspace in a database of its own.
func harbor(t *testing.T) (*DB, id.UUID) {
	t.Helper()
	d, err := Open(t.Context(), Config{URL: pg.AppURL(pgtest.Database(t, Migrate, Fingerprint()))})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	ws := id.New()
	require.NoError(t, d.Write(t.Context(), ws, func(tx *Tx) error {
		_, err := tx.InsertWorkspace(t.Context(), InsertWorkspaceParams{WorkspaceID: ws, Slug: "harbor", Name: "Harbor", DefaultRegion: "US", TimeZone: "UTC"})
		return err
	}))
	return d, ws
}

func company(ws id.UUID, name string) *Account {
	return &Account{WorkspaceID: ws, ID: id.New(), Name: name, NameKey: name, Currency: "USD", Attributes: None, CreatedAt: time.Now(), UpdatedAt: time.Now(), Version: 1}
}

func TestWhatWaitsIsWrittenBeforeTheNextStatement(t *testing.T) {
	t.Parallel()
	d, ws := harbor(t)
	a := company(ws, "acme")
	person := &Contact{WorkspaceID: ws, ID: id.New(), AccountID: &a.ID, Attributes: None, CreatedAt: time.Now(), UpdatedAt: time.Now(), Version: 1}
	read := func(tx *Tx) *Account {
		rows, err := tx.AccountsByID(t.Context(), AccountsByIDParams{WorkspaceID: ws, Ids: []id.UUID{a.ID}})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		return rows[0]
	}
	require.NoError(t, d.Write(t.Context(), ws, func(tx *Tx) error {
		InsertLater(tx, "accounts", []*Account{a}, "")
		InsertLater(tx, "contacts", []*Contact{person}, "", "sort_name") // which refers to the row before it in the same statement
		a.City = new("Gent")                                             // rows are written as they are by then
		require.Equal(t, "Gent", *read(tx).City)
		a.City = new("Brugge")
		UpdateLater(tx, "accounts", []*Account{a}, "created_at")
		was := *a
		was.City, was.Version = new("Oostende"), 2
		UpdateLater(tx, "accounts", []*Account{&was}, "created_at") // the same row again: both are made, in their order
		return nil
	}))
	require.NoError(t, d.Write(t.Context(), ws, func(tx *Tx) error {
		require.Equal(t, "Oostende", *read(tx).City)
		require.EqualValues(t, 2, read(tx).Version)
		return nil
	}))
}

func TestWhoClaimsAKeySecondRunsAgain(t *testing.T) {
	t.Parallel()
	d, ws := harbor(t)
	taken := company(ws, "acme")
	tries := 0
	require.NoError(t, d.Write(t.Context(), ws, func(tx *Tx) error {
		if tries++; tries > 1 {
			return nil
		}
		require.NoError(t, d.Write(t.Context(), ws, func(other *Tx) error {
			ClaimLater(other, "accounts", []*Account{taken})
			return nil
		}))
		ClaimLater(tx, "accounts", []*Account{company(ws, "acme")})
		return nil
	}))
	require.Equal(t, 2, tries)
	require.ErrorContains(t, d.Write(t.Context(), ws, func(tx *Tx) error {
		InsertLater(tx, "accounts", []*Account{company(ws, "acme")}, "") // nobody claims anything: it is a mistake
		return nil
	}), "accounts_name_key")
}
