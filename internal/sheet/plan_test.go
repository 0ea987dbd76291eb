package sheet

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// land applies a mapping to one row and answers its facts as to=value, or its faults as column:code.
func land(t *testing.T, m Mapping, headers, cells string) []string {
	t.Helper()
	plan, faults := Compile(m, strings.Split(headers, "|"))
	require.Empty(t, faults)
	record, bad := plan.Apply(Row{Line: 7, Cells: strings.Split(cells, "|")})
	out := []string{}
	for _, b := range bad {
		require.Equal(t, 7, b.Line)
		out = append(out, b.Column+":"+b.Code)
	}
	if len(bad) > 0 {
		return out
	}
	require.Equal(t, 7, record.Line)
	for _, f := range record.Facts() {
		out = append(out, f.To+"="+f.Value)
	}
	return out
}

func TestApply(t *testing.T) {
	t.Parallel()
	full := Mapping{Columns: []ColumnMapping{
		{Column: "mail", To: "email"}, {Column: "firm", To: "company"}, {Column: "staff", To: "employees"}, {Column: "turnover", To: "revenue", Scale: new(1e6)},
		{Column: "did", To: "touch.kind"}, {Column: "when", To: "touch.occurredAt"}, {Column: "mails", To: "consent.email"},
		{Column: "won", To: "lead.custom.won", Type: new(condition.TypeBoolean)}, {Column: "score", To: "contact.custom.score", Type: new(condition.TypeNumber)}, {Column: "since", To: "account.custom.since", Type: new(condition.TypeTime)},
	}}
	const headers = "mail|firm|staff|turnover|did|when|mails|won|score|since"
	for name, c := range map[string]struct {
		cells string
		want  []string
	}{
		"all facts land, typed and trimmed": {" a@example.com |Example|1,200|0.5|email opened|2026-03-02|no|Yes|1.50|2026-03-02T10:00:00+01:00",
			[]string{"email=a@example.com", "company=Example", "employees=1200", "revenue=500000", "consent.email=WITHDRAWN", "touch.kind=EMAIL_OPENED", "touch.occurredAt=2026-03-02T00:00:00Z",
				"lead.custom.won=true", "contact.custom.score=1.5", "account.custom.since=2026-03-02T09:00:00Z"}},
		"empty cells are silent":                         {"a@example.com| |||||||| ", []string{"email=a@example.com"}},
		"all that is wrong with a row is said":           {"a@example.com||many|1,234|SMILED|soon|ask|perhaps|x|10/20/2016", []string{"staff:BAD_NUMBER", "turnover:AMBIGUOUS_NUMBER", "did:BAD_VALUE", "when:BAD_TIME", "mails:BAD_VALUE", "won:BAD_BOOLEAN", "score:BAD_NUMBER", "since:BAD_TIME"}},
		"a company alone lands":                          {"|Example|12|||||||2026-03-02", []string{"company=Example", "employees=12", "account.custom.since=2026-03-02T00:00:00Z"}},
		"half a lead does not":                           {"|Example||||||yes||", []string{"won:NO_IDENTITY"}},
		"nor does a row about nobody":                    {"||12|||||||", []string{":NO_IDENTITY"}},
		"something of a touch without its kind does not": {"a@example.com|||||2026-03-02||||", []string{"when:TOUCH_WITHOUT_KIND"}},
		"a row that ends early is silent in the rest":    {"a@example.com", []string{"email=a@example.com"}},
		"a text may not be endless":                      {strings.Repeat("é", 501), []string{"mail:VALUE_TOO_LONG"}},
		"up to its bound it may":                         {strings.Repeat("é", 500), []string{"email=" + strings.Repeat("é", 500)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, land(t, full, headers, c.cells))
		})
	}
}

