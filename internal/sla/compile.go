package sla

import (
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/clause"
)

// The bounds of a calendar.
const (
	maxHours      = 100
	maxExceptions = 1_000 // close on three years without an ordinary day, so that no deadline is further away
	maxSpans      = 20    // of one day
	maxName       = 100
)

// Check refuses a calendar that cannot be kept: a fault.List of at most ten faults, each with its place in the calendar, such as "hours[1].opens".
func (c *Calendar) Check() error {
	var f clause.Faults
	c.check(&f, "")
	return f.Err()
}

// check gathers faults, with paths that begin as given; the timetable is of use only if there are none.
func (c *Calendar) check(f *clause.Faults, path string) *Timetable {
	few := f.Count(path+"hours", len(c.Hours), 0, maxHours)
	few = f.Count(path+"exceptions", len(c.Exceptions), 0, maxExceptions) && few
	if !few {
		return nil
	}
	for i := range c.Exceptions {
		e, at := &c.Exceptions[i], fmt.Sprintf("%sexceptions[%d]", path, i)
		if e.Name != nil {
			f.Text(at+".name", *e.Name, 1, maxName)
		}
		switch e.Kind {
		case Closed:
			few = f.Count(at+".hours", len(e.Hours), 0, 0) && few
		case Open, Break:
			few = f.Count(at+".hours", len(e.Hours), 1, maxSpans) && few
		}
	}
	if !few {
		return nil
	}
	return c.compile(f, path)
}

// Compile makes a calendar ready that was checked when it was written, and refuses what cannot be read, as Check does. A calendar without open
// time in the week is refused, since a deadline might then never come.
func (c *Calendar) Compile() (*Timetable, error) {
	var f clause.Faults
	t := c.compile(&f, "")
	if err := f.Err(); err != nil {
		return nil, err
	}
	return t, nil
}

// compile gathers what keeps a calendar from being read.
func (c *Calendar) compile(f *clause.Faults, path string) *Timetable {
	b := builder{Faults: f, path: path, kinds: map[string]bool{}, special: map[int64]*exceptional{}}
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil || c.TimeZone == "" || c.TimeZone == "Local" {
		f.Refuse(path+"timeZone", "Give a time zone of the IANA list, such as Europe/Berlin or Etc/UTC.")
	}
	week := b.week(c.Hours)
	for i := range c.Exceptions {
		b.exception(&c.Exceptions[i], fmt.Sprintf("%sexceptions[%d]", path, i))
	}
	if f.Err() != nil {
		return nil
	}
	return &Timetable{zone: zone, wall: newWall(week, b.days(week))}
}

// builder turns the texts of a calendar into stretches.
type builder struct {
	*clause.Faults
	path    string
	kinds   map[string]bool // date and kind of the exceptions so far
	special map[int64]*exceptional
}

// exceptional is what the exceptions say of one day.
type exceptional struct {
	closed       bool
	open, breaks []stretch
}

// placed is open time with the place where it is said.
type placed struct {
	stretch
	path string
}

// week is the open time of the ordinary week, in order.
func (b *builder) week(hours []Hours) []stretch {
	var all []placed
	for i, h := range hours {
		at := fmt.Sprintf("%shours[%d]", b.path, i)
		if len(h.Days) == 0 {
			b.Refuse(at+".days", "Name the days with these hours.")
		}
		s, ok := b.span(at, Span{h.Opens, h.Closes})
		for j, d := range h.Days {
			n := int64(slices.Index(clause.Weekdays, d))
			switch {
			case n < 0:
				b.Refuse(fmt.Sprintf("%s.days[%d]", at, j), "%q is no day of the week.", d)
			case slices.Contains(h.Days[:j], d):
				b.Refuse(fmt.Sprintf("%s.days[%d]", at, j), "%s stands here twice.", d)
			case ok:
				all = append(all, placed{stretch{from: n*day + s.from, to: n*day + s.to}, at})
			}
		}
	}
	if len(hours) == 0 {
		b.Refuse(b.path+"hours", "Nobody works in this calendar: give hours for at least one day of the week.")
	}
	return b.apart(all)
}

