package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/matching"
	"github.com/leadgraph/leadgraph/internal/routing"
)

// checkMembers refuses a routing policy that names who is not here, or gives leads to who gets none.
func (t *tx) checkMembers(ctx context.Context, c *checks, p *routing.Policy) error {
	named := p.Members()
	emails := make([]string, len(named))
	for i, n := range named {
		emails[i] = n.Email
	}
	members, err := t.named(ctx, emails)
	if err != nil {
		return err
	}
	known := make([]routing.Known, len(members))
	for i, m := range members {
		known[i] = routing.Known{Email: m.Email, Department: m.Department, Role: m.Role, Active: m.Active}
	}
	c.under("input.body.routingPolicy", p.CheckMembers(known))
	return nil
}

// named reads the members with some addresses. What is none names nobody.
func (t *tx) named(ctx context.Context, emails []string) ([]*db.Member, error) {
	var keys []string
	for _, e := range emails {
		if a, err := matching.Email(e); err == nil {
			keys = append(keys, a.Key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := t.MembersByEmailKey(ctx, db.MembersByEmailKeyParams{WorkspaceID: t.Workspace, EmailKeys: keys})
	if err != nil {
		return nil, fmt.Errorf("read the members that a policy names: %w", err)
	}
	return rows, nil
}
