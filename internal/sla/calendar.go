package sla

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// Calendar says when somebody works. It is at once part of the jsonb body, the input CalendarInput and the output Calendar of the SDL.
// Times of day are on the wall of its zone, "09:00" to "24:00"; a night shift is two hours: to 24:00, and from 00:00 the next day.
type Calendar struct {
	TimeZone   string      `json:"timeZone"`             // of IANA, such as Europe/Berlin
	Hours      []Hours     `json:"hours,omitempty"`      // of the ordinary week
	Exceptions []Exception `json:"exceptions,omitempty"` // days that are otherwise
}

// Hours is open time on some days of every week, as often as the day needs: a lunch break parts the day into two.
type Hours struct {
	Days   []clause.Weekday `json:"days,omitempty"`
	Opens  string           `json:"opens"`
	Closes string           `json:"closes"`
}

// Exception is a day that is not like its weekday. A day can have one of each kind: OPEN wins over CLOSED, so that the list of public
// holidays can stay as it is, and BREAK is taken out of whatever hours the day then has.
type Exception struct {
	Date  string        `json:"date"` // such as 2026-12-24
	Kind  ExceptionKind `json:"kind"`
	Name  *string       `json:"name,omitempty"`  // such as "Christmas Eve"
	Hours []Span        `json:"hours,omitempty"` // of OPEN and BREAK
}

// Span is a time of one day.
type Span struct {
	Opens  string `json:"opens"`
	Closes string `json:"closes"`
}

// ExceptionKind says how a day is not like its weekday.
type ExceptionKind string

// The kinds of exception, as in the SDL.
const (
	Closed ExceptionKind = "CLOSED" // no work at all
	Open   ExceptionKind = "OPEN"   // these hours instead of the weekday's: half a day, or an extra one
	Break  ExceptionKind = "BREAK"  // the day's hours without these
)

// ExceptionKinds lists every ExceptionKind.
var ExceptionKinds = []ExceptionKind{Closed, Open, Break}

// MarshalGQL writes the enum's name.
func (k ExceptionKind) MarshalGQL(w io.Writer) { enum.Write(w, k) }

// UnmarshalGQL refuses what is no ExceptionKind.
func (k *ExceptionKind) UnmarshalGQL(v any) error { return enum.Read(v, k, ExceptionKinds) }
