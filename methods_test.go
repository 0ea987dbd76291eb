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
	"github.com/leadgraph/leadgraph/internal/pg"
)

// across are the statements that look across workspaces; each tells no more than where to look.
var across = []string{"FindMembers", "FindSubject", "FindAPIKey", "FindRefreshToken", "FindWorkspace", "DueWorkspaces", "FindNews", "EventHorizon", "ClockWorkspaces", "DisputeWorkspaces"}

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
	result := out[0]
	return !result.IsZero() && (result.Kind() != reflect.Slice || result.Len() > 0), nil
}

func TestNoStatementReachesAnotherWorkspace(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	theirs, ours := furnish(t, a, "othertown"), furnish(t, a, "brightwater")
	conn := owner(t, a.owner)
	quiet(t, conn)
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
var idle = map[string]string{"ForgetIdempotency": "nothing is a week old", "InsertWorkspace": "it is there", "PersonasAsk": "none does", "UploadInUse": "no import runs",
	"AdvanceBackTest": "none runs", "AdvanceModelFit": "none runs", "ForgetDue": "no lead closed with a change to come",
	"AgreementsAt": "no row holds a list of kinds", "AgreementsDuring": "no row holds a list of kinds", "TeamExists": "nobody is in a team", "ClosedLeads": "none is closed", "LastSenders": "nobody had written when the test began", "CohortAfter": "no row holds a span of time", "CountCohort": "no row holds a span of time",
	"CountOpenBackTests": "all have ended", "CountOpenModelFits": "all have ended",
	"FactChangesOf": "nothing has changed", "InsertSignature": "its member has signed", "LockDueLeads": "none is due", "OpenRescores": "all have ended",
	"PersonaCounts": "no row holds a span of time", "ReopenHandoffs": "no row holds the instant", "InsertWaiver": "its clock has one that waits", "LastAnswers": "no row holds a list of kinds", "LockDueClocks": "none is due",
	"LockExhausted": "none is exhausted", "LockSalesClocks": "none starts later than now"}
