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
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// enliven adds what a quarter of the demo does not have: second cracks, deals from hand-offs, several reasons, teams, and costs in two currencies.
const enliven = `
update deals d set handoff_id = h.id from handoffs h where h.lead_id = d.lead_id and h.state = 'ACCEPTED' and h.direction = 'MARKETING_TO_SALES' and h.decided_at < d.opened_at;
update handoffs h set reason_id = (select r.id from reasons r where r.use = 'REJECT' and r.workspace_id = h.workspace_id order by md5(r.key || substr(h.id::text, 36)) limit 1) where h.state = 'REJECTED';
update members set team = case when substr(id::text, 36) < '8' then 'North' else 'South' end where substr(id::text, 35) < 'c0';
update campaigns set currency = 'USD' where substr(id::text, 36) < '4';
update campaigns set ends_at = null where substr(id::text, 36) in ('4', '5');
insert into moves (workspace_id, id, lead_id, from_stage, to_stage, at, actor_kind) select m.workspace_id, gen_random_uuid(), m.lead_id, 'QUALIFIED', 'ACCEPTED', m.at + interval '1 day', 'SYSTEM'
  from moves m where m.to_stage in ('RETURNED', 'RETARGETING') and substr(m.id::text, 36) < '9';
insert into moves (workspace_id, id, lead_id, from_stage, to_stage, at, actor_kind) select m.workspace_id, gen_random_uuid(), m.lead_id, 'OPPORTUNITY', 'WON', m.at + interval '9 days', 'SYSTEM'
  from moves m where m.to_stage in ('RETURNED', 'RETARGETING') and substr(m.id::text, 36) < '4';
insert into moves (workspace_id, id, lead_id, from_stage, to_stage, at, actor_kind) select m.workspace_id, gen_random_uuid(), m.lead_id, 'ACCEPTED', 'RETURNED', m.at + interval '12 days', 'SYSTEM'
  from moves m where m.to_stage = 'RETURNED' and substr(m.id::text, 36) < '3'`

// lively is the demo with more in it, and its raw rows.
func lively(t *testing.T) (*db.Reader, *raw) {
	t.Helper()
	f := open(t)
	d, err := Load(t.Context(), f.DB, nil, auth.NewPasswords(1), noon)
	require.NoError(t, err)
	f.run(t, enliven)
	return f.Read(d.Workspace), readRaw(t, f)
}

// run runs statements as an administrator.
func (f fixture) run(t *testing.T, sql string) {
	t.Helper()
	c := dial(t, f)
	_, err := c.Exec(t.Context(), sql)
	require.NoError(t, err)
}

// TestSharedNumbers counts everything again, row by row, and compares.
func TestSharedNumbers(t *testing.T) {
	t.Parallel()
	r, w := lively(t)
	t.Run("the scorecard is what its rows say", func(t *testing.T) { t.Parallel(); scorecardIsItsRows(t, r, w) })
	t.Run("clocks of the scorecard are those of slaCompliance and coverage", func(t *testing.T) { t.Parallel(); clocksAreThoseOfCompliance(t, r, w) })
	t.Run("a compliance is what its clocks say", func(t *testing.T) { t.Parallel(); complianceIsItsClocks(t, r, w) })
	t.Run("every minor unit of a cost is in one group", func(t *testing.T) { t.Parallel(); costsAreDivided(t, r, w) })
	t.Run("a funnel is what its moves say", func(t *testing.T) { t.Parallel(); funnelIsItsMoves(t, r, w) })
	t.Run("a funnel of some leads is of those alone", func(t *testing.T) { t.Parallel(); funnelOfSome(t, r, w) })
	t.Run("a cursor belongs to one number", func(t *testing.T) { t.Parallel(); cursorsOfOneNumber(t, r) })
	t.Run("goals count what the scorecard counts", func(t *testing.T) { t.Parallel(); goalsCountTheSame(t, r, w) })
}

// period is a stretch of time with the instant before which things count.
type period struct {
	scorecard.Span
	until time.Time
}

// groupOf is the group of an item, as the brute force tells it.
func groupOf(by scorecard.Grouping, i item) string {
	switch by {
	case scorecard.ByMonth, scorecard.ByWeek:
		return by.Key(i.at)
	case scorecard.BySource:
		return i.source
	case scorecard.ByPersona:
		return i.persona
	case scorecard.ByCampaign:
		return i.campaign
	case scorecard.ByMember:
		return i.member
	case scorecard.ByTeam:
		return i.team
	}
	return ""
}

