package sheet

import (
	"io"
	"regexp"
	"slices"
	"strconv"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// DateOrder says what comes first in dates that are written in figures, such as 3/2/2026.
type DateOrder string

// The orders, as in the SDL's ImportDates. Dates that begin with the year need none.
const (
	MonthFirst DateOrder = "MONTH_FIRST"
	DayFirst   DateOrder = "DAY_FIRST"
)

// DateOrders lists every DateOrder.
var DateOrders = []DateOrder{MonthFirst, DayFirst}

// MarshalGQL writes the enum's name.
func (o DateOrder) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no DateOrder.
func (o *DateOrder) UnmarshalGQL(v any) error { return enum.Read(v, o, DateOrders) }

// figures is a date whose year comes last.
var figures = regexp.MustCompile(`^(\d{1,2})([/.-])(\d{1,2})[/.-](\d{4})(.*)$`)

var noOrder = &refusal{CodeBadTime, `does not guess whether the day or the month comes first. Say with dates whether the file writes MONTH_FIRST or DAY_FIRST.`}

// iso writes a date of figures with the year first; other texts stay as they are.
func (o DateOrder) iso(text string) string {
	m := figures.FindStringSubmatch(text[:min(len(text), maxDecimal)])
	if m == nil || len(text) > maxDecimal {
		return text
	}
	month, day := m[1], m[3]
	if o == DayFirst {
		month, day = day, month
	}
	return m[4] + "-" + two(month) + "-" + two(day) + m[5]
}

func two(digits string) string {
	if len(digits) == 1 {
		return "0" + digits
	}
	return digits
}

// orderOf is the order in which dates are written, as far as the values tell; empty where they do not, or contradict each other.
func orderOf(values []string) DateOrder {
	var order DateOrder
	for _, v := range values {
		m := figures.FindStringSubmatch(v)
		if m == nil {
			continue
		}
		first, _ := strconv.Atoi(m[1])
		second, _ := strconv.Atoi(m[3])
		says := DateOrder("")
		switch {
		case first > 12 || m[2] == ".":
			says = DayFirst
		case second > 12:
			says = MonthFirst
		default:
			continue
		}
		if order != "" && order != says {
			return ""
		}
		order = says
	}
	return order
}

// dates finds the columns with dates in figures, and reads their values with the year first. One column that tells the order tells it for the file.
func (g *guess) dates() {
	g.order, g.dated = orderOf(slices.Concat(g.values...)), make([]bool, len(g.values))
	for i, values := range g.values {
		for k, v := range values {
			if iso := g.order.iso(v); g.order != "" && iso != v {
				values[k], g.dated[i] = iso, true
			}
		}
	}
}
