package scoring

import "math"

// stretch finds the first change after at and up to until, a time in which fit stays and no touch comes. Row 0 has the points at at.
// Points change most in the first days, so it goes in steps that double.
func (s *search) stretch(at, until int64) (int64, bool) {
	s.cuts = append(append(s.cuts[:0], s.p.engagementGrades[:]...), s.edges.Engagement...)
	for _, e := range s.edges.Score { // totals are whole: they pass from one to the next halfway
		s.cuts = append(s.cuts, math.Ceil(e)-0.5-s.fit, math.Floor(e)+0.5-s.fit)
	}
	for step := int64(hour); at < until; step *= 2 {
		to := until
		if until-at > step {
			to = at + step
		}
		s.values(to, s.row(1))
		if found, ok := s.halve(at, to, s.row(0), s.row(1), 2); ok {
			return found, true
		}
		copy(s.row(0), s.row(1))
		at = to
	}
	return 0, false
}

// halve finds the first change after at and up to to, of which the points are known. At at nothing has changed.
func (s *search) halve(at, to int64, first, last []float64, free int) (int64, bool) {
	least, most := s.bounds(first, last)
	switch {
	case !s.differs(s.fit, least, s.fit, most):
		return 0, false
	case s.patience <= 0:
		return max(at, s.start+hour), true
	case to-at == 1:
		return to, s.differs(s.fit, s.engagement(last), s.oldFit, s.old)
	}
	middle, values := s.split(at, to, first, last, free), s.row(free)
	s.values(middle, values)
	if found, ok := s.halve(at, middle, first, values, free+1); ok {
		return found, true
	}
	return s.halve(middle, to, values, last, free+1)
}

// split is a moment between two, both excluded, so chosen that little is left to search. In every third turn it is the middle, so that it
// ends also where guesses are wrong: where a touch leaves a window.
func (s *search) split(at, to int64, first, last []float64, turn int) int64 {
	part, width := float64(to-at)/2, float64(to-at)
	from, until := s.engagement(first), s.engagement(last)
	cut, passed := s.cut(from, until)
	switch {
	case turn%3 == 1:
	case passed:
		part = s.guess(width, (from-cut)/(from-until), turn%3 == 2)
	default:
		least, most := s.bounds(first, last)
		part = s.cleared(width, from, until, least, most)
	}
	return min(max(at+int64(part), at+1), to-1)
}

// guess is how far on the sum passes a cut, if it goes straight: in turn just after it or just before it. A decaying sum is early by at most
// half its steepness times both parts, so that two guesses leave about the square of the stretch.
func (s *search) guess(width, share float64, after bool) float64 {
	part := width * share
	if after {
		return part + 2
	}
	return part - 2 - s.steepest/2*part*(width-part)
}

// cleared is a part at the end where the sum, which passes no cut, is nearest to one: so short that what gives and what takes cannot pass
// it there, neither.
func (s *search) cleared(width, from, until, least, most float64) float64 {
	part, atEnd := width/2, false
	for _, c := range s.cuts {
		gap, slack := min(from, until)-c, min(from, until)-least
		if gap < 0 {
			gap, slack = c-max(from, until), most-max(from, until)
		}
		if p := 0.9 * width * gap / slack; gap > 0 && slack > 0 && p < part {
			part, atEnd = p, (until < from) == (c <= min(from, until))
		}
	}
	if atEnd {
		return width - part
	}
	return part
}

// cut is the first number between two sums of engagement at which something may change.
func (s *search) cut(from, until float64) (cut float64, passed bool) {
	for _, c := range s.cuts {
		if (from < c) != (until < c) && (!passed || (from < until) == (c < cut)) {
			cut, passed = c, true
		}
	}
	return cut, passed
}

// bounds are the least and the most that engagement is between two moments.
func (s *search) bounds(first, last []float64) (least, most float64) {
	low, high := sum{p: s.p}, sum{p: s.p}
	for i := range s.rules {
		group := s.rules[i].rule.group
		low.add(0, min(first[i], last[i]), group)
		high.add(0, max(first[i], last[i]), group)
	}
	return low.capped(), high.capped()
}

// differs tells whether a grade or the side of an edge is another for one fit and engagement than for the other. The band rests on the
// grades, and a change of both that leaves the band is a change all the same.
func (s *search) differs(fit, engagement, otherFit, otherEngagement float64) bool {
	p := s.p
	if p.fitGrade(fit) != p.fitGrade(otherFit) || p.engagementGrade(engagement) != p.engagementGrade(otherEngagement) {
		return true
	}
	if apart(s.edges.Fit, fit, otherFit) || apart(s.edges.Engagement, engagement, otherEngagement) {
		return true
	}
	return len(s.edges.Score) > 0 && apart(s.edges.Score, float64(p.total(fit+engagement)), float64(p.total(otherFit+otherEngagement)))
}

// apart tells whether two numbers lie on different sides of an edge: below, on or above it.
func apart(edges []float64, a, b float64) bool {
	for _, e := range edges {
		if (a < e) != (b < e) || (a > e) != (b > e) {
			return true
		}
	}
	return false
}
