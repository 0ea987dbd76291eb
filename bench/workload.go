package main

import (
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// workload is one kind of request, and who answers it.
type workload struct {
	name      string
	about     string
	variables func(d dice, b []byte) []byte // of one request
	targets   []target                      // the first is the limit
	writes    bool
	unequal   bool // the targets do different things
}

// target is one way to get a workload's answers.
type target struct {
	name   string
	server *server
	path   string
	query  []byte // as a JSON string
	rules  bool   // leads are judged
}

// body is one request's.
func (t *target) body(w *workload, d dice, b []byte) []byte {
	b = append(append(b, `{"query":`...), t.query...)
	return append(w.variables(d, append(b, `,"variables":`...)), '}')
}

const leadQuery = `query Lead($id: ID!) {
  lead(by: {id: $id}) {
    id stage stageSince interest queue cycle createdAt lastActivityAt version
    contact { id fullName email phone title seniority country city }
    account { id name domain industry employees country }
    persona { id name priority }
    owner { id name email }
    source { id key name kind }
    touches(first: 5) { nodes { id kind channel direction subject occurredAt } }
  }
}`

const inboxFields = `id stage stageSince queue interest lastActivityAt
      contact { id fullName email title country }
      persona { id name }
      account { id name domain employees }
      owner { id name }
      source { id name }
      touches(first: 3) { nodes { id kind channel occurredAt } }`

const inboxQuery = `query Inbox($filter: LeadFilter) {
  leads(first: 50, filter: $filter, orderBy: LAST_ACTIVITY_DESC) {
    pageInfo { hasNextPage }
    nodes { ` + inboxFields + ` }
  }
}`

const inboxEdgesQuery = `query Inbox($filter: LeadFilter) {
  leads(first: 50, filter: $filter, orderBy: LAST_ACTIVITY_DESC) {
    pageInfo { hasNextPage }
    edges { node { ` + inboxFields + ` } }
  }
}`

const recordMutation = `mutation Record($input: RecordTouchesInput!) {
  recordTouches(input: $input) { recorded duplicates results { outcome touchId } }
}`

// workloads are those of docs/performance.md.
func workloads(w *world, limit, leadgraph, gqlgen *server) []*workload {
	graph := func(name, query string) target {
		text, _ := json.Marshal(query) // a text
		return target{name: name, server: leadgraph, path: "/graphql", query: text}
	}
	byHand := func(path, query string) target {
		t := graph("limit", query)
		t.server, t.path = limit, path
		return t
	}
	stock := func(query string) target {
		t := graph("leadgraph-gqlgen", query)
		t.server = gqlgen
		return t
	}
	return []*workload{
		{name: "w1", about: "a lead by id with contact, account, persona, owner, source, 5 touches", variables: w.leadVariables,
			targets: []target{byHand("/w1", leadQuery), graph("leadgraph", leadQuery), stock(leadQuery)}},
		{name: "w2", about: "a page of 50 leads, each with contact, persona, account, owner, source, 3 touches", variables: w.inboxVariables,
			targets: []target{byHand("/w2", inboxQuery), graph("leadgraph", inboxQuery), graph("leadgraph-edges", inboxEdgesQuery), stock(inboxQuery)}},
		{name: "w3", about: "100 touches recorded in one request", variables: w.recordVariables(0), writes: true,
			targets: []target{byHand("/w3", recordMutation), graph("leadgraph", recordMutation)}},
		{name: "w3-judged", about: "the same, without and with rules in force that score and qualify the leads", variables: w.recordVariables(0), writes: true, unequal: true,
			targets: []target{graph("plain", recordMutation), judged(graph("judged", recordMutation))}},
		{name: "w3-visits", about: "the same again, of people who do some things in a row, as they do in a visit", variables: w.recordVariables(stay), writes: true, unequal: true,
			targets: []target{graph("plain", recordMutation), judged(graph("judged", recordMutation))}},
	}
}

func judged(t target) target {
	t.rules = true
	return t
}

func (w *world) leadVariables(d dice, b []byte) []byte {
	g := id.Global{Kind: id.Lead, UUID: w.leads[d.IntN(len(w.leads))].id}
	return append(g.Append(append(b, `{"id":"`...)), `"}`...)
}

// inboxVariables asks for a stage, every fourth time for a member's leads: each is the head of an index.
func (w *world) inboxVariables(d dice, b []byte) []byte {
	if d.IntN(4) > 0 {
		return fmt.Appendf(b, `{"filter":{"stages":[%q]}}`, pick(d, inbox))
	}
	g := id.Global{Kind: id.Member, UUID: pick(d, w.members).ID}
	return append(g.Append(append(b, `{"filter":{"ownerIds":["`...)), `"]}}`...)
}

// stay is how probable it is that the next touch is of the same person: then a visit has 3.11 touches in the mean, as many as those who came to X Education's site viewed pages in a visit ("Page Views
// Per Visit" of its 9,240 leads, those without one left out).
const stay = 1 - 1/3.11

// recordVariables makes touches that happened a moment ago, each with a key of its own; with a probability each is of the same person as the one before, else of any. Nearly all are the last that their
// person did: one that is known too late moves no lead where no rule asks, which would make plain recording cheaper from round to round.
func (w *world) recordVariables(same float64) func(dice, []byte) []byte {
	kinds := []contact.TouchKind{contact.KindPageViewed, contact.KindEmailOpened, contact.KindEmailClicked, contact.KindResourceDownloaded, contact.KindFormSubmitted}
	var last atomic.Int64
	run := time.Now().UnixMilli()
	return func(d dice, b []byte) []byte {
		n, now := last.Add(1), time.Now()
		b = fmt.Appendf(b, `{"input":{"source":%q,"touches":[`, w.sources[0].Key)
		g := id.Global{Kind: id.Contact}
		for i := range 100 {
			if i > 0 {
				b = append(b, ',')
			}
			if i == 0 || same == 0 || d.Float64() >= same {
				g.UUID = w.contacts[d.IntN(len(w.contacts))].id
			}
			b = append(g.Append(append(b, `{"contact":{"id":"`...)), `"},"kind":"`...)
			b = fmt.Appendf(b, `%s","channel":"WEB","subject":%q,"externalId":"b-%d-%d-%d","occurredAt":"`, pick(d, kinds), pick(d, subjects), run, n, i)
			b = now.Add(-time.Duration(d.Int64N(int64(time.Second)))).UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z07:00")
			b = append(b, `"}`...)
		}
		return append(b, "]}}"...)
	}
}
