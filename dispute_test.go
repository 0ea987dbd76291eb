package main

import (
	"slices"
	"testing"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// quarrel furnishes the world with a dispute that has everything: evidence, an answer, and a ruling that the founder can still sign.
func (w *world) quarrel(t *testing.T) {
	t.Helper()
	w.instead["answerClaim"] = w.a.member(w.token, w.name("head")+"@"+w.tag+".example", auth.Sales, auth.Manager)
	dispute := w.disputed("ANSWERED")
	w.ids[id.Dispute] = dispute.String()
	w.does(`update credit_disputes set evidence = jsonb_build_array(jsonb_build_object('touchId', $2::uuid, 'handoffId', $3::uuid, 'note', $4::text)), answer = $4, counter_share = 0.1,
		answer_evidence = jsonb_build_array(jsonb_build_object('note', $4::text)), answered_by = claimed_by, answered_at = now(), touch_ids = array[$2::uuid] where id = $1`,
		dispute.UUID, uuid(t, w.ids[id.Touch]), uuid(t, w.ids[id.Handoff]), w.name("word"))
	w.ruled(dispute)
	settled := w.disputed("ANSWERED")
	w.ruled(settled)
	w.does(`update rulings set settled_at = now(), circumstances = jsonb_set(circumstances, '{sources}', to_jsonb(array[$2::uuid])) where dispute_id = $1`, settled.UUID, uuid(t, w.ids[id.Source]))
	w.does(`update credit_disputes set state = 'SETTLED', due_at = null, ended_at = now() where id = $1`, settled.UUID)
	w.does(`insert into ruling_signatures (workspace_id, ruling_id, department, member_id, signed_at)
		select r.workspace_id, r.id, 'SALES', (select m.id from members m where m.workspace_id = r.workspace_id and m.department = 'SALES' limit 1), now() from rulings r where r.dispute_id = $1`, settled.UUID)
}

// frozen is a deal that was won, with its frozen run.
func (w *world) frozen() id.Global {
	deal := w.dealt(w.staged(lifecycle.Won).UUID)
	w.does(`with won as (update deals d set outcome = 'WON', closed_at = now() where d.id = $1 returning d.*)
		insert into attribution_runs (workspace_id, id, deal_id, number, cause, at, policy_id, amount_minor, currency, closed_at, touch_ids, occurred_at, channel_groups, channels, departments, campaign_ids,
			source_ids, resource_ids, milestones, models, outcomes, reasons, shares, credits)
		select d.workspace_id, gen_random_uuid(), d.id, 1, 'WON', now(), a.id, d.amount_minor, d.currency, now(), array[$2::uuid], array[now()], array['WEB'], array['WEB'], array['SALES'], array[$3::uuid],
			array[$4::uuid], array[$4::uuid], array[0], array['POSITION'], array['ANSWERED'], array[''], array[1], array[d.amount_minor]
		from won d join agreements a on a.workspace_id = d.workspace_id and a.kind = 'ATTRIBUTION_POLICY' and a.state = 'PUBLISHED'`,
		deal.UUID, uuid(w.a.t, w.ids[id.Touch]), uuid(w.a.t, w.ids[id.Campaign]), uuid(w.a.t, w.ids[id.Source]))
	return deal
}

// disputes opens a dispute of the founder's department about deals that were won.
func (w *world) disputes(which, dispute, at string, args ...any) {
	w.does(`insert into credit_disputes (workspace_id, id, deal_id, run_id, policy_id, model, amount_minor, currency, state, claimant, held_share, claimed_share, disputed_minor, touch_ids, grounds, evidence, claimed_by, claimed_at, due_at, updated_at)
		select r.workspace_id, `+dispute+`, r.deal_id, r.id, r.policy_id, 'POSITION', r.amount_minor, r.currency, $2, 'MARKETING', 0, 0.5, r.amount_minor / 2, '{}', $3, '[]',
			(select m.id from members m where m.workspace_id = r.workspace_id and m.department = 'MARKETING' limit 1), `+at+`, `+at+` + interval '1000 days', now()
		from attribution_runs r where `+which, args...)
}

// disputed is a dispute of the founder's department about a deal of its own.
func (w *world) disputed(state string) id.Global {
	deal, dispute := w.frozen(), id.Global{Kind: id.Dispute, UUID: id.New()}
	w.disputes("r.deal_id = $1", "$4", "now()", deal.UUID, state, w.name("grounds"), dispute.UUID)
	return dispute
}

// quarrels gives the crowd a dispute about each deal that was won, many of which were claimed at the same moment.
func (w *world) quarrels() {
	w.disputes("r.number = 1 and r.workspace_id = (select workspace_id from accounts where id = $1)", "gen_random_uuid()", "timestamptz '2026-01-05' + (row_number() over () / 5) * interval '1 hour'",
		uuid(w.a.t, w.ids[id.Account]), "ANSWERED", "grounds")
}

// ruled proposes a ruling in a dispute; its hash is the dispute's id.
func (w *world) ruled(dispute id.Global) {
	w.does(`insert into rulings (workspace_id, id, dispute_id, number, marketing_share, sales_share, marketing_minor, sales_minor, summary, tags, circumstances, hash, proposed_by, proposed_at)
		select d.workspace_id, gen_random_uuid(), d.id, 1, 1, 0, d.amount_minor, 0, $2, array[$3], '{"channelGroups": ["WEB"], "campaignKinds": [], "sources": []}', $4, d.claimed_by, now() from credit_disputes d where d.id = $1`,
		dispute.UUID, w.name("summary"), w.name("tag"), dispute.String())
	w.does(`update credit_disputes set ruling_id = r.id from rulings r where r.dispute_id = credit_disputes.id and credit_disputes.id = $1`, dispute.UUID)
}

// quarrelled are arguments with which a field about disputes succeeds: a dispute of its own, in the state for it. Nil for other fields.
func (w *world) quarrelled(field string) map[string]any {
	if !slices.Contains([]string{"claimCredit", "answerClaim", "proposeRuling", "signRuling", "withdrawClaim"}, field) {
		return nil
	}
	note := []any{map[string]any{"note": w.name("note")}}
	if field == "claimCredit" {
		return map[string]any{"input": map[string]any{"dealId": w.frozen().String(), "share": 0.5, "grounds": w.name("grounds"), "evidence": note}}
	}
	state := map[string]string{"answerClaim": "CLAIMED"}[field]
	if state == "" {
		state = "ANSWERED"
	}
	dispute := w.disputed(state)
	in := map[string]any{"disputeId": dispute.String()}
	switch field {
	case "answerClaim":
		in["counterShare"], in["answer"], in["evidence"] = 0.25, w.name("answer"), note
	case "proposeRuling":
		in["marketingShare"], in["salesShare"], in["summary"], in["tags"] = 0.25, 0.75, w.name("summary"), []any{"brightwater"}
	case "signRuling":
		w.ruled(dispute)
		in["hash"] = dispute.String()
	}
	return map[string]any{"input": in}
}
