package sla

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/clause"
)

// The properties run a hundred draws each, and as many as are asked for with, for example,
//
//	go test ./internal/sla -run Property -rapid.checks=100000

// zones have clocks that change in spring, in autumn, by half an hour, at midnight, by the moon, or not at all.
var zones = []string{
	"Etc/UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo", "Asia/Kathmandu",
	"America/St_Johns", "Pacific/Auckland", "America/Havana", "Asia/Beirut", "Pacific/Apia",
}

// drawCalendar draws a calendar with hours in the week, lunch breaks, night shifts, and exceptions around the days near a date.
func drawCalendar(t *rapid.T, near time.Time) *Calendar {
	clockTime := func(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }
	spans := func(label string, least int) []Span {
		edges := rapid.SliceOfNDistinct(rapid.IntRange(0, 24*12), 2*least, 6, rapid.ID[int]).Draw(t, label)
		slices.Sort(edges)
		var out []Span
		for i := 0; i+1 < len(edges); i += 2 {
			out = append(out, Span{clockTime(edges[i] * 5), clockTime(edges[i+1] * 5)})
		}
		return out
	}
	c := &Calendar{TimeZone: rapid.SampledFrom(zones).Draw(t, "zone")}
	for _, d := range rapid.SliceOfNDistinct(rapid.SampledFrom(clause.Weekdays), 1, 7, rapid.ID[clause.Weekday]).Draw(t, "days") {
		for _, s := range spans("hours", 1) {
			c.Hours = append(c.Hours, Hours{[]clause.Weekday{d}, s.Opens, s.Closes})
		}
	}
	type of struct {
		day  int
		kind ExceptionKind
	}
	several := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) of {
		return of{rapid.IntRange(-5, 20).Draw(t, "day"), rapid.SampledFrom(ExceptionKinds).Draw(t, "kind")}
	}), 0, 8, rapid.ID[of])
	for _, x := range several.Draw(t, "exceptions") {
		e := Exception{Date: near.AddDate(0, 0, x.day).Format(time.DateOnly), Kind: x.kind}
		if x.kind != Closed {
			e.Hours = spans("exceptional", 1)
		}
		c.Exceptions = append(c.Exceptions, e)
	}
	return c
}

// drawNear draws an instant shortly before a change of the clocks more often than not, to the second.
func drawNear(t *rapid.T) time.Time {
	changes := []string{"2024-03-29", "2024-10-25", "2026-03-06", "2026-10-30", "2026-09-03", "2024-04-04", "2026-03-26", "2026-02-13", "2011-12-28", "2026-06-15"}
	from, err := time.Parse(time.DateOnly, rapid.SampledFrom(changes).Draw(t, "near"))
	require.NoError(t, err)
	return from.Add(time.Duration(rapid.IntRange(0, 4*24*60*60).Draw(t, "second")) * time.Second)
}

// compiled is a calendar that must be good.
func compiled(t require.TestingT, c *Calendar) *Timetable {
	tt, err := c.Compile()
	require.NoError(t, err)
	return tt
}

func TestPropertyWhatIsDueAfterADurationHasElapsedByThen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawNear(t)
		tt := compiled(t, drawCalendar(t, start))
		d := time.Duration(rapid.Int64Range(-400*24*3600*1e6, 400*24*3600*1e6).Draw(t, "duration")) * time.Microsecond
		due := tt.Due(start, d)
		require.Equal(t, d, tt.Elapsed(start, due))
		require.Equal(t, -d, tt.Elapsed(due, start))
		require.Equal(t, d < 0, due.Before(start))
	})
}

func TestPropertyLaterOrLongerIsNeverDueEarlier(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawNear(t)
		tt := compiled(t, drawCalendar(t, start))
		d := time.Duration(rapid.Int64Range(-30*24*3600, 30*24*3600).Draw(t, "duration")) * time.Second
		more := time.Duration(rapid.Int64Range(0, 10*24*3600).Draw(t, "more")) * time.Second
		require.False(t, tt.Due(start, d+more).Before(tt.Due(start, d)))
		require.False(t, tt.Due(start.Add(more), d).Before(tt.Due(start, d)))
		end := tt.Due(start, d)
		require.GreaterOrEqual(t, tt.Elapsed(start, end.Add(more)), tt.Elapsed(start, end))
		require.LessOrEqual(t, tt.Elapsed(start.Add(more), end), tt.Elapsed(start, end))
		middle := start.Add(more)
		require.Equal(t, tt.Elapsed(start, end), tt.Elapsed(start, middle)+tt.Elapsed(middle, end), "a way is as long as its parts")
	})
}

