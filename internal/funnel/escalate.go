package funnel

import (
	"context"
	"fmt"
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
	if rule != nil && len(rule.EscalateTo) > 0 && b.heads == nil {
		if b.heads, err = t.Heads(ctx, t.Workspace); err != nil {
			return "", fmt.Errorf("read who hears of a breach: %w", err)
		}
	}
	told, words := Escalate(b.heads, c, rule)
	for _, e := range told {
		e.At = t.now
	}
	b.told = append(b.told, told...)
	return words, nil
}

// Escalate answers whom the breach of a clock is told to by a rule, beside its owner, and who that is in words: those who run its department, each once. The clock itself notes that its queue
// is told: who takes from that is found when somebody asks, for they are many.
func Escalate(heads []*db.Member, c *db.Clock, rule *sla.Rule) (told []*db.Escalation, words string) {
	words = "its owner"
	if rule == nil {
		return nil, words
	}
	heard := map[*db.Member]bool{}
	for _, to := range rule.EscalateTo {
		if to == sla.ToQueue {
			if c.MemberID == nil { // or it waits in none
				c.EscalatedToQueue = true
				words += "; " + string(to)
			}
			continue
		}
		var names []string
		for _, m := range playing(heads, c.Department, to) {
			names = append(names, m.Name)
			if !heard[m] && !equal(c.MemberID, &m.ID) {
				told = append(told, &db.Escalation{WorkspaceID: c.WorkspaceID, ClockID: c.ID, MemberID: m.ID})
			}
			heard[m] = true
		}
		if words += "; " + string(to); len(names) > 0 {
			words += " " + strings.Join(names, ", ")
		}
	}
	return told, words
}

// playing are who of a department plays the part that a breach goes to: its managers, or else its directors; its directors alone.
func playing(all []*db.Member, d auth.Department, to sla.Escalation) []*db.Member {
	of := func(role auth.Role) (some []*db.Member) {
		for _, m := range all {
			if m.Department == d && m.Active && m.Role == role {
				some = append(some, m)
			}
		}
		return some
	}
	if some := of(auth.Manager); to == sla.ToManager && len(some) > 0 {
		return some
	}
	return of(auth.Director)
}
