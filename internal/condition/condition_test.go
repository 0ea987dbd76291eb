package condition

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// read reads a condition as it is stored.
func read(t testing.TB, body string) *Condition {
	t.Helper()
	var c Condition
	require.NoError(t, json.Unmarshal([]byte(body), &c))
	return &c
}

// program compiles a condition as it is stored.
func program(t testing.TB, body string) *Program {
	t.Helper()
	p, err := Compile(read(t, body), NewRegistry(custom))
	require.NoError(t, err)
	return p
}

// refusal is a condition, and the place and part of the message of its first fault; without a message the condition is fine.
type refusal struct{ body, field, message string }

func checkAll(t *testing.T, tests map[string]refusal) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := Check(read(t, test.body), NewRegistry(custom))
			if test.message == "" {
				require.NoError(t, err)
				return
			}
			f := fault.As(err)
			require.NotNil(t, f)
			require.Equal(t, fault.BadUserInput, f.Code)
			require.Equal(t, test.field, f.Field)
			require.Contains(t, f.Message, test.message)
			require.Less(t, len(f.Message), 600)
		})
	}
}

func TestCheckTree(t *testing.T) {
	t.Parallel()
	leaf := `{"attribute": {"name": "lead.cycle", "op": "IS_SET"}}`
	checkAll(t, map[string]refusal{
		"nothing":                  {`{}`, "", "sets none"},
		"two things":               {`{"not": ` + leaf + `, "all": [` + leaf + `]}`, "", "sets all and not"},
		"an empty group":           {`{"all": [` + leaf + `, {"any": []}]}`, "all[1].any", "add one"},
		"nothing within a group":   {`{"any": [{}]}`, "any[0]", "sets none"},
		"no touch at all":          {`{"behaviour": {"minCount": 0}}`, "behaviour.minCount", "under not"},
		"a window of no days":      {`{"any": [{"behaviour": {"withinDays": 0}}]}`, "any[0].behaviour.withinDays", "1 to 3650"},
		"a kind that is none":      {`{"behaviour": {"kinds": ["CALL", "FAX"]}}`, "behaviour.kinds[1]", "CALL"},
		"a direction that is none": {`{"behaviour": {"direction": "UP"}}`, "behaviour.direction", "INBOUND"},
		"nine levels":              {strings.Repeat(`{"not": `, 8) + leaf + strings.Repeat("}", 8), "not.not.not.not.not.not.not.not", "8 levels"},
		"eight levels":             {strings.Repeat(`{"not": `, 7) + leaf + strings.Repeat("}", 7), "", ""},
		"a hundred tests":          {`{"all": [` + strings.Repeat(leaf+", ", 99) + leaf + `]}`, "", ""},
		"a hundred and one tests":  {`{"all": [` + strings.Repeat(leaf+", ", 1e4) + leaf + `]}`, "all[100]", "100 tests"},
		"any touch":                {`{"behaviour": {}}`, "", ""},
	})
	t.Run("all faults are told at once, but not more than ten", func(t *testing.T) {
		bad := `{"attribute": {"name": "x", "op": "EQ"}}`
		var faults fault.List
		require.ErrorAs(t, Check(read(t, `{"all": [`+strings.Repeat(bad+", ", 50)+bad+`]}`), NewRegistry(nil)), &faults)
		require.Len(t, faults, maxFaults)
		require.Equal(t, "all[9].attribute.name", faults[9].Field)
	})
	t.Run("no condition is a fault too", func(t *testing.T) { require.Error(t, Check(nil, NewRegistry(nil))) })
}