// apart puts open time in order and refuses overlaps.
func (b *builder) apart(all []placed) []stretch {
	slices.SortStableFunc(all, func(x, y placed) int { return int((x.from - y.from) / minute) })
	out := make([]stretch, len(all))
	for i, p := range all {
		out[i] = p.stretch
		if i > 0 && p.from < all[i-1].to {
			b.Refuse(p.path, "These hours overlap others of the same day: join them or part them.")
		}
	}
	return out
}

// exception takes one exception in.
func (b *builder) exception(e *Exception, at string) {
	date, err := time.Parse(time.DateOnly, e.Date)
	if err != nil {
		b.Refuse(at+".date", "Give a date such as 2026-12-24.")
	}
	if twice := e.Date + string(e.Kind); b.kinds[twice] {
		b.Refuse(at+".date", "%s is %s twice: put its hours into one exception.", e.Date, e.Kind)
	} else {
		b.kinds[twice] = true
	}
	if !slices.Contains(ExceptionKinds, e.Kind) {
		b.Refuse(at+".kind", "A day is CLOSED, OPEN or has a BREAK.")
		return
	}
	var all []placed
	for i, h := range e.Hours {
		place := fmt.Sprintf("%s.hours[%d]", at, i)
		if s, ok := b.span(place, h); ok {
			all = append(all, placed{stretch: s, path: place})
		}
	}
	n := floor(date.Unix(), 24*60*60) + mondayDays
	x := b.special[n]
	if x == nil {
		x = &exceptional{}
		b.special[n] = x
	}
	switch hours := b.apart(all); e.Kind {
	case Closed:
		x.closed = true
	case Open:
		x.open = hours
	case Break:
		x.breaks = hours
	}
}

// days are the hours of the special days.
func (b *builder) days(ordinary []stretch) map[int64][]stretch {
	days := make(map[int64][]stretch, len(b.special))
	for n, x := range b.special {
		hours := x.open
		if hours == nil && !x.closed {
			monday := (n - floor(n, 7)*7) * day
			for _, s := range ordinary {
				if monday <= s.from && s.from < monday+day {
					hours = append(hours, stretch{from: s.from - monday, to: s.to - monday})
				}
			}
		}
		days[n] = without(hours, x.breaks)
	}
	return days
}

// without is hours less breaks.
func without(hours, breaks []stretch) []stretch {
	for _, b := range breaks {
		var left []stretch
		for _, h := range hours {
			for _, s := range [2]stretch{{from: h.from, to: min(h.to, b.from)}, {from: max(h.from, b.to), to: h.to}} {
				if s.from < s.to {
					left = append(left, s)
				}
			}
		}
		hours = left
	}
	return hours
}

// span reads a time of one day.
func (b *builder) span(path string, s Span) (stretch, bool) {
	from, ok := timeOfDay(s.Opens)
	if ok = ok && from < day; !ok {
		b.Refuse(path+".opens", "Give a time of day from 00:00 to 23:59.")
	}
	to, right := timeOfDay(s.Closes)
	if !right || to == 0 {
		b.Refuse(path+".closes", "Give a time of day from 00:01 to 24:00.")
		return stretch{}, false
	}
	if ok && to <= from {
		b.Refuse(path+".closes", "The end comes after the beginning: a night shift is one until 24:00 and, on the next day, one from 00:00.")
		ok = false
	}
	return stretch{from: from, to: to}, ok
}

// timeOfDay reads a time of day, 24:00 included.
func timeOfDay(s string) (int64, bool) {
	if s == "24:00" {
		return day, true
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, false
	}
	return int64(t.Hour()*60+t.Minute()) * minute, true
}
