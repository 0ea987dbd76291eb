package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// speed is what the calls about clocks and follow-up in a world name.
type speed struct {
	running, paused string    // clocks
	asked           [2]string // waivers
	pursued         string    // a lead that sales follows up
}

// hurry makes clocks and waivers, and a lead that sales has taken.
func (w *world) hurry(t *testing.T) {
	t.Helper()
	mara := w.a.member(w.token, w.name("manager")+"@"+w.tag+".example", auth.Sales, auth.Manager)
	w.instead = map[string]string{"signWaiver": mara, "declineWaiver": mara, "recordAttempt": mara, "excuseFollowUp": mara}
	clock := func() string {
		var out struct {
			CaptureLead struct {
				Lead struct{ OpenClock struct{ ID string } }
			}
		}
		w.a.do(w.token, `mutation ($in: CaptureLeadInput!) { captureLead(input: $in) { lead { openClock { id } } } }`, map[string]any{"in": w.hot()}).into(t, &out)
		require.NotEmpty(t, out.CaptureLead.Lead.OpenClock.ID)
		return out.CaptureLead.Lead.OpenClock.ID
	}
	ask := func() string {
		return w.made(t, "askWaiver", "waiver", map[string]any{"clockId": clock(), "note": w.name("note")})
	}
	w.speed = speed{running: clock(), paused: clock(), asked: [2]string{ask(), ask()}, pursued: w.made(t, "captureLead", "lead", w.hot())}
	w.ids[id.Clock], w.ids[id.Waiver] = w.speed.running, w.speed.asked[0]
	w.made(t, "pauseClock", "clock", map[string]any{"clockId": w.speed.paused, "reason": "UNDER_REVIEW"})
	conn := owner(t, w.a.owner)
	for _, take := range []string{
		"update leads set stage = 'ACCEPTED', stage_since = now() - interval '1 hour' where id = $1",
		`insert into follow_ups (workspace_id, id, lead_id, policy_id, rule, accepted_at, steps) select l.workspace_id, gen_random_uuid(), l.id, a.id, 'all', l.stage_since, '[]'
			from leads l join agreements a on a.workspace_id = l.workspace_id and a.kind = 'FOLLOW_UP_POLICY' where l.id = $1`,
	} {
		_, err := conn.Exec(t.Context(), take, uuid(t, w.speed.pursued))
		require.NoError(t, err)
	}
	require.Empty(t, w.a.do(mara, `mutation ($lead: ID!, $note: String) { recordAttempt(input: {leadId: $lead, channel: PHONE, outcome: NO_ANSWER, note: $note}) { cursor } }`,
		map[string]any{"lead": w.speed.pursued, "note": w.name("note")}).Errors)
}

// hot is somebody who qualifies at once.
func (w *world) hot() map[string]any {
	return map[string]any{"source": "website", "contact": map[string]any{"email": "ada@" + w.name("hot") + ".example", "title": "Director of Logistics " + w.tag},
		"account": map[string]any{"name": w.name("company"), "employees": 500}, "touch": map[string]any{"kind": "DEMO_REQUESTED", "subject": w.name("demo")}}
}

// deadlines are arguments with which each root field about clocks and follow-up succeeds.
func (w *world) deadlines() map[string]map[string]any {
	in := func(m map[string]any) map[string]any { return map[string]any{"input": m} }
	office := map[string]any{"timeZone": "Europe/Berlin", "hours": []any{map[string]any{"days": []any{"MONDAY"}, "opens": "09:00", "closes": "17:00"}}}
	return map[string]map[string]any{
		"calendarPreview": {"calendar": office, "minutes": []any{30}}, "slaCompliance": {"by": "STAGE"}, "effortCertificate": {"leadId": w.speed.pursued},
		"pauseClock":     in(map[string]any{"clockId": w.speed.running, "reason": "UNDER_REVIEW"}),
		"resumeClock":    in(map[string]any{"clockId": w.speed.paused}),
		"askWaiver":      in(map[string]any{"clockId": w.speed.running, "note": w.name("note")}),
		"signWaiver":     in(map[string]any{"waiverId": w.speed.asked[0], "answer": w.name("answer")}),
		"declineWaiver":  in(map[string]any{"waiverId": w.speed.asked[1], "answer": w.name("answer")}),
		"recordAttempt":  in(map[string]any{"leadId": w.speed.pursued, "channel": "EMAIL", "outcome": "SENT", "note": w.name("note")}),
		"excuseFollowUp": in(map[string]any{"leadId": w.speed.pursued, "note": w.name("note")}),
	}
}
