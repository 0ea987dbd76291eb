package condition

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// words are n words as JSON.
func words(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`"w%d"`, i))
	}
	return strings.Join(all, ",")
}

// group is several conditions in one.
func group(how string, all ...string) string {
	return `{"` + how + `":[` + strings.Join(all, ",") + `]}`
}

// amongWords lists 500 texts, of which only all ways of 12 choices together leave none; each text is looked for in 2,000 words at every turn.
func amongWords() string {
	const title = "contact.title"
	var texts, all []string
	for i := range 500 {
		text := fmt.Sprint("t", i)
		for j := range 12 {
			if j != i%12 {
				text += fmt.Sprintf(" x%d y%d", j, j)
			}
		}
		texts = append(texts, `"`+text+`"`)
	}
	all = append(all, asks(title, "IN", several(strings.Join(texts, ","))))
	for i := range 4 {
		all = append(all, asks(title, "CONTAINS_ANY", several(words(498-i)+`,"x0","x1"`)))
	}
	for i := range 12 {
		all = append(all, group("any", asks(title, "CONTAINS", one(fmt.Sprintf(`"x%d"`, i))), asks(title, "CONTAINS", one(fmt.Sprintf(`"y%d"`, i)))))
	}
	return group("all", all...)
}

// pigeons are n+1 criteria, each a choice among n attributes with a list of its own: that two of them need one attribute, and so contradict
// each other, only all ways together show.
func pigeons(n, values int) []string {
	holes := []string{"contact.title", "contact.city", "contact.function", "account.industry", "account.name", "account.city", "account.domain", "account.tier"}
	var all []string
	for p := range n + 1 {
		var texts, ways []string
		for v := range values {
			texts = append(texts, fmt.Sprintf(`"p%dv%d"`, p, v))
		}
		for _, h := range holes[:n] {
			ways = append(ways, asks(h, "IN", several(strings.Join(texts, ","))))
		}
		all = append(all, group("any", ways...))
	}
	return all
}

func TestWeighingEndsWhereItsWorkIsUsedUp(t *testing.T) {
	t.Parallel()
	reg := NewRegistry(custom)
	email := asked(t, reg, asks("contact.hasEmail", "EQ", one("true")))
	for name, bodies := range map[string][]string{"a list among words": {amongWords()}, "choices that get in each other's way": pigeons(8, 400)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s Scales
			require.False(t, s.Never(programs(t, reg, bodies)...), "it never holds, but that is too much work to show")
			require.Equal(t, maxWork, s.spent, "no work begins that is not left")
			require.False(t, s.Never(email, email.Negation()), "nothing is left for the rest of the body")
			require.Equal(t, maxWork, s.spent)
		})
	}
	t.Run("of fewer choices it shows that they never hold", func(t *testing.T) {
		t.Parallel()
		var s Scales
		require.True(t, s.Never(programs(t, reg, pigeons(4, 100))...))
		require.Less(t, s.spent, maxWork)
		spent := s.spent
		require.True(t, s.Never(email, email.Negation()), "there is work left for the rest of the body")
		require.Greater(t, s.spent, spent)
	})
}

func TestAllThatIsLookedAtIsWork(t *testing.T) {
	t.Parallel()
	reg := NewRegistry(custom)
	all := words(500)
	listed, said := asks("contact.title", "IN", several(all)), asks("contact.title", "CONTAINS_ANY", several(all))
	for name, test := range map[string]struct {
		least  int
		bodies []string
	}{
		"each value for each word":        {500 * 500, []string{listed, asks("contact.title", "CONTAINS_ANY", several(strings.ReplaceAll(all, "w", "v")))}},
		"each value for each denied word": {500 * 500, []string{listed, not(said)}},
		"each word for each denied word":  {500 * 500, []string{said, not(said)}},
		"each value":                      {500 * letters, []string{listed, not(listed)}},
		"each touch for each denied one":  {20 * 20, append(twenty(`{"behaviour":{"kinds":["CALL"]}}`), twenty(not(`{"behaviour":{"kinds":["MEETING"]}}`))...)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s Scales
			s.Never(programs(t, reg, test.bodies)...)
			require.GreaterOrEqual(t, s.spent, test.least)
			require.Less(t, s.spent, maxWork/2)
		})
	}
}

func twenty(body string) []string { return slices.Repeat([]string{body}, 20) }

// programs are conditions made ready.
func programs(t require.TestingT, reg *Registry, bodies []string) (all []*Program) {
	for _, b := range bodies {
		all = append(all, asked(t, reg, b))
	}
	return all
}

// BenchmarkNever weighs bodies that take all the work there is.
func BenchmarkNever(b *testing.B) {
	reg := NewRegistry(custom)
	for name, bodies := range map[string][]string{"a list among words": {amongWords()}, "choices that get in each other's way": pigeons(8, 400)} {
		all := programs(b, reg, bodies)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				new(Scales).Never(all...)
			}
		})
	}
}
