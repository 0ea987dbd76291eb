package definition

import (
	"sort"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// demand is one of the things that a lead must meet to pass a gate.
type demand struct {
	path, key string // of a required field: its name
	when      *condition.Program
}

// together refuses the first demand that cannot be met beside those before it: no lead would ever pass.
func (c *checker) together(asks []demand, stage lifecycle.Stage) {
	all := make([]*condition.Program, len(asks))
	for i := range asks {
		all[i] = asks[i].when
	}
	if !c.Never(all...) {
		return
	}
	n := sort.Search(len(all)-1, func(i int) bool { return c.Never(all[:i+1]...) })
	for i := range all[:n] {
		if c.Never(all[i], all[n]) {
			c.Refuse(asks[n].path, "Beside %q this lets no lead through, so none would ever become %s: change one of them.", asks[i].key, stage)
			return
		}
	}
	c.Refuse(asks[n].path, "Beside all that comes before it this lets no lead through, so none would ever become %s: change one of them.", stage)
}
