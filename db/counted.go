package db

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// CountedPage is a page of what a number counts, newest first.
type CountedPage struct {
	Entries []CountedRow
	Info    *page.Info
	total   int64
	cursor  func(id.UUID) string
}

// Cursor is an entry's place in the list.
func (p *CountedPage) Cursor(e CountedRow) string { return p.cursor(e.GlobalID().UUID) }

// TotalCount is how many there are, exact up to CountBound; one more says "more".
func (p *CountedPage) TotalCount() int32 { return int32(min(p.total, CountBound+1)) }

// Counts is what a part of a number took in.
func (m *Measure) Counts(part scorecard.Part) *Counting { return m.parts[part] }

// Counted are pages of what numbers took in, in one statement for each kind of count, and one for each type of object. Of a part that a number does
// not have, nothing. A cursor is of one number: of the others beside it, nothing.
func (r *Reader) Counted(ctx context.Context, of []*Counting, a page.Args) ([]*CountedPage, error) {
	asked, req, err := r.places(of, a)
	if err != nil {
		return nil, err
	}
	ids, err := r.seek(ctx, asked, req)
	if err != nil {
		return nil, err
	}
	out := make([]*CountedPage, len(of))
	rows := map[id.UUID]CountedRow{}
	if err := r.countedRows(ctx, asked, ids, req.Limit, rows); err != nil {
		return nil, err
	}
	for i, c := range of {
		out[i] = r.cutCounted(c, ids[i], rows, req)
	}
	return out, nil
}

// places reads the arguments, and leaves out the numbers to whose lists a cursor does not belong.
func (r *Reader) places(of []*Counting, a page.Args) (asked []*Counting, req page.Request, err error) {
	if a.After == nil && a.Before == nil {
		req, err = r.tenant.db.sealer.Read(nil, a)
		return of, req, err
	}
	asked, belongs := make([]*Counting, len(of)), false
	_, miss := r.tenant.db.sealer.Read(nil, a)
	for i, c := range of {
		if c == nil {
			continue
		}
		its, not := r.tenant.db.sealer.Read(c.list(r), a)
		if not != nil {
			miss = not
			continue
		}
		asked[i], req, belongs = c, its, true
	}
	if !belongs {
		return nil, req, miss
	}
	return asked, req, nil
}

// cutCounted makes a page of the ids that were found.
func (r *Reader) cutCounted(c *Counting, ids []id.UUID, rows map[id.UUID]CountedRow, req page.Request) *CountedPage {
	p := &CountedPage{Entries: []CountedRow{}, Info: &page.Info{HasPreviousPage: req.After != nil}}
	more := len(ids) > req.Limit
	ids = ids[:min(len(ids), req.Limit)]
	p.Info.HasNextPage = more
	if req.Backward {
		slices.Reverse(ids)
		p.Info.HasNextPage, p.Info.HasPreviousPage = req.Before != nil, more
	}
	for _, i := range ids {
		if row := rows[i]; row != nil {
			p.Entries = append(p.Entries, row)
		}
	}
	if c != nil {
		p.total = c.n
		p.cursor = func(i id.UUID) string { return r.tenant.db.sealer.Seal(c.list(r), page.Tuple{ID: i}) }
	}
	p.Info.End = func(last bool) *string {
		switch {
		case len(p.Entries) == 0:
			return nil
		case last:
			return new(p.Cursor(p.Entries[len(p.Entries)-1]))
		}
		return new(p.Cursor(p.Entries[0]))
	}
	return p
}

// ids are the newest that counts took in.
func (r *Reader) ids(ctx context.Context, of []*Counting, limit int) ([][]id.UUID, error) {
	return r.seek(ctx, of, page.Request{Limit: limit - 1})
}

