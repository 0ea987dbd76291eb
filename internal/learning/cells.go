package learning

import (
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// The cells that a feature is cut into.
const (
	firstBins = 20   // of a number, before those that are alike are joined
	alike     = 0.15 // log-odds: neighbours that are closer are one
	maxNamed  = 400  // levels that one condition still names
)

// part is a feature cut into cells, so that each lead lies in at most one.
type part struct {
	feature int
	cells   []cell
	of      []int32 // for each row its cell; -1 for none
}

// cell is what a rule can ask for: a level of a text, a range of a number, or that nothing is known.
type cell struct {
	none     bool    // nothing is known
	rare     bool    // a text that is no level
	word     string  // of a level
	from, to float64 // of a range: from <= x < to
	leads    int     // for training
	weight   float64 // log-odds
	points   float64 // against the cell that most leads are in
}

// textPart cuts a text into its levels.
func (m *Model) textPart(feature int) part {
	c := &m.table.columns[feature]
	k := c.category(m.train, &m.options)
	p := part{feature: feature, of: make([]int32, len(c.texts))}
	for _, level := range k.levels {
		p.cells = append(p.cells, cell{none: level == levelNone, rare: level == levelRare, word: level})
	}
	for r, place := range c.texts {
		p.of[r] = int32(k.level(place))
	}
	return p
}

// numberPart cuts a number into ranges of about equally many leads for training. A value that many leads have gets a range of its own.
func (m *Model) numberPart(feature int) part {
	values := m.table.columns[feature].numbers
	known := make([]float64, 0, len(m.train))
	for _, r := range m.train {
		if !math.IsNaN(values[r]) {
			known = append(known, values[r])
		}
	}
	slices.Sort(known)
	p := part{feature: feature, of: make([]int32, len(values))}
	from := math.Inf(-1)
	edges := edges(known, m.options.RareMin, m.table.features[feature].Behaviour != nil)
	for _, edge := range append(edges, math.Inf(1)) {
		p.cells = append(p.cells, cell{from: from, to: edge})
		from = edge
	}
	none := int32(-1)
	if len(m.train)-len(known) >= m.options.RareMin {
		none = int32(len(p.cells))
		p.cells = append(p.cells, cell{none: true})
	}
	for r, x := range values {
		if p.of[r] = none; !math.IsNaN(x) {
			n, exact := slices.BinarySearch(edges, x)
			if exact {
				n++
			}
			p.of[r] = int32(n)
		}
	}
	return p
}

// maxTouches is the highest count that a behaviour can ask for.
const maxTouches = 1_000

// edges are where ranges of sorted numbers meet, with at least so many numbers in each range.
func edges(known []float64, least int, counts bool) []float64 {
	var all []float64
	n := len(known)
	below := 0 // numbers below the last edge
	add := func(at int) {
		if at-below >= least && n-at >= least && (!counts || known[at] <= maxTouches) {
			all, below = append(all, known[at]), at
		}
	}
	for k := 1; k < firstBins; k++ {
		if n == 0 {
			break
		}
		x := known[n*k/firstBins]
		first, _ := slices.BinarySearch(known, x)
		after, _ := slices.BinarySearch(known, math.Nextafter(x, math.Inf(1)))
		add(first)
		if after-first >= n/firstBins {
			add(after)
		}
	}
	return all
}

// count counts the leads for training in each cell.
func (p *part) count(train []int32) {
	for i := range p.cells {
		p.cells[i].leads = 0
	}
	for _, r := range train {
		if c := p.of[r]; c >= 0 {
			p.cells[c].leads++
		}
	}
}

// join makes one of neighbouring ranges that are alike, closest first, and tells whether any were.
func (p *part) join() bool {
	joined := false
	for {
		best, closest := -1, alike
		for i := 1; i < len(p.cells); i++ {
			a, b := &p.cells[i-1], &p.cells[i]
			if d := math.Abs(a.weight - b.weight); a.ranges() && b.ranges() && d < closest {
				best, closest = i, d
			}
		}
		if best < 0 {
			return joined
		}
		a, b := &p.cells[best-1], &p.cells[best]
		a.weight = (a.weight*float64(a.leads) + b.weight*float64(b.leads)) / float64(max(a.leads+b.leads, 1))
		a.to, a.leads = b.to, a.leads+b.leads
		p.cells = slices.Delete(p.cells, best, best+1)
		for r := range p.of {
			if int(p.of[r]) >= best {
				p.of[r]--
			}
		}
		joined = true
	}
}

// ranges tells whether a cell is a range of a number.
func (c *cell) ranges() bool { return c.from < c.to }

// reference is the place of the cell that most leads are in: it gives no points, and the others give theirs against it.
func (p *part) reference() int {
	best := 0
	for i := range p.cells {
		if p.cells[i].leads > p.cells[best].leads {
			best = i
		}
	}
	return best
}

// parts cuts the used features into cells; texts with more levels than a condition names are left out.
func (m *Model) parts() []part {
	var all []part
	for _, i := range m.used {
		var p part
		if m.table.columns[i].kind == condition.TypeNumber {
			p = m.numberPart(i)
		} else {
			p = m.textPart(i)
		}
		if len(p.cells) > 1 && len(p.cells) <= maxNamed {
			p.count(m.train)
			all = append(all, p)
		}
	}
	return all
}
