package main

import (
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// leadsOfXEducation is what the two directors call a lead of X Education: it looked around for long or filled in a form itself, says what it does for a living, and
// may be written to.
var leadsOfXEducation = map[string]any{
	"criteria": []any{map[string]any{"key": "interested", "name": "Interested", "when": map[string]any{"any": []any{
		map[string]any{"all": []any{comparison("lead.custom.total_visits", "GTE", 3), comparison("lead.custom.time_on_website", "GT", 300)}},
		comparison("lead.custom.lead_origin", "EQ", "lead add form")}}}},
	"requiredFields": []any{"contact.custom.occupation"},
	"exclusions":     []any{map[string]any{"key": "no-mail", "name": "Wants no mail", "when": comparison("lead.custom.do_not_email", "EQ", true)}},
}

// comparison is a test of one attribute.
func comparison(name, op string, value any) map[string]any {
	return map[string]any{"attribute": map[string]any{"name": name, "op": op, "value": value}}
}

// meets tells whether a row of the file is a lead by the definition, by a look at its cells.
func meets(row map[string]string) bool {
	visits, err1 := strconv.ParseFloat(row["TotalVisits"], 64)
	seconds, err2 := strconv.ParseFloat(row["Total Time Spent on Website"], 64)
	interested := err1 == nil && err2 == nil && visits >= 3 && seconds > 300 || row["Lead Origin"] == "Lead Add Form"
	occupation := row["What is your current occupation"]
	return interested && occupation != "" && occupation != "Select" && row["Do Not Email"] != "Yes"
}

// qualifiesByADefinition signs a lead definition, puts it in force and counts whom it qualifies against the file itself.
func (h *history) qualifiesByADefinition(conn *pgx.Conn, leads int) {
	h.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(h.file)).ReadAll()
	require.NoError(h.t, err)
	require.Len(h.t, rows[1:], leads)
	wanted := 0
	for _, cells := range rows[1:] {
		row := map[string]string{}
		for i, name := range rows[0] {
			row[name] = cells[i]
		}
		if meets(row) {
			wanted++
		}
	}
	var out struct {
		DraftAgreement struct{ Agreement struct{ ID, Hash string } }
	}
	h.do(h.ada, `mutation ($in: DraftAgreementInput!) { draftAgreement(input: $in) { agreement { id hash } } }`,
		map[string]any{"in": map[string]any{"title": "Interested", "body": map[string]any{"leadDefinition": leadsOfXEducation}}}).into(h.t, &out)
	h.publishes(out.DraftAgreement.Agreement.ID, out.DraftAgreement.Agreement.Hash)
	var found struct{ Qualified, Others struct{ TotalCount int } }
	h.do(h.ada, `{ qualified: leads(filter: {stages: [QUALIFIED, OFFERED]}) { totalCount } others: leads(filter: {stages: [NEW, NURTURING]}) { totalCount } }`, nil).into(h.t, &found)
	h.t.Logf("%d of %d leads meet the definition", wanted, leads)
	require.Greater(h.t, wanted, leads/10)
	require.Equal(h.t, []int{wanted, leads - wanted}, []int{found.Qualified.TotalCount, found.Others.TotalCount})
	require.EqualValues(h.t, wanted, count(h.t, conn, `select count(distinct m.lead_id) from moves m join leads l on l.id = m.lead_id
		where m.to_stage = 'QUALIFIED' and m.agreement_id = $1 and l.stage not in ('WON', 'LOST')`, uuid(h.t, out.DraftAgreement.Agreement.ID)), "each by that version")
}
