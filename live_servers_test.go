package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// at is the API of a server that was started as a process.
func at(t *testing.T, address string) *testAPI {
	return &testAPI{t: t, url: "http://" + address + "/graphql"}
}

func TestStreamsGoOnAcrossServersAndRestarts(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t, db.Migrate, db.Fingerprint())
	one, two := freePort(t), freePort(t)
	first := serve(t, pg.AppURL(url), one)
	serve(t, pg.AppURL(url), two)
	admin := at(t, one).signUp("servers")
	at(t, one).source(admin, "web")
	here, there := connect(t, at(t, one).url, admin), connect(t, at(t, two).url, admin)
	_, start := at(t, one).capture(admin, "start@servers.example")
	for _, s := range []*socket{here, there} {
		s.subscribe("1", leadEvents, map[string]any{"after": start})
	}
	var last string
	for i := range 10 { // each server sees what the other one writes
		url := []string{one, two}[i%2]
		lead, _ := at(t, url).capture(admin, fmt.Sprintf("p%d@servers.example", i))
		require.Equal(t, lead, there.kind("LEAD_CAPTURED").Lead.ID)
		e := here.kind("LEAD_CAPTURED")
		require.Equal(t, lead, e.Lead.ID)
		last = e.Cursor
	}
	first.term()
	end := here.close()
	require.Equal(t, []any{websocket.StatusCode(1012), "This server ends. Go on after " + last}, []any{end.Code, end.Reason})
	require.Zero(t, first.ended(t), first.out.last())
	missed, _ := at(t, two).capture(admin, "missed@servers.example")

	serve(t, pg.AppURL(url), one)
	here = connect(t, at(t, one).url, admin)
	here.subscribe("1", leadEvents, map[string]any{"after": last})
	require.Equal(t, missed, here.kind("LEAD_CAPTURED").Lead.ID, "what happened meanwhile comes, and nothing comes again")
	next, _ := at(t, two).capture(admin, "next@servers.example")
	require.Equal(t, next, here.kind("LEAD_CAPTURED").Lead.ID)
}

func TestSocketsOfThoseWhoMayNotGoOnAreClosed(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	admin := a.signUp("revoked")
	var made struct {
		CreateAPIKey struct {
			APIKey struct{ ID string } `json:"apiKey"`
			Secret string
		} `json:"createApiKey"`
	}
	a.do(admin, `mutation { createApiKey(input: {name: "Partner", scopes: ["leads:read"]}) { apiKey { id } secret } }`, nil).into(t, &made)
	partner := connect(t, a.url, made.CreateAPIKey.Secret)
	partner.subscribe("1", leadEvents, nil)
	leaver := a.member(admin, "sam@revoked.example", auth.Sales, auth.Worker)
	worker := connect(t, a.url, leaver)
	idle := connect(t, a.url, leaver)
	worker.subscribe("1", leadEvents, nil)

	older, err := owner(t, a.owner).Begin(t.Context()) // the log waits for it, and nobody's rights do
	require.NoError(t, err)
	_, err = older.Exec(t.Context(), "select pg_current_xact_id()")
	require.NoError(t, err)

	began := time.Now()
	require.Empty(t, a.do(admin, `mutation ($key: ID!) { revokeApiKey(input: {apiKeyId: $key}) { apiKey { id } } }`, map[string]any{"key": made.CreateAPIKey.APIKey.ID}).Errors)
	require.Equal(t, 4403, partner.closed())
	require.Less(t, time.Since(began), 20*time.Second, "who is not told finds it out after 30 s")
	began = time.Now()
	require.Empty(t, a.do(leaver, `mutation { signOut(input: {everywhere: true}) { sessionsEnded } }`, nil).Errors)
	require.Equal(t, 4403, worker.closed())
	require.Equal(t, 4403, idle.closed())
	require.Less(t, time.Since(began), 20*time.Second)
	require.NoError(t, older.Rollback(t.Context()))
}

