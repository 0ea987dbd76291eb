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

// escalate notes whom a breach is told to, beside the owner, by the rule that set the clock, and answers it in words.
func (b *clockBook) escalate(ctx context.Context, c *db.Clock) (string, error) {
	t := b.t
	d, err := t.deadlines(ctx, c.PolicyID)
	if err != nil {
		return "", err
	}
	rule := d.rule(c.Rule)
	if rule != nil && len(rule.EscalateTo) > 0 && b.staff == nil {
		if b.staff, err = t.Staff(ctx, t.Workspace); err != nil {
			return "", fmt.Errorf("read who hears of a breach: %w", err)
		}
	}
	people, words := Hearers(b.staff, c, rule)
	for _, m := range people {
		b.told = append(b.told, &db.Escalation{WorkspaceID: t.Workspace, ClockID: c.ID, MemberID: m.ID, At: t.now})
	}
	return words, nil
}

// Hearers are whom the breach of a clock is told to by a rule, beside its owner, each once, and who that is in words. Who takes from the queue is not named
// there: they are many.
func Hearers(staff []*db.Member, c *db.Clock, rule *sla.Rule) (people []*db.Member, words string) {
	words = "its owner"
	if rule == nil {
		return nil, words
	}
	for _, to := range rule.EscalateTo {
		if to == sla.ToQueue && c.MemberID != nil {
			continue // it waits in no queue
		}
		var names []string
		for _, m := range playing(staff, c.Department, to) {
			names = append(names, m.Name)
			if !equal(c.MemberID, &m.ID) && !slices.Contains(people, m) {
				people = append(people, m)
			}
		}
		words += "; " + string(to)
		if to != sla.ToQueue && len(names) > 0 {
			words += " " + strings.Join(names, ", ")
		}
	}
	return people, words
}

// playing are who of a department plays the part that a breach goes to: its managers, or else its directors; its directors alone; all who take from its queues.
func playing(all []*db.Member, d auth.Department, to sla.Escalation) []*db.Member {
	of := func(roles ...auth.Role) (some []*db.Member) {
		for _, m := range all {
			if m.Department == d && m.Active && slices.Contains(roles, m.Role) {
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
	return of(auth.Worker, auth.Manager, auth.Director)
}
