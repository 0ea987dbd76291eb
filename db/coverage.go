package db

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// Coverage tells whether every open lead has somebody who answers for it and, where its stage has one, a clock.
type Coverage struct {
	At        time.Time
	Share     float64
	OpenLeads int32
	Answered  int32
	Timed     int32
	Clocked   int32
	Missing   []id.UUID // leads that are not covered, at most 100
}

// What coverage counts besides open leads and those that are covered.
var (
	answered  = &counted{of: pursued, where: "p.answered"}
	timed     = &counted{of: pursued, where: "p.timed"}
	clocked   = &counted{of: pursued, where: "p.clocked"}
	uncovered = &counted{of: pursued, where: "not p.answered or p.timed and not p.clocked"}
)

// Coverage counts which open leads are covered, now.
func (r *Reader) Coverage(ctx context.Context, now time.Time) (*Coverage, error) {
	stages, err := r.timedStages(ctx, now)
	if err != nil {
		return nil, err
	}
	a := &asking{windows: []window{{}}, timed: stages}
	counts, err := r.tally(ctx, a, []*counted{opens, covers, answered, timed, clocked, uncovered})
	if err != nil {
		return nil, fmt.Errorf("count which leads are covered: %w", err)
	}
	n := func(c *counted) int32 { return int32(counts.of(c, nil).rows) }
	out := &Coverage{At: now, Share: 1, OpenLeads: n(opens), Answered: n(answered), Timed: n(timed), Clocked: n(clocked), Missing: []id.UUID{}}
	if out.OpenLeads > 0 {
		out.Share = float64(n(covers)) / float64(out.OpenLeads)
	}
	if n(uncovered) > 0 {
		ids, err := r.ids(ctx, []*Counting{{ask: a, what: uncovered}}, 100)
		if err != nil {
			return nil, err
		}
		out.Missing = ids[0]
	}
	return out, nil
}

// timedStages are the stages that have a clock by the SLA policy in force.
func (r *Reader) timedStages(ctx context.Context, now time.Time) ([]string, error) {
	in, err := r.AgreementsAt(ctx, AgreementsAtParams{WorkspaceID: r.Workspace, Kinds: []string{string(agreement.SLAPolicy)}, At: now})
	if err != nil {
		return nil, fmt.Errorf("read the SLA policy: %w", err)
	}
	stages := []string{}
	for _, a := range in {
		for _, s := range lifecycle.Stages {
			if slices.ContainsFunc(a.Body.SlaPolicy.Rules, func(r sla.Rule) bool { return string(r.Stage) == s.Clock() }) {
				stages = append(stages, string(s))
			}
		}
	}
	return stages, nil
}