// seek finds the ids of pages, each with one more than asked that tells whether there is a next page.
func (r *Reader) seek(ctx context.Context, of []*Counting, req page.Request) ([][]id.UUID, error) {
	out := make([][]id.UUID, len(of))
	done := make([]bool, len(of))
	for i, c := range of {
		switch {
		case done[i] || c == nil:
			continue
		case c.what == spending:
			out[i] = within(c.ids, req)
			continue
		}
		var same []*Counting
		var at []int
		for j := i; j < len(of); j++ {
			if o := of[j]; o != nil && o.ask == c.ask && o.what == c.what {
				same, at, done[j] = append(same, o), append(at, j), true
			}
		}
		found, err := r.seekOne(ctx, same, req)
		if err != nil {
			return nil, err
		}
		for k, j := range at {
			out[j] = found[k]
		}
	}
	return out, nil
}

// seekOne finds the ids of pages of one count, for several groups and details, in one statement.
func (r *Reader) seekOne(ctx context.Context, of []*Counting, req page.Request) ([][]id.UUID, error) {
	a, what := of[0].ask, of[0].what
	q := &query{args: []any{r.Workspace}}
	from, where, key := a.source(q, what.of)
	q.and(where)
	if what.where != "" {
		q.and("(" + a.fill(q, what.where) + ")")
	}
	groups, details := make([]*string, len(of)), make([]string, len(of))
	for i, c := range of {
		groups[i], details[i] = c.group, c.detail
	}
	q.where = append(q.where, belongs(of, key)...)
	after, before, way := " < ", " > ", " desc"
	if req.Backward {
		way = ""
	}
	if req.After != nil {
		q.and("p.id" + after + q.arg(req.After.ID))
	}
	if req.Before != nil {
		q.and("p.id" + before + q.arg(req.Before.ID))
	}
	sql := fmt.Sprintf(`select x.ord, x.id from (select g.ord, p.id, row_number() over (partition by g.ord order by p.id%s) as place from %s
		join unnest(%s::text[], %s::text[]) with ordinality as g(key, detail, ord) on true where %s) x where x.place <= %d order by x.ord, x.place`,
		way, from, q.arg(groups), q.arg(details), strings.Join(q.where, " and "), req.Limit+1)
	rows, err := r.tenant.reporting().Query(ctx, sql, q.args...)
	if err != nil {
		return nil, fmt.Errorf("read what was counted: %w", err)
	}
	defer rows.Close()
	out := make([][]id.UUID, len(of))
	for rows.Next() {
		var ord int64
		var i id.UUID
		if err := rows.Scan(&ord, &i); err != nil {
			return nil, fmt.Errorf("read what was counted: %w", err)
		}
		out[ord-1] = append(out[ord-1], i)
	}
	return out, rows.Err()
}

// belongs are the conditions under which a row is in a list. Where every list is of a group, or of a detail, it is found by equality alone: the rows are then read once, however many lists there are.
func belongs(of []*Counting, key string) (all []string) {
	whole, every := 0, 0
	for _, c := range of {
		if c.group == nil {
			whole++
		}
		if c.detail == "" {
			every++
		}
	}
	if group := fmt.Sprintf("g.key = coalesce((%s)::text, '')", key); whole == 0 {
		all = append(all, group)
	} else if whole < len(of) {
		all = append(all, "(g.key is null or "+group+")")
	}
	if detail := fmt.Sprintf("g.detail = (%s)::text", of[0].what.detail); every == 0 {
		all = append(all, detail)
	} else if every < len(of) {
		all = append(all, "(g.detail = '' or "+detail+")")
	}
	return all
}

// within is a page of ids that are known already.
func within(all []id.UUID, req page.Request) []id.UUID {
	var ids []id.UUID
	for _, i := range all {
		if (req.After == nil || bytes.Compare(i[:], req.After.ID[:]) < 0) && (req.Before == nil || bytes.Compare(i[:], req.Before.ID[:]) > 0) {
			ids = append(ids, i)
		}
	}
	slices.SortFunc(ids, func(a, b id.UUID) int { return bytes.Compare(b[:], a[:]) })
	if req.Backward {
		slices.Reverse(ids)
	}
	return ids[:min(len(ids), req.Limit+1)]
}
