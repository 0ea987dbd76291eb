package funnel

import (
	"context"
	"fmt"
	"strings"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// ClockPayload is a clock after what was done with it.
type ClockPayload struct {
	Mark
	Clock *db.Clock
}

// PauseClockInput says which clock shall not count for a while, and why.
type PauseClockInput struct {
	ClockID         id.Global
	Reason          sla.PauseReason
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// PauseClock stops a clock from counting, for a reason that the policy that set it lists for its stage. Members of the department that it runs
// for may.
func (f *Funnel) PauseClock(ctx context.Context, in PauseClockInput) (*ClockPayload, error) {
	return f.onClock(ctx, in.IdempotencyKey, in, in.ClockID, in.ExpectedVersion, func(t *tx, s *clockState) (sla.Clock, error) {
		d, err := t.deadlines(ctx, s.row.PolicyID)
		if err != nil {
			return sla.Clock{}, err
		}
		if policy := d.terms.Policy(); policy.MayPause(s.row.Stage, in.Reason) == nil {
			return sla.Clock{}, fault.New(fault.Conflict, "The SLA policy lets no clock of %s pause for %s. %s", s.row.Stage, in.Reason, pausesFor(policy, s.row.Stage))
		}
		return s.value().Pause(s.table, t.now, in.Reason)
	})
}

// pausesFor says for what clocks of a stage may pause.
func pausesFor(p *sla.Policy, stage sla.Stage) string {
	var may []string
	for _, r := range sla.PauseReasons {
		if p.MayPause(stage, r) != nil {
			may = append(may, string(r))
		}
	}
	if len(may) == 0 {
		return "They do not pause at all."
	}
	return "They may for " + strings.Join(may, ", ") + "."
}

// ResumeClockInput says which clock shall count again.
type ResumeClockInput struct {
	ClockID         id.Global
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// ResumeClock lets a paused clock count again; its deadline moves by the working time that was paused. Members of the department that it runs for
// may.
func (f *Funnel) ResumeClock(ctx context.Context, in ResumeClockInput) (*ClockPayload, error) {
	return f.onClock(ctx, in.IdempotencyKey, in, in.ClockID, in.ExpectedVersion, func(t *tx, s *clockState) (sla.Clock, error) {
		return s.value().Resume(s.table, t.now)
	})
}

// onClock locks a clock, looks at it as it is by now, and lets a rule change it for a member of its department.
func (f *Funnel) onClock(ctx context.Context, key *string, request any, on id.Global, expected *int32, do func(*tx, *clockState) (sla.Clock, error)) (*ClockPayload, error) {
	which, err := kind("input.clockId", on, id.Clock)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, key, request, func(t *tx) (*ClockPayload, error) {
		b, s, err := t.lockClock(ctx, which)
		if err != nil {
			return nil, err
		}
		if err := current(expected, s.row.Version); err != nil {
			return nil, err
		}
		if err := t.worksFor(s.row.Department); err != nil {
			return nil, err
		}
		v, err := do(t, s)
		if err != nil {
			return nil, err
		}
		s.set(v)
		return &ClockPayload{Clock: s.row}, b.write(ctx)
	})
}

// lockClock takes one clock in hand, as it is by now.
func (t *tx) lockClock(ctx context.Context, which id.UUID) (*clockBook, *clockState, error) {
	row, err := t.LockClock(ctx, db.LockClockParams{WorkspaceID: t.Workspace, ID: which})
	if row, err = found(row, err, "input.clockId", "clock"); err != nil {
		return nil, nil, err
	}
	t.settle()
	b, err := t.clocks(ctx, []*db.Clock{row})
	if err != nil {
		return nil, nil, err
	}
	b.all[0].tick(t.now)
	return b, b.all[0], nil
}

// worksFor refuses everybody but members of a department.
func (t *tx) worksFor(d auth.Department) error {
	if t.who.Kind == auth.ActorMember && t.who.Department == d {
		return nil
	}
	return fault.New(fault.Forbidden, "This clock runs for %s: only people who work there can do that.", d)
}

// heads refuses everybody but who runs a department, or a team of it.
func (t *tx) heads(d auth.Department) error {
	if t.who.Kind == auth.ActorMember && t.who.Department == d && (t.who.Role == auth.Director || t.who.Role == auth.Manager) {
		return nil
	}
	return fault.New(fault.Forbidden, "The other department answers for this: a manager or director of %s.", d)
}

// otherThan is the other department.
func otherThan(d auth.Department) auth.Department {
	if d == auth.Marketing {
		return auth.Sales
	}
	return auth.Marketing
}

// openClocks takes a lead's open clocks in hand, as they are by now. Where nobody had answered its hand-off in time, somebody else has got the lead before that, and the lead as it is
// then is answered too.
func (t *tx) openClocks(ctx context.Context, l *db.Lead) (*clockBook, *db.Lead, error) {
	for {
		rows, err := t.LockOpenClocks(ctx, db.LockOpenClocksParams{WorkspaceID: t.Workspace, LeadIds: []id.UUID{l.ID}})
		if err != nil {
			return nil, nil, err
		}
		t.settle()
		b, err := t.clocks(ctx, rows)
		if err != nil {
			return nil, nil, err
		}
		for _, s := range b.all {
			s.tick(t.now)
		}
		if len(b.expired()) == 0 {
			return b, l, nil
		}
		if err := b.write(ctx); err != nil {
			return nil, nil, err
		}
		if l, err = t.LockLead(ctx, db.LockLeadParams{WorkspaceID: t.Workspace, ID: l.ID}); err != nil {
			return nil, nil, err
		}
	}
}

// reassign hands what is owed on a lead to its new owner.
func (b *clockBook) reassign(ctx context.Context, owner *id.UUID, how sla.Reassignment) error {
	if len(b.all) > 0 && owner != nil {
		if err := b.t.meet(ctx, []id.UUID{*owner}); err != nil {
			return err
		}
	}
	for _, s := range b.all {
		if err := b.t.reassignClock(ctx, s, owner, how); err != nil {
			return err
		}
	}
	return b.write(ctx)
}

// reassignClock hands one clock to the new owner, if the owner is of the department that it runs for. What has run out stays with who let it.
func (t *tx) reassignClock(ctx context.Context, s *clockState, owner *id.UUID, how sla.Reassignment) error {
	if !s.owed() || s.row.State == sla.Breached {
		return nil
	}
	member, hours := t.worker(owner, s.row.Department)
	if !equal(s.row.MemberID, member) {
		s.row.MemberID, s.keep = member, true
	}
	if how != sla.RecomputeRemaining {
		return nil
	}
	d, err := t.deadlines(ctx, s.row.PolicyID)
	if err != nil {
		return err
	}
	rule := d.rule(s.row.Rule)
	if rule == nil {
		return fmt.Errorf("the SLA policy %s has no rule %q", d.policy, s.row.Rule)
	}
	calendar := d.calendar(rule, hours)
	if equal(calendar, s.row.CalendarID) {
		return nil
	}
	tables, err := t.timetables(ctx, []*id.UUID{calendar})
	if err != nil {
		return err
	}
	s.set(s.value().Reassign(s.table, tables[0], t.now))
	s.row.CalendarID, s.table, s.keep = calendar, tables[0], true
	return nil
}
