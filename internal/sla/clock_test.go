package sla

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// on is a time of Tuesday, 2026-02-03, in UTC.
func on(t require.TestingT, clock string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", "2026-02-03 "+clock)
	require.NoError(t, err)
	return at
}

// nineToFive is open on weekdays from nine to five, in UTC.
func nineToFive(t require.TestingT) *Timetable {
	c := Default().Calendars[0].Calendar
	return compiled(t, &c)
}

// twoHours is a rule of two business hours that warns after three quarters of them: of a clock from 10:00 at 11:30, due at 12:00.
func twoHours() *Rule {
	return &Rule{Key: "accept", Stage: Accept, Minutes: 120, Unit: clause.BusinessMinutes, WarnAt: new(0.75)}
}

// play does to a clock what a script says, such as "pause 10:30", and answers it and the first refusal.
func play(t require.TestingT, tt *Timetable, script string) (c Clock, err error) {
	for line := range strings.SplitSeq(script, ", ") {
		what, clock, _ := strings.Cut(line, " ")
		at := on(t, clock)
		switch what {
		case "start":
			c = Start(twoHours(), tt, at, at)
		case "later":
			c = Start(twoHours(), tt, at, on(t, "09:00"))
		case "tick":
			c = c.Tick(tt, at)
		case "pause":
			c, err = c.Pause(tt, at, WaitingForLead)
		case "hold":
			c, err = c.Pause(tt, at, UnderReview)
		case "resume":
			c, err = c.Resume(tt, at)
		case "reply":
			c = c.Replied(tt, at, at)
		case "fulfil":
			c = c.Fulfil(tt, at)
		case "cancel":
			c, err = c.Cancel(tt, at)
		case "postpone":
			c, err = c.Postpone(tt, at, on(t, "09:00"))
		case "waive":
			c, err = c.Waive(tt, at)
		default:
			require.Fail(t, "unknown step", what)
		}
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

func TestWhatBecomesOfAClock(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		script           string
		state            State
		due              string // empty: it is paused
		elapsed, overdue time.Duration
	}{
		"it runs":                                                {"start 10:00, tick 11:00", Running, "12:00", time.Hour, 0},
		"it waits for its start":                                 {"later 10:00, tick 09:30", Pending, "12:00", 0, 0},
		"it starts at its start":                                 {"later 10:00, tick 10:00", Running, "12:00", 0, 0},
		"put off, it waits longer":                               {"later 10:00, postpone 11:00, tick 10:30", Pending, "13:00", 0, 0},
		"and starts later":                                       {"later 10:00, postpone 11:00, tick 11:30", Running, "13:00", 30 * time.Minute, 0},
		"it warns when three quarters are gone":                  {"start 10:00, tick 11:30", Warning, "12:00", 90 * time.Minute, 0},
		"it is breached when the time is up":                     {"start 10:00, tick 12:00", Breached, "12:00", 2 * time.Hour, 0},
		"a clock that nobody looked at is breached all the same": {"start 10:00, tick 15:00", Breached, "12:00", 5 * time.Hour, 3 * time.Hour},
		"done in time it is met":                                 {"start 10:00, fulfil 11:00", Met, "12:00", time.Hour, 0},
		"done in the last moment it is met":                      {"start 10:00, tick 12:00, fulfil 12:00", Met, "12:00", 2 * time.Hour, 0},
		"done before it starts it is met":                        {"later 10:00, fulfil 09:30", Met, "12:00", 0, 0},
		"done after the warning it is met":                       {"start 10:00, tick 11:40, fulfil 11:50", Met, "12:00", 110 * time.Minute, 0},
		"done late it is a breach with overdue time":             {"start 10:00, tick 12:00, fulfil 12:45, tick 16:00", Breached, "12:00", 165 * time.Minute, 45 * time.Minute},
		"done late before anybody looked is a breach":            {"start 10:00, fulfil 12:45", Breached, "12:00", 165 * time.Minute, 45 * time.Minute},
		"a call in time that became known late meets it":         {"start 10:00, tick 13:00, fulfil 11:00", Met, "12:00", time.Hour, 0},
		"an earlier call counts, not the one known first":        {"start 10:00, fulfil 13:00, fulfil 11:00", Met, "12:00", time.Hour, 0},
		"a later call changes nothing":                           {"start 10:00, fulfil 11:00, fulfil 13:00", Met, "12:00", time.Hour, 0},
		"while it is paused it has no deadline":                  {"start 10:00, pause 10:30, tick 16:00", Paused, "", 30 * time.Minute, 0},
		"the deadline moves by what was paused":                  {"start 10:00, pause 10:30, resume 11:15, tick 11:30", Running, "12:45", 45 * time.Minute, 0},
		"it pauses twice":                                        {"start 10:00, pause 10:30, resume 11:15, hold 11:30, resume 11:45", Running, "13:00", 45 * time.Minute, 0},
		"paused after the warning, it has warned":                {"start 10:00, tick 11:30, pause 11:45, resume 13:00", Warning, "13:15", 105 * time.Minute, 0},
		"done while it is paused it is met":                      {"start 10:00, pause 10:30, fulfil 15:00", Met, "", 30 * time.Minute, 0},
		"the lead's reply ends the wait":                         {"start 10:00, pause 10:30, reply 11:00, tick 11:10", Running, "12:30", 40 * time.Minute, 0},
		"after the reply the wait counts again":                  {"start 10:00, pause 10:30, resume 13:30, reply 11:00", Running, "12:30", 30 * time.Minute, 0},
		"and may have been a breach":                             {"start 10:00, pause 10:30, resume 13:30, reply 11:00, tick 13:30", Breached, "12:30", 3 * time.Hour, time.Hour},
		"and a late answer is one then":                          {"start 10:00, pause 10:30, resume 13:30, fulfil 13:40, reply 11:00", Breached, "12:30", 190 * time.Minute, 70 * time.Minute},
		"a reply says nothing about other reasons":               {"start 10:00, hold 10:30, reply 11:00, resume 11:30", Running, "13:00", 30 * time.Minute, 0},
		"a reply before the wait changes nothing":                {"start 10:00, pause 10:30, reply 10:15, resume 11:00", Running, "12:30", 30 * time.Minute, 0},
		"with nothing left to do it is cancelled":                {"start 10:00, cancel 11:00, tick 16:00", Cancelled, "12:00", time.Hour, 0},
		"it is cancelled before its start":                       {"later 10:00, cancel 09:30", Cancelled, "12:00", 0, 0},
		"it is cancelled while it is paused":                     {"start 10:00, pause 10:30, cancel 11:00", Cancelled, "", 30 * time.Minute, 0},
		"after a breach there is nothing to cancel but the rest": {"start 10:00, cancel 13:00, tick 16:00", Breached, "12:00", 3 * time.Hour, time.Hour},
		"a call before it was cancelled meets it":                {"start 10:00, cancel 11:00, fulfil 10:30", Met, "12:00", 30 * time.Minute, 0},
		"a call after it was cancelled does not":                 {"start 10:00, cancel 11:00, fulfil 11:30", Cancelled, "12:00", time.Hour, 0},
		"the other department waives it":                         {"start 10:00, waive 11:00, tick 16:00", Waived, "12:00", time.Hour, 0},
		"a breach is waived":                                     {"start 10:00, tick 12:00, waive 13:00", Waived, "12:00", 3 * time.Hour, time.Hour},
		"a waiver stays":                                         {"start 10:00, waive 11:00, fulfil 10:30", Waived, "12:00", time.Hour, 0},
		"a pause is waived":                                      {"start 10:00, pause 10:30, waive 11:00", Waived, "", 30 * time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := play(t, nineToFive(t), x.script)
			require.NoError(t, err)
			require.Equal(t, x.state, c.State)
			if x.due == "" {
				require.Nil(t, c.DueAt)
			} else {
				require.Equal(t, on(t, x.due), *c.DueAt)
			}
			require.Equal(t, x.elapsed, c.Elapsed)
			require.Equal(t, x.overdue, c.Overdue)
			if c.State == Breached {
				require.Equal(t, c.DueAt, c.BreachedAt)
			}
		})
	}
}

