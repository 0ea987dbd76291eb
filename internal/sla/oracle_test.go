package sla

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the program brings the zones with it as well

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/clause"
)

// example is one case of the reference data. Which fields it has depends on its op, or its fn among those about days.
type example struct {
	ID       string `json:"id"`
	Calendar struct {
		TimeZone  string                 `json:"time_zone"`
		Weekly    map[string][][2]string `json:"weekly"`
		Holidays  []string               `json:"holidays"`
		Overrides map[string][][2]string `json:"overrides"`
		Breaks    map[string][][2]string `json:"breaks"`
	} `json:"calendar"`
	Op       string          `json:"op"`
	Fn       string          `json:"fn"`
	Args     []any           `json:"args"`
	Start    time.Time       `json:"start"`
	End      time.Time       `json:"end"`
	Seconds  float64         `json:"seconds"`
	Target   float64         `json:"target_seconds"`
	Events   []mark          `json:"events"`
	Expected json.RawMessage `json:"expected"`
}

// mark is an event of a clock, or what is expected after it.
type mark struct {
	At       time.Time  `json:"at"`
	Type     string     `json:"type"`
	Elapsed  float64    `json:"elapsed_seconds"`
	Held     float64    `json:"held_seconds"`
	Deadline *time.Time `json:"deadline"`
}

