package funnel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/resource"
)

const (
	// LiftAge is how old the counts behind lifts grow.
	LiftAge = 24 * time.Hour
	// liftMemory is how far back they look.
	liftMemory = 180 * 24 * time.Hour
	// askAgain is after how long a server makes sure once more that somebody counts.
	askAgain = time.Hour
)

// LiftArgs asks for what came behind views of resources to be counted, each day as long as resources are in use.
type LiftArgs struct {
	Workspace id.UUID `json:"workspace" river:"unique"`
}

// Kind names the job.
func (LiftArgs) Kind() string { return "observe_lifts" }

// observe sees to it that what people do with resources is counted: there is one job for each workspace, which comes back each day.
func (t *tx) observe(ctx context.Context, rows []*db.Touch) error {
	if !slices.ContainsFunc(rows, func(r *db.Touch) bool { return r.ResourceID != nil && slices.Contains(resource.Views, r.Kind) }) {
		return nil
	}
	if last, ok := t.f.observed.Get(t.Workspace); ok && t.now.Sub(last) < askAgain {
		return nil
	}
	waiting := []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}
	_, err := t.f.Jobs.InsertTx(ctx, t.Tx.Tx, LiftArgs{t.Workspace}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: waiting}})
	if err != nil {
		return fmt.Errorf("ask for views to be counted: %w", err)
	}
	t.f.observed.Add(t.Workspace, t.now)
	return nil
}

// ObserveLifts counts what came behind views of resources, and tells whether resources are in use: whether there will be something to count. It is the system's own verb;
// running it twice changes nothing the second time.
func (f *Funnel) ObserveLifts(ctx context.Context, workspace id.UUID) (used bool, err error) {
	now := f.Now().UTC().Truncate(time.Microsecond)
	p := db.ResourceLiftCountsParams{WorkspaceID: workspace, Since: now.Add(-liftMemory), Matured: now.Add(-resource.Window), Seconds: resource.Window.Seconds()}
	for _, k := range resource.Views {
		p.Kinds = append(p.Kinds, string(k))
	}
	for _, s := range lifecycle.Stages {
		if at, ok := resource.RungOf(s); ok {
			p.Stages, p.Steps, p.Positions = append(p.Stages, string(s)), append(p.Steps, int32(at.Step)), append(p.Positions, string(at.Position))
		}
	}
	counts, err := f.DB.Read(workspace).ResourceLiftCounts(ctx, p)
	if err != nil {
		return false, fmt.Errorf("count what came behind views: %w", err)
	}
	rows := make([]*db.ResourceLift, len(counts))
	for i, c := range counts {
		l := &resource.Lift{Viewers: int(c.Viewers), ViewersMoved: int(c.ViewersMoved), Others: int(c.Others), OthersMoved: int(c.OthersMoved)}
		rows[i] = &db.ResourceLift{WorkspaceID: workspace, PersonaID: c.PersonaID, Position: contact.FunnelPosition(c.Position), ResourceID: c.ResourceID, Viewers: int32(c.Viewers),
			ViewersMoved: int32(c.ViewersMoved), Others: int32(c.Others), OthersMoved: int32(c.OthersMoved), Lift: l.Factor(), ComputedAt: now}
	}
	err = f.as(ctx, auth.System(workspace), func(t *tx) error {
		if _, err := t.LockWorkspace(ctx, workspace); err != nil { // two servers may be at it
			return fmt.Errorf("lock the workspace: %w", err)
		}
		if err := t.ClearResourceLifts(ctx, workspace); err != nil {
			return fmt.Errorf("clear lifts: %w", err)
		}
		if _, err := db.Insert(ctx, t.Tx, "resource_lifts", rows, ""); err != nil {
			return err
		}
		used, err = t.ResourcesInUse(ctx, db.ResourcesInUseParams{WorkspaceID: workspace, Since: now.Add(-resource.Window - 2*LiftAge)})
		return err
	})
	return used, err
}
