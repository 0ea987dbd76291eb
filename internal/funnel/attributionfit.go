package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// A fit that nobody asked for looks at the journeys that ended in the last two years, and comes at most once a week.
const (
	fitPeriod = 2 * 365 * 24 * time.Hour
	fitAge    = 7 * 24 * time.Hour
)

// FitAttributionInput says which version to fit, and to which journeys.
type FitAttributionInput struct {
	PolicyID       *id.Global
	From, To       *time.Time
	IdempotencyKey *string
}

// FitAttributionPayload is the fit, which runs in the background.
type FitAttributionPayload struct {
	Mark
	Fit *db.AttributionFit
}

// AttributionFitArgs names a fit.
type AttributionFitArgs struct {
	Workspace id.UUID `json:"workspace"`
	Fit       id.UUID `json:"fit"`
}

// Kind names the job.
func (AttributionFitArgs) Kind() string { return "attribution_fit" }

// FitAttribution fits MARKOV and SHAPLEY to journeys under a version of the attribution policy, in the background. Managers and directors of both departments may.
func (f *Funnel) FitAttribution(ctx context.Context, in FitAttributionInput) (*FitAttributionPayload, error) {
	var c checks
	var which id.UUID
	if in.PolicyID != nil {
		var err error
		which, err = kind("input.policyId", *in.PolicyID, id.Agreement)
		c.add(err)
	}
	now := f.Now().UTC().Truncate(time.Microsecond)
	to := now
	if in.To != nil {
		to = in.To.UTC().Truncate(time.Microsecond)
	}
	if to.After(now) {
		c.add(fault.Input("input.to", "This time is not over yet: give one until now."))
	}
	from := to.Add(-fitPeriod)
	if in.From != nil {
		from = in.From.UTC().Truncate(time.Microsecond)
	}
	if from.Before(earliest) || !from.Before(to) {
		c.add(fault.Input("input.from", "The period begins in 1990 or later, and ends after it began."))
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*FitAttributionPayload, error) {
		policy, err := t.fittable(ctx, which)
		if err != nil {
			return nil, err
		}
		n, err := t.CountOpenFits(ctx, t.Workspace)
		if err == nil && n >= maxOpenTrials {
			err = fault.New(fault.Conflict, "%d fits are waiting or running. Wait for one to end.", n)
		}
		if err != nil {
			return nil, err
		}
		row, err := t.askFit(ctx, policy, from, to)
		return &FitAttributionPayload{Fit: row}, err
	})
}

// fittable locks the version to fit: the one that is named, or the one in force. What a version says that never was in force may still change.
func (t *tx) fittable(ctx context.Context, which id.UUID) (*db.Agreement, error) {
	if which.IsZero() {
		in, err := t.inForce(ctx)
		if err != nil {
			return nil, err
		}
		if which = in[agreement.AttributionPolicy]; which.IsZero() {
			return nil, fault.New(fault.Conflict, "No attribution policy is in force: publish one first.")
		}
	}
	row, err := t.LockAgreement(ctx, db.LockAgreementParams{WorkspaceID: t.Workspace, ID: which})
	if row, err = found(row, err, "input.policyId", "agreement"); err != nil {
		return nil, err
	}
	if row.Kind != agreement.AttributionPolicy {
		return nil, fault.Input("input.policyId", "Only attribution policies can be fitted; the kind of this version is %s.", row.Kind)
	}
	if row.State != agreement.Published && row.State != agreement.Superseded {
		return nil, fault.New(fault.Conflict, "This version was never in force, and what it says may still change: publish it first, which fits it.")
	}
	return row, nil
}

// askFit asks for a fit in the background.
func (t *tx) askFit(ctx context.Context, policy *db.Agreement, from, to time.Time) (*db.AttributionFit, error) {
	row, err := t.InsertAttributionFit(ctx, db.InsertAttributionFitParams{WorkspaceID: t.Workspace, ID: id.New(), PolicyID: policy.ID, FromAt: from, ToAt: to, CreatedBy: nonzero(t.who.Member), At: t.now})
	if err != nil {
		return nil, fmt.Errorf("ask for a fit: %w", err)
	}
	if _, err := t.f.Jobs.InsertTx(ctx, t.Tx.Tx, AttributionFitArgs{Workspace: t.Workspace, Fit: row.ID}, nil); err != nil {
		return nil, fmt.Errorf("ask for a fit: %w", err)
	}
	t.stepped(event.JobAttributionFit, row.ID, row.State, row.Done, row.Total)
	t.emit(logged{kind: event.AttributionFitRequested, subject: row.ID, data: event.Data{Name: version(policy)}})
	return row, nil
}

