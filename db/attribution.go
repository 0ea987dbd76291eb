package db

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

// RunCause says why a deal was credited.
type RunCause string

// The causes, as in the SDL.
const (
	RunWon    RunCause = "WON"          // the frozen run: number 1
	RunLate   RunCause = "LATE_TOUCHES" // touches before the close became known after it
	RunFitted RunCause = "FITTED"       // the models that learn had their first fit
)

// RunCauses lists every RunCause.
var RunCauses = []RunCause{RunWon, RunLate, RunFitted}

// MarshalGQL writes the enum's name.
func (c RunCause) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL refuses what is no RunCause.
func (c *RunCause) UnmarshalGQL(v any) error { return enum.Read(v, c, RunCauses) }

// GlobalID is the run's id for callers.
func (r *AttributionRun) GlobalID() id.Global { return id.Global{Kind: id.AttributionRun, UUID: r.ID} }

// GlobalID is the fit's id for callers.
func (f *AttributionFit) GlobalID() id.Global { return id.Global{Kind: id.AttributionFit, UUID: f.ID} }

// IsNode marks what `node` finds.
func (*AttributionRun) IsNode() {}

// IsNode marks what `node` finds.
func (*AttributionFit) IsNode() {}

// TouchCount is how many touches earn credit.
func (r *AttributionRun) TouchCount() int32 { return int32(len(r.TouchIds)) }

// Credit fills in what models make of a journey, with what is known of its touches.
func (r *AttributionRun) Credit(j *attribution.Journey, c *attribution.Comparison) {
	r.AmountMinor, r.ClosedAt = j.AmountMinor, j.ClosedAt
	r.TouchIds, r.OccurredAt, r.ChannelGroups, r.Milestones = []id.UUID{}, []time.Time{}, []string{}, []int32{}
	at := make(map[id.UUID]*attribution.Touch, len(j.Touches))
	for i := range j.Touches {
		at[j.Touches[i].ID] = &j.Touches[i]
	}
	for _, run := range c.Runs {
		r.Models, r.Outcomes, r.Reasons = append(r.Models, run.Model), append(r.Outcomes, run.Outcome), append(r.Reasons, run.Reason)
		if len(r.TouchIds) == 0 {
			for _, s := range run.Credits {
				r.keep(at[s.Touch], &s)
			}
		}
	}
	n := len(r.TouchIds)
	r.Shares, r.Credits = make([]float64, n*len(c.Runs)), make([]int64, n*len(c.Runs))
	for m, run := range c.Runs {
		for i, s := range run.Credits {
			r.Shares[m*n+i], r.Credits[m*n+i] = s.Share, s.AmountMinor
		}
	}
}

// keep notes what is known of a touch that counts.
func (r *AttributionRun) keep(t *attribution.Touch, s *attribution.Credit) {
	held := int32(0)
	for _, m := range s.Milestones {
		held |= 1 << slices.Index(attribution.Milestones, m)
	}
	r.TouchIds, r.OccurredAt, r.ChannelGroups = append(r.TouchIds, t.ID), append(r.OccurredAt, t.At), append(r.ChannelGroups, s.Group)
	r.Channels, r.Departments = append(r.Channels, t.Channel), append(r.Departments, t.Department)
	r.CampaignIds, r.SourceIds, r.ResourceIds = append(r.CampaignIds, t.Campaign), append(r.SourceIds, t.Source), append(r.ResourceIds, t.Resource)
	r.Milestones = append(r.Milestones, held)
}

// Run is what a model made of the deal, as it was stored; nil for a model that did not exist then.
func (r *AttributionRun) Run(m attribution.Model) *attribution.Run {
	at, n := slices.Index(r.Models, m), len(r.TouchIds)
	if at < 0 {
		return nil
	}
	run := &attribution.Run{Model: m, Outcome: r.Outcomes[at], Reason: r.Reasons[at], Credits: []attribution.Credit{}, UnattributedMinor: r.AmountMinor}
	if run.Outcome != attribution.Answered {
		return run
	}
	for i := range n {
		c := attribution.Credit{Touch: r.TouchIds[i], Group: r.ChannelGroups[i], Share: r.Shares[at*n+i], AmountMinor: r.Credits[at*n+i]}
		for bit, held := range attribution.Milestones {
			if r.Milestones[i]>>bit&1 == 1 {
				c.Milestones = append(c.Milestones, held)
			}
		}
		run.Credits = append(run.Credits, c)
		run.UnattributedMinor -= c.AmountMinor
	}
	return run
}

// JourneyOf is the journey of a deal.
type JourneyOf struct {
	Contact id.UUID
	Account *id.UUID
	Journey attribution.Journey
}

