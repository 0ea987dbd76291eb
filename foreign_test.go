package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/id"
)

// tables are the house's tables, each with the column that names the workspace.
func tables(t *testing.T, c *pgx.Conn) map[string]string {
	t.Helper()
	rows, err := c.Query(context.Background(), `select c.relname, case c.relname when 'workspaces' then 'id' else 'workspace_id' end from pg_class c
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'goose_db_version'`)
	require.NoError(t, err)
	all := map[string]string{}
	var name, column string
	_, err = pgx.ForEachRow(rows, []any{&name, &column}, func() error { all[name] = column; return nil })
	require.NoError(t, err)
	require.Greater(t, len(all), 15)
	return all
}

// digest is a sum over all that a workspace holds.
func digest(t *testing.T, c *pgx.Conn, workspace id.UUID) (sum string) {
	t.Helper()
	require.NoError(t, c.QueryRow(context.Background(), summing(tables(t, c)), workspace).Scan(&sum))
	return sum
}

// summing is the query for a digest.
func summing(tables map[string]string) string {
	var parts []string
	for name, column := range tables {
		parts = append(parts, fmt.Sprintf("select '%s' || count(*) || coalesce(md5(string_agg(x::text, '|' order by x::text)), '') as s from %[1]s x where %s = $1", name, column))
	}
	return "select string_agg(s, ' ' order by s) from (" + strings.Join(parts, " union all ") + ") x"
}

// quiet waits until no job is left to do, and no event has to be searched for late touches. That waits for every transaction of the server that writes, other tests' too.
func quiet(t *testing.T, c *pgx.Conn) {
	t.Helper()
	eventually(t, "an empty job queue", func() bool {
		return count(t, c, "select (select count(*) from jobs.river_job where state in ('available', 'running', 'retryable')) + (select count(*) from lg_find_late())") == 0
	})
}

// uuid is the id inside an id.
func uuid(t *testing.T, global string) id.UUID {
	t.Helper()
	g, err := id.Parse(global)
	require.NoError(t, err)
	return g.UUID
}

// reads are the calls of fields of objects: those of one object of a kind, each behind `node`.
func (w *world) reads(t *testing.T) (all []*call) {
	t.Helper()
	s := sdl()
	for _, d := range s.Types {
		for _, f := range d.Fields {
			if d.Kind != ast.Object || len(leaves(f, "ID")) == 0 || d == s.Query || d == s.Mutation || d == s.Subscription || strings.HasPrefix(d.Name, "__") {
				continue
			}
			require.Contains(t, d.Interfaces, "Node", "%s.%s takes ids, and the test does not know how to reach it", d.Name, f.Name)
			all = append(all, &call{a: w.a, field: f, within: fmt.Sprintf("node(id: %q) { ... on %s { %%s } }", w.ids[kindOf(d.Name)], d.Name)})
		}
	}
	return all
}

// kindOf is the kind of an object type's ids.
func kindOf(object string) id.Kind {
	if k, odd := map[string]id.Kind{"ApiKey": id.APIKey, "Workspace": id.Workspace, "CreditDispute": id.Dispute}[object]; odd {
		return k
	}
	return id.Kind(strings.ToLower(object))
}

// said is an answer without what differs from request to request.
func said(res answer, ids ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", res.Status, res.Data)
	for _, e := range res.Errors {
		delete(e.Extensions, "requestId")
		fmt.Fprintf(&b, " %s %v %v", e.Message, e.Path, e.Extensions)
	}
	text := b.String()
	for _, i := range ids {
		text = strings.ReplaceAll(text, i, "<id>")
	}
	return text
}

