package db

import (
	"bytes"
	"context"
	"slices"

	"github.com/leadgraph/leadgraph/internal/id"
)

// CountedRow is what a number can count: a hand-off, a clock, a touch, a lead, a deal, or a campaign that cost something.
type CountedRow interface {
	IsCountedEntry()
	GlobalID() id.Global
}

// IsCountedEntry marks what a number can count.
func (*Lead) IsCountedEntry() {}

// IsCountedEntry marks what a number can count.
func (*Handoff) IsCountedEntry() {}

// IsCountedEntry marks what a number can count.
func (*Clock) IsCountedEntry() {}

// IsCountedEntry marks what a number can count.
func (*Touch) IsCountedEntry() {}

// IsCountedEntry marks what a number can count.
func (*Deal) IsCountedEntry() {}

// IsCountedEntry marks what a number can count.
func (*Campaign) IsCountedEntry() {}

// countedRows reads the objects with some ids, type by type.
func (r *Reader) countedRows(ctx context.Context, of []*Counting, ids [][]id.UUID, limit int, into map[id.UUID]CountedRow) error {
	byKind := map[id.Kind][]id.UUID{}
	for i, c := range of {
		if c != nil {
			byKind[c.kind()] = append(byKind[c.kind()], ids[i][:min(len(ids[i]), limit)]...)
		}
	}
	for kind, ids := range byKind {
		slices.SortFunc(ids, func(a, b id.UUID) int { return bytes.Compare(a[:], b[:]) })
		if err := countedBy[kind](ctx, r, slices.Compact(ids), into); err != nil {
			return err
		}
	}
	return nil
}

// kind is the type of what was counted.
func (c *Counting) kind() id.Kind {
	if c.what == spending {
		return id.Campaign
	}
	return c.what.of.kind
}

// countedBy read the objects of each type.
var countedBy = map[id.Kind]func(context.Context, *Reader, []id.UUID, map[id.UUID]CountedRow) error{
	id.Lead: countedRows[Lead], id.Handoff: countedRows[Handoff], id.Clock: countedRows[Clock], id.Touch: countedRows[Touch], id.Deal: countedRows[Deal], id.Campaign: countedRows[Campaign],
}

func countedRows[T any, P interface {
	*T
	CountedRow
}](ctx context.Context, r *Reader, ids []id.UUID, into map[id.UUID]CountedRow) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := ByID[T](ctx, r, ids)
	for _, row := range rows {
		into[P(row).GlobalID().UUID] = P(row)
	}
	return err
}
