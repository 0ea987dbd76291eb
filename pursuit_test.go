package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// pursuit is what the world has of leads in the hands of sales.
type pursuit struct {
	sales string        // a member of sales signs in with it
	own   *pgxpool.Pool // past row-level security
	won   string        // a deal
}

// pursue furnishes the world with what becomes of leads: a deal, hand-offs, and a person who wants to hear nothing more.
func (w *world) pursue(t *testing.T) {
	t.Helper()
	w.pursuit = pursuit{sales: w.a.member(w.token, w.name("rep")+"@"+w.tag+".example", auth.Sales, auth.Worker), own: w.beside(t)}
	for _, field := range []string{"acceptLead", "qualifyForSales", "returnLead", "openDeal", "updateDeal", "winDeal", "loseDeal"} {
		w.instead[field] = w.pursuit.sales
	}
	w.make(t, "createReason")
	lead := uuid(t, w.ids[id.Lead])
	deal := w.dealt(lead)
	w.ids[id.Deal] = deal.String()
	w.does(`update deals set reason_id = $2 where id = $1`, deal.UUID, uuid(t, w.ids[id.Reason]))
	w.does(`insert into handoffs (workspace_id, id, lead_id, contact_id, direction, state, number, queue, evidence, offered_at, decided_at, reason_id, feedback)
		select l.workspace_id, gen_random_uuid(), l.id, l.contact_id, 'MARKETING_TO_SALES', 'ACCEPTED', 1, 'sales', '{}', now(), now(), $2, $3 from leads l where l.id = $1`,
		lead, uuid(t, w.ids[id.Reason]), w.name("feedback"))
	returned := w.staged(lifecycle.Returned)
	w.does(`insert into handoffs (workspace_id, id, lead_id, contact_id, direction, state, number, queue, evidence, offered_at)
		select l.workspace_id, gen_random_uuid(), l.id, l.contact_id, 'SALES_TO_MARKETING', 'OFFERED', 1, 'marketing', '{}', now() from leads l where l.id = $1`, returned.UUID)
	w.does(`insert into standings (workspace_id, contact_id, suppressed_at, updated_at) select workspace_id, contact_id, now(), now() from leads where id = $1`, returned.UUID)
}

// beside is a way to the database past the API.
func (w *world) beside(t *testing.T) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(w.a.owner)
	require.NoError(t, err)
	config.MaxConns = 1 // many worlds share one server
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// sold gives the crowd a deal for each lead of a company, many of which were opened at the same moment.
func (w *world) sold(t *testing.T) {
	t.Helper()
	w.pursuit.own = w.beside(t)
	w.does(`insert into deals (workspace_id, id, lead_id, contact_id, account_id, name, amount_minor, currency, outcome, opened_at, updated_at)
		select l.workspace_id, gen_random_uuid(), l.id, l.contact_id, l.account_id, 'Trucks', 1, 'EUR', 'OPEN', timestamptz '2026-01-05' + (row_number() over () / 5) * interval '1 hour', now()
		from leads l where l.account_id = $1`, uuid(t, w.ids[id.Account]))
}

// won gives the crowd a deal won with each person of a company at the same moment, which touches of all campaigns led to, as many runs of one of them, and as many fits.
func (w *world) won(t *testing.T) {
	t.Helper()
	var touches []any
	for i := range 12 {
		touches = append(touches, map[string]any{"contact": map[string]any{"id": w.ids[id.Contact]}, "kind": "AD_CLICKED", "channel": "DISPLAY", "campaign": fmt.Sprintf("c%d", i),
			"occurredAt": time.Date(2026, 1, 4, i, 0, 0, 0, time.UTC)})
	}
	require.Empty(t, w.a.do(w.token, `mutation ($touches: [TouchInput!]!) { recordTouches(input: {source: "s0", touches: $touches}) { recorded } }`, map[string]any{"touches": touches}).Errors)
	workspace := `(select workspace_id from accounts where id = $1)`
	w.does(`insert into deals (workspace_id, id, lead_id, contact_id, account_id, name, amount_minor, currency, outcome, opened_at, closed_at, updated_at)
		select l.workspace_id, gen_random_uuid(), l.id, l.contact_id, l.account_id, 'Vans', 100, 'EUR', 'WON', timestamptz '2026-01-05', timestamptz '2026-01-06', now()
		from leads l where l.account_id = $1`, uuid(t, w.ids[id.Account]))
	w.made(t, "fitAttribution", "fit", map[string]any{})
	c := owner(t, w.a.owner)
	eventually(t, "credit for all deals", func() bool {
		return count(t, c, `select count(*) from deals d where outcome = 'WON' and not exists (select from attribution_runs r where r.deal_id = d.id)`) == 0
	})
	quiet(t, c)
	var deal id.UUID
	require.NoError(t, c.QueryRow(t.Context(), `select deal_id from attribution_runs order by deal_id limit 1`).Scan(&deal))
	w.ids[id.Deal] = id.Global{Kind: id.Deal, UUID: deal}.String()
	w.does(`insert into attribution_runs select r.workspace_id, gen_random_uuid(), r.deal_id, r.number + n, 'LATE_TOUCHES', r.at, r.policy_id, r.fit_id, r.persona_id, r.amount_minor, r.currency, r.closed_at,
		r.touch_ids, r.occurred_at, r.channel_groups, r.channels, r.departments, r.campaign_ids, r.source_ids, r.resource_ids, r.milestones, r.models, r.outcomes, r.reasons, r.shares, r.credits
		from attribution_runs r, generate_series(5, 16) n where r.deal_id = $1 and r.number = 1`, deal)
	w.does(`insert into attribution_fits (workspace_id, id, policy_id, from_at, to_at, state, created_at) select workspace_id, gen_random_uuid(), policy_id, from_at, to_at, 'FAILED', timestamptz '2026-01-06'
		from attribution_fits, generate_series(1, 12) where workspace_id = `+workspace, uuid(t, w.ids[id.Account]))
}

