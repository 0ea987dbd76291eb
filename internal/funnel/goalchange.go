package funnel

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// UpdateGoalInput changes a goal; absent keeps.
type UpdateGoalInput struct {
	GoalID          id.Global
	ExpectedVersion *int32
	Target          *float64
	EndsAt          *time.Time
	Note            graphql.Omittable[*string] `json:",omitzero"`
	IdempotencyKey  *string
}

// UpdateGoal changes a goal that is not over. Managers and directors of its department may, and admins.
func (f *Funnel) UpdateGoal(ctx context.Context, in UpdateGoalInput) (*GoalPayload, error) {
	var c checks
	which, err := kind("input.goalId", in.GoalID, id.Goal)
	c.add(err)
	note, noted := in.Note.ValueOK()
	note = c.prose("input.note", note, 500)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*GoalPayload, error) {
		old, err := t.lockGoal(ctx, which, in.ExpectedVersion)
		if err != nil {
			return nil, err
		}
		p := db.UpdateGoalParams{WorkspaceID: t.Workspace, ID: old.ID, Target: old.Target, EndsAt: old.EndsAt, Note: old.Note, At: t.now}
		var ch changes
		set(&ch, "target", &p.Target, in.Target)
		if in.EndsAt != nil && !in.EndsAt.Equal(p.EndsAt) {
			p.EndsAt = in.EndsAt.UTC()
			ch.note("endsAt")
		}
		if noted {
			patch(&ch, "note", &p.Note, graphql.OmittableOf(note), same)
		}
		var c checks
		c.target("input.target", old.Metric, p.Target)
		if c.aim(old.StartsAt, p.EndsAt, t.now); c.err() != nil || len(ch) == 0 {
			return &GoalPayload{Goal: old}, c.err()
		}
		row, err := t.Queries.UpdateGoal(ctx, p)
		if constraint(err) == "goals_once" {
			return nil, &fault.Error{Code: fault.Conflict, Field: "input.endsAt", Message: sameGoal}
		}
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.GoalChanged, subject: row.ID, data: event.Data{Name: string(row.Metric), Changes: ch}})
		return &GoalPayload{Goal: row}, nil
	})
}

// lockGoal locks a goal that is not over and that the viewer may change.
func (t *tx) lockGoal(ctx context.Context, which id.UUID, expected *int32) (*db.Goal, error) {
	g, err := t.LockGoal(ctx, db.LockGoalParams{WorkspaceID: t.Workspace, ID: which})
	if g, err = found(g, err, "input.goalId", "goal"); err != nil {
		return nil, err
	}
	if err := t.mayGoal(g.Department); err != nil {
		return nil, err
	}
	if err := current(expected, g.Version); err != nil {
		return nil, err
	}
	if g.EndedAt != nil || !g.EndsAt.After(t.now) {
		return nil, fault.New(fault.Conflict, "This goal is over or was given up: set another one.")
	}
	return g, nil
}

// EndGoalInput names a goal that is given up.
type EndGoalInput struct {
	GoalID          id.Global
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// EndGoal gives a goal up before its time. Managers and directors of its department may, and admins.
func (f *Funnel) EndGoal(ctx context.Context, in EndGoalInput) (*GoalPayload, error) {
	which, err := kind("input.goalId", in.GoalID, id.Goal)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*GoalPayload, error) {
		old, err := t.lockGoal(ctx, which, in.ExpectedVersion)
		if err != nil {
			return nil, err
		}
		row, err := t.Queries.EndGoal(ctx, db.EndGoalParams{WorkspaceID: t.Workspace, ID: old.ID, At: t.now})
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.GoalEnded, subject: row.ID, data: event.Data{Name: string(row.Metric)}})
		return &GoalPayload{Goal: row}, nil
	})
}
