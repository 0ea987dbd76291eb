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

// Coverage counts which open leads are covered, now.
func (r *Reader) Coverage(ctx context.Context, now time.Time) (*Coverage, error) {
	in, err := r.AgreementsAt(ctx, AgreementsAtParams{WorkspaceID: r.Workspace, Kinds: []string{string(agreement.SLAPolicy)}, At: now})
	if err != nil {
		return nil, fmt.Errorf("read the SLA policy: %w", err)
	}
	timed := []string{}
	for _, a := range in {
		for _, s := range lifecycle.Stages {
			if slices.ContainsFunc(a.Body.SlaPolicy.Rules, func(r sla.Rule) bool { return string(r.Stage) == s.Clock() }) {
				timed = append(timed, string(s))
			}
		}
	}
	rows, err := r.CountCovered(ctx, CountCoveredParams{WorkspaceID: r.Workspace, Stages: timed})
	if err != nil {
		return nil, fmt.Errorf("count which leads are covered: %w", err)
	}
	if len(rows) == 0 {
		return &Coverage{At: now, Share: 1}, nil
	}
	n := rows[0]
	return &Coverage{At: now, Share: float64(n.Covered) / float64(n.OpenLeads), OpenLeads: n.OpenLeads, Answered: n.Answered, Timed: n.Timed, Clocked: n.Clocked, Missing: n.Uncovered}, nil
}
