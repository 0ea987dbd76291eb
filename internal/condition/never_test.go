package condition

import (
	"encoding/json"
	"slices"
	"testing"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/id"
)

// asked reads a condition.
func asked(t require.TestingT, reg *Registry, body string) *Program {
	var c Condition
	require.NoError(t, json.Unmarshal([]byte(body), &c), body)
	p, err := Compile(&c, reg)
	require.NoError(t, err, body)
	return p
}

// asks is a test of one attribute as JSON.
func asks(name, op, rest string) string {
	return `{"attribute":{"name":"` + name + `","op":"` + op + `"` + rest + `}}`
}

func one(v string) string     { return `,"value":` + v }
func several(v string) string { return `,"values":[` + v + `]` }
func not(c string) string     { return `{"not":` + c + `}` }

func TestContradictionsAreFound(t *testing.T) {
	t.Parallel()
	reg := NewRegistry(custom)
	email, employees, industry, created := "contact.hasEmail", "account.employees", "account.industry", "lead.createdAt"
	demo, title := `{"behaviour":{"kinds":["DEMO_REQUESTED"],"withinDays":30}}`, "contact.title"
	for name, c := range map[string]struct {
		never bool
		all   []string
	}{
		"a test and its negation":                {true, []string{asks(email, "EQ", one("true")), not(asks(email, "EQ", one("true")))}},
		"in one all":                             {true, []string{`{"all":[` + asks(email, "EQ", one("true")) + `,` + not(`{"all":[`+asks(email, "EQ", one("true"))+`]}`) + `]}`}},
		"true and false":                         {true, []string{asks(email, "EQ", one("true")), asks(email, "EQ", one("false"))}},
		"not true and false":                     {false, []string{asks(email, "NE", one("true")), asks(email, "EQ", one("false"))}},
		"known, and neither true nor false":      {true, []string{asks(email, "IS_SET", ""), asks(email, "NE", one("true")), asks(email, "NE", one("false"))}},
		"neither true nor false is unknown":      {false, []string{asks(email, "NE", one("true")), asks(email, "NE", one("false"))}},
		"two industries":                         {true, []string{asks(industry, "EQ", one(`"Shipping"`)), asks(industry, "IN", several(`"Rail","Road"`))}},
		"one industry, written in two ways":      {false, []string{asks(industry, "EQ", one(`"Shipping"`)), asks(industry, "IN", several(`"SHIPPING","Road"`))}},
		"an industry that is not listed":         {true, []string{asks(industry, "IN", several(`"Rail","Road"`)), asks(industry, "NOT_IN", several(`"road","rail","air"`))}},
		"an industry without its words":          {true, []string{asks(industry, "EQ", one(`"Heavy rail"`)), asks(industry, "NOT_CONTAINS", one(`"rail"`))}},
		"two stages":                             {true, []string{asks("lead.stage", "EQ", one(`"NEW"`)), asks("lead.stage", "EQ", one(`"WON"`))}},
		"over 100 and under 50":                  {true, []string{asks(employees, "GT", one("100")), asks(employees, "LT", one("50"))}},
		"over 100 and up to 100":                 {true, []string{asks(employees, "GT", one("100")), asks(employees, "LTE", one("100"))}},
		"from 100 and up to 100":                 {false, []string{asks(employees, "GTE", one("100")), asks(employees, "LTE", one("100"))}},
		"not over 100 and under 50":              {false, []string{not(asks(employees, "GT", one("100"))), asks(employees, "LT", one("50"))}},
		"over 100 and not over 50":               {true, []string{asks(employees, "GT", one("100")), not(asks(employees, "GT", one("50")))}},
		"7, and from 10 to 20":                   {true, []string{asks(employees, "EQ", one("7")), asks(employees, "BETWEEN", several("10,20"))}},
		"not over 100 and not under 100":         {false, []string{not(asks(employees, "GT", one("100"))), not(asks(employees, "LT", one("100")))}},
		"known and missing":                      {true, []string{asks(employees, "IS_SET", ""), asks(employees, "IS_MISSING", "")}},
		"over 100 and missing":                   {true, []string{asks(employees, "GT", one("100")), asks(employees, "IS_MISSING", "")}},
		"not over 100 and missing":               {false, []string{not(asks(employees, "GT", one("100"))), asks(employees, "IS_MISSING", "")}},
		"before one day and after a later":       {true, []string{asks(created, "LT", one(`"2026-01-01T00:00:00Z"`)), asks(created, "GT", one(`"2026-02-01T00:00:00Z"`))}},
		"new and old":                            {true, []string{asks(created, "WITHIN_DAYS", one("7")), asks(created, "OLDER_THAN_DAYS", one("30"))}},
		"not so new and not so old":              {false, []string{asks(created, "WITHIN_DAYS", one("30")), asks(created, "OLDER_THAN_DAYS", one("7"))}},
		"new, and before a day: then it may be":  {false, []string{asks(created, "WITHIN_DAYS", one("7")), asks(created, "LT", one(`"2000-01-01T00:00:00Z"`))}},
		"words and one of them denied":           {true, []string{asks(title, "CONTAINS", one(`"city manager"`)), asks(title, "NOT_CONTAINS", one(`"Manager"`))}},
		"words and more of them denied":          {false, []string{asks(title, "CONTAINS", one(`"manager"`)), asks(title, "NOT_CONTAINS", one(`"city manager"`))}},
		"one of two words denied":                {false, []string{asks(title, "CONTAINS_ANY", several(`"manager","head"`)), asks(title, "NOT_CONTAINS", one(`"head"`))}},
		"a beginning that is denied":             {true, []string{asks(title, "STARTS_WITH", one(`"city manager"`)), not(asks(title, "STARTS_WITH", one(`"city"`)))}},
		"a touch and none":                       {true, []string{demo, not(`{"behaviour":{"kinds":["DEMO_REQUESTED"]}}`)}},
		"more touches than there may be":         {true, []string{`{"behaviour":{"kinds":["CALL"],"minCount":3}}`, not(`{"behaviour":{"kinds":["CALL","MEETING"],"minCount":2}}`)}},
		"as many touches as there may be":        {false, []string{`{"behaviour":{"kinds":["CALL"]}}`, not(`{"behaviour":{"kinds":["CALL"],"minCount":2}}`)}},
		"a touch of another kind than denied":    {false, []string{`{"behaviour":{"kinds":["CALL","MEETING"]}}`, not(`{"behaviour":{"kinds":["CALL"]}}`)}},
		"over 20 and not from 10 to 30":          {false, []string{asks(employees, "GT", one("20")), not(asks(employees, "BETWEEN", several("10,30")))}},
		"lately and not long ago":                {false, []string{asks(created, "WITHIN_DAYS", one("30")), not(asks(created, "WITHIN_DAYS", one("7")))}},
		"a touch, and none lately":               {false, []string{`{"behaviour":{"kinds":["DEMO_REQUESTED"]}}`, not(demo)}},
		"every way of a choice is denied":        {true, []string{`{"any":[` + asks(employees, "GT", one("100")) + `,` + demo + `]}`, asks(employees, "LT", one("50")), not(demo)}},
		"a way of a choice is left":              {false, []string{`{"any":[` + asks(employees, "GT", one("100")) + `,` + demo + `]}`, asks(employees, "LT", one("50"))}},
		"a choice in a choice, and its negation": {true, []string{`{"any":[` + asks(email, "EQ", one("true")) + `,{"all":[` + demo + `,` + asks(industry, "IS_SET", "") + `]}]}`, not(`{"any":[{"all":[` + asks(industry, "IS_SET", "") + `,` + demo + `]},` + asks(email, "EQ", one("true")) + `]}`)}},
		"a choice in which all is contradictory": {true, []string{not(`{"all":[` + `{"any":[` + demo + `,` + not(demo) + `]},{"any":[` + demo + `,` + not(demo) + `]}]}`)}},
	} {
		var all []*Program
		for _, body := range c.all {
			all = append(all, asked(t, reg, body))
		}
		require.Equal(t, c.never, new(Scales).Never(all...), name)
		slices.Reverse(all)
		require.Equal(t, c.never, new(Scales).Never(all...), name)
	}
}

