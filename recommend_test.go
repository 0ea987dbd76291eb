package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

// library is a workspace with content, and leads whose past is written for the test.
type library struct {
	a         *testAPI
	conn      *pgx.Conn
	token     string
	workspace id.UUID
	source    id.UUID
	persona   map[string]string
	resource  map[string]string
	n         int
}

// open makes a library: two personas, and resources for them and for everybody.
func openLibrary(t *testing.T) *library {
	t.Helper()
	l := &library{a: startAPI(t, func(s *settings) { s.Jobs = false }), persona: map[string]string{}, resource: map[string]string{}}
	l.token, l.conn = l.a.signUp("library"), owner(t, l.a.owner)
	l.a.source(l.token, "web")
	require.NoError(t, l.conn.QueryRow(t.Context(), "select workspace_id, id from sources where key = 'web'").Scan(&l.workspace, &l.source))
	for _, name := range []string{"Logistics", "Shops"} {
		var out struct {
			CreatePersona struct{ Persona struct{ ID string } }
		}
		l.a.do(l.token, `mutation ($n: String!, $c: ConditionInput!) { createPersona(input: {name: $n, priority: 1, condition: $c}) { persona { id } } }`, map[string]any{"n": name, "c": titled(name)}).into(t, &out)
		l.persona[name] = out.CreatePersona.Persona.ID
	}
	l.adds(t, "robots", "TOP", "Logistics", "")
	l.adds(t, "picking", "TOP", "Logistics", "")
	l.adds(t, "basics", "TOP", "", "")
	l.adds(t, "shops", "TOP", "Shops", "")
	l.adds(t, "pilot", "BOTTOM", "Logistics", "")
	l.adds(t, "stale", "TOP", "Logistics", "2020-01-01T00:00:00Z")
	return l
}

// adds makes a resource.
func (l *library) adds(t *testing.T, key, position, persona, expires string) {
	t.Helper()
	label := map[string]any{"position": position}
	if persona != "" {
		label["personaId"] = l.persona[persona]
	}
	in := map[string]any{"key": key, "title": key, "format": "GUIDE", "url": "https://library.example/" + key, "labels": []any{label}}
	if expires != "" {
		in["expiresAt"] = expires
	}
	var out struct {
		CreateResource struct{ Resource struct{ ID string } }
	}
	l.a.do(l.token, `mutation ($in: CreateResourceInput!) { createResource(input: $in) { resource { id } } }`, map[string]any{"in": in}).into(t, &out)
	l.resource[key] = out.CreateResource.Resource.ID
}

// lead writes a lead that opened so many days ago; after its days come moves and views, as "2 view robots" and "5 QUALIFIED".
func (l *library) lead(t *testing.T, persona, stage string, ago float64, past ...string) string {
	t.Helper()
	l.n++
	contact, lead, opened := id.New(), id.New(), time.Now().Add(-time.Duration(ago*24)*time.Hour)
	exec := func(sql string, args ...any) {
		_, err := l.conn.Exec(t.Context(), sql, args...)
		require.NoError(t, err, sql)
	}
	exec("insert into contacts (workspace_id, id, email) values ($1, $2, $3)", l.workspace, contact, fmt.Sprintf("p%d@library.example", l.n))
	exec(`insert into leads (workspace_id, id, contact_id, source_id, persona_id, persona_confidence, stage, stage_since, created_at, last_activity_at) values ($1, $2, $3, $4, $5, 1, $6, $7, $7, $7)`,
		l.workspace, lead, contact, l.source, uuid(t, l.persona[persona]), stage, opened)
	from := "NEW"
	for _, p := range past {
		f := strings.Fields(p)
		var days float64
		_, err := fmt.Sscan(f[0], &days)
		require.NoError(t, err)
		at := opened.Add(time.Duration(days*24) * time.Hour)
		if f[1] == "view" {
			exec(`insert into touches (workspace_id, id, contact_id, source_id, resource_id, kind, channel, direction, occurred_at) values ($1, $2, $3, $4, $5, 'RESOURCE_VIEWED', 'WEB', 'INBOUND', $6)`,
				l.workspace, id.New(), contact, l.source, uuid(t, l.resource[f[2]]), at)
			continue
		}
		exec(`insert into moves (workspace_id, id, lead_id, from_stage, to_stage, at, actor_kind) values ($1, $2, $3, $4, $5, $6, 'SYSTEM')`, l.workspace, id.New(), lead, from, f[1], at)
		from = f[1]
	}
	return id.Global{Kind: id.Lead, UUID: lead}.String()
}

// recommendedTo are the keys recommended to a lead, each with the lift's counts.
func (l *library) recommendedTo(t *testing.T, lead string) (all []string) {
	t.Helper()
	var out struct {
		Lead struct {
			RecommendedResources []struct {
				Resource struct{ Key string }
				Reasons  []struct{ Code string }
				Lift     *struct{ Viewers, ViewersMoved, Others, OthersMoved int }
			}
		}
	}
	l.a.do(l.token, `query ($id: ID!) { lead(by: {id: $id}) { recommendedResources(first: 10) { resource { key } reasons { code text } lift { viewers viewersMoved others othersMoved factor days computedAt } } } }`,
		map[string]any{"id": lead}).into(t, &out)
	for _, r := range out.Lead.RecommendedResources {
		said := r.Resource.Key + " " + r.Reasons[len(r.Reasons)-1].Code
		if x := r.Lift; x != nil {
			said += fmt.Sprintf(" %d/%d %d/%d", x.ViewersMoved, x.Viewers, x.OthersMoved, x.Others)
		}
		all = append(all, said)
	}
	return all
}

