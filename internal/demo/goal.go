package demo

import (
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// goals are what the departments agreed on for a quarter that is half over, and what one rep wants to come to in it.
func (w *world) goals() []*db.Goal {
	director := map[auth.Department]*db.Member{}
	var rep *db.Member
	for _, m := range w.members {
		if m.Role == auth.Director && director[m.Department] == nil {
			director[m.Department] = m
		}
		if m.Department == auth.Sales && m.Role == auth.Worker && rep == nil {
			rep = m
		}
	}
	set := w.ago(46).Truncate(day)
	var all []*db.Goal
	for i, g := range []struct {
		metric scorecard.Metric
		by     auth.Department
		target float64
		member *db.Member
		note   string
	}{
		{scorecard.Passed, auth.Marketing, 1300, nil, "As agreed for the quarter."},
		{scorecard.AcceptanceRate, auth.Marketing, 0.92, nil, "Sales takes what marketing passes."},
		{scorecard.AcceptCompliance, auth.Sales, 0.95, nil, "Nobody waits for an answer."},
		{scorecard.EngageCompliance, auth.Sales, 0.85, nil, "Nobody waits for a first call."},
		{scorecard.Accepted, auth.Sales, 220, rep, "A good quarter."},
	} {
		if director[g.by] == nil || g.by == auth.Sales && rep == nil {
			continue
		}
		at := set.Add(10*time.Hour + time.Duration(i)*3*time.Minute)
		row := &db.Goal{WorkspaceID: w.workspace.ID, ID: w.id(at), Metric: g.metric, Department: g.by, Target: g.target, StartsAt: set, EndsAt: set.Add(91 * day), Note: &g.note,
			CreatedBy: director[g.by].ID, CreatedAt: at, UpdatedAt: at, Version: 1}
		if g.member != nil {
			row.MemberID = &g.member.ID
		}
		all = append(all, row)
	}
	return all
}