// EachJourneyOf reads the touches of journeys within a transaction, and hands one journey after the other on.
func (t *Tx) EachJourneyOf(ctx context.Context, of []JourneyOf, lookBackDays int, take func(i int, j *attribution.Journey) error) error {
	read, err := newTouchReader(ctx, t.Queries, t.Workspace, lookBackDays)
	if err != nil {
		return err
	}
	spans := make([]buyer, len(of))
	for i := range of {
		spans[i] = buyer{of[i].Contact, of[i].Account, of[i].Journey.ClosedAt}
	}
	send := func(ctx context.Context, sql string, args []any) (pgx.Rows, error) { return t.Query(ctx, sql, args...) }
	return read.each(ctx, send, spans, func(i int, touches []attribution.Touch) error {
		j := of[i].Journey
		j.Touches = touches
		return take(i, &j)
	})
}

var (
	attributionRuns = shape[AttributionRun]{"attribution_runs", map[string]order[AttributionRun]{
		"": byTime("at", true, func(r *AttributionRun) (time.Time, id.UUID) { return r.At, r.ID }),
	}}
	attributionFits = shape[AttributionFit]{"attribution_fits", map[string]order[AttributionFit]{
		"": byTime("created_at", true, func(f *AttributionFit) (time.Time, id.UUID) { return f.CreatedAt, f.ID }),
	}}
)

// RunsOf are the runs of several deals, newest first.
func (r *Reader) RunsOf(ctx context.Context, deals []id.UUID, a page.Args) ([]*Page[AttributionRun], error) {
	return list(ctx, r, listing[AttributionRun]{shape: attributionRuns, args: a, parent: "deal_id", parents: deals})
}

// AttributionFits are the fits of the workspace, newest first.
func (r *Reader) AttributionFits(ctx context.Context, a page.Args) (*Page[AttributionFit], error) {
	return root(ctx, r, listing[AttributionFit]{shape: attributionFits, args: a})
}

// kept are what a report by a dimension reads of runs: the column of the dimension, which has an element for each touch.
var kept = map[attribution.Dimension]string{
	attribution.ByCampaign: "campaign_ids", attribution.BySource: "source_ids", attribution.ByResource: "resource_ids", attribution.ByChannel: "channel_groups", attribution.ByDepartment: "departments",
	attribution.ByPersona: "touch_ids",
}

// EachRun hands the runs of the deals on that were won in a time and a currency, those that were won first first: the frozen one of each, or the
// latest. A deal without a run comes with none, as nil. One statement reads them all, row by row.
func (r *Reader) EachRun(ctx context.Context, w *Journeyed, latest bool, by attribution.Dimension, take func(*attribution.Kept) error) error {
	which := "and x.number = 1"
	if latest {
		which = "order by x.number desc limit 1"
	}
	rows, err := r.tenant.send(ctx, fmt.Sprintf(`select r.deal_id, r.policy_id, r.amount_minor, r.persona_id, r.models, r.outcomes, r.reasons, r.shares, r.credits, r.campaign_ids, r.%s
from deals d left join lateral (select * from attribution_runs x where x.workspace_id = $1 and x.deal_id = d.id %s) r on true
where d.workspace_id = $1 and d.outcome = 'WON' and d.closed_at >= $2 and d.closed_at < $3 and d.currency = $4 order by d.closed_at, d.id`, kept[by], which),
		[]any{r.Workspace, w.From, w.To, w.Currency})
	if err != nil {
		return fmt.Errorf("read runs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		k, err := readKept(rows, by)
		if err != nil {
			return fmt.Errorf("read runs: %w", err)
		}
		if err := take(k); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readKept reads one run; nil where the deal has none.
func readKept(rows pgx.Rows, by attribution.Dimension) (*attribution.Kept, error) {
	var deal, policy, persona *id.UUID
	var amount *int64
	var k attribution.Kept
	if rows.RawValues()[0] == nil {
		return nil, nil
	}
	var models, outcomes, names []string
	var ids []id.UUID
	last := any(&ids)
	if by == attribution.ByChannel || by == attribution.ByDepartment {
		last = &names
	}
	if err := rows.Scan(&deal, &policy, &amount, &persona, &models, &outcomes, &k.Reasons, &k.Shares, &k.Credits, &k.Campaigns, last); err != nil {
		return nil, err
	}
	k.Deal, k.Policy, k.AmountMinor = *deal, *policy, *amount
	for i, m := range models {
		k.Models, k.Outcomes = append(k.Models, attribution.Model(m)), append(k.Outcomes, attribution.Outcome(outcomes[i]))
	}
	for _, n := range names {
		k.Keys = append(k.Keys, attribution.Key{Name: n})
	}
	for _, i := range ids {
		key := attribution.Key{ID: i}
		if by == attribution.ByPersona {
			key.ID = id.UUID{}
			if persona != nil {
				key.ID = *persona
			}
		}
		k.Keys = append(k.Keys, key)
	}
	return &k, nil
}
