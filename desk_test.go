package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
)

// promising captures a lead that is qualified at once.
func (a *testAPI) promising(token, email string) (lead, cursor string) {
	a.t.Helper()
	var out struct {
		CaptureLead struct {
			Lead   struct{ ID, Stage string }
			Cursor string
		}
	}
	a.do(token, `mutation ($email: String!, $company: String!) { captureLead(input: {source: "web", contact: {email: $email, fullName: "Ann Lee", title: "Head of Logistics"},
		account: {name: $company, employees: 500}, touch: {kind: DEMO_REQUESTED}}) { lead { id stage } cursor } }`,
		map[string]any{"email": email, "company": email[strings.IndexByte(email, '@')+1:]}).into(a.t, &out)
	require.Equal(a.t, "QUALIFIED", out.CaptureLead.Lead.Stage)
	return out.CaptureLead.Lead.ID, out.CaptureLead.Cursor
}

// does runs a mutation that succeeds.
func (a *testAPI) does(token, mutation string, variables map[string]any) {
	a.t.Helper()
	require.Empty(a.t, a.do(token, mutation, variables).Errors)
}

// me is the id of a token's member.
func (a *testAPI) me(token string) string {
	a.t.Helper()
	var out struct {
		Viewer struct{ Member struct{ ID string } }
	}
	a.do(token, `{ viewer { member { id } } }`, nil).into(a.t, &out)
	return out.Viewer.Member.ID
}

const handoffInbox = `subscription ($department: Department, $members: [ID!], $after: String) { handoffInbox(department: $department, memberIds: $members, after: $after) {
	cursor event { kind } handoff { id direction state lead { id stage } member { id } reply } } }`

// inboxEvent is what handoffInbox answers.
type inboxEvent struct {
	Cursor  string
	Event   struct{ Kind string }
	Handoff struct {
		ID, Direction, State string
		Lead                 struct{ ID, Stage string }
		Member               *struct{ ID string }
		Reply                *string
	}
}

// comes expects the next of these kinds on a desk, and nothing between them.
func (s *socket) comes(kinds ...string) (last inboxEvent) {
	s.t.Helper()
	for _, kind := range kinds {
		last = inboxEvent{}
		s.next("handoffInbox", &last)
		require.Equal(s.t, kind, last.Event.Kind)
	}
	return last
}

func TestBothDepartmentsSeeTheBatonPass(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("desk")
	a.source(ada, "web")
	reps := map[string]string{}
	for _, email := range []string{"sam@desk.example", "kim@desk.example"} {
		token := a.member(ada, email, auth.Sales, auth.Worker)
		reps[a.me(token)] = token
	}
	lead, start := a.promising(ada, "ann@acme.example")
	everybody, sales, marketing, adas := connect(t, a.url, ada), connect(t, a.url, ada), connect(t, a.url, ada), connect(t, a.url, ada)
	everybody.subscribe("1", handoffInbox, map[string]any{"after": start})
	sales.subscribe("1", handoffInbox, map[string]any{"department": "SALES", "after": start})
	marketing.subscribe("1", handoffInbox, map[string]any{"department": "MARKETING", "after": start})
	adas.subscribe("1", handoffInbox, map[string]any{"members": []string{a.me(ada)}, "after": start})

	a.does(ada, `mutation ($lead: ID!) { offerLead(input: {leadId: $lead}) { cursor } }`, map[string]any{"lead": lead})
	offered := sales.comes("HANDOFF_OFFERED")
	require.Equal(t, lead, offered.Handoff.Lead.ID)
	rep := reps[offered.Handoff.Member.ID]
	require.NotEmpty(t, rep, "it was routed to one of sales")
	ids := map[string]any{"handoff": offered.Handoff.ID}
	a.does(rep, `mutation ($handoff: ID!) { rejectHandoff(input: {handoffId: $handoff, reason: "TIMING", feedback: "They buy in autumn."}) { cursor } }`, ids)
	a.does(ada, `mutation ($handoff: ID!) { replyToRejection(input: {handoffId: $handoff, reply: "We ask again then."}) { cursor } }`, ids)
	rejected := marketing.comes("HANDOFF_REJECTED")
	require.Equal(t, offered.Handoff.ID, rejected.Handoff.ID, "the first that marketing hears of its own offer is the answer")
	require.Equal(t, "We ask again then.", *sales.comes("HANDOFF_REJECTED", "HANDOFF_REPLIED").Handoff.Reply)

	other, _ := a.capture(ada, "bob@bolt.example")
	a.does(rep, `mutation ($lead: ID!) { acceptLead(input: {leadId: $lead}) { cursor } }`, map[string]any{"lead": other})
	a.does(a.member(ada, "mia@desk.example", auth.Sales, auth.Director), `mutation ($lead: ID!) { excuseFollowUp(input: {leadId: $lead, note: "They called it off."}) { cursor } }`, map[string]any{"lead": other})
	a.does(rep, `mutation ($lead: ID!, $later: Time!) { returnLead(input: {leadId: $lead, reason: "TIMING", wakeAt: $later}) { cursor } }`,
		map[string]any{"lead": other, "later": time.Now().Add(720 * time.Hour)})
	require.Equal(t, "SALES_TO_MARKETING", marketing.comes("HANDOFF_OFFERED").Handoff.Direction)
	a.does(ada, `mutation ($lead: ID!) { takeBackLead(input: {leadId: $lead}) { cursor } }`, map[string]any{"lead": other})
	taken := marketing.comes("HANDOFF_ACCEPTED")
	require.Equal(t, "NURTURING", taken.Handoff.Lead.Stage)
	require.Equal(t, taken.Cursor, sales.comes("HANDOFF_ACCEPTED").Cursor, "sales hears that its return was taken, and no more of it")
	adas.comes("HANDOFF_OFFERED", "HANDOFF_REJECTED", "HANDOFF_REPLIED", "HANDOFF_ACCEPTED")
	everybody.comes("HANDOFF_OFFERED", "HANDOFF_REJECTED", "HANDOFF_REPLIED", "HANDOFF_OFFERED", "HANDOFF_ACCEPTED")

	again := connect(t, a.url, ada)
	again.subscribe("1", handoffInbox, map[string]any{"department": "MARKETING", "after": rejected.Cursor})
	again.comes("HANDOFF_OFFERED", "HANDOFF_ACCEPTED")
	again.refused(handoffInbox, map[string]any{"members": []string{lead}}, "BAD_USER_INPUT")
}

