package db

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

// CountBound is up to where lists count exactly.
const CountBound = 10_000

// shape is one kind of list: its table, always under the alias l, and its orders, each with an index of its own.
type shape[T any] struct {
	table  string
	orders map[string]order[T]
}

// order sorts by a column and then by id, both in one direction.
type order[T any] struct {
	column string // empty: by id alone
	desc   bool
	tuple  func(*T) page.Tuple
}

// listing is one question to a list.
type listing[T any] struct {
	shape   shape[T]
	order   string
	args    page.Args
	key     []any              // what else, besides table, workspace and order, decides the items
	filter  func(*query) error // adds to the where clause
	parent  string             // column that holds the parent's id; empty for a root list
	parents []id.UUID          // one page is answered for each, in this order
	joined  bool               // the filter joins the rows to their parents, as p.id: no column holds it
	early   *reference         // the parent, where it is promised: then its id comes with the rows
	column  string             // of early
}

// query is a statement being written. Only constants and parameters' numbers go into its text.
type query struct {
	args     []any
	where    []string
	branches []branch // one of which a row has to fulfil besides; none: that is all
	joins    string
	custom   bool // plan for the values at hand
}

// arg adds a parameter and returns its number.
func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// and adds a condition to the where clause.
func (q *query) and(condition string) { q.where = append(q.where, condition) }

// Page is one page of a list: the connection that GraphQL answers.
type Page[T any] struct {
	Nodes    []*T
	PageInfo *page.Info
	info     page.Info
	places   *places[T]
	count    *counter
	at       int  // which of the pages that were read together
	further  bool // there are more rows in the direction of reading
}

// Cursor is an item's place in the list.
func (p *Page[T]) Cursor(row *T) string { return p.places.cursor(p.at, row) }

// places makes the cursors of lists that were read together.
type places[T any] struct {
	sealer *page.Sealer
	tuple  func(*T) page.Tuple
	key    func(i int) []byte // of the list of the i-th parent
}

func (p *places[T]) cursor(i int, row *T) string { return p.sealer.Seal(p.key(i), p.tuple(row)) }

// Edge is a row in its list. Its cursor is sealed when somebody asks for it.
type Edge[T any] struct {
	Node *T
	page *Page[T]
}

// Edge is a row of the page in its list.
func (p *Page[T]) Edge(row *T) Edge[T] { return Edge[T]{row, p} }

// Cursor is the row's place in the list.
func (e *Edge[T]) Cursor() string { return e.page.Cursor(e.Node) }

// TotalCount is how many items the list has, exact up to CountBound; one more says "more". It is counted once for all pages that
// were asked for together.
func (p *Page[T]) TotalCount(ctx context.Context) (int32, error) {
	p.count.once.Do(func() { p.count.n, p.count.err = p.count.run(ctx) })
	if p.count.err != nil {
		return 0, p.count.err
	}
	return p.count.n[p.at], nil
}

type counter struct {
	once sync.Once
	run  func(context.Context) ([]int32, error)
	n    []int32
	err  error
}

// root answers the page of a list that stands alone.
func root[T any](ctx context.Context, r *Reader, l listing[T]) (*Page[T], error) {
	pages, err := list(ctx, r, l)
	if err != nil {
		return nil, err
	}
	return pages[0], nil
}

