package main

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/internal/id"
)

// recordInput is the variables of W3.
type recordInput struct {
	Source  string
	Touches []struct {
		Contact    struct{ ID id.Global }
		Kind       string
		Channel    string
		Subject    string
		ExternalID string
		OccurredAt time.Time
	}
}

// record answers W3: touches, their keys, their leads' last activity and one event for each person, in one statement.
func (l *limit) record(ctx context.Context, q *request) error {
	var body struct{ Variables struct{ Input recordInput } }
	if err := json.Unmarshal(q.body.Bytes(), &body); err != nil {
		return err
	}
	in := &body.Variables.Input
	n := len(in.Touches)
	ids, people, events := make([]id.UUID, n), make([]id.UUID, n), []id.UUID{}
	kinds, channels, subjects, keys, times := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]time.Time, n)
	for i, t := range in.Touches {
		ids[i], people[i] = id.New(), t.Contact.ID.UUID
		kinds[i], channels[i], subjects[i], keys[i], times[i] = t.Kind, t.Channel, t.Subject, t.ExternalID, t.OccurredAt
	}
	distinct := slices.Clone(people)
	slices.SortFunc(distinct, func(a, b id.UUID) int { return slices.Compare(a[:], b[:]) })
	distinct = slices.Compact(distinct)
	for range distinct {
		events = append(events, id.New())
	}
	b := &pgx.Batch{}
	b.Queue(l.sql["record"], q.workspace, time.Now(), in.Source, ids, people, kinds, channels, subjects, keys, times, q.key, distinct, events)
	written := make(map[id.UUID]bool, n)
	err := l.read(ctx, q, b, func(br pgx.BatchResults) error {
		return each(br, func(v [][]byte) { written[id.UUID(v[0])] = true })
	})
	if err != nil {
		return err
	}
	known, err := l.known(ctx, q, in, keys, n-len(written))
	if err != nil {
		return err
	}
	q.out = strconv.AppendInt(append(q.out, `{"data":{"recordTouches":{"recorded":`...), int64(len(written)), 10)
	q.out = strconv.AppendInt(append(q.out, `,"duplicates":`...), int64(n-len(written)), 10)
	q.out = append(q.out, `,"results":[`...)
	for i, touch := range ids {
		outcome := `{"outcome":"RECORDED","touchId":`
		if !written[touch] {
			outcome, touch = `{"outcome":"DUPLICATE","touchId":`, known[keys[i]]
		}
		q.out = append(appendID(append(comma(q.out), outcome...), id.Touch, touch[:]), '}')
	}
	q.out = append(q.out, "]}}}"...)
	return nil
}

// known are the touches that were written before under some of the keys.
func (l *limit) known(ctx context.Context, q *request, in *recordInput, keys []string, duplicates int) (map[string]id.UUID, error) {
	if duplicates == 0 {
		return nil, nil
	}
	known := map[string]id.UUID{}
	b := &pgx.Batch{}
	b.Queue(l.sql["known"], in.Source, keys)
	err := l.read(ctx, q, b, func(br pgx.BatchResults) error {
		return each(br, func(v [][]byte) { known[string(v[0])] = id.UUID(v[1]) })
	})
	return known, err
}
