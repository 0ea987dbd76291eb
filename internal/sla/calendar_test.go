package sla

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// places are the fields of the faults.
func places(t require.TestingT, err error) []string {
	var list fault.List
	require.ErrorAs(t, err, &list)
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.Field
	}
	return out
}

func TestACalendarThatCannotWorkIsRefusedWhereItIsWrong(t *testing.T) {
	t.Parallel()
	day := func(opens, closes string) []Hours { return []Hours{{clause.Weekdays[:1], opens, closes}} }
	some := day("09:00", "17:00")
	for name, x := range map[string]struct {
		calendar Calendar
		want     []string
	}{
		"an unknown zone":             {Calendar{TimeZone: "Europe/Atlantis", Hours: some}, []string{"timeZone"}},
		"no zone":                     {Calendar{Hours: some}, []string{"timeZone"}},
		"the server's zone":           {Calendar{TimeZone: "Local", Hours: some}, []string{"timeZone"}},
		"no open time":                {Calendar{TimeZone: "UTC"}, []string{"hours"}},
		"hours on no day":             {Calendar{TimeZone: "UTC", Hours: []Hours{{nil, "09:00", "10:00"}}}, []string{"hours[0].days"}},
		"a day twice":                 {Calendar{TimeZone: "UTC", Hours: []Hours{{[]clause.Weekday{clause.Monday, clause.Monday}, "09:00", "10:00"}}}, []string{"hours[0].days[1]"}},
		"no such day":                 {Calendar{TimeZone: "UTC", Hours: []Hours{{[]clause.Weekday{"MON"}, "09:00", "10:00"}}}, []string{"hours[0].days[0]"}},
		"closing before opening":      {Calendar{TimeZone: "UTC", Hours: day("22:00", "06:00")}, []string{"hours[0].closes"}},
		"an hour that is none":        {Calendar{TimeZone: "UTC", Hours: day("25:00", "9:00")}, []string{"hours[0].opens", "hours[0].closes"}},
		"opening at the end":          {Calendar{TimeZone: "UTC", Hours: day("24:00", "24:00")}, []string{"hours[0].opens"}},
		"closing at the beginning":    {Calendar{TimeZone: "UTC", Hours: day("00:00", "00:00")}, []string{"hours[0].closes"}},
		"overlapping hours":           {Calendar{TimeZone: "UTC", Hours: append(day("13:00", "17:00"), Hours{clause.Weekdays, "09:00", "13:30"})}, []string{"hours[0]"}},
		"no date":                     {Calendar{TimeZone: "UTC", Hours: some, Exceptions: []Exception{{Date: "2026-02-30", Kind: Closed}}}, []string{"exceptions[0].date"}},
		"no kind":                     {Calendar{TimeZone: "UTC", Hours: some, Exceptions: []Exception{{Date: "2026-02-03"}}}, []string{"exceptions[0].kind"}},
		"a closed day with hours":     {Calendar{TimeZone: "UTC", Hours: some, Exceptions: []Exception{{Date: "2026-02-03", Kind: Closed, Hours: []Span{{"09:00", "10:00"}}}}}, []string{"exceptions[0].hours"}},
		"an open day without hours":   {Calendar{TimeZone: "UTC", Hours: some, Exceptions: []Exception{{Date: "2026-02-03", Kind: Open}}}, []string{"exceptions[0].hours"}},
		"a day closed twice":          {Calendar{TimeZone: "UTC", Hours: some, Exceptions: []Exception{{Date: "2026-02-03", Kind: Closed}, {Date: "2026-02-03", Kind: Closed}}}, []string{"exceptions[1].date"}},
		"overlaps in an exception":    {Calendar{TimeZone: "UTC", Hours: some, Exceptions: []Exception{{Date: "2026-02-03", Kind: Open, Hours: []Span{{"09:00", "12:00"}, {"11:00", "13:00"}}}}}, []string{"exceptions[0].hours[1]"}},
		"an empty name":               {Calendar{TimeZone: "UTC", Hours: some, Exceptions: []Exception{{Date: "2026-02-03", Kind: Closed, Name: new("")}}}, []string{"exceptions[0].name"}},
		"more exceptions than a life": {Calendar{TimeZone: "UTC", Hours: some, Exceptions: make([]Exception, 100_000)}, []string{"exceptions"}},
		"more hours than a week":      {Calendar{TimeZone: "UTC", Hours: make([]Hours, 100_000)}, []string{"hours"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := x.calendar.Check()
			require.Equal(t, x.want, places(t, err))
		})
	}
}

// at is an instant of the tests.
func at(t require.TestingT, s string) time.Time {
	v, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return v
}

func TestDeadlinesFollowTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	berlin := func(days []clause.Weekday, opens, closes string, except ...Exception) *Timetable {
		return compiled(t, &Calendar{"Europe/Berlin", []Hours{{days, opens, closes}}, except})
	}
	office := berlin(clause.Weekdays[:5], "09:00", "17:00")
	for name, x := range map[string]struct {
		on         *Timetable
		start, due string
		time.Duration
	}{
		"what ends at closing is due at closing":          {office, "2026-02-03T14:00:00Z", "2026-02-03T16:00:00Z", 2 * time.Hour},
		"what is longer goes on the next morning":         {office, "2026-02-03T14:00:00Z", "2026-02-04T08:00:01Z", 2*time.Hour + time.Second},
		"and over the weekend":                            {office, "2026-02-06T15:00:00Z", "2026-02-09T09:00:00Z", 2 * time.Hour},
		"nothing is due at the next opening":              {office, "2026-02-06T20:00:00Z", "2026-02-09T08:00:00Z", 0},
		"summer begins between Friday and Monday":         {office, "2026-03-27T15:00:00Z", "2026-03-30T08:00:00Z", 2 * time.Hour},
		"a night shift loses the hour that is skipped":    {berlin(clause.Weekdays, "00:00", "24:00"), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23 * time.Hour},
		"and has the one that is shown twice":             {berlin([]clause.Weekday{clause.Sunday}, "00:00", "24:00"), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25 * time.Hour},
		"an opening in the skipped hour is its end":       {berlin([]clause.Weekday{clause.Sunday}, "02:30", "04:00"), "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", 0},
		"hours in the skipped hour wait for a week":       {berlin([]clause.Weekday{clause.Sunday}, "02:00", "03:00"), "2026-03-28T12:00:00Z", "2026-04-05T00:00:00Z", 0},
		"hours in the hour shown twice are there twice":   {berlin([]clause.Weekday{clause.Sunday}, "02:00", "02:30"), "2026-10-24T22:00:00Z", "2026-10-25T01:30:00Z", time.Hour},
		"the last day of a leap year far ahead":           {office, "2040-12-31T15:30:00Z", "2041-01-01T08:30:00Z", time.Hour},
		"special hours win over a closed day":             {berlin(clause.Weekdays, "09:00", "17:00", Exception{Date: "2026-02-03", Kind: Open, Hours: []Span{{"10:00", "11:00"}}}, Exception{Date: "2026-02-03", Kind: Closed}), "2026-02-03T05:00:00Z", "2026-02-03T09:30:00Z", 30 * time.Minute},
		"an extra Saturday":                               {berlin(clause.Weekdays[:5], "09:00", "17:00", Exception{Date: "2026-02-07", Kind: Open, Hours: []Span{{"10:00", "12:00"}}}), "2026-02-06T15:00:00Z", "2026-02-07T10:00:00Z", 2 * time.Hour},
		"a break is taken out of the day":                 {berlin(clause.Weekdays[:5], "09:00", "17:00", Exception{Date: "2026-02-03", Kind: Break, Hours: []Span{{"08:00", "10:00"}, {"12:00", "13:00"}}}), "2026-02-03T05:00:00Z", "2026-02-03T12:30:00Z", 150 * time.Minute},
		"three years of closed days end":                  {berlin(clause.Weekdays, "09:00", "17:00", closedDays(1_000)...), "2026-01-01T09:00:00Z", "2028-09-27T08:00:00Z", time.Hour},
		"back from a moment after closing time":           {office, "2026-02-03T20:00:00Z", "2026-02-03T14:00:00Z", -2 * time.Hour},
		"back over the change of the clocks":              {office, "2026-03-30T08:00:00Z", "2026-03-27T15:00:00Z", -2 * time.Hour},
		"day and night a minute is a minute, all the way": {Always(), "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", 48 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, at(t, x.due), x.on.Due(at(t, x.start), x.Duration))
		})
	}
}

// closedDays are so many closed days from 2026-01-01.
func closedDays(n int) []Exception {
	out := make([]Exception, n)
	for i := range out {
		out[i] = Exception{Date: time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), Kind: Closed}
	}
	return out
}

func TestWhoNeverClosesHasNoClosing(t *testing.T) {
	t.Parallel()
	_, closes := Always().NextClose(at(t, "2026-02-03T10:00:00Z"))
	require.False(t, closes)
	nights := compiled(t, &Calendar{TimeZone: "UTC", Hours: []Hours{{clause.Weekdays, "22:00", "24:00"}, {clause.Weekdays, "00:00", "06:00"}}})
	end, closes := nights.NextClose(at(t, "2026-02-03T23:00:00Z"))
	require.True(t, closes)
	require.Equal(t, at(t, "2026-02-04T06:00:00Z"), end, "midnight is not a closing")
}

func TestAPreviewShowsWhatACalendarMeans(t *testing.T) {
	t.Parallel()
	c := Default().Calendars[0].Calendar
	p, err := c.Preview(at(t, "2026-02-06T16:00:00Z"), 4, []int{0, 60, 90})
	require.NoError(t, err)
	require.Equal(t, []Interval{
		{at(t, "2026-02-06T16:00:00Z"), at(t, "2026-02-06T17:00:00Z")}, {at(t, "2026-02-09T09:00:00Z"), at(t, "2026-02-09T17:00:00Z")}, {at(t, "2026-02-10T09:00:00Z"), at(t, "2026-02-10T16:00:00Z")},
	}, p.Open)
	require.Equal(t, []Deadline{{0, at(t, "2026-02-06T16:00:00Z")}, {60, at(t, "2026-02-06T17:00:00Z")}, {90, at(t, "2026-02-09T09:30:00Z")}}, p.Due)

	round := Calendar{TimeZone: "UTC", Hours: []Hours{{clause.Weekdays, "00:00", "24:00"}}}
	p, err = round.Preview(at(t, "2026-02-06T16:00:00Z"), 62, nil)
	require.NoError(t, err)
	require.Equal(t, []Interval{{at(t, "2026-02-06T16:00:00Z"), at(t, "2026-02-06T16:00:00Z").AddDate(0, 0, 62)}}, p.Open)

	rare := Calendar{TimeZone: "Mars", Hours: []Hours{{clause.Weekdays[:1], "09:00", "09:01"}}}
	_, err = rare.Preview(time.Time{}, 63, []int{-1})
	require.Equal(t, []string{"calendar.timeZone", "days", "minutes[0]"}, places(t, err))
	rare.TimeZone = "UTC"
	_, err = rare.Preview(time.Time{}, 1, []int{520, 521, maxMinutes + 1})
	require.Equal(t, []string{"minutes[1]", "minutes[2]", "minutes[2]"}, places(t, err), "beyond ten years nobody waits")
}
