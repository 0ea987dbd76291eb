package funnel

import (
	"context"
	"fmt"
	"strings"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/learning"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// SuggestScoringModelInput says from which leads to learn.
type SuggestScoringModelInput struct {
	Cohort         *backtest.Cohort
	Attributes     []string
	Title          *string
	IdempotencyKey *string
}

// SuggestScoringModelPayload is the model, which is learned in the background.
type SuggestScoringModelPayload struct {
	Mark
	ModelFit *db.ModelFit
}

// ModelFitArgs names a model to learn.
type ModelFitArgs struct {
	Workspace  id.UUID  `json:"workspace"`
	ModelFit   id.UUID  `json:"modelFit"`
	Attributes []string `json:"attributes,omitempty"`
	Title      string   `json:"title"`
}

// Kind names the job.
func (ModelFitArgs) Kind() string { return "model_fit" }

// SuggestScoringModel learns a scoring model from leads whose outcome is known, in the background; what comes of it is a draft like any other. Managers and
// directors of both departments may.
func (f *Funnel) SuggestScoringModel(ctx context.Context, in SuggestScoringModelInput) (*SuggestScoringModelPayload, error) {
	var c checks
	c.under("input", in.Cohort.Check())
	title := c.another("input.title", in.Title, 100)
	if title == nil {
		title = new("Learned on " + f.Now().UTC().Format("2 January 2006"))
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*SuggestScoringModelPayload, error) {
		reg, err := t.Registry(ctx, t.Workspace)
		if err != nil {
			return nil, err
		}
		if _, err := table(reg, in.Attributes); err != nil {
			return nil, err
		}
		n, err := t.CountOpenModelFits(ctx, t.Workspace)
		if err == nil && n >= maxOpenTrials {
			err = fault.New(fault.Conflict, "%d models are waiting or being learned. Wait for one to end.", n)
		}
		if err != nil {
			return nil, err
		}
		row, err := t.InsertModelFit(ctx, db.InsertModelFitParams{WorkspaceID: t.Workspace, ID: id.New(), Cohort: *in.Cohort, CreatedBy: nonzero(t.who.Member), At: t.now})
		if err != nil {
			return nil, err
		}
		args := ModelFitArgs{Workspace: t.Workspace, ModelFit: row.ID, Attributes: in.Attributes, Title: *title}
		if _, err := t.f.Jobs.InsertTx(ctx, t.Tx.Tx, args, nil); err != nil {
			return nil, fmt.Errorf("ask for the model: %w", err)
		}
		t.stepped(event.JobModelFit, row.ID, row.State, row.Done, row.Total)
		t.emit(logged{kind: event.ModelFitRequested, subject: row.ID})
		return &SuggestScoringModelPayload{ModelFit: row}, nil
	})
}

// table is an empty table of the attributes that are named, or of all that lend themselves to it.
func table(reg *condition.Registry, attributes []string) (*learning.Table, error) {
	features := learning.Candidates(reg)
	if attributes != nil {
		features = nil
		for i, name := range attributes {
			slot, ok := reg.Slot(name)
			if !ok || reg.Made(slot) {
				return nil, fault.Input(fmt.Sprintf("input.attributes[%d]", i), "There is no attribute %.100q that a model could learn from: the query attributes lists all.", name)
			}
			features = append(features, learning.Feature{Attribute: name})
		}
	}
	t, err := learning.NewTable(reg, features)
	if err != nil {
		f := *fault.As(err)
		f.Field = strings.TrimSuffix(strings.Replace(f.Field, "features", "input.attributes", 1), ".attribute")
		return nil, &f
	}
	return t, nil
}