// TestWhatNeverHoldsHoldsOfNoLead asks conditions about few attributes, so that many contradict each other, of random leads.
func TestWhatNeverHoldsHoldsOfNoLead(t *testing.T) {
	t.Parallel()
	reg := NewRegistry(custom)
	found, drawn := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := world{rt: rt, workspace: id.New(), reg: reg, batch: &pgx.Batch{}}
		facts := w.leads(4)
		d := rapid.SampledFrom(reg.Definitions()).Draw(rt, "attribute")
		leaf := rapid.OneOf(rapid.Map(w.someTest(d), func(a Attribute) Condition { return Condition{Attribute: &a} }),
			rapid.Map(someBehaviour(), func(b Behaviour) Condition { return Condition{Behaviour: &b} }), w.someCondition(2))
		var all []*Program
		for range rapid.IntRange(2, 4).Draw(rt, "conditions") {
			c := leaf.Draw(rt, "condition")
			if rapid.Bool().Draw(rt, "grouped") {
				group := []Condition{c, leaf.Draw(rt, "other")}
				c = rapid.SampledFrom([]Condition{{All: group}, {Any: group}, {Any: group}}).Draw(rt, "group")
			}
			p, err := Compile(&c, reg)
			require.NoError(rt, err)
			all = append(all, p)
			if rapid.IntRange(0, 3).Draw(rt, "negated") == 0 {
				all[len(all)-1] = p.Negation()
			}
		}
		drawn++
		if !new(Scales).Never(all...) {
			return
		}
		found++
		for _, f := range facts {
			require.True(rt, slices.ContainsFunc(all, func(p *Program) bool { return !p.Match(f) }), "a lead meets them all")
		}
	})
	t.Logf("%d of %d were found contradictory", found, drawn)
	require.Positive(t, found)
}

