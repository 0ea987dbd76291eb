package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// bird stands in every text about a person, and in every secret that a caller chooses.
const bird = "zzcanaryzz"

// explosive makes every write to a table fail with an error that quotes the row, as a bug of ours might.
const explosive = `create or replace function explode() returns trigger language plpgsql as $$ begin
	raise exception 'cannot take %%', new::text using detail = new::text, hint = new::text, errcode = 'XX001'; end $$;
	create trigger explode before insert or update on %[1]s for each row execute function explode()`

// noise makes calls that hold the bird, and answers the secrets that came back.
func (a *testAPI) noise(token string) (secrets []string) {
	person := map[string]any{"email": bird + "@" + bird + ".example", "fullName": bird + " Park", "phone": "+12125550142", "title": bird}
	res := a.do(token, `mutation ($c: CaptureContactInput!) { captureLead(input: {source: "website", contact: $c, interest: "`+bird+`", externalId: "`+bird+`", idempotencyKey: "`+bird+`"}) { lead { id } } }`, map[string]any{"c": person})
	secrets = append(secrets, string(res.Data))
	a.do(token, `mutation { createMember(input: {name: "`+bird+`", email: "`+bird+`@work.example", password: "`+bird+` is my password", department: SALES, role: MEMBER}) { member { id } } }`, nil)
	a.do(token, `mutation { createMember(input: {name: "`+bird+`", email: "`+bird+`@", password: "`+bird+`", department: SALES, role: MEMBER}) { member { id } } }`, nil)
	a.do("", `mutation { signIn(input: {email: "`+bird+`@work.example", password: "`+bird+` is my guess"}) { accessToken } }`, nil)
	a.do("", `mutation { signUp(input: {workspaceName: "`+bird+`", slug: "`+bird+`", name: "`+bird+`", email: "`+bird+`@other.example", password: "`+bird+` is my password", department: SALES}) { accessToken } }`, nil)
	a.do("", `mutation { refreshSession(input: {refreshToken: "lgr_`+bird+`"}) { accessToken } }`, nil)
	a.do("lg_live_"+bird, `{ viewer { kind } }`, nil)
	a.do("eyJhbGciOiJFZERTQSJ9."+bird+"."+bird, `{ viewer { kind } }`, nil)
	a.do(token, `query Find { contact(by: {email: "`+bird+`@`+bird+`.example"}) { id fullName } leads(filter: {queue: "`+bird+`"}) { nodes { id } } }`, nil)
	a.do(token, `{ `+bird+` }`, nil)
	a.do(token, bird+` {`, nil)
	a.do(token, `{ node(id: "`+bird+`") { id } }`, nil)
	a.do(token, `mutation { importLeads(input: {source: "website", text: "email,name\n`+bird+`@file.example,`+bird+`\nbad`+bird+`,x\n"}) { import { id } } }`, nil)
	var opened struct {
		CreateUpload struct{ UploadID, URL string }
	}
	if res := a.do(token, openUpload, map[string]any{"name": bird + ".csv"}); len(res.Errors) == 0 {
		res.into(a.t, &opened)
		_ = upload(a.t, opened.CreateUpload.URL, "email\n"+bird+"@upload.example\n")
		_ = upload(a.t, opened.CreateUpload.URL+bird, "x")
		secrets = append(secrets, opened.CreateUpload.URL[strings.LastIndex(opened.CreateUpload.URL, "/")+1:])
	}
	return secrets
}

func TestLogsNameNobody(t *testing.T) {
	t.Parallel()
	p, a, token := production(t)
	a.source(token, "website")
	secrets := append(a.noise(token), token)
	conn := owner(t, a.owner)
	quiet(t, conn)
	internal := 0
	for _, table := range []string{"contacts", "leads", "members", "sessions", "upload_chunks", "imports", "events", "idempotency", "contact_identities", "workspaces", "jobs.river_job"} {
		_, err := conn.Exec(t.Context(), fmt.Sprintf(explosive, table))
		require.NoError(t, err)
		secrets = append(secrets, a.noise(token)...)
		res := a.do(token, `mutation { captureLead(input: {source: "website", contact: {email: "`+bird+table[:4]+`@new.example", fullName: "`+bird+`"}, touch: {kind: CALL}, idempotencyKey: "`+table+`"}) { lead { id } } }`, nil)
		require.Less(t, res.Status, 500)
		if res.code() == "INTERNAL" {
			internal++
			require.NotContains(t, said(res), bird)
		}
		_, err = conn.Exec(t.Context(), "drop trigger explode on "+table)
		require.NoError(t, err)
	}
	require.GreaterOrEqual(t, internal, 4, "the errors were ours")
	quiet(t, conn)
	out := p.out.String()
	require.Contains(t, out, "XX001", "they were logged")
	require.Greater(t, strings.Count(out, "\n"), 150)
	for _, secret := range append(secrets, bird, "12125550142", strings.ToUpper(bird)) {
		if secret != "" && secret != "null" {
			require.Zero(t, strings.Count(out, secret), "%s stands in the log: %s", secret, line(out, secret))
		}
	}
	t.Logf("%d lines of log, %d of our own errors: no hit", strings.Count(out, "\n"), strings.Count(out, `"ERROR"`))

	t.Run("nor does what a job leaves behind", func(t *testing.T) {
		require.Zero(t, count(t, conn, "select count(*) from jobs.river_job j where j::text like '%' || $1 || '%'", bird))
	})
	t.Run("nor the metrics", func(t *testing.T) {
		res, err := http.Get(strings.TrimSuffix(a.url, "/graphql") + "/metrics")
		require.NoError(t, err)
		defer res.Body.Close()
		body := new(strings.Builder)
		require.NoError(t, res.Write(body))
		require.NotContains(t, body.String(), bird)
	})
	t.Run("nor what a server says that cannot start", func(t *testing.T) {
		for _, url := range []string{"postgres://u:" + bird + "@127.0.0.1:1/x", "postgres://u:" + bird + "@127.0.0.1:notaport/x", "host=127.0.0.1 port=1 password=" + bird, "://" + bird} {
			p := program(t, []string{"serve"}, "DATABASE_URL="+url)
			require.Equal(t, 1, p.ended(t))
			require.NotContains(t, p.out.String(), bird)
		}
	})
}

// line is the line of a text that holds a word.
func line(text, word string) string {
	for l := range strings.Lines(text) {
		if strings.Contains(l, word) {
			return l
		}
	}
	return ""
}
