package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
)

func TestTwoRepsWithEqualRightsHearEachOfTheirOwn(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("mine")
	a.source(ada, "web")
	reps := map[string]string{}
	for _, email := range []string{"sam@mine.example", "kim@mine.example"} {
		token := a.member(ada, email, auth.Sales, auth.Worker)
		reps[a.me(token)] = token
	}
	first, start := a.promising(ada, "ann@acme.example")
	const inbox = `subscription ($mine: Boolean, $after: String) { handoffInbox(mine: $mine, after: $after) { cursor event { kind } handoff { id member { id } lead { id } } } }`
	const moves = `subscription ($after: String) { leadEvents(filter: {kinds: [HANDOFF_OFFERED]}, after: $after) { lead { id allowedMoves { to mine } } } }`
	own, others, seen := map[string]*socket{}, map[string]*socket{}, map[string]*socket{}
	for who, token := range reps {
		own[who], others[who], seen[who] = connect(t, a.url, token), connect(t, a.url, token), connect(t, a.url, token)
		own[who].subscribe("1", inbox, map[string]any{"mine": true, "after": start})
		others[who].subscribe("1", inbox, map[string]any{"mine": false, "after": start})
		seen[who].subscribe("1", moves, map[string]any{"after": start})
	}
	leads := []string{first}
	for _, email := range []string{"bob@bolt.example", "cyd@cone.example", "dan@dome.example"} {
		lead, _ := a.promising(ada, email)
		leads = append(leads, lead)
	}
	for _, lead := range leads { // turn and turn about, one after the other: the streams have long joined those that are alike
		a.does(ada, `mutation ($lead: ID!) { offerLead(input: {leadId: $lead}) { cursor } }`, map[string]any{"lead": lead})
	}
	for who := range reps {
		for range 2 {
			require.Equal(t, who, own[who].comes("HANDOFF_OFFERED").Handoff.Member.ID)
			require.NotEqual(t, who, others[who].comes("HANDOFF_OFFERED").Handoff.Member.ID)
		}
		given := 0
		for range leads {
			var out struct {
				Lead struct {
					AllowedMoves []struct {
						To   string
						Mine bool
					}
				}
			}
			seen[who].next("leadEvents", &out)
			require.Equal(t, "ACCEPTED", out.Lead.AllowedMoves[0].To)
			if out.Lead.AllowedMoves[0].Mine {
				given++
			}
		}
		require.Equal(t, 2, given, "who may accept is who was chosen")
	}
	var key struct{ CreateAPIKey struct{ Secret string } }
	a.do(ada, `mutation { createApiKey(input: {name: "A partner", scopes: ["leads:read", "members:read"]}) { secret } }`, nil).into(t, &key)
	partner := connect(t, a.url, key.CreateAPIKey.Secret)
	partner.refused(`subscription { handoffInbox(mine: true) { cursor } }`, nil, "BAD_USER_INPUT")
	partner.refused(`subscription { slaAlerts(mine: false) { cursor } }`, nil, "BAD_USER_INPUT")
}

