package demo

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// fixture is a database with its administrator's address.
type fixture struct {
	*db.DB
	url    string
	sealer *page.Sealer
}

func open(t *testing.T) fixture {
	t.Helper()
	f := fixture{url: pgtest.Database(t, db.Migrate, db.Fingerprint()), sealer: page.NewSealer([]byte("a key of thirty-two bytes or so."))}
	d, err := db.Open(t.Context(), db.Config{URL: pg.AppURL(f.url), Sealer: f.sealer, AcquireTimeout: time.Minute})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	f.DB = d
	return f
}

// ask reads one value as an administrator, whom row-level security does not bind.
func ask[T any](t *testing.T, f fixture, sql string, args ...any) T {
	t.Helper()
	c, err := pgx.Connect(context.Background(), f.url)
	require.NoError(t, err)
	defer c.Close(context.Background())
	var v T
	require.NoError(t, c.QueryRow(t.Context(), sql, args...).Scan(&v))
	return v
}

// digest is a hash of all rows of each table, but of what is salted or counted by the server.
func digest(t *testing.T, f fixture) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range strings.Fields("workspaces members attribute_definitions sources campaigns personas accounts contacts contact_identities consents leads touches touch_keys events") {
		out[table] = ask[string](t, f, fmt.Sprintf(`select count(*) || ' ' || md5(string_agg(md5(r), '' order by r))
			from (select (to_jsonb(t) - 'password_hash' - 'seq' - 'xid')::text as r from %s t) x`, table))
	}
	return out
}

func TestLoad(t *testing.T) {
	t.Parallel()
	f := open(t)
	passwords := auth.NewPasswords(2)
	began := time.Now()
	d, err := Load(t.Context(), f.DB, passwords, noon)
	require.NoError(t, err)
	t.Logf("loaded in %v", time.Since(began))
	before := digest(t, f)
	t.Logf("rows: %v", before)

	t.Run("the same hour gives the same rows, and of two who load at once one does", func(t *testing.T) {
		t.Parallel()
		other := open(t)
		var wg sync.WaitGroup
		var found [2]*Demo
		var errs [2]error
		for i := range found {
			wg.Go(func() { found[i], errs[i] = Load(t.Context(), other.DB, passwords, noon.Add(59*time.Minute)) })
		}
		wg.Wait()
		for i := range found {
			require.NoError(t, errs[i])
			require.Equal(t, d, found[i])
		}
		require.Equal(t, before, digest(t, other))
	})
	t.Run("loading again only reads", func(t *testing.T) {
		t.Parallel()
		again, err := Load(t.Context(), f.DB, nil, noon.Add(30*24*time.Hour)) // no passwords: nothing is hashed
		require.NoError(t, err)
		require.Equal(t, d, again)
		require.Equal(t, before, digest(t, f))
	})
	t.Run("matching the leads again changes none, today and in a month", func(t *testing.T) {
		t.Parallel()
		for _, now := range []time.Time{noon, noon.Add(30 * 24 * time.Hour)} {
			verbs := funnel.New(funnel.Config{DB: f.DB, Sealer: f.sealer, Now: func() time.Time { return now }})
			changed, err := verbs.Rematch(t.Context(), d.Workspace)
			require.NoError(t, err)
			require.Zero(t, changed)
		}
	})
	t.Run("everybody can sign in with the password", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "maria.lindqvist@northwind-robotics.example", d.Members[0].Email)
		require.True(t, d.Members[0].Admin)
		require.Len(t, d.Members, 10)
		ok, _, err := passwords.Verify(t.Context(), d.Members[3].Password, ask[string](t, f, "select min(password_hash) from members having count(distinct password_hash) = 1"))
		require.NoError(t, err)
		require.True(t, ok)
	})
	checkRows(t, f)
}

