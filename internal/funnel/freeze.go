package funnel

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
)

// freeze credits deals that are being won to the touches that led to them, under the policy in force, in the transaction that wins them. It takes any number at once, in a
// fixed number of statements. What it writes is never changed again.
func (t *tx) freeze(ctx context.Context, deals []*db.Deal) error {
	in, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	policy := in[agreement.AttributionPolicy]
	if policy.IsZero() || len(deals) == 0 { // a workspace older than the kind has none until it signs one
		return nil
	}
	if _, err := t.creditDeals(ctx, crediting{deals: deals, policy: policy, cause: db.RunWon}); err != nil {
		return err
	}
	if err := t.BeginLateSearch(ctx, t.Workspace); err != nil {
		return fmt.Errorf("begin to look for late touches: %w", err)
	}
	return t.refit(ctx, policy)
}

// crediting is deals to credit under one version of the policy.
type crediting struct {
	deals  []*db.Deal
	policy id.UUID
	cause  db.RunCause
	before map[id.UUID]*db.AttributionRun // by deal: with the same touches it is not credited again
}

// maxHeld is how many touches the runs may have that wait to be written together.
const maxHeld = 50_000

// errHeld stops the reading of touches where enough runs wait.
var errHeld = errors.New("as many runs as are written together")

// creditDeals makes a run of each deal with what is known by now, beside those that there are. It answers how many it made.
func (t *tx) creditDeals(ctx context.Context, c crediting) (made int64, err error) {
	policy, err := compiled(ctx, t, c.policy, func(body *agreement.Body) (*attribution.Policy, error) { return body.AttributionPolicy, nil })
	if err != nil {
		return 0, err
	}
	fits, err := t.LastFits(ctx, db.LastFitsParams{WorkspaceID: t.Workspace, PolicyID: c.policy})
	if err != nil {
		return 0, fmt.Errorf("read the fit: %w", err)
	}
	var learned []*attribution.Learned
	var fit *id.UUID
	if len(fits) > 0 {
		learned, fit = []*attribution.Learned{&fits[0].Report.Markov, &fits[0].Report.Shapley}, &fits[0].ID
	}
	journeys, rows, err := t.journeys(ctx, c.deals)
	if err != nil {
		return 0, err
	}
	a := attribution.New(policy, learned...)
	for at := 0; at < len(journeys); {
		var wait []*db.AttributionRun
		held := 0
		err := t.EachJourneyOf(ctx, journeys[at:], policy.LookBackDays, func(i int, j *attribution.Journey) error {
			if held >= maxHeld {
				return errHeld
			}
			all, err := a.Compare(j, attribution.Models)
			if err != nil {
				return err
			}
			r := rows[at]
			at++
			r.PolicyID, r.FitID, r.Cause, r.At = c.policy, fit, c.cause, t.now
			r.Credit(j, &all)
			if before := c.before[r.DealID]; before == nil || !slices.Equal(before.TouchIds, r.TouchIds) {
				wait, held = append(wait, r), held+len(r.TouchIds)
			}
			return nil
		})
		if err != nil && !errors.Is(err, errHeld) {
			return made, err
		}
		if _, err := db.Insert(ctx, t.Tx, "attribution_runs", wait, ""); err != nil {
			return made, err
		}
		made += int64(len(wait))
		t.tellCredited(&c, wait)
	}
	return made, nil
}

// tellCredited records that deals were credited anew for touches that came late.
func (t *tx) tellCredited(c *crediting, rows []*db.AttributionRun) {
	if c.cause != db.RunLate {
		return
	}
	of := make(map[id.UUID]*db.Deal, len(c.deals))
	for _, d := range c.deals {
		of[d.ID] = d
	}
	for _, r := range rows {
		t.tellDeal(event.DealCredited, of[r.DealID], fmt.Sprintf("run %d, %d touches", r.Number, len(r.TouchIds)))
	}
}

// journeys are the journeys of won deals, still without touches, and the runs that they will make, numbered behind those that there are.
func (t *tx) journeys(ctx context.Context, deals []*db.Deal) ([]db.JourneyOf, []*db.AttributionRun, error) {
	ids := make([]id.UUID, len(deals))
	for i, d := range deals {
		ids[i] = d.ID
	}
	known, err := t.DealMilestones(ctx, db.DealMilestonesParams{WorkspaceID: t.Workspace, Ids: ids})
	if err != nil {
		return nil, nil, fmt.Errorf("read what led to the deals: %w", err)
	}
	of := make(map[id.UUID]*db.DealMilestonesRow, len(known))
	for _, k := range known {
		of[k.ID] = k
	}
	journeys, rows := make([]db.JourneyOf, len(deals)), make([]*db.AttributionRun, len(deals))
	for i, d := range deals {
		k := of[d.ID]
		j := attribution.Journey{Deal: d.ID, LeadCreatedAt: k.CreatedAt, OpportunityCreatedAt: d.OpenedAt, ClosedAt: *d.ClosedAt, Won: true, AmountMinor: d.AmountMinor}
		if k.PersonaID != nil {
			j.Persona = *k.PersonaID
		}
		journeys[i] = db.JourneyOf{Contact: d.ContactID, Account: d.AccountID, Journey: j}
		rows[i] = &db.AttributionRun{WorkspaceID: t.Workspace, ID: id.New(), DealID: d.ID, Number: k.Number + 1, PersonaID: k.PersonaID, Currency: d.Currency}
	}
	return journeys, rows, nil
}

// creditAgain credits deals anew under the version that each was credited under before.
func (t *tx) creditAgain(ctx context.Context, deals []*db.Deal, cause db.RunCause) (made int64, err error) {
	ids := make([]id.UUID, len(deals))
	for i, d := range deals {
		ids[i] = d.ID
	}
	latest, err := t.LatestRuns(ctx, db.LatestRunsParams{WorkspaceID: t.Workspace, DealIds: ids})
	if err != nil {
		return 0, fmt.Errorf("read runs: %w", err)
	}
	before := make(map[id.UUID]*db.AttributionRun, len(latest))
	for _, r := range latest {
		before[r.DealID] = r
	}
	under := map[id.UUID][]*db.Deal{}
	var versions []id.UUID
	for _, d := range deals {
		if r := before[d.ID]; r != nil {
			if under[r.PolicyID] == nil {
				versions = append(versions, r.PolicyID)
			}
			under[r.PolicyID] = append(under[r.PolicyID], d)
		}
	}
	for _, v := range versions {
		c := crediting{deals: under[v], policy: v, cause: cause}
		if cause == db.RunLate {
			c.before = before
		}
		n, err := t.creditDeals(ctx, c)
		if err != nil {
			return made, err
		}
		made += n
	}
	return made, nil
}