// TestForeignIDsAreUnknownIDs calls every field that takes an id with ids of another workspace, of every kind, and compares with the
// answer for ids that nobody has.
func TestForeignIDsAreUnknownIDs(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ours, theirs := furnish(t, a, "brightwater"), furnish(t, a, "othertown")
	conn := owner(t, a.owner)
	quiet(t, conn)
	before := digest(t, conn, uuid(t, theirs.ids[id.Workspace]))
	calls := ours.reads(t)
	for _, f := range roots() {
		if len(leaves(f, "ID")) > 0 {
			calls = append(calls, ours.call(t, f.Name))
		}
	}
	asked := 0
	for _, c := range calls {
		for _, l := range leaves(c.field, "ID") {
			right := 0
			for kind, foreign := range theirs.ids {
				unknown := id.Global{Kind: kind, UUID: id.New()}.String()
				got, want := c.with(l, foreign).send(ours.token, ""), c.with(l, unknown).send(ours.token, "")
				asked += 2
				require.Equal(t, said(want, unknown), said(got, foreign), "%s(%s): %s of another workspace", c.field.Name, l, kind)
				require.NotContains(t, string(got.Data), theirs.tag)
				require.Contains(t, []string{"", "NOT_FOUND", "BAD_USER_INPUT"}, got.code(), "%s(%s)", c.field.Name, l)
				if got.code() != "BAD_USER_INPUT" {
					right++
				}
			}
			require.NotZero(t, right, "%s(%s) takes ids of no kind: the test does not reach what it shall", c.field.Name, l)
			for _, nothing := range []any{"", "x", "lead_", "lead_zzzzzzzzzzzzzzzzzzzzzzzzzz", strings.Repeat("lead_", 2000), "lead_00000000000000000000000000", 7, true} {
				res := c.with(l, nothing).send(ours.token, "")
				require.True(t, res.Status < 500 && slices.Contains([]string{"", "NOT_FOUND", "BAD_USER_INPUT"}, res.code()), "%s(%s): %v: %s", c.field.Name, l, nothing, said(res))
				asked++
			}
		}
	}
	require.Equal(t, before, digest(t, conn, uuid(t, theirs.ids[id.Workspace])), "nothing of the other workspace changed")
	t.Logf("%d calls of %d fields", asked, len(calls))
}

func TestForeignCursorsAndTicketsOpenNothing(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ours, theirs := furnish(t, a, "brightwater"), furnish(t, a, "othertown")
	lists := 0
	for _, f := range roots() {
		if f.Arguments.ForName("after") == nil {
			continue
		}
		lists++
		c := &call{a: a, field: f, args: map[string]any{"first": 1}}
		page := c.send(theirs.token, "{ edges { cursor } }")
		require.Empty(t, page.Errors)
		cursor := between(string(page.Data), `"cursor":"`, `"`)
		require.NotEmpty(t, cursor, f.Name)
		for _, side := range []string{"after", "before"} {
			require.Equal(t, "CURSOR_MISMATCH", (&call{a: a, field: f, args: map[string]any{side: cursor}}).send(ours.token, "{ nodes { __typename } }").code(), f.Name)
		}
	}
	require.Greater(t, lists, 8)
	t.Run("an upload's address is no other's", func(t *testing.T) {
		var mine, other struct {
			CreateUpload struct{ UploadID, URL string }
		}
		a.do(ours.token, openUpload, map[string]any{"name": "leads.csv"}).into(t, &mine)
		a.do(theirs.token, openUpload, map[string]any{"name": "leads.csv"}).into(t, &other)
		ticket := mine.CreateUpload.URL
		for _, changed := range []string{ticket + "x", ticket[:len(ticket)-1], strings.Replace(ticket, "/uploads/", "/refusals/", 1), strings.Replace(ticket, "v", "w", 1)} {
			res := upload(t, changed, "email\nada@company.example\n")
			require.True(t, res == 403 || res == 405, "%s: %d", changed, res)
		}
		require.Equal(t, 200, upload(t, other.CreateUpload.URL, "email\nada@company.example\n"))
		res := a.do(ours.token, startImport, map[string]any{"upload": other.CreateUpload.UploadID, "source": "website"})
		require.Equal(t, "NOT_FOUND", res.code())
	})
}

// between is what stands between two marks.
func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}
