package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// dealt is what the tests read of a deal.
type dealt struct {
	ID, Name, Currency, Outcome string
	AmountMinor                 int64
	Version                     int
	ClosedAt                    *time.Time
	Lead                        struct{ ID, Stage string }
	Reason                      *struct{ Key string }
}

const readDeal = "{ id name currency outcome amountMinor version closedAt lead { id stage } reason { key } }"

func TestADealOverTheAPI(t *testing.T) {
	t.Parallel()
	w := furnish(t, startAPI(t), "dealers")
	lead := w.staged(lifecycle.SalesQualified).String()
	sam := w.pursuit.sales
	var opened struct{ OpenDeal struct{ Deal dealt } }
	open := `mutation ($lead: ID!, $amount: Int64!, $currency: String!) { openDeal(input: {leadId: $lead, name: "Trucks", amountMinor: $amount, currency: $currency, idempotencyKey: "once"}) { deal ` + readDeal + ` } }`
	require.Equal(t, "BAD_USER_INPUT", w.a.do(sam, open, map[string]any{"lead": lead, "amount": -1, "currency": "EUR"}).code())
	require.Equal(t, "BAD_USER_INPUT", w.a.do(sam, open, map[string]any{"lead": lead, "amount": 1, "currency": "euro"}).code())
	good := map[string]any{"lead": lead, "amount": 1250000, "currency": "EUR"}
	require.Equal(t, "FORBIDDEN", w.a.do(w.token, open, good).code(), "deals are for sales to open")
	w.a.do(sam, open, good).into(t, &opened)
	d := opened.OpenDeal.Deal
	require.Equal(t, []any{"Trucks", "EUR", "OPEN", int64(1250000), "OPPORTUNITY"}, []any{d.Name, d.Currency, d.Outcome, d.AmountMinor, d.Lead.Stage})
	w.a.do(sam, open, good).into(t, &opened)
	require.Equal(t, d.ID, opened.OpenDeal.Deal.ID, "a repeat opens nothing")

	var found struct {
		Node  dealt
		Lead  struct{ Deal dealt }
		Deals struct {
			Nodes      []dealt
			TotalCount int
		}
		Mine, Lost struct{ TotalCount int }
		Account    struct{ Deals struct{ TotalCount int } }
	}
	w.a.do(w.token, `query ($deal: ID!, $lead: ID!, $account: ID!, $member: ID!) { node(id: $deal) { ... on Deal `+readDeal+` } lead(by: {id: $lead}) { deal `+readDeal+` }
		deals(first: 1, orderBy: OPENED_DESC, filter: {outcomes: [OPEN]}) { totalCount nodes `+readDeal+` } mine: deals(filter: {ownerIds: [$member]}) { totalCount }
		lost: deals(filter: {outcomes: [LOST, WON]}) { totalCount } account(by: {id: $account}) { deals(filter: {openedFrom: "2020-01-01T00:00:00Z"}) { totalCount } } }`,
		map[string]any{"deal": d.ID, "lead": lead, "account": w.ids[id.Account], "member": w.ids[id.Member]}).into(t, &found)
	require.Equal(t, []string{d.ID, d.ID, d.ID}, []string{found.Node.ID, found.Lead.Deal.ID, found.Deals.Nodes[0].ID})
	require.Equal(t, 2, found.Deals.TotalCount, "this one, and the one of the world")
	require.Equal(t, []int{3, 1}, []int{found.Lost.TotalCount, found.Account.Deals.TotalCount}, "the world has closed three")

	var lost struct{ LoseDeal struct{ Deal dealt } }
	lose := `mutation ($deal: ID!, $reason: String!, $version: Int) { loseDeal(input: {dealId: $deal, reason: $reason, note: "Next year.", expectedVersion: $version}) { deal ` + readDeal + ` } }`
	require.Equal(t, "NOT_FOUND", w.a.do(sam, lose, map[string]any{"deal": d.ID, "reason": "BAD_DATA"}).code(), "that is a reason to disqualify")
	require.Equal(t, "CONFLICT", w.a.do(sam, lose, map[string]any{"deal": d.ID, "reason": "TIMING", "version": 7}).code())
	require.Equal(t, "FORBIDDEN", w.a.do(w.token, lose, map[string]any{"deal": d.ID, "reason": "TIMING"}).code())
	w.a.do(sam, lose, map[string]any{"deal": d.ID, "reason": "TIMING", "version": d.Version}).into(t, &lost)
	require.Equal(t, []any{"LOST", "TIMING", "RETARGETING", 2}, []any{lost.LoseDeal.Deal.Outcome, lost.LoseDeal.Deal.Reason.Key, lost.LoseDeal.Deal.Lead.Stage, lost.LoseDeal.Deal.Version})
	require.NotNil(t, lost.LoseDeal.Deal.ClosedAt)

	var told struct {
		Lead struct {
			WakeAt   time.Time
			Timeline struct{ Nodes []struct{ Summary string } }
		}
	}
	w.a.do(w.token, `query ($lead: ID!) { lead(by: {id: $lead}) { wakeAt timeline { nodes { ... on Event { summary } } } } }`, map[string]any{"lead": lead}).into(t, &told)
	require.InDelta(t, 90, time.Until(told.Lead.WakeAt).Hours()/24, 1)
	var said []string
	for _, n := range told.Lead.Timeline.Nodes {
		said = append(said, n.Summary)
	}
	require.Contains(t, said, "The deal Trucks was opened: 12500.00 EUR.")
	require.Contains(t, said, "The deal Trucks was lost: Not now.")
	require.Contains(t, said, "Stage: RETARGETING, before: LOST. Not now")
}

