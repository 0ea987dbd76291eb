package sla

import (
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/internal/clause"
)

// The bounds of a preview.
const (
	maxPreviewDays = 62
	maxPreviews    = 20
)

// beyond is the first instant that RFC 3339 cannot write.
var beyond = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)

// Preview shows what a calendar means.
type Preview struct {
	Open []Interval
	Due  []Deadline
}

// Interval is open time, from its opening to its closing, cut at the ends of what is shown.
type Interval struct{ From, To time.Time }

// Deadline is where a duration ends.
type Deadline struct {
	Minutes int
	DueAt   time.Time
}

// Preview shows the open time of so many days of 24 hours from an instant (1 to 62), and where each duration that starts then is due (at
// most 20). It refuses what Check refuses, with paths below "calendar", and what ends after the year 9999.
func (c *Calendar) Preview(start time.Time, days int, minutes []int) (*Preview, error) {
	var f clause.Faults
	t := c.check(&f, "calendar.")
	f.Range("days", float64(days), 1, maxPreviewDays)
	if f.Count("minutes", len(minutes), 0, maxPreviews) {
		for i, n := range minutes {
			at := fmt.Sprintf("minutes[%d]", i)
			f.Range(at, float64(n), 0, maxMinutes)
			if t != nil && int64(min(max(n, 0), maxMinutes))*minute > maxWeeks*t.wall.total {
				f.Refuse(at, "In this calendar, with %d minutes a week, this takes over ten years.", t.wall.total/minute)
			}
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	end := start.Add(time.Duration(days) * 24 * time.Hour)
	if !end.Before(beyond) {
		f.Refuse("days", "This ends after the year 9999: begin earlier, or ask for fewer days.")
	}
	p := &Preview{Open: t.Open(start, end), Due: make([]Deadline, len(minutes))}
	for i, n := range minutes {
		p.Due[i] = Deadline{n, t.Due(start, time.Duration(n)*time.Minute)}
		if !p.Due[i].DueAt.Before(beyond) {
			f.Refuse(fmt.Sprintf("minutes[%d]", i), "This ends after the year 9999: begin earlier, or ask for fewer minutes.")
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Open lists the open time between two instants, to the microsecond, as a timetable counts.
func (t *Timetable) Open(from, to time.Time) []Interval {
	open, to := []Interval{}, instant(to.UnixMicro())
	for at := t.NextOpen(from); at.Before(to); {
		end, closes := t.NextClose(at)
		if !closes || !end.Before(to) {
			return append(open, Interval{at, to})
		}
		open = append(open, Interval{at, end})
		at = t.NextOpen(end)
	}
	return open
}
