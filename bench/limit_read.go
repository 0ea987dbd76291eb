package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/internal/id"
)

// lead answers W1: a lead with what it refers to and its last touches.
func (l *limit) lead(ctx context.Context, q *request) error {
	var in struct{ Variables struct{ ID id.Global } }
	if err := json.Unmarshal(q.body.Bytes(), &in); err != nil {
		return err
	}
	b := &pgx.Batch{}
	b.Queue(l.sql["lead-touches"], in.Variables.ID.UUID)
	b.Queue(l.sql["lead"], in.Variables.ID.UUID)
	return l.read(ctx, q, b, func(br pgx.BatchResults) error {
		if err := each(br, func(v [][]byte) { q.side = appendTouch(comma(q.side), v, true) }); err != nil {
			return err
		}
		found := false
		q.out = append(q.out, `{"data":{"lead":`...)
		err := each(br, func(v [][]byte) {
			found = true
			q.out = append(appendLead(q.out, v), `,"touches":{"nodes":[`...)
			q.out = append(append(q.out, q.side...), "]}}"...)
		})
		if !found {
			q.out = append(q.out, "null"...)
		}
		q.out = append(q.out, "}}"...)
		return err
	})
}

// read sends a batch in the viewer's workspace and reads its answers.
func (l *limit) read(ctx context.Context, q *request, statements *pgx.Batch, answers func(pgx.BatchResults) error) error {
	b := &pgx.Batch{QueuedQueries: make([]*pgx.QueuedQuery, 0, 3)}
	b.Queue(setWorkspace, q.text)
	b.QueuedQueries = append(b.QueuedQueries, statements.QueuedQueries...)
	br := l.pool.SendBatch(ctx, b)
	if _, err := br.Exec(); err != nil {
		_ = br.Close()
		return err
	}
	if err := answers(br); err != nil {
		_ = br.Close()
		return err
	}
	return br.Close()
}

// each calls row for the rows of the next answer; their values are good until the next row.
func each(br pgx.BatchResults, row func(v [][]byte)) error {
	rows, err := br.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row(rows.RawValues())
	}
	return rows.Err()
}

// inbox answers W2: a page of leads with what they refer to and their last touches.
func (l *limit) inbox(ctx context.Context, q *request) error {
	var in struct {
		Variables struct {
			Filter struct {
				Stages   []string
				OwnerIDs []id.Global
			}
		}
	}
	if err := json.Unmarshal(q.body.Bytes(), &in); err != nil {
		return err
	}
	var by any
	f, shape := in.Variables.Filter, ""
	switch {
	case len(f.Stages) == 1:
		by = f.Stages[0]
	case len(f.OwnerIDs) == 1:
		by, shape = f.OwnerIDs[0].UUID, "-owner"
	default:
		return errors.New("ask for one stage or one owner")
	}
	b := &pgx.Batch{}
	b.Queue(l.sql["inbox-touches"+shape], by)
	b.Queue(l.sql["inbox"+shape], by)
	return l.read(ctx, q, b, func(br pgx.BatchResults) error {
		if err := each(br, q.keep); err != nil {
			return err
		}
		q.out = append(q.out, `{"data":{"leads":{"nodes":[`...)
		n, next := 0, 0
		err := each(br, func(v [][]byte) {
			if n++; n > 50 {
				return
			}
			q.out = append(appendInbox(comma(q.out), v), `,"touches":{"nodes":[`...)
			if next < len(q.at) && q.at[next].of == id.UUID(v[0]) {
				q.out = append(q.out, q.side[q.at[next].from:q.at[next].to]...)
				next++
			}
			q.out = append(q.out, "]}}"...)
		})
		q.out = append(q.out, `],"pageInfo":{"hasNextPage":`...)
		if n > 50 {
			q.out = append(q.out, "true}}}}"...)
		} else {
			q.out = append(q.out, "false}}}}"...)
		}
		return err
	})
}

// keep puts a touch of a page aside until its lead arrives.
func (q *request) keep(v [][]byte) {
	if n := len(q.at); n == 0 || q.at[n-1].of != id.UUID(v[0]) {
		q.at = append(q.at, list{of: id.UUID(v[0]), from: len(q.side), to: len(q.side)})
	} else {
		q.side = append(q.side, ',')
	}
	q.side = appendTouch(q.side, v[1:], false)
	q.at[len(q.at)-1].to = len(q.side)
}