func TestApplyValues(t *testing.T) {
	t.Parallel()
	city := func(values ...ValueMapping) Mapping {
		return Mapping{Columns: []ColumnMapping{{Column: "id", To: "externalId"}, {Column: "city", To: "city", Values: values}}, EmptyWords: []string{"N/A"}}
	}
	t.Run("placeholders stay unless the mapping says otherwise", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{"externalId=1", "city=Select"}, land(t, city(), "id|city", "1|Select"))
		require.Equal(t, []string{"externalId=1"}, land(t, city(ValueMapping{From: "Select"}), "id|city", "1| SELECT "))
		require.Equal(t, []string{"externalId=1"}, land(t, city(), "id|city", "1|n/a"))
	})
	t.Run("a value map goes before the empty words", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{"externalId=1", "city=Nowhere"}, land(t, city(ValueMapping{"n/a", new("Nowhere")}), "id|city", "1|N/A"))
	})
	t.Run("a star maps every other value, but no empty one", func(t *testing.T) {
		t.Parallel()
		m := city(ValueMapping{"Berlin", new("Berlin")}, ValueMapping{AnyOther, new("elsewhere")})
		require.Equal(t, []string{"externalId=1", "city=Berlin"}, land(t, m, "id|city", "1|berlin"))
		require.Equal(t, []string{"externalId=1", "city=elsewhere"}, land(t, m, "id|city", "1|*"))
		require.Equal(t, []string{"externalId=1"}, land(t, m, "id|city", "1|n/a"))
		require.Equal(t, []string{"externalId=1"}, land(t, m, "id|city", "1| "))
	})
	t.Run("what the mapping writes is not scaled", func(t *testing.T) {
		t.Parallel()
		m := Mapping{Columns: []ColumnMapping{{Column: "firm", To: "company"}, {Column: "staff", To: "employees", Scale: new(1000.0), Values: []ValueMapping{{"51-200", new("120")}}}}}
		require.Equal(t, []string{"company=X", "employees=120"}, land(t, m, "firm|staff", "X|51-200"))
		require.Equal(t, []string{"company=X", "employees=3000"}, land(t, m, "firm|staff", "X|3"))
	})
	t.Run("an ignored column is not read", func(t *testing.T) {
		t.Parallel()
		m := Mapping{Columns: []ColumnMapping{{Column: "id", To: "externalId"}, {Column: "city", To: Ignore}}}
		require.Equal(t, []string{"externalId=1"}, land(t, m, "id|city", "1|Berlin"))
	})
}

func TestApplyDefaults(t *testing.T) {
	t.Parallel()
	m := Mapping{
		Columns:  []ColumnMapping{{Column: "id", To: "externalId"}, {Column: "firm", To: "company"}, {Column: "city", To: "city"}, {Column: "how", To: "touch.channel"}},
		Defaults: []FieldDefault{{"city", "Berlin"}, {"touch.kind", "CALL"}, {"touch.channel", "PHONE"}, {"industry", "retail"}, {"lead.custom.list", "spring"}},
	}
	t.Run("a default fills what the row leaves empty", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{"externalId=1", "city=Berlin", "industry=retail", "touch.kind=CALL", "touch.channel=EMAIL", "lead.custom.list=spring"}, land(t, m, "id|firm|city|how", "1|||email"))
		require.Equal(t, []string{"externalId=1", "city=Paris", "industry=retail", "touch.kind=CALL", "touch.channel=PHONE", "lead.custom.list=spring"}, land(t, m, "id|firm|city|how", "1||Paris|"))
	})
	t.Run("a company alone takes the company's defaults alone", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{"company=X", "industry=retail"}, land(t, m, "id|firm|city|how", "|X||"))
	})
	t.Run("defaults alone make no touch", func(t *testing.T) {
		t.Parallel()
		m := Mapping{Columns: []ColumnMapping{{Column: "id", To: "externalId"}, {Column: "did", To: "touch.kind"}}, Defaults: []FieldDefault{{"touch.channel", "PHONE"}}}
		require.Equal(t, []string{"externalId=1"}, land(t, m, "id|did", "1|"))
		require.Equal(t, []string{"externalId=1", "touch.kind=CALL", "touch.channel=PHONE"}, land(t, m, "id|did", "1|CALL"))
	})
}

func TestFacts(t *testing.T) {
	t.Parallel()
	t.Run("a record of every target shows every target, in order, and goes through JSON", func(t *testing.T) {
		t.Parallel()
		sample := map[string]string{"employees": "12", "revenue": "1.5", "consent.email": "GRANTED", "consent.phone": "WITHDRAWN", "touch.kind": "CALL", "touch.channel": "PHONE", "touch.occurredAt": "2026-03-02T00:00:00Z"}
		var record Record
		var want []Fact
		for _, target := range targets {
			text := sample[target.name]
			if text == "" {
				text = "some " + target.name
			}
			_, has := target.get(&record)
			require.False(t, has, target.name)
			require.Nil(t, target.put(&record, text, nil), target.name)
			want = append(want, Fact{target.name, text})
		}
		require.Equal(t, want, record.Facts())
		require.True(t, record.HasPerson())
		stored, err := json.Marshal(record)
		require.NoError(t, err)
		var again Record
		require.NoError(t, json.Unmarshal(stored, &again))
		require.Equal(t, record, again)
	})
}
