package clause

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Unit is what the minutes of a rule are.
type Unit string

// The units, as in the SDL. There are no days: whose day it is and when it ends is what departments would argue about.
const (
	BusinessMinutes Unit = "BUSINESS_MINUTES" // minutes of working hours
	WallMinutes     Unit = "WALL_MINUTES"     // minutes, day and night
)

// Units lists every Unit.
var Units = []Unit{BusinessMinutes, WallMinutes}

// MarshalGQL writes the enum's name.
func (u Unit) MarshalGQL(w io.Writer) { enum.Write(w, u) }

// UnmarshalGQL refuses what is no Unit.
func (u *Unit) UnmarshalGQL(v any) error { return enum.Read(v, u, Units) }

// Weekday is a day of the week.
type Weekday string

// The days, as in the SDL; the week begins on Monday (ISO 8601).
const (
	Monday    Weekday = "MONDAY"
	Tuesday   Weekday = "TUESDAY"
	Wednesday Weekday = "WEDNESDAY"
	Thursday  Weekday = "THURSDAY"
	Friday    Weekday = "FRIDAY"
	Saturday  Weekday = "SATURDAY"
	Sunday    Weekday = "SUNDAY"
)

// Weekdays lists every Weekday from Monday.
var Weekdays = []Weekday{Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday}

// MarshalGQL writes the enum's name.
func (d Weekday) MarshalGQL(w io.Writer) { enum.Write(w, d) }

// UnmarshalGQL refuses what is no Weekday.
func (d *Weekday) UnmarshalGQL(v any) error { return enum.Read(v, d, Weekdays) }
