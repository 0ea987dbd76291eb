package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// RematchArgs asks for all open leads of a workspace to be matched with its personas again.
type RematchArgs struct {
	Workspace id.UUID `json:"workspace"`
	Reason    string  `json:"reason"` // for the people who look at the queue
}

// Kind names the job.
func (RematchArgs) Kind() string { return "rematch_personas" }

// rematch asks for the leads to be matched again, once this transaction is over.
func (t *tx) rematch(ctx context.Context, reason string) error {
	if _, err := t.f.Jobs.InsertTx(ctx, t.Tx.Tx, RematchArgs{Workspace: t.Workspace, Reason: reason}, nil); err != nil {
		return fmt.Errorf("ask for leads to be matched again: %w", err)
	}
	return nil
}

// stretch is how many leads one transaction matches again.
const stretch = 500

// Rematch matches the open leads of a workspace with its personas again, stretch by stretch, and answers how many changed. It is the
// system's own verb; running it twice changes nothing the second time.
func (f *Funnel) Rematch(ctx context.Context, workspace id.UUID) (changed int, err error) {
	var after id.UUID
	for {
		var n, moved int
		next := after
		err := f.as(ctx, auth.System(workspace), func(t *tx) error {
			rows, err := t.LeadsAfter(ctx, db.LeadsAfterParams{WorkspaceID: workspace, AfterID: after, Rows: stretch})
			if err != nil {
				return fmt.Errorf("read leads: %w", err)
			}
			n = len(rows)
			if n == 0 {
				return nil
			}
			next = rows[n-1].ID
			moved, err = t.judgeAll(ctx, rows)
			return err
		})
		if err != nil {
			return changed, err
		}
		after, changed = next, changed+moved // here, for a transaction may run several times
		if n < stretch {
			return changed, nil
		}
	}
}

// judgeAll matches locked leads with the personas and stores those that changed.
func (t *tx) judgeAll(ctx context.Context, rows []*db.Lead) (int, error) {
	in := &intake{t: t, names: map[id.UUID]*db.Account{}}
	var people []id.UUID
	for _, r := range rows {
		people = append(people, r.ContactID)
	}
	contacts, err := t.ContactsByID(ctx, db.ContactsByIDParams{WorkspaceID: t.Workspace, Ids: people})
	if err != nil {
		return 0, fmt.Errorf("read people: %w", err)
	}
	byID := map[id.UUID]*personState{}
	for _, c := range contacts {
		byID[c.ID] = &personState{row: c}
	}
	all := make([]*leadState, len(rows))
	for i, r := range rows {
		all[i] = &leadState{row: r, person: byID[r.ContactID]}
	}
	if err := in.match(ctx, all); err != nil {
		return 0, err
	}
	if err := t.matched(ctx, all); err != nil {
		return 0, err
	}
	var changed []*db.Lead
	for _, l := range all {
		if len(l.changes) > 0 {
			l.row.UpdatedAt, l.row.Version = t.now, l.row.Version+1
			changed = append(changed, l.row)
		}
	}
	return len(changed), db.Update(ctx, t.Tx, "leads", changed, "created_at")
}

func equal(a, b *id.UUID) bool { return a == b || a != nil && b != nil && *a == *b }