func TestCheckAttribute(t *testing.T) {
	t.Parallel()
	values := `"values": [` + strings.Repeat(`"x", `, maxValues) + `"x"]`
	checkAll(t, map[string]refusal{
		"an unknown attribute":      {`{"all": [{"not": {"attribute": {"name": "contact.titel", "op": "IS_SET"}}}]}`, "all[0].not.attribute.name", `did you mean "contact.title"?`},
		"another workspace's":       {`{"attribute": {"name": "lead.custom.colour_of_car", "op": "IS_SET"}}`, "attribute.name", "the query attributes lists all"},
		"an endless name":           {`{"attribute": {"name": "` + strings.Repeat("x", 1e5) + `", "op": "IS_SET"}}`, "attribute.name", "so long a name"},
		"an unknown op":             {`{"attribute": {"name": "lead.cycle", "op": "LIKE"}}`, "attribute.op", "EQ, NE"},
		"an op of another type":     {`{"attribute": {"name": "lead.cycle", "op": "CONTAINS", "value": "x"}}`, "attribute.op", "EQ, NE, IN, NOT_IN, LT, LTE, GT, GTE, BETWEEN, IS_SET, IS_MISSING"},
		"a text for a number":       {`{"attribute": {"name": "lead.cycle", "op": "EQ", "value": "2"}}`, "attribute.value", "is a NUMBER"},
		"a number for a text":       {`{"attribute": {"name": "contact.title", "op": "IN", "values": ["CEO", 2]}}`, "attribute.values[1]", "is a TEXT"},
		"a number for a time":       {`{"attribute": {"name": "lead.createdAt", "op": "GT", "value": 2}}`, "attribute.value", "RFC 3339"},
		"a day that does not exist": {`{"attribute": {"name": "lead.createdAt", "op": "GT", "value": "2026-02-29T00:00:00Z"}}`, "attribute.value", "RFC 3339"},
		"a time too fine":           {`{"attribute": {"name": "lead.createdAt", "op": "GT", "value": "2026-02-28T00:00:00.1234567Z"}}`, "attribute.value", "microseconds"},
		"a word that is no stage":   {`{"attribute": {"name": "lead.stage", "op": "EQ", "value": "HOT"}}`, "attribute.value", "NEW, NURTURING"},
		"an empty text":             {`{"attribute": {"name": "contact.title", "op": "NE", "value": ""}}`, "attribute.value", "IS_MISSING"},
		"no words to look for":      {`{"attribute": {"name": "contact.title", "op": "CONTAINS", "value": "++"}}`, "attribute.value", "letter or digit"},
		"a long text":               {`{"attribute": {"name": "contact.title", "op": "EQ", "value": "` + strings.Repeat("é", maxText) + `"}}`, "", ""},
		"no value":                  {`{"attribute": {"name": "contact.title", "op": "EQ"}}`, "attribute.value", "add it"},
		"value and values":          {`{"attribute": {"name": "contact.title", "op": "EQ", "value": "a", "values": ["b"]}}`, "attribute.values", "remove it"},
		"a value for IN":            {`{"attribute": {"name": "contact.title", "op": "IN", "value": "a"}}`, "attribute.value", "move this one"},
		"a value for IS_SET":        {`{"attribute": {"name": "contact.title", "op": "IS_SET", "value": "a"}}`, "attribute.value", "takes no value"},
		"no values":                 {`{"attribute": {"name": "contact.title", "op": "IN"}}`, "attribute.values", "1 to 500"},
		"too many values":           {`{"attribute": {"name": "contact.title", "op": "IN", ` + values + `}}`, "attribute.values", "this has 501"},
		"three ends of a range":     {`{"attribute": {"name": "lead.cycle", "op": "BETWEEN", "values": [1, 2, 3]}}`, "attribute.values", "takes 2 values"},
		"a range backwards":         {`{"attribute": {"name": "lead.cycle", "op": "BETWEEN", "values": [2, 1]}}`, "attribute.values", "exchange"},
		"times backwards":           {`{"attribute": {"name": "lead.createdAt", "op": "BETWEEN", "values": ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00+01:00"]}}`, "attribute.values", "exchange"},
		"half a day":                {`{"attribute": {"name": "lead.createdAt", "op": "WITHIN_DAYS", "value": 0.5}}`, "attribute.value", "whole number of days"},
		"too many days":             {`{"attribute": {"name": "lead.createdAt", "op": "OLDER_THAN_DAYS", "value": 1e18}}`, "attribute.value", "3650"},
	})
}

