package funnel

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// escalate notes whom a breach is told to, beside the owner, by the rule that set the clock, and answers it in words. Members are named where the rule names a part that they
// play; who takes from the queue finds what ran out by the queue.
func (b *clockBook) escalate(ctx context.Context, c *db.Clock) (string, error) {
	t := b.t
	d, err := t.deadlines(ctx, c.PolicyID)
	if err != nil {
		return "", err
	}
	words := []string{"its owner"}
	rule := d.rule(c.Rule)
	if rule == nil || len(rule.EscalateTo) == 0 {
		return words[0], nil
	}
	if b.heads == nil {
		if b.heads, err = t.Heads(ctx, t.Workspace); err != nil {
			return "", fmt.Errorf("read who hears of a breach: %w", err)
		}
	}
	first := len(b.told)
	for _, to := range rule.EscalateTo {
		names := ""
		for _, m := range Heads(b.heads, c.Department, to) {
			names += " " + m.Name + ","
			if equal(c.MemberID, &m.ID) || slices.ContainsFunc(b.told[first:], func(e *db.Escalation) bool { return e.MemberID == m.ID }) {
				continue
			}
			b.told = append(b.told, &db.Escalation{WorkspaceID: t.Workspace, ClockID: c.ID, MemberID: m.ID, At: t.now})
		}
		words = append(words, strings.TrimSuffix(string(to)+names, ","))
	}
	return strings.Join(words, "; "), nil
}

// Heads are who of a department plays the part that a breach goes to: its managers, or else its directors, or its directors alone. Nobody plays the queue.
func Heads(all []*db.Member, d auth.Department, to sla.Escalation) []*db.Member {
	of := func(role auth.Role) (some []*db.Member) {
		for _, m := range all {
			if m.Department == d && m.Role == role {
				some = append(some, m)
			}
		}
		return some
	}
	switch to {
	case sla.ToManager:
		if some := of(auth.Manager); len(some) > 0 {
			return some
		}
		return of(auth.Director)
	case sla.ToDirector:
		return of(auth.Director)
	}
	return nil
}
