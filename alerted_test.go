package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
)

func TestWhoIsToldThatNobodyCouldTakeALeadHearsItAndFindsItAgain(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("alerted")
	a.source(ada, "web")
	maxi, sam, mara := a.member(ada, "max@alerted.example", auth.Marketing, auth.Manager), a.member(ada, "sam@alerted.example", auth.Sales, auth.Worker), a.member(ada, "mara@alerted.example", auth.Sales, auth.Manager)
	_, err := owner(t, a.owner).Exec(t.Context(), `update agreements set body = jsonb_set(body #- '{routingPolicy,defaultPool}', '{routingPolicy,fallback,alert}', '["max@alerted.example"]') where kind = 'ROUTING_POLICY'`)
	require.NoError(t, err)
	lead, start := a.promising(ada, "ann@acme.example")
	const inbox = `subscription ($mine: Boolean, $members: [ID!], $after: String) {
		handoffInbox(mine: $mine, memberIds: $members, after: $after) { cursor event { kind } handoff { id member { id } lead { id } } } }`
	open := func(token string, of map[string]any) *socket {
		of["after"] = start
		s := connect(t, a.url, token)
		s.subscribe("1", inbox, of)
		return s
	}
	own, others, named := open(maxi, map[string]any{"mine": true}), open(sam, map[string]any{"mine": false}), open(sam, map[string]any{"members": []string{a.me(maxi)}})
	a.does(ada, `mutation ($lead: ID!) { offerLead(input: {leadId: $lead}) { cursor } }`, map[string]any{"lead": lead})
	handoff := own.comes("HANDOFF_OFFERED", "HANDOFF_UNROUTED").Handoff.ID
	for _, s := range []*socket{others, named} {
		require.Equal(t, handoff, s.comes("HANDOFF_OFFERED", "HANDOFF_UNROUTED").Handoff.ID)
	}
	a.does(sam, `mutation ($handoff: ID!) { acceptHandoff(input: {handoffId: $handoff}) { cursor } }`, map[string]any{"handoff": handoff})
	own.comes("HANDOFF_ACCEPTED") // and what becomes of it

	found := func(token string, filter map[string]any) (alerted []string) {
		var out struct {
			Handoffs struct {
				Nodes []struct{ Alerted []struct{ ID string } }
			}
		}
		a.do(token, `query ($filter: HandoffFilter) { handoffs(filter: $filter) { nodes { alerted { id } } } }`, map[string]any{"filter": filter}).into(t, &out)
		for _, h := range out.Handoffs.Nodes {
			for _, m := range h.Alerted {
				alerted = append(alerted, m.ID)
			}
		}
		return alerted
	}
	require.Equal(t, []string{a.me(maxi)}, found(maxi, map[string]any{"mine": true}))
	require.Empty(t, found(maxi, map[string]any{"mine": false}))
	require.Empty(t, found(mara, map[string]any{"mine": true}), "the policy names somebody else")
	require.Equal(t, []string{a.me(maxi)}, found(mara, map[string]any{"mine": false}))
	require.Equal(t, []string{a.me(maxi)}, found(ada, map[string]any{"alertedIds": []string{a.me(maxi)}}))
	require.Empty(t, found(ada, map[string]any{"alertedIds": []string{a.me(mara)}}))
}
