package main

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// dealFigures are what somebody else counted of a group of deals, amounts in major units.
type dealFigures struct {
	Deals, Won, Lost int
	WinRate          float64 `json:"win_rate"`
	WonValue         int64   `json:"won_value"`
	Average          float64 `json:"avg_won_value"`
	Median           float64 `json:"median_days_won"`
	Mean             float64 `json:"mean_days_won"`
}

// crmFigures are what somebody else counted of the reference CRM.
type crmFigures struct {
	Rows           int
	Stages         map[string]int
	WithoutAccount int     `json:"without_account"`
	WinRate        float64 `json:"win_rate_closed"`
	WonValue       int64   `json:"won_value"`
	ByMonth        map[string]struct {
		Won   int
		Value int64
	} `json:"won_by_close_month"`
	ByOffice   map[string]dealFigures `json:"by_regional_office"`
	ByManager  map[string]dealFigures `json:"by_manager"`
	ByProduct  map[string]dealFigures `json:"by_product"`
	BySector   map[string]dealFigures `json:"by_sector"`
	ByAgent    map[string]dealFigures `json:"by_agent"`
	NoDealsFor []string               `json:"agents_without_deals"`
}

// dealRow is a row of dealReport.
type dealRow struct {
	Key                            *string
	Owner                          *struct{ ID, Name string }
	Deals, Open, Won, Lost         int
	WinRate                        float64
	DaysToWinMedian, DaysToWinMean float64
	Amounts                        []struct {
		Currency     string
		Won          int
		WonMinor     int64
		WonMinorMean float64
	}
}

func (r *dealRow) name() string {
	switch {
	case r.Owner != nil:
		return r.Owner.Name
	case r.Key != nil:
		return *r.Key
	}
	return ""
}

// maven is a workspace with the deals of the reference CRM.
type maven struct {
	*testAPI
	t     *testing.T
	ada   string
	want  crmFigures
	files map[string]string
}

// newMaven reads the reference data and makes the sales agents members.
func newMaven(t *testing.T) *maven {
	t.Helper()
	m := &maven{t: t, files: map[string]string{}}
	for _, name := range []string{"accounts.csv", "sales_teams.csv", "sales_pipeline.csv", "expected_figures.json"} {
		file := referenceFile(t, "crm/"+name)
		if file == "" {
			t.Skip("no reference data: set LEADGRAPH_DATA to its folder")
		}
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		m.files[name] = string(b)
	}
	require.NoError(t, json.Unmarshal([]byte(m.files["expected_figures.json"]), &m.want))
	m.testAPI = startAPI(t)
	m.ada = m.signUp("brightwater")
	m.source(m.ada, "crm")
	agents, err := csv.NewReader(strings.NewReader(m.files["sales_teams.csv"])).ReadAll()
	require.NoError(t, err)
	for _, row := range agents[1:] {
		address := strings.ToLower(strings.ReplaceAll(row[0], " ", ".")) + "@brightwater.example"
		require.Empty(t, m.do(m.ada, `mutation ($in: CreateMemberInput!) { createMember(input: $in) { cursor } }`,
			map[string]any{"in": map[string]any{"name": row[0], "email": address, "department": "SALES", "role": "MEMBER"}}).Errors)
	}
	return m
}

// brings uploads a file and imports it by one of the examples.
func (m *maven) brings(file, mapping string) progress {
	m.t.Helper()
	b, err := os.ReadFile("examples/" + mapping)
	require.NoError(m.t, err)
	return m.takes(file, "crm", string(b))
}

// takes uploads a file and imports it by a mapping.
func (m *maven) takes(file, source, mapping string) progress {
	m.t.Helper()
	var opened struct {
		CreateUpload struct{ UploadID, URL string }
	}
	m.do(m.ada, openUpload, map[string]any{"name": file}).into(m.t, &opened)
	require.Equal(m.t, 200, upload(m.t, opened.CreateUpload.URL, m.files[file]))
	var started struct {
		ImportLeads struct{ Import struct{ ID string } }
	}
	m.do(m.ada, startImport, map[string]any{"upload": opened.CreateUpload.UploadID, "source": source, "mapping": json.RawMessage(mapping)}).into(m.t, &started)
	p := m.ended(m.ada, started.ImportLeads.Import.ID)
	require.Equal(m.t, "SUCCEEDED", p.State, p.Failure)
	return p
}

