package demo

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// clockNumbers say of each number of a compliance which clocks it counts.
var clockNumbers = map[string]func(c rawClock) bool{
	"MET":       func(c rawClock) bool { return c.State == "MET" },
	"BREACHED":  func(c rawClock) bool { return c.State == "BREACHED" },
	"WAIVED":    func(c rawClock) bool { return c.State == "WAIVED" },
	"PAUSED":    func(c rawClock) bool { return c.State == "PAUSED" },
	"CANCELLED": func(c rawClock) bool { return c.State == "CANCELLED" },
	"OPEN":      func(c rawClock) bool { return slices.Contains([]string{"PENDING", "RUNNING", "WARNING"}, c.State) },
	"ELAPSED":   func(c rawClock) bool { return c.Done && (c.State == "MET" || c.State == "BREACHED") },
	"OVERDUE":   func(c rawClock) bool { return c.Late },
}

// clockGroup is the group of a clock, as the brute force tells it.
func (w *raw) clockGroup(by scorecard.Grouping, c rawClock) string {
	switch by {
	case scorecard.ByStage:
		return c.Stage
	case scorecard.ByDepartment:
		return c.Department
	case scorecard.ByRule:
		return c.Rule
	}
	return groupOf(by, w.of(c.ID, c.Lead, c.Member, c.At))
}

// complianceIsItsClocks counts the clocks again, one by one, and follows every number of some groups, of nobody's among them, to its clocks.
func complianceIsItsClocks(t *testing.T, r *db.Reader, w *raw) {
	t.Helper()
	from, to := noon.AddDate(0, 0, -75).Add(-7*time.Hour), noon.AddDate(0, 0, -2)
	sales, north := &db.ClockFilter{Departments: []auth.Department{auth.Sales}}, &db.ClockFilter{Teams: []string{"North"}}
	for _, by := range []scorecard.Grouping{scorecard.ByStage, scorecard.ByDepartment, scorecard.ByMember, scorecard.ByTeam, scorecard.ByPersona, scorecard.ByRule, scorecard.ByMonth, scorecard.ByWeek} {
		for name, filter := range map[string]*db.ClockFilter{"all": nil, "of sales": sales, "of a team": north} {
			t.Run(fmt.Sprint(by, " ", name), func(t *testing.T) {
				t.Parallel()
				rows, err := r.SlaCompliance(t.Context(), &from, &to, by, filter, id.UUID{}, noon)
				require.NoError(t, err)
				groups := map[string][]rawClock{}
				for _, c := range w.clocks {
					if c.At.Before(from) || !c.At.Before(to) || filter == sales && c.Department != "SALES" || filter == north && w.team[c.Member] != "North" {
						continue
					}
					group := w.clockGroup(by, c)
					groups[group] = append(groups[group], c)
				}
				require.Equal(t, by == scorecard.ByPersona || filter != north && (by == scorecard.ByTeam || by == scorecard.ByMember), groups[""] != nil, "the demo has clocks of nobody")
				for i, row := range rows {
					group := nameOf(&db.ScorecardRow{GroupKey: row.GroupKey})
					clocksAre(t, r, row, groups[group], i == 0 || group == "")
					delete(groups, group)
				}
				require.Empty(t, groups, "no group is missing")
			})
		}
	}
}

// clocksAre compares the numbers of a group with its clocks, and those that each number leads to.
func clocksAre(t *testing.T, r *db.Reader, row *db.SlaCompliance, of []rawClock, drill bool) {
	t.Helper()
	numbers := map[string]int{"MET": row.Met, "BREACHED": row.Breached, "WAIVED": row.Waived, "PAUSED": row.Paused, "CANCELLED": row.Cancelled, "OPEN": row.Open}
	for what, counts := range clockNumbers {
		want := []string{}
		for _, c := range of {
			if counts(c) {
				want = append(want, c.ID)
			}
		}
		if n, is := numbers[what]; is {
			require.Len(t, want, n, what)
		}
		if drill {
			require.ElementsMatch(t, want, all(t, r, row.Counts(what)), what)
		}
	}
	require.Equal(t, len(of) > 0 && row.Fulfilled() > 0, row.Elapsed() != nil)
}
