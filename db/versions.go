package db

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// Rests is what a number rests on: rules of a kind, as they were in force in a stretch of time.
type Rests struct {
	On agreement.Kind
	In scorecard.Span
}

// Rests is what the number rests on.
func (m *Measure) Rests() Rests { return m.rests }

// VersionsUnder are the versions that numbers rest on, for each oldest first.
func (r *Reader) VersionsUnder(ctx context.Context, numbers []Rests) ([][]id.UUID, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	all := numbers[0].In
	p := AgreementsDuringParams{WorkspaceID: r.Workspace}
	for _, n := range numbers {
		if n.In.From.Before(all.From) {
			all.From = n.In.From
		}
		if n.In.To.After(all.To) {
			all.To = n.In.To
		}
		if kind := string(n.On); !slices.Contains(p.Kinds, kind) {
			p.Kinds = append(p.Kinds, kind)
		}
	}
	p.FromAt, p.ToAt = all.From, all.To
	rows, err := r.AgreementsDuring(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("read which rules were in force: %w", err)
	}
	out := make([][]id.UUID, len(numbers))
	for i, n := range numbers {
		for _, v := range rows {
			if v.Kind == n.On && v.PublishedAt.Before(n.In.To) && (v.SupersededAt == nil || v.SupersededAt.After(n.In.From)) {
				out[i] = append(out[i], v.ID)
			}
		}
	}
	return out, nil
}
