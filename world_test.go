package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// world is a workspace with one of everything. Every text in it holds the tag, so that one seen elsewhere gives itself away.
type world struct {
	a       *testAPI
	tag     string
	token   string             // of the founder, who may do everything
	ids     map[id.Kind]string // one object of each kind
	rules   rules
	baton   baton
	pursuit pursuit
	speed   speed
	slots   map[string]string // reserved messages, by the mutation that can be made with each; and a campaign to acknowledge
	instead map[string]string // tokens of those who may what the founder may not, by field
	fresh   atomic.Int64
}

// furnish makes a workspace with one of everything.
func furnish(t *testing.T, a *testAPI, tag string) *world {
	t.Helper()
	w := &world{a: a, tag: tag, token: a.signUp(tag), ids: map[id.Kind]string{}}
	for _, field := range []string{"createSource", "createCampaign", "defineAttribute", "createPersona", "captureLead", "createMember", "createApiKey", "createUpload", "importLeads"} {
		w.make(t, field)
	}
	w.importEnds(t)
	var out struct {
		Viewer struct{ Workspace struct{ ID string } }
		Leads  struct {
			Nodes []struct {
				ID       string
				Contact  struct{ ID string }
				Account  struct{ ID string }
				Timeline struct {
					Nodes []struct{ ID, Typename string }
				}
			}
		}
	}
	a.do(w.token, `{ viewer { workspace { id } } leads(first: 10, filter: {owned: false}, orderBy: CREATED_ASC) { nodes { id contact { id } account { id }
		timeline(first: 9) { nodes { Typename: __typename ... on Touch { id } ... on Event { id } } } } } }`, nil).into(t, &out)
	lead := out.Leads.Nodes[0]
	w.ids[id.Workspace], w.ids[id.Lead], w.ids[id.Contact], w.ids[id.Account] = out.Viewer.Workspace.ID, lead.ID, lead.Contact.ID, lead.Account.ID
	for _, n := range lead.Timeline.Nodes {
		w.ids[id.Kind(strings.ToLower(n.Typename))] = n.ID
	}
	w.hurry(t)
	w.handOver(t, w.agree(t))
	w.pursue(t)
	w.win(t)
	w.write(t)
	w.quarrel(t)
	for _, k := range []id.Kind{id.Workspace, id.Member, id.APIKey, id.Account, id.Contact, id.Lead, id.Source, id.Touch, id.Campaign, id.Persona, id.Event, id.Upload, id.Import, id.Agreement, id.Rescore,
		id.BackTest, id.ModelFit, id.Handoff, id.Absence, id.Reason, id.Deal, id.Clock, id.Waiver, id.Message,
		id.AttributionRun, id.AttributionFit, id.Dispute} {
		require.NotEmpty(t, w.ids[k], "the world has no %s", k)
	}
	return w
}

// make calls one of the calls and keeps the ids it answers.
func (w *world) make(t *testing.T, field string) {
	t.Helper()
	c := w.call(t, field)
	res := c.send(w.token, "")
	require.Empty(t, res.Errors, field)
	var payload map[string]map[string]any
	require.NoError(t, json.Unmarshal(res.Data, &payload))
	for _, v := range payload[field] {
		if m, ok := v.(map[string]any); ok {
			v = m["id"]
		}
		if s, ok := v.(string); ok {
			if g, err := id.Parse(s); err == nil && w.ids[g.Kind] == "" {
				w.ids[g.Kind] = s
			}
		}
	}
}

// importEnds waits for the import that furnishes the world.
func (w *world) importEnds(t *testing.T) {
	t.Helper()
	if w.a.server.settings.Jobs {
		require.Equal(t, "SUCCEEDED", w.a.ended(w.token, w.ids[id.Import]).State)
	}
}

// name is a text with the tag that nothing else is called.
func (w *world) name(what string) string { return fmt.Sprintf("%s-%s-%d", w.tag, what, w.fresh.Add(1)) }