// nameOf is the group of a row, as the brute force tells it.
func nameOf(r *db.ScorecardRow) string {
	for _, i := range []*id.UUID{r.SourceID, r.PersonaID, r.CampaignID, r.MemberID} {
		if i != nil {
			return i.String()
		}
	}
	if r.Key != nil {
		return *r.Key
	}
	return ""
}

// all reads what a number counts, page by page.
func all(t *testing.T, r *db.Reader, c *db.Counting) (ids []string) {
	t.Helper()
	a := page.Args{First: new(int32(250))}
	for {
		p, err := r.Counted(t.Context(), []*db.Counting{c}, a)
		require.NoError(t, err)
		for _, e := range p[0].Entries {
			ids = append(ids, e.GlobalID().UUID.String())
		}
		if !p[0].Info.HasNextPage {
			require.Equal(t, len(ids), int(p[0].TotalCount()))
			return ids
		}
		a.After = p[0].Info.EndCursor()
	}
}

// idsOf are the ids of items.
func idsOf(items []item) []string {
	out := make([]string, len(items))
	for i, x := range items {
		out[i] = x.id
	}
	return out
}

// check compares a number with the items that the brute force found.
func check(t *testing.T, r *db.Reader, m *db.Measure, top, bottom []item, drill bool) {
	t.Helper()
	what := fmt.Sprint(m.Metric, " ", m.ReasonID)
	detail := ""
	if m.ReasonID != nil {
		detail = m.ReasonID.String()
	} else if m.Currency != nil {
		detail = *m.Currency
	}
	top = slices.DeleteFunc(slices.Clone(top), func(i item) bool { return detail != "" && i.detail != detail })
	n := int64(len(top))
	if m.Metric == scorecard.AmountWon || m.Metric == scorecard.Revenue {
		n = 0
		for _, i := range top {
			n += i.minor
		}
	}
	require.Equal(t, n, m.Numerator, what)
	if bottom == nil {
		require.Nil(t, m.Denominator, what)
		require.Equal(t, float64(n), *m.Value, what)
	} else {
		require.Equal(t, int64(len(bottom)), *m.Denominator, what)
		if len(bottom) == 0 {
			require.Nil(t, m.Value, what)
			require.NotEmpty(t, *m.Missing, what)
		} else {
			require.Equal(t, float64(n)/float64(len(bottom)), *m.Value, what)
		}
	}
	if drill {
		require.ElementsMatch(t, idsOf(top), all(t, r, m.Counts(scorecard.Numerator)), what)
		require.ElementsMatch(t, idsOf(bottom), all(t, r, m.Counts(scorecard.Denominator)), what)
	}
}

func scorecardIsItsRows(t *testing.T, r *db.Reader, w *raw) {
	t.Helper()
	ago := func(days int) time.Time { return noon.AddDate(0, 0, -days).Add(-7 * time.Hour) }
	metrics := slices.DeleteFunc(slices.Clone(scorecard.Metrics), func(m scorecard.Metric) bool {
		return m == scorecard.Cost || m == scorecard.CostPerAccepted || m == scorecard.Coverage
	})
	for name, p := range map[string]period{
		"the usual quarter":                         {scorecard.Span{From: noon.Add(-90 * 24 * time.Hour), To: noon}, noon},
		"a month a while ago, as it was at its end": {scorecard.Span{From: ago(75), To: ago(45)}, ago(45)},
		"the same month as it is by now":            {scorecard.Span{From: ago(75), To: ago(45)}, noon},
		"an hour in which little happened":          {scorecard.Span{From: noon.Add(-time.Hour), To: noon}, noon},
	} {
		for _, by := range scorecard.Groupings {
			t.Run(fmt.Sprint(name, " by ", by), func(t *testing.T) {
				t.Parallel()
				s, err := r.Scorecard(t.Context(), db.ScorecardAsk{From: &p.From, To: &p.To, Until: &p.until, By: by, Metrics: metrics}, noon)
				require.NoError(t, err)
				tops, bottoms := map[scorecard.Metric][]item{}, map[scorecard.Metric][]item{}
				groups := map[string]bool{}
				for _, m := range metrics {
					tops[m], bottoms[m] = w.items(m, p)
					for _, i := range append(slices.Clone(tops[m]), bottoms[m]...) {
						groups[groupOf(by, i)] = true
					}
				}
				for _, m := range s.Total.Measures {
					check(t, r, m, tops[m.Metric], bottoms[m.Metric], by == scorecard.ByNothing)
				}
				for n, row := range s.Rows {
					name := nameOf(row)
					delete(groups, name)
					mine := func(all []item) []item {
						if all == nil {
							return nil
						}
						return slices.DeleteFunc(slices.Clone(all), func(i item) bool { return groupOf(by, i) != name })
					}
					for _, m := range row.Measures {
						check(t, r, m, mine(tops[m.Metric]), mine(bottoms[m.Metric]), n == 1)
					}
				}
				if by != scorecard.ByNothing {
					require.Empty(t, groups, "no group is missing")
				}
			})
		}
	}
	t.Run("the demo has something of everything", func(t *testing.T) {
		t.Parallel()
		for _, m := range metrics {
			top, _ := w.items(m, period{scorecard.Span{From: ago(180), To: noon}, noon})
			require.NotEmpty(t, top, m)
		}
	})
}

