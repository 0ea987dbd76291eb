package funnel

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
)

// alert notes who is told of the leads for which nobody was eligible: of all of them the same people, who are read once.
func (r *rounds) alert(ctx context.Context) error {
	var unrouted []*routed
	for _, l := range r.leads {
		if h := l.handoff; h != nil && h.Routing.Alert {
			unrouted = append(unrouted, h)
		}
	}
	if len(unrouted) == 0 {
		return nil
	}
	people, err := r.t.alerted(ctx, r.router.Told())
	if err != nil {
		return err
	}
	for _, h := range unrouted {
		for _, m := range people {
			h.alerts = append(h.alerts, &db.Alert{WorkspaceID: r.t.Workspace, HandoffID: h.ID, MemberID: m.ID, At: r.t.now})
		}
	}
	return nil
}

// alerted are the active members whom a routing policy names to be told. Where it names none, or all have gone since, they are the managers and directors of
// sales: somebody shall hear of it.
func (t *tx) alerted(ctx context.Context, emails []string) ([]*db.Member, error) {
	named, err := t.named(ctx, emails)
	if err != nil {
		return nil, err
	}
	people := slices.DeleteFunc(named, func(m *db.Member) bool { return !m.Active })
	if len(people) > 0 {
		return people, nil
	}
	heads, err := t.Heads(ctx, t.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read who runs sales: %w", err)
	}
	return slices.DeleteFunc(heads, func(m *db.Member) bool { return m.Department != auth.Sales }), nil
}
