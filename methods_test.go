package main

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/pg"
)

// across are the statements that look across workspaces; each tells no more than where to look.
var across = []string{"FindMembers", "FindSubject", "FindAPIKey", "FindRefreshToken", "FindWorkspace", "DueWorkspaces", "FindNews", "EventHorizon", "ClockWorkspaces", "DisputeWorkspaces", "LateWorkspaces"}

// invoked calls a method of Queries in a transaction of lg_app that has named a workspace, and tells whether anything came of it.
func (v *victim) invoked(c *pgx.Conn, m reflect.Method, named string, workspace id.UUID, row map[string]any) (something bool, err error) {
	ctx := context.Background()
	tx, err := c.Begin(ctx)
	require.NoError(v.t, err)
	defer func() { _ = tx.Rollback(ctx) }()
	name := func(ws string) {
		_, err := tx.Exec(ctx, "select set_config('app.ws', $1, true)", ws)
		require.NoError(v.t, err)
	}
	name(named)
	args := []reflect.Value{reflect.ValueOf(db.New(tx)), reflect.ValueOf(ctx)}
	switch of := m.Type.In(2); {
	case of.Kind() == reflect.Struct && strings.HasSuffix(of.Name(), "Params"):
		arg := reflect.New(of).Elem()
		for i := range of.NumField() {
			arg.Field(i).Set(v.fill(&guess{m.Name, workspace, row}, of.Field(i).Name, of.Field(i).Type))
		}
		args = append(args, arg)
	case of == reflect.TypeFor[id.UUID]():
		args = append(args, reflect.ValueOf(workspace))
	default:
		v.t.Fatalf("%s takes a %s: the test cannot call it", m.Name, of)
	}
	out := m.Func.Call(args)
	if err, _ := out[len(out)-1].Interface().(error); err != nil {
		return false, err
	}
	name(v.workspace.String())
	var sum string
	require.NoError(v.t, tx.QueryRow(ctx, v.summing, v.workspace).Scan(&sum))
	if sum != v.sum {
		return true, nil
	}
	if len(out) == 1 {
		return false, nil
	}
	result := reflect.Indirect(out[0]) // sums over no rows are a row of zeros, and tell nothing
	return !result.IsZero() && (result.Kind() != reflect.Slice || result.Len() > 0), nil
}

// underway furnishes the world with what jobs leave behind, find or would soon end: work that runs, a lift and what it was counted from, a breach that was told, deals that a source brought in,
// one that was not credited yet and those that a person's touches came too late for.
func (w *world) underway(t *testing.T) {
	t.Helper()
	lead, resource := uuid(t, w.ids[id.Lead]), uuid(t, w.ids[id.Resource])
	w.does(`insert into attribution_fits (workspace_id, id, policy_id, from_at, to_at, state, created_at) select workspace_id, gen_random_uuid(), policy_id, from_at, to_at, 'RUNNING', created_at
		from attribution_fits where id = $1`, uuid(t, w.ids[id.AttributionFit]))
	w.does(`update attribution_fits set report = jsonb_set(report, '{markov,outcome}', '"ANSWERED"') where id = $1`, uuid(t, w.ids[id.AttributionFit])) // only such are used
	w.does(`update back_tests set state = 'RUNNING' where id = $1`, uuid(t, w.rules.trials[1]))
	w.does(`update model_fits set state = 'RUNNING' where id = $1`, uuid(t, w.ids[id.ModelFit]))
	w.does(`insert into resource_lifts (workspace_id, persona_id, position, resource_id, viewers, viewers_moved, others, others_moved, lift, computed_at)
		select r.workspace_id, $2, 'TOP', r.id, 2, 1, 2, 1, 1, now() from resources r where r.id = $1`, resource, uuid(t, w.ids[id.Persona]))
	w.does(`insert into touches (workspace_id, id, contact_id, source_id, resource_id, kind, channel, direction, occurred_at)
		select workspace_id, gen_random_uuid(), contact_id, source_id, $2, 'FORM_SUBMITTED', 'WEB', 'INBOUND', created_at from leads where id = $1`, lead, resource)
	w.does(`insert into escalations (workspace_id, clock_id, member_id, at) select workspace_id, id, $2, now() from clocks where id = $1`, uuid(t, w.ids[id.Clock]), uuid(t, w.ids[id.Member]))
	w.does(`insert into alerts (workspace_id, handoff_id, member_id, at) select workspace_id, id, $2, now() from handoffs where id = $1`, uuid(t, w.ids[id.Handoff]), uuid(t, w.ids[id.Member]))
	w.does(`update deals set source_id = $2, external_id = id::text where workspace_id = $1`, uuid(t, w.ids[id.Workspace]), uuid(t, w.ids[id.Source]))
	w.does(`update deals set outcome = 'WON', closed_at = now() where id = $1`, w.dealt(w.staged(lifecycle.Won).UUID).UUID)
	w.does(`update deals d set account_id = l.account_id from leads l where l.id = $1 and d.workspace_id = l.workspace_id and d.outcome = 'WON'`, lead)
}

