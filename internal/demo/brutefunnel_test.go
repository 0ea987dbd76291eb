package demo

import (
	"time"

	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// costs are what campaigns cost by currency: in all, and what of it goes to groups.
func (w *raw) costs(span scorecard.Span, by scorecard.Grouping) (all, spread map[string]int64) {
	came := map[string]bool{}
	for _, l := range w.leads {
		if !l.At.Before(span.From) && l.At.Before(span.To) {
			came[l.Campaign] = true
		}
	}
	all, spread = map[string]int64{}, map[string]int64{}
	for _, s := range w.spends {
		up := func(at time.Time) int64 { // what it has cost by an instant
			switch {
			case s.Ends == nil && at.After(s.Starts), s.Ends != nil && !at.Before(*s.Ends):
				return s.Minor
			case !at.After(s.Starts):
				return 0
			}
			return int64(float64(s.Minor) * (float64(at.Sub(s.Starts)) / float64(s.Ends.Sub(s.Starts))))
		}
		cost := up(span.To) - up(span.From)
		if cost == 0 {
			continue
		}
		if all[s.Currency] += cost; by.Timed() || by == scorecard.ByCampaign || came[s.ID] {
			spread[s.Currency] += cost
		}
	}
	return all, spread
}

// rawFunnel is how far leads came.
type rawFunnel struct {
	leads    int64
	reached  stageLeads
	standing stageLeads
	left     stageLeads
	took     map[lifecycle.Stage][]float64
}

// stageLeads are leads by stage.
type stageLeads map[lifecycle.Stage]map[string]bool

func (s stageLeads) add(stage, lead string) {
	if s[lifecycle.Stage(stage)] == nil {
		s[lifecycle.Stage(stage)] = map[string]bool{}
	}
	s[lifecycle.Stage(stage)][lead] = true
}

// funnel follows leads one by one; of a group, or all.
func (w *raw) funnel(p period, by scorecard.Grouping, group *string) rawFunnel {
	out := rawFunnel{reached: stageLeads{}, standing: stageLeads{}, left: stageLeads{}, took: map[lifecycle.Stage][]float64{}}
	for _, l := range w.leads {
		if !p.has(l.At) || group != nil && groupOf(by, w.of(l.ID, l.ID, l.Owner, l.At)) != *group {
			continue
		}
		out.leads++
		out.standing.add(l.Stage, l.ID)
		out.reached.add("NEW", l.ID)
		since := l.At
		for _, m := range w.moves[l.ID] {
			if !m.At.Before(p.until) {
				break
			}
			if out.reached.add(m.To, l.ID); m.From != m.To {
				s := lifecycle.Stage(m.From)
				out.left.add(m.From, l.ID)
				out.took[s] = append(out.took[s], m.At.Sub(since).Seconds())
				since = m.At
			}
		}
	}
	return out
}
