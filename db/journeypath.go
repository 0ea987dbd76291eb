package db

import (
	"context"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

// GlobalID is the id of the deal, or of the lead where there was none.
func (j *Journey) GlobalID() id.Global {
	if j.Outcome == JourneyNoDeal {
		return id.Global{Kind: id.Lead, UUID: j.ID}
	}
	return id.Global{Kind: id.Deal, UUID: j.ID}
}

// JourneyFilter says which journeys; all that is given must hold.
type JourneyFilter struct {
	Outcomes               []JourneyOutcome
	EndedFrom, EndedBefore *time.Time
}

// JourneyList are journeys, those that ended last first, as the policy in force sees them by now.
func (r *Reader) JourneyList(ctx context.Context, a page.Args, f *JourneyFilter, now time.Time) (*Page[Journey], error) {
	if f == nil {
		f = &JourneyFilter{}
	}
	version, err := r.attributionPolicy(ctx, nil)
	if err != nil {
		return nil, err
	}
	w := JourneysOf(version.Body.AttributionPolicy, time.Time{}, now)
	if f.Outcomes != nil {
		w.Outcomes = slices.DeleteFunc(slices.Clone(JourneyOutcomes), func(o JourneyOutcome) bool { return !slices.Contains(f.Outcomes, o) })
	}
	if len(w.Outcomes) == 0 {
		return nil, fault.Input("filter.outcomes", "Name at least one outcome, or leave this out for all.")
	}
	if f.EndedFrom != nil {
		w.From = *f.EndedFrom
	}
	if f.EndedBefore != nil && f.EndedBefore.Before(now) {
		w.To = *f.EndedBefore
	}
	return r.journeys(ctx, a, &w, f)
}

// JourneyPath is the touches of a journey that count.
type JourneyPath struct {
	Count int32
	Steps []*JourneyStep
}

// JourneyStep is a touch of a journey.
type JourneyStep struct {
	TouchID      id.UUID
	OccurredAt   time.Time
	Channel      contact.Channel
	ChannelGroup string
}

// JourneyPaths are the touches of journeys that count under the policy in force, the first so many of each, in one statement.
func (r *Reader) JourneyPaths(ctx context.Context, of []*Journey, first int32) ([]*JourneyPath, error) {
	if first < 1 || first > page.Max {
		return nil, fault.Input("first", "Ask for 1 to %d steps.", page.Max)
	}
	version, err := r.attributionPolicy(ctx, nil)
	if err != nil {
		return nil, err
	}
	policy := version.Body.AttributionPolicy
	a := attribution.New(policy)
	read, err := newTouchReader(ctx, r.Queries, r.Workspace, policy.LookBackDays)
	if err != nil {
		return nil, err
	}
	spans, out := make([]buyer, len(of)), make([]*JourneyPath, len(of))
	for i, j := range of {
		spans[i] = buyer{j.ContactID, j.AccountID, j.EndedAt}
	}
	err = read.each(ctx, r.tenant.send, spans, func(i int, touches []attribution.Touch) error {
		j := of[i].Journey()
		j.Touches = touches
		steps, err := a.Path(&j)
		out[i] = &JourneyPath{Count: int32(len(steps)), Steps: []*JourneyStep{}}
		for _, s := range steps[:min(len(steps), int(first))] {
			out[i].Steps = append(out[i].Steps, &JourneyStep{TouchID: s.Touch.ID, OccurredAt: s.Touch.At, Channel: s.Touch.Channel, ChannelGroup: s.Group})
		}
		return err
	})
	return out, err
}