// checkRows looks at what a salesperson would stumble over.
func checkRows(t *testing.T, f fixture) {
	t.Helper()
	for name, sql := range map[string]string{
		"every lead has its person, company and source":        "select count(*) from leads l left join contacts c using (workspace_id) where c.id = l.contact_id and c.account_id is not distinct from l.account_id having count(*) <> (select count(*) from leads)",
		"who owns a lead sells":                                "select count(*) from leads l join members m on m.id = l.owner_id where m.department <> 'SALES' or m.role = 'ANALYST'",
		"sales' leads have an owner, and only those":           "select count(*) from leads where (stage in ('ACCEPTED', 'WORKING', 'SALES_QUALIFIED', 'OPPORTUNITY', 'WON', 'LOST')) <> (owner_id is not null) and stage <> 'DISQUALIFIED'",
		"leads that nobody owns wait in a queue":               "select count(*) from leads where owner_id is null and queue not in ('marketing', 'retargeting', 'sales-emea', 'sales-americas', 'sales-apac')",
		"offered leads wait for sales":                         "select count(*) from leads where stage = 'OFFERED' and queue not like 'sales-%'",
		"every person but the erased can be recognised":        "select count(*) from contacts c where full_name is not null and not exists (select from contact_identities i where i.contact_id = c.id)",
		"who won is a customer":                                "select count(*) from leads l join contacts c on c.id = l.contact_id where l.stage = 'WON' and c.customer_since is null",
		"a touch in a campaign lies in its window":             "select count(*) from touches t join campaigns c on c.id = t.campaign_id where t.kind <> 'WEBINAR_ATTENDED' and (t.occurred_at < c.starts_at or t.occurred_at >= c.ends_at)",
		"only one holds a number":                              "select count(*) from (select key from contact_identities where kind = 'PHONE' group by key having count(*) filter (where not shared) <> 1) x",
		"a lead's diary begins with its capture":               "select count(*) from leads l where (select kind from events e where e.lead_id = l.id order by at, seq limit 1) is distinct from 'LEAD_CAPTURED'",
		"who owns a lead was assigned it":                      "select count(*) from leads l where owner_id is not null and not exists (select from events e where e.lead_id = l.id and e.kind = 'LEAD_ASSIGNED')",
		"the log is in the order of time":                      "select count(*) from (select at < lag(at) over (order by seq) as back from events) x where back",
		"touches with an external id are known by it":          "select count(*) from touches t where external_id is not null and not exists (select from touch_keys k where k.touch_id = t.id)",
		"nothing lies in the future":                           "select count(*) from touches where occurred_at > '2026-09-15T12:00:00Z'",
		"no name of a person is in the log":                    "select count(*) from events e join contacts c on c.id = e.contact_id where e.data::text ilike '%' || c.full_name || '%'",
		"custom attributes have the types of their definition": "select count(*) from leads where jsonb_typeof(attributes -> 'budget') <> 'number' or jsonb_typeof(attributes -> 'timeline') <> 'string'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Zero(t, ask[int](t, f, "select coalesce(("+sql+"), 0)"))
		})
	}
	t.Run("there are leads in every stage, from every source and of every persona", func(t *testing.T) {
		t.Parallel()
		for _, s := range lifecycle.Stages {
			require.Positive(t, ask[int](t, f, "select count(*) from leads where stage = $1", s), s)
		}
		require.Zero(t, ask[int](t, f, "select count(*) from personas p where not exists (select from leads l where l.persona_id = p.id)"))
		require.Zero(t, ask[int](t, f, "select count(*) from sources s where not exists (select from touches t where t.source_id = s.id) and key <> 'leadfield'"))
		require.Positive(t, ask[int](t, f, "select count(*) from contact_identities where shared"))
		require.Positive(t, ask[int](t, f, "select count(*) from consents where state = 'WITHDRAWN'"))
	})
}

func TestLoadInAnotherHouse(t *testing.T) {
	t.Parallel()
	f := open(t)
	ws := id.New()
	require.NoError(t, f.Write(t.Context(), ws, func(tx *db.Tx) error {
		_, err := tx.InsertWorkspace(t.Context(), db.InsertWorkspaceParams{WorkspaceID: ws, Slug: "northwind-robotics", Name: "Ours", DefaultRegion: "US", TimeZone: "UTC"})
		return err
	}))
	_, err := Load(t.Context(), f.DB, auth.NewPasswords(1), noon)
	require.ErrorContains(t, err, "the workspace northwind-robotics is somebody else's")
	require.Equal(t, 1, ask[int](t, f, "select count(*) from workspaces"))
}
