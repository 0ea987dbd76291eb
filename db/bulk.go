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
	cols, arrays, args := spread(rows, leave)
	sql := fmt.Sprintf("insert into %s (%s) select * from unnest(%s) %s", table, strings.Join(cols, ", "), strings.Join(arrays, ", "), suffix)
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
	cols, arrays, args := spread(rows, leave)
	var set []string
	for _, c := range cols {
		if c != "workspace_id" && c != "id" {
			set = append(set, c+" = u."+c)
		}
	}
	sql := fmt.Sprintf("update %s t set %s from unnest(%s) as u(%s) where t.workspace_id = u.workspace_id and t.id = u.id", table,
		strings.Join(set, ", "), strings.Join(arrays, ", "), strings.Join(cols, ", "))
	if _, err := tx.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("update %s: %w", table, err)
	}
	return nil
}

// spread turns rows into one array for each column.
func spread[T any](rows []*T, leave []string) (cols, arrays []string, args []any) {
	t := reflect.TypeFor[T]()
	for i := range t.NumField() {
		f := t.Field(i)
		col := f.Tag.Get("db")
		if slices.Contains(leave, col) {
			continue
		}
		column := reflect.MakeSlice(reflect.SliceOf(f.Type), len(rows), len(rows))
		for n, row := range rows {
			column.Index(n).Set(reflect.ValueOf(row).Elem().Field(i))
		}
		cols = append(cols, col)
		args = append(args, plain(column.Interface()))
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", len(args), sqlType(f.Type)))
	}
	return cols, arrays, args
}

// plain gives pgx JSON documents as text, which it encodes without asking each element what it is.
func plain(column any) any {
	if _, ok := column.([]Attributes); !ok && sqlType(reflect.TypeOf(column).Elem()) != "jsonb" {
		return column
	}
	v := reflect.ValueOf(column)
	texts := make([]string, v.Len())
	for i := range texts {
		b, _ := json.Marshal(v.Index(i).Interface()) // rules' bodies and reasons are plain structs
		texts[i] = string(b)
	}
	return texts
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

// InsertTouches writes touches and answers the ids of those written: a touch whose source and external id are known is left out.
func InsertTouches(ctx context.Context, tx *Tx, rows []*Touch) ([]id.UUID, error) {
	cols, arrays, args := spread(rows, nil)
	sql := fmt.Sprintf(`with u as (select * from unnest(%s) as u(%s)),
keys as (insert into touch_keys (workspace_id, source_id, external_id, touch_id)
  select workspace_id, source_id, external_id, id from u where external_id is not null order by source_id, external_id on conflict do nothing returning touch_id)
insert into touches (%[2]s) select %[2]s from u where external_id is null or id in (select touch_id from keys) returning id`,
		strings.Join(arrays, ", "), strings.Join(cols, ", "))
	got, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("insert touches: %w", err)
	}
	ids, err := pgx.CollectRows(got, pgx.RowTo[id.UUID])
	if err != nil {
		return nil, fmt.Errorf("insert touches: %w", err)
	}
	return ids, nil
}
