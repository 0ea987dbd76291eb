package condition

import (
	"iter"
	"slices"
	"time"
)

// MoveTo asks of another instant what is known: the same values and touches. What a caller borrowed it moves back.
func (f *Facts) MoveTo(at time.Time) { f.at = at.UnixMicro() }

// Clone is a copy that can be changed by itself: what would be, if something more were known.
func (f *Facts) Clone() *Facts {
	c := &Facts{reg: f.reg, at: f.at, cells: make([]cell, len(f.cells))}
	for i := range f.cells {
		c.cells[i] = f.cells[i]
		c.cells[i].folded, c.cells[i].tokens = nil, nil
	}
	c.touches, c.marks = f.Touches(), slices.Clone(f.marks)
	return c
}

// AddTouches adds touches to those that the facts have. Where they are the newest those are copied only once somebody reads them: conditions
// look at their marks.
func (f *Facts) AddTouches(more []Touch) {
	touches := f.Touches()
	if len(more) == 0 || !slices.IsSortedFunc(more, newest) || len(touches) > 0 && newest(more[len(more)-1], touches[0]) > 0 {
		f.SetTouches(slices.Concat(more, touches))
		return
	}
	marks := make([]mark, 0, len(more)+len(f.marks))
	for i := range more {
		marks = append(marks, marked(&more[i]))
	}
	f.added, f.marks = more, append(marks, f.marks...)
}

// Touches are all touches, newest first, also those to come. They are the facts' own and only to be read.
func (f *Facts) Touches() []Touch {
	if len(f.added) > 0 {
		f.touches, f.added = slices.Concat(f.added, f.touches), nil
	}
	return f.touches
}

// Work is how much conditions have looked at to match: tests, words that were looked for, and touches.
func (f *Facts) Work() int { return f.work }

// Set sets an attribute to a value of its type, and tells whether it is one.
func (f *Facts) Set(slot Slot, v Value) bool {
	t := f.reg.definitions[slot].Type
	switch {
	case t == TypeNumber && v.kind == TypeNumber:
		f.SetNumber(slot, v.number)
	case t == TypeBoolean && v.kind == TypeBoolean:
		f.SetBool(slot, v.boolean)
	case t == TypeTime && v.kind == TypeText:
		at, ok := parseTime(v.text)
		if ok {
			f.cells[slot] = cell{set: true, time: at}
		}
		return ok
	case (t == TypeText || t == TypeEnum) && v.kind == TypeText:
		f.SetText(slot, v.text)
	default:
		return false
	}
	return true
}

// Get is the value of an attribute; nil where it is missing.
func (f *Facts) Get(slot Slot) *Value { return f.cells[slot].value(f.reg.definitions[slot].Type) }

// Behaviour is what the matcher was made of; only to be read.
func (m *Matcher) Behaviour() Behaviour { return m.source }

// Ever are the touches that match whenever they are, also those to come, oldest first and those of one moment by id, each with its
// microsecond of Unix time. The window and the count of the behaviour do not matter.
func (m *Matcher) Ever(f *Facts) iter.Seq2[int64, *Touch] {
	return func(yield func(int64, *Touch) bool) {
		touches := f.Touches()
		for i := len(f.marks) - 1; i >= 0; i-- {
			if m.fits(f, i) && !yield(f.marks[i].at, &touches[i]) {
				return
			}
		}
	}
}

// Times are the times of the touches of Ever, without the touches.
func (m *Matcher) Times(f *Facts) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for i := len(f.marks) - 1; i >= 0; i-- {
			if m.fits(f, i) && !yield(f.marks[i].at) {
				return
			}
		}
	}
}

// Next is the first instant after the facts' own at which, by time alone, a test of the condition changes its answer: a time leaves
// or enters WITHIN_DAYS or OLDER_THAN_DAYS, or a behaviour gains or loses what it needs. The condition as a whole need not change.
// False where none ever does.
func (p *Program) Next(f *Facts) (time.Time, bool) {
	next := p.root.next(f)
	return time.UnixMicro(next).UTC(), next < future
}

// next is the microsecond of Next for a node; future for never.
func (n *node) next(f *Facts) int64 {
	switch {
	case n.test == testTouches:
		return n.matcher.next(f)
	case n.test == testSpan && n.relative:
		return n.nextSpan(f)
	}
	next := int64(future)
	for i := range n.kids {
		next = min(next, n.kids[i].next(f))
	}
	return next
}

// nextSpan: from + at <= the time holds up to the time - from, the time <= to + at from the time - to on.
func (n *node) nextSpan(f *Facts) int64 {
	c := f.cell(n)
	if !c.set {
		return future
	}
	if enters := c.time - n.to; enters > f.at {
		return enters
	}
	if n.from > past && c.time-n.from+1 > f.at {
		return c.time - n.from + 1
	}
	return future
}

// next: each run of as many touches as are asked for makes the behaviour hold from its newest on until its oldest leaves the window.
func (m *Matcher) next(f *Facts) int64 {
	until, oldest, run := int64(past), len(f.marks), 0 // until: the end of what holds at the facts' instant
	for i := len(f.marks) - 1; i >= 0; i-- {
		if !m.fits(f, i) {
			continue
		}
		if run++; run < m.least {
			continue
		}
		for oldest--; !m.fits(f, oldest); oldest-- { // the run's oldest: the touch after the last run's
		}
		from, to := f.marks[i].at, int64(future)
		if m.window > 0 {
			to = f.marks[oldest].at + m.window
		}
		switch {
		case from >= to || to <= f.at: // over
		case from <= f.at || from <= until:
			until = to
		case until > f.at:
			return until
		default:
			return from
		}
	}
	if until > f.at {
		return until
	}
	return future
}
