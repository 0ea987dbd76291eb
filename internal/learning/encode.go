package learning

import (
	"fmt"
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// The levels that are no texts of leads.
const (
	levelNone = "(none)" // nothing known
	levelRare = "(rare)" // too few leads to learn from, or never seen
)

// maxColumns bounds what one fit solves for: its time grows with the cube, its memory with the square.
const maxColumns = 1_000

// design is the matrix of a regression, kept sparse: in each row the columns that are not zero, lowest first. Column 0, the intercept, is not written down.
type design struct {
	columns []string  // names; the first is empty
	slots   int       // entries in a row
	dense   int       // so many of the first slots have a value in x; others are 1
	at      []int32   // for each row and slot the column; 0 for none
	x       []float64 // for each row and dense slot
}

// encoder makes a design of a table, learning medians, means and levels from the rows for training alone.
type encoder struct {
	table *Table
	train []int32
	d     *design
	rows  int
}

// encode makes the design of the used features: numbers centred and scaled, a column for what is missing, and one for each level.
func encode(t *Table, used []int, train []int32, o *Options) (*design, error) {
	e := encoder{table: t, train: train, rows: t.Rows(), d: &design{columns: []string{""}}}
	var categories []category
	var of []int
	for _, i := range used {
		if c := &t.columns[i]; c.kind == condition.TypeNumber {
			e.d.dense++
			e.d.slots += 2
		} else {
			categories, of = append(categories, c.category(train, o)), append(of, i)
			e.d.slots++
		}
	}
	e.d.at, e.d.x = make([]int32, e.rows*e.d.slots), make([]float64, e.rows*e.d.dense)
	number := 0
	for _, i := range used {
		if t.columns[i].kind == condition.TypeNumber {
			e.number(i, number)
			number++
		}
	}
	e.missing(used)
	for n, c := range categories {
		e.levels(of[n], 2*e.d.dense+n, &c)
	}
	if len(e.d.columns) > maxColumns {
		return nil, fault.Input("features", "The features have %d levels together, over %d: leave some out, or raise rareMin.", len(e.d.columns), maxColumns)
	}
	return e.d, nil
}

// column adds a column and answers its place.
func (e *encoder) column(name string) int32 {
	e.d.columns = append(e.d.columns, name)
	return int32(len(e.d.columns) - 1)
}

// number encodes a number: its logarithm where that was asked for, the median where it is missing, centred and scaled by the
// population's standard deviation.
func (e *encoder) number(feature, slot int) {
	f := &e.table.features[feature]
	values := e.table.columns[feature].numbers
	known := make([]float64, 0, len(e.train))
	for _, r := range e.train {
		if x := f.scale(values[r]); !math.IsNaN(x) {
			known = append(known, x)
		}
	}
	middle := median(known)
	mean, sd := moments(known, middle, len(e.train))
	column := e.column(f.name())
	for r := range e.rows {
		x := f.scale(values[r])
		if math.IsNaN(x) {
			x = middle
		}
		e.d.at[r*e.d.slots+slot] = column
		e.d.x[r*e.d.dense+slot] = (x - mean) / sd
	}
}

// scale is the number that is fitted.
func (f *Feature) scale(x float64) float64 {
	if f.Log && !math.IsNaN(x) {
		return math.Log1p(max(x, 0))
	}
	return x
}

// name is what the feature is called in a report: its attribute, or its behaviour as a sentence.
func (f *Feature) name() string {
	if f.Behaviour == nil {
		return f.Attribute
	}
	b := *f.Behaviour
	b.MinCount = 1
	return b.String()
}

// median is the middle of some numbers, which it sorts; 0 of none.
func median(known []float64) float64 {
	slices.Sort(known)
	n := len(known)
	if n == 0 {
		return 0
	}
	return (known[(n-1)/2] + known[n/2]) / 2
}

// moments are mean and standard deviation of n numbers, those not known being the median; a deviation of 0 is 1.
func moments(known []float64, middle float64, n int) (mean, sd float64) {
	filled := float64(n - len(known))
	sum := filled * middle
	for _, x := range known {
		sum += x
	}
	mean = sum / float64(n)
	squares := filled * (middle - mean) * (middle - mean)
	for _, x := range known {
		squares += (x - mean) * (x - mean)
	}
	if sd = math.Sqrt(squares / float64(n)); sd == 0 {
		sd = 1
	}
	return mean, sd
}

// missing adds a column for each number that some lead for training does not have.
func (e *encoder) missing(used []int) {
	slot := e.d.dense
	for _, i := range used {
		values := e.table.columns[i].numbers
		if e.table.columns[i].kind != condition.TypeNumber {
			continue
		}
		if slices.ContainsFunc(e.train, func(r int32) bool { return math.IsNaN(values[r]) }) {
			column := e.column(e.table.features[i].name() + "#missing")
			for r := range e.rows {
				if math.IsNaN(values[r]) {
					e.d.at[r*e.d.slots+slot] = column
				}
			}
		}
		slot++
	}
}

// levels adds a column for each level of a text.
func (e *encoder) levels(feature, slot int, c *category) {
	columns := make([]int32, len(c.levels))
	for n, level := range c.levels {
		columns[n] = e.column(fmt.Sprintf("%s=%s", e.table.features[feature].name(), level))
	}
	for r, place := range e.table.columns[feature].texts {
		if level := c.level(place); level >= 0 {
			e.d.at[r*e.d.slots+slot] = columns[level]
		}
	}
}

// category is the levels of a text and which words belong to which.
type category struct {
	levels []string // in their order
	of     []int    // level of each word
	none   int      // level of what is missing; -1 where no lead for training shows it, as with rare
	rare   int
}

// category learns the levels of a text: words with fewer than RareMin leads for training are one level together.
func (c *column) category(train []int32, o *Options) category {
	none := make([]bool, len(c.words))
	for _, w := range o.Missing {
		if place, known := c.places[c.fold(w)]; known {
			none[place] = true
		}
	}
	counts, missed, odd := make([]int, len(c.words)), 0, 0
	for _, r := range train {
		switch place := c.texts[r]; {
		case place == missing || place >= 0 && none[place]:
			missed++
		case place == unnamed:
			odd++
		default:
			counts[place]++
		}
	}
	k := category{of: make([]int, len(c.words))}
	for i, n := range counts {
		if n >= o.RareMin {
			k.levels = append(k.levels, c.words[i])
		} else {
			odd += n
		}
	}
	if missed > 0 && missed < o.RareMin {
		odd += missed
	}
	if missed >= o.RareMin {
		k.levels = append(k.levels, levelNone)
	}
	if odd > 0 {
		k.levels = append(k.levels, levelRare)
	}
	slices.Sort(k.levels)
	k.rare = slices.Index(k.levels, levelRare)
	if k.none = slices.Index(k.levels, levelNone); k.none < 0 {
		k.none = k.rare
	}
	for i, w := range c.words {
		switch {
		case none[i]:
			k.of[i] = k.none
		case counts[i] >= o.RareMin:
			k.of[i] = slices.Index(k.levels, w)
		default:
			k.of[i] = k.rare
		}
	}
	return k
}

// level is the level of a word; -1 for one that training did not show.
func (k *category) level(place int32) int {
	switch place {
	case missing:
		return k.none
	case unnamed:
		return k.rare
	}
	return k.of[place]
}
