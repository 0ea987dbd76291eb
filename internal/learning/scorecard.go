package learning

import (
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// The range of the points, and what whole points may cost.
const (
	least, most = 0, 100
	tail        = 0.005 // share of leads for training that may lie at either end of the range
	wholeLoss   = 0.001 // AUC on the leads for training; beyond it points have one decimal
)

// scorecard is a regression on cells on its way to points.
type scorecard struct {
	m         *Model
	parts     []part
	intercept float64
	step      float64
	scale     float64 // points for one unit of log-odds
	base      float64
	model     *scoring.Model // nil where no rule gives points
}

// scorecard cuts every feature into cells, fits the same regression on them, and rounds it to points.
func (m *Model) scorecard() (*scorecard, error) {
	s := &scorecard{m: m}
	for _, i := range m.used {
		if m.table.features[i].Exact {
			return nil, fault.Input("features", "No condition tells texts apart by case alone: a scorecard needs features that are not exact.")
		}
	}
	s.parts = m.parts()
	if err := s.fit(); err != nil {
		return nil, err
	}
	joined := false
	for i := range s.parts {
		joined = s.parts[i].join() || joined
	}
	s.parts = slices.DeleteFunc(s.parts, func(p part) bool { return len(p.cells) < 2 })
	if joined {
		if err := s.fit(); err != nil {
			return nil, err
		}
	}
	if len(s.parts) > 0 && s.round() {
		s.model = s.draft()
	}
	return s, nil
}

// fit fits the regression on the cells.
func (s *scorecard) fit() error {
	rows := s.m.table.Rows()
	d := &design{columns: []string{""}, slots: len(s.parts), at: make([]int32, rows*len(s.parts))}
	for n := range s.parts {
		first := int32(len(d.columns))
		d.columns = append(d.columns, make([]string, len(s.parts[n].cells))...)
		for r, c := range s.parts[n].of {
			if c >= 0 {
				d.at[r*d.slots+n] = first + c
			}
		}
	}
	if len(d.columns) > 2*maxColumns {
		return fault.Input("features", "The features have over %d levels together: leave some out, or raise rareMin.", 2*maxColumns)
	}
	f, err := d.fit(s.m.train, s.m.table.labels, s.m.options.C)
	if err != nil {
		return err
	}
	s.intercept = f.weights[0]
	next := 1
	for n := range s.parts {
		for c := range s.parts[n].cells {
			s.parts[n].cells[c].weight = f.weights[next]
			next++
		}
	}
	return nil
}

// sums are a number for each of some rows: the start, and what each of its cells gives.
func (s *scorecard) sums(rows []int32, start float64, of func(*cell) float64) []float64 {
	sums := make([]float64, len(rows))
	for i, r := range rows {
		sums[i] = start
		for n := range s.parts {
			if c := s.parts[n].of[r]; c >= 0 {
				sums[i] += of(&s.parts[n].cells[c])
			}
		}
	}
	return sums
}

// totals are the points of some rows, within the range.
func (s *scorecard) totals(rows []int32) []float64 {
	totals := s.sums(rows, s.base, func(c *cell) float64 { return c.points })
	for i, x := range totals {
		totals[i] = min(max(x, least), most)
	}
	return totals
}

// round turns weights into points, whole ones if that costs next to nothing, and tells whether there are any. All but the outermost
// leads for training lie within the range.
func (s *scorecard) round() bool {
	odds := s.sums(s.m.train, s.intercept, func(c *cell) float64 { return c.weight })
	sorted := slices.Sorted(slices.Values(odds))
	low, high := quantile(sorted, tail), quantile(sorted, 1-tail)
	if high-low < 1e-6 {
		return false
	}
	s.scale = (most - least) / (high - low)
	labels := s.m.table.labelsOf(s.m.train)
	auc := *backtest.AUC(odds, labels)
	for _, s.step = range []float64{1, 0.1} {
		s.points(low)
		if auc-*backtest.AUC(s.totals(s.m.train), labels) <= wholeLoss {
			break
		}
	}
	return true
}

// quantile is the number that a share of sorted ones lie below.
func quantile(sorted []float64, share float64) float64 {
	return sorted[min(max(int(share*float64(len(sorted))), 0), len(sorted)-1)]
}

// points sets the points of all cells, multiples of the step, and the base: what a lead has that lies in all references.
func (s *scorecard) points(low float64) {
	usual := s.intercept
	for n := range s.parts {
		p := &s.parts[n]
		reference := p.cells[p.reference()].weight
		usual += reference
		for c := range p.cells {
			p.cells[c].points = s.stepped((p.cells[c].weight - reference) * s.scale)
		}
	}
	s.base = s.stepped((usual - low) * s.scale)
}

// stepped is the nearest multiple of the step. Tenths are divided, which gives the float64 that is written the same.
func (s *scorecard) stepped(points float64) float64 {
	per := math.Round(1 / s.step)
	x := math.Round(points*per) / per
	return x + 0 // no negative zero
}

// draft is the scoring model. On the leads for training, as many pass the threshold as reached the outcome; half of these have fit A
// and are hot, the others B and warm; C divides the rest. With engagement left to be added by people, fit alone decides the band.
func (s *scorecard) draft() *scoring.Model {
	rules := s.rules()
	if len(rules) == 0 {
		return nil
	}
	sums := s.sums(s.m.train, s.base, func(c *cell) float64 { return c.points })
	slices.Sort(sums)
	rate := s.m.table.part(s.m.train).rate()
	b := math.Round(quantile(sums, 1-rate))
	b = min(max(b, least+1), most-1)
	m := &scoring.Model{
		Base: s.base, Least: least, Most: most, Threshold: b, Fit: rules,
		FitGrades:        scoring.FitGrades{A: max(math.Round(quantile(sums, 1-rate/2)), b+1), B: b, C: min(math.Round(quantile(sums, (1-rate)/2)), b-1)},
		EngagementGrades: scoring.EngagementGrades{One: 30, Two: 20, Three: 10},
	}
	for i, fit := range lifecycle.FitGrades {
		for engagement := 1; engagement <= 4; engagement++ {
			m.Bands = append(m.Bands, scoring.BandCell{Fit: fit, Engagement: engagement, Band: lifecycle.Bands[min(i, len(lifecycle.Bands)-1)]})
		}
	}
	return m
}

// judge measures the points on the leads kept for judging, against the regression's AUC.
func (s *scorecard) judge(auc float64) *Points {
	p := &Points{Rules: len(s.model.Fit), Step: s.step, PointsPerOdds: s.scale * math.Ln2}
	p.Auc = *backtest.AUC(s.totals(s.m.test), s.m.table.labelsOf(s.m.test))
	p.AucLoss = auc - p.Auc
	return p
}
