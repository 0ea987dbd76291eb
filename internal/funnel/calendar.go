package funnel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// keepCalendars finds the rows of calendars, and writes those that were not there: the same calendar is kept once. It answers their ids, and
// whether any may be new: what this transaction wrote, now or before, others cannot read yet, and it may be taken back.
func (t *tx) keepCalendars(ctx context.Context, bodies []*sla.Calendar) (ids []id.UUID, fresh bool, err error) {
	if len(bodies) == 0 {
		return nil, false, nil
	}
	hashes := make([]string, len(bodies))
	for i, b := range bodies {
		text, err := json.Marshal(b)
		if err != nil {
			return nil, false, fmt.Errorf("write a calendar: %w", err)
		}
		sum := sha256.Sum256(text)
		hashes[i] = hex.EncodeToString(sum[:])
	}
	for {
		rows, err := t.CalendarsByHash(ctx, db.CalendarsByHashParams{WorkspaceID: t.Workspace, Hashes: hashes})
		if err != nil {
			return nil, false, fmt.Errorf("read calendars: %w", err)
		}
		known := make(map[string]id.UUID, len(rows))
		for _, r := range rows {
			known[r.Hash] = r.ID
		}
		var missing []*db.Calendar
		ids = make([]id.UUID, len(bodies))
		for i, h := range hashes {
			if ids[i] = known[h]; ids[i].IsZero() {
				ids[i] = id.New()
				known[h] = ids[i]
				missing = append(missing, &db.Calendar{WorkspaceID: t.Workspace, ID: ids[i], Hash: h, Body: *bodies[i], CreatedAt: t.now})
			}
		}
		n, err := db.Insert(ctx, t.Tx, "calendars", missing, "on conflict do nothing")
		t.kept = t.kept || n > 0
		if err != nil || int(n) == len(missing) {
			return ids, t.kept, err
		} // else somebody was quicker with some of them: now they are there
	}
}

// timetables are the compiled calendars with some ids, in their order; nil: all time counts.
func (t *tx) timetables(ctx context.Context, which []*id.UUID) ([]*sla.Timetable, error) {
	out := make([]*sla.Timetable, len(which))
	var missing []id.UUID
	for i, c := range which {
		if c == nil {
			out[i] = t.f.always
		} else if known, ok := t.f.rules.Get(*c); ok {
			out[i] = known.(*sla.Timetable) //nolint:forcetypeassert // an id has one type
		} else {
			missing = append(missing, *c)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	rows, err := t.CalendarsByID(ctx, db.CalendarsByIDParams{WorkspaceID: t.Workspace, Ids: unique(missing)})
	if err != nil {
		return nil, fmt.Errorf("read calendars: %w", err)
	}
	compiled := make(map[id.UUID]*sla.Timetable, len(rows))
	for _, r := range rows {
		if compiled[r.ID], err = r.Body.Compile(); err != nil {
			return nil, fmt.Errorf("compile the calendar %s: %w", r.ID, err)
		}
		t.f.rules.Add(r.ID, compiled[r.ID])
	}
	for i, c := range which {
		if out[i] == nil {
			if out[i] = compiled[*c]; out[i] == nil {
				return nil, fault.Missing("calendarId", "calendar")
			}
		}
	}
	return out, nil
}
