package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// takesIn imports a text as the CRM's leads and waits for the end.
func (a *testAPI) takesIn(t *testing.T, token, text string, mapping any) progress {
	t.Helper()
	var out struct {
		ImportLeads struct{ Import struct{ ID string } }
	}
	a.do(token, `mutation ($text: String!, $mapping: ImportMappingInput!) { importLeads(input: {text: $text, source: "crm", mapping: $mapping}) { import { id } } }`,
		map[string]any{"text": text, "mapping": mapping}).into(t, &out)
	p := a.ended(token, out.ImportLeads.Import.ID)
	require.Equal(t, "SUCCEEDED", p.State, p.Failure)
	require.Equal(t, p.RowsRead, p.RowsCreated+p.RowsMerged+p.RowsRefused)
	return p
}

// pastLeads are rows of another system: of somebody who is known, of new people, one of them twice, of an open lead, and three that cannot have been.
const pastLeads = `id,email,company,trade,job,end,opened,passed,taken,ready,closed,tags,budget
1,ann@acme.example,Acme,Trade,Boss,WON,2024-01-02,2024-01-03,2024-01-04,2024-02-01,2024-03-01,ringing,5
2,bob@bolt.example,Bolt,Transport,Driver,LOST,2024-01-02,,,,2024-03-02,busy,7
3,cat@cargo.example,Cargo,,,LOST,2023-01-02,,,,2023-03-02,,
3,cat@cargo.example,Cargo,,,WON,2024-01-02,,,,2024-03-02,,
4,dee@dock.example,Dock,,,,2025-01-02,,,,,,
5,eve@egg.example,Egg,,,WON,2024-03-02,,,,2024-01-02,,
6,fay@fig.example,Fig,,,WON,2024-03-02,,,,2124-01-02,,
7,gil@gum.example,Gum,,,OPPORTUNITY,2024-03-02,,,,,,
`

func pastMapping() map[string]any {
	columns := []any{}
	for column, to := range map[string]string{"id": "externalId", "email": "email", "company": "company", "end": "outcome", "opened": "openedAt", "passed": "handedOffAt", "taken": "acceptedAt",
		"ready": "salesQualifiedAt", "closed": "closedAt", "budget": "lead.custom.budget"} {
		columns = append(columns, map[string]any{"column": column, "to": to})
	}
	for column, to := range map[string]string{"trade": "industry", "job": "title", "tags": "lead.custom.tags"} {
		columns = append(columns, map[string]any{"column": column, "to": to, "knownFrom": "OUTCOME"})
	}
	return map[string]any{"columns": columns}
}

