package scoring

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/condition"
)

func TestTouchesThatDoNotMatterChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		p, f, reach := compiled(r, anyModel(r)), anyLead(r), condition.Reach{}
		p.Reach(&reach)
		var all, some Explanation
		p.Explain(f, &all)
		next, found := p.Next(f, Edges{})
		f.SetTouches(slices.DeleteFunc(slices.Clone(f.Touches()), func(x condition.Touch) bool {
			within, known := reach.Touches[x.Kind]
			return !known || within > 0 && !x.At.After(f.At().Add(-days(float64(within))))
		}))
		p.Explain(f, &some)
		require.Equal(r, all.Score, some.Score)
		require.Equal(r, told(r, all.Factors), told(r, some.Factors))
		again, foundAgain := p.Next(f, Edges{})
		require.Equal(r, []any{next, found}, []any{again, foundAgain})
	})
}
