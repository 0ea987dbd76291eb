package db

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/matching"
	"github.com/leadgraph/leadgraph/internal/page"
)

// AttributionBasis says what a report adds up.
type AttributionBasis string

// The bases, as in the SDL.
const (
	BasisFrozen     AttributionBasis = "FROZEN"
	BasisLatest     AttributionBasis = "LATEST"
	BasisRecomputed AttributionBasis = "RECOMPUTED"
)

// AttributionBases lists every AttributionBasis.
var AttributionBases = []AttributionBasis{BasisFrozen, BasisLatest, BasisRecomputed}

// MarshalGQL writes the enum's name.
func (b AttributionBasis) MarshalGQL(w io.Writer) { enum.Write(w, b) }

// UnmarshalGQL refuses what is no AttributionBasis.
func (b *AttributionBasis) UnmarshalGQL(v any) error { return enum.Read(v, b, AttributionBases) }

// AttributionAsk is what a report is asked for.
type AttributionAsk struct {
	By                       attribution.Dimension
	Models                   []attribution.Model
	ClosedFrom, ClosedBefore *time.Time
	Currency                 *string
	Basis                    AttributionBasis
	PolicyID                 *id.Global
}

// AttributionReport is what won deals gave.
type AttributionReport struct {
	By                       attribution.Dimension
	Basis                    AttributionBasis
	ClosedFrom, ClosedBefore time.Time
	Currency                 *string
	Deals, UntouchedDeals    int64
	AmountMinor              int64
	OtherCurrencyDeals       int64
	UncreditedDeals          int64
	DisputedDeals            int64
	DisputedMinor            int64
	SettledDeals             int64
	SettledMinor             int64
	CostMinor                int64 // what campaigns cost
	OtherCurrencyCampaigns   int64
	Totals                   []*AttributionTotal

	rows []*AttributionReportRow
	key  []byte
}

// AttributionReportRow is what one value of the dimension earned.
type AttributionReportRow struct {
	row      attribution.Row
	report   *AttributionReport
	disputed departmentCredit // of a department
	costs    []int64          // under each model
	unpriced bool             // what it cost is not known
}

// maxYears bounds the time of a report.
const maxYears = 10

// AttributionReport adds up what won deals gave, from their runs or from their journeys.
func (r *Reader) AttributionReport(ctx context.Context, ask *AttributionAsk, now time.Time) (*AttributionReport, error) {
	out, which, err := r.openReport(ctx, ask, now)
	if err != nil {
		return nil, err
	}
	models, err := askedModels(ask.Models)
	if err != nil {
		return nil, err
	}
	costs, err := r.reportCosts(ctx, out)
	if err != nil {
		return nil, err
	}
	var sums *attribution.Report
	if ask.Basis == BasisRecomputed {
		sums, err = r.recomputed(ctx, ask, models, which, costs, out.Currency == nil)
	} else {
		sums, err = r.addedUp(ctx, ask, models, which, costs, out)
	}
	if err != nil {
		return nil, err
	}
	out.close(sums)
	out.cost(costs, sums)
	return out, r.disputed(ctx, out)
}

// addedUp adds up the runs of deals that were stored.
func (r *Reader) addedUp(ctx context.Context, ask *AttributionAsk, models []attribution.Model, which *Journeyed, costs *reportCosts, out *AttributionReport) (*attribution.Report, error) {
	sums, err := attribution.NewReport(nil, ask.By, models)
	if err != nil || out.Currency == nil {
		return sums, err
	}
	costs.open(ask.By, sums)
	return sums, r.EachRun(ctx, which, ask.Basis == BasisLatest, ask.By, func(k *attribution.Kept) error {
		if k == nil {
			out.UncreditedDeals++
			return nil
		}
		return sums.AddKept(k)
	})
}