func TestNoStatementReachesAnotherWorkspace(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	theirs, ours := furnish(t, a, "othertown"), furnish(t, a, "brightwater")
	conn := owner(t, a.owner)
	quiet(t, conn)
	theirs.underway(t)
	v := know(t, conn, uuid(t, theirs.ids[id.Workspace]))
	ourselves := uuid(t, ours.ids[id.Workspace])
	app, err := pgx.Connect(t.Context(), pg.AppURL(a.owner))
	require.NoError(t, err)
	t.Cleanup(func() { _ = app.Close(context.Background()) })
	_, err = app.Exec(t.Context(), "set plan_cache_mode = force_generic_plan") // the digest is planned once
	require.NoError(t, err)
	queries := reflect.TypeFor[*db.Queries]()
	calls := 0
	for i := range queries.NumMethod() {
		m := queries.Method(i)
		if m.Name == "WithTx" || m.Name == "Registry" || slices.Contains(across, m.Name) {
			continue
		}
		worked := 0
		var last error
		for _, row := range v.rows {
			if worked == 3 && !long() {
				break
			}
			own, err := v.invoked(app, m, v.workspace.String(), v.workspace, row)
			last = errors.Join(err, last)
			if calls++; !own && idle[m.Name] == "" {
				continue
			}
			worked++
			for who, named := range map[string]string{"no workspace": "", "their own": ourselves.String()} {
				got, _ := v.invoked(app, m, named, v.workspace, row)
				require.False(t, got, "%s by who named %s", m.Name, who)
			}
			got, _ := v.invoked(app, m, v.workspace.String(), ourselves, row)
			require.False(t, got, "%s for a workspace other than the one named", m.Name)
			calls += 3
		}
		assert.NotZero(t, worked, "%s does nothing even in its own workspace (%v): the test does not reach it", m.Name, last)
	}
	t.Logf("%d calls", calls)
}

// idle are methods that come to nothing with what the world holds, or hold no rows.
var idle = map[string]string{"BeginLateSearch": "the first deal won began it", "ForgetIdempotency": "nothing is a week old", "InsertWorkspace": "it is there", "PersonasAsk": "none does", "UploadInUse": "no import runs",
	"AdvanceBackTest": "it is told what it knows", "AdvanceModelFit": "it is told what it knows", "ForgetDue": "no lead closed with a change to come",
	"AgreementsAt": "no row holds a list of kinds", "AgreementsDuring": "no row holds a list of kinds", "TeamExists": "nobody is in a team", "ClosedLeads": "none is closed", "LastSenders": "nobody had written when the test began",
	"FactChangesOf": "nothing has changed", "InsertSignature": "its member has signed", "OpenRescores": "all have ended",
	"ReopenHandoffs": "no row holds the instant", "InsertWaiver": "its clock has one that waits", "LastAnswers": "no row holds a list of kinds",
	"LockExhausted": "none is exhausted", "LockSalesClocks": "none starts later than now"}
