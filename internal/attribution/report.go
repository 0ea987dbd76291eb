package attribution

import (
	"cmp"
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Report sums the credits of many won deals of one currency by a dimension. It keeps sums only, so its size does not depend on how
// many deals are added. Every column adds up over the rows: under each model the credits and what nobody earned are the amount.
type Report struct {
	a      *Attributor
	by     Dimension
	models []Model
	rows   []Row
	place  map[Key]int32

	byGroup   []int32 // of ByChannel: the row of each group, plus one
	inRow     []int32 // of the journey that is added: the row of each touch
	counted   []int64 // by row: the number of the deal that was counted there last
	deals     int64
	amount    int64
	nobodys   []int64 // by model
	untouched int64   // won deals without a touch that counts
}

// Key is a value of a dimension: a word for CHANNEL and DEPARTMENT, an id for the others. The zero Key is the row of touches
// without one.
type Key struct {
	Name string
	ID   id.UUID
}

// Row is what one value of the dimension earned. Sourced deals had their first touch here, influenced deals any; as a deal is
// sourced once, all that is sourced is at most all there is, and nothing influenced more.
type Row struct {
	Key             Key
	Touches         int64 // that count
	Sourced         int64 // deals
	SourcedMinor    int64 // their amounts
	Influenced      int64
	InfluencedMinor int64
	Credits         []Sum // in the order of the report's models
}

// Sum is what a row earned under one model.
type Sum struct {
	AmountMinor int64
	Deals       float64 // the sum of its shares
}

// Total is what one model made of all deals of a report.
type Total struct {
	Model             Model
	Outcome           Outcome
	Reason            string
	AttributedMinor   int64
	UnattributedMinor int64 // of deals without a touch that counts; everything where the model did not answer
}

// NewReport begins a report under some models. Errors: a dimension or model that there is not.
func NewReport(a *Attributor, by Dimension, models []Model) (*Report, error) {
	if !slices.Contains(Dimensions, by) {
		return nil, fault.Input("by", "A report is by one of %s.", enum.List(Dimensions))
	}
	if err := known(models...); err != nil {
		return nil, err
	}
	return &Report{a: a, by: by, models: slices.Clone(models), place: map[Key]int32{}, nobodys: make([]int64, len(models))}, nil
}

// known refuses what is no model.
func known(models ...Model) error {
	for _, m := range models {
		if !slices.Contains(Models, m) {
			return fault.Input("model", "The model is one of %s.", enum.List(Models))
		}
	}
	return nil
}

// Add credits a deal and adds it; a journey that was not won adds nothing. Errors: faults of the journey, after which the report
// is as before.
func (r *Report) Add(j *Journey) error {
	if !j.Won {
		return j.Check()
	}
	if err := r.a.walk(j); err != nil {
		return err
	}
	if r.amount > math.MaxInt64-j.AmountMinor {
		return fault.Input("amountMinor", "The amounts of these deals add up to more than can be counted: report on a shorter time.")
	}
	r.deals++
	r.amount += j.AmountMinor
	if len(r.a.steps) == 0 {
		r.untouched++
	}
	r.visit(j)
	for n, m := range r.models {
		if outcome, _ := r.a.ready(m); outcome != Answered || len(r.a.steps) == 0 {
			r.nobodys[n] += j.AmountMinor
			continue
		}
		shares := r.a.shares(m, j)
		for i, part := range r.a.split(j.AmountMinor, shares) {
			sum := &r.rows[r.inRow[i]].Credits[n]
			sum.AmountMinor += part
			sum.Deals += shares[i]
		}
	}
	return nil
}

// visit finds the rows of the journey's touches, and counts what has nothing to do with models.
func (r *Report) visit(j *Journey) {
	r.inRow = r.inRow[:0]
	for i, s := range r.a.steps {
		at := r.rowOf(s, j)
		r.inRow = append(r.inRow, at)
		row := &r.rows[at]
		row.Touches++
		if i == 0 {
			row.Sourced++
			row.SourcedMinor += j.AmountMinor
		}
		if r.counted[at] != r.deals {
			r.counted[at] = r.deals
			row.Influenced++
			row.InfluencedMinor += j.AmountMinor
		}
	}
}

// rowOf finds the row of a touch. That of a channel group is found by the group's number, without its name.
func (r *Report) rowOf(s step, j *Journey) int32 {
	if r.by != ByChannel {
		return r.row(r.key(s, j))
	}
	for len(r.byGroup) <= int(s.group) {
		r.byGroup = append(r.byGroup, 0)
	}
	if r.byGroup[s.group] == 0 {
		r.byGroup[s.group] = r.row(Key{Name: r.a.groups[s.group]}) + 1
	}
	return r.byGroup[s.group] - 1
}

// key is the value of the dimension that a touch has.
func (r *Report) key(s step, j *Journey) Key {
	switch r.by {
	case ByCampaign:
		return Key{ID: s.touch.Campaign}
	case BySource:
		return Key{ID: s.touch.Source}
	case ByDepartment:
		return Key{Name: string(s.touch.Department)}
	case ByResource:
		return Key{ID: s.touch.Resource}
	}
	return Key{ID: j.Persona}
}

// row finds or makes the row of a key.
func (r *Report) row(k Key) int32 {
	at, known := r.place[k]
	if !known {
		at = int32(len(r.rows)) // rows are values of one dimension of one workspace
		r.place[k] = at
		r.rows = append(r.rows, Row{Key: k, Credits: make([]Sum, len(r.models))})
		r.counted = append(r.counted, 0)
	}
	return at
}

// Rows are what was earned, in the order of the keys.
func (r *Report) Rows() []Row {
	rows := slices.Clone(r.rows)
	for i := range rows {
		rows[i].Credits = slices.Clone(rows[i].Credits)
	}
	slices.SortFunc(rows, func(x, y Row) int {
		return cmp.Or(cmp.Compare(x.Key.Name, y.Key.Name), slices.Compare(x.Key.ID[:], y.Key.ID[:]))
	})
	return rows
}

// Totals are what the models made of all deals together, in the order of the report's models.
func (r *Report) Totals() []Total {
	totals := make([]Total, len(r.models))
	for n, m := range r.models {
		t := Total{Model: m, UnattributedMinor: r.nobodys[n], AttributedMinor: r.amount - r.nobodys[n]}
		t.Outcome, t.Reason = r.a.ready(m)
		totals[n] = t
	}
	return totals
}

// Deals is how many won deals were added, and how many of them had no touch that counts.
func (r *Report) Deals() (all, untouched int64) { return r.deals, r.untouched }

// AmountMinor is what the deals that were added are worth together.
func (r *Report) AmountMinor() int64 { return r.amount }
