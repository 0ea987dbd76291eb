package backtest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/id"
)

// segmentMinEach is how many of either outcome a segment needs for an AUC of its own.
const segmentMinEach = 10

// breakdown divides the rows by a persona or source.
func (r *Run) breakdown(rows []row, g *groups, kind id.Kind, of func(*row) int32) Breakdown {
	parts := make([][]int32, len(g.all))
	for i := range rows {
		parts[of(&rows[i])] = append(parts[of(&rows[i])], int32(i))
	}
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		ga, gb := &g.all[a], &g.all[b]
		return cmp.Or(cmp.Compare(len(parts[b]), len(parts[a])), strings.Compare(ga.Name, gb.Name), slices.Compare(ga.ID[:], gb.ID[:]))
	})
	b := Breakdown{Groups: []Segment{}, Count: len(order)}
	for _, n := range order[:min(len(order), maxGroups)] {
		s := r.segment(rows, parts[n])
		s.Name = g.all[n].Name
		if !g.all[n].ID.IsZero() {
			s.ID = &id.Global{Kind: kind, UUID: g.all[n].ID}
		}
		b.Groups = append(b.Groups, s)
	}
	if len(order) > maxGroups {
		var rest []int32
		for _, n := range order[maxGroups:] {
			rest = append(rest, parts[n]...)
		}
		slices.Sort(rest)
		b.Others = new(r.segment(rows, rest))
	}
	return b
}

// segment counts some rows, given by their places in ascending order.
func (r *Run) segment(rows []row, part []int32) Segment {
	s := Segment{Leads: len(part)}
	totals, positive := make([]float64, len(part)), make([]bool, len(part))
	over, sum := 0, 0.0 // positives over the threshold
	for i, n := range part {
		w := &rows[n]
		totals[i], positive[i] = w.total, w.positive
		sum += w.total
		if w.positive {
			s.Positives++
		}
		if float64(w.score) >= r.setup.Threshold {
			s.OverThreshold++
			if w.positive {
				over++
			}
		}
	}
	s.MeanScore = sum / float64(max(len(part), 1))
	s.Conversion = share(s.Positives, s.Leads)
	s.Precision, s.Recall = shareOf(over, s.OverThreshold), shareOf(over, s.Positives)
	if s.Positives >= segmentMinEach && s.Leads-s.Positives >= segmentMinEach {
		s.Auc = AUC(totals, positive)
	}
	return s
}
