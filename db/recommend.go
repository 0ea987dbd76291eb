package db

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/resource"
)

const (
	mostCandidates = 200 // resources of a cell that are looked at
	mostPersonas   = 100 // rows of the matrix
)

// ResourceLift is what was observed of a resource among the leads of a persona at a position. It is written here, and read among candidates.
type ResourceLift struct {
	WorkspaceID  id.UUID                `db:"workspace_id"`
	PersonaID    id.UUID                `db:"persona_id"`
	Position     contact.FunnelPosition `db:"position"`
	ResourceID   id.UUID                `db:"resource_id"`
	Viewers      int32                  `db:"viewers"`
	ViewersMoved int32                  `db:"viewers_moved"`
	Others       int32                  `db:"others"`
	OthersMoved  int32                  `db:"others_moved"`
	Lift         float64                `db:"lift"`
	ComputedAt   time.Time              `db:"computed_at"`
}

// spot is where leads stand that the same resources fit.
type spot struct {
	persona  id.UUID // zero: none
	position contact.FunnelPosition
}

// spotOf is where a lead stands; false where no content is of use.
func spotOf(l *Lead) (s spot, ok bool) {
	p, ok := resource.RungOf(l.Stage)
	s.position = p.Position
	if l.PersonaID != nil {
		s.persona = *l.PersonaID
	}
	return s, ok
}

// Recommendations are the first resources for each of several leads, in two statements.
func (r *Reader) Recommendations(ctx context.Context, leads []*Lead, first int, now time.Time) ([][]*resource.Recommendation, error) {
	out, spots, p := make([][]*resource.Recommendation, len(leads)), map[spot]int{}, ResourceCandidatesParams{WorkspaceID: r.Workspace, Now: now, Most: mostCandidates}
	seen := SeenResourcesParams{WorkspaceID: r.Workspace}
	for i, l := range leads {
		out[i] = []*resource.Recommendation{}
		s, ok := spotOf(l)
		if !ok {
			continue
		}
		seen.ContactIds = append(seen.ContactIds, l.ContactID)
		if _, known := spots[s]; !known {
			spots[s] = len(spots)
			p.PersonaIds, p.Positions = append(p.PersonaIds, s.persona), append(p.Positions, string(s.position))
		}
	}
	if len(spots) == 0 {
		return out, nil
	}
	rows, err := r.ResourceCandidates(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("read resources that fit: %w", err)
	}
	all := make([][]resource.Candidate, len(spots))
	for _, row := range rows {
		c := resource.Candidate{ResourceID: row.ID, Own: row.Own, PublishedAt: row.PublishedAt}
		if row.Observed {
			c.Lift = &resource.Lift{Viewers: int(row.Viewers), ViewersMoved: int(row.ViewersMoved), Others: int(row.Others), OthersMoved: int(row.OthersMoved), ComputedAt: row.ComputedAt}
		}
		all[row.Ord-1] = append(all[row.Ord-1], c)
		seen.ResourceIds = append(seen.ResourceIds, row.ID)
	}
	known, err := r.seen(ctx, seen)
	if err != nil {
		return nil, err
	}
	for i, l := range leads {
		if s, ok := spotOf(l); ok {
			out[i] = resource.Recommend(all[spots[s]], func(res id.UUID) bool { return known[[2]id.UUID{l.ContactID, res}] }, s.position, first)
		}
	}
	return out, nil
}

// seen tells which people have seen which resources.
func (r *Reader) seen(ctx context.Context, p SeenResourcesParams) (map[[2]id.UUID]bool, error) {
	known := map[[2]id.UUID]bool{}
	rows, err := r.SeenResources(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("read what people have seen: %w", err)
	}
	for _, row := range rows {
		known[[2]id.UUID{row.ContactID, row.ResourceID}] = true
	}
	return known, nil
}

// ResourceMatrix is what there is for each active persona that is to be won, the most important first, at each position, in two statements.
func (r *Reader) ResourceMatrix(ctx context.Context, now time.Time) ([]*resource.Cell, error) {
	var stages []string
	for _, s := range lifecycle.Stages {
		if _, ok := resource.RungOf(s); ok {
			stages = append(stages, string(s))
		}
	}
	leads, err := r.CellPersonas(ctx, CellPersonasParams{WorkspaceID: r.Workspace, Most: mostPersonas, Stages: stages})
	if err != nil {
		return nil, fmt.Errorf("count leads by persona and stage: %w", err)
	}
	out, at := []*resource.Cell{}, map[spot]*resource.Cell{}
	for _, row := range leads {
		if at[spot{row.ID, contact.PositionTop}] == nil {
			for _, p := range contact.FunnelPositions {
				c := &resource.Cell{PersonaID: row.ID, Position: p}
				out, at[spot{row.ID, p}] = append(out, c), c
			}
		}
		if p, ok := resource.RungOf(lifecycle.Stage(row.Stage)); ok {
			at[spot{row.ID, p.Position}].Leads += int(row.Leads)
		}
	}
	cells, err := r.ResourceCells(ctx, ResourceCellsParams{WorkspaceID: r.Workspace, Most: mostPersonas, Now: now, Soon: now.Add(resource.Soon), Outdated: now.Add(-resource.Outdated),
		Unused: now.Add(-resource.Unused)})
	if err != nil {
		return nil, fmt.Errorf("count resources by persona and position: %w", err)
	}
	for _, row := range cells {
		if c := at[spot{row.PersonaID, row.Position}]; c != nil {
			c.Resources, c.OwnLabelled = int(row.Resources), int(row.OwnLabelled)
			c.ExpireSoon, c.Outdated, c.Unused = int(row.ExpireSoon), int(row.Outdated), int(row.Unused)
		}
	}
	return out, nil
}
