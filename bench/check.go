package main

import (
	"context"
	_ "embed" // the statement
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"github.com/jackc/pgx/v5"
)

// check refuses to compare what does not do the same: it sends the same requests to all targets.
func check(ctx context.Context, o options, d *dataset, all []*workload, log io.Writer) error {
	for _, w := range all {
		if w.unequal {
			continue
		}
		same, n := d.sameAnswers, o.checks
		if w.writes {
			same, n = d.sameEffects, max(1, o.checks/20)
		}
		if err := same(ctx, w, n); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		fmt.Fprintf(log, "%s: %d requests have equal results at all %d targets\n", w.name, n, len(w.targets))
	}
	return nil
}

// ask sends a request on a connection of its own and takes the answer's data apart.
func (d *dataset) ask(ctx context.Context, t *target, body []byte) (any, error) {
	c, err := dial(ctx, t.server.addr, t.path, d.key)
	if err != nil {
		return nil, err
	}
	defer c.conn.Close()
	text, err := c.call(body)
	if err != nil {
		return nil, err
	}
	var answer struct{ Data any }
	err = json.Unmarshal(text, &answer)
	return plainLists(answer.Data), err
}

// plainLists puts nodes in the place of edges, for both say the same.
func plainLists(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = plainLists(v[i])
		}
	case map[string]any:
		for key, value := range v {
			v[key] = plainLists(value)
		}
		edges, ok := v["edges"].([]any)
		if !ok {
			break
		}
		nodes := make([]any, len(edges))
		for i := range edges {
			nodes[i] = edges[i].(map[string]any)["node"] // that is what an edge is made of
		}
		delete(v, "edges")
		v["nodes"] = nodes
	}
	return v
}

// sameAnswers compares answers.
func (d *dataset) sameAnswers(ctx context.Context, w *workload, n int) error {
	for i := range n {
		var first any
		for at := range w.targets {
			t := &w.targets[at]
			got, err := d.ask(ctx, t, t.body(w, newDice(uint64(i)), nil))
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			if at == 0 {
				first = got
			} else if !reflect.DeepEqual(first, got) {
				return differ(w.targets[0].name, t.name, first, got)
			}
		}
	}
	return nil
}

// differ shows two results from where they differ.
func differ(a, b string, one, other any) error {
	x, _ := json.Marshal(one)   // it was JSON before
	y, _ := json.Marshal(other) // it was JSON before
	at := 0
	for at < min(len(x), len(y)) && x[at] == y[at] {
		at++
	}
	at = max(0, at-80)
	return fmt.Errorf("%s and %s differ:\n%.300s\n%.300s", a, b, x[at:], y[at:])
}

//go:embed check.sql
var effectsOf string

// sameEffects compares what writes leave in the database. Every request is sent twice, so that the second finds all known, and its
// effects are taken back before the next target gets it.
func (d *dataset) sameEffects(ctx context.Context, w *workload, n int) error {
	return withConn(ctx, d.url, func(conn *pgx.Conn) error {
		for i := range n {
			variables := w.variables(newDice(uint64(i)), nil) // drawn once: the next would have other keys
			again := *w
			again.variables = func(_ dice, b []byte) []byte { return append(b, variables...) }
			var first any
			for at := range w.targets {
				t := &w.targets[at]
				got, err := d.effects(ctx, conn, t, t.body(&again, dice{}, nil))
				if err != nil {
					return fmt.Errorf("%s: %w", t.name, err)
				}
				if at == 0 {
					first = got
				} else if !reflect.DeepEqual(first, got) {
					return differ(w.targets[0].name, t.name, first, got)
				}
			}
		}
		return nil
	})
}

// effects sends a request twice and reads what it wrote, but for ids and the time of writing, which are new each time.
func (d *dataset) effects(ctx context.Context, conn *pgx.Conn, t *target, body []byte) (any, error) {
	var snapshot string
	if err := run(ctx, conn, "create temporary table before as select id, last_activity_at, version, updated_at from leads",
		"create temporary table began as select coalesce(max(seq), 0) as seq from events"); err != nil {
		return nil, err
	}
	var answers [2]any
	for i := range answers {
		var err error
		if answers[i], err = d.ask(ctx, t, body); err != nil {
			return nil, err
		}
	}
	if err := conn.QueryRow(ctx, effectsOf, pgx.QueryExecModeSimpleProtocol).Scan(&snapshot); err != nil {
		return nil, fmt.Errorf("read the effects: %w", err)
	}
	var all map[string]any
	if err := json.Unmarshal([]byte(snapshot), &all); err != nil {
		return nil, err
	}
	all["answers"] = outcomes(answers)
	return all, run(ctx, conn,
		"update leads l set last_activity_at = b.last_activity_at, version = b.version, updated_at = b.updated_at from before b where b.id = l.id and b.version <> l.version",
		"delete from touches where external_id like 'b-%'", "delete from touch_keys where external_id like 'b-%'",
		"delete from events where seq > (select seq from began)", "drop table before, began")
}

// outcomes is what the answers say but for the touches' ids, of which it tells whether the second answer repeats the first.
func outcomes(answers [2]any) []any {
	var out []any
	var ids [2][]any
	for i, a := range answers {
		payload := a.(map[string]any)["recordTouches"].(map[string]any) // the workload asked for this form
		for _, r := range payload["results"].([]any) {
			r := r.(map[string]any)
			ids[i] = append(ids[i], r["touchId"])
			r["touchId"] = nil
		}
		out = append(out, payload)
	}
	return append(out, reflect.DeepEqual(ids[0], ids[1]))
}