func TestWhatAClockRefuses(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"a pause before it starts":          "later 10:00, pause 09:30",
		"a pause within a pause":            "start 10:00, pause 10:30, hold 10:40",
		"a pause once the time is up":       "start 10:00, pause 12:00",
		"a pause of what is done":           "start 10:00, fulfil 11:00, pause 11:30",
		"a pause of what is cancelled":      "start 10:00, cancel 11:00, pause 11:30",
		"a pause of what is waived":         "start 10:00, waive 11:00, pause 11:30",
		"to put off what runs":              "start 10:00, postpone 11:00",
		"to put off what is done":           "later 10:00, fulfil 09:30, postpone 11:00",
		"to go on without a pause":          "start 10:00, resume 11:00",
		"to go on after the reply":          "start 10:00, pause 10:30, reply 11:00, resume 11:30",
		"to cancel what is done":            "start 10:00, fulfil 11:00, cancel 11:30",
		"to cancel what was done late":      "start 10:00, fulfil 13:00, cancel 14:00",
		"to cancel twice":                   "start 10:00, cancel 11:00, cancel 11:30",
		"to cancel what is waived":          "start 10:00, waive 11:00, cancel 11:30",
		"to waive what was met":             "start 10:00, fulfil 11:00, waive 11:30",
		"to waive what is cancelled":        "start 10:00, cancel 11:00, waive 11:30",
		"to waive twice":                    "start 10:00, waive 11:00, waive 11:30",
		"a pause that begins in another":    "start 10:00, pause 10:30, resume 11:00, pause 10:45",
		"a pause that ends before it began": "start 10:00, pause 10:30, resume 10:15",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was, err := play(t, nineToFive(t), script[:strings.LastIndex(script, ", ")])
			require.NoError(t, err)
			is, err := play(t, nineToFive(t), script)
			require.NotNil(t, fault.As(err))
			require.Equal(t, was, is, "what is refused changes nothing")
		})
	}
}