// refit asks for a fit of the version in force where a deal is won, as many were won as it needs, and the last fit was asked for a week ago or never.
func (t *tx) refit(ctx context.Context, policy id.UUID) error {
	asked, err := t.LastFitAsked(ctx, db.LastFitAskedParams{WorkspaceID: t.Workspace, PolicyID: policy})
	if err != nil {
		return fmt.Errorf("read when the last fit was asked for: %w", err)
	}
	if len(asked) > 0 && t.now.Sub(asked[0]) < fitAge {
		return nil
	}
	rows, err := t.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{policy}})
	if err != nil || len(rows) == 0 {
		return fmt.Errorf("read the attribution policy: %w", err)
	}
	enough, err := t.EnoughWon(ctx, db.EnoughWonParams{WorkspaceID: t.Workspace, Least: int32(rows[0].Body.AttributionPolicy.Minimum.Won)}) // at most a million
	if err != nil || !enough {
		return err
	}
	_, err = t.askFit(ctx, rows[0], t.now.Add(-fitPeriod), t.now)
	return err
}

// DoAttributionFit fits a version to the journeys of a period, and then credits deals that were won before there was a fit anew. A server that dies at it leaves it
// to the next: the fit begins again, the crediting goes on where it was. It is the system's own verb.
func (f *Funnel) DoAttributionFit(ctx context.Context, args AttributionFitArgs) error {
	who := auth.System(args.Workspace)
	var row *db.AttributionFit
	var policy *attribution.Policy
	err := f.as(ctx, who, func(t *tx) (err error) {
		row, policy, err = t.startAttributionFit(ctx, args)
		return err
	})
	if err != nil || row == nil {
		return err
	}
	if row.State != db.JobSucceeded {
		fit, err := f.learn(ctx, row, policy)
		if err != nil {
			return err
		}
		if err := f.as(ctx, who, func(t *tx) error { return t.finishAttributionFit(ctx, args, db.JobSucceeded, fit, nil) }); err != nil {
			return err
		}
		row.Report = fit
	}
	for more := true; more; {
		if err := f.as(ctx, who, func(t *tx) (err error) {
			more, err = t.creditUnfitted(ctx, row)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// FailAttributionFit ends a fit that trying again cannot mend.
func (f *Funnel) FailAttributionFit(ctx context.Context, args AttributionFitArgs, why string) error {
	return f.as(ctx, auth.System(args.Workspace), func(t *tx) error { return t.finishAttributionFit(ctx, args, db.JobFailed, nil, &why) })
}

// startAttributionFit marks the fit as running; nil where there is nothing left to do.
func (t *tx) startAttributionFit(ctx context.Context, args AttributionFitArgs) (*db.AttributionFit, *attribution.Policy, error) {
	row, err := t.LockAttributionFit(ctx, db.LockAttributionFitParams{WorkspaceID: t.Workspace, ID: args.Fit})
	if err != nil || row.State == db.JobFailed {
		return nil, nil, err
	}
	if row.State == db.JobSucceeded {
		return row, nil, nil
	}
	if row.Tries >= maxTries {
		return nil, nil, t.finishAttributionFit(ctx, args, db.JobFailed, nil, new("Something went wrong on our side, several times. Try again, or choose a shorter time."))
	}
	policy, err := compiled(ctx, t, row.PolicyID, func(body *agreement.Body) (*attribution.Policy, error) { return body.AttributionPolicy, nil })
	if err != nil {
		return nil, nil, err
	}
	row, err = t.StartAttributionFit(ctx, db.StartAttributionFitParams{WorkspaceID: t.Workspace, ID: row.ID, At: t.now})
	return row, policy, err
}

// learn reads the journeys of a period, one after the other, and fits the models. Amounts are of several currencies, so that deals count and not what they are worth.
func (f *Funnel) learn(ctx context.Context, row *db.AttributionFit, policy *attribution.Policy) (*attribution.Fit, error) {
	which := db.JourneysOf(policy, row.FromAt, row.ToAt)
	r := f.DB.Read(row.WorkspaceID)
	total, err := r.EndedIn(ctx, db.EndedInParams{WorkspaceID: r.Workspace, FromAt: which.From, ToAt: which.To, Silent: which.Silent})
	if err != nil {
		return nil, fmt.Errorf("count journeys: %w", err)
	}
	l := attribution.NewLearner(policy)
	err = r.EachJourney(ctx, &which, policy.LookBackDays, func(j *attribution.Journey) error {
		j.AmountMinor = 0
		return l.Add(j)
	}, func(done int64) error {
		return f.as(ctx, auth.System(row.WorkspaceID), func(t *tx) error {
			t.stepped(event.JobAttributionFit, row.ID, db.JobRunning, done, max(total, done))
			return t.AdvanceAttributionFit(ctx, db.AdvanceAttributionFitParams{WorkspaceID: t.Workspace, ID: row.ID, Done: done, Total: max(total, done)})
		})
	})
	if err != nil {
		return nil, err
	}
	return l.Fit(), nil
}

func (t *tx) finishAttributionFit(ctx context.Context, args AttributionFitArgs, state db.JobState, fit *attribution.Fit, why *string) error {
	row, err := t.LockAttributionFit(ctx, db.LockAttributionFitParams{WorkspaceID: t.Workspace, ID: args.Fit})
	if err != nil || row.State.Ended() {
		return err
	}
	if row, err = t.FinishAttributionFit(ctx, db.FinishAttributionFitParams{WorkspaceID: t.Workspace, ID: row.ID, State: state, Report: fit, Failure: why, At: t.now}); err != nil {
		return err
	}
	t.stepped(event.JobAttributionFit, row.ID, row.State, row.Done, row.Total)
	e := logged{kind: event.AttributionFitFinished, subject: row.ID, data: event.Data{Name: t.versionName(ctx, row.PolicyID)}}
	if fit != nil {
		e.data.Detail = fmt.Sprintf("MARKOV %s, SHAPLEY %s, %d journeys", fit.Markov.Outcome, fit.Shapley.Outcome, fit.Markov.Evidence.Journeys)
	} else if why != nil {
		e.data.Detail = *why
	}
	t.emit(e)
	return nil
}

// maxCredited is how many deals are credited in one transaction.
const maxCredited = 200

// creditUnfitted credits the next won deals that no fit has credited yet, and tells whether there may be more. With a fit in which no model learned only those are credited that never were.
func (t *tx) creditUnfitted(ctx context.Context, fit *db.AttributionFit) (more bool, err error) {
	in, err := t.inForce(ctx)
	if err != nil {
		return false, err
	}
	var never, deals []*db.Deal
	if !in[agreement.AttributionPolicy].IsZero() {
		if never, err = t.UncreditedDeals(ctx, db.UncreditedDealsParams{WorkspaceID: t.Workspace, Rows: maxCredited}); err != nil {
			return false, fmt.Errorf("read deals without credit: %w", err)
		}
	}
	if err := t.freeze(ctx, never); err != nil {
		return false, err
	}
	if len(never) < maxCredited && fit.Report.Learned() {
		if deals, err = t.UnfittedDeals(ctx, db.UnfittedDealsParams{WorkspaceID: t.Workspace, PolicyID: fit.PolicyID, Rows: maxCredited}); err != nil {
			return false, fmt.Errorf("read deals without a fit: %w", err)
		}
		t.settle()
		if _, err := t.creditAgain(ctx, deals, db.RunFitted); err != nil {
			return false, err
		}
	}
	done := int64(len(never) + len(deals))
	return len(never) == maxCredited || len(deals) == maxCredited, t.CountRefreshed(ctx, db.CountRefreshedParams{WorkspaceID: t.Workspace, ID: fit.ID, More: done})
}