func TestRecommendedIsWhatMovedLikeLeads(t *testing.T) {
	t.Parallel()
	l := openLibrary(t)
	fresh := l.lead(t, "Logistics", "NEW", 1)
	require.ElementsMatch(t, []string{"robots FEW_DATA", "picking FEW_DATA", "basics FEW_DATA"}, l.recommendedTo(t, fresh), "at first nothing is known; what is out of date, elsewhere or for others is not recommended")
	for i := range 24 {
		if i < 18 { // of those who saw it most moved
			l.lead(t, "Logistics", "QUALIFIED", 60, "10 view picking", "15 QUALIFIED")
		} else {
			l.lead(t, "Logistics", "NEW", 60, "10 view picking")
		}
		switch { // of the others few, and too late or not forward at all
		case i < 3:
			l.lead(t, "Logistics", "QUALIFIED", 60, "5 QUALIFIED")
		case i < 6:
			l.lead(t, "Logistics", "QUALIFIED", 60, "20 QUALIFIED")
		default:
			l.lead(t, "Logistics", "DISQUALIFIED", 60, "5 DISQUALIFIED")
		}
	}
	l.lead(t, "Logistics", "NEW", 60, "5 view robots", "6 view robots")  // too few
	l.lead(t, "Shops", "QUALIFIED", 60, "5 view picking", "6 QUALIFIED") // of others
	l.lead(t, "Logistics", "QUALIFIED", 5, "1 view picking", "2 QUALIFIED")
	for range 2 {
		_, err := l.a.server.funnel.ObserveLifts(t.Context(), l.workspace)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"picking LIFT 18/24 3/25", "basics FEW_DATA"}, l.recommendedTo(t, fresh)[:2])
	require.Equal(t, "robots FEW_DATA 0/1 3/48", l.recommendedTo(t, fresh)[2], "of whom one saw it, and did not move")
	seen := l.lead(t, "Logistics", "NURTURING", 3, "1 view picking")
	require.NotContains(t, strings.Join(l.recommendedTo(t, seen), " "), "picking")
	require.Equal(t, []string{"pilot FEW_DATA"}, l.recommendedTo(t, l.lead(t, "Logistics", "OPPORTUNITY", 3)))
	require.Empty(t, l.recommendedTo(t, l.lead(t, "Logistics", "DISQUALIFIED", 3)))
}

func TestAPageOfLeadsIsRecommendedResourcesInAConstantNumberOfStatements(t *testing.T) {
	t.Parallel()
	l := openLibrary(t)
	stages := []string{"NEW", "QUALIFIED", "WORKING", "OPPORTUNITY", "WON"}
	for i := range 50 {
		l.lead(t, []string{"Logistics", "Shops"}[i%2], stages[i%5], 30, "1 view robots")
	}
	ask := func(query string) (statements int, data string) {
		l.a.counter.reset()
		res := l.a.do(l.token, query, nil)
		require.Empty(t, res.Errors)
		return len(l.a.counter.all()), string(res.Data)
	}
	page := `{ leads(first: %d) { nodes { id recommendedResources(first: 3) { resource { key } reasons { code } lift { factor } } } } }`
	ask(fmt.Sprintf(page, 1))
	few, _ := ask(fmt.Sprintf(page, 5))
	many, data := ask(fmt.Sprintf(page, 50))
	require.Equal(t, few, many, strings.Join(l.a.counter.all(), "\n"))
	require.Equal(t, 4, many, "the page, what fits, what was seen, the resources")
	require.Equal(t, 25, strings.Count(data, `"key"`), "ten leads for Logistics at the top and at the bottom, five for shops")
	t.Run("the matrix too", func(t *testing.T) {
		n, data := ask(`{ resourceMatrix { persona { name } position resources ownLabelled leads gap stale expireSoon outdated unused } }`)
		require.Equal(t, 3, n)
		require.Contains(t, data, `{"persona":{"name":"Shops"},"position":"BOTTOM","resources":0,"ownLabelled":0,"leads":5,"gap":true,"stale":[],"expireSoon":0,"outdated":0,"unused":0}`)
		require.Contains(t, data, `{"persona":{"name":"Logistics"},"position":"TOP","resources":3,"ownLabelled":2,"leads":5,"gap":false,"stale":[]`)
	})
	t.Run("and what came of a page of resources", func(t *testing.T) {
		list := `{ resources(first: %d) { nodes { key outcomes { views leads moves deals credited { deals } } leads(first: 2) { nodes { id } totalCount } } } }`
		few, _ := ask(fmt.Sprintf(list, 2))
		many, _ := ask(fmt.Sprintf(list, 6))
		require.Equal(t, few, many)
	})
}