func TestABreachNamesWhomItGoesToAndTheyFindIt(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("escalated")
	a.source(ada, "web")
	sam, mara := a.member(ada, "sam@escalated.example", auth.Sales, auth.Worker), a.member(ada, "mara@escalated.example", auth.Sales, auth.Manager)
	dora, mike := a.member(ada, "dora@escalated.example", auth.Sales, auth.Director), a.member(ada, "mike@escalated.example", auth.Marketing, auth.Manager)
	lead, start := a.promising(ada, "ann@acme.example")
	const query = `subscription ($mine: Boolean, $members: [ID!], $after: String) {
		slaAlerts(mine: $mine, memberIds: $members, after: $after) { event { kind summary } clock { id stage member { id } escalatedTo { id } } } }`
	streams := map[string]*socket{}
	for name, token := range map[string]string{"sam": sam, "mara": mara, "dora": dora, "mike": mike} {
		streams[name] = connect(t, a.url, token)
		streams[name].subscribe("1", query, map[string]any{"mine": true, "after": start})
	}
	streams["of mara"] = connect(t, a.url, ada)
	streams["of mara"].subscribe("1", query, map[string]any{"members": []string{a.me(mara)}, "after": start})
	_, err := owner(t, a.owner).Exec(t.Context(), `insert into clocks (workspace_id, id, lead_id, stage, state, department, member_id, policy_id, rule, starts_at, since, target_us, due_at, wake_at)
		select l.workspace_id, gen_random_uuid(), l.id, x.stage, 'PENDING', 'SALES', m.id, a.id, x.rule, now() - interval '2 hours', now() - interval '2 hours', 3600000000, now() - interval '1 hour', now() - x.ago
		from leads l join agreements a on a.workspace_id = l.workspace_id and a.kind = 'SLA_POLICY' join members m on m.workspace_id = l.workspace_id and m.email like 'sam@%'
		cross join (values ('ENGAGE', 'engage-hot', interval '2 s'), ('ACCEPT', 'accept', interval '1 s')) x(stage, rule, ago) where l.id = $1`, uuid(t, lead))
	require.NoError(t, err)
	type alert struct {
		Event struct{ Kind, Summary string }
		Clock struct {
			ID, Stage   string
			Member      struct{ ID string }
			EscalatedTo []struct{ ID string }
		}
	}
	told := map[string]alert{} // by stage
	for name, stages := range map[string][]string{"sam": {"ENGAGE", "ACCEPT"}, "mara": {"ENGAGE", "ACCEPT"}, "dora": {"ENGAGE"}, "of mara": {"ENGAGE", "ACCEPT"}} {
		var heard []string
		for range stages {
			var one alert
			streams[name].next("slaAlerts", &one)
			require.Equal(t, "CLOCK_BREACHED", one.Event.Kind, name)
			heard = append(heard, one.Clock.Stage)
			told[one.Clock.Stage] = one
		}
		require.ElementsMatch(t, stages, heard, name)
	}
	require.Contains(t, told["ENGAGE"].Event.Summary, "it goes to its owner; MANAGER Sam Reed; DIRECTOR Sam Reed.")
	require.Contains(t, told["ACCEPT"].Event.Summary, "it goes to its owner; MANAGER Sam Reed.")
	require.Len(t, told["ENGAGE"].Clock.EscalatedTo, 2)
	require.Equal(t, a.me(mara), told["ACCEPT"].Clock.EscalatedTo[0].ID)

	found := func(token string, filter map[string]any) (stages []string) {
		var out struct {
			Clocks struct{ Nodes []struct{ Stage string } }
		}
		a.do(token, `query ($filter: ClockFilter) { clocks(filter: $filter) { nodes { stage } } }`, map[string]any{"filter": filter}).into(t, &out)
		for _, c := range out.Clocks.Nodes {
			stages = append(stages, c.Stage)
		}
		return stages
	}
	require.ElementsMatch(t, []string{"ENGAGE", "ACCEPT"}, found(sam, map[string]any{"mine": true}))
	require.ElementsMatch(t, []string{"ENGAGE", "ACCEPT"}, found(mara, map[string]any{"mine": true, "states": []string{"BREACHED"}}))
	require.ElementsMatch(t, []string{"ENGAGE"}, found(dora, map[string]any{"mine": true}))
	require.ElementsMatch(t, []string{"ACCEPT"}, found(dora, map[string]any{"mine": false, "departments": []string{"SALES"}}))
	require.ElementsMatch(t, []string{"ENGAGE"}, found(ada, map[string]any{"escalatedToIds": []string{a.me(dora)}}))
	require.Empty(t, found(mike, map[string]any{"mine": true}))
}

