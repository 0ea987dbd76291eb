package condition

import "github.com/leadgraph/leadgraph/internal/contact"

// Reach is which touches matter to conditions: of each kind those of so many days, or with 0 all. What is older, or of another kind, none
// of them notices, now or later, so it need not be read.
type Reach map[contact.TouchKind]int

// Add takes what a behaviour asks about.
func (r Reach) Add(b *Behaviour) {
	kinds, days := b.Kinds, 0
	if len(kinds) == 0 {
		kinds = contact.TouchKinds
	}
	if b.WithinDays != nil {
		days = *b.WithinDays
	}
	for _, k := range kinds {
		if known, ok := r[k]; !ok {
			r[k] = days
		} else if known > 0 {
			r[k] = max(known, days) * min(days, 1)
		}
	}
}

// Reach adds the touches that matter to the condition.
func (p *Program) Reach(r Reach) { p.root.reach(r) }

func (n *node) reach(r Reach) {
	if n.test == testTouches {
		r.Add(&n.matcher.source)
	}
	for i := range n.kids {
		n.kids[i].reach(r)
	}
}