func TestAClockIsKeptAsARow(t *testing.T) {
	t.Parallel()
	c, err := play(t, nineToFive(t), "start 10:00, pause 10:30, resume 13:30, reply 11:00, tick 13:30")
	require.NoError(t, err)
	b, err := json.Marshal(c)
	require.NoError(t, err)
	var read Clock
	require.NoError(t, json.Unmarshal(b, &read))
	require.Equal(t, c, read)
}

func TestAClockKnowsWhenItHasToBeLookedAt(t *testing.T) {
	t.Parallel()
	for script, at := range map[string]string{
		"later 10:00": "10:00", "start 10:00": "11:30", "start 10:00, tick 11:30": "12:00", "start 10:00, pause 10:30": "", "start 10:00, tick 12:00": "",
		"start 10:00, fulfil 11:00": "", "start 10:00, pause 10:30, resume 10:40": "11:40",
	} {
		c, err := play(t, nineToFive(t), script)
		require.NoError(t, err)
		if at == "" {
			require.Nil(t, c.WakeAt(), script)
		} else {
			require.Equal(t, on(t, at), *c.WakeAt(), script)
		}
	}
	silent := Start(&Rule{Stage: Step, Minutes: 60}, Always(), on(t, "10:00"), on(t, "10:00"))
	require.Equal(t, on(t, "11:00"), *silent.WakeAt(), "without a warning it is looked at when it is due")
}