func TestStreamsShowNoMoreThanTheirViewersMaySee(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	admin, other := a.signUp("mine"), a.signUp("theirs")
	a.source(admin, "web")
	a.source(other, "web")
	var made struct {
		CreateAPIKey struct{ Secret string } `json:"createApiKey"`
	}
	a.do(admin, `mutation { createApiKey(input: {name: "Partner", scopes: ["leads:read"]}) { secret } }`, nil).into(t, &made)
	partner, neighbour, own := connect(t, a.url, made.CreateAPIKey.Secret), connect(t, a.url, other), connect(t, a.url, admin)
	for _, s := range []*socket{partner, own, neighbour} {
		s.subscribe("1", leadEvents, nil)
	}
	eventually(t, "the subscriptions stand", func() bool { return a.server.feed.Listeners() == 3 })
	lead, cursor := a.capture(admin, "ada@mine.example")
	require.Equal(t, "Ada Park", *own.kind("LEAD_CAPTURED").Lead.Contact.FullName)
	e := partner.kind("LEAD_CAPTURED")
	require.Equal(t, lead, e.Lead.ID)
	require.Nil(t, e.Lead.Contact.FullName, "personal data are not for this key")
	theirs, _ := a.capture(other, "bo@theirs.example")
	require.Equal(t, theirs, neighbour.kind("LEAD_CAPTURED").Lead.ID, "the first event that it sees is its own")

	t.Run("a cursor of another workspace is refused", func(t *testing.T) {
		neighbour.subscribe("2", leadEvents, map[string]any{"after": cursor})
		f := neighbour.read()
		require.Equal(t, "error", f.Type)
		require.Contains(t, string(f.Payload), "CURSOR_MISMATCH")
	})
	t.Run("a stream takes its permission", func(t *testing.T) {
		a.do(admin, `mutation { createApiKey(input: {name: "Writer", scopes: ["leads:write"]}) { secret } }`, nil).into(t, &made)
		writer := connect(t, a.url, made.CreateAPIKey.Secret)
		writer.subscribe("2", `subscription { jobProgress { cursor } }`, nil)
		f := writer.read()
		require.Equal(t, "error", f.Type)
		require.Contains(t, string(f.Payload), "FORBIDDEN")
	})
	t.Run("filters hold for the lead as it is", func(t *testing.T) {
		own.subscribe("2", leadEvents, map[string]any{"after": cursor, "filter": map[string]any{"stages": []string{"NEW"}, "kinds": []string{"LEAD_ASSIGNED"}, "leadIds": []string{lead}}})
		a.capture(admin, "cy@mine.example")
		require.Equal(t, "1", own.read().ID)
		var me struct {
			Viewer struct{ Member struct{ ID string } }
		}
		a.do(admin, `{ viewer { member { id } } }`, nil).into(t, &me)
		require.Empty(t, a.do(admin, `mutation ($l: ID!, $m: ID!) { assignLead(input: {leadId: $l, ownerId: $m}) { lead { id } } }`, map[string]any{"l": lead, "m": me.Viewer.Member.ID}).Errors)
		got := map[string]string{}
		for range 2 {
			f := own.read()
			got[f.ID] = f.leadEvent(t).Event.Kind
		}
		require.Equal(t, map[string]string{"1": "LEAD_ASSIGNED", "2": "LEAD_ASSIGNED"}, got)
	})
}

// jobStep is an event of the stream jobProgress.
type jobStep struct {
	JobID, Kind, State string
	Done, Total        int64
}

// steps follows a job to its end.
func (s *socket) steps(t *testing.T, job, after string) (all []jobStep) {
	t.Helper()
	s.subscribe("1", `subscription ($job: ID!, $after: String) { jobProgress(filter: {jobIds: [$job]}, after: $after) { cursor jobId kind state done total import { rowsRead } } }`,
		map[string]any{"job": job, "after": after})
	for len(all) == 0 || all[len(all)-1].State != "SUCCEEDED" {
		f := s.read()
		require.Equal(t, "next", f.Type, string(f.Payload))
		var p struct{ Data struct{ JobProgress jobStep } }
		require.NoError(t, json.Unmarshal(f.Payload, &p))
		j := p.Data.JobProgress
		require.Equal(t, job, j.JobID)
		require.GreaterOrEqual(t, j.Total, j.Done)
		if len(all) > 0 {
			require.GreaterOrEqual(t, j.Done, all[len(all)-1].Done)
		}
		all = append(all, j)
	}
	return all
}

func TestABackTestIsFollowed(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	admin := a.signUp("trial")
	a.source(admin, "web")
	a.capture(admin, "ada@trial.example")
	var model struct{ AgreementAt struct{ ID string } }
	a.do(admin, `{ agreementAt(kind: SCORING_MODEL) { id } }`, nil).into(t, &model)
	var out struct {
		RunBackTest struct {
			BackTest struct{ ID string }
			Cursor   string
		}
	}
	a.do(admin, `mutation ($model: ID!, $to: Time!) { runBackTest(input: {agreementId: $model, cohort: {from: "2026-01-01T00:00:00Z", to: $to, label: WON, horizonDays: 1}}) { backTest { id } cursor } }`,
		map[string]any{"model": model.AgreementAt.ID, "to": time.Now().Add(time.Hour)}).into(t, &out)
	follower := connect(t, a.url, admin)
	steps := follower.steps(t, out.RunBackTest.BackTest.ID, out.RunBackTest.Cursor)
	last := steps[len(steps)-1]
	require.Equal(t, "BACK_TEST", last.Kind)
	require.EqualValues(t, 1, last.Done, "the lead was looked at")
	require.Equal(t, "RUNNING", steps[0].State)
}

func TestAnImportIsFollowed(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	admin := a.signUp("follow")
	a.source(admin, "web")
	s := connect(t, a.url, admin)
	var out struct {
		ImportLeads struct {
			Import struct{ ID string }
			Cursor string
		}
	}
	a.do(admin, `mutation ($text: String!) { importLeads(input: {source: "web", text: $text}) { import { id } cursor } }`, map[string]any{"text": people(1200)}).into(t, &out)
	var states []string
	for _, j := range s.steps(t, out.ImportLeads.Import.ID, out.ImportLeads.Cursor) {
		require.Equal(t, "IMPORT", j.Kind)
		states = append(states, j.State)
	}
	require.Equal(t, []string{"RUNNING", "RUNNING", "RUNNING", "SUCCEEDED"}, states)
}
