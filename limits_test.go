package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLimitsAreNamed(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs = false })
	token := a.signUp("brightwater")
	a.source(token, "web")
	lead := a.captured(token, "ann@acme.example").CaptureLead.Lead
	many := func(n int, of any) []any {
		all := make([]any, n)
		for i := range all {
			all[i] = of
		}
		return all
	}
	touch := map[string]any{"contact": map[string]any{"id": lead.Contact.ID}, "kind": "CALL", "channel": "PHONE", "occurredAt": "2026-01-05T10:00:00Z"}
	const record, capture = `mutation ($v: [TouchInput!]!) { recordTouches(input: {source: "web", touches: $v}) { recorded } }`,
		`mutation ($v: String) { captureLead(input: {source: "web", interest: $v, idempotencyKey: $v, contact: {email: "ann@acme.example"}}) { outcome } }`
	for name, c := range map[string]struct {
		query      string
		most, over any
		field      string
	}{
		"500 touches at once":           {record, many(500, touch), many(501, touch), "input.touches"},
		"250 objects at once":           {`query ($v: [ID!]!) { nodes(ids: $v) { id } }`, many(250, lead.ID), many(251, lead.ID), "Query.nodes(ids:)"},
		"250 ids in a filter":           {`query ($v: [ID!]) { leads(filter: {accountIds: $v}) { totalCount } }`, many(250, lead.Account.ID), many(251, lead.Account.ID), "filter.accountIds"},
		"an idempotency key of 255":     {capture, strings.Repeat("k", 255), strings.Repeat("k", 256), "input.idempotencyKey"},
		"an import's text of 64 KiB":    {`query ($v: String) { previewImport(input: {text: $v, mapping: {columns: [{column: "email", to: "email"}]}}) { unmapped } }`, "email\n" + strings.Repeat("a", 64<<10-6), "email\n" + strings.Repeat("a", 64<<10-5), "input.text"},
		"a custom attribute's 50 bytes": {`mutation ($v: String!) { defineAttribute(input: {entity: LEAD, key: $v, type: TEXT}) { cursor } }`, strings.Repeat("k", 50), strings.Repeat("k", 51), "input.key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := a.do(token, c.query, map[string]any{"v": c.most})
			require.Empty(t, res.Errors)
			res = a.do(token, c.query, map[string]any{"v": c.over})
			require.Equal(t, "BAD_USER_INPUT", res.code())
			require.Equal(t, c.field, res.Errors[0].Extensions["field"], res.Errors[0].Message)
		})
	}
}

func TestPersonasAreMatchedWithEveryLeadSoThereAreNotTooMany(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs = false })
	token := a.signUp("brightwater")
	add := func(n int) answer {
		return a.do(token, `mutation ($name: String!) { createPersona(input: {name: $name, condition: {attribute: {name: "contact.title", op: IS_SET}}}) { persona { id } } }`,
			map[string]any{"name": fmt.Sprintf("Persona %d", n)})
	}
	change := func(id string, active bool) answer {
		return a.do(token, `mutation ($id: ID!, $active: Boolean) { updatePersona(input: {personaId: $id, active: $active}) { cursor } }`, map[string]any{"id": id, "active": active})
	}
	var first struct {
		CreatePersona struct{ Persona struct{ ID string } }
	}
	add(0).into(t, &first)
	for n := 1; n < 199; n++ {
		require.Empty(t, add(n).Errors)
	}
	last := together(4, func(i int) answer { return add(199 + i) })
	require.Equal(t, map[string]int{"": 1, "CONFLICT": 3}, tell(last), "the two hundredth is the last one")
	require.Empty(t, change(first.CreatePersona.Persona.ID, false).Errors)
	require.Empty(t, add(300).Errors, "a retired one makes room")
	require.Equal(t, "CONFLICT", change(first.CreatePersona.Persona.ID, true).code(), "and cannot come back")
}
