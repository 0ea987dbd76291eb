package backtest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// load counts the leads by week.
func (r *Run) load(rows []row) Load {
	byWeek := map[int32]*Week{}
	for i := range rows {
		w := byWeek[rows[i].week]
		if w == nil {
			w = &Week{Start: weekStart(rows[i].week)}
			byWeek[rows[i].week] = w
		}
		w.Leads++
		if float64(rows[i].score) >= r.setup.Threshold {
			w.OverThreshold++
		}
	}
	l := Load{CapacityPerWeek: r.setup.CapacityPerWeek, Weeks: []Week{}}
	weeks := slices.Sorted(maps.Keys(byWeek))
	total, full := 0, 0
	for _, n := range weeks {
		w := byWeek[n]
		total += w.OverThreshold
		l.MostPerWeek = max(l.MostPerWeek, w.OverThreshold)
		if c := l.CapacityPerWeek; c != nil && w.OverThreshold > *c {
			full++
		}
		l.Weeks = append(l.Weeks, *w)
	}
	if len(weeks) > 0 {
		l.WeekCount = int(weeks[len(weeks)-1]-weeks[0]) + 1
		l.MeanPerWeek = float64(total) / float64(l.WeekCount)
	}
	if l.CapacityPerWeek != nil {
		l.WeeksOverCapacity = &full
	}
	l.Weeks = l.Weeks[max(0, len(l.Weeks)-maxWeeks):]
	return l
}

// flips finds the leads that another band would come to.
func flips(rows []row) Flips {
	f := Flips{Leads: []Flip{}}
	var changed []*row
	for i := range rows {
		w := &rows[i]
		if w.liveBand < 0 {
			continue
		}
		f.Compared++
		switch {
		case w.band < w.liveBand: // the warmest is the first
			f.Up++
		case w.band > w.liveBand:
			f.Down++
		default:
			continue
		}
		changed = append(changed, w)
	}
	slices.SortFunc(changed, func(a, b *row) int {
		return cmp.Or(cmp.Compare(distance(b.band, b.liveBand), distance(a.band, a.liveBand)), cmp.Compare(distance(b.score, b.live), distance(a.score, a.live)),
			slices.Compare(a.lead[:], b.lead[:]))
	})
	for _, w := range changed[:min(len(changed), maxFlips)] {
		f.Leads = append(f.Leads, Flip{
			LeadID: id.Global{Kind: id.Lead, UUID: w.lead}, Before: int(w.live), After: int(w.score),
			BandBefore: lifecycle.Bands[w.liveBand], BandAfter: lifecycle.Bands[w.band],
		})
	}
	return f
}

// distance is how far two numbers are apart.
func distance[T int8 | int32](a, b T) T { return max(a, b) - min(a, b) }

// RulesOf lists, for each attribute that a model's rules name, the keys of these rules.
func RulesOf(m *scoring.Model) map[string][]string {
	rules := map[string][]string{}
	for i := range m.Fit {
		for name := range m.Fit[i].When.Names() {
			rules[name] = append(rules[name], m.Fit[i].Key)
		}
	}
	return rules
}

// leaks lists the attributes that came late.
func (r *Run) leaks(leads int) []Leak {
	all := []Leak{}
	for attribute, n := range r.late {
		rules := r.setup.Rules[attribute]
		all = append(all, Leak{Attribute: attribute, Leads: n, Share: share(n, leads), Rules: append([]string{}, rules...)})
	}
	slices.SortFunc(all, func(a, b Leak) int {
		return cmp.Or(cmp.Compare(min(len(b.Rules), 1), min(len(a.Rules), 1)), cmp.Compare(b.Leads, a.Leads), strings.Compare(a.Attribute, b.Attribute))
	})
	return all[:min(len(all), maxLeaks)]
}
