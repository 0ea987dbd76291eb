package scoring

// stretch finds the first change after at and up to until, a time in which fit stays and no touch comes. Row 0 has the points at at.
// Points change most in the first days, so it goes in steps that double.
func (s *search) stretch(at, until int64) (int64, bool) {
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
	middle, values := at+(to-at)/2, s.row(free)
	s.values(middle, values)
	if found, ok := s.halve(at, middle, first, values, free+1); ok {
		return found, true
	}
	return s.halve(middle, to, values, last, free+1)
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
