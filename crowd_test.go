package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

// crowd makes a workspace with a dozen and more of everything, many of which have the same name, time or priority.
func crowd(t *testing.T) *world {
	t.Helper()
	a := startAPI(t)
	w := &world{a: a, tag: "crowd", token: a.signUp("crowd"), ids: map[id.Kind]string{}}
	for i := range 12 {
		third := fmt.Sprintf("Name %d", i/3)
		w.ids[id.Source] = w.made(t, "createSource", "source", map[string]any{"key": fmt.Sprintf("s%d", i), "name": third, "kind": "FORM", "channel": "WEB"})
		w.ids[id.Campaign] = w.made(t, "createCampaign", "campaign", map[string]any{"key": fmt.Sprintf("c%d", i), "name": third, "kind": "NURTURE", "channel": "EMAIL",
			"startsAt": fmt.Sprintf("2026-01-0%dT00:00:00Z", 1+i/5)})
		w.ids[id.Member] = w.made(t, "createMember", "member", map[string]any{"name": third, "email": fmt.Sprintf("m%d@crowd.example", i), "department": "SALES", "role": "MEMBER"})
		w.ids[id.APIKey] = w.made(t, "createApiKey", "apiKey", map[string]any{"name": third, "scopes": []string{"leads:read"}})
		w.ids[id.Persona] = w.made(t, "createPersona", "persona", map[string]any{"name": fmt.Sprintf("Persona %d", i), "priority": 1000 - 300*(i/4),
			"condition": map[string]any{"attribute": map[string]any{"name": "contact.title", "op": "IS_SET"}}})
		w.ids[id.Import] = w.made(t, "importLeads", "import", map[string]any{"source": "s0", "text": fmt.Sprintf("email\nlone%d@gmail.com\n", i)})
	}
	w.imported(t)
	w.related(t)
	w.judged(t)
	w.offered(t)
	for i := range 12 { // each owes marketing a clock
		w.made(t, "captureLead", "lead", map[string]any{"source": "s0", "contact": map[string]any{"email": fmt.Sprintf("hot%d@hot.example", i), "title": "Head of Logistics"},
			"account": map[string]any{"name": "Hot", "employees": 500}, "touch": map[string]any{"kind": "DEMO_REQUESTED"}})
	}
	for range 4 {
		w.write(t)
	}
	w.sold(t)
	w.won(t)
	for i := range 12 {
		w.made(t, "setGoal", "goal", map[string]any{"metric": "PASSED", "target": 5, "startsAt": fmt.Sprintf("2026-01-%02dT00:00:00Z", 1+i), "endsAt": fmt.Sprintf("2028-01-0%dT00:00:00Z", 1+i/5)})
	}
	w.stocked(t)
	w.quarrels()
	return w
}

// made calls a mutation and answers the id of what it made.
func (w *world) made(t *testing.T, verb, field string, input map[string]any) string {
	t.Helper()
	kind := strings.ToUpper(verb[:1]) + verb[1:] + "Input!"
	var out map[string]map[string]struct{ ID string }
	w.a.do(w.token, fmt.Sprintf(`mutation ($in: %s) { %s(input: $in) { %s { id } } }`, kind, verb, field), map[string]any{"in": input}).into(t, &out)
	return out[verb][field].ID
}

// imported lets a file land whose rows all come at one moment: people of one company, people of companies of one name, and rows that
// cannot be taken.
func (w *world) imported(t *testing.T) {
	t.Helper()
	var file strings.Builder
	file.WriteString("email,fullName,company,companyDomain,title\n")
	for i := range 12 {
		fmt.Fprintf(&file, "p%d@acme.example,Person %d,Acme,,Driver\n", i, i/4)
		fmt.Fprintf(&file, "p%d@other%[1]d.example,,Company %[2]d,,Driver\n", i, i/4)
		file.WriteString("nobody,Nobody,,,\n")
	}
	w.ids[id.Import] = w.made(t, "importLeads", "import", map[string]any{"source": "s11", "campaign": "c11", "text": file.String(), "mapping": map[string]any{
		"columns":  []any{mapsTo("email", "email"), mapsTo("fullName", "fullName"), mapsTo("company", "company"), mapsTo("title", "title")},
		"defaults": []any{map[string]any{"to": "touch.kind", "value": "FORM_SUBMITTED"}}}})
	eventually(t, "the end of all imports", func() bool {
		var out struct{ Imports struct{ TotalCount int } }
		w.a.do(w.token, `{ imports(filter: {states: [SUCCEEDED]}) { totalCount } }`, nil).into(t, &out)
		return out.Imports.TotalCount == 13
	})
}

func mapsTo(from, to string) map[string]any { return map[string]any{"column": from, "to": to} }

// related gives one lead many touches at the same moment, and one member all leads of a company. One persona fits all.
func (w *world) related(t *testing.T) {
	t.Helper()
	var out struct {
		Lead struct {
			ID      string
			Contact struct{ ID string }
		}
		Account struct {
			ID    string
			Leads struct{ Nodes []struct{ ID string } }
		}
		Personas struct {
			Nodes []struct {
				ID    string
				Leads struct{ TotalCount int }
			}
		}
	}
	read := func() {
		w.a.do(w.token, `{ lead(by: {email: "p1@acme.example"}) { id contact { id } } account(by: {domain: "acme.example"}) { id leads { nodes { id } } }
			personas { nodes { id leads { totalCount } } } }`, nil).into(t, &out)
	}
	eventually(t, "a persona for all", func() bool { read(); return out.Personas.Nodes[0].Leads.TotalCount >= 24 })
	w.ids[id.Lead], w.ids[id.Contact], w.ids[id.Account], w.ids[id.Persona] = out.Lead.ID, out.Lead.Contact.ID, out.Account.ID, out.Personas.Nodes[0].ID
	var touches []any
	for i := range 14 {
		touches = append(touches, map[string]any{"contact": map[string]any{"id": w.ids[id.Contact]}, "kind": "CALL", "channel": "PHONE",
			"occurredAt": time.Date(2026, 1, 5, 10, i/5, 0, 0, time.UTC)})
	}
	res := w.a.do(w.token, `mutation ($touches: [TouchInput!]!) { recordTouches(input: {source: "s0", touches: $touches}) { recorded } }`, map[string]any{"touches": touches})
	require.Empty(t, res.Errors)
	for _, l := range out.Account.Leads.Nodes {
		w.made(t, "assignLead", "lead", map[string]any{"leadId": l.ID, "ownerId": w.ids[id.Member]})
	}
}
