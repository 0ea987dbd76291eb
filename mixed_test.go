package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

// tenants are the tags of the workspaces that call at the same time; none is a part of another, nor of a word of the schema.
var tenants = []string{"aardvark", "bullfinch", "cormorant", "dromedary"}

// foreignWords are the other tenants' tags in a text.
func foreignWords(text, own string) (found []string) {
	for _, tag := range tenants {
		if tag != own && strings.Contains(text, tag) {
			found = append(found, tag)
		}
	}
	return found
}

// TestManyTenantsOverFewConnections lets the callers of four workspaces share four connections, so that each connection serves all.
func TestManyTenantsOverFewConnections(t *testing.T) {
	t.Parallel()
	calls := 2_000
	if long() {
		calls = 20_000
	}
	a := startAPI(t, func(s *settings) { s.Conns = 4; s.Jobs = false })
	worlds := make([]*world, len(tenants))
	for i, tag := range tenants {
		worlds[i] = furnish(t, a, tag)
	}
	var rows, foreign, refused atomic.Int64
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(worker), 7))
			for range calls / 8 {
				w, other := worlds[dice.IntN(len(worlds))], worlds[dice.IntN(len(worlds))]
				text, ok := w.mixed(dice, other)
				if !ok {
					refused.Add(1)
				}
				rows.Add(int64(strings.Count(text, `"id"`)))
				if words := foreignWords(text, w.tag); len(words) > 0 {
					foreign.Add(1)
					t.Errorf("%s saw %v: %s", w.tag, words, text)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d calls over 4 connections: %d rows, %d foreign, %d refused", calls, rows.Load(), foreign.Load(), refused.Load())
	require.Greater(t, rows.Load(), int64(calls))
	require.Less(t, refused.Load(), int64(calls)/10, "nearly all calls got a connection")

	t.Run("and every workspace has what its own callers made", func(t *testing.T) {
		conn := owner(t, a.owner)
		for _, w := range worlds {
			ws := uuid(t, w.ids[id.Workspace])
			require.Zero(t, count(t, conn, "select count(*) from contacts where workspace_id = $1 and email not like $2", ws, "%"+w.tag+"%"))
			require.Zero(t, count(t, conn, "select count(*) from accounts where workspace_id = $1 and name not like $2", ws, "%"+w.tag+"%"))
		}
	})
}

// mixed makes one call of many kinds, sometimes with another workspace's ids, and answers the text of the answer.
func (w *world) mixed(dice *rand.Rand, other *world) (text string, ok bool) {
	const lead = `{ id interest contact { id fullName email } account { id name } source { id name } persona { id name } touches(first: 2) { nodes { id subject } } }`
	var res answer
	switch dice.IntN(8) {
	case 0:
		res = w.a.do(w.token, `{ leads(first: 5) { nodes `+lead+` totalCount } }`, nil)
	case 1:
		res = w.a.do(w.token, `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Lead `+lead+` ... on Member { id name email } } }`,
			map[string]any{"ids": []string{w.ids[id.Lead], other.ids[id.Lead], other.ids[id.Member], w.ids[id.Member]}})
	case 2:
		res = w.a.do(w.token, `query ($email: String!) { contact(by: {email: $email}) { id fullName leads(first: 2) { nodes { id interest } } } viewer { workspace { id name } } }`,
			map[string]any{"email": fmt.Sprintf("p%d@%s.example", dice.IntN(50), other.tag)})
	case 3:
		res = w.a.do(w.token, `{ accounts(first: 5, orderBy: NAME_ASC) { nodes { id name } } sources(first: 5) { nodes { id name } } members(first: 5) { nodes { id name email } } }`, nil)
	case 4:
		res = w.a.do(w.token, `query ($c: ConditionInput!) { previewCondition(condition: $c) { count sample { id contact { id title fullName } } } }`,
			map[string]any{"c": titled(other.tag)})
	case 5:
		res = w.a.do(w.token, `query ($id: ID!) { node(id: $id) { id ... on Lead { timeline(first: 5) { nodes { ... on Event { id summary } ... on Touch { id subject } } } } } }`,
			map[string]any{"id": []string{w.ids[id.Lead], other.ids[id.Lead]}[dice.IntN(2)]})
	case 6:
		n := dice.IntN(50)
		res = w.a.do(w.token, `mutation ($email: String!, $name: String!, $company: String!) { captureLead(input: {source: "website", contact: {email: $email, fullName: $name, title: $name},
			account: {name: $company}, interest: $name}) { lead `+lead+` } }`,
			map[string]any{"email": fmt.Sprintf("p%d@%s.example", n, w.tag), "name": fmt.Sprintf("%s person %d", w.tag, n), "company": fmt.Sprintf("%s company %d", w.tag, n%7)})
	case 7:
		res = w.a.do(w.token, `mutation ($lead: ID!, $owner: ID) { assignLead(input: {leadId: $lead, ownerId: $owner}) { lead { id owner { id name } } } }`,
			map[string]any{"lead": w.ids[id.Lead], "owner": []string{w.ids[id.Member], other.ids[id.Member]}[dice.IntN(2)]})
	}
	return said(res), res.code() == "" || res.code() == "NOT_FOUND"
}
