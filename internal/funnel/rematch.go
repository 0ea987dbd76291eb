package funnel

import (
	"context"
	"fmt"
	"slices"

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
			rules, err := t.rulebook(ctx)
			if err != nil {
				return err
			}
			moved, err = t.judgeAll(ctx, rules, rows, db.CauseFacts)
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

// known are locked leads with their people.
func (t *tx) known(ctx context.Context, rows []*db.Lead) ([]*leadState, error) {
	people := make([]id.UUID, len(rows))
	for i, r := range rows {
		people[i] = r.ContactID
	}
	var contacts []*db.Contact
	if err := t.Together(ctx, func(o *db.Opening) { o.ContactsByID(people, &contacts) }); err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return states(rows, contacts), nil
}

// states are leads with their people.
func states(rows []*db.Lead, contacts []*db.Contact) []*leadState {
	byID := make(map[id.UUID]*personState, len(contacts))
	for _, c := range contacts {
		byID[c.ID] = &personState{row: c}
	}
	all := make([]*leadState, len(rows))
	for i, r := range rows {
		all[i] = &leadState{row: r, person: byID[r.ContactID]}
	}
	return all
}

// given are the columns of a lead that no judgement changes.
var given = []string{"contact_id", "account_id", "source_id", "campaign_id", "interest", "attributes", "created_at"}

// groups are the other columns by what is noted when they change. What no lead of a statement changed is not sent.
var groups = map[string][]string{
	"touches": {"last_activity_at"},
	"persona": {"persona_id", "persona_confidence", "persona_reasons"},
	"score":   {"score", "fit", "engagement", "fit_grade", "engagement_grade", "band", "model_id"},
	"stage":   {"stage", "stage_since", "definition_id", "owner_id", "queue", "cycle", "wake_at"}, // what comes of moves
}

// unchanged are the columns that are the same in all leads.
func unchanged(leads []*leadState) []string {
	leave := slices.Clone(given)
	for name, columns := range groups {
		if !slices.ContainsFunc(leads, func(l *leadState) bool { return slices.Contains(l.changes, name) }) {
			leave = append(leave, columns...)
		}
	}
	return leave
}

// judgeAll judges locked leads again and stores those that changed. It answers how many are of another persona, band or stage than before.
func (t *tx) judgeAll(ctx context.Context, rules *rulebook, rows []*db.Lead, cause db.ScoreCause) (moved int, err error) {
	if len(rows) == 0 {
		return 0, nil
	}
	t.settle()
	all, err := t.known(ctx, rows)
	if err != nil {
		return 0, err
	}
	return t.judgeKnown(ctx, rules, all, newGrounds(), cause)
}

// judgeKnown is judgeAll for leads that are in hand; what is noted as changed already is stored with the rest.
func (t *tx) judgeKnown(ctx context.Context, rules *rulebook, all []*leadState, in *grounds, cause db.ScoreCause) (moved int, err error) {
	if err := t.judgeStates(ctx, rules, all, in, cause); err != nil {
		return 0, err
	}
	var changed []*db.Lead
	for _, l := range all {
		if len(l.changes) > 0 {
			l.row.UpdatedAt, l.row.Version = t.now, l.row.Version+1
			changed = append(changed, l.row)
		}
		if !equal(l.persona, l.row.PersonaID) || !equal(l.band, l.row.Band) || len(l.passed) > 0 {
			moved++
		}
	}
	db.UpdateLater(t.Tx, "leads", changed, unchanged(all)...)
	return moved, t.store(ctx, rules, all)
}

func equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }
