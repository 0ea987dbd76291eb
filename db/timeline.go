package db

import (
	"context"
	"sort"
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

// Entry is one entry of a timeline: a touch or an event.
type Entry struct {
	Touch *Touch
	Event *Event
}

// Row is the touch or the event.
func (e Entry) Row() interface{ IsTimelineEntry() } {
	if e.Touch != nil {
		return e.Touch
	}
	return e.Event
}

func (e Entry) place() (time.Time, id.UUID) {
	if e.Touch != nil {
		return e.Touch.OccurredAt, e.Touch.ID
	}
	return e.Event.At, e.Event.ID
}

// Timeline is a page of a lead's touches and events in one list, newest first.
type Timeline struct {
	Entries []Entry
	Info    *page.Info
	cursor  func(Entry) string
	touches *Page[Touch]
	events  *Page[Event]
}

// Cursor is an entry's place in the list.
func (t *Timeline) Cursor(e Entry) string { return t.cursor(e) }

// TotalCount is how many entries there are, exact up to CountBound; one more says "more".
func (t *Timeline) TotalCount(ctx context.Context) (int32, error) {
	n, err := t.touches.TotalCount(ctx)
	if err != nil {
		return 0, err
	}
	m, err := t.events.TotalCount(ctx)
	return min(n+m, CountBound+1), err
}

// Timelines are the timelines of leads. Touches and events are two lists of one order: the page of both is among the pages of each,
// so two statements answer any number of leads.
func (r *Reader) Timelines(ctx context.Context, leads []*Lead, a page.Args) ([]*Timeline, error) {
	byLead, byContact := make([]id.UUID, len(leads)), make([]id.UUID, len(leads))
	for i, l := range leads {
		byLead[i], byContact[i] = l.ID, l.ContactID
	}
	key := func(i int) []byte { return page.List("timeline", r.Workspace, byLead[i]) }
	var list []byte
	if len(leads) == 1 {
		list = key(0)
	}
	req, err := r.tenant.db.sealer.Read(list, a)
	if err != nil {
		return nil, err
	}
	ts, err := pages(ctx, r, listing[Touch]{shape: touches, parent: "contact_id", parents: byContact}, req)
	if err != nil {
		return nil, err
	}
	es, err := pages(ctx, r, listing[Event]{shape: events, parent: "lead_id", parents: byLead, filter: own}, req)
	if err != nil {
		return nil, err
	}
	out := make([]*Timeline, len(leads))
	for i := range leads {
		out[i] = weave(ts[i], es[i], req)
		out[i].cursor = func(e Entry) string {
			at, id := e.place()
			return r.tenant.db.sealer.Seal(key(i), page.Tuple{Time: &at, ID: id})
		}
	}
	return out, nil
}

// own leaves out the events that only say what the touches beside them say.
func own(q *query) error {
	q.and("l.kind <> 'TOUCHES_RECORDED'")
	return nil
}

// weave makes one page of two.
func weave(ts *Page[Touch], es *Page[Event], req page.Request) *Timeline {
	all := make([]Entry, 0, len(ts.Nodes)+len(es.Nodes))
	for _, t := range ts.Nodes {
		all = append(all, Entry{Touch: t})
	}
	for _, e := range es.Nodes {
		all = append(all, Entry{Event: e})
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, x := all[i].place()
		b, y := all[j].place()
		return a.After(b) || a.Equal(b) && string(x[:]) > string(y[:])
	})
	t := &Timeline{touches: ts, events: es, Info: &page.Info{HasPreviousPage: req.After != nil}}
	more := ts.further || es.further || len(all) > req.Limit
	if req.Backward {
		t.Entries = all[max(0, len(all)-req.Limit):]
		t.Info.HasNextPage, t.Info.HasPreviousPage = req.Before != nil, more
	} else {
		t.Entries = all[:min(len(all), req.Limit)]
		t.Info.HasNextPage = more
	}
	t.Info.End = func(last bool) *string {
		if len(t.Entries) == 0 {
			return nil
		}
		e := t.Entries[0]
		if last {
			e = t.Entries[len(t.Entries)-1]
		}
		return new(t.cursor(e))
	}
	return t
}