// inputs are arguments with which each root field succeeds, for the world's founder. Those without arguments are left out.
func (w *world) inputs() map[string]map[string]any {
	name := func(what string) map[string]any { return map[string]any{"name": w.name(what)} }
	in := func(m map[string]any) map[string]any { return map[string]any{"input": m} }
	with := func(m map[string]any, key string, value any) map[string]any { m[key] = value; return m }
	id := func(k id.Kind) string { return w.ids[k] }
	all := map[string]map[string]any{
		"node": {"id": w.ids["lead"]}, "nodes": {"ids": []any{w.ids["lead"]}},
		"lead": {"by": map[string]any{"id": w.ids["lead"]}}, "contact": {"by": map[string]any{"id": w.ids["contact"]}}, "account": {"by": map[string]any{"id": w.ids["account"]}},
		"previewCondition": {"condition": titled("Director"), "sample": 1}, "previewImport": in(map[string]any{"text": "email,name\nada@" + w.tag + ".example,Ada\n", "mapping": mapped()}),

		"signUp": in(map[string]any{"workspaceName": w.name("workspace"), "slug": w.name("slug"), "name": "Ada Park", "email": w.name("ada") + "@" + w.tag + ".example",
			"password": "a long passphrase 42", "department": auth.Marketing}),
		"signIn":         in(map[string]any{"email": "ada@" + w.tag + ".example", "password": "a long passphrase 42"}),
		"refreshSession": in(map[string]any{"refreshToken": "lgr_none"}), "signOut": in(map[string]any{}),
		"changePassword":  in(map[string]any{"oldPassword": "a long passphrase 42", "newPassword": "another long passphrase 43"}),
		"updateWorkspace": in(name("workspace")),
		"createMember": in(map[string]any{"name": w.name("member"), "email": w.name("sam") + "@" + w.tag + ".example", "password": "a long passphrase 42",
			"department": auth.Sales, "role": auth.Worker}),
		"updateMember":    in(with(name("member"), "memberId", id("member"))),
		"createApiKey":    in(with(name("key"), "scopes", []any{"leads:read"})),
		"rotateApiKey":    in(map[string]any{"apiKeyId": id("key")}),
		"revokeApiKey":    in(map[string]any{"apiKeyId": id("key")}),
		"createSource":    in(map[string]any{"key": w.key("website"), "name": w.name("source"), "kind": "FORM", "channel": "WEB"}),
		"updateSource":    in(with(name("source"), "sourceId", id("source"))),
		"createCampaign":  in(map[string]any{"key": w.key("spring"), "name": w.name("campaign"), "kind": "NURTURE", "channel": "EMAIL", "startsAt": "2026-01-01T00:00:00Z"}),
		"updateCampaign":  in(with(name("campaign"), "campaignId", id("campaign"))),
		"defineAttribute": in(map[string]any{"entity": "LEAD", "key": "note", "type": "TEXT", "label": w.name("label")}),
		"createPersona":   in(with(name("persona"), "condition", titled("Director"))),
		"updatePersona":   in(with(with(name("persona"), "personaId", id("persona")), "condition", titled("Director"))),
		"captureLead": in(map[string]any{"source": "website", "campaign": "spring", "externalId": w.name("x"), "idempotencyKey": w.name("once"), "interest": w.name("interest"),
			"attributes": map[string]any{"note": w.name("note")},
			"contact":    map[string]any{"email": "ada@" + w.name("p") + ".example", "fullName": w.name("person"), "title": "Director " + w.tag},
			"account":    map[string]any{"name": w.name("company")}, "touch": map[string]any{"kind": "FORM_SUBMITTED", "subject": w.name("form"), "externalId": w.name("t")},
			"consents": []any{map[string]any{"channel": "EMAIL", "purpose": "MARKETING", "state": "GRANTED", "proof": w.name("proof")}}}),
		"assignLead":    in(map[string]any{"leadId": id("lead"), "ownerId": id("member")}),
		"updateAccount": in(with(name("company"), "accountId", id("account"))),
		"updateContact": in(map[string]any{"contactId": id("contact"), "title": w.name("title")}),
		"recordConsent": in(map[string]any{"contactId": id("contact"), "channel": "PHONE", "purpose": "SALES", "state": "GRANTED"}),
		"recordTouches": in(map[string]any{"source": "website", "touches": []any{map[string]any{"contact": map[string]any{"id": id("contact")}, "kind": "CALL",
			"channel": "PHONE", "occurredAt": time.Now().UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)}}}),
		"createUpload": in(map[string]any{"fileName": w.name("file")}),
		"importLeads": in(map[string]any{"source": "website", "text": "email,name\n" + w.name("i") + "@" + w.tag + ".example," + w.name("imported") + "\nnobody,Nobody " + w.tag + "\n",
			"mapping": mapped()}),
		"cancelImport": in(map[string]any{"importId": id("import")}),
	}
	maps.Copy(all, w.pacts())
	maps.Copy(all, w.batons())
	maps.Copy(all, w.deadlines())
	maps.Copy(all, w.letters())
	return all
}

// mapped is a mapping of the columns email and name.
func mapped() map[string]any {
	return map[string]any{"columns": []any{map[string]any{"column": "name", "to": "fullName", "values": []any{map[string]any{"from": "n/a", "to": nil}}}, map[string]any{"column": "email", "to": "email"}},
		"defaults": []any{map[string]any{"to": "country", "value": "DE"}}}
}

// key is the plain key for the first of its kind, and another one for each later one.
func (w *world) key(plain string) string {
	if w.ids[map[string]id.Kind{"website": id.Source, "spring": id.Campaign}[plain]] == "" {
		return plain
	}
	return w.name(plain)
}

// titled is the condition for people with a word in their title.
func titled(word string) map[string]any {
	return map[string]any{"attribute": map[string]any{"name": "contact.title", "op": "CONTAINS", "value": word}}
}
