package scoring

import (
	"math"
	"time"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// Edges are numbers that somebody compares scores with, such as a lead definition does.
type Edges struct {
	Score      []float64 // with Score.Total
	Fit        []float64 // with Score.Fit
	Engagement []float64 // with Score.Engagement
}

// The bounds of a search.
const (
	horizon    = 100 * 365 * day // nobody looks further ahead
	patience   = 20_000          // sums that a search makes
	rows       = 64              // halving a hundred years to a microsecond takes 52 steps
	hour       = day / 24
	everything = 1<<63 - 1
)

// Next is the first microsecond after the instant of the facts at which a lead's grades or band, or the side of an edge on which it
// lies (below, on, above), are others than now, if no new fact and no new touch comes; false where that is not in the next hundred
// years. Just before it they are as now.
//
// Between the moments at which a fact's age changes an answer or a touch to come is there, the points of every rule only shrink
// towards 0, also when touches leave a window. So the rules that give at the beginning of a stretch of time together with those that
// take at its end bound every sum within it, to the bit: a stretch whose bounds lie on the same side of all edges is done, another is
// halved. Where rules that give and rules that take hold a sum at an edge for long, the search may tire: then the answer is a moment
// from which to look again, which is no later than the change or an hour on.
func (p *Program) Next(f *condition.Facts, edges Edges) (time.Time, bool) {
	start := f.At()
	defer f.MoveTo(start)
	s := search{p: p, edges: &edges, patience: patience}
	s.prepare(f, start.UnixMicro())
	at, end := start.UnixMicro(), start.UnixMicro()+horizon
	for at < end {
		until := min(s.breaks(f, at), end)
		if found, ok := s.stretch(at, until-1); ok {
			return time.UnixMicro(found).UTC(), true
		}
		f.MoveTo(time.UnixMicro(until))
		s.fit = p.fitAt(f)
		s.values(until, s.row(0))
		if s.differs(s.fit, s.engagement(s.row(0)), s.oldFit, s.old) {
			return time.UnixMicro(until).UTC(), until < end
		}
		at = until
	}
	return time.Time{}, false
}

// search looks for the next change.
type search struct {
	p           *Program
	edges       *Edges
	rules       []timeline
	arrivals    []int64 // of touches to come
	start       int64
	oldFit, old float64 // fit and engagement at the beginning
	fit         float64 // in the stretch that is searched
	rows        [][]float64
	cuts        []float64 // of engagement
	steepest    float64   // the quickest decay, by microsecond
	patience    int
}

// timeline are the touches of one rule that count now or will.
type timeline struct {
	rule    *engagementRule
	touched []int64 // oldest first
}

// prepare gathers what may still count, and what is.
func (s *search) prepare(f *condition.Facts, at int64) {
	s.start = at
	room := make([]int64, 0, 2*len(f.Touches()))
	for i := range s.p.engagement {
		r, from := &s.p.engagement[i], len(room)
		for touched := range r.matcher.Ever(f) {
			if r.window == 0 || at-touched < r.window {
				room = append(room, touched)
			}
		}
		if len(room) > from {
			s.rules = append(s.rules, timeline{r, room[from:len(room):len(room)]})
			if r.halfLife > 0 {
				s.steepest = max(s.steepest, math.Ln2/r.halfLife)
			}
		}
	}
	for _, t := range f.Touches() {
		if touched := t.At.UnixMicro(); touched > at {
			s.arrivals = append(s.arrivals, touched) // newest first
		}
	}
	s.fit = s.p.fitAt(f)
	s.values(at, s.row(0))
	s.oldFit, s.old = s.fit, s.engagement(s.row(0))
}

// breaks is the next moment after at at which fit may change or a touch comes.
func (s *search) breaks(f *condition.Facts, at int64) int64 {
	next := int64(everything)
	for i := range s.p.fit {
		if t, ok := s.p.fit[i].when.Next(f); ok {
			next = min(next, t.UnixMicro())
		}
	}
	for i := len(s.arrivals) - 1; i >= 0; i-- {
		if s.arrivals[i] > at {
			return min(next, s.arrivals[i])
		}
	}
	return next
}

// fitAt is the fit at the instant of the facts, as Score sums it.
func (p *Program) fitAt(f *condition.Facts) float64 {
	fit := sum{p: p, total: p.base}
	for i := range p.fit {
		if r := &p.fit[i]; r.when.Match(f) {
			fit.add(r.points, r.points, r.group)
		}
	}
	return fit.capped()
}

// row is the nth row of points of all rules: 0 for the beginning of a stretch, 1 for its end, the others for what lies between.
func (s *search) row(n int) []float64 {
	const chunk = 16
	if n/chunk == len(s.rows) {
		s.rows = append(s.rows, make([]float64, chunk*len(s.rules)))
	}
	return s.rows[n/chunk][n%chunk*len(s.rules) : (n%chunk+1)*len(s.rules)]
}

// values sets the points of every rule, within its cap, at a moment.
func (s *search) values(at int64, into []float64) {
	s.patience--
	for i := range s.rules {
		r, raw := s.rules[i].rule, 0.0
		for _, touched := range s.rules[i].touched {
			raw += r.worth(touched, at)
		}
		into[i] = r.capped(raw)
	}
}

// engagement is the sum of the points of all rules, as Score sums them.
func (s *search) engagement(values []float64) float64 {
	e := sum{p: s.p}
	for i, v := range values {
		e.add(0, v, s.rules[i].rule.group)
	}
	return e.capped()
}