func TestCoverageFindsWhoIsForgotten(t *testing.T) {
	t.Parallel()
	w := furnish(t, startAPI(t), "coverage")
	type coverage struct {
		Share                               float64
		OpenLeads, Answered, Timed, Clocked int
		Uncovered                           []struct{ ID string }
	}
	read := func() coverage {
		var out struct{ Coverage coverage }
		w.a.do(w.token, `{ coverage { share openLeads answered timed clocked uncovered { id } } }`, nil).into(t, &out)
		return out.Coverage
	}
	w.does(`update leads set stage = 'NURTURING' where workspace_id = $1`, uuid(t, w.ids[id.Workspace]))
	all := read()
	require.Equal(t, []any{1.0, all.OpenLeads, 0, 0}, []any{all.Share, all.Answered, all.Timed, all.Clocked}, "what is nurtured has no deadline")
	accepted, nobodys, won := w.staged(lifecycle.Accepted), w.staged(lifecycle.New), w.staged(lifecycle.Won)
	require.NotEqual(t, accepted, won)
	w.does(`update leads set queue = '' where id = $1`, nobodys.UUID)
	now := read()
	require.Equal(t, []int{all.OpenLeads + 2, all.OpenLeads + 1, 1, 0}, []int{now.OpenLeads, now.Answered, now.Timed, now.Clocked})
	require.InDelta(t, float64(all.OpenLeads)/float64(all.OpenLeads+2), now.Share, 1e-12)
	require.ElementsMatch(t, []struct{ ID string }{{accepted.String()}, {nobodys.String()}}, now.Uncovered)
	clock := id.New()
	w.does(`insert into clocks (workspace_id, id, lead_id, stage, state, department, policy_id, rule, starts_at, target_us, since)
		select l.workspace_id, $2, l.id, 'ENGAGE', 'RUNNING', 'SALES', a.id, 'engage', now(), 1, now() from leads l join agreements a on a.workspace_id = l.workspace_id and a.kind = 'SLA_POLICY' and a.state = 'PUBLISHED' where l.id = $1`,
		accepted.UUID, clock)
	w.does(`update leads set queue = 'sales' where id = $1`, nobodys.UUID)
	now = read()
	require.Equal(t, []any{1.0, 1, 1, 0}, []any{now.Share, now.Timed, now.Clocked, len(now.Uncovered)})
	w.does(`update clocks set state = 'MET', fulfilled_at = now() where id = $1`, clock)
	require.Equal(t, accepted.String(), read().Uncovered[0].ID, "a clock that has ended covers nobody")
	w.does(`update clocks set state = 'WAIVED', fulfilled_at = null, ended_at = now() where id = $1`, clock)
	now = read()
	require.Equal(t, []any{1.0, 1, 1, 0}, []any{now.Share, now.Timed, now.Clocked, len(now.Uncovered)}, "what the other department let go answers for the stage")
	moved := `insert into moves (workspace_id, id, lead_id, from_stage, to_stage, at, actor_kind) select workspace_id, $2, id, 'NEW', $3, now(), 'SYSTEM' from leads where id = $1`
	w.does(moved, accepted.UUID, id.New(), "NURTURING")
	w.does(moved, accepted.UUID, id.New(), "ACCEPTED")
	require.Equal(t, accepted.String(), read().Uncovered[0].ID, "but not for a lead that left it meanwhile")
}