func TestHistoriesAreTakenInOnce(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	token := a.signUp("brightwater")
	a.source(token, "crm")
	a.source(token, "website")
	require.Empty(t, a.do(token, `mutation { captureLead(input: {source: "website", contact: {email: "ann@acme.example", title: "Manager"}, account: {name: "Acme"}, interest: "vans"}) { lead { id } } }`, nil).Errors)
	conn := owner(t, a.owner)
	open := `select count(*) from leads l join contacts c on c.id = l.contact_id where c.email = 'ann@acme.example' and l.cycle = 1 and l.interest = 'vans' and l.stage in ('NEW', 'QUALIFIED')
		and c.title = 'Manager' and l.created_at > now() - interval '1 hour' and l.score is not null`
	require.EqualValues(t, 1, count(t, conn, open))
	for n, want := range [][]int64{{8, 5, 0, 3}, {8, 0, 5, 3}} {
		p := a.takesIn(t, token, pastLeads, pastMapping())
		require.Equal(t, want, []int64{p.RowsRead, p.RowsCreated, p.RowsMerged, p.RowsRefused}, "import %d", n+1)
		require.EqualValues(t, 6, count(t, conn, "select count(*) from leads"))
		require.EqualValues(t, 4, count(t, conn, "select count(*) from contacts"))
		require.EqualValues(t, 1, count(t, conn, open), "the open lead of somebody with a past is where it was, and what is known of them is not replaced")
		require.EqualValues(t, 4, count(t, conn, "select count(*) from events where kind = 'LEAD_IMPORTED'"))
		require.EqualValues(t, 3, count(t, conn, "select count(*) from import_refusals where code in ('BAD_CLOSED_AT', 'BAD_VALUE') and column_name in ('closed', 'end')")/int64(n+1))
	}
	texts := func(query string) (all []string) {
		rows, err := conn.Query(t.Context(), query)
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var s string
			require.NoError(t, rows.Scan(&s))
			all = append(all, s)
		}
		require.NoError(t, rows.Err())
		return all
	}
	t.Run("each move that is known is a move, and no other", func(t *testing.T) {
		require.Equal(t, []string{"ann 2024-01-03 NEW OFFERED", "ann 2024-01-04 OFFERED ACCEPTED", "ann 2024-02-01 ACCEPTED SALES_QUALIFIED", "ann 2024-03-01 SALES_QUALIFIED WON",
			"bob 2024-03-02 NEW LOST", "cat 2023-03-02 NEW LOST", "cat 2024-03-02 NEW WON"},
			texts(`select concat_ws(' ', split_part(c.email, '@', 1), to_char(m.at at time zone 'UTC', 'YYYY-MM-DD'), m.from_stage, m.to_stage) from moves m join leads l on l.id = m.lead_id
				join contacts c on c.id = l.contact_id where l.stage in ('WON', 'LOST') order by c.email, m.at`))
	})
	t.Run("what was known late is known from the outcome on, where nothing was known before", func(t *testing.T) {
		require.Equal(t, []string{"2024-03-01 lead.custom.tags of ann", "2024-03-02 account.industry of bob", "2024-03-02 contact.title of bob", "2024-03-02 lead.custom.tags of bob"},
			texts(`select concat_ws(' ', to_char(f.at at time zone 'UTC', 'YYYY-MM-DD'), f.attribute, 'of', split_part(c.email, '@', 1)) from fact_changes f join leads l on f.subject_id in (l.id, l.contact_id, l.account_id)
				join contacts c on c.id = l.contact_id where f.was is null and f.at < '2025-01-01' order by f.at, f.attribute`))
		require.Equal(t, []string{"account.industry", "contact.isCustomer"}, texts("select attribute from fact_changes where at > '2026-01-01' order by 1"), "of who was known, what is new is new since now")
	})
	t.Run("who has won is a customer from then on", func(t *testing.T) {
		require.Equal(t, []string{"ann 2024-03-01", "cat 2024-03-02"},
			texts("select split_part(email, '@', 1) || to_char(customer_since at time zone 'UTC', ' YYYY-MM-DD') from contacts where customer_since is not null order by 1"))
	})
	t.Run("a rule that rests on what was known late is named by its back-test", func(t *testing.T) {
		h := &history{testAPI: a, t: t, ada: token, cohort: map[string]any{"from": "2023-01-01T00:00:00Z", "to": "2025-01-01T00:00:00Z", "label": "WON", "horizonDays": 180, "decision": "CREATION"}}
		report := h.tries(h.drafts(map[string]string{"tagged": "lead.custom.tags", "budgeted": "lead.custom.budget"})).Node.Report
		require.Equal(t, []any{"NOT_ENOUGH_EVIDENCE", 4, 2}, []any{report.Verdict, report.Leads, report.Positives})
		require.Equal(t, []leaked{{Attribute: "lead.custom.tags", Leads: 2, Share: 0.5, Rules: []string{"tagged"}}}, flagged(report.Leaks))
		require.Empty(t, flagged(h.tries(h.drafts(map[string]string{"budgeted": "lead.custom.budget"})).Node.Report.Leaks))
	})
	t.Run("a lead that is open began when the file says", func(t *testing.T) {
		require.EqualValues(t, 1, count(t, conn, "select count(*) from leads l join contacts c on c.id = l.contact_id where c.email = 'dee@dock.example' and l.stage in ('NEW', 'QUALIFIED') and l.created_at = '2025-01-02T00:00:00Z' and l.score is not null"))
	})
}
