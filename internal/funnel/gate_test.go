package funnel

import (
	"context"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// queued is how many leads of a workspace wait in a queue.
func (d *desk) queued(t testing.TB, ws id.UUID) (n int) {
	t.Helper()
	require.NoError(t, d.owner.QueryRow(context.Background(), "select count(*) from leads where workspace_id = $1 and stage = 'OFFERED' and owner_id is null", ws).Scan(&n))
	return n
}

func TestWhoDoesNotWorkBeforeTheGoalIsNotAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	friday := time.Date(2026, 3, 6, 15, 0, 0, 0, time.UTC)
	d.at(friday)
	ws, sources, _ := d.founded(t)
	d.routes(t, ws, func(p *routing.Policy) { p.AutoOffer = true })
	reps := d.reps(t, ws, 2)
	for i, day := range []clause.Weekday{clause.Tuesday, clause.Friday} {
		_, err := d.SetMemberProfile(auth.With(t.Context(), reps[i]), SetMemberProfileInput{WorkingHours: graphql.OmittableOf(&sla.Calendar{TimeZone: "Etc/UTC",
			Hours: []sla.Hours{{Days: []clause.Weekday{day}, Opens: "09:00", Closes: "15:30"}}})})
		require.NoError(t, err)
	}
	d.capture(t, ws, sources, numbered(1)) // hot: an hour of the office's
	offers, of := d.offers(t, ws)
	require.Len(t, offers, 1)
	require.Equal(t, reps[1].Member, *of[offers[0].UUID])
	d.at(friday.Add(45 * time.Minute)) // both are at home before the hour is over
	d.capture(t, ws, sources, numbered(2))
	require.Equal(t, 1, d.queued(t, ws))
	d.at(friday.AddDate(0, 0, 4)) // Tuesday
	d.capture(t, ws, sources, numbered(3))
	require.Equal(t, map[id.UUID][2]int{reps[0].Member: {1, 0}, reps[1].Member: {1, 0}}, d.assigned(t, ws))
}

func TestNobodyIsGivenMoreLeadsADayThanThePolicySays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	evening := time.Date(2026, 3, 3, 21, 0, 0, 0, time.UTC)
	d.at(evening)
	ws, sources, _ := d.founded(t)
	d.routes(t, ws, func(p *routing.Policy) { always(p); p.Gates.DailyCap = new(2) })
	reps := d.reps(t, ws, 2)
	_, err := d.owner.Exec(t.Context(), "update members set time_zone = 'Europe/Moscow' where id = $1", reps[0].Member) // midnight is in no time
	require.NoError(t, err)
	d.at(evening.Add(-time.Minute))
	for i := range 4 {
		d.capture(t, ws, sources, numbered(i))
	}
	require.Equal(t, map[id.UUID][2]int{reps[0].Member: {2, 0}, reps[1].Member: {2, 0}}, d.assigned(t, ws))
	d.capture(t, ws, sources, numbered(4))
	require.Equal(t, 1, d.queued(t, ws), "both have had their two")
	d.at(evening.Add(time.Minute)) // tomorrow in Moscow, today in London
	d.capture(t, ws, sources, numbered(5), numbered(6), numbered(7))
	require.Equal(t, map[id.UUID][2]int{reps[0].Member: {4, 0}, reps[1].Member: {2, 0}}, d.assigned(t, ws))
	require.Equal(t, 2, d.queued(t, ws))
}

func TestNobodyHasMoreLeadsOpenThanThePolicySays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, ada := d.founded(t)
	d.routes(t, ws, func(p *routing.Policy) { always(p); p.Gates.OpenCap = new(1) })
	reps := d.reps(t, ws, 1)
	d.capture(t, ws, sources, numbered(1))
	d.moved(t, ada, lifecycle.Disqualified)
	d.capture(t, ws, sources, numbered(2), numbered(3))
	require.Equal(t, map[id.UUID][2]int{reps[0].Member: {2, 0}}, d.assigned(t, ws), "what is over is not open")
	require.Equal(t, 1, d.queued(t, ws))
}

func TestPoolsAskForSkillsTerritoriesAndLanguages(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, ada := d.founded(t)
	d.routes(t, ws, func(p *routing.Policy) {
		always(p)
		p.Pools[0].Skills, p.Gates.Territory, p.Gates.Language = []string{"Logistics"}, new("contact.country"), new("contact.language")
	})
	reps := d.reps(t, ws, 4)
	for i, in := range []SetMemberProfileInput{
		{Skills: []string{"logistics"}, Territories: []string{"de"}, Languages: []string{"DE", "en"}},
		{Territories: []string{"DE"}},
		{Skills: []string{"logistics"}, Territories: []string{"FR"}},
		{Skills: []string{"logistics"}, Languages: []string{"fr"}},
	} {
		in.MemberID = &id.Global{Kind: id.Member, UUID: reps[i].Member}
		if i == 0 {
			in.MemberID = nil // oneself
		}
		_, err := d.SetMemberProfile(auth.With(t.Context(), reps[i]), in)
		require.NoError(t, err)
	}
	in := numbered(1)
	in.Contact.Country, in.Contact.Language = new("Germany"), new("de")
	d.capture(t, ws, sources, in)
	offers, of := d.offers(t, ws)
	require.Len(t, offers, 1)
	require.Equal(t, reps[0].Member, *of[offers[0].UUID])
	sim, err := d.RoutingSimulate(auth.With(t.Context(), ada), RoutingSimulateInput{LeadID: new(d.lead(t, ws).GlobalID())})
	require.NoError(t, err)
	gates := map[id.UUID]routing.Gate{}
	for _, v := range sim.Routing.Candidates {
		if v.Gate != nil {
			gates[v.Member] = *v.Gate
		}
	}
	require.Equal(t, map[id.UUID]routing.Gate{reps[1].Member: routing.GateSkill, reps[2].Member: routing.GateTerritory, reps[3].Member: routing.GateLanguage}, gates)
}