// list answers one page for each parent, or one alone, in one statement.
func list[T any](ctx context.Context, r *Reader, l listing[T]) ([]*Page[T], error) {
	o, ok := l.shape.orders[l.order]
	if !ok {
		return nil, fmt.Errorf("list %s has no order %q", l.shape.table, l.order)
	}
	n := max(1, len(l.parents))
	if l.parent != "" && len(l.parents) == 0 {
		return nil, nil
	}
	if err := l.follow(ctx, r); err != nil {
		return nil, err
	}
	keys := make([][]byte, n)
	key := func(i int) []byte {
		if keys[i] == nil {
			keys[i] = page.List(append([]any{l.shape.table, r.Workspace, l.order, parentOf(l.parents, i)}, l.key...)...)
		}
		return keys[i]
	}
	var list []byte
	if l.args.After != nil || l.args.Before != nil {
		list = key(n - 1)
		if n > 1 {
			list = nil // a cursor belongs to one list, so it fits none of several
		}
	}
	req, err := r.tenant.db.sealer.Read(list, l.args)
	if err != nil {
		return nil, err
	}
	out, err := pages(ctx, r, l, req)
	if err != nil {
		return nil, err
	}
	of := &places[T]{r.tenant.db.sealer, o.tuple, key}
	for _, p := range out {
		p.places = of
	}
	return out, nil
}

// pages answers one page for each parent, or one alone, in one statement, for arguments that were read already.
func pages[T any](ctx context.Context, r *Reader, l listing[T], req page.Request) ([]*Page[T], error) {
	o, n := l.shape.orders[l.order], max(1, len(l.parents))
	q, g := &query{}, wanted[T](ctx, "id", o.column)
	var head any // what stands before the columns
	switch {
	case l.early != nil:
		head = &l.parents[0]
	case l.parent != "":
		head = new(int64)
	}
	sql, err := l.sql(q, g, r.Workspace, o, &req)
	if err != nil {
		return nil, err
	}
	rows, err := fetch(ctx, r.tenant.planned(q.custom), g, sql, q.args, n, n*(req.Limit+1), head)
	if err != nil {
		return nil, err
	}
	count := &counter{run: func(ctx context.Context) ([]int32, error) { return l.count(ctx, r, n) }}
	all, out := make([]Page[T], n), make([]*Page[T], n)
	for i := range out {
		out[i] = &all[i]
		out[i].count, out[i].at = count, i
		out[i].cut(rows[i], req)
	}
	return out, nil
}

func parentOf(parents []id.UUID, i int) any {
	if len(parents) == 0 {
		return nil
	}
	return parents[i]
}

// sql writes the statement: the page alone, or one page beside each parent.
func (l listing[T]) sql(q *query, g *reading[T], workspace id.UUID, o order[T], req *page.Request) (string, error) {
	ws := q.arg(workspace)
	var of string
	if l.early != nil {
		of = q.arg(l.early.id)
	} else if l.parent != "" {
		of = q.arg(l.parents)
	}
	q.and("l.workspace_id = " + ws)
	if l.parent != "" && !l.joined {
		q.and("l." + l.parent + " = p.id")
	}
	if l.filter != nil {
		if err := l.filter(q); err != nil {
			return "", err
		}
	}
	down := o.desc != req.Backward
	q.seek(o.column, req.After, o.desc)
	q.seek(o.column, req.Before, !o.desc)
	by := "l.id" + direction(down)
	if o.column != "" {
		by = "l." + o.column + direction(down) + ", " + by
	}
	inner := q.paged(g.columns, l.shape.table, by, req.Limit+1)
	if l.parent == "" {
		return inner, nil
	}
	if l.early != nil {
		return fmt.Sprintf("select p.id, l.* from %s p(id) cross join lateral (%s) l", l.early.value(l.column, ws, of), inner), nil
	}
	return fmt.Sprintf("select p.ord, l.* from unnest(%s::uuid[]) with ordinality as p(id, ord) cross join lateral (%s) l", of, inner), nil
}

// seek begins behind a place.
func (q *query) seek(column string, t *page.Tuple, down bool) {
	if t == nil {
		return
	}
	op := " > "
	if down {
		op = " < "
	}
	if column == "" {
		q.and("l.id" + op + q.arg(t.ID))
		return
	}
	q.and("(l." + column + ", l.id)" + op + "(" + q.arg(t.Key()) + ", " + q.arg(t.ID) + ")")
}

func direction(down bool) string {
	if down {
		return " desc"
	}
	return ""
}

