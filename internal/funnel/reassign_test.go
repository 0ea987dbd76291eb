package funnel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// works gives a member working hours of their own.
func (d *desk) works(t *testing.T, v *auth.Viewer, opens, closes string) {
	t.Helper()
	var ids []id.UUID
	require.NoError(t, d.as(t.Context(), auth.System(v.Workspace), func(x *tx) (err error) {
		ids, _, err = x.keepCalendars(t.Context(), []*sla.Calendar{{TimeZone: "Etc/UTC", Hours: []sla.Hours{{Days: clause.Weekdays, Opens: opens, Closes: closes}}}})
		return err
	}))
	_, err := d.owner.Exec(t.Context(), "update members set calendar_id = $1 where id = $2", ids[0], v.Member)
	require.NoError(t, err)
}

func TestDeadlinesCountTheOwnersHours(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(monday)
	ws, sources, _ := d.founded(t)
	sam, eve := d.hire(t, ws, "Sam", auth.Sales, auth.Worker), d.hire(t, ws, "Eve", auth.Sales, auth.Worker)
	mia := d.hire(t, ws, "Mia", auth.Marketing, auth.Manager)
	d.works(t, sam, "12:00", "20:00")
	d.works(t, eve, "18:00", "22:00")
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	d.move(t, ws, lifecycle.Offered, lifecycle.Marketing, sam)
	require.Equal(t, []string{"PASS MET Mon 11:00", "ACCEPT RUNNING Mon 13:00"}, d.clocks(t, ws), "Sam begins at noon")
	assign := func(to *auth.Viewer, how sla.Reassignment) {
		var owner *id.Global
		if to != nil {
			owner = &id.Global{Kind: id.Member, UUID: to.Member}
		}
		_, err := d.AssignLead(auth.With(t.Context(), mia), AssignLeadInput{LeadID: d.lead(t, ws).GlobalID(), OwnerID: owner, Clocks: how})
		require.NoError(t, err)
	}
	owner := func() []string {
		return d.texts(t, "select coalesce(m.name, '-') from clocks c left join members m on m.id = c.member_id where stage = 'ACCEPT' and c.workspace_id = $1", ws)
	}
	d.at(monday.Add(2*time.Hour + 30*time.Minute))
	assign(eve, "")
	require.Equal(t, "ACCEPT RUNNING Mon 13:00", d.clocks(t, ws)[1][:len("ACCEPT RUNNING Mon 13:00")], "a deadline stays as it was promised")
	require.Equal(t, []string{"Eve"}, owner())
	assign(sam, sla.RecomputeRemaining)
	assign(eve, sla.RecomputeRemaining)
	require.Equal(t, "ACCEPT RUNNING Mon 18:30 30m", d.clocks(t, ws)[1], "of the hour half has passed; Eve begins at six")
	_, err := d.AssignLead(auth.With(t.Context(), mia), AssignLeadInput{LeadID: d.lead(t, ws).GlobalID(), OwnerID: &id.Global{Kind: id.Member, UUID: mia.Member}})
	require.ErrorContains(t, err, "This lead is offered to sales: choose somebody who works there.")
	assign(nil, sla.RecomputeRemaining)
	require.Equal(t, []string{"-"}, owner())
	require.Equal(t, "ACCEPT RUNNING Mon 13:00 30m", d.clocks(t, ws)[1], "nobody's hours are office hours")
	d.turn(t, monday.Add(3*time.Hour))
	assign(sam, sla.RecomputeRemaining)
	require.Equal(t, "ACCEPT BREACHED Mon 13:00 60m", d.clocks(t, ws)[1], "what has run out stays so")
	require.Equal(t, []string{"-"}, owner(), "and with who let it")
}

func TestComplianceIsThatOfPostgres(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(monday)
	ws, sources, _ := d.founded(t)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	_, err := d.owner.Exec(t.Context(), `insert into clocks (workspace_id, id, lead_id, step, stage, state, department, policy_id, rule, starts_at, since, target_us, fulfilled_at, elapsed_us, overdue_us)
		select l.workspace_id, gen_random_uuid(), l.id, n, 'STEP', (array['MET', 'BREACHED', 'WAIVED', 'CANCELLED'])[1 + n % 4], 'SALES', a.id, 'r' || n % 3, $1::timestamptz + n * interval '1 min', $1, 1,
			case when n % 4 < 2 then $1::timestamptz end, (n * 7919) % 1000003 * 1000, case when n % 4 = 1 then n * 1000000 else 0 end
		from leads l join agreements a on a.workspace_id = l.workspace_id and a.kind = 'SLA_POLICY' cross join generate_series(1, 1000) n`, monday)
	require.NoError(t, err)
	to := monday.Add(1000 * time.Hour)
	got, err := d.DB.Read(ws).SlaCompliance(t.Context(), &monday, &to, "RULE", &db.ClockFilter{Stages: []sla.Stage{sla.Step}}, id.UUID{}, to)
	require.NoError(t, err)
	require.Len(t, got, 3)
	for _, g := range got {
		var met, breached, waived, cancelled int
		var rate, p90, late float64
		require.NoError(t, d.owner.QueryRow(t.Context(), `select count(*) filter (where state = 'MET'), count(*) filter (where state = 'BREACHED'), count(*) filter (where state = 'WAIVED'),
			count(*) filter (where state = 'CANCELLED'), avg((state = 'MET')::int) filter (where state in ('MET', 'BREACHED')),
			percentile_cont(0.9) within group (order by elapsed_us) filter (where fulfilled_at is not null) / 1e6, percentile_cont(0.5) within group (order by overdue_us) filter (where overdue_us > 0) / 1e6
			from clocks where rule = $1`, *g.Key).Scan(&met, &breached, &waived, &cancelled, &rate, &p90, &late))
		require.Equal(t, []int{met, breached, waived, cancelled}, []int{g.Met, g.Breached, g.Waived, g.Cancelled})
		require.InDelta(t, rate, *g.Rate(), 1e-9)
		require.InDelta(t, p90, g.Elapsed().P90, 1e-5)
		require.InDelta(t, late, g.Overdue().P50, 1e-5)
	}
}
