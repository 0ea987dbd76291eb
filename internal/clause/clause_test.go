package clause

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestVersionsAreComparedRuleByRule(t *testing.T) {
	t.Parallel()
	before := []Clause{{"a", "one"}, {"b", "two"}, {"c", "three"}}
	after := []Clause{{"d", "four"}, {"b", "2"}, {"a", "one"}}
	require.Equal(t, []Difference{{Changed, "b", new("two"), new("2")}, {Removed, "c", new("three"), nil}, {Added, "d", nil, new("four")}}, Diff(before, after))
	require.Empty(t, Diff(before, before))
	require.Empty(t, Diff(nil, nil))
}

func TestFaultsNameTheirPlace(t *testing.T) {
	t.Parallel()
	score := condition.Text("HOT")
	c := condition.Condition{All: []condition.Condition{
		{Attribute: &condition.Attribute{Name: "contact.titel", Op: condition.IsSet}},
		{Not: &condition.Condition{Attribute: &condition.Attribute{Name: "lead.band", Op: condition.EQ, Value: &score}}},
	}}
	f := Faults{Registry: condition.NewRegistry(nil)}
	require.NoError(t, f.Err())
	f.Facts("rules[0].when", &c)
	seen := map[string]bool{}
	f.Key("rules[0].key", "a", seen)
	f.Key("rules[1].key", "a", seen)
	f.Key("rules[2].key", "A b", seen)
	f.Text("rules[0].name", "", 1, 100)
	f.Range("cap", -1, 0, 1e6)
	require.False(t, f.Count("rules", 10_000, 1, 500))
	var places []string
	for _, e := range f.Err().(fault.List) {
		places = append(places, e.Field)
	}
	require.Equal(t, []string{"rules[0].when.all[0].attribute.name", "rules[0].when.all[1].not.attribute.name", "rules[1].key", "rules[2].key", "rules[0].name", "cap", "rules"}, places)
	for range 20 {
		f.Refuse("x", "no")
	}
	require.Len(t, f.Err(), maxFaults)
}

func TestTextsOfPeopleHaveNoControlCharacters(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{"Größe": true, "two\nlines": true, "\U0001f469\u200d\U0001f680": true, "a\x00b": false, "bell\a": false, "a\u0085b": false, "\xff": false, "": false} {
		f := Faults{}
		f.Text("name", text, 1, 20)
		require.Equal(t, fine, f.Err() == nil, "%q", text)
	}
}
