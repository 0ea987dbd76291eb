package main

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// deed is one call of a member at work, drawn by dice. Every few calls tell of the same touches.
func deed(dice *rand.Rand, news *atomic.Int64, contacts, accounts, leads []string) (document string, vars map[string]any) {
	some := func(of []string) string { return of[dice.IntN(len(of))] }
	person := map[string]any{"email": fmt.Sprintf("p%d@firm%d.example", dice.IntN(8), dice.IntN(3)), "title": fmt.Sprintf("Title %d", dice.IntN(4))}
	if dice.IntN(3) == 0 {
		person["phone"] = fmt.Sprintf("+1415555267%d", dice.IntN(4))
	}
	switch dice.IntN(8) {
	case 0, 1:
		return captureRace, map[string]any{"in": map[string]any{"source": "web", "contact": person, "externalId": fmt.Sprintf("x%d", dice.IntN(12)),
			"account": map[string]any{"industry": fmt.Sprintf("Industry %d", dice.IntN(3))}, "touch": map[string]any{"kind": "CHAT", "externalId": fmt.Sprintf("t%d", news.Add(1)/4)}}}
	case 2:
		return `mutation ($a: ID!, $b: ID!, $x: String, $y: String) { recordTouches(input: {source: "web", touches: [
			{contact: {id: $a}, kind: CALL, channel: PHONE, externalId: $x, occurredAt: "2026-01-05T10:00:00Z"}
			{contact: {id: $b}, kind: CALL, channel: PHONE, externalId: $y, occurredAt: "2026-01-05T11:00:00Z"}]}) { recorded } }`,
			map[string]any{"a": some(contacts), "b": some(contacts), "x": fmt.Sprintf("t%d", news.Add(1)/4), "y": fmt.Sprintf("t%d", news.Add(1)/4)}
	case 3:
		return `mutation ($id: ID!, $title: String) { updateContact(input: {contactId: $id, title: $title}) { cursor } }`, map[string]any{"id": some(contacts), "title": person["title"]}
	case 4:
		return `mutation ($id: ID!, $n: Int) { updateAccount(input: {accountId: $id, employees: $n}) { cursor } }`, map[string]any{"id": some(accounts), "n": dice.IntN(5000)}
	case 5:
		file := "email,company,pet\n"
		for range 12 {
			file += fmt.Sprintf("p%d@firm%d.example,Firm %d,cat\n", dice.IntN(8), dice.IntN(3), dice.IntN(3))
		}
		return `mutation ($text: String, $to: String!) { importLeads(input: {source: "web", text: $text, mapping: {columns: [
			{column: "email", to: "email"}, {column: "company", to: "company"}, {column: "pet", to: $to}]}}) { cursor } }`, map[string]any{"text": file, "to": fmt.Sprintf("lead.custom.pet%d", dice.IntN(5))}
	case 6:
		return `mutation ($key: String!, $label: String!) { defineAttribute(input: {entity: LEAD, key: $key, type: TEXT, label: $label}) { cursor } }`,
			map[string]any{"key": fmt.Sprintf("pet%d", dice.IntN(5)), "label": fmt.Sprintf("Pet %d", dice.IntN(5))}
	}
	return `mutation ($id: ID!, $of: ID) { assignLead(input: {leadId: $id, ownerId: $of}) { cursor } }`, map[string]any{"id": some(leads), "of": nil}
}

func TestAWorkspaceAtWork(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Conns = 16 })
	token := a.signUp("brightwater")
	a.source(token, "web")
	for _, condition := range []string{`{attribute: {name: "contact.title", op: EQ, value: "Title 1"}}`, `{attribute: {name: "account.employees", op: GT, value: 2500}}`, `{behaviour: {kinds: [CALL]}}`} {
		require.Empty(t, a.do(token, `mutation { createPersona(input: {name: "`+fmt.Sprint(len(condition))+`", condition: `+condition+`}) { cursor } }`, nil).Errors)
	}
	var contacts, accounts, leads []string
	for i := range 6 {
		l := a.captured(token, fmt.Sprintf("p%d@firm%d.example", i, i%3)).CaptureLead.Lead
		contacts, accounts, leads = append(contacts, l.Contact.ID), append(accounts, l.Account.ID), append(leads, l.ID)
	}
	var news atomic.Int64
	codes := map[string]int{}
	for range 2 {
		all := together(16, func(i int) (worst answer) {
			dice := rand.New(rand.NewPCG(uint64(i), 4))
			for range 20 {
				document, vars := deed(dice, &news, contacts, accounts, leads)
				if r := a.do(token, document, vars); r.code() != "" {
					worst = r
				}
			}
			return worst
		})
		for code, n := range tell(all) {
			codes[code] += n
		}
	}
	require.Equal(t, map[string]int{"": 32}, codes, "nobody hears of the others")
	conn := owner(t, a.owner)
	quiet(t, conn)
	require.Zero(t, count(t, conn, "select count(*) from imports where state <> 'SUCCEEDED'"))
	require.Zero(t, count(t, conn, "select deadlocks from pg_stat_database where datname = current_database()"), "all lock in one order")
	for what, query := range map[string]string{
		"an address or id of two people":            `select count(*) from (select from contact_identities where not shared group by kind, key having count(*) > 1) x`,
		"a person with two open leads":              `select count(*) from (select from leads group by contact_id having count(*) > 1) x`,
		"a person without a lead":                   `select count(*) from contacts c where not exists (select from leads l where l.contact_id = c.id)`,
		"a domain of two companies":                 `select count(*) from (select from accounts group by domain having count(*) > 1) x`,
		"an address that its person does not hold":  `select count(*) from contacts c where email is not null and not exists (select from contact_identities i where i.contact_id = c.id and i.kind = 'EMAIL')`,
		"a number that its person does not hold":    `select count(*) from contacts c where phone is not null and not exists (select from contact_identities i where i.contact_id = c.id and i.key = c.phone)`,
		"a lead whose activity is before its start": `select count(*) from leads where last_activity_at < created_at`,
		"a lead that nobody saw open":               `select count(*) from leads l where (select count(*) from events e where e.lead_id = l.id and e.kind = 'LEAD_CAPTURED') <> 1`,
	} {
		require.Zero(t, count(t, conn, query), what)
	}
}
