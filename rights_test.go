package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// asks are the permissions of a @can; known tells whether there is one.
func asks(d ast.DirectiveList) (all []auth.Permission, known bool) {
	can := d.ForName("can")
	if can == nil {
		return nil, false
	}
	for _, c := range can.Arguments.ForName("do").Value.Children {
		all = append(all, auth.Permission(c.Value.Raw))
	}
	return all, true
}

// scoped makes an API key with these scopes.
func (w *world) scoped(t *testing.T, scopes ...auth.Permission) string {
	t.Helper()
	var out struct{ CreateAPIKey struct{ Secret string } }
	w.a.do(w.token, `mutation ($scopes: [String!]!) { createApiKey(input: {name: "A key for a test", scopes: $scopes}) { secret } }`, map[string]any{"scopes": scopes}).into(t, &out)
	return out.CreateAPIKey.Secret
}

// without is every permission but some.
func without(some ...auth.Permission) []auth.Permission {
	return slices.DeleteFunc(auth.All(), func(p auth.Permission) bool { return slices.Contains(some, p) })
}

// bare sends the call and asks for nothing but the root field itself.
func (c *call) bare(token string) answer {
	c.a.t.Helper()
	if sdl().Types[c.field.Type.Name()].IsLeafType() {
		return c.send(token, "")
	}
	return c.send(token, "{ __typename }")
}

func TestRootFieldsAskForTheirPermissions(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	w := furnish(t, a, "brightwater")
	conn := owner(t, a.owner)
	lacking := map[auth.Permission]string{}
	for _, p := range auth.All() {
		lacking[p] = w.scoped(t, without(p)...)
	}
	readOnly := w.scoped(t, auth.LeadsRead)
	calls := map[string]*call{}
	for _, f := range roots() {
		calls[f.Name] = w.call(t, f.Name)
	}
	quiet(t, conn) // the keys are events too, and the log is searched behind them
	before := digest(t, conn, uuid(t, w.ids[id.Workspace]))
	refused := 0
	for _, f := range roots() {
		can, known := asks(f.Directives)
		if of, typed := asks(sdl().Types[f.Type.Name()].Directives); typed {
			can = append(can, of...)
		}
		if !known {
			require.NotNil(t, f.Directives.ForName("anyone"), f.Name)
			continue
		}
		c := calls[f.Name]
		res := c.bare("")
		require.Equal(t, "UNAUTHENTICATED", res.code(), f.Name)
		require.Contains(t, []string{"", "null"}, string(res.Data), f.Name)
		for _, p := range can {
			res := c.bare(lacking[p])
			require.Equal(t, "FORBIDDEN", res.code(), "%s without %s", f.Name, p)
			require.Equal(t, string(p), res.Errors[0].Extensions["permission"], f.Name)
			require.Contains(t, []string{"", "null"}, string(res.Data), f.Name)
			refused++
		}
		if slices.ContainsFunc(can, func(p auth.Permission) bool { return p != auth.LeadsRead }) {
			require.Equal(t, "FORBIDDEN", c.bare(readOnly).code(), "%s with leads:read alone", f.Name)
			refused++
		}
	}
	after := digest(t, conn, uuid(t, w.ids[id.Workspace]))
	require.Equal(t, withoutUse(before), withoutUse(after), "nothing of what was refused was done")
	t.Logf("%d refusals", refused)
}

// withoutUse leaves out the table where the use of keys is noted.
func withoutUse(digest string) []string {
	return slices.DeleteFunc(strings.Fields(digest), func(s string) bool { return strings.HasPrefix(s, "api_keys") })
}

func TestPostsMayDoWhatTheJobOutlineSays(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	w := furnish(t, a, "brightwater")
	for _, d := range auth.Departments {
		for _, r := range auth.Roles {
			token := a.member(w.token, fmt.Sprintf("%s.%s@brightwater.example", strings.ToLower(string(d)), strings.ToLower(string(r))), d, r)
			for _, f := range roots() {
				can, known := asks(f.Directives)
				if !known || len(can) == 0 {
					continue // open to anyone, or to every member: some of these end the session
				}
				may := !slices.ContainsFunc(can, func(p auth.Permission) bool { return !slices.Contains(auth.Of(d, r, false), p) })
				res := w.call(t, f.Name).bare(token)
				require.Equal(t, may, res.code() != "FORBIDDEN" || res.Errors[0].Extensions["permission"] == nil, "%s by %s %s: %s", f.Name, d, r, said(res))
				require.NotEqual(t, "INTERNAL", res.code(), f.Name)
			}
		}
	}
}

func TestObjectsAskForTheirPermissions(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	w := furnish(t, a, "brightwater")
	s := sdl()
	keys := map[auth.Permission]string{}
	asked := 0
	for _, d := range s.Types {
		if d.Kind != ast.Object || !slices.Contains(d.Interfaces, "Node") {
			continue
		}
		own, _ := asks(d.Directives)
		for _, f := range d.Fields {
			of := s.Types[f.Type.Name()]
			if nodes := of.Fields.ForName("nodes"); nodes != nil {
				of = s.Types[nodes.Type.Name()]
			}
			can, _ := asks(of.Directives)
			for _, p := range append(can, own...) {
				if keys[p] == "" {
					keys[p] = w.scoped(t, without(p)...)
				}
				c := &call{a: a, field: f, within: w.way(d)}
				require.Equal(t, "FORBIDDEN", c.send(keys[p], "").code(), "%s.%s without %s", d.Name, f.Name, p)
				asked++
			}
		}
	}
	require.Greater(t, asked, 100)
}