func TestPropertyOpenTimeIsListedOnceAndWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := drawNear(t).Add(time.Duration(rapid.IntRange(0, 1e9-1).Draw(t, "nanosecond")))
		to := from.Add(time.Duration(rapid.Int64Range(-1e9, 62*24*3600*1e9).Draw(t, "longer")))
		tt := compiled(t, drawCalendar(t, from))
		last, all := from.Add(-time.Microsecond), time.Duration(0)
		for _, i := range tt.Open(from, to) {
			require.True(t, i.From.After(last) && i.From.Before(i.To) && !i.To.After(to), "%v", i)
			require.True(t, tt.IsOpen(i.From))
			all += tt.Elapsed(i.From, i.To)
			require.Equal(t, i.To.Sub(i.From), tt.Elapsed(i.From, i.To))
			last = i.To
		}
		require.Equal(t, max(0, tt.Elapsed(from, to)), all)
	})
}

// walker goes through a calendar minute by minute, by the texts of the calendar and Go's reading of its zone.
type walker struct {
	*Calendar
	zone *time.Location
}

func (w walker) open(at time.Time) bool {
	local := at.In(w.zone)
	now, date := local.Format("15:04"), local.Format(time.DateOnly)
	in := func(s Span) bool { return s.Opens <= now && now < s.Closes }
	var closed, open, special, off bool
	for _, e := range w.Exceptions {
		if e.Date != date {
			continue
		}
		here := slices.ContainsFunc(e.Hours, in)
		switch e.Kind {
		case Closed:
			closed = true
		case Open:
			special, open = true, here
		case Break:
			off = here
		}
	}
	if !special && !closed {
		weekday := clause.Weekdays[(int(local.Weekday())+6)%7]
		open = slices.ContainsFunc(w.Hours, func(h Hours) bool { return slices.Contains(h.Days, weekday) && in(Span{h.Opens, h.Closes}) })
	}
	return open && !off
}

func TestPropertyArithmeticIsWalkingMinuteByMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawNear(t).Truncate(time.Minute)
		c := drawCalendar(t, start)
		tt := compiled(t, c)
		w := walker{c, tt.Zone()}
		length := rapid.IntRange(1, 9*24*60).Draw(t, "minutes")
		var open time.Duration
		var ends []time.Time // where each open minute ends
		for i := range length {
			at := start.Add(time.Duration(i) * time.Minute)
			is := w.open(at)
			require.Equal(t, is, tt.IsOpen(at), at)
			if is {
				open += time.Minute
				ends = append(ends, at.Add(time.Minute))
			}
		}
		end := start.Add(time.Duration(length) * time.Minute)
		require.Equal(t, open, tt.Elapsed(start, end))
		if len(ends) > 0 {
			n := rapid.IntRange(1, len(ends)).Draw(t, "due")
			due := ends[n-1]
			require.Equal(t, due, tt.Due(start, time.Duration(n)*time.Minute))
			require.Equal(t, ends[0].Add(-time.Minute), tt.NextOpen(start))
			require.Equal(t, ends[n-1].Add(-time.Minute), tt.Due(end, -tt.Elapsed(ends[n-1].Add(-time.Minute), end)), "and back from the end")
			if last := ends[len(ends)-1]; !tt.IsOpen(end) {
				require.Equal(t, last, tt.PrevOpen(end))
			}
			closes, _ := tt.NextClose(start)
			for at := tt.NextOpen(start); at.Before(closes); at = at.Add(time.Minute) {
				require.True(t, w.open(at), at)
			}
			require.False(t, w.open(closes), closes)
		}
	})
}
