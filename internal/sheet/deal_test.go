package sheet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// dealMapping is a mapping of deals with some columns more.
func dealMapping(more ...ColumnMapping) Mapping {
	return Mapping{Columns: append([]ColumnMapping{{Column: "id", To: "deal.externalId"}, {Column: "amount", To: "deal.amount"}, {Column: "company", To: "company"}, {Column: "email", To: "email"},
		{Column: "end", To: "outcome"}, {Column: "opened", To: "openedAt", Dates: new(MonthFirst)}, {Column: "closed", To: "closedAt", Dates: new(MonthFirst)}}, more...),
		Defaults: []FieldDefault{{"deal.currency", "EUR"}, {"country", "DE"}, {"deal.stage", "Offer"}}}
}

func TestRowsBringDeals(t *testing.T) {
	t.Parallel()
	headers := strings.Split("id|amount|company|email|end|opened|closed|title", "|")
	plan, faults := Compile(dealMapping(ColumnMapping{Column: "title", To: "title"}), headers)
	require.Empty(t, faults)
	for name, c := range map[string]struct{ row, says string }{
		"a deal of an account alone":         {"1|10.50|Acme||WON|1/2/2024|3/4/2024|", "company=Acme openedAt=2024-01-02T00:00:00Z outcome=WON closedAt=2024-03-04T00:00:00Z deal.externalId=1 deal.amount=10.5 deal.currency=EUR deal.stage=Offer"},
		"a deal of nobody":                   {"1|||||||", "deal.externalId=1 deal.currency=EUR deal.stage=Offer"},
		"an open deal may close":             {"1|7||a@b.example||1/2/2024|3/4/2024|", "email=a@b.example country=DE openedAt=2024-01-02T00:00:00Z deal.externalId=1 deal.amount=7 deal.currency=EUR deal.stage=Offer deal.expectedAt=2024-03-04T00:00:00Z"},
		"a person without a deal":            {"|||a@b.example||||", "email=a@b.example country=DE"},
		"a company without a deal":           {"||Acme|||||", "company=Acme"},
		"something of a deal, but not which": {"|7|Acme|||||", "amount:DEAL_WITHOUT_ID"},
		"something of somebody, but not who": {"1|7|||||| Boss", "title:NO_IDENTITY"},
		"a company has no past":              {"||Acme||WON|||", "end:NO_IDENTITY"},
		"an amount is none":                  {"1|x||||||", "amount:BAD_NUMBER"},
		"an amount is owed":                  {"1|-1||||||", "amount:BAD_NUMBER"},
		"an amount is past counting":         {"1|1e16||||||", "amount:BAD_NUMBER"},
		"an amount can be read two ways":     {"1|1,234||||||", "amount:AMBIGUOUS_NUMBER"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record, faults := plan.Apply(Row{Line: 2, Cells: strings.Split(c.row, "|")})
			var says []string
			for _, f := range faults {
				says = append(says, f.Column+":"+f.Code)
			}
			for _, f := range record.Facts() {
				if len(faults) == 0 {
					says = append(says, f.To+"="+f.Value)
				}
			}
			require.Equal(t, c.says, strings.Join(says, " "))
		})
	}
}

func TestMappingsOfDealsAreChecked(t *testing.T) {
	t.Parallel()
	headers := strings.Split("id|amount|company|email|end|opened|closed", "|")
	require.Empty(t, CheckMapping(dealMapping(), headers))
	for want, spoil := range map[string]func(*Mapping){
		"columns[0] The target deal.amount needs deal.externalId": func(m *Mapping) { m.Columns = m.Columns[1:] },
		"columns[0] Deals need deal.currency":                     func(m *Mapping) { m.Defaults = nil },
		"columns[7] An amount comes in major units": func(m *Mapping) {
			m.Columns = append(m.Columns, ColumnMapping{Column: "amount", To: "deal.amountMinor"})
		},
		"columns[0].dates Only times are written with a day and a month": func(m *Mapping) { m.Columns[0].Dates = new(DayFirst) },
		"columns[5].dates dates is one of":                               func(m *Mapping) { m.Columns[5].Dates = new(DateOrder("YEAR_FIRST")) },
		"defaults[3].to A default for deal.externalId":                   func(m *Mapping) { m.Defaults = append(m.Defaults, FieldDefault{"deal.externalId", "1"}) },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			m := dealMapping()
			spoil(&m)
			faults := CheckMapping(m, headers)
			require.Len(t, faults, 1)
			require.Contains(t, faults[0].Field+" "+faults[0].Message, want)
		})
	}
}