func TestWhatRanOutInAQueueIsOfAllWhoTakeFromIt(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("queued")
	a.source(ada, "web")
	sam, rita := a.member(ada, "sam@queued.example", auth.Sales, auth.Worker), a.member(ada, "rita@queued.example", auth.Sales, auth.Analyst)
	mara, mike := a.member(ada, "mara@queued.example", auth.Sales, auth.Manager), a.member(ada, "mike@queued.example", auth.Marketing, auth.Worker)
	lead, start := a.promising(ada, "ann@acme.example")
	const query = `subscription ($mine: Boolean, $members: [ID!], $after: String) { slaAlerts(mine: $mine, memberIds: $members, after: $after) { event { summary } clock { stage escalatedTo { id } escalatedToQueue } } }`
	open := func(token string, of map[string]any) *socket {
		of["after"] = start
		s := connect(t, a.url, token)
		s.subscribe("1", query, of)
		return s
	}
	own, head := open(sam, map[string]any{"mine": true}), open(mara, map[string]any{"mine": true})
	others := []*socket{open(rita, map[string]any{"mine": false}), open(mike, map[string]any{"mine": false}), open(ada, map[string]any{"members": []string{a.me(mara)}})}
	_, err := owner(t, a.owner).Exec(t.Context(), `insert into clocks (workspace_id, id, lead_id, stage, state, department, policy_id, rule, starts_at, since, target_us, due_at, wake_at)
		select l.workspace_id, gen_random_uuid(), l.id, 'ACCEPT', 'PENDING', 'SALES', a.id, 'accept', now() - interval '2 hours', now() - interval '2 hours', 3600000000, now() - interval '1 hour', now() - interval '1 s'
		from leads l join agreements a on a.workspace_id = l.workspace_id and a.kind = 'SLA_POLICY' where l.id = $1`, uuid(t, lead))
	require.NoError(t, err)
	for _, s := range append(others, own, head) {
		var one struct {
			Event struct{ Summary string }
			Clock struct {
				Stage            string
				EscalatedTo      []struct{ ID string }
				EscalatedToQueue bool
			}
		}
		s.next("slaAlerts", &one)
		require.Equal(t, "ACCEPT", one.Clock.Stage)
		require.True(t, one.Clock.EscalatedToQueue)
		require.Len(t, one.Clock.EscalatedTo, 1, "who runs sales, and none of those who take from the queue")
		require.Equal(t, a.me(mara), one.Clock.EscalatedTo[0].ID)
		require.Contains(t, one.Event.Summary, "it goes to its owner; MANAGER Sam Reed; QUEUE.")
	}
	found := func(token string, mine bool) int {
		var out struct {
			Clocks struct {
				Nodes      []struct{ ID string }
				TotalCount int
			}
			SLACompliance []struct{ Breached int } `json:"slaCompliance"`
		}
		a.do(token, `query ($mine: Boolean) { clocks(filter: {mine: $mine, stages: [ACCEPT]}) { nodes { id } totalCount } slaCompliance(by: STAGE, filter: {mine: $mine, stages: [ACCEPT]}) { breached } }`,
			map[string]any{"mine": mine}).into(t, &out)
		require.Len(t, out.Clocks.Nodes, out.Clocks.TotalCount)
		require.Len(t, out.SLACompliance, out.Clocks.TotalCount)
		return out.Clocks.TotalCount
	}
	for name, x := range map[string]struct {
		token string
		mine  int
	}{"sam": {sam, 1}, "mara": {mara, 1}, "rita only reads": {rita, 0}, "mike is of marketing": {mike, 0}, "late joiners take from it too": {a.member(ada, "kim@queued.example", auth.Sales, auth.Worker), 1}} {
		require.Equal(t, []int{x.mine, 1 - x.mine}, []int{found(x.token, true), found(x.token, false)}, name)
	}
}

func TestWhoReadsWhereTheLogStandsAndThenWhatIsMissesNothing(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("cursors")
	a.source(ada, "web")
	before, _ := a.capture(ada, "ann@acme.example")
	var out struct {
		EventCursor string
		Leads       struct{ Nodes []struct{ ID string } }
	}
	const read = `{ eventCursor leads { nodes { id } } }`
	a.do(ada, read, nil).into(t, &out)
	require.Len(t, out.Leads.Nodes, 1)
	require.Equal(t, before, out.Leads.Nodes[0].ID)
	after, cursor := a.capture(ada, "bob@bolt.example")
	s := connect(t, a.url, ada)
	s.subscribe("1", `subscription ($after: String) { leadEvents(filter: {kinds: [LEAD_CAPTURED]}, after: $after) { cursor lead { id } } }`, map[string]any{"after": out.EventCursor})
	var next struct {
		Cursor string
		Lead   struct{ ID string }
	}
	s.next("leadEvents", &next)
	for next.Lead.ID == before { // where a transaction of somebody else ran while it was read, the log stood a little further back
		s.next("leadEvents", &next)
	}
	require.Equal(t, after, next.Lead.ID, "what came behind it")
	require.NotEmpty(t, cursor)

	t.Run("a cursor of another workspace, and one that is none, are refused", func(t *testing.T) {
		var theirs struct{ EventCursor string }
		a.do(a.signUp("others"), `{ eventCursor }`, nil).into(t, &theirs)
		for after, code := range map[string]string{theirs.EventCursor: "CURSOR_MISMATCH", "nonsense": "BAD_USER_INPUT", out.EventCursor + "!": "BAD_USER_INPUT"} { // one more letter may be another cursor
			for _, query := range []string{`subscription ($after: String) { leadEvents(after: $after) { cursor } }`, `subscription ($after: String) { handoffInbox(after: $after) { cursor } }`,
				`subscription ($after: String) { slaAlerts(after: $after) { cursor } }`} {
				connect(t, a.url, ada).refused(query, map[string]any{"after": after}, code)
			}
		}
	})
	t.Run("it is for those who read leads", func(t *testing.T) {
		var key struct{ CreateAPIKey struct{ Secret string } }
		a.do(ada, `mutation { createApiKey(input: {name: "A partner", scopes: ["members:read"]}) { secret } }`, nil).into(t, &key)
		require.Equal(t, "FORBIDDEN", a.do(key.CreateAPIKey.Secret, `{ eventCursor }`, nil).code())
	})
}
