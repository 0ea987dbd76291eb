package db

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// VersionsUnder are the versions in force in the numbers' periods of the rules that each rests on, oldest first.
func (r *Reader) VersionsUnder(ctx context.Context, numbers []*Measure) ([][]id.UUID, error) {
	var all scorecard.Span
	p := AgreementsDuringParams{WorkspaceID: r.Workspace}
	for _, m := range numbers {
		if all.From.IsZero() || m.span.From.Before(all.From) {
			all.From = m.span.From
		}
		if m.span.To.After(all.To) {
			all.To = m.span.To
		}
		if kind := string(m.Metric.Under()); !slices.Contains(p.Kinds, kind) {
			p.Kinds = append(p.Kinds, kind)
		}
	}
	p.FromAt, p.ToAt = all.From, all.To
	rows, err := r.AgreementsDuring(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("read which rules were in force: %w", err)
	}
	out := make([][]id.UUID, len(numbers))
	for i, m := range numbers {
		for _, v := range rows {
			if v.Kind == m.Metric.Under() && v.PublishedAt.Before(m.span.To) && (v.SupersededAt == nil || v.SupersededAt.After(m.span.From)) {
				out[i] = append(out[i], v.ID)
			}
		}
	}
	return out, nil
}
