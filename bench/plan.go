package main

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leadgraph/leadgraph/internal/id"
)

// statement is one that the server sent.
type statement struct {
	sql    string
	args   []any
	custom bool // planned for its values
}

// eavesdropper notes the statements that the server sends, but for those that only set something.
type eavesdropper struct {
	heard  []statement
	custom bool
}

// TraceQueryStart hears single statements.
func (e *eavesdropper) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	e.hear(q.SQL, q.Args)
	return ctx
}

// TraceQueryEnd hears nothing new.
func (e *eavesdropper) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart hears nothing: the statements follow.
func (e *eavesdropper) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery hears a statement of a batch.
func (e *eavesdropper) TraceBatchQuery(_ context.Context, _ *pgx.Conn, q pgx.TraceBatchQueryData) {
	e.hear(q.SQL, q.Args)
}

// TraceBatchEnd hears nothing new.
func (e *eavesdropper) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (e *eavesdropper) hear(sql string, args []any) {
	if strings.HasPrefix(sql, "select set_config") {
		e.custom = e.custom || strings.Contains(sql, "force_custom_plan")
		return
	}
	e.heard = append(e.heard, statement{sql, args, e.custom})
	e.custom = false
}

// planOf runs a statement under EXPLAIN, with a plan for all values unless the server asked for one for these.
func planOf(ctx context.Context, conn *pgconn.PgConn, s statement) (string, error) {
	mode, args := "force_generic_plan", make([]string, len(s.args))
	if s.custom {
		mode = "force_custom_plan"
	}
	for i, a := range s.args {
		args[i] = literal(reflect.ValueOf(a))
	}
	call := "execute listed"
	if len(args) > 0 {
		call += " (" + strings.Join(args, ", ") + ")"
	}
	results, err := conn.Exec(ctx, "set plan_cache_mode = "+mode+"; prepare listed as "+s.sql+"; explain (analyze, buffers, costs off, summary off, timing off) "+call+"; deallocate listed").ReadAll()
	if err != nil {
		return "", err
	}
	var lines []string
	for _, row := range results[2].Rows {
		lines = append(lines, string(row[0]))
	}
	return strings.Join(lines, "\n"), nil
}

// literal is an argument as text of SQL, whose type the statement decides.
func literal(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case id.UUID:
		return "'" + x.String() + "'"
	case time.Time:
		return "'" + x.Format(time.RFC3339Nano) + "'"
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return "null"
		}
		return literal(v.Elem())
	case reflect.Slice:
		of := make([]string, v.Len())
		for i := range of {
			of[i] = strings.Trim(literal(v.Index(i)), "'")
		}
		return "'{" + strings.Join(of, ",") + "}'"
	case reflect.String:
		return "'" + strings.ReplaceAll(v.String(), "'", "''") + "'"
	}
	return fmt.Sprint(v.Interface())
}

// judge looks for what a plan must not have.
type judge struct {
	big   []string // tables and partitions that nobody should read as a whole
	notes strings.Builder
	bad   int
}

var (
	scanned = regexp.MustCompile(`Seq Scan on (\w+)`)
	sorted  = regexp.MustCompile(`(?m)^\s*(?:->\s+)?(?:Incremental )?Sort\b`)
	removed = regexp.MustCompile(`Rows Removed by (?:Join )?Filter: (\d+)`)
	loops   = regexp.MustCompile(`loops=(\d+)`)
)

// wasteful is how many rows a page may look at in vain before it is worth a note.
const wasteful = 1000

func (j *judge) look(q question, plan string) {
	note := func(allowed bool, what string) {
		word := "note"
		if !allowed {
			word = "BAD "
			j.bad++
		}
		fmt.Fprintf(&j.notes, "%s  %s: %s\n", word, q.name, what)
	}
	for _, m := range scanned.FindAllStringSubmatch(plan, -1) {
		if slices.Contains(j.big, m[1]) {
			note(q.may == mayScan, "reads the whole of "+m[1])
		}
	}
	if sorted.MatchString(plan) {
		note(q.may != onlyIndexes, "sorts")
	}
	in := 0
	for _, line := range strings.Split(plan, "\n") {
		if m := loops.FindStringSubmatch(line); m != nil {
			in, _ = strconv.Atoi(m[1]) // digits
		} else if m := removed.FindStringSubmatch(line); m != nil {
			if n, _ := strconv.Atoi(m[1]); n*in >= wasteful {
				note(true, fmt.Sprintf("looks at %d rows in vain", n*in))
			}
		}
	}
}
