package scorecard

import (
	"fmt"
	"io"
	"time"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Grouping is by what numbers are told apart.
type Grouping string

// The groupings, as in the SDL.
const (
	ByNothing  Grouping = "NONE"
	ByMonth    Grouping = "MONTH"
	ByWeek     Grouping = "WEEK"
	BySource   Grouping = "SOURCE"
	ByPersona  Grouping = "PERSONA"
	ByCampaign Grouping = "CAMPAIGN"
	ByMember   Grouping = "MEMBER"
	ByTeam     Grouping = "TEAM"
)

// The groupings that clocks have besides, for compliance alone.
const (
	ByStage      Grouping = "STAGE"
	ByDepartment Grouping = "DEPARTMENT"
	ByRule       Grouping = "RULE"
)

// Groupings lists every Grouping of a scorecard.
var Groupings = []Grouping{ByNothing, ByMonth, ByWeek, BySource, ByPersona, ByCampaign, ByMember, ByTeam}

// MarshalGQL writes the enum's name.
func (g Grouping) MarshalGQL(w io.Writer) { enum.Write(w, g) }

// UnmarshalGQL refuses what is no Grouping.
func (g *Grouping) UnmarshalGQL(v any) error { return enum.Read(v, g, Groupings) }

// Timed tells that the groups are stretches of time.
func (g Grouping) Timed() bool { return g == ByMonth || g == ByWeek }

// Span is a stretch of time: from an instant, until before another one.
type Span struct{ From, To time.Time }

// Spans are the months or weeks of UTC that a period touches, cut at its ends.
func (g Grouping) Spans(period Span) []Span {
	var all []Span
	for at := period.From.UTC(); at.Before(period.To); {
		next := g.Begins(at).AddDate(0, 1, 0)
		if g == ByWeek {
			next = g.Begins(at).AddDate(0, 0, 7)
		}
		if next.After(period.To) {
			next = period.To
		}
		all = append(all, Span{at, next})
		at = next
	}
	return all
}

// Key names the month or week that an instant is in, such as 2026-07 and 2026-W31.
func (g Grouping) Key(at time.Time) string {
	if g == ByWeek {
		year, week := at.UTC().ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	}
	return at.UTC().Format("2006-01")
}

// Begins is when the month or week that an instant is in begins, in UTC.
func (g Grouping) Begins(at time.Time) time.Time {
	at = at.UTC()
	if g == ByWeek { // of ISO 8601: on Mondays
		return time.Date(at.Year(), at.Month(), at.Day()-(int(at.Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}
