package db

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/level"
)

// reference is a promised row: statements follow its columns in the database.
type reference struct {
	row   string // its type
	table string
	id    id.UUID
}

// Later promises the row with an id, so that it can be read in one round trip with what it refers to. It returns false where nobody
// waits for promises.
func Later[T any](ctx context.Context, r *Reader, of id.UUID) (*T, bool) {
	row, g, ref := new(T), wanted[T](ctx, "id"), reference{reflect.TypeFor[T]().Name(), table[T](), of}
	return row, level.Postpone(ctx, &level.Promise{
		Of:    ref,
		Early: func(field string) bool { return ref.column(field) != "" },
		Read: func(ctx context.Context) (func(), error) {
			found, err := readBy(ctx, r, g, "$2", of, 1)
			if err != nil || len(found) == 0 {
				return nil, err
			}
			return func() { *row = *found[0] }, nil
		},
	})
}

// column is the only one that a relation needs, and not the row's own id; empty where it needs something else.
func (r reference) column(relation string) string {
	c := needs[r.row][relation]
	if c == "id" || strings.Contains(c, " ") {
		return ""
	}
	return c
}

// following is the promised parent of the relation being resolved, and the column that leads on.
func following(ctx context.Context) (ref reference, column string, ok bool) {
	of, relation := level.Early(ctx)
	ref, ok = of.(reference)
	return ref, ref.column(relation), ok
}

// value is the statement for a promised row's column; ws and of are the parameters of its workspace and id.
func (r reference) value(column, ws, of string) string {
	return fmt.Sprintf("(select p.%s from %s p where p.workspace_id = %s and p.id = %s)", column, r.table, ws, of)
}

// Referred reads the row that a promised row refers to. early is false where the parents have been read: then they know its id.
func Referred[T any](ctx context.Context, r *Reader) (row *T, early bool, err error) {
	ref, column, early := following(ctx)
	if !early {
		return nil, false, nil
	}
	rows, err := readBy(ctx, r, wanted[T](ctx, "id"), ref.value(column, "$1", "$2"), ref.id, 1)
	if err != nil || len(rows) == 0 {
		return nil, true, err
	}
	return rows[0], true, nil
}

// readBy reads the rows whose id is that of an expression, in which $2 is the argument.
func readBy[T any](ctx context.Context, r *Reader, g *reading[T], expression string, arg any, most int) ([]*T, error) {
	sql := "select " + g.columns + " from " + table[T]() + " l where l.workspace_id = $1 and l.id = " + expression
	rows, err := fetch(ctx, r.tenant, g, sql, []any{r.Workspace, arg}, 1, most, nil)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", table[T](), err)
	}
	return rows[0], nil
}
