package sheet

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/condition"
)

func TestCheckMapping(t *testing.T) {
	t.Parallel()
	headers := []string{"Mail", "Firm", "Staff", "Did", "When"}
	mail := ColumnMapping{Column: "Mail", To: "email"}
	for name, c := range map[string]struct {
		mapping Mapping
		want    []string // field: part of the message
	}{
		"an address is enough":            {Mapping{Columns: []ColumnMapping{mail}}, nil},
		"a company alone is enough":       {Mapping{Columns: []ColumnMapping{{Column: "Firm", To: "company"}}}, nil},
		"one column may become two facts": {Mapping{Columns: []ColumnMapping{mail, {Column: "Mail", To: "externalId"}}}, nil},
		"somebody must be recognised":     {Mapping{Columns: []ColumnMapping{{Column: "Staff", To: "employees"}}}, []string{"columns: whom a row is about"}},
		"an unknown column is refused":    {Mapping{Columns: []ColumnMapping{mail, {Column: "Nope", To: "phone"}}}, []string{`columns[1].column: no column "Nope"`}},
		"an unknown target is refused with the nearest one": {Mapping{Columns: []ColumnMapping{mail, {Column: "Firm", To: "compny"}, {Column: "Staff", To: "leads.custom.x"}}},
			[]string{"columns[1].to: Did you mean company?", "columns[2].to: Did you mean lead.custom.key?"}},
		"a target is filled once":                       {Mapping{Columns: []ColumnMapping{mail, {Column: "Firm", To: "email"}}}, []string{"columns[1].to: filled by columns[0] already"}},
		"a custom key is plain":                         {Mapping{Columns: []ColumnMapping{mail, {Column: "Firm", To: "lead.custom.Lead Source"}}}, []string{"columns[1].to: Write it as lead.custom.lead_source"}},
		"only custom targets have a type to give":       {Mapping{Columns: []ColumnMapping{{Column: "Mail", To: "email", Type: new(condition.TypeText)}}}, []string{"columns[0].type: Only custom targets"}},
		"a type is one of four":                         {Mapping{Columns: []ColumnMapping{mail, {Column: "Firm", To: "lead.custom.x", Type: new(condition.Type("LIST"))}}}, []string{"columns[1].type: TEXT, NUMBER, BOOLEAN, TIME"}},
		"only numbers are scaled":                       {Mapping{Columns: []ColumnMapping{{Column: "Mail", To: "email", Scale: new(2.0)}}}, []string{"columns[0].scale: Only numbers"}},
		"a scale is over nothing":                       {Mapping{Columns: []ColumnMapping{mail, {Column: "Staff", To: "employees", Scale: new(math.NaN())}}}, []string{"columns[1].scale: over 0"}},
		"a value is mapped once":                        {Mapping{Columns: []ColumnMapping{{Column: "Mail", To: "email", Values: []ValueMapping{{From: "X"}, {From: " x"}}}}}, []string{"columns[0].values[1].from: mapped twice"}},
		"a value is mapped to what the target takes":    {Mapping{Columns: []ColumnMapping{mail, {Column: "Did", To: "touch.kind", Values: []ValueMapping{{"x", new("EMAIL_OPENED")}, {"y", new("SMILED")}}}}}, []string{"columns[1].values[1].to: wants one of EMAIL_SENT"}},
		"a touch has a kind":                            {Mapping{Columns: []ColumnMapping{mail, {Column: "When", To: "touch.occurredAt"}}}, []string{"columns[1]: needs touch.kind"}},
		"a default kind will do":                        {Mapping{Columns: []ColumnMapping{mail, {Column: "When", To: "touch.occurredAt"}}, Defaults: []FieldDefault{{"touch.kind", "webinar attended"}}}, nil},
		"a default is one the target takes":             {Mapping{Columns: []ColumnMapping{mail}, Defaults: []FieldDefault{{"employees", "many"}, {"city", " "}, {"nope", "x"}}}, []string{"defaults[0].value: whole number", "defaults[1].value: Leave it out", "defaults[2].to: does not exist"}},
		"a default does not make all rows one":          {Mapping{Columns: []ColumnMapping{mail}, Defaults: []FieldDefault{{"externalId", "7"}}}, []string{"defaults[0].to: all rows the same one"}},
		"a default is given once":                       {Mapping{Columns: []ColumnMapping{mail}, Defaults: []FieldDefault{{"city", "x"}, {"city", "y"}}}, []string{"defaults[1].to: has a default already"}},
		"a default has the type of the column's target": {Mapping{Columns: []ColumnMapping{mail, {Column: "Staff", To: "lead.custom.n", Type: new(condition.TypeNumber)}}, Defaults: []FieldDefault{{"lead.custom.n", "x"}}}, []string{"defaults[0].value: wants a number"}},
		"a region is two capitals":                      {Mapping{Columns: []ColumnMapping{mail}, DefaultRegion: new("Germany")}, []string{"defaultRegion: two capitals"}},
		"empty words have a bound":                      {Mapping{Columns: []ColumnMapping{mail}, EmptyWords: make([]string, 51)}, []string{"emptyWords: At most 50"}},
		"mapped values have a bound":                    {Mapping{Columns: []ColumnMapping{{Column: "Mail", To: "email", Values: make([]ValueMapping, 1001)}}}, []string{"columns[0].values: at most 1000", "columns: whom a row is about"}},
		"columns have a bound":                          {Mapping{Columns: make([]ColumnMapping, 2001)}, []string{"columns: at most 2000"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := CheckMapping(c.mapping, headers)
			require.Len(t, faults, len(c.want), "%v", faults)
			for i, want := range c.want {
				field, words, _ := strings.Cut(want, ": ")
				require.Equal(t, field, faults[i].Field)
				require.Contains(t, faults[i].Message, words)
			}
			plan, again := Compile(c.mapping, headers)
			require.Equal(t, faults, again)
			require.Equal(t, len(faults) == 0, plan != nil)
		})
	}
}

func TestMappingJSON(t *testing.T) {
	t.Parallel()
	t.Run("a mapping's JSON is the input of the API", func(t *testing.T) {
		t.Parallel()
		body := `{"columns":[{"column":"Staff","to":"lead.custom.staff","type":"NUMBER","values":[{"from":"Select","to":null}],"scale":1000}],"defaults":[{"to":"city","value":"Berlin"}],"emptyWords":["N/A"],"defaultRegion":"DE"}`
		var m Mapping
		require.NoError(t, json.Unmarshal([]byte(body), &m))
		again, err := json.Marshal(m)
		require.NoError(t, err)
		require.JSONEq(t, body, string(again))
	})
}