// reports reads what became of the deals.
func (m *maven) reports(in map[string]any) (total dealRow, rows map[string]dealRow) {
	m.t.Helper()
	const row = " { key owner { id name } deals open won lost winRate daysToWinMedian daysToWinMean amounts { currency won wonMinor wonMinorMean } }"
	var out struct {
		DealReport struct {
			Total  dealRow
			Rows   []dealRow
			Groups int
		}
	}
	m.do(m.ada, `query ($by: DealGrouping!, $attribute: String, $filter: DealFilter) { dealReport(by: $by, attribute: $attribute, filter: $filter) { groups total`+row+` rows`+row+` } }`, in).into(m.t, &out)
	rows = map[string]dealRow{}
	for _, r := range out.DealReport.Rows {
		rows[r.name()] = r
	}
	require.Len(m.t, rows, out.DealReport.Groups)
	return out.DealReport.Total, rows
}

// counts tells whether rows are what was expected of them; the row of deals that belong to no group is left out.
func (m *maven) counts(want map[string]dealFigures, in map[string]any) {
	m.t.Helper()
	_, rows := m.reports(in)
	delete(rows, "")
	require.Len(m.t, rows, len(want))
	for name, w := range want {
		if name == "technolgy" {
			name = "technology" // which the mapping mends
		}
		got := rows[name]
		require.Equal(m.t, []int{w.Deals, w.Won, w.Lost}, []int{got.Deals, got.Won, got.Lost}, name)
		require.Equal(m.t, w.Deals-w.Won-w.Lost, got.Open, name)
		require.InDelta(m.t, w.WinRate, got.WinRate, 5e-7, name)
		require.Len(m.t, got.Amounts, 1, name)
		require.Equal(m.t, []any{"USD", w.Won, w.WonValue * 100}, []any{got.Amounts[0].Currency, got.Amounts[0].Won, got.Amounts[0].WonMinor}, name)
		require.InDelta(m.t, w.Average, got.Amounts[0].WonMinorMean/100, 5.1e-5, name)
		require.InDelta(m.t, w.Median, got.DaysToWinMedian, 1e-9, name)
		require.InDelta(m.t, w.Mean, got.DaysToWinMean, 5.1e-5, name)
	}
}

// scores compares the scorecard with what was expected, by month and by agent, and what it counts with the deals themselves.
func (m *maven) scores(t *testing.T) {
	t.Helper()
	type measure struct {
		Metric      string
		Numerator   int64
		Denominator *int64
		Counted     struct{ TotalCount int }
	}
	type row struct {
		Key      *string
		Member   *struct{ Name string }
		Measures []measure
	}
	read := func(by string) (total row, rows []row) {
		const say = " { key member { name } measures { metric numerator denominator counted { totalCount } } }"
		var out struct {
			Scorecard struct {
				Total row
				Rows  []row
			}
		}
		m.do(m.ada, `query ($by: Grouping!) { scorecard(from: "2016-10-01T00:00:00Z", to: "2018-01-01T00:00:00Z", by: $by, metrics: [WIN_RATE, REVENUE]) { total`+say+` rows`+say+` } }`, map[string]any{"by": by}).into(t, &out)
		return out.Scorecard.Total, out.Scorecard.Rows
	}
	is := func(won, lost int, value int64, r row) {
		t.Helper()
		require.Equal(t, []string{"WIN_RATE", "REVENUE"}, []string{r.Measures[0].Metric, r.Measures[1].Metric})
		require.Equal(t, []int64{int64(won), value * 100}, []int64{r.Measures[0].Numerator, r.Measures[1].Numerator})
		require.Equal(t, []int{won, won}, []int{r.Measures[0].Counted.TotalCount, r.Measures[1].Counted.TotalCount})
		if lost >= 0 {
			require.EqualValues(t, won+lost, *r.Measures[0].Denominator)
		}
	}
	total, months := read("MONTH")
	is(m.want.Stages["Won"], m.want.Stages["Lost"], m.want.WonValue, total)
	for _, r := range months {
		w := m.want.ByMonth[*r.Key]
		if w.Won > 0 {
			is(w.Won, -1, w.Value, r)
		}
	}
	_, agents := read("MEMBER")
	require.Len(t, agents, len(m.want.ByAgent))
	for _, r := range agents {
		w := m.want.ByAgent[r.Member.Name]
		is(w.Won, w.Lost, w.WonValue, r)
	}
}