// examples are the cases of all files of the reference data that say of themselves what is asked.
func examples(t *testing.T) []example {
	t.Helper()
	dir := os.Getenv("LEADGRAPH_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(dir, "sla", "*.json"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skipf("no reference data: %s has no sla/*.json", dir)
	}
	var all []example
	for _, name := range files {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		var file struct {
			Cases []example `json:"cases"`
		}
		require.NoError(t, json.Unmarshal(b, &file), name)
		all = append(all, file.Cases...) // conventions.json has none
	}
	return all
}

// calendar is the case's calendar as ours.
func (x *example) calendar(t *testing.T) *Timetable {
	t.Helper()
	c := Calendar{TimeZone: x.Calendar.TimeZone}
	for d, spans := range x.Calendar.Weekly {
		i := slices.Index([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, d)
		require.GreaterOrEqual(t, i, 0, d)
		for _, s := range spans {
			c.Hours = append(c.Hours, Hours{clause.Weekdays[i : i+1], s[0], s[1]})
		}
	}
	for _, d := range x.Calendar.Holidays {
		if e := (Exception{Date: d, Kind: Closed}); !slices.ContainsFunc(c.Exceptions, func(o Exception) bool { return o.Date == d }) {
			c.Exceptions = append(c.Exceptions, e)
		}
	}
	for kind, days := range map[ExceptionKind]map[string][][2]string{Open: x.Calendar.Overrides, Break: x.Calendar.Breaks} {
		for d, spans := range days {
			e := Exception{Date: d, Kind: kind}
			for _, s := range spans {
				e.Hours = append(e.Hours, Span{s[0], s[1]})
			}
			if len(spans) == 0 {
				e.Kind = Closed
			}
			c.Exceptions = append(c.Exceptions, e)
		}
	}
	tt, err := c.Compile()
	require.NoError(t, err, x.ID)
	return tt
}

// expect decodes the expected answer.
func expect[T any](t *testing.T, x *example) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal(x.Expected, &v), x.ID)
	return v
}

// seconds is a number of seconds as a duration.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func TestCalendarsOracle(t *testing.T) {
	t.Parallel()
	tally := map[string]int{}
	for _, x := range examples(t) {
		if x.Op == "" || x.Op == "clock" {
			continue
		}
		tt := x.calendar(t)
		tally[x.Op]++
		switch x.Op {
		case "add":
			require.Equal(t, expect[time.Time](t, &x), tt.Due(x.Start, seconds(x.Seconds)), x.ID)
		case "elapsed":
			require.Equal(t, seconds(expect[float64](t, &x)), tt.Elapsed(x.Start, x.End), x.ID)
		case "is_open":
			require.Equal(t, expect[bool](t, &x), tt.IsOpen(x.Start), x.ID)
		case "next_open":
			require.Equal(t, expect[time.Time](t, &x), tt.NextOpen(x.Start), x.ID)
		case "prev_open":
			require.Equal(t, expect[time.Time](t, &x), tt.PrevOpen(x.Start), x.ID)
		case "next_close":
			at, closes := tt.NextClose(x.Start)
			require.True(t, closes, x.ID)
			require.Equal(t, expect[time.Time](t, &x), at, x.ID)
		default:
			t.Errorf("%s asks for %q, which nobody told us about", x.ID, x.Op)
		}
	}
	t.Logf("all as expected: %v", tally)
}

// Nothing in leadgraph counts in days; what others say about days is said here in the words of a timetable.
func TestDaysOracle(t *testing.T) {
	t.Parallel()
	tally := map[string]int{}
	for _, x := range examples(t) {
		if x.Fn == "" {
			continue
		}
		d := days{t, x.calendar(t)}
		tally[x.Fn]++
		at, whole := d.parse(x.Args[0])
		switch x.Fn {
		case "working_day?":
			require.Equal(t, expect[bool](t, &x), d.working(at), x.ID)
		case "add_days":
			d.same(&x, d.add(at, int(x.Args[1].(float64))), whole)
		case "day.after":
			d.same(&x, d.NextOpen(d.add(at, int(x.Args[1].(float64)))), whole)
		case "day.before":
			d.same(&x, d.PrevOpen(d.add(at, -int(x.Args[1].(float64)))), whole)
		case "next_working_time":
			if d.IsOpen(at) {
				at, _ = d.NextClose(at)
			}
			d.same(&x, d.NextOpen(at), whole)
		case "working_days_between":
			to, _ := d.parse(x.Args[1])
			require.Equal(t, expect[int](t, &x), d.between(at, to), x.ID)
		default:
			t.Errorf("%s asks for %q, which nobody told us about", x.ID, x.Fn)
		}
	}
	t.Logf("all as expected: %v", tally)
}

// days counts in days of a timetable.
type days struct {
	t *testing.T
	*Timetable
}

// parse reads a day or an instant, in the timetable's zone.
func (d days) parse(arg any) (at time.Time, whole bool) {
	s := arg.(string)
	if at, err := time.ParseInLocation(time.DateOnly, s, d.zone); err == nil {
		return at, true
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	require.NoError(d.t, err)
	return at.In(d.zone), false
}

// same compares with the expected answer.
func (d days) same(x *example, got time.Time, whole bool) {
	if whole {
		require.Equal(d.t, expect[string](d.t, x), got.Format(time.DateOnly), x.ID)
		return
	}
	require.Equal(d.t, expect[time.Time](d.t, x), got.UTC(), x.ID)
}

func (d days) working(at time.Time) bool {
	y, m, n := at.In(d.zone).Date()
	return d.Elapsed(time.Date(y, m, n, 0, 0, 0, 0, d.zone), time.Date(y, m, n+1, 0, 0, 0, 0, d.zone)) > 0
}

// add keeps the time of day; a day off counts as the working day that comes next in the direction.
func (d days) add(at time.Time, n int) time.Time {
	way := 1
	if n < 0 {
		way, n = -1, -n
	}
	for ; n > 0 && !d.working(at); at = at.AddDate(0, 0, way) {
	}
	for n > 0 {
		if at = at.AddDate(0, 0, way); d.working(at) {
			n--
		}
	}
	return at
}

// between counts the working days after from, up to the day of to.
func (d days) between(from, to time.Time) int {
	if to.Before(from) {
		return -d.between(to, from)
	}
	n := 0
	for from.Format(time.DateOnly) < to.In(d.zone).Format(time.DateOnly) {
		if from = from.AddDate(0, 0, 1); d.working(from) {
			n++
		}
	}
	return n
}

// Each case is calculated twice: by the arithmetic alone, and by a clock, which takes no pause any more once it has run out.
func TestClocksOracle(t *testing.T) {
	t.Parallel()
	cases, events, refused := 0, 0, 0
	for _, x := range examples(t) {
		if x.Op != "clock" {
			continue
		}
		cases++
		tt, want := x.calendar(t), expect[[]mark](t, &x)
		rule := Rule{Minutes: int(x.Target) / 60}
		require.Equal(t, seconds(x.Target), rule.Target(), x.ID)
		c, left := Start(&rule, tt, x.Start, x.Start), false
		var pauses []Pause
		for i, e := range x.Events {
			var err error
			events++
			switch e.Type {
			case "pause":
				pauses = append(pauses, Pause{From: e.At})
				next, err := c.Pause(tt, e.At, WaitingForLead)
				if c = next; err != nil {
					require.False(t, e.At.Before(*c.DueAt), x.ID)
					left = true
					refused++
				}
			case "resume":
				pauses[len(pauses)-1].To = &e.At
				if !left {
					c, err = c.Resume(tt, e.At)
				}
			case "stop":
				c = c.Fulfil(tt, e.At)
			default:
				t.Errorf("%s has an event %q, which nobody told us about", x.ID, e.Type)
			}
			require.NoError(t, err, x.ID)
			held := Held(tt, pauses, x.Start, e.At)
			require.Equal(t, seconds(want[i].Held), held, x.ID)
			require.Equal(t, seconds(want[i].Elapsed), tt.Elapsed(x.Start, e.At)-held, x.ID)
			if want[i].Deadline != nil {
				require.Equal(t, *want[i].Deadline, tt.Due(x.Start, seconds(x.Target)+held), x.ID)
			}
			if !left {
				require.Equal(t, want[i].Deadline, c.DueAt, x.ID)
				require.Equal(t, seconds(want[i].Elapsed), c.Elapsed, x.ID)
			}
		}
	}
	t.Logf("all as expected: %d clocks with %d events, of which %d are pauses of clocks that had run out", cases, events, refused)
}
