package condition

import (
	"maps"

	"github.com/leadgraph/leadgraph/internal/contact"
)

// Reach is what matters to conditions. What is not in it none of them notices, now or later, so it need not be read.
type Reach struct {
	Touches map[contact.TouchKind]int // of each kind those of so many days, or with 0 all
	Needs   Needs
}

// Clone is a reach of its own, with all that is in this one.
func (r *Reach) Clone() Reach { return Reach{maps.Clone(r.Touches), r.Needs} }

// Add takes what a behaviour asks about.
func (r *Reach) Add(b *Behaviour) {
	if r.Touches == nil {
		r.Touches = map[contact.TouchKind]int{}
	}
	kinds, days := b.Kinds, 0
	if len(kinds) == 0 {
		kinds = contact.TouchKinds
	}
	if b.WithinDays != nil {
		days = *b.WithinDays
	}
	for _, k := range kinds {
		if known, ok := r.Touches[k]; !ok {
			r.Touches[k] = days
		} else if known > 0 {
			r.Touches[k] = max(known, days) * min(days, 1)
		}
	}
}

// Reach adds what matters to the condition.
func (p *Program) Reach(r *Reach) {
	p.root.reach(r)
	p.root.needs(&r.Needs)
}

func (n *node) reach(r *Reach) {
	if n.test == testTouches {
		r.Add(&n.matcher.source)
	}
	for i := range n.kids {
		n.kids[i].reach(r)
	}
}