func TestConditionIsStoredAsWritten(t *testing.T) {
	t.Parallel()
	body := `{"all":[{"attribute":{"name":"contact.title","op":"CONTAINS_ANY","values":["director","head of"]}},` +
		`{"any":[{"attribute":{"name":"account.employees","op":"GTE","value":50}},{"attribute":{"name":"contact.freeMail","op":"EQ","value":false}}]},` +
		`{"not":{"behaviour":{"kinds":["UNSUBSCRIBED"],"direction":"INBOUND","minCount":1,"withinDays":30}}}]}`
	c := read(t, body)
	again, err := json.Marshal(c)
	require.NoError(t, err)
	require.JSONEq(t, body, string(again))
	require.Equal(t, body, string(again))
	t.Run("without a count one touch is enough", func(t *testing.T) {
		require.Equal(t, 1, read(t, `{"behaviour": {"kinds": ["CALL"]}}`).Behaviour.MinCount)
	})
	t.Run("a program keeps its meaning when the condition changes", func(t *testing.T) {
		c := read(t, `{"behaviour": {"kinds": ["CALL"]}}`)
		p, err := Compile(c, NewRegistry(nil))
		require.NoError(t, err)
		var before, after Args
		text := p.SQL(&before, noon)
		c.Behaviour.Kinds[0] = contact.KindChat
		require.Equal(t, text, p.SQL(&after, noon))
		require.Equal(t, before, after)
	})
}

func TestCustomAttributes(t *testing.T) {
	t.Parallel()
	t.Run("a definition is checked", func(t *testing.T) {
		require.NoError(t, Custom{Entity: EntityLead, Key: "budget_2", Type: TypeNumber}.Check())
		for field, bad := range map[string]Custom{
			"entity": {Entity: EntitySource, Key: "x", Type: TypeText},
			"key":    {Entity: EntityLead, Key: "X'; drop table leads", Type: TypeText},
			"type":   {Entity: EntityLead, Key: "x", Type: TypeEnum},
		} {
			require.Equal(t, field, fault.As(bad.Check()).Field)
		}
	})
	t.Run("a registry leaves out what is no definition", func(t *testing.T) {
		reg := NewRegistry([]Custom{{Entity: EntityLead, Key: "a", Type: TypeText}, {Entity: EntityLead, Key: "a", Type: TypeNumber}, {Entity: EntityLead, Key: "B", Type: TypeText}})
		require.Len(t, reg.Definitions(), len(Builtin)+1)
		slot, ok := reg.Slot("lead.custom.a")
		require.True(t, ok)
		require.Equal(t, TypeText, reg.Definitions()[slot].Type)
	})
	t.Run("every built-in attribute is described, once", func(t *testing.T) {
		names := map[string]bool{}
		for slot, d := range Builtin {
			require.NotEmpty(t, d.Label, slot)
			require.NotEmpty(t, d.Description, d.Name)
			require.NotEmpty(t, d.sql, d.Name)
			require.Equal(t, d.Type == TypeEnum, d.Values != nil, d.Name)
			require.False(t, names[d.Name], d.Name)
			names[d.Name] = true
		}
	})
}

func TestATreeIsWhatTheInputReads(t *testing.T) {
	t.Parallel()
	deep := Condition{Attribute: &Attribute{Name: "contact.title", Op: In, Values: []Value{Text("\"a\""), Text("<b>")}}}
	for i := range 7 {
		deep = []Condition{{Not: &deep}, {All: []Condition{deep, {Behaviour: &Behaviour{MinCount: 2, WithinDays: new(30)}}}}, {Any: []Condition{deep}}}[i%3].Clone()
	}
	var text strings.Builder
	deep.Tree().MarshalGQL(&text)
	var read Condition
	require.NoError(t, json.Unmarshal([]byte(text.String()), &read))
	require.Equal(t, deep, read)
	require.Error(t, new(Tree).UnmarshalGQL(map[string]any{}))
}