// win furnishes the world with a won deal, what it was credited to, and a fit.
func (w *world) win(t *testing.T) {
	t.Helper()
	var out struct {
		WinDeal struct {
			Deal struct {
				ID              string
				AttributionRuns struct{ Nodes []struct{ ID string } }
			}
		}
	}
	w.call(t, "winDeal").send(w.token, "{ deal { id attributionRuns { nodes { id } } } }").into(t, &out)
	w.pursuit.won, w.ids[id.AttributionRun] = out.WinDeal.Deal.ID, out.WinDeal.Deal.AttributionRuns.Nodes[0].ID
	w.make(t, "fitAttribution")
	w.ended(t, w.ids[id.AttributionFit])
}

// does writes what no verb of this world would.
func (w *world) does(sql string, args ...any) {
	tag, err := w.pursuit.own.Exec(context.Background(), sql, args...)
	require.NoError(w.a.t, err, sql)
	require.NotZero(w.a.t, tag.RowsAffected(), sql)
}

// staged is a lead of a new person, in a stage.
func (w *world) staged(stage lifecycle.Stage) id.Global {
	contact, lead := id.New(), id.New()
	w.does(`insert into contacts (workspace_id, id, email, full_name, title) select workspace_id, $2, $3, $4, $4 from leads where id = $1`,
		uuid(w.a.t, w.ids[id.Lead]), contact, w.name("p")+"@"+w.tag+".example", w.name("person"))
	w.does(`insert into leads (workspace_id, id, contact_id, source_id, stage, stage_since, created_at, last_activity_at)
		select workspace_id, $3, $2, source_id, $4, now(), now(), now() from leads where id = $1`, uuid(w.a.t, w.ids[id.Lead]), contact, lead, stage)
	return id.Global{Kind: id.Lead, UUID: lead}
}

// dealt is an open deal of a lead.
func (w *world) dealt(lead id.UUID) id.Global {
	deal := id.New()
	w.does(`insert into deals (workspace_id, id, lead_id, contact_id, account_id, owner_id, name, amount_minor, currency, outcome, note, opened_at, updated_at)
		select l.workspace_id, $2, l.id, l.contact_id, l.account_id, (select m.id from members m where m.workspace_id = l.workspace_id limit 1), $3, 1250000, 'EUR', 'OPEN', $3, now(), now()
		from leads l where l.id = $1`, lead, deal, w.name("deal"))
	return id.Global{Kind: id.Deal, UUID: deal}
}

// pursued are arguments with which a field about the life of leads succeeds: a lead of its own, in the stage for it. Nil for other fields.
func (w *world) pursued(field string) map[string]any {
	in := func(stage lifecycle.Stage, more map[string]any) map[string]any {
		more["leadId"], more["note"] = w.staged(stage).String(), w.name("note")
		return map[string]any{"input": more}
	}
	closes := func(more map[string]any) map[string]any {
		more["dealId"] = w.dealt(w.staged(lifecycle.Opportunity).UUID).String()
		return map[string]any{"input": more}
	}
	later := time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	switch field {
	case "acceptLead", "nurtureLead":
		return in(lifecycle.New, map[string]any{})
	case "qualifyForSales":
		return in(lifecycle.Working, map[string]any{})
	case "takeBackLead":
		return in(lifecycle.Returned, map[string]any{})
	case "returnLead":
		return in(lifecycle.Accepted, map[string]any{"reason": "TIMING", "wakeAt": later})
	case "disqualifyLead":
		return in(lifecycle.Accepted, map[string]any{"reason": "NOT_A_FIT"})
	case "objectToDisqualification":
		all := in(lifecycle.Disqualified, map[string]any{})
		lead := all["input"].(map[string]any)["leadId"].(string)
		w.does(`insert into moves (workspace_id, id, lead_id, from_stage, to_stage, at, actor_kind, department, object_until)
			select workspace_id, $2, id, 'NEW', 'DISQUALIFIED', now(), 'MEMBER', 'SALES', now() + interval '1 day' from leads where id = $1`, uuid(w.a.t, lead), id.New())
		return all
	case "openDeal":
		return in(lifecycle.SalesQualified, map[string]any{"name": w.name("deal"), "amountMinor": 1, "currency": "EUR"})
	case "updateDeal":
		return closes(map[string]any{"name": w.name("deal")})
	case "attribution":
		return map[string]any{"dealId": w.pursuit.won}
	case "attributionReport":
		return map[string]any{"by": "CHANNEL", "basis": "RECOMPUTED"}
	case "fitAttribution":
		return map[string]any{"input": map[string]any{}}
	case "winDeal":
		return closes(map[string]any{})
	case "loseDeal":
		return closes(map[string]any{"reason": "TIMING", "wakeAt": later})
	case "updateGoal":
		return map[string]any{"input": map[string]any{"goalId": w.aimed().String(), "note": w.name("note"), "target": 7}}
	case "endGoal":
		return map[string]any{"input": map[string]any{"goalId": w.aimed().String()}}
	case "createReason":
		return map[string]any{"input": map[string]any{"use": "DISQUALIFY", "key": "R" + strings.ToUpper(id.New().String()[24:]), "label": w.name("reason")}}
	case "updateReason":
		return map[string]any{"input": map[string]any{"reasonId": w.ids[id.Reason], "label": w.name("reason")}}
	}
	return w.quarrelled(field)
}
