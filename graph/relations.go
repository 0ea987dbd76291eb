package graph

import (
	"bytes"
	"context"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
)

// one resolves a relation to one object for all parents in one statement: the keys, each once, then the objects in the parents' order.
func one[P, T any](ctx context.Context, r *Resolver, parents []*P, key func(*P) *id.UUID, idOf func(*T) id.UUID) ([]*T, error) {
	reader := r.read(ctx)
	if row, early, err := db.Referred[T](ctx, reader); early {
		return []*T{row}, err
	}
	ids := make([]id.UUID, 0, len(parents))
	for _, p := range parents {
		if k := key(p); k != nil {
			ids = append(ids, *k)
		}
	}
	out := make([]*T, len(parents))
	if len(ids) == 0 {
		return out, nil
	}
	slices.SortFunc(ids, func(a, b id.UUID) int { return bytes.Compare(a[:], b[:]) })
	rows, err := db.ByID[T](ctx, reader, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	byID := make(map[id.UUID]*T, len(rows))
	for _, row := range rows {
		byID[idOf(row)] = row
	}
	for i, p := range parents {
		if k := key(p); k != nil {
			out[i] = byID[*k]
		}
	}
	return out, nil
}

// ids are the parents' own ids.
func ids[P any](parents []*P, idOf func(*P) id.UUID) []id.UUID {
	out := make([]id.UUID, len(parents))
	for i, p := range parents {
		out[i] = idOf(p)
	}
	return out
}

// pages puts each parent's page into its connection.
func pages[P, C any](of []P, err error, wrap func(P) *C) ([]*C, error) {
	if err != nil {
		return nil, err
	}
	out := make([]*C, len(of))
	for i, p := range of {
		out[i] = wrap(p)
	}
	return out, nil
}

// single puts a page into its connection.
func single[T, C any](p *db.Page[T], err error, wrap func(*db.Page[T]) *C) (*C, error) {
	if err != nil {
		return nil, err
	}
	return wrap(p), nil
}

// grouped gives each parent its rows.
func grouped[T any](parents []id.UUID, rows []*T, err error, parentOf func(*T) id.UUID) ([][]*T, error) {
	if err != nil {
		return nil, err
	}
	at := make(map[id.UUID][]*T, len(parents))
	for _, row := range rows {
		at[parentOf(row)] = append(at[parentOf(row)], row)
	}
	out := make([][]*T, len(parents))
	for i, p := range parents {
		if out[i] = at[p]; out[i] == nil {
			out[i] = []*T{}
		}
	}
	return out, nil
}
