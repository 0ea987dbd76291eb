package funnel

import (
	"context"
	"errors"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// maxOpenTrials is how many back-tests, and how many models being learned, a workspace may have waiting or running.
const maxOpenTrials = 5

// RunBackTestInput says which version to try, and on which leads.
type RunBackTestInput struct {
	AgreementID     id.Global
	Cohort          *backtest.Cohort
	CapacityPerWeek *int32
	IdempotencyKey  *string
}

// RunBackTestPayload is the back-test, which runs in the background.
type RunBackTestPayload struct {
	Mark
	BackTest *db.BackTest
}

// BackTestArgs names a back-test.
type BackTestArgs struct {
	Workspace id.UUID `json:"workspace"`
	BackTest  id.UUID `json:"backTest"`
}

// Kind names the job.
func (BackTestArgs) Kind() string { return "back_test" }

// RunBackTest tries a version of the scoring model on leads whose outcome is known, in the background. Managers and directors of both
// departments may.
func (f *Funnel) RunBackTest(ctx context.Context, in RunBackTestInput) (*RunBackTestPayload, error) {
	var c checks
	which, err := kind("input.agreementId", in.AgreementID, id.Agreement)
	c.add(err)
	c.under("input", in.Cohort.Check())
	if in.CapacityPerWeek != nil {
		c.upTo("input.capacityPerWeek", int64(*in.CapacityPerWeek), 0, 1_000_000)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*RunBackTestPayload, error) {
		row, err := t.LockAgreement(ctx, db.LockAgreementParams{WorkspaceID: t.Workspace, ID: which})
		if row, err = found(row, err, "input.agreementId", "agreement"); err != nil {
			return nil, err
		}
		if row.Kind != agreement.ScoringModel {
			return nil, fault.Input("input.agreementId", "Only scoring models can be tried on past leads; the kind of this version is %s.", row.Kind)
		}
		n, err := t.CountOpenBackTests(ctx, t.Workspace)
		if err == nil && n >= maxOpenTrials {
			err = fault.New(fault.Conflict, "%d back-tests are waiting or running. Wait for one to end.", n)
		}
		if err != nil {
			return nil, err
		}
		b, err := t.InsertBackTest(ctx, db.InsertBackTestParams{WorkspaceID: t.Workspace, ID: id.New(), AgreementID: row.ID, Hash: row.Hash, Cohort: *in.Cohort,
			CapacityPerWeek: in.CapacityPerWeek, CreatedBy: nonzero(t.who.Member), At: t.now})
		if err != nil {
			return nil, err
		}
		if _, err := t.f.Jobs.InsertTx(ctx, t.Tx.Tx, BackTestArgs{Workspace: t.Workspace, BackTest: b.ID}, nil); err != nil {
			return nil, fmt.Errorf("ask for the back-test: %w", err)
		}
		t.stepped(event.JobBackTest, b.ID, b.State, b.Done, b.Total)
		t.emit(logged{kind: event.BackTestRequested, subject: b.ID, data: event.Data{Name: version(row)}})
		return &RunBackTestPayload{BackTest: b}, nil
	})
}

// trial is a back-test at work.
type trial struct {
	row         *db.BackTest
	reg         *condition.Registry
	model, live *scoring.Program
	body        *scoring.Model
	personas    map[id.UUID]*db.Persona
}

// DoBackTest scores the leads of a cohort as of their decisions and keeps the report. A server that dies at it leaves it to the next, which begins
// again: nothing is written before the end. It is the system's own verb.
func (f *Funnel) DoBackTest(ctx context.Context, args BackTestArgs) error {
	who := auth.System(args.Workspace)
	var b *trial
	err := f.as(ctx, who, func(t *tx) (err error) {
		b, err = t.startTrial(ctx, args)
		return err
	})
	if err != nil || b == nil {
		return err
	}
	run, err := backtest.New(b.setup())
	if err != nil {
		return err
	}
	reader := &cohortReader{r: f.DB.Read(args.Workspace), reg: b.reg, in: b.row.Cohort, now: f.Now()}
	err = reader.each(ctx, func(o *observed) error { return run.Add(b.sample(o)) }, func(done int64) error {
		return f.as(ctx, who, func(t *tx) error {
			t.stepped(event.JobBackTest, b.row.ID, db.JobRunning, done, b.row.Total)
			return t.AdvanceBackTest(ctx, db.AdvanceBackTestParams{WorkspaceID: t.Workspace, ID: b.row.ID, Done: done})
		})
	})
	if err != nil {
		return err
	}
	report := run.Report()
	return f.as(ctx, who, func(t *tx) error { return t.finishTrial(ctx, args, db.JobSucceeded, report, nil) })
}