// count counts the items of each parent's list, up to the bound.
func (l listing[T]) count(ctx context.Context, r *Reader, n int) ([]int32, error) {
	q := &query{}
	ws := q.arg(r.Workspace)
	from := ""
	if l.parent != "" {
		from = " from unnest(" + q.arg(l.parents) + "::uuid[]) with ordinality as p(id, ord)"
	}
	q.and("l.workspace_id = " + ws)
	if l.parent != "" && !l.joined {
		q.and("l." + l.parent + " = p.id")
	}
	if l.filter != nil {
		if err := l.filter(q); err != nil {
			return nil, err
		}
	}
	all, _ := q.branched(func(where string) string {
		return fmt.Sprintf("select from %s l%s where %s", l.shape.table, q.joins, where)
	})
	counted := fmt.Sprintf("(select count(*) from (%s limit %d) c)", all, CountBound+1)
	ord := "1::bigint"
	if l.parent != "" {
		ord = "p.ord"
	}
	rows, err := r.tenant.planned(q.custom).Query(ctx, "select "+ord+", "+counted+from, q.args...)
	if err != nil {
		return nil, fmt.Errorf("count %s: %w", l.shape.table, err)
	}
	defer rows.Close()
	counts := make([]int32, n)
	for rows.Next() {
		var at, c int64
		if err := rows.Scan(&at, &c); err != nil {
			return nil, fmt.Errorf("count %s: %w", l.shape.table, err)
		}
		counts[at-1] = int32(c)
	}
	return counts, rows.Err()
}

// follow finds out whether the parent is promised. A cursor belongs to the list of one parent, so for that the parent is looked up.
func (l *listing[T]) follow(ctx context.Context, r *Reader) error {
	ref, column, early := following(ctx)
	if l.parent == "" || !early {
		return nil
	}
	if l.args.After == nil && l.args.Before == nil {
		l.early, l.column = &ref, column
		return nil
	}
	var of *id.UUID
	err := r.tenant.QueryRow(ctx, "select "+ref.value(column, "$1", "$2"), r.Workspace, ref.id).Scan(&of)
	if err == nil && of != nil {
		l.parents[0] = *of
	}
	return err
}

// fetch reads the rows, each to its parent, whose number stands before the columns where head is a number. There will hardly
// be more than most.
func fetch[T any](ctx context.Context, t tenant, g *reading[T], sql string, args []any, n, most int, head any) ([][]*T, error) {
	rows, err := t.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("read a page: %w", err)
	}
	defer rows.Close()
	number, numbered := head.(*int64)
	dest := make([]any, 0, len(g.fields)+1)
	mem, made, out := newArena(most), slab[T]{next: most}, newParts[T](n, most)
	for rows.Next() {
		row, at := made.row(), 0
		if dest = dest[:0]; head != nil {
			dest = append(dest, head)
		}
		if err := scan(rows, g.places(row, dest), mem); err != nil {
			return nil, fmt.Errorf("read a page: %w", err)
		}
		if numbered {
			at = int(*number) - 1
		}
		out.add(at, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read a page: %w", err)
	}
	return out.of, nil
}

// cut takes the rows without the one that only told whether there are more, a backward page in order.
func (p *Page[T]) cut(rows []*T, req page.Request) {
	p.further = len(rows) > req.Limit
	if p.further {
		rows = rows[:req.Limit]
	}
	if rows == nil {
		rows = []*T{}
	}
	p.Nodes, p.PageInfo = rows, &p.info
	p.info = page.Info{HasNextPage: p.further, HasPreviousPage: req.After != nil, End: p.end}
	if req.Backward {
		slices.Reverse(rows)
		p.info.HasNextPage, p.info.HasPreviousPage = req.Before != nil, p.further
	}
}

func (p *Page[T]) end(last bool) *string {
	switch {
	case len(p.Nodes) == 0:
		return nil
	case last:
		return new(p.Cursor(p.Nodes[len(p.Nodes)-1]))
	}
	return new(p.Cursor(p.Nodes[0]))
}