// way is how to reach an object of a type; empty where the test does not know.
func (w *world) way(d *ast.Definition) string {
	if slices.Contains(d.Interfaces, "Node") {
		return fmt.Sprintf("node(id: %q) { ... on %s { %%s } }", w.ids[kindOf(d.Name)], d.Name)
	}
	if d.Name == "Move" {
		lead := w.staged(lifecycle.Accepted)
		w.does(`insert into moves (workspace_id, id, lead_id, from_stage, to_stage, at, actor_kind, note) select workspace_id, $2, id, 'NEW', 'ACCEPTED', now(), 'SYSTEM', $3 from leads where id = $1`,
			lead.UUID, id.New(), w.name("note"))
		return fmt.Sprintf("node(id: %q) { ... on Lead { moves { %%s } } }", lead)
	}
	return map[string]string{
		"Absence":         fmt.Sprintf("node(id: %q) { ... on Member { absences { %%s } } }", w.ids[id.Member]),
		"Consent":         fmt.Sprintf("node(id: %q) { ... on Contact { consents { %%s } } }", w.ids[id.Contact]),
		"ConditionReason": fmt.Sprintf("node(id: %q) { ... on Contact { leads(first: 1) { nodes { personaMatch { reasons { %%s } } } } } }", w.ids[id.Contact]),
		"ContactIdentity": fmt.Sprintf("node(id: %q) { ... on Contact { identities { %%s } } }", w.ids[id.Contact]),
		"CreditEvidence":  fmt.Sprintf("node(id: %q) { ... on CreditDispute { answerEvidence { %%s } } }", w.ids[id.Dispute]),
		"ContactStanding": fmt.Sprintf("node(id: %q) { ... on Contact { standing { %%s } } }", w.ids[id.Contact]),
		"ImportRefusal":   fmt.Sprintf("node(id: %q) { ... on Import { refusals(first: 3) { nodes { %%s } } } }", w.ids[id.Import]),
	}[d.Name]
}

func TestPersonalDataReadNullWithoutTheirPermission(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	w := furnish(t, a, "brightwater")
	canary := map[string]any{"givenName": "Canarina", "familyName": "Finchley", "fullName": "Canarina Finchley", "email": "canarina.finchley@brightwater.example", "phone": "+12125550142"}
	res := w.call(t, "updateContact").with(leaf{path: []string{"input"}}, map[string]any{"contactId": w.ids[id.Contact]})
	for k, v := range canary {
		res.args["input"].(map[string]any)[k] = v
	}
	require.Empty(t, res.send(w.token, "").Errors)
	// A persona that asks about the person's own words shows them as what it found.
	require.Empty(t, a.do(w.token, `mutation ($c: ConditionInput!) { createPersona(input: {name: "Birds", condition: $c, priority: 1}) { cursor } }`, map[string]any{"c": map[string]any{
		"attribute": map[string]any{"name": "lead.interest", "op": "CONTAINS", "value": "canaries"}}}).Errors)
	canary["interest"] = "canaries of Finchley Road"
	require.Empty(t, a.do(w.token, `mutation ($email: String!, $interest: String!) { captureLead(input: {source: "website", contact: {email: $email}, interest: $interest}) { cursor } }`,
		map[string]any{"email": canary["email"], "interest": canary["interest"]}).Errors)
	require.Empty(t, w.call(t, "suppressContact").send(w.token, "").Errors)
	blind := w.scoped(t, without(auth.PIIRead)...)
	fields := 0
	for _, d := range sdl().Types {
		for _, f := range d.Fields {
			if f.Directives.ForName("pii") == nil {
				continue
			}
			way := w.way(d)
			require.NotEmpty(t, way, "%s.%s is personal, and the test does not know how to reach it", d.Name, f.Name)
			c := &call{a: a, field: f, within: way}
			require.NotContains(t, string(c.send(w.token, "").Data), `"`+f.Name+`":null`, "%s.%s has a value to hide", d.Name, f.Name)
			hidden := c.send(blind, "")
			require.Empty(t, hidden.Errors, "%s.%s", d.Name, f.Name)
			require.NotRegexp(t, `"`+f.Name+`":[^n]`, string(hidden.Data), "%s.%s", d.Name, f.Name)
			fields++
		}
	}
	require.Greater(t, fields, 6)
	t.Run("and stand nowhere else in what can be read", func(t *testing.T) {
		var everything strings.Builder
		for kind, global := range w.ids {
			if kind != id.Upload {
				res := w.call(t, "node").with(leaf{path: []string{"id"}}, global).send(blind, w.all(kind))
				require.Empty(t, res.Errors, "%s", kind)
				everything.Write(res.Data)
			}
		}
		for _, f := range sdl().Query.Fields {
			if !strings.HasPrefix(f.Name, "__") && !sdl().Types[f.Type.Name()].IsAbstractType() {
				everything.Write(w.call(t, f.Name).send(blind, "").Data)
			}
		}
		for name, value := range canary {
			text, _ := json.Marshal(value) // a text
			require.NotContains(t, everything.String(), strings.Trim(string(text), `"`), "%s: %s", name, text)
		}
		require.Contains(t, everything.String(), "Birds", "there was something to read")
	})
}

// all is what can be read near an object of a kind.
func (w *world) all(k id.Kind) string {
	for _, d := range sdl().Types {
		if d.Kind == ast.Object && slices.Contains(d.Interfaces, "Node") && kindOf(d.Name) == k {
			return "{ ... on " + d.Name + " " + near(sdl(), ast.NamedType(d.Name, nil), 2) + " }"
		}
	}
	return "{ __typename }"
}