// FailBackTest ends a back-test that trying again cannot mend.
func (f *Funnel) FailBackTest(ctx context.Context, args BackTestArgs, why string) error {
	return f.as(ctx, auth.System(args.Workspace), func(t *tx) error { return t.finishTrial(ctx, args, db.JobFailed, nil, &why) })
}

// startTrial marks the back-test as running and makes its rules ready; nil where there is nothing left to do.
func (t *tx) startTrial(ctx context.Context, args BackTestArgs) (*trial, error) {
	row, err := t.LockBackTest(ctx, db.LockBackTestParams{WorkspaceID: t.Workspace, ID: args.BackTest})
	if err != nil || row.State.Ended() {
		return nil, err
	}
	if row.Tries >= maxTries {
		return nil, t.finishTrial(ctx, args, db.JobFailed, nil, new("Something went wrong on our side, several times. Run it again, or choose fewer leads."))
	}
	version, err := t.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{row.AgreementID}})
	if err != nil || len(version) == 0 {
		return nil, either(err, errors.New("the version of a back-test is gone"))
	}
	if version[0].Hash != row.Hash {
		return nil, t.finishTrial(ctx, args, db.JobFailed, nil, new("The content changed before it could be tried. Run the back-test of what it says now."))
	}
	b := &trial{body: version[0].Body.ScoringModel, personas: map[id.UUID]*db.Persona{}}
	if b.reg, err = t.Registry(ctx, t.Workspace); err != nil {
		return nil, err
	}
	if b.model, err = scoring.Compile(b.body, b.reg); err != nil {
		return nil, err
	}
	rules, err := t.rulebook(ctx)
	if err != nil {
		return nil, err
	}
	b.live = rules.model
	for _, p := range rules.personas {
		b.personas[p.ID] = p
	}
	total, err := t.CountCohort(ctx, db.CountCohortParams{WorkspaceID: t.Workspace, FromAt: row.Cohort.From, ToAt: row.Cohort.To})
	if err != nil {
		return nil, fmt.Errorf("count the cohort: %w", err)
	}
	b.row, err = t.StartBackTest(ctx, db.StartBackTestParams{WorkspaceID: t.Workspace, ID: row.ID, Total: total, At: t.now})
	return b, err
}

func (b *trial) setup() backtest.Setup {
	s := backtest.Setup{Cohort: b.row.Cohort, Threshold: b.body.Threshold, Rules: backtest.RulesOf(b.body)}
	if c := b.row.CapacityPerWeek; c != nil {
		s.CapacityPerWeek = new(int(*c))
	}
	return s
}

// sample scores a lead as of its decision, under the version that is tried and under the one in force.
func (b *trial) sample(o *observed) backtest.Sample {
	score := b.model.Score(o.facts)
	s := backtest.Sample{Lead: o.lead.ID, Positive: o.positive, Total: score.Clamped, Score: score.Total, Band: score.Band, CreatedAt: o.lead.CreatedAt, ScoredAt: o.at, Late: o.late,
		Source: backtest.Group{ID: o.source.ID, Name: o.source.Name}}
	if b.live != nil {
		live := b.live.Score(o.facts)
		s.Live = &backtest.Standing{Score: live.Total, Band: live.Band}
	}
	if o.lead.PersonaID != nil {
		if p := b.personas[*o.lead.PersonaID]; p != nil {
			s.Persona = backtest.Group{ID: p.ID, Name: p.Name}
		}
	}
	return s
}

func (t *tx) finishTrial(ctx context.Context, args BackTestArgs, state db.JobState, report *backtest.Report, why *string) error {
	row, err := t.LockBackTest(ctx, db.LockBackTestParams{WorkspaceID: t.Workspace, ID: args.BackTest})
	if err != nil || row.State.Ended() {
		return err
	}
	if row, err = t.FinishBackTest(ctx, db.FinishBackTestParams{WorkspaceID: t.Workspace, ID: row.ID, State: state, Report: report, Failure: why, At: t.now}); err != nil {
		return err
	}
	t.stepped(event.JobBackTest, row.ID, row.State, row.Done, row.Total)
	e := logged{kind: event.BackTestFinished, subject: row.ID, data: event.Data{Name: t.versionName(ctx, row.AgreementID)}}
	if report != nil {
		e.data.Detail = fmt.Sprintf("%s, %d leads", report.Verdict, report.Leads)
	} else if why != nil {
		e.data.Detail = *why
	}
	t.emit(e)
	return nil
}