// TestWordsOfAFoldedTextAreItsWords is why a folded text stands for all that fold to it.
func TestWordsOfAFoldedTextAreItsWords(t *testing.T) {
	t.Parallel()
	for r := range rune(unicode.MaxRune + 1) {
		s := "a" + string(r) + "b"
		folded := Fold(s)
		if Fold(folded) != folded || tokens(s) != tokens(folded) { // require is slow over a million characters
			t.Errorf("%q and %q", s, folded)
		}
	}
}

func TestTheSameInOtherWordsHasOneNormalForm(t *testing.T) {
	t.Parallel()
	reg := NewRegistry(custom)
	email, big := asks("contact.hasEmail", "EQ", one("true")), asks("account.employees", "GT", one("100"))
	industries := asks("account.industry", "IN", several(`"Rail","Road"`))
	for _, same := range [][2]string{
		{email, `{"all":[` + email + `]}`}, {email, not(`{"any":[` + not(email) + `]}`)}, {email, `{"any":[` + email + `,` + email + `]}`},
		{`{"all":[` + email + `,` + big + `]}`, `{"all":[{"all":[` + big + `]},` + email + `,` + big + `]}`},
		{not(`{"any":[` + email + `,` + big + `]}`), `{"all":[` + not(big) + `,` + asks("contact.hasEmail", "NE", one("true")) + `]}`},
		{industries, asks("account.industry", "IN", several(`"road","RAIL","rail"`))}, {not(industries), asks("account.industry", "NOT_IN", several(`"Rail","Road"`))},
		{asks("account.employees", "EQ", one("5")), asks("account.employees", "IN", several("5"))},
		{`{"behaviour":{"kinds":["CALL","MEETING"]}}`, `{"behaviour":{"kinds":["MEETING","CALL","CALL"],"minCount":1}}`},
	} {
		require.Equal(t, asked(t, reg, same[0]).Normal(), asked(t, reg, same[1]).Normal(), "%s\n%s", same[0], same[1])
	}
	other := map[string]bool{}
	all := []string{email, not(email), big, industries, `{"all":[` + email + `,` + big + `]}`, `{"any":[` + email + `,` + big + `]}`, asks("account.employees", "GTE", one("100")),
		`{"behaviour":{"kinds":["CALL"]}}`, `{"behaviour":{"kinds":["CALL"],"withinDays":7}}`, `{"behaviour":{"kinds":["CALL"],"minCount":2}}`,
		asks("lead.createdAt", "WITHIN_DAYS", one("7")), asks("lead.createdAt", "OLDER_THAN_DAYS", one("7")), asks("contact.title", "CONTAINS", one(`"rail"`)), asks("contact.title", "STARTS_WITH", one(`"rail"`))}
	for _, body := range all {
		other[asked(t, reg, body).Normal()] = true
	}
	require.Len(t, other, len(all))
}
