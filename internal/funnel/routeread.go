package funnel

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/routing"
)

// farthest is how far ahead working hours are looked at where no ACCEPT clock says until when: nobody plans holidays beyond.
const farthest = 400 * 24 * time.Hour

// asked is what is asked about those who could be given leads.
func (r *rounds) asked() db.RoutingMembersParams {
	p := db.RoutingMembersParams{At: r.t.now}
	p.OpenCap, p.DailyCap = r.router.Caps()
	for _, d := range r.router.Departments() {
		p.Departments = append(p.Departments, string(d))
	}
	return p
}

// takeMembers makes candidates of those who could be given leads, with their working hours.
func (r *rounds) takeMembers(ctx context.Context, rows []*db.RoutingMembersRow) error {
	var calendars []*id.UUID
	for _, m := range rows {
		if m.CalendarID != nil {
			calendars = append(calendars, m.CalendarID)
		}
	}
	hours, err := r.t.timetables(ctx, calendars)
	if err != nil {
		return err
	}
	until := r.until()
	open := map[id.UUID][]routing.Span{} // of calendars, which several members share
	for n, table := range hours {
		if c := *calendars[n]; open[c] == nil {
			for _, i := range table.Open(r.t.now, until) {
				open[c] = append(open[c], routing.Span(i))
			}
		}
	}
	r.names = make(map[id.UUID]string, len(rows))
	r.candidates = make([]routing.Candidate, len(rows))
	for i, m := range rows {
		r.names[m.ID], r.t.workers[m.ID] = m.Name, worker{m.ID, m.Department, m.CalendarID}
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