func clocksAreThoseOfCompliance(t *testing.T, r *db.Reader, w *raw) {
	t.Helper()
	s, err := r.Scorecard(t.Context(), db.ScorecardAsk{Metrics: []scorecard.Metric{scorecard.AcceptCompliance, scorecard.EngageCompliance, scorecard.Coverage}, By: scorecard.ByNothing}, noon)
	require.NoError(t, err)
	of, err := r.SlaCompliance(t.Context(), nil, nil, "STAGE", nil, id.UUID{}, noon)
	require.NoError(t, err)
	rates := map[string]*float64{}
	for _, c := range of {
		rates[*c.Key] = c.Rate()
	}
	require.Equal(t, rates["ACCEPT"], s.Total.Measures[0].Value)
	require.Equal(t, rates["ENGAGE"], s.Total.Measures[1].Value)
	covered, err := r.Coverage(t.Context(), noon)
	require.NoError(t, err)
	require.Equal(t, covered.Share, *s.Total.Measures[2].Value)
	require.Len(t, all(t, r, s.Total.Measures[2].Counts(scorecard.Denominator)), int(covered.OpenLeads))
}

func costsAreDivided(t *testing.T, r *db.Reader, w *raw) {
	t.Helper()
	for _, by := range scorecard.Groupings {
		for _, beside := range [][]scorecard.Metric{nil, {scorecard.Revenue}, {scorecard.CostPerAccepted, scorecard.LeadsAcceptance}} {
			s, err := r.Scorecard(t.Context(), db.ScorecardAsk{By: by, Metrics: append([]scorecard.Metric{scorecard.Cost}, beside...)}, noon)
			require.NoError(t, err)
			costsAreThoseOf(t, s, w)
		}
	}
}

// costsAreThoseOf compares costs with those that the brute force found, whatever is asked for beside them.
func costsAreThoseOf(t *testing.T, s *db.Scorecard, w *raw) {
	t.Helper()
	want, spread := w.costs(scorecard.Span{From: s.From, To: s.To}, s.By)
	got := map[string]int64{}
	for _, m := range s.Total.Measures {
		if m.Metric == scorecard.Cost {
			require.Equal(t, want[*m.Currency], m.Numerator, s.By)
		}
	}
	accepted := map[string]int64{}
	for _, row := range s.Rows {
		for _, m := range row.Measures {
			if m.Metric == scorecard.Cost && m.Currency != nil {
				got[*m.Currency] += m.Numerator
			}
			if m.Metric == scorecard.LeadsAcceptance {
				accepted[nameOf(row)] = m.Numerator
			}
		}
		for _, m := range row.Measures {
			if m.Metric == scorecard.CostPerAccepted && m.Value != nil {
				require.Equal(t, float64(m.Numerator)/float64(accepted[nameOf(row)]), *m.Value)
			}
		}
	}
	if s.By != scorecard.ByNothing {
		require.Equal(t, spread, got, s.By)
	}
}
