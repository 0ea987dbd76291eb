package db

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/internal/id"
)

// Insert writes rows in one statement, whatever their number: each column travels as one array. Columns that the database makes
// itself are left out. The suffix, a constant, may say what happens on a conflict.
func Insert[T any](ctx context.Context, tx *Tx, table string, rows []*T, suffix string, leave ...string) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	sql, args := insertion(table, rows, suffix, leave, nil)
	tag, err := tx.Exec(ctx, sql, args...)
	if err != nil {
		return 0, fmt.Errorf("insert into %s: %w", table, err)
	}
	return tag.RowsAffected(), nil
}

// Update writes changed rows in one statement, by workspace and id. Columns that never change are left out.
func Update[T any](ctx context.Context, tx *Tx, table string, rows []*T, leave ...string) error {
	if len(rows) == 0 {
		return nil
	}
	sql, args := change(table, rows, leave, nil)
	if _, err := tx.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("update %s: %w", table, err)
	}
	return nil
}

// insertion is the statement of Insert, whose arguments come behind others.
func insertion[T any](table string, rows []*T, suffix string, leave []string, before []any) (sql string, args []any) {
	cols, from, args := spread(rows, leave, before)
	return fmt.Sprintf("insert into %s (%s) select * from %s u %s", table, strings.Join(cols, ", "), from, suffix), args
}

// change is the statement of Update, whose arguments come behind others.
func change[T any](table string, rows []*T, leave []string, before []any) (sql string, args []any) {
	cols, from, args := spread(rows, leave, before)
	var set []string
	for _, c := range cols {
		if c != "workspace_id" && c != "id" {
			set = append(set, c+" = u."+c)
		}
	}
	return fmt.Sprintf("update %s t set %s from %s u where t.workspace_id = u.workspace_id and t.id = u.id", table, strings.Join(set, ", "), from), args
}

// spread turns rows into a sub-select with their columns, and its arguments: an array for each column, but a single value where all rows
// of a longer list have the same one: workspaces, sources and what is absent need not travel a hundred times. They come behind those of
// other parts of the statement.
func spread[T any](rows []*T, leave []string, args []any) (cols []string, from string, _ []any) {
	t := reflect.TypeFor[T]()
	var picks, arrays, names []string
	for i := range t.NumField() {
		f := t.Field(i)
		col, kind := f.Tag.Get("db"), sqlType(f.Type)
		if slices.Contains(leave, col) {
			continue
		}
		column := columnOf(rows, i)
		cols = append(cols, col)
		if len(rows) >= 10 && !isDocument(f.Type) && !strings.HasSuffix(kind, "[]") && same(column) {
			args = append(args, column.Index(0).Interface())
			picks = append(picks, fmt.Sprintf("$%d::%s as %s", len(args), kind, col))
			continue
		}
		args = append(args, plain(column.Interface()))
		names = append(names, col)
		if strings.HasSuffix(kind, "[]") { // arrays of arrays are one array to Postgres, so each list travels as a text
			arrays, picks = append(arrays, fmt.Sprintf("$%d::text[]", len(args))), append(picks, "v."+col+"::"+kind+" as "+col)
			continue
		}
		arrays, picks = append(arrays, fmt.Sprintf("$%d::%s[]", len(args), kind)), append(picks, "v."+col)
	}
	return cols, fmt.Sprintf("(select %s from unnest(%s) as v(%s))", strings.Join(picks, ", "), strings.Join(arrays, ", "), strings.Join(names, ", ")), args
}

// columnOf is one field of all rows. Words are texts whatever their type, which are sent without asking each what it is.
func columnOf[T any](rows []*T, field int) reflect.Value {
	of := reflect.TypeFor[T]().Field(field).Type
	word := of.Kind() == reflect.String
	if word {
		of = reflect.TypeFor[string]()
	}
	column := reflect.MakeSlice(reflect.SliceOf(of), len(rows), len(rows))
	for n, row := range rows {
		if v := reflect.ValueOf(row).Elem().Field(field); word {
			column.Index(n).SetString(v.String())
		} else {
			column.Index(n).Set(v)
		}
	}
	return column
}

// same tells whether all values of a column are equal. Ids never are, so some column is always an array.
func same(column reflect.Value) bool {
	first := column.Index(0)
	for i := 1; i < column.Len(); i++ {
		v := column.Index(i)
		if v.Kind() == reflect.Pointer && !v.IsNil() && !first.IsNil() {
			if !v.Elem().Equal(first.Elem()) {
				return false
			}
		} else if !v.Equal(first) {
			return false
		}
	}
	return true
}

