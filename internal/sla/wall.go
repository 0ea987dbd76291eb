package sla

import "sort"

// Wall time is what the clock on the wall shows, in microseconds since a Monday's midnight: 1969-12-29 00:00. It knows no zone, so
// every day has 24 hours; what a change of the clocks does to it is the Timetable's business.
const (
	minute     = 60_000_000
	day        = 24 * 60 * minute
	week       = 7 * day
	mondayDays = 3 // from that Monday to 1970-01-01
)

// stretch is open time within a week or a day: from <= position < to, with so much open time before it there.
type stretch struct{ from, to, before int64 }

// special is a day whose hours are not those of the ordinary week.
type special struct {
	day      int64     // since the Monday
	hours    []stretch // of the day; none on a closed one
	from, to int64     // all open time up to the day's beginning and end
	shift    int64     // what this day and those before it add to ordinary weeks
}

// wall answers how much open time there is up to a wall time, and when an amount is reached, in the time of two binary searches:
// ordinary weeks are multiplied, special days are summed up beforehand.
type wall struct {
	week     []stretch
	total    int64 // open time of an ordinary week; more than 0
	specials []special
}

// newWall takes the hours of the ordinary week and those of special days, by day; all in order and without overlaps.
func newWall(ordinary []stretch, days map[int64][]stretch) *wall {
	w := &wall{}
	w.week, w.total = summed(ordinary)
	for d, hours := range days {
		w.specials = append(w.specials, special{day: d, hours: hours})
	}
	sort.Slice(w.specials, func(i, j int) bool { return w.specials[i].day < w.specials[j].day })
	shift := int64(0)
	for i := range w.specials {
		s, open := &w.specials[i], int64(0)
		s.hours, open = summed(s.hours)
		s.from = w.ordinary(s.day*day) + shift
		s.to = s.from + open
		s.shift = s.to - w.ordinary((s.day+1)*day)
		shift = s.shift
	}
	return w
}

// summed joins stretches that touch and says how much open time is before each, and in all.
func summed(list []stretch) (out []stretch, total int64) {
	for _, s := range list {
		if n := len(out); n > 0 && out[n-1].to == s.from {
			out[n-1].to = s.to
		} else {
			out = append(out, stretch{s.from, s.to, total})
		}
		total += s.to - s.from
	}
	return out, total
}

// open is the open time up to a wall time, less than nothing before the Monday.
func (w *wall) open(at int64) int64 {
	i := w.after(at)
	if s := w.on(i, at); s != nil {
		return s.from + until(s.hours, at-s.day*day)
	}
	return w.ordinary(at) + w.shift(i)
}

// first is the first wall time with so much open time before it: where it ends, when the place closes then, that closing.
func (w *wall) first(amount int64) int64 {
	i := sort.Search(len(w.specials), func(i int) bool { return w.specials[i].to >= amount })
	if i < len(w.specials) && w.specials[i].from < amount {
		s := &w.specials[i]
		return s.day*day + firstIn(s.hours, amount-s.from)
	}
	amount -= w.shift(i)
	n := floor(amount-1, w.total)
	return n*week + firstIn(w.week, amount-n*w.total)
}

// last is the last wall time with no more open time before it: where the place closes then, the next opening.
func (w *wall) last(amount int64) int64 {
	i := sort.Search(len(w.specials), func(i int) bool { return w.specials[i].from > amount })
	if i > 0 && amount < w.specials[i-1].to {
		s := &w.specials[i-1]
		return s.day*day + lastIn(s.hours, amount-s.from)
	}
	amount -= w.shift(i)
	n := floor(amount, w.total)
	return n*week + lastIn(w.week, amount-n*w.total)
}

// closes is where the stretch that a wall time lies in ends, at the latest at midnight before a special day; false where it is closed.
// What follows may be open again at once.
func (w *wall) closes(at int64) (int64, bool) {
	i := w.after(at)
	if s := w.on(i, at); s != nil {
		end, open := closing(s.hours, at-s.day*day)
		return s.day*day + end, open
	}
	n := floor(at, week)
	end, open := closing(w.week, at-n*week)
	end += n * week
	if i < len(w.specials) {
		end = min(end, w.specials[i].day*day)
	}
	return end, open
}

// after is the index of the first special day that begins after a wall time.
func (w *wall) after(at int64) int {
	d := floor(at, day)
	return sort.Search(len(w.specials), func(i int) bool { return w.specials[i].day > d })
}

// on is the special day of a wall time, given after; nil on an ordinary one.
func (w *wall) on(after int, at int64) *special {
	if after > 0 && w.specials[after-1].day == floor(at, day) {
		return &w.specials[after-1]
	}
	return nil
}

// shift is what the special days before an index add to ordinary weeks.
func (w *wall) shift(i int) int64 {
	if i == 0 {
		return 0
	}
	return w.specials[i-1].shift
}

// ordinary is the open time up to a wall time if every week were an ordinary one.
func (w *wall) ordinary(at int64) int64 {
	n := floor(at, week)
	return n*w.total + until(w.week, at-n*week)
}

// until is the open time before a position.
func until(list []stretch, at int64) int64 {
	i := sort.Search(len(list), func(i int) bool { return list[i].from > at })
	if i == 0 {
		return 0
	}
	s := &list[i-1]
	return s.before + min(at, s.to) - s.from
}

// firstIn is the first position with so much open time before it: more than 0, at most all.
func firstIn(list []stretch, amount int64) int64 {
	i := sort.Search(len(list), func(i int) bool { return list[i].before >= amount }) - 1
	return list[i].from + amount - list[i].before
}

// lastIn is the last position with no more open time before it: less than all.
func lastIn(list []stretch, amount int64) int64 {
	i := sort.Search(len(list), func(i int) bool { return list[i].before > amount }) - 1
	return list[i].from + amount - list[i].before
}

// closing is the end of the stretch that a position lies in.
func closing(list []stretch, at int64) (int64, bool) {
	i := sort.Search(len(list), func(i int) bool { return list[i].from > at })
	if i == 0 || list[i-1].to <= at {
		return 0, false
	}
	return list[i-1].to, true
}

// floor divides towards the past.
func floor(n, by int64) int64 {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q
}
