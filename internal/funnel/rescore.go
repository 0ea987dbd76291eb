package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
)

// RescoreArgs names work on all leads after a publication.
type RescoreArgs struct {
	Workspace id.UUID `json:"workspace"`
	Rescore   id.UUID `json:"rescore"`
}

// Kind names the job.
func (RescoreArgs) Kind() string { return "rescore" }

// rescore has all open leads judged again.
func (t *tx) rescore(ctx context.Context, a *db.Agreement) error {
	n, err := t.CountOpenLeads(ctx, t.Workspace)
	if err != nil {
		return fmt.Errorf("count open leads: %w", err)
	}
	row, err := t.InsertRescore(ctx, db.InsertRescoreParams{WorkspaceID: t.Workspace, ID: id.New(), AgreementID: a.ID, Total: n, At: t.now})
	if err != nil {
		return fmt.Errorf("ask for leads to be judged again: %w", err)
	}
	if _, err := t.f.Jobs.InsertTx(ctx, t.Tx.Tx, RescoreArgs{Workspace: t.Workspace, Rescore: row.ID}, nil); err != nil {
		return fmt.Errorf("ask for leads to be judged again: %w", err)
	}
	t.stepped(event.JobRescore, row.ID, row.State, row.Done, row.Total)
	return nil
}

// RunRescore judges the open leads of a workspace under what is in force, stretch by stretch; each stretch lands together with the place
// behind it, so that a crash neither skips nor repeats one, and leads that come in meanwhile wait for no more than a stretch. It is the system's
// own verb.
func (f *Funnel) RunRescore(ctx context.Context, args RescoreArgs) error {
	who := auth.System(args.Workspace)
	for first := true; ; first = false {
		var more bool
		if err := f.as(ctx, who, func(t *tx) (err error) {
			more, err = t.rescoreStretch(ctx, args, first)
			return err
		}); err != nil || !more {
			return err
		}
	}
}

// rescoreStretch judges the next leads and tells whether there may be more.
func (t *tx) rescoreStretch(ctx context.Context, args RescoreArgs, first bool) (more bool, err error) {
	row, err := t.LockRescore(ctx, db.LockRescoreParams{WorkspaceID: t.Workspace, ID: args.Rescore})
	if err != nil || row.State.Ended() {
		return false, err
	}
	if first {
		if row, err = t.startRescore(ctx, row); err != nil || row.State.Ended() {
			return false, err
		}
	}
	leads, err := t.LeadsAfter(ctx, db.LeadsAfterParams{WorkspaceID: t.Workspace, AfterID: row.AfterID, Rows: stretch})
	if err != nil {
		return false, fmt.Errorf("read leads: %w", err)
	}
	rules, err := t.rulebook(ctx)
	if err != nil {
		return false, err
	}
	moved, err := t.judgeAll(ctx, rules, leads, db.CauseModel)
	if err != nil {
		return false, err
	}
	p := db.AdvanceRescoreParams{WorkspaceID: t.Workspace, ID: row.ID, AfterID: row.AfterID, Done: int64(len(leads)), Changed: int64(moved)}
	if len(leads) > 0 {
		p.AfterID = leads[len(leads)-1].ID
	}
	if row, err = t.AdvanceRescore(ctx, p); err != nil {
		return false, err
	}
	if len(leads) == stretch {
		t.stepped(event.JobRescore, row.ID, row.State, row.Done, row.Total)
		return true, nil
	}
	return false, t.finishRescore(ctx, row, db.JobSucceeded, nil)
}

// startRescore notes that a server is at it; one that never moves on is given up.
func (t *tx) startRescore(ctx context.Context, row *db.Rescore) (*db.Rescore, error) {
	if row.Tries >= maxTries {
		why := "Something went wrong on our side, several times. Publish the rules again, or ask for help with this re-score's id."
		err := t.finishRescore(ctx, row, db.JobFailed, &why)
		row.State = db.JobFailed
		return row, err
	}
	if row.State == db.JobPending {
		t.emit(logged{kind: event.RescoreStarted, subject: row.ID, data: event.Data{Name: t.versionName(ctx, row.AgreementID)}})
	}
	return t.StartRescore(ctx, db.StartRescoreParams{WorkspaceID: t.Workspace, ID: row.ID, At: t.now})
}

func (t *tx) finishRescore(ctx context.Context, row *db.Rescore, state db.JobState, why *string) error {
	row, err := t.FinishRescore(ctx, db.FinishRescoreParams{WorkspaceID: t.Workspace, ID: row.ID, State: state, Failure: why, At: t.now})
	if err != nil {
		return err
	}
	t.stepped(event.JobRescore, row.ID, row.State, row.Done, row.Total)
	detail := fmt.Sprintf("%d leads judged, %d of another band or stage than before", row.Done, row.Changed)
	if why != nil {
		detail = *why
	}
	t.emit(logged{kind: event.RescoreFinished, subject: row.ID, data: event.Data{Name: t.versionName(ctx, row.AgreementID), Detail: detail}})
	return nil
}

// versionName is what events call a version that is not in hand.
func (t *tx) versionName(ctx context.Context, which id.UUID) string {
	rows, err := t.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{which}})
	if err != nil || len(rows) == 0 {
		return ""
	}
	return version(rows[0])
}

// maxDue is how many leads one transaction judges whose time has come.
const maxDue = 200

// JudgeDue judges the leads whose band or qualification time alone has changed by now, and answers how many there were. It is the system's
// own verb; several servers share the work.
func (f *Funnel) JudgeDue(ctx context.Context) (int, error) {
	places, err := f.DB.Read(id.UUID{}).DueWorkspaces(ctx, f.Now())
	if err != nil {
		return 0, fmt.Errorf("look for leads that are due: %w", err)
	}
	return f.inEach(ctx, places, func(t *tx) (int, error) { return t.judgeDue(ctx) })
}

func (t *tx) judgeDue(ctx context.Context) (int, error) {
	leads, err := t.LockDueLeads(ctx, db.LockDueLeadsParams{WorkspaceID: t.Workspace, At: t.now, Rows: maxDue})
	if err != nil {
		return 0, fmt.Errorf("read leads that are due: %w", err)
	}
	if err := t.ForgetDue(ctx, db.ForgetDueParams{WorkspaceID: t.Workspace, At: t.now}); err != nil {
		return 0, fmt.Errorf("forget closed leads: %w", err)
	}
	rules, err := t.rulebook(ctx)
	if err != nil {
		return 0, err
	}
	if rules.model == nil { // then time changes no score, and nobody would set when it does
		p := db.PutNextChangesParams{WorkspaceID: t.Workspace, NextAts: make([]time.Time, len(leads))}
		for _, l := range leads {
			p.LeadIds = append(p.LeadIds, l.ID)
		}
		if err := t.PutNextChanges(ctx, p); err != nil {
			return 0, fmt.Errorf("forget when scores change: %w", err)
		}
	}
	_, err = t.judgeAll(ctx, rules, leads, db.CauseTime)
	return len(leads), err
}