// plain gives pgx JSON documents as text, which it encodes without asking each element what it is, and lists as Postgres writes them.
func plain(column any) any {
	if strings.HasSuffix(sqlType(reflect.TypeOf(column).Elem()), "[]") {
		v := reflect.ValueOf(column)
		texts := make([]string, v.Len())
		for i := range texts {
			texts[i] = literal(v.Index(i))
		}
		return texts
	}
	if !isDocument(reflect.TypeOf(column).Elem()) {
		return column
	}
	v := reflect.ValueOf(column)
	texts := make([]*string, v.Len())
	for i := range texts {
		e := v.Index(i)
		if l, ok := e.Interface().(interface{ document() []byte }); ok {
			texts[i] = new(string(l.document()))
		} else if e.Kind() != reflect.Pointer || !e.IsNil() {
			b, _ := json.Marshal(e.Interface()) // rules' bodies and reasons are plain structs
			texts[i] = new(string(b))
		}
	}
	return texts
}

// isDocument tells whether values of a type are written as JSON.
func isDocument(t reflect.Type) bool {
	return sqlType(t) == "jsonb" || t.Implements(reflect.TypeFor[interface{ document() []byte }]())
}

// sqlType is the Postgres type of a row's field.
func sqlType(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[id.UUID]():
		return "uuid"
	case reflect.TypeFor[time.Time]():
		return "timestamptz"
	case reflect.TypeFor[ScoreFactors]():
		return "text"
	}
	if t.Kind() == reflect.Slice && t.Name() == "" {
		if of := sqlType(t.Elem()); of != "jsonb" { // a list of documents is a document
			return of + "[]"
		}
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "boolean"
	case reflect.Int32:
		return "int"
	case reflect.Int64:
		return "bigint"
	case reflect.Float64:
		return "double precision"
	}
	return "jsonb"
}

// insertTouches is what all share that write touches: touches u with their keys, and `written`, those that were not known by source and external id.
func insertTouches(rows []*Touch, before []any) (with string, args []any) {
	cols, from, args := spread(rows, nil, before)
	return fmt.Sprintf(`u as (select * from %s u),
keys as (insert into touch_keys (workspace_id, source_id, external_id, touch_id)
  select workspace_id, source_id, external_id, id from u where external_id is not null order by source_id, external_id on conflict do nothing returning touch_id),
written as (insert into touches (%[2]s) select %[2]s from u where external_id is null or id in (select touch_id from keys)
  returning workspace_id, id, contact_id, occurred_at)`, from, strings.Join(cols, ", ")), args
}

// InsertTouches writes touches and answers the ids of those written: a touch whose source and external id are known is left out.
func InsertTouches(ctx context.Context, tx *Tx, rows []*Touch) ([]id.UUID, error) {
	with, args := insertTouches(rows, nil)
	got, err := tx.Query(ctx, "with "+with+" select id from written", args...)
	if err != nil {
		return nil, fmt.Errorf("insert touches: %w", err)
	}
	ids, err := pgx.CollectRows(got, pgx.RowTo[id.UUID])
	if err != nil {
		return nil, fmt.Errorf("insert touches: %w", err)
	}
	return ids, nil
}

// Moved is a lead whose person did something.
type Moved struct{ Lead, Contact id.UUID }

// RecordTouches writes touches as InsertTouches does and moves the last activity of the open leads of their people, in one statement. It
// changes the leads in the order of their ids, in which captures lock them: else each could hold what the other waits for. The join keeps
// that order as long as it asks for one lead after the other, which it does for all but the smallest tables; there a lost race runs again.
func RecordTouches(ctx context.Context, tx *Tx, rows []*Touch) (written map[id.UUID]bool, moved []Moved, err error) {
	with, args := insertTouches(rows, nil)
	got, err := tx.Query(ctx, "with "+with+`,
people as (select workspace_id, contact_id, max(occurred_at) as at from written group by 1, 2),
pursued as materialized (select l.workspace_id, l.id, p.at from people p join leads l using (workspace_id, contact_id)
  where l.stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED') order by l.id),
moved as (update leads l set last_activity_at = greatest(l.last_activity_at, p.at), updated_at = now(), version = l.version + case when p.at > l.last_activity_at then 1 else 0 end
  from pursued p where l.workspace_id = p.workspace_id and l.id = p.id and l.stage not in ('WON', 'LOST', 'DISQUALIFIED', 'ERASED')
  returning l.id, l.contact_id)
select id, null::uuid from written
union all
select id, contact_id from moved`, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("record touches: %w", err)
	}
	defer got.Close()
	written = make(map[id.UUID]bool, len(rows))
	for got.Next() {
		var row id.UUID
		var contact *id.UUID
		if err := got.Scan(&row, &contact); err != nil {
			return nil, nil, fmt.Errorf("record touches: %w", err)
		}
		if contact == nil {
			written[row] = true
		} else {
			moved = append(moved, Moved{row, *contact})
		}
	}
	if err := got.Err(); err != nil {
		return nil, nil, fmt.Errorf("record touches: %w", err)
	}
	return written, moved, nil
}