func TestADeskIsToldOnceOfEachDeadline(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("alerts")
	a.source(ada, "web")
	sam := a.member(ada, "sam@alerts.example", auth.Sales, auth.Worker)
	lead, start := a.promising(ada, "ann@acme.example")
	const query = `subscription ($department: Department, $members: [ID!], $stages: [SlaStage!], $after: String) {
		slaAlerts(department: $department, memberIds: $members, stages: $stages, after: $after) { cursor event { kind } clock { stage state department dueAt lead { id } } } }`
	type alert struct {
		Cursor string
		Event  struct{ Kind string }
		Clock  struct {
			Stage, Department, DueAt string
			Lead                     struct{ ID string }
		}
	}
	sales, sams, steps, nobodys := connect(t, a.url, ada), connect(t, a.url, sam), connect(t, a.url, ada), connect(t, a.url, ada)
	sales.subscribe("1", query, map[string]any{"department": "SALES", "after": start})
	sams.subscribe("1", query, map[string]any{"members": []string{a.me(sam)}, "after": start})
	steps.subscribe("1", query, map[string]any{"stages": []string{"PASS"}, "after": start})
	nobodys.subscribe("1", query, map[string]any{"department": "MARKETING", "stages": []string{"STEP"}, "members": []string{a.me(ada)}, "after": start})
	// A step of an hour began an hour ago: its warning was due, and its deadline passes in a moment.
	_, err := owner(t, a.owner).Exec(t.Context(), `insert into clocks (workspace_id, id, lead_id, step, stage, state, department, member_id, policy_id, rule, starts_at, since, target_us, warn_us, warn_at, due_at, wake_at)
		select l.workspace_id, gen_random_uuid(), l.id, 1, x.stage, 'PENDING', x.department, m.id, a.id, 'step', x.at, x.at, 3600000000, 2700000000, x.at + interval '45 min', x.at + interval '1 hour', x.at
		from leads l join agreements a on a.workspace_id = l.workspace_id and a.kind = 'SLA_POLICY' cross join members m
		cross join (values ('STEP', 'SALES', now() - interval '59 min 59.5 s'), ('PASS', 'MARKETING', now() - interval '2 hours')) x(stage, department, at)
		where l.id = $1 and m.department = x.department and m.workspace_id = l.workspace_id`, uuid(t, lead))
	require.NoError(t, err)
	for _, s := range []*socket{sales, sams} {
		var warned, breached alert
		s.next("slaAlerts", &warned)
		require.Equal(t, "CLOCK_WARNED", warned.Event.Kind)
		require.Equal(t, "STEP", warned.Clock.Stage)
		require.Equal(t, lead, warned.Clock.Lead.ID)
		s.next("slaAlerts", &breached)
		require.Equal(t, "CLOCK_BREACHED", breached.Event.Kind)
		require.Equal(t, warned.Clock.DueAt, breached.Clock.DueAt)
		again := connect(t, a.url, sam)
		again.subscribe("1", query, map[string]any{"department": "SALES", "after": warned.Cursor})
		var next alert
		again.next("slaAlerts", &next)
		require.Equal(t, breached.Cursor, next.Cursor, "it goes on behind the cursor")
	}
	var first alert
	steps.next("slaAlerts", &first)
	require.Equal(t, "PASS", first.Clock.Stage)
	nobodys.refused(query, map[string]any{"members": []string{lead}}, "BAD_USER_INPUT")
}
