// Package sla holds the speed that the departments promise each other: calendars of working hours, the policy that says how fast what
// has to happen, and the clocks that run under it. Time is an argument everywhere; instants and durations are taken to the microsecond,
// as PostgreSQL keeps them.
package sla

import (
	"math"
	"time"
)

// Timetable is a calendar ready to be read. An instant is open when the clock on the wall of the calendar's zone shows a time within
// its hours: an hour that the clocks skip is never open, and one that they show twice is open twice. Amounts are real time that passes.
// It never changes and serves any number of goroutines.
type Timetable struct {
	zone *time.Location
	wall *wall
}

// Always is the timetable that is open day and night: that of wall minutes.
func Always() *Timetable {
	return &Timetable{zone: time.UTC, wall: newWall([]stretch{{from: 0, to: week}}, nil)}
}

// Zone is the calendar's time zone.
func (t *Timetable) Zone() *time.Location { return t.zone }

// IsOpen tells whether an instant is open; at an opening it is, at a closing it is not.
func (t *Timetable) IsOpen(at time.Time) bool {
	now := at.UnixMicro()
	_, open := t.wall.closes(now + t.era(now).offset)
	return open
}

// Elapsed is the open time from one instant to another; negative when the second is the earlier one.
func (t *Timetable) Elapsed(from, to time.Time) time.Duration {
	a, b := from.UnixMicro(), to.UnixMicro()
	if b < a {
		return -t.Elapsed(to, from)
	}
	sum := int64(0)
	for a < b {
		e := t.era(a)
		end := min(b, e.to)
		sum += e.between(t.wall, a, end)
		a = end
	}
	return time.Duration(sum) * time.Microsecond
}

// Due is the instant at which so much open time has passed since start. A duration that ends at a closing is due at that closing, not at
// the next opening; none is due at once, or at the next opening; a negative one is counted back from start. Elapsed(start, Due(start, d)) = d.
func (t *Timetable) Due(start time.Time, d time.Duration) time.Time {
	left := d.Microseconds()
	switch {
	case left == 0:
		return t.NextOpen(start)
	case left < 0:
		return t.back(start.UnixMicro(), -left)
	}
	at := start.UnixMicro()
	for {
		e := t.era(at)
		there := e.between(t.wall, at, e.to)
		if there >= left {
			return instant(t.wall.first(t.wall.open(at+e.offset)+left) - e.offset)
		}
		at, left = e.to, left-there
	}
}

// back is the last instant from which so much open time passes until an instant.
func (t *Timetable) back(at, left int64) time.Time {
	for {
		e := t.era(at - 1)
		there := e.between(t.wall, e.from, at)
		if there >= left {
			return instant(t.wall.last(t.wall.open(at+e.offset)-left) - e.offset)
		}
		at, left = e.from, left-there
	}
}

// NextOpen is the first open instant that is not before another.
func (t *Timetable) NextOpen(at time.Time) time.Time {
	now := at.UnixMicro()
	for {
		e := t.era(now)
		if open := t.wall.last(t.wall.open(now+e.offset)) - e.offset; open < e.to {
			return instant(open)
		}
		now = e.to
	}
}

// PrevOpen is the last instant, not after another, at which open time ended or goes on.
func (t *Timetable) PrevOpen(at time.Time) time.Time {
	if t.IsOpen(at) {
		return instant(at.UnixMicro())
	}
	now := at.UnixMicro()
	for {
		e := t.era(now - 1)
		if open := t.wall.first(t.wall.open(now+e.offset)) - e.offset; open > e.from {
			return instant(open)
		}
		now = e.from
	}
}

// longest is how long open time is followed until it closes.
const longest = 400 * day

// NextClose is the first closing after an instant; false where open time goes on for over 400 days.
func (t *Timetable) NextClose(at time.Time) (time.Time, bool) {
	now := t.NextOpen(at).UnixMicro()
	for first := now; now-first <= longest; {
		e := t.era(now)
		end, open := t.wall.closes(now + e.offset)
		if !open {
			return instant(now), true
		}
		now = min(end-e.offset, e.to)
	}
	return time.Time{}, false
}

// era is a time without a change of the clocks.
type era struct {
	from, to int64 // Unix time in microseconds: from <= instant < to
	offset   int64 // from Unix time to wall time
}

// ever is before and after every instant, with room to calculate.
const ever = math.MaxInt64 / 4

// era finds the era of an instant.
func (t *Timetable) era(at int64) era {
	local := time.UnixMicro(at).In(t.zone)
	_, offset := local.Zone()
	e := era{-ever, ever, int64(offset)*1e6 + mondayDays*day}
	from, to := local.ZoneBounds()
	if !from.IsZero() {
		e.from = from.UnixMicro()
	}
	if !to.IsZero() {
		e.to = to.UnixMicro()
	}
	if e.to <= at { // far in the future Go ends every year after 365 days: what is left of a leap year is its last day in UTC
		e.to = (floor(at, day) + 1) * day
	}
	return e
}

// between is the open time between two instants of the era.
func (e era) between(w *wall, from, to int64) int64 {
	return w.open(to+e.offset) - w.open(from+e.offset)
}

// instant is Unix time in microseconds as a time.
func instant(micro int64) time.Time { return time.UnixMicro(micro).UTC() }