func TestANewOwnersHoursCountForWhatRemains(t *testing.T) {
	t.Parallel()
	utc := nineToFive(t)
	early := compiled(t, &Calendar{TimeZone: "Etc/UTC", Hours: []Hours{{clause.Weekdays, "06:00", "11:00"}}})
	c := Start(twoHours(), utc, on(t, "10:00"), on(t, "10:00"))
	c = c.Reassign(utc, early, on(t, "10:30"))
	require.Equal(t, on(t, "07:00").AddDate(0, 0, 1), *c.DueAt, "half an hour today, an hour tomorrow")
	require.Equal(t, 30*time.Minute, c.Elapsed)
	require.Equal(t, 90*time.Minute, c.Tick(early, on(t, "06:30").AddDate(0, 0, 1)).Elapsed)
	require.Equal(t, Met, c.Fulfil(early, on(t, "10:15")).State, "also what was done before the change meets it")

	paused, err := play(t, utc, "start 10:00, pause 10:30")
	require.NoError(t, err)
	paused, err = paused.Reassign(utc, early, on(t, "10:45")).Resume(early, on(t, "10:50"))
	require.NoError(t, err)
	require.Equal(t, 30*time.Minute, paused.Elapsed)
	require.Equal(t, on(t, "07:20").AddDate(0, 0, 1), *paused.DueAt, "ten minutes today, 80 tomorrow")

	breached, err := play(t, utc, "start 10:00, tick 13:00")
	require.NoError(t, err)
	require.Equal(t, breached, breached.Reassign(utc, early, on(t, "13:00")), "a breach stays")
	later, err := play(t, utc, "later 10:00")
	require.NoError(t, err)
	require.Equal(t, on(t, "07:00").AddDate(0, 0, 1), *later.Reassign(utc, early, on(t, "09:30")).DueAt, "what has not begun is all the new owner's")
}

func TestPropertyAPauseWithoutWorkingTimeChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawNear(t)
		tt := compiled(t, drawCalendar(t, start))
		rule := Rule{Stage: Engage, Minutes: rapid.IntRange(1, 3_000).Draw(t, "minutes"), WarnAt: new(0.5)}
		c := Start(&rule, tt, start, start)
		closes, ok := tt.NextClose(start)
		if !ok || !closes.Before(*c.DueAt) {
			return
		}
		opens := tt.NextOpen(closes)
		paused, err := c.Pause(tt, closes, WaitingForLead)
		require.NoError(t, err)
		resumed, err := paused.Resume(tt, opens)
		require.NoError(t, err)
		without := c.Tick(tt, closes).Tick(tt, opens)
		resumed.Pauses = nil
		require.Equal(t, without, resumed)
	})
}

func TestPropertyAClockIsBreachedOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawNear(t)
		tt := compiled(t, drawCalendar(t, start))
		rule := Rule{Stage: Engage, Minutes: rapid.IntRange(1, 3_000).Draw(t, "minutes"), WarnAt: new(0.5)}
		first := Start(&rule, tt, start, start)
		due, breaches, warnings := *first.DueAt, 0, 0
		ticks := rapid.SliceOfN(rapid.Int64Range(-3600, 10*24*3600), 0, 10).Draw(t, "ticks")
		ticks = append(ticks, int64(due.Sub(start)/time.Second)+1)
		c := first
		for _, s := range rapid.Permutation(ticks).Draw(t, "order") {
			next := c.Tick(tt, start.Add(time.Duration(s)*time.Second))
			if c.BreachedAt == nil && next.BreachedAt != nil {
				breaches++
			}
			if c.WarnedAt == nil && next.WarnedAt != nil {
				warnings++
			}
			c = next
		}
		require.Equal(t, []int{1, 1}, []int{breaches, warnings})
		require.Equal(t, Breached, c.State)
		require.Equal(t, due, *c.BreachedAt)
	})
}

func TestPropertyTheOrderInWhichCallsBecomeKnownMakesNoDifference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawNear(t)
		tt := compiled(t, drawCalendar(t, start))
		c := Start(&Rule{Stage: Engage, Minutes: rapid.IntRange(1, 600).Draw(t, "minutes")}, tt, start, start)
		calls := rapid.SliceOfN(rapid.Int64Range(0, 6*24*3600), 1, 6).Draw(t, "calls")
		fulfilled := func(order []int64) Clock {
			c := c
			for _, s := range order {
				at := start.Add(time.Duration(s) * time.Second)
				c = c.Fulfil(tt, at).Tick(tt, at.Add(time.Hour))
			}
			return c
		}
		first := fulfilled(calls)
		require.Equal(t, start.Add(time.Duration(slices.Min(calls))*time.Second), *first.FulfilledAt)
		require.Equal(t, first, fulfilled(rapid.Permutation(calls).Draw(t, "order")))
	})
}