func TestDatesInFigures(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{ // month first, day first
		"3/2/2026": {"2026-03-02", "2026-02-03"}, "03.02.2026": {"2026-03-02", "2026-02-03"}, "3-2-2026T09:30:00Z": {"2026-03-02T09:30:00Z", "2026-02-03T09:30:00Z"},
		"2026-03-02": {"2026-03-02", "2026-03-02"}, "3/2/26": {"3/2/26", "3/2/26"}, "": {"", ""},
	} {
		require.Equal(t, want, [2]string{MonthFirst.iso(text), DayFirst.iso(text)}, text)
	}
	for want, values := range map[DateOrder][]string{
		MonthFirst: {"3/2/2026", "10/20/2016", "2026-01-01"}, DayFirst: {"3/2/2026", "20/10/2016"}, "": {"10/20/2016", "20/10/2016"},
	} {
		require.Equal(t, want, orderOf(values))
	}
	require.Equal(t, DayFirst, orderOf([]string{"3.2.2026"}), "points part the day from the month")
	require.Empty(t, orderOf([]string{"3/2/2026"}))
	t.Run("every day comes back in either order", rapid.MakeCheck(func(r *rapid.T) {
		year, month, day := rapid.IntRange(1990, 2100).Draw(r, "year"), rapid.IntRange(1, 12).Draw(r, "month"), rapid.IntRange(1, 28).Draw(r, "day")
		pad := rapid.SampledFrom([]string{"%d", "%02d"}).Draw(r, "pad")
		for order, form := range map[DateOrder]string{MonthFirst: pad + "/" + pad + "/%d", DayFirst: pad + "." + pad + ".%d"} {
			a, b := month, day
			if order == DayFirst {
				a, b = day, month
			}
			at, bad := parseTime(order.iso(fmt.Sprintf(form, a, b, year)))
			if bad != nil || at.Year() != year || int(at.Month()) != month || at.Day() != day {
				r.Fatalf("%s is %s", fmt.Sprintf(form, a, b, year), at)
			}
		}
	}))
}

func TestDealsAreSuggested(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"opportunity_id=deal.externalId", "sales_agent=deal.owner", "account=company", "deal_stage=deal.stage", "deal_stage=outcome", "engage_date=openedAt", "close_date=closedAt", "close_value=deal.amount", "product?deal.custom.product:TEXT"},
		guessed("opportunity_id|sales_agent|product|account|deal_stage|engage_date|close_date|close_value", "1|Zane|GTX|Acme|Won|10/20/2016|3/1/2017|1054", "2|Zane|GTX|Acme|Engaging|10/21/2016||"))
	require.Equal(t, []string{"Id=deal.externalId", "Opportunity Name=deal.name", "Amount=deal.amount", "Email=email"}, guessed("Id|Opportunity Name|Amount|Email", "1|Vans|7|a@b.example"), "an id beside an amount is the deal's")
	require.Equal(t, []string{"Email=email", "Amount?lead.custom.amount:NUMBER"}, guessed("Email|Amount", "a@b.example|7"), "an amount alone is of no deal")
	m, _ := Suggest(strings.Split("opportunity_id|amount|opened", "|"), [][]string{{"1", "7", "3/2/2026"}})
	require.Equal(t, []FieldDefault{{"deal.currency", "USD"}}, m.Defaults)
	require.Len(t, m.Columns, 2, "nobody knows which of 3/2 is the day")
}
