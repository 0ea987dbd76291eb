package sheet

import (
	"maps"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// outcomeWords are what other systems call the ends of leads: the first that is in a value decides. Parts of words do, so that those that take back stand first.
var outcomeWords = []struct {
	word    string
	outcome lifecycle.Stage
}{
	{"unqualified", lifecycle.Disqualified}, {"disqualif", lifecycle.Disqualified}, {"not qualified", lifecycle.Disqualified}, {"junk", lifecycle.Disqualified},
	{"spam", lifecycle.Disqualified}, {"duplicate", lifecycle.Disqualified}, {"not converted", lifecycle.Lost}, {"not won", lifecycle.Lost}, {"unconverted", lifecycle.Lost},
	{"lost", lifecycle.Lost}, {"declined", lifecycle.Lost}, {"dead", lifecycle.Lost}, {"won", lifecycle.Won}, {"converted", lifecycle.Won},
}

// guessOutcome is what a value says became of a lead; nil where it is still open, or nobody can tell. A plain no says that it came to nothing only where all leads of
// the file are known to be closed: who has not bought yet may still.
func guessOutcome(value string, closed bool) *string {
	answer := func(s lifecycle.Stage) *string { return new(string(s)) }
	if yes, bad := parseBoolean(value); bad == nil {
		switch {
		case yes:
			return answer(lifecycle.Won)
		case closed:
			return answer(lifecycle.Lost)
		}
		return nil
	}
	value = strings.NewReplacer("_", " ", "-", " ").Replace(fold(value))
	for _, o := range outcomeWords {
		if strings.Contains(value, o.word) {
			return answer(o.outcome)
		}
	}
	return nil
}

// outcomesOf maps what a file calls outcomes; its other words are leads that are still open. A word that the sample does not show is not mapped: its row is refused
// rather than taken for open.
func outcomesOf(values []string, closed bool) []ValueMapping {
	return valueMap(append(slices.Clone(values), slices.Sorted(maps.Keys(booleans))...), func(v string) *string { return guessOutcome(v, closed) })
}
