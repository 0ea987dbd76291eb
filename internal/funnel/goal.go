package funnel

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

const (
	maxGoals   = 200 // of a workspace, that are not over
	maxTarget  = 1e9
	longestAim = 1_830 * 24 * time.Hour // as long as a scorecard's period
)

// sameGoal refuses a second goal of the same for the same period.
const sameGoal = "There is such a goal for this period: change its target instead."

// SetGoalInput is a new goal.
type SetGoalInput struct {
	Metric         scorecard.Metric
	Department     *auth.Department
	Team           *string
	MemberID       *id.Global
	Target         float64
	StartsAt       *time.Time
	EndsAt         time.Time
	Note           *string
	IdempotencyKey *string
}

// GoalPayload is a goal after what was done with it.
type GoalPayload struct {
	Mark
	Goal *db.Goal
}

// SetGoal sets a goal of a department, of a team or of a member. Managers and directors of the department may, and admins.
func (f *Funnel) SetGoal(ctx context.Context, in SetGoalInput) (*GoalPayload, error) {
	var c checks
	row := &db.Goal{ID: id.New(), Metric: in.Metric, Team: c.opt("input.team", in.Team, 100), Target: in.Target, EndsAt: in.EndsAt.UTC(), Note: c.prose("input.note", in.Note, 500), Version: 1}
	if why := in.Metric.NoGoal(); why != "" {
		c.add(fault.Input("input.metric", "%s", why))
	}
	c.target("input.target", in.Metric, in.Target)
	if in.MemberID != nil {
		who, err := kind("input.memberId", *in.MemberID, id.Member)
		c.add(err)
		if row.MemberID = &who; row.Team != nil {
			c.add(fault.Input("input.team", "A goal is a member's or a team's: leave one of the two out."))
		}
	}
	if row.StartsAt = f.Now().UTC().Truncate(time.Microsecond); in.StartsAt != nil {
		row.StartsAt = in.StartsAt.UTC()
	}
	c.aim(row.StartsAt, row.EndsAt, f.Now())
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*GoalPayload, error) {
		if _, err := t.LockWorkspace(ctx, t.Workspace); err != nil { // so that two do not go over the bound together
			return nil, err
		}
		if err := t.aims(ctx, row, in.Department); err != nil {
			return nil, err
		}
		n, err := t.CountRunningGoals(ctx, db.CountRunningGoalsParams{WorkspaceID: t.Workspace, At: t.now})
		if err != nil || n >= maxGoals {
			return nil, either(err, fault.New(fault.Conflict, "There are %d goals that are not over: give up some first.", n))
		}
		row.WorkspaceID, row.CreatedBy, row.CreatedAt, row.UpdatedAt = t.Workspace, t.who.Member, t.now, t.now
		made, err := db.Insert(ctx, t.Tx, "goals", []*db.Goal{row}, "on conflict do nothing")
		if err != nil || made == 0 {
			return nil, either(err, fault.New(fault.Conflict, sameGoal))
		}
		t.emit(logged{kind: event.GoalSet, subject: row.ID, data: event.Data{Name: string(row.Metric), Detail: fmt.Sprintf("%g until %s", row.Target, row.EndsAt.Format(time.DateOnly))}})
		return &GoalPayload{Goal: row}, nil
	})
}

// aims says whose the goal is, and refuses who may not set it.
func (t *tx) aims(ctx context.Context, row *db.Goal, department *auth.Department) error {
	if t.who.Kind != auth.ActorMember {
		return fault.New(fault.Forbidden, "Goals are set by people: sign in as a member.")
	}
	row.Department = t.who.Department
	if department != nil {
		row.Department = *department
	}
	if row.MemberID != nil {
		m, err := t.LockMember(ctx, db.LockMemberParams{WorkspaceID: t.Workspace, ID: *row.MemberID})
		if m, err = found(m, err, "input.memberId", "member"); err != nil {
			return err
		}
		if department != nil && *department != m.Department {
			return fault.Input("input.department", "This member works in %s.", m.Department)
		}
		row.Department = m.Department
	}
	if err := t.mayGoal(row.Department); err != nil || row.Team == nil {
		return err
	}
	there, err := t.TeamExists(ctx, db.TeamExistsParams{WorkspaceID: t.Workspace, Department: row.Department, Team: row.Team})
	if err != nil || !there {
		return either(err, fault.Input("input.team", "Nobody in %s is in this team: put its members into it with setMemberProfile first.", row.Department))
	}
	return nil
}

// mayGoal refuses who does not lead the department.
func (t *tx) mayGoal(d auth.Department) error {
	if t.leads(d) || t.who.Admin {
		return nil
	}
	return fault.New(fault.Forbidden, "Goals of %s are set by its managers and directors, and by admins.", d)
}

// target refuses what the number cannot come to.
func (c *checks) target(field string, m scorecard.Metric, target float64) {
	most := maxTarget
	if m.Unit() == scorecard.Share {
		most = 1
	}
	if !(target >= 0 && target <= most) || math.IsNaN(target) {
		c.add(fault.Input(field, "Give a target from 0 to %.0f.", most))
	}
}

// aim refuses a period that is none, or over.
func (c *checks) aim(starts, ends, now time.Time) {
	switch {
	case !ends.After(starts):
		c.add(fault.Input("input.endsAt", "A goal ends after it begins."))
	case ends.Sub(starts) > longestAim:
		c.add(fault.Input("input.endsAt", "A goal is at most %d days long.", longestAim/(24*time.Hour)))
	case !ends.After(now):
		c.add(fault.Input("input.endsAt", "This period is over already, so nobody can come to the goal."))
	}
}
