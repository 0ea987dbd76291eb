package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// farthest is how far ahead working hours are looked at where no ACCEPT clock says until when: nobody plans holidays beyond.
const farthest = 400 * 24 * time.Hour

// readMembers reads who could be given leads.
func (r *rounds) readMembers(ctx context.Context) error {
	p := db.RoutingMembersParams{WorkspaceID: r.t.Workspace, At: r.t.now}
	p.OpenCap, p.DailyCap = r.router.Caps()
	for _, d := range r.router.Departments() {
		p.Departments = append(p.Departments, string(d))
	}
	rows, err := r.t.RoutingMembers(ctx, p)
	if err != nil {
		return fmt.Errorf("read who could be given leads: %w", err)
	}
	var calendars []id.UUID
	for _, m := range rows {
		if m.CalendarID != nil {
			calendars = append(calendars, *m.CalendarID)
		}
	}
	hours, err := r.t.timetables(ctx, calendars)
	if err != nil {
		return err
	}
	until := r.until()
	open := map[id.UUID][]routing.Span{} // of calendars, which several members share
	for c, table := range hours {
		for _, i := range table.Open(r.t.now, until) {
			open[c] = append(open[c], routing.Span(i))
		}
	}
	r.names = make(map[id.UUID]string, len(rows))
	r.candidates = make([]routing.Candidate, len(rows))
	for i, m := range rows {
		r.names[m.ID] = m.Name
		c := routing.Candidate{Member: m.ID, Email: m.Email, Department: m.Department, Active: true, Territories: m.Territories, Skills: m.Skills, Languages: m.Languages,
			Always: m.CalendarID == nil, Open: int(m.HasOpen), AssignedToday: int(m.GivenToday)}
		if m.CalendarID != nil {
			c.Hours = open[*m.CalendarID]
		}
		for n, from := range m.AbsentFrom {
			c.Absences = append(c.Absences, routing.Span{From: from, To: m.AbsentTo[n]})
		}
		r.candidates[i] = c
	}
	return nil
}

// until is up to when working hours matter: the last of the leads' goals.
func (r *rounds) until() time.Time {
	last := r.t.now
	for _, l := range r.leads {
		if l.by.IsZero() {
			return r.t.now.Add(farthest)
		}
		if l.by.After(last) {
			last = l.by
		}
	}
	return last.Add(time.Minute)
}

// timetables makes calendars ready to be read, or finds them from before: they never change.
func (t *tx) timetables(ctx context.Context, calendars []id.UUID) (map[id.UUID]*sla.Timetable, error) {
	out := make(map[id.UUID]*sla.Timetable, len(calendars))
	var missing []id.UUID
	for _, c := range unique(calendars) {
		if known, ok := t.f.rules.Get(c); ok {
			out[c] = known.(*sla.Timetable) //nolint:forcetypeassert // an id has one kind
		} else {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	rows, err := t.CalendarsByID(ctx, db.CalendarsByIDParams{WorkspaceID: t.Workspace, Ids: missing})
	if err != nil {
		return nil, fmt.Errorf("read calendars: %w", err)
	}
	for _, c := range rows {
		table, err := c.Body.Compile()
		if err != nil {
			return nil, fmt.Errorf("compile calendar %s: %w", c.ID, err)
		}
		t.f.rules.Add(c.ID, table)
		out[c.ID] = table
	}
	return out, nil
}
