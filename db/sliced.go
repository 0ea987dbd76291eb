package db

import (
	"context"
	"slices"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/page"
)

// sliced is a page of a list that is in memory already: what is made for an answer, and not read. Its cursors are tuples without a time.
func sliced[T any](r *Reader, key []byte, all []*T, a page.Args, tuple func(*T) page.Tuple) (*Page[T], error) {
	req, err := r.tenant.db.sealer.Read(key, a)
	if err != nil {
		return nil, err
	}
	from, to := 0, len(all)
	if req.After != nil {
		if from, err = located(all, req.After, "after", tuple); err != nil {
			return nil, err
		}
		from++
	}
	if req.Before != nil {
		if to, err = located(all, req.Before, "before", tuple); err != nil {
			return nil, err
		}
	}
	part := slices.Clone(all[from:max(from, to)])
	if req.Backward {
		slices.Reverse(part)
	}
	p := &Page[T]{places: &places[T]{r.tenant.db.sealer, tuple, func(int) []byte { return key }},
		count: &counter{run: func(context.Context) ([]int32, error) { return []int32{int32(min(len(all), CountBound+1))}, nil }}}
	p.cut(part[:min(len(part), req.Limit+1)], req)
	return p, nil
}

// located finds an item by its cursor.
func located[T any](all []*T, at *page.Tuple, field string, tuple func(*T) page.Tuple) (int, error) {
	word := func(t page.Tuple) string {
		if t.Text == nil {
			return ""
		}
		return *t.Text
	}
	i := slices.IndexFunc(all, func(x *T) bool { t := tuple(x); return t.ID == at.ID && word(t) == word(*at) })
	if i < 0 {
		return 0, &fault.Error{Code: fault.CursorMismatch, Field: field, Message: "What this cursor stands for is not in the list any more. Start again without it."}
	}
	return i, nil
}
