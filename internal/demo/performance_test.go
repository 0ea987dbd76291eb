package demo

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// counted follows one lead after the other, and tells which ones each number of a persona counts, from a stretch's beginning to its end; first gates and
// acceptances count up to the end of the period.
func counted(w *world, persona *id.UUID, n *db.PersonaNumbers, until time.Time) map[string][]string {
	within := func(at time.Time) bool { return !at.Before(n.From) && at.Before(n.To) }
	inTime := func(at time.Time) bool { return at.Before(until) }
	out := map[string][]string{"LEADS": {}, "QUALIFIED": {}, "ACCEPTED": {}, "WON": {}, "LOST": {}}
	for _, p := range w.people {
		for _, l := range p.pursuits {
			if (l.row.PersonaID == nil) != (persona == nil) || persona != nil && *l.row.PersonaID != *persona {
				continue
			}
			first := map[lifecycle.Stage]time.Time{}
			for i := len(l.steps) - 1; i >= 0; i-- {
				first[l.steps[i].ToStage] = l.steps[i].At
			}
			reached := func(s lifecycle.Stage, ok func(time.Time) bool) {
				if at, is := first[s]; is && ok(at) {
					out[string(s)] = append(out[string(s)], l.row.ID.String())
				}
			}
			if within(l.row.CreatedAt) {
				out["LEADS"] = append(out["LEADS"], l.row.ID.String())
				reached(lifecycle.Qualified, inTime)
				reached(lifecycle.Accepted, inTime)
			}
			reached(lifecycle.Won, within)
			reached(lifecycle.Lost, within)
		}
	}
	return out
}

// leadsAre compares the numbers of a persona with its leads, and those that each number leads to.
func leadsAre(t *testing.T, r *db.Reader, n *db.PersonaNumbers, want map[string][]string, drill bool) {
	t.Helper()
	for what, number := range map[string]int{"LEADS": n.Leads, "QUALIFIED": n.Qualified, "ACCEPTED": n.Accepted, "WON": n.Won, "LOST": n.Lost} {
		require.Len(t, want[what], number, what)
		if drill {
			require.ElementsMatch(t, want[what], all(t, r, n.Counts(what)), what)
		}
	}
}

func TestNumbersOfPersonasAreThoseOfTheirLeads(t *testing.T) {
	t.Parallel()
	f := open(t)
	d, err := Load(t.Context(), f.DB, nil, auth.NewPasswords(1), noon)
	require.NoError(t, err)
	w := imagine(t, noon)
	ago := func(days int) *time.Time { return new(noon.AddDate(0, 0, -days).Add(-7 * time.Hour)) }
	for name, period := range map[string][2]*time.Time{"the usual quarter": {nil, nil}, "a month a while ago": {ago(110), ago(80)}, "half a year": {ago(181), ago(1)}, "a day": {new(noon.AddDate(0, 0, -1)), &noon}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := f.Read(d.Workspace)
			all, err := r.PersonaPerformance(t.Context(), period[0], period[1], noon)
			require.NoError(t, err)
			require.Greater(t, len(all), 2, "several personas")
			require.True(t, slices.ContainsFunc(all, func(p *db.PersonaPerformance) bool { return p.PersonaID == nil }), "and leads without one")
			total := 0
			for i, p := range all {
				drill := i < 2 || p.PersonaID == nil
				leadsAre(t, r, p.Before, counted(w, p.PersonaID, p.Before, p.Before.To), drill)
				leadsAre(t, r, p.Period, counted(w, p.PersonaID, p.Period, p.Period.To), drill)
				require.True(t, i == 0 || all[i-1].Period.Leads >= p.Period.Leads, "most leads first")
				require.Equal(t, p.Period.From, p.Before.To)
				require.Equal(t, p.Period.To.Sub(p.Period.From), p.Before.To.Sub(p.Before.From))
				at := p.Period.From
				for _, m := range p.Months {
					require.Equal(t, at, m.From)
					leadsAre(t, r, m, counted(w, p.PersonaID, m, p.Period.To), drill)
					at = m.To
				}
				require.Equal(t, p.Period.To, at, "the months are the period")
				total += p.Period.Leads
			}
			from, to := all[0].Period.From, all[0].Period.To
			require.Equal(t, ask[int](t, f, "select count(*) from leads where created_at >= $1 and created_at < $2", from, to), total)
		})
	}
	t.Run("a period that is empty or has no end in sight is refused", func(t *testing.T) {
		t.Parallel()
		for _, from := range []*time.Time{&noon, new(noon.Add(time.Second)), ago(1831)} {
			_, err := f.Read(d.Workspace).PersonaPerformance(t.Context(), from, &noon, noon)
			var refused *fault.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "to", refused.Field)
		}
	})
	t.Run("nobody sees another workspace's", func(t *testing.T) {
		t.Parallel()
		all, err := f.Read(id.New()).PersonaPerformance(t.Context(), nil, nil, noon)
		require.NoError(t, err)
		require.Empty(t, all)
	})
}
