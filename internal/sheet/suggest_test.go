package sheet

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// guessed is a suggestion as column=target, the unmapped ones as column?target:TYPE.
func guessed(headers string, rows ...string) []string {
	var sample [][]string
	for _, row := range rows {
		sample = append(sample, strings.Split(row, "|"))
	}
	names := strings.Split(headers, "|")
	m, unmapped := Suggest(names, sample)
	var out []string
	for _, c := range m.Columns {
		out = append(out, c.Column+"="+c.To)
	}
	for _, u := range unmapped {
		out = append(out, u.Column+"?"+u.Suggestion.To+":"+string(*u.Suggestion.Type))
	}
	return out
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		headers string
		rows    []string
		want    []string
	}{
		"headers are known in several spellings": {"E-mail|first_name|LAST NAME|jobTitle|Company|No. of Employees|Country|Prospect ID", nil,
			[]string{"E-mail=email", "first_name=givenName", "LAST NAME=familyName", "jobTitle=title", "Company=company", "No. of Employees=employees", "Country=country", "Prospect ID=externalId"}},
		"and in several languages":                  {"Vorname|Nachname|Prénom|Stadt|Firma|Teléfono", nil, []string{"Vorname=givenName", "Nachname=familyName", "Stadt=city", "Firma=company", "Teléfono=phone", "Prénom?lead.custom.prenom:TEXT"}},
		"addresses are known by themselves":         {"a|b|c", []string{"x@example.com|+49 30 1234567|https://example.com", "|+49 30 7654321|https://example.org"}, []string{"a=email", "b=phone", "c=website"}},
		"a column named like one it is not is left": {"Email|Id", []string{"yes|1", "no|2"}, []string{"Id=externalId", "Email?lead.custom.email:BOOLEAN"}},
		"each target has one column":                {"Email|Work Email", nil, []string{"Email=email", "Work Email?lead.custom.work_email:TEXT"}},
		"a strong id goes before a weak one":        {"id|Lead ID", nil, []string{"Lead ID=externalId", "id?lead.custom.id:TEXT"}},
		"a file of companies is the companies'":     {"id|name|country|city|employees", []string{"1|Example|DE|Berlin|12"}, []string{"name=company", "country=accountCountry", "employees=employees", "id?account.custom.id:NUMBER", "city?account.custom.city:TEXT"}},
		"a name with an address is a person's":      {"name|email|country", nil, []string{"name=fullName", "email=email", "country=country"}},
		"a name beside a company is a person's":     {"id|name|company", nil, []string{"id=externalId", "name=fullName", "company=company"}},
		"what is left is kept by its type":          {"email|Won?|Score|Since|Zip|Zip|2nd Note|日本", []string{"a@b.de|Yes|1.5|2026-03-02|01234|1|x|y", "a@b.de|Select|N/A|2026-03-03|99999|2||"}, []string{"email=email", "Won??lead.custom.won:BOOLEAN", "Score?lead.custom.score:NUMBER", "Since?lead.custom.since:TIME", "Zip?lead.custom.zip:TEXT", "Zip?lead.custom.zip_2:NUMBER", "2nd Note?lead.custom.n2nd_note:TEXT", "日本?lead.custom.key:TEXT"}},
		"a touch without its kind is left":          {"email|Channel|Activity Date", nil, []string{"email=email", "Channel?lead.custom.channel:TEXT", "Activity Date?lead.custom.activity_date:TEXT"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, guessed(c.headers, c.rows...))
		})
	}
	t.Run("activities are mapped to kinds, and those not seen yet to OTHER", func(t *testing.T) {
		t.Parallel()
		m, _ := Suggest([]string{"Email", "Last Activity"}, [][]string{{"", "Email Link Clicked"}, {"", "SMS Sent"}, {"", "Danced"}, {"", "EMAIL_OPENED"}, {"", "sms sent"}})
		require.Equal(t, []ValueMapping{{"Email Link Clicked", new("EMAIL_CLICKED")}, {"SMS Sent", new("MESSAGE")}, {"EMAIL_OPENED", new("EMAIL_OPENED")}, {AnyOther, new("OTHER")}}, m.Columns[1].Values)
	})
	t.Run("a refusal withdraws a consent, and none of it grants one", func(t *testing.T) {
		t.Parallel()
		m, _ := Suggest([]string{"Email", "Do Not Email", "Opt Out"}, nil)
		require.Equal(t, []string{"email=a@b.de", "consent.email=WITHDRAWN"}, land(t, m, "Email|Do Not Email|Opt Out", "a@b.de|Yes|"))
		require.Equal(t, []string{"email=a@b.de"}, land(t, m, "Email|Do Not Email|Opt Out", "a@b.de|No|"))
		require.Equal(t, []string{"Do Not Email:BAD_VALUE"}, land(t, m, "Email|Do Not Email|Opt Out", "a@b.de|perhaps|"))
	})
	t.Run("placeholders that the rows hold become empty words", func(t *testing.T) {
		t.Parallel()
		m, _ := Suggest([]string{"Email", "City"}, [][]string{{"a@b.de", "Select"}, {"", " N/A "}})
		require.Equal(t, []string{"select", "n/a"}, m.EmptyWords)
	})
}
