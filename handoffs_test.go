package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

// baton is what the world has of hand-offs.
type baton struct {
	sales     string            // a director of sales signs in with it
	qualified string            // a lead that can be offered
	of        map[string]string // verb: a hand-off that it can be done with
}

// because makes a reason for rejections.
func (w *world) because(t *testing.T, key, to string) {
	t.Helper()
	_, err := owner(t, w.a.owner).Exec(t.Context(), `insert into reasons (workspace_id, id, use, key, label, leads_to, credits, position, created_at, updated_at)
		values ($1, $2, 'REJECT', $3, $4, $5, true, 1, now(), now()) on conflict do nothing`, uuid(t, w.ids[id.Workspace]), id.New(), key, w.name("reason"), to)
	require.NoError(t, err)
}

// handOver offers leads, one for each verb that answers.
func (w *world) handOver(t *testing.T, sales string) {
	t.Helper()
	w.baton = baton{sales: sales, of: map[string]string{}}
	w.instead["acceptHandoff"], w.instead["rejectHandoff"] = sales, sales
	w.because(t, "ODD_DATA", "NURTURING")
	var me struct {
		Viewer struct{ Member struct{ ID string } }
	}
	w.a.do(sales, `{ viewer { member { id } } }`, nil).into(t, &me)
	w.ids[id.Absence] = w.made(t, "recordAbsence", "absence", w.absence(w.ids[id.Member]))
	w.made(t, "setMemberProfile", "member", w.profile())
	for _, verb := range []string{"acceptHandoff", "rejectHandoff", "withdrawHandoff", "replyToRejection", "node", ""} {
		lead := w.made(t, "captureLead", "lead", map[string]any{"source": "website", "contact": map[string]any{"email": "ada@" + w.name("h") + ".example", "title": "Director " + w.tag}})
		if verb == "" {
			w.baton.qualified = lead
			break
		}
		w.baton.of[verb] = w.made(t, "offerLead", "handoff", map[string]any{"leadId": lead, "note": w.name("note")})
		w.made(t, "assignLead", "lead", map[string]any{"leadId": lead, "ownerId": me.Viewer.Member.ID}) // whoever was chosen
	}
	w.ids[id.Handoff] = w.baton.of["node"]
	for _, verb := range []string{"replyToRejection", "node"} {
		require.Empty(t, w.a.do(sales, `mutation ($in: RejectHandoffInput!) { rejectHandoff(input: $in) { cursor } }`, map[string]any{"in": w.rejection(verb)}).Errors)
	}
	w.made(t, "replyToRejection", "handoff", map[string]any{"handoffId": w.ids[id.Handoff], "reply": w.name("reply")})
}

// offered hands a dozen leads over, whoever gets them.
func (w *world) offered(t *testing.T) {
	t.Helper()
	for i := range 12 {
		lead := w.made(t, "captureLead", "lead", map[string]any{"source": "s0", "contact": map[string]any{"email": fmt.Sprintf("head%d@offered.example", i), "title": "Head of Logistics"},
			"account": map[string]any{"name": "Offered", "employees": 500}, "touch": map[string]any{"kind": "DEMO_REQUESTED"}})
		w.made(t, "offerLead", "handoff", map[string]any{"leadId": lead})
	}
}

func (w *world) rejection(verb string) map[string]any {
	return map[string]any{"handoffId": w.baton.of[verb], "reason": "ODD_DATA", "feedback": w.name("feedback")}
}

func (w *world) absence(member string) map[string]any {
	now := time.Now().UTC().Truncate(time.Second)
	return map[string]any{"memberId": member, "startsAt": now.Format(time.RFC3339), "endsAt": now.AddDate(0, 0, 7).Format(time.RFC3339), "note": w.name("absence")}
}

func (w *world) profile() map[string]any {
	return map[string]any{"memberId": w.ids[id.Member], "territories": []any{w.name("territory")}, "skills": []any{w.name("skill")}, "languages": []any{"de"},
		"workingHours": map[string]any{"timeZone": "UTC", "hours": []any{map[string]any{"days": []any{"MONDAY"}, "opens": "09:00", "closes": fmt.Sprintf("17:%02d", w.fresh.Add(1)%60)}}}}
}

// batons are arguments with which the fields of hand-offs succeed.
func (w *world) batons() map[string]map[string]any {
	in := func(m map[string]any) map[string]any { return map[string]any{"input": m} }
	of := func(verb string) map[string]any { return map[string]any{"handoffId": w.baton.of[verb]} }
	withdraw, reply := of("withdrawHandoff"), of("replyToRejection")
	withdraw["note"], reply["reply"] = w.name("note"), w.name("reply")
	return map[string]map[string]any{
		"routingSimulate": in(map[string]any{"leadId": w.ids[id.Lead]}), "offerLead": in(map[string]any{"leadId": w.baton.qualified}), "acceptHandoff": in(of("acceptHandoff")),
		"rejectHandoff": in(w.rejection("rejectHandoff")), "withdrawHandoff": in(withdraw), "replyToRejection": in(reply), "setMemberProfile": in(w.profile()),
		"recordAbsence": in(w.absence(w.ids[id.Member])), "cancelAbsence": in(map[string]any{"absenceId": w.ids[id.Absence]}),
	}
}

// TestACaptureThatIsOfferedAtOnceTakesFewStatements counts everything that Postgres is asked for, but that the workspace is named: begin and commit are counted.
func TestACaptureThatIsOfferedAtOnceTakesFewStatements(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	token := a.signUp("brightwater")
	a.source(token, "website")
	for i := range 3 {
		a.member(token, fmt.Sprintf("rep%d@brightwater.example", i), "SALES", "MEMBER")
	}
	_, err := owner(t, a.owner).Exec(t.Context(), `update agreements set body = jsonb_set(body, '{routingPolicy,autoOffer}', 'true') where kind = 'ROUTING_POLICY'`)
	require.NoError(t, err)
	capture := func(i int, title, stage string) {
		var out struct {
			CaptureLead struct{ Lead struct{ Stage string } }
		}
		a.do(token, `mutation ($email: String!, $company: String!, $title: String!) { captureLead(input: {source: "website", contact: {email: $email, title: $title}, account: {name: $company, employees: 500},
			touch: {kind: DEMO_REQUESTED}}) { lead { stage } } }`, map[string]any{"email": fmt.Sprintf("p@company%d.example", i), "company": fmt.Sprintf("Company %d", i), "title": title}).into(t, &out)
		require.Equal(t, stage, out.CaptureLead.Lead.Stage)
	}
	capture(1, "Head of Logistics", "OFFERED") // writes the calendars of the rules
	capture(2, "Head of Logistics", "OFFERED") // compiles them
	a.counter.reset()
	capture(4, "Head of Logistics", "OFFERED")
	sent := a.counter.all()
	require.LessOrEqual(t, len(sent), 11, strings.Join(sent, "\n"))
	require.LessOrEqual(t, a.counter.tripsNow(), 5)
	last := strings.Join(sent[len(sent)-3:], "\n")
	for _, table := range []string{"leads", "scores", "score_history", "routing_entries", "handoffs", "moves", "clocks", "events"} {
		require.Contains(t, last, "insert into "+table+" (", "all that comes of it is written at last")
	}
	require.Equal(t, "commit", sent[len(sent)-1])

	capture(3, "Intern", "NEW")
	a.counter.reset()
	capture(3, "Head of Logistics", "OFFERED")
	sent = a.counter.all()
	require.LessOrEqual(t, len(sent), 19, strings.Join(sent, "\n"))
	require.LessOrEqual(t, a.counter.tripsNow(), 8)
}
