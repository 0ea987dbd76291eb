package contactpolicy

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// The week by the wall clock, in microseconds from Monday 00:00.
const (
	day  = 24 * 60 * 60 * 1_000_000
	week = 7 * day
)

// thursday is the day of the week of the first instant of Unix time, counted from Monday.
const thursday = 3

// quiet are quiet hours made ready.
type quiet struct {
	fallback *time.Location
	spans    [][]span // by the place of the channel in contact.Channels, and one for what is not there
	clauses  []quietClause
}

// quietClause is one time of the quiet hours, to name it in reasons.
type quietClause struct {
	key      string
	channels uint32
	spans    []span
}

// span is a part of the week: from <= the wall clock < to.
type span struct{ from, to int64 }

// ready makes quiet hours ready that can be read, and end.
func (q *QuietHours) ready() (*quiet, error) {
	zone, err := time.LoadLocation(q.FallbackZone)
	if err != nil || q.FallbackZone == "Local" { // which is another one on each machine
		return nil, fmt.Errorf("there is no time zone %q for quiet hours", q.FallbackZone)
	}
	for i := range q.Times {
		t := &q.Times[i]
		from, ok := clock(t.From)
		if to, fine := clock(t.To); !ok || !fine || from == to {
			return nil, fmt.Errorf("the quiet time %s is from %q to %q", t.Key, t.From, t.To)
		}
	}
	r := q.week(zone)
	if c := r.endless(); c >= 0 {
		return nil, errors.New("quiet hours leave a channel no open hour")
	}
	return r, nil
}

// week lays quiet hours over the week.
func (q *QuietHours) week(zone *time.Location) *quiet {
	r := &quiet{fallback: zone, spans: make([][]span, len(contact.Channels)+1)}
	for i := range q.Times {
		t := &q.Times[i]
		r.clauses = append(r.clauses, quietClause{key: "quietHours." + t.Key, channels: words(t.Channels, nil), spans: t.spans()})
	}
	for c := range r.spans {
		for _, t := range r.clauses {
			if t.channels&(1<<c) != 0 {
				r.spans[c] = append(r.spans[c], t.spans...)
			}
		}
		r.spans[c] = merged(r.spans[c])
	}
	return r
}

// endless is the place of a channel that is always quiet; -1 where there is none.
func (q *quiet) endless() int {
	return slices.IndexFunc(q.spans, func(spans []span) bool { return len(spans) == 1 && spans[0] == (span{0, week}) })
}

// spans are the parts of the week that a time makes quiet; one that runs over the end of Sunday is in two parts.
func (t *QuietTime) spans() []span {
	from, _ := clock(t.From)
	to, _ := clock(t.To)
	if to <= from {
		to += day
	}
	var spans []span
	for i, d := range clause.Weekdays {
		if len(t.Days) > 0 && !slices.Contains(t.Days, d) {
			continue
		}
		s := span{int64(i)*day + from, int64(i)*day + to}
		if s.to > week {
			spans = append(spans, span{0, s.to - week})
			s.to = week
		}
		spans = append(spans, s)
	}
	return merged(spans)
}

// merged puts spans in order and joins those that touch.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// clock reads a time of day, "00:00" to "24:00", as microseconds.
func clock(s string) (int64, bool) {
	if s == "24:00" {
		return day, true
	}
	t, err := time.Parse("15:04", s)
	return micros(t.Hour()*60 + t.Minute()), err == nil && len(s) == len("15:04")
}

// zone is where a person lives, or is taken to live.
func (q *quiet) zone(of *time.Location) *time.Location {
	if of == nil {
		return q.fallback
	}
	return of
}

// free is the first instant from t on that is not quiet. While the zone keeps its distance from UTC the wall clock runs evenly, so the
// walk goes from the ends of quiet spans to the changes of the zone.
func (q *quiet) free(c contact.Channel, zone *time.Location, t int64) int64 {
	spans := q.spans[bits.TrailingZeros32(channelBit(c))]
	if len(spans) == 0 {
		return t
	}
	for {
		local := time.UnixMicro(t).In(zone)
		wall := wallClock(local)
		end, is := within(spans, wall)
		if !is {
			return t
		}
		t += end - wall
		if _, change := local.ZoneBounds(); !change.IsZero() {
			t = min(t, change.UnixMicro())
		}
	}
}

// within finds the end of the span that holds a time of the week, among spans that are in order.
func within(spans []span, wall int64) (end int64, is bool) {
	i, _ := slices.BinarySearchFunc(spans, wall, func(s span, wall int64) int { return cmp.Compare(s.to, wall+1) })
	if i == len(spans) || wall < spans[i].from {
		return 0, false
	}
	return spans[i].to, true
}

// wallClock is the place of a local time in its week.
func wallClock(local time.Time) int64 {
	_, offset := local.Zone()
	at := (local.UnixMicro() + int64(offset)*1_000_000 + thursday*day) % week
	if at < 0 {
		at += week
	}
	return at
}

// reason says why a person is left alone at t.
func (q *quiet) reason(c contact.Channel, zone *time.Location, t int64) Reason {
	const shape = "Monday 15:04"
	local, end := time.UnixMicro(t).In(zone), time.UnixMicro(q.free(c, zone, t)).In(zone)
	text := fmt.Sprintf("It is %s where the person lives (%s); quiet hours for %s end there on %s.", local.Format(shape), zone, c, end.Format(shape))
	r := Reason{Code: Quiet, Text: text}
	for i := range q.clauses {
		if _, is := within(q.clauses[i].spans, wallClock(local)); is && q.clauses[i].channels&channelBit(c) != 0 {
			r.Clause = &q.clauses[i].key
			break
		}
	}
	return r
}
