package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const inboxPage = `query ($first: Int!) { leads(first: $first, filter: {stages: [NEW, QUALIFIED]}) { nodes {
	id stage contact { fullName } account { name } persona { name } source { name } owner { name }
	touches(first: 3) { nodes { kind channel occurredAt subject } } } pageInfo { hasNextPage endCursor } } }`

func TestInbox(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	token := a.signUp("brightwater")
	a.source(token, "website")
	for i := range 12 {
		res := a.do(token, `mutation ($email: String!, $company: String!) { captureLead(input: {source: "website", contact: {email: $email, title: "Head of Logistics"},
			account: {name: $company}, touch: {kind: FORM_SUBMITTED, subject: "Contact form"}}) { outcome } }`,
			map[string]any{"email": fmt.Sprintf("p%d@company%d.example", i, i%3), "company": fmt.Sprintf("Company %d", i%3)})
		require.Empty(t, res.Errors)
	}
	read := func(first int) int {
		a.counter.reset()
		var out struct {
			Leads struct {
				Nodes []struct{ Touches struct{ Nodes []any } }
			}
		}
		a.do(token, inboxPage, map[string]any{"first": first}).into(t, &out)
		require.Len(t, out.Leads.Nodes, first)
		for _, n := range out.Leads.Nodes {
			require.Len(t, n.Touches.Nodes, 1)
		}
		return len(a.counter.all())
	}
	read(1) // prepares statements, reads the session
	few, many := read(2), read(12)
	require.Equal(t, few, many, "the number of statements does not depend on the length of the page: %s", strings.Join(a.counter.all(), "\n"))
	require.LessOrEqual(t, many, 7)
}
