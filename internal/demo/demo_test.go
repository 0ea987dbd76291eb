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
	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/backtest"
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

// What the demo fills, and what judging leads may change.
const (
	judged = "leads scores score_history moves "
	filled = judged + "workspaces members attribute_definitions sources campaigns personas agreements signatures rescores back_tests attribution_fits accounts contacts contact_identities deals " +
		"consents fact_changes resources resource_labels resource_versions shares touches touch_keys events calendars handoffs clocks follow_ups attempts goals"
)

// digest is a hash of all rows of tables, but of what is salted or counted by the server.
func digest(t *testing.T, f fixture, tables string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range strings.Fields(tables) {
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
	d, err := Load(t.Context(), f.DB, nil, passwords, noon)
	require.NoError(t, err)
	t.Logf("loaded in %v", time.Since(began))
	before := digest(t, f, filled)
	t.Logf("rows: %v", before)

	t.Run("the same hour gives the same rows, and of two who load at once one does", func(t *testing.T) {
		t.Parallel()
		other := open(t)
		var wg sync.WaitGroup
		var found [2]*Demo
		var errs [2]error
		for i := range found {
			wg.Go(func() { found[i], errs[i] = Load(t.Context(), other.DB, nil, passwords, noon.Add(59*time.Minute)) })
		}
		wg.Wait()
		for i := range found {
			require.NoError(t, errs[i])
			require.Equal(t, d, found[i])
		}
		require.Equal(t, before, digest(t, other, filled))
	})
	t.Run("loading again only reads", func(t *testing.T) {
		t.Parallel()
		again, err := Load(t.Context(), f.DB, nil, nil, noon.Add(30*24*time.Hour)) // no passwords: nothing is hashed
		require.NoError(t, err)
		require.Equal(t, d, again)
		require.Equal(t, before, digest(t, f, filled))
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
	checkStanding(t, f)
	checkDeals(t, f)
}

// at are the verbs as they work at an instant.
func (f fixture) at(now time.Time) *funnel.Funnel {
	return funnel.New(funnel.Config{DB: f.DB, Sealer: f.sealer, Now: func() time.Time { return now }})
}

func TestLeadsAreJudgedAsTheVerbsJudgeThem(t *testing.T) {
	t.Parallel()
	f := open(t)
	d, err := Load(t.Context(), f.DB, nil, auth.NewPasswords(1), noon)
	require.NoError(t, err)
	before := digest(t, f, judged)
	changed, err := f.at(noon).Rematch(t.Context(), d.Workspace)
	require.NoError(t, err)
	require.Zero(t, changed)
	require.Equal(t, before, digest(t, f, judged), "judging again changes nothing")

	personas := "select md5(string_agg(id::text || persona_id, '' order by id)) from leads where persona_id is not null"
	was := ask[string](t, f, personas)
	changed, err = f.at(noon.Add(30*24*time.Hour)).Rematch(t.Context(), d.Workspace)
	require.NoError(t, err)
	require.Positive(t, changed, "in a month points have decayed")
	require.Equal(t, was, ask[string](t, f, personas), "but people are who they were")
}

func TestBackTestsOfTheDemoSaySomething(t *testing.T) {
	t.Parallel()
	f := open(t)
	d, err := Load(t.Context(), f.DB, nil, auth.NewPasswords(1), noon)
	require.NoError(t, err)
	for _, number := range []int{2, 3} {
		b := ask[id.UUID](t, f, "select b.id from back_tests b join agreements a on a.id = b.agreement_id where a.number = $1", number)
		require.NoError(t, f.at(noon).DoBackTest(t.Context(), funnel.BackTestArgs{Workspace: d.Workspace, BackTest: b}))
		report := ask[backtest.Report](t, f, "select report from back_tests where id = $1", b)
		t.Logf("version %d: %d leads, %d positive, AUC %.3f, flips %d up %d down of %d", number, report.Leads, report.Positives, *report.Auc, report.Flips.Up, report.Flips.Down, report.Flips.Compared)
		require.Equal(t, backtest.Evidence, report.Verdict, report.Reasons)
		require.Greater(t, report.Leads, 1500)
		require.Greater(t, *report.Auc, 0.6)
		require.Less(t, *report.Auc, 0.9, "nobody knows the future")
		if number == 3 {
			require.Contains(t, report.Leaks[0].Rules, "budget", "a rule on what only sales finds out")
		}
	}
}

func TestTheFirstFitCreditsTheDealsOfTheDemo(t *testing.T) {
	t.Parallel()
	f := open(t)
	d, err := Load(t.Context(), f.DB, nil, auth.NewPasswords(1), noon)
	require.NoError(t, err)
	fit := ask[id.UUID](t, f, "select id from attribution_fits")
	require.NoError(t, f.at(noon).DoAttributionFit(t.Context(), funnel.AttributionFitArgs{Workspace: d.Workspace, Fit: fit}))
	won := ask[int64](t, f, "select count(*) from deals where outcome = 'WON'")
	for _, by := range attribution.Dimensions {
		report, err := f.Read(d.Workspace).AttributionReport(t.Context(), &db.AttributionAsk{By: by, Basis: db.BasisFrozen}, noon)
		require.NoError(t, err)
		require.Equal(t, []int64{won, 0}, []int64{report.Deals, report.UncreditedDeals})
		require.Less(t, report.UntouchedDeals, won/10)
		for _, total := range report.Totals[:8] {
			require.Positive(t, total.AttributedMinor, "%s by %s", total.Model, by)
			require.Equal(t, report.AmountMinor, total.AttributedMinor+total.UnattributedMinor)
		}
		reportCostsAddUp(t, f.Read(d.Workspace), by)
		if by == attribution.ByChannel {
			t.Logf("%d deals won, %d without a touch; MARKOV: %+v", report.Deals, report.UntouchedDeals, report.Totals[8].Total.Outcomes)
		}
	}
}

// checkStanding looks at what rules made of the leads.
func checkStanding(t *testing.T, f fixture) {
	t.Helper()
	share := func(where string) float64 {
		return ask[float64](t, f, "select (count(*) filter (where "+where+"))::float8 / count(*) from leads where stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED')")
	}
	t.Run("few leads are hot, more are warm, and most are cool", func(t *testing.T) {
		t.Parallel()
		require.InDelta(t, 0.06, share("band = 'HOT'"), 0.03)
		require.InDelta(t, 0.22, share("band = 'WARM'"), 0.06)
		require.InDelta(t, 0.72, share("band = 'COOL'"), 0.09)
	})
	t.Run("the funnel is wide at the top", func(t *testing.T) {
		t.Parallel()
		require.InDelta(t, 0.26, share("stage = 'NEW'"), 0.05)
		require.InDelta(t, 0.43, share("stage = 'NURTURING'"), 0.06)
		require.InDelta(t, 0.08, share("stage = 'QUALIFIED'"), 0.03)
	})
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
		"a lead stands where its moves led":                    "select count(*) from leads l where stage <> coalesce((select to_stage from moves m where m.lead_id = l.id order by at desc, id desc limit 1), 'NEW')",
		"a move begins where the one before ended":             "select count(*) from (select from_stage <> coalesce(lag(to_stage) over (partition by lead_id order by at, id), 'NEW') as torn from moves) x where torn",
		"who is qualified meets a definition, and shows it":    "select count(*) from leads l where stage = 'QUALIFIED' and (definition_id is null or not exists (select from moves m where m.lead_id = l.id and m.agreement_id = l.definition_id and jsonb_array_length(m.evidence) > 3))",
		"every lead but the erased is worth something":         "select count(*) from leads l left join scores s on s.lead_id = l.id where (l.stage = 'ERASED') <> (l.band is null) or (l.band is null) <> (s.lead_id is null)",
		"a lead is worth what its history ends with":           "select count(*) from leads l cross join lateral (select * from score_history h where h.lead_id = l.id order by at desc, id desc limit 1) h where (h.score, h.band, h.model_id) <> (l.score, l.band, l.model_id)",
		"what is published has both signatures":                "select count(*) from agreements a where published_at is not null and not bootstrap and (select count(distinct department) from signatures s where s.agreement_id = a.id and s.hash = a.hash and s.signed_at < a.published_at) <> 2",
		"of each kind one version is in force":                 "select count(*) - 7 from agreements where state = 'PUBLISHED'",
		"nothing that closed waits for time":                   "select count(*) from scores s join leads l on l.id = s.lead_id where next_at is not null and l.stage in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED')",
		"who waits for sales has a hand-off that waits":        "select count(*) from leads l where (stage in ('OFFERED', 'RETURNED')) <> exists (select from handoffs h where h.lead_id = l.id and h.state = 'OFFERED' and (h.direction = 'MARKETING_TO_SALES') = (l.stage = 'OFFERED'))",
		"every hand-off to sales says how it was routed":       "select count(*) from handoffs h where direction = 'MARKETING_TO_SALES' and (routing is null or routing_id is null or (member_id is null and routing->>'queue' <> queue))",
		"no offer has run out":                                 "select count(*) from clocks k join handoffs h on h.id = k.handoff_id where k.stage = 'ACCEPT' and h.state = 'OFFERED' and k.breached_at is not null",
		"who waits has a clock":                                "select count(*) from leads l where stage in ('QUALIFIED', 'OFFERED', 'ACCEPTED', 'WORKING', 'SALES_QUALIFIED', 'RETURNED') and not exists (select from clocks k where k.lead_id = l.id and k.fulfilled_at is null and k.ended_at is null)",
		"clocks were looked at":                                "select count(*) from clocks where wake_at <= '2026-09-15T12:00:00Z'",
		"who is pursued has a plan, and only they":             "select count(*) from leads l where (stage in ('ACCEPTED', 'WORKING', 'SALES_QUALIFIED')) <> exists (select from follow_ups f where f.lead_id = l.id and f.ended_at is null)",
		"attempts are touches of sales":                        "select count(*) from attempts a where not exists (select from touches t where t.id = a.touch_id and t.department = 'SALES' and t.occurred_at = a.at)",
		"a hand-off ends behind its offer":                     "select count(*) from handoffs where decided_at < offered_at or (decided_at is null) <> (state = 'OFFERED')",
		"what waits for a signature has one":                   "select count(*) from agreements a where state = 'IN_REVIEW' and (select count(*) from signatures s where s.agreement_id = a.id) <> 1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Zero(t, ask[int](t, f, "select coalesce(("+sql+"), 0)"))
		})
	}
	t.Run("most of what was owed was done in time", func(t *testing.T) {
		t.Parallel()
		for _, stage := range []string{"PASS", "ACCEPT", "ENGAGE"} {
			rate := ask[float64](t, f, "select (count(*) filter (where state = 'MET'))::float8 / count(*) from clocks where stage = $1 and fulfilled_at is not null", stage)
			require.InDelta(t, 0.88, rate, 0.08, stage)
		}
		steps := ask[float64](t, f, "select (count(*) filter (where state = 'MET'))::float8 / count(*) from clocks where stage = 'STEP' and state in ('MET', 'BREACHED')")
		require.Greater(t, steps, 0.33)
	})
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
	_, err := Load(t.Context(), f.DB, nil, auth.NewPasswords(1), noon)
	require.ErrorContains(t, err, "the workspace northwind-robotics is somebody else's")
	require.Equal(t, 1, ask[int](t, f, "select count(*) from workspaces"))
}
