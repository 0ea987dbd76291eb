package sla

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/clause"
)

// office is a calendar as companies have them: a lunch break, a zone whose clocks change, and twelve holidays a year for five years.
func office() *Calendar {
	c := &Calendar{TimeZone: "Europe/Berlin", Hours: []Hours{{clause.Weekdays[:5], "09:00", "12:30"}, {clause.Weekdays[:4], "13:30", "18:00"}}}
	for year := 2024; year < 2029; year++ {
		for month := 1; month <= 12; month++ {
			c.Exceptions = append(c.Exceptions, Exception{Date: fmt.Sprintf("%d-%02d-13", year, month), Kind: Closed})
		}
	}
	return c
}

func BenchmarkDueInAYear(b *testing.B) {
	tt, start := compiled(b, office()), time.Date(2026, 2, 3, 10, 0, 0, 0, time.UTC)
	year := tt.Elapsed(start, start.AddDate(1, 0, 0))
	require.Greater(b, year, 1_500*time.Hour)
	for b.Loop() {
		tt.Due(start, year)
	}
}

func BenchmarkElapsedInAYear(b *testing.B) {
	tt, start := compiled(b, office()), time.Date(2026, 2, 3, 10, 0, 0, 0, time.UTC)
	for b.Loop() {
		tt.Elapsed(start, start.AddDate(1, 0, 0))
	}
}

func BenchmarkDueInAnHour(b *testing.B) {
	tt, start := compiled(b, office()), time.Date(2026, 2, 3, 16, 30, 0, 0, time.UTC)
	for b.Loop() {
		tt.Due(start, time.Hour)
	}
}

func BenchmarkCompileACalendar(b *testing.B) {
	c := office()
	for b.Loop() {
		compiled(b, c)
	}
}
