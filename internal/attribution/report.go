package attribution

import (
	"fmt"
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Report sums the credits of many won deals of one currency by a dimension. It keeps sums, and of each row which deals it had a part
// in. Every column adds up over the rows: under each model the credits and what nobody earned are the amount.
type Report struct {
	Policy id.UUID // the version whose rules the attributor applies

	a      *Attributor // nil where runs are added that were stored
	by     Dimension
	models []Model
	rows   []Row
	place  map[Key]int32

	byGroup   []int32 // of ByChannel: the row of each group, plus one
	inRow     []int32 // of the deal that is added: the row of each touch
	inPair    []int32 // and its campaign's credit there; -1 for none that is followed
	counted   []int64 // by row: the number of the deal that was counted there last
	deals     int64
	amount    int64
	endings   []map[Outcome]*Ending // by model
	untouched int64                 // won deals without a touch that counts

	campaigns  map[id.UUID]int32 // those that are followed
	pairs      map[pair]int32    // the place of each one's credit in a row
	byCampaign []CampaignCredit
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
	Credits         []Sum     // in the order of the report's models
	Deals           []id.UUID // the influenced ones, in the order they were added
	Policies        []id.UUID // the versions under which they were credited
}

// Sum is what a row earned under one model.
type Sum struct {
	AmountMinor int64
	Deals       float64 // the sum of its shares
}

// Total is what one model made of all deals of a report.
type Total struct {
	Model             Model
	AttributedMinor   int64
	UnattributedMinor int64    // of deals without a touch that counts, and of those for which the model did not answer
	Outcomes          []Ending // that there were, in the order of Outcomes
}

// Ending is how a model answered for some deals of a report.
type Ending struct {
	Outcome     Outcome
	Reason      string // a sentence, that of the last of these deals; empty where the model answered
	Deals       int64
	AmountMinor int64
}

// NewReport begins a report under some models; without an attributor it takes stored runs alone. Errors: a dimension or model that there is not.
func NewReport(a *Attributor, by Dimension, models []Model) (*Report, error) {
	if !slices.Contains(Dimensions, by) {
		return nil, fault.Input("by", "A report is by one of %s.", enum.List(Dimensions))
	}
	if err := known(models...); err != nil {
		return nil, err
	}
	r := &Report{a: a, by: by, models: slices.Clone(models), place: map[Key]int32{}, endings: make([]map[Outcome]*Ending, len(models))}
	for n := range r.endings {
		r.endings[n] = map[Outcome]*Ending{}
	}
	return r, nil
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
	if err := r.open(j.AmountMinor, len(r.a.steps)); err != nil {
		return err
	}
	for _, s := range r.a.steps {
		r.enter(r.rowOf(s, j), s.touch.Campaign)
	}
	r.visit(j.Deal, r.Policy, j.AmountMinor)
	for n, m := range r.models {
		outcome, reason := r.a.ready(m)
		r.end(n, outcome, reason, j.AmountMinor)
		if outcome != Answered || len(r.a.steps) == 0 {
			continue
		}
		shares := r.a.shares(m, j)
		r.credit(n, shares, r.a.split(j.AmountMinor, shares))
	}
	return nil
}

// Kept is a run of a won deal as it was stored.
type Kept struct {
	Deal        id.UUID
	Policy      id.UUID // the version under which it was credited
	AmountMinor int64
	Keys        []Key     // of the touches that count, first touch first
	Campaigns   []id.UUID // of the same touches; the zero id for none
	Models      []Model
	Outcomes    []Outcome // of the models
	Reasons     []string
	Shares      []float64 // of the touches under the first model, then under the second, and so on
	Credits     []int64
}

// AddKept adds a stored run as it stands. A model that it does not know did not answer. Errors: a fault where the sums become too great.
func (r *Report) AddKept(k *Kept) error {
	steps := len(k.Keys)
	if err := r.open(k.AmountMinor, steps); err != nil {
		return err
	}
	for i, key := range k.Keys {
		r.enter(r.row(key), k.Campaigns[i])
	}
	r.visit(k.Deal, k.Policy, k.AmountMinor)
	for n, m := range r.models {
		at := slices.Index(k.Models, m)
		if at < 0 {
			r.end(n, InsufficientData, fmt.Sprintf("There was no %s when these deals were credited.", m), k.AmountMinor)
			continue
		}
		r.end(n, k.Outcomes[at], k.Reasons[at], k.AmountMinor)
		if k.Outcomes[at] == Answered {
			r.credit(n, k.Shares[at*steps:(at+1)*steps], k.Credits[at*steps:(at+1)*steps])
		}
	}
	return nil
}

// open counts a deal with so many touches that count.
func (r *Report) open(amount int64, steps int) error {
	if r.amount > math.MaxInt64-amount {
		return fault.Input("amountMinor", "The amounts of these deals add up to more than can be counted: report on a shorter time.")
	}
	r.deals++
	r.amount += amount
	if steps == 0 {
		r.untouched++
	}
	r.inRow, r.inPair = r.inRow[:0], r.inPair[:0]
	return nil
}

// visit counts what has nothing to do with models in the rows of the deal's touches.
func (r *Report) visit(deal, policy id.UUID, amount int64) {
	for i, at := range r.inRow {
		row := &r.rows[at]
		row.Touches++
		if i == 0 {
			row.Sourced++
			row.SourcedMinor += amount
		}
		if r.counted[at] != r.deals {
			r.counted[at] = r.deals
			row.Influenced++
			row.InfluencedMinor += amount
			row.Deals = append(row.Deals, deal)
			if !slices.Contains(row.Policies, policy) { // a workspace has few versions
				row.Policies = append(row.Policies, policy)
			}
		}
	}
}

// credit adds what a model gave to the touches of the deal.
func (r *Report) credit(model int, shares []float64, parts []int64) {
	for i, part := range parts {
		sum := &r.rows[r.inRow[i]].Credits[model]
		sum.AmountMinor += part
		sum.Deals += shares[i]
		if at := r.inPair[i]; at >= 0 {
			r.byCampaign[at].Credits[model] += part
		}
	}
}

// end counts how a model answered.
func (r *Report) end(model int, outcome Outcome, reason string, amount int64) {
	e := r.endings[model][outcome]
	if e == nil {
		e = &Ending{Outcome: outcome}
		r.endings[model][outcome] = e
	}
	e.Reason = reason
	e.Deals++
	e.AmountMinor += amount
}

// rowOf finds the row of a touch. That of a channel group is found by the group's number, without its name.
func (r *Report) rowOf(s step, j *Journey) int32 {
	if r.by != ByChannel {
		return r.row(r.keyOf(s, j))
	}
	for len(r.byGroup) <= int(s.group) {
		r.byGroup = append(r.byGroup, 0)
	}
	if r.byGroup[s.group] == 0 {
		r.byGroup[s.group] = r.row(r.keyOf(s, j)) + 1
	}
	return r.byGroup[s.group] - 1
}

// keyOf is the value of the dimension that a touch has.
func (r *Report) keyOf(s step, j *Journey) Key {
	switch r.by {
	case ByChannel:
		return Key{Name: r.a.groups[s.group]}
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

// List gives a value of the dimension a row, also where it earns nothing.
func (r *Report) List(k Key) { r.row(k) }

// Rows are what was earned, in the order of the keys.
func (r *Report) Rows() []Row {
	rows := slices.Clone(r.rows)
	for i := range rows {
		rows[i].Credits = slices.Clone(rows[i].Credits)
	}
	slices.SortFunc(rows, func(x, y Row) int { return compareKeys(x.Key, y.Key) })
	return rows
}

// Totals are what the models made of all deals together, in the order of the report's models.
func (r *Report) Totals() []Total {
	totals := make([]Total, len(r.models))
	for n, m := range r.models {
		t := Total{Model: m, UnattributedMinor: r.amount, Outcomes: []Ending{}}
		for _, row := range r.rows {
			t.AttributedMinor += row.Credits[n].AmountMinor
		}
		t.UnattributedMinor -= t.AttributedMinor
		for _, o := range Outcomes {
			if e := r.endings[n][o]; e != nil {
				t.Outcomes = append(t.Outcomes, *e)
			}
		}
		totals[n] = t
	}
	return totals
}

// Deals is how many won deals were added, and how many of them had no touch that counts.
func (r *Report) Deals() (all, untouched int64) { return r.deals, r.untouched }

// AmountMinor is what the deals that were added are worth together.
func (r *Report) AmountMinor() int64 { return r.amount }