// TestOracleDealsOfACRM takes in the accounts and the deals of the reference CRM, as somebody who moves here would, and reads every figure that somebody else counted of them.
func TestOracleDealsOfACRM(t *testing.T) {
	t.Parallel()
	m := newMaven(t)
	companies := m.brings("accounts.csv", "crm-accounts.mapping.json")
	require.Zero(t, companies.RowsRefused)
	began := time.Now()
	p := m.brings("sales_pipeline.csv", "crm-deals.mapping.json")
	t.Logf("%d deals in %s", p.RowsRead, time.Since(began).Round(10*time.Millisecond))
	rows := int64(m.want.Rows)
	require.Equal(t, []int64{rows, rows, 0, 0}, []int64{p.RowsRead, p.RowsCreated, p.RowsMerged, p.RowsRefused})

	t.Run("altogether", func(t *testing.T) {
		total, stages := m.reports(map[string]any{"by": "STAGE"})
		require.Equal(t, []int{m.want.Rows, m.want.Stages["Won"], m.want.Stages["Lost"]}, []int{total.Deals, total.Won, total.Lost})
		require.InDelta(t, m.want.WinRate, total.WinRate, 5e-7)
		require.Equal(t, m.want.WonValue*100, total.Amounts[0].WonMinor)
		require.Len(t, stages, len(m.want.Stages))
		for stage, n := range m.want.Stages {
			require.Equal(t, n, stages[stage].Deals, stage)
		}
		without, _ := m.reports(map[string]any{"by": "NONE", "filter": map[string]any{"industries": []string{""}}})
		require.Equal(t, m.want.WithoutAccount, without.Deals)
	})
	t.Run("by the month of their close", func(t *testing.T) {
		_, months := m.reports(map[string]any{"by": "MONTH", "filter": map[string]any{"outcomes": []string{"WON"}}})
		require.Len(t, months, len(m.want.ByMonth))
		for month, w := range m.want.ByMonth {
			require.Equal(t, []int64{int64(w.Won), w.Value * 100}, []int64{int64(months[month].Won), months[month].Amounts[0].WonMinor}, month)
		}
	})
	m.counts(m.want.ByOffice, map[string]any{"by": "ATTRIBUTE", "attribute": "office"})
	m.counts(m.want.ByManager, map[string]any{"by": "ATTRIBUTE", "attribute": "manager"})
	m.counts(m.want.ByProduct, map[string]any{"by": "ATTRIBUTE", "attribute": "product"})
	m.counts(m.want.BySector, map[string]any{"by": "INDUSTRY"})
	m.counts(m.want.ByAgent, map[string]any{"by": "OWNER"})
	t.Run("the scorecard says the same", func(t *testing.T) { m.scores(t) })
	t.Run("the deals behind a number", func(t *testing.T) {
		_, agents := m.reports(map[string]any{"by": "OWNER"})
		for _, c := range []struct {
			filter map[string]any
			want   int
		}{
			{map[string]any{"attribute": map[string]any{"key": "product", "values": []string{"GTK 500"}}}, m.want.ByProduct["GTK 500"].Deals},
			{map[string]any{"industries": []string{"finance"}, "outcomes": []string{"WON"}}, m.want.BySector["finance"].Won},
			{map[string]any{"ownerIds": []string{agents["Zane Levy"].Owner.ID}, "outcomes": []string{"LOST"}}, m.want.ByAgent["Zane Levy"].Lost},
			{map[string]any{"outcomes": []string{"WON"}, "closedFrom": "2017-07-01T00:00:00Z", "closedBefore": "2017-08-01T00:00:00Z"}, m.want.ByMonth["2017-07"].Won},
			{map[string]any{"stages": []string{"Prospecting"}}, m.want.Stages["Prospecting"]},
		} {
			var out struct {
				Deals struct{ TotalCount int }
			}
			m.do(m.ada, `query ($filter: DealFilter) { deals(filter: $filter) { totalCount } }`, map[string]any{"filter": c.filter}).into(t, &out)
			require.Equal(t, c.want, out.Deals.TotalCount, "%v", c.filter)
		}
	})
	t.Run("nothing is made up: no person and no lead", func(t *testing.T) {
		conn := owner(t, m.owner)
		require.Zero(t, count(t, conn, "select (select count(*) from contacts) + (select count(*) from leads)"))
		require.Equal(t, companies.RowsCreated, count(t, conn, "select count(*) from accounts"))
		batches := int64(math.Ceil(float64(m.want.Rows) / 500))
		require.GreaterOrEqual(t, count(t, conn, "select count(*) from events e join imports i on i.id = e.subject_id where e.kind = 'JOB_PROGRESSED' and i.file_name = 'sales_pipeline.csv'"), batches, "each batch tells how far it is")
	})
	t.Run("the file once more makes no second copy", func(t *testing.T) {
		again := m.brings("sales_pipeline.csv", "crm-deals.mapping.json")
		require.Equal(t, []int64{rows, 0, rows, 0}, []int64{again.RowsRead, again.RowsCreated, again.RowsMerged, again.RowsRefused})
		total, _ := m.reports(map[string]any{"by": "NONE"})
		require.Equal(t, []int{m.want.Rows, m.want.Stages["Won"]}, []int{total.Deals, total.Won})
	})
}