// DoModelFit learns a model from the leads of a cohort as they were at their decisions, and drafts it. A server that dies at it leaves it to the next,
// which begins again: nothing is written before the end. It is the system's own verb.
func (f *Funnel) DoModelFit(ctx context.Context, args ModelFitArgs) error {
	who := auth.System(args.Workspace)
	var row *db.ModelFit
	var reg *condition.Registry
	err := f.as(ctx, who, func(t *tx) (err error) {
		row, reg, err = t.startFit(ctx, args)
		return err
	})
	if err != nil || row == nil {
		return err
	}
	rows, err := table(reg, args.Attributes)
	if err != nil {
		return err
	}
	reader := &cohortReader{r: f.DB.Read(args.Workspace), reg: reg, in: row.Cohort, now: f.Now(), identities: true}
	err = reader.each(ctx, func(o *observed) error { return rows.AddFacts(o.key, o.positive, o.facts) }, func(done int64) error {
		return f.as(ctx, who, func(t *tx) error {
			t.stepped(event.JobModelFit, row.ID, db.JobRunning, done, row.Total)
			return t.AdvanceModelFit(ctx, db.AdvanceModelFitParams{WorkspaceID: t.Workspace, ID: row.ID, Done: done})
		})
	})
	if err != nil {
		return err
	}
	model, report, err := learning.Learn(reg, rows, learning.DefaultOptions())
	if err != nil {
		return err
	}
	return f.as(ctx, who, func(t *tx) error { return t.finishFit(ctx, args, model, report, nil) })
}

// FailModelFit ends the learning of a model that trying again cannot mend.
func (f *Funnel) FailModelFit(ctx context.Context, args ModelFitArgs, why string) error {
	return f.as(ctx, auth.System(args.Workspace), func(t *tx) error { return t.finishFit(ctx, args, nil, nil, &why) })
}

// startFit marks the learning as running; nil where there is nothing left to do.
func (t *tx) startFit(ctx context.Context, args ModelFitArgs) (*db.ModelFit, *condition.Registry, error) {
	row, err := t.LockModelFit(ctx, db.LockModelFitParams{WorkspaceID: t.Workspace, ID: args.ModelFit})
	if err != nil || row.State.Ended() {
		return nil, nil, err
	}
	if row.Tries >= maxTries {
		return nil, nil, t.finishFit(ctx, args, nil, nil, new("Something went wrong on our side, several times. Try again, or choose fewer leads."))
	}
	reg, err := t.Registry(ctx, t.Workspace)
	if err != nil {
		return nil, nil, err
	}
	total, err := t.CountCohort(ctx, db.CountCohortParams{WorkspaceID: t.Workspace, FromAt: row.Cohort.From, ToAt: row.Cohort.To})
	if err != nil {
		return nil, nil, fmt.Errorf("count the cohort: %w", err)
	}
	row, err = t.StartModelFit(ctx, db.StartModelFitParams{WorkspaceID: t.Workspace, ID: row.ID, Total: total, At: t.now})
	return row, reg, err
}

func (t *tx) finishFit(ctx context.Context, args ModelFitArgs, model *scoring.Model, report *learning.Report, why *string) error {
	if _, err := t.LockWorkspace(ctx, t.Workspace); err != nil { // before what it holds: a draft takes the next number
		return err
	}
	row, err := t.LockModelFit(ctx, db.LockModelFitParams{WorkspaceID: t.Workspace, ID: args.ModelFit})
	if err != nil || row.State.Ended() {
		return err
	}
	p := db.FinishModelFitParams{WorkspaceID: t.Workspace, ID: row.ID, State: db.JobSucceeded, Report: report, Failure: why, At: t.now}
	e := logged{kind: event.ModelFitFinished, subject: row.ID}
	switch {
	case why != nil:
		p.State, e.data.Detail = db.JobFailed, *why
	case model == nil:
		e.data.Detail = "there is not enough to learn from"
	default:
		note := fmt.Sprintf("Learned from %d leads, judged on %d others: AUC %.3f, as points %.3f.", report.Train.Leads, report.Test.Leads, report.HeldOut.Auc, report.Points.Auc)
		draft, err := t.draft(ctx, args.Title, &note, &agreement.Body{ScoringModel: model}, nil)
		if err != nil {
			return err
		}
		p.AgreementID, e.data.Detail = &draft.ID, "version "+fmt.Sprint(draft.Number)+" was drafted"
	}
	if row, err = t.FinishModelFit(ctx, p); err != nil {
		return err
	}
	t.stepped(event.JobModelFit, row.ID, row.State, row.Done, row.Total)
	t.emit(e)
	return nil
}

// foldKey is what decides whether a lead is learned from or kept for judging: the same however often it is imported.
func foldKey(l *db.Lead, c *db.Contact, ids []*db.ContactIdentity) string {
	for _, i := range ids {
		if i.Kind == contact.IdentityExternal {
			_, own, _ := strings.Cut(i.Key, ":") // without the source's key
			return own
		}
	}
	if c.Email != nil {
		return *c.Email
	}
	return l.ID.String()
}