// openReport checks what is asked for, and finds the currency.
func (r *Reader) openReport(ctx context.Context, ask *AttributionAsk, now time.Time) (*AttributionReport, *Journeyed, error) {
	out := &AttributionReport{By: ask.By, Basis: ask.Basis, ClosedBefore: now, key: page.List("attributionReport", r.Workspace, ask)}
	if ask.ClosedBefore != nil {
		out.ClosedBefore = *ask.ClosedBefore
	}
	out.ClosedFrom = out.ClosedBefore.AddDate(-1, 0, 0)
	if ask.ClosedFrom != nil {
		out.ClosedFrom = *ask.ClosedFrom
	}
	if !out.ClosedFrom.Before(out.ClosedBefore) || out.ClosedFrom.AddDate(maxYears, 0, 0).Before(out.ClosedBefore) {
		return nil, nil, fault.Input("closedFrom", "A report begins before it ends, and is about at most %d years.", maxYears)
	}
	if ask.PolicyID != nil && ask.Basis != BasisRecomputed {
		return nil, nil, fault.Input("policyId", "Runs were made under the versions of their time: leave this out, or ask for the basis RECOMPUTED.")
	}
	if ask.Currency != nil {
		if _, err := matching.Currency(*ask.Currency); err != nil {
			return nil, nil, fault.As(err).Under("currency")
		}
	}
	won, err := r.DealsByCurrency(ctx, out.ClosedFrom, out.ClosedBefore)
	if err != nil {
		return nil, nil, err
	}
	out.Currency = ask.Currency
	if out.Currency == nil && len(won) > 0 {
		out.Currency = &won[0].Currency
	}
	which := &Journeyed{Outcomes: []JourneyOutcome{JourneyWon}, From: out.ClosedFrom, To: out.ClosedBefore, Silent: out.ClosedBefore}
	for _, w := range won {
		if w.Currency == *out.Currency {
			which.Currency = w.Currency
		} else {
			out.OtherCurrencyDeals += w.Deals
		}
	}
	if out.Currency != nil {
		which.Currency = *out.Currency
	}
	return out, which, nil
}

// recomputed credits the journeys of deals anew under a version of the policy.
func (r *Reader) recomputed(ctx context.Context, ask *AttributionAsk, models []attribution.Model, which *Journeyed, costs *reportCosts, none bool) (*attribution.Report, error) {
	version, err := r.attributionPolicy(ctx, ask.PolicyID)
	if err != nil {
		return nil, err
	}
	policy := version.Body.AttributionPolicy
	a, err := r.attributor(ctx, version)
	if err != nil {
		return nil, err
	}
	sums, err := attribution.NewReport(a, ask.By, models)
	if err != nil || none {
		return sums, err
	}
	sums.Policy = version.ID
	costs.open(ask.By, sums)
	err = r.EachJourney(ctx, which, policy.LookBackDays, sums.Add, nil)
	return sums, err
}

// attributor credits journeys under a version, with the latest fit of it.
func (r *Reader) attributor(ctx context.Context, version *Agreement) (*attribution.Attributor, error) {
	fits, err := r.LastFits(ctx, LastFitsParams{WorkspaceID: r.Workspace, PolicyID: version.ID})
	if err != nil {
		return nil, fmt.Errorf("read the fit: %w", err)
	}
	if len(fits) == 0 {
		return attribution.New(version.Body.AttributionPolicy), nil
	}
	return attribution.New(version.Body.AttributionPolicy, &fits[0].Report.Markov, &fits[0].Report.Shapley), nil
}

// attributionPolicy is a version of the attribution policy, or the one in force.
func (r *Reader) attributionPolicy(ctx context.Context, which *id.Global) (*Agreement, error) {
	var version id.UUID
	if which != nil {
		if which.Kind != id.Agreement {
			return nil, fault.Input("policyId", "This is the id of another type: it should begin with %s_.", id.Agreement)
		}
		version = which.UUID
	} else {
		force, err := r.PublishedRules(ctx, r.Workspace)
		if err != nil {
			return nil, fmt.Errorf("read which rules are in force: %w", err)
		}
		for _, f := range force {
			if f.Kind == agreement.AttributionPolicy {
				version = f.ID
			}
		}
	}
	rows, err := r.AgreementsByID(ctx, AgreementsByIDParams{WorkspaceID: r.Workspace, Ids: []id.UUID{version}})
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the attribution policy: %w", err)
	case len(rows) == 0 && which == nil:
		return nil, fault.New(fault.Conflict, "No attribution policy is in force: publish one first.")
	case len(rows) == 0:
		return nil, fault.Missing("policyId", "agreement")
	case rows[0].Kind != agreement.AttributionPolicy:
		return nil, fault.Input("policyId", "The kind of this version is %s: name an attribution policy.", rows[0].Kind)
	}
	return rows[0], nil
}
