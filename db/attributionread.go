package db

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

// Attribution is a run under models side by side.
type Attribution struct {
	Run    *AttributionRun
	models []attribution.Model
	runs   []*AttributionResult
}

// AttributionResult is what a model made of a deal.
type AttributionResult struct{ attribution.Run }

// Reason says why a model did not answer; nil where it did.
func (r *AttributionResult) Reason() *string { return spoken(r.Run.Reason) }

// spoken is a sentence, or nil where nothing is said.
func spoken(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// askedModels are the models that somebody asked for: each once, and all where nobody says.
func askedModels(models []attribution.Model) ([]attribution.Model, error) {
	if models == nil {
		return attribution.Models, nil
	}
	return models, eachOnce("models", models)
}

// eachOnce refuses an argument that names nothing, or something twice.
func eachOnce[T comparable](field string, named []T) error {
	if len(named) == 0 {
		return fault.Input(field, "Name at least one, or leave the argument out.")
	}
	for i, n := range named {
		if slices.Contains(named[:i], n) {
			return fault.Input(fmt.Sprintf("%s[%d]", field, i), "%v stands there twice: remove one.", n)
		}
	}
	return nil
}

// Attributions are what deals give to their touches under models, by the run with a number, or the frozen one; nil where a deal has none.
func (r *Reader) Attributions(ctx context.Context, deals []id.UUID, models []attribution.Model, number *int32) ([]*Attribution, error) {
	models, err := askedModels(models)
	if err != nil {
		return nil, err
	}
	n := int32(1)
	if number != nil {
		if n = *number; n < 1 {
			return nil, fault.Input("run", "Runs are numbered from 1.")
		}
	}
	rows, err := r.NumberedRuns(ctx, NumberedRunsParams{WorkspaceID: r.Workspace, DealIds: deals, Number: n})
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	of := make(map[id.UUID]*Attribution, len(rows))
	for _, row := range rows {
		a := &Attribution{Run: row, models: models}
		for _, m := range models {
			if run := row.Run(m); run != nil {
				a.runs = append(a.runs, &AttributionResult{*run})
			}
		}
		of[row.DealID] = a
	}
	out := make([]*Attribution, len(deals))
	for i, d := range deals {
		out[i] = of[d]
	}
	return out, nil
}

// Results are what the models made of the deal.
func (a *Attribution) Results() []*AttributionResult { return a.runs }

// Disagreement says how much depends on the choice of the model.
func (a *Attribution) Disagreement() float64 {
	runs := make([]attribution.Run, len(a.runs))
	for i, r := range a.runs {
		runs[i] = r.Run
	}
	return attribution.Disagreement(runs)
}

// CreditedTouch is a touch with what it earned.
type CreditedTouch struct {
	TouchID      id.UUID
	OccurredAt   time.Time
	ChannelGroup string
	Channel      contact.Channel
	Department   *auth.Department
	CampaignID   *id.UUID
	SourceID     id.UUID
	Milestones   []attribution.Milestone
	Credits      []*TouchCredit
}

// TouchCredit is what a touch earned under a model.
type TouchCredit struct {
	Model       attribution.Model
	Share       float64
	AmountMinor int64
}

// CreditedTouches are the touches of runs that earn credit, a page of each.
func (r *Reader) CreditedTouches(of []*Attribution, args page.Args) ([]*Page[CreditedTouch], error) {
	out := make([]*Page[CreditedTouch], len(of))
	for i, a := range of {
		all := make([]*CreditedTouch, len(a.Run.TouchIds))
		for n := range all {
			all[n] = a.touch(n)
		}
		var err error
		if out[i], err = sliced(r, page.List("creditedTouches", r.Workspace, a.Run.ID, a.models), all, args, func(t *CreditedTouch) page.Tuple { return page.Tuple{ID: t.TouchID} }); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// touch is the touch at a place of the run.
func (a *Attribution) touch(n int) *CreditedTouch {
	r := a.Run
	t := &CreditedTouch{TouchID: r.TouchIds[n], OccurredAt: r.OccurredAt[n], ChannelGroup: r.ChannelGroups[n], Channel: r.Channels[n], SourceID: r.SourceIds[n],
		Milestones: []attribution.Milestone{}, Credits: []*TouchCredit{}}
	if d := r.Departments[n]; d != "" {
		t.Department = &d
	}
	if c := r.CampaignIds[n]; !c.IsZero() {
		t.CampaignID = &c
	}
	for _, run := range a.runs {
		if run.Outcome != attribution.Answered {
			continue
		}
		c := run.Credits[n]
		t.Credits = append(t.Credits, &TouchCredit{run.Model, c.Share, c.AmountMinor})
		t.Milestones = append([]attribution.Milestone{}, c.Milestones...)
	}
	return t
}

// LearnedAttribution is what a model learned.
type LearnedAttribution struct{ *attribution.Learned }

// Reason says why a model could not learn; nil where it could.
func (l *LearnedAttribution) Reason() *string { return spoken(l.Learned.Reason) }

// Journeys are those with a touch that counts.
func (l *LearnedAttribution) Journeys() int64 { return l.Evidence.Journeys }

// Won are the journeys that were won.
func (l *LearnedAttribution) Won() int64 { return l.Evidence.Won }

// Lost are the journeys that were not.
func (l *LearnedAttribution) Lost() int64 { return l.Evidence.Lost }

// Over are the journeys with too many touches.
func (l *LearnedAttribution) Over() int64 { return l.Evidence.Over }

// Markov is what MARKOV learned; nil until the fit has succeeded.
func (f *AttributionFit) Markov() *LearnedAttribution {
	if f.Report == nil {
		return nil
	}
	return &LearnedAttribution{&f.Report.Markov}
}

// Shapley is what SHAPLEY learned; nil until the fit has succeeded.
func (f *AttributionFit) Shapley() *LearnedAttribution {
	if f.Report == nil {
		return nil
	}
	return &LearnedAttribution{&f.Report.Shapley}
}
