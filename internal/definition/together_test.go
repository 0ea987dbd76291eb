package definition

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestWhatNoLeadCanMeetIsRefused(t *testing.T) {
	t.Parallel()
	one := func(name string, op condition.Op, v condition.Value) condition.Condition {
		return condition.Condition{Attribute: &condition.Attribute{Name: name, Op: op, Value: &v}}
	}
	not := func(c condition.Condition) condition.Condition { return condition.Condition{Not: &c} }
	all := func(some ...condition.Condition) condition.Condition { return condition.Condition{All: some} }
	mail, noMail := one("contact.hasEmail", condition.EQ, condition.Bool(true)), one("contact.hasEmail", condition.EQ, condition.Bool(false))
	big, small := number("account.employees", condition.GT, 100), number("account.employees", condition.LT, 50)
	list := func(keys string, some ...condition.Condition) (out []Criterion) {
		for i, c := range some {
			out = append(out, Criterion{Key: keys[i : i+1], Name: "Named", When: c})
		}
		return out
	}
	known := list("z", one("contact.title", condition.EQ, condition.Text("CEO")))
	for name, test := range map[string]struct {
		definition Definition
		field      string
		message    string
	}{
		"a criterion that never holds": {Definition{Criteria: list("a", all(mail, not(mail)))}, "criteria[0].when", "This asks for things that contradict each other, so it never holds: remove one of them."},
		"a criterion and its opposite": {Definition{Criteria: list("abc", mail, big, all(not(mail)))}, "criteria[2].when", `Beside "a" this lets no lead through, so none would ever become QUALIFIED: change one of them.`},
		"two values of one attribute":  {Definition{Criteria: list("ab", mail, noMail)}, "criteria[1].when", `Beside "a" this lets no lead through, so none would ever become QUALIFIED: change one of them.`},
		"three that only two can":      {Definition{Criteria: list("abc", condition.Condition{Any: []condition.Condition{mail, big}}, not(mail), small)}, "criteria[2].when", "Beside all that comes before it this lets no lead through, so none would ever become QUALIFIED: change one of them."},
		"a field that must be missing": {Definition{Criteria: list("a", not(condition.Condition{Attribute: &condition.Attribute{Name: "account.industry", Op: condition.IsSet}})), RequiredFields: []string{"account.industry"}}, "requiredFields[0]", `Beside "a" this lets no lead through, so none would ever become QUALIFIED: change one of them.`},
		"an exclusion of nobody":       {Definition{Criteria: known, Exclusions: list("a", all(big, small))}, "exclusions[0].when", "This asks for things that contradict each other, so it never holds: remove one of them."},
		"exclusions of everybody":      {Definition{Criteria: known, Exclusions: list("ab", big, not(big))}, "exclusions[1].when", `Beside "a" this lets no lead through, so none would ever become QUALIFIED: change one of them.`},
		"a gate that nobody passes":    {Definition{Criteria: known, SalesQualified: list("ab", big, small)}, "salesQualified[1].when", `Beside "a" this lets no lead through, so none would ever become SALES_QUALIFIED: change one of them.`},
		"gates are passed one by one":  {Definition{Criteria: list("a", big), SalesQualified: list("b", small)}, "", ""},
		"exclusions are told apart":    {Definition{Criteria: list("a", big), Exclusions: list("bc", small, noMail)}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.definition.Check(condition.NewRegistry(nil))
			if test.field == "" {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			faults := err.(fault.List)
			require.Len(t, faults, 1)
			require.Equal(t, []string{test.field, test.message}, []string{faults[0].Field, faults[0].Message})
		})
	}
}

// TestTheWorkIsOneForAllCriteria has criteria of which each alone is easy, and all together too much: n+1 of them share n attributes.
func TestTheWorkIsOneForAllCriteria(t *testing.T) {
	t.Parallel()
	places := []string{"contact.title", "contact.city", "contact.function", "contact.country", "account.industry", "account.name", "account.city", "account.domain"}
	d := Definition{}
	for i := range len(places) + 1 {
		var values []condition.Value
		for v := range 400 {
			values = append(values, condition.Text(fmt.Sprintf("p%dv%d", i, v)))
		}
		k := Criterion{Key: fmt.Sprint("k", i), Name: "Named"}
		for _, name := range places {
			k.When.Any = append(k.When.Any, condition.Condition{Attribute: &condition.Attribute{Name: name, Op: condition.In, Values: values}})
		}
		d.Criteria = append(d.Criteria, k)
	}
	require.NoError(t, d.Check(condition.NewRegistry(nil)), "that no lead passes is too much work to show")
	d.Criteria = append(d.Criteria, Criterion{Key: "a", Name: "A", When: number("account.employees", condition.GT, 100)}, Criterion{Key: "b", Name: "B", When: number("account.employees", condition.LT, 50)})
	require.Error(t, d.Check(condition.NewRegistry(nil)), "what is easy to show is shown first")
}
