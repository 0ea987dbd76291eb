// Package backtest judges a version of a scoring model on leads whose outcome is known: it takes their scores as of the decision
// one by one and answers one Report. The order in which they come makes no difference, to the bit.
package backtest

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// MaxSamples is how many leads one back-test takes: about 80 bytes are kept of each.
const MaxSamples = 500_000

// Setup is what a back-test is about.
type Setup struct {
	Cohort          Cohort
	Threshold       float64             // the model's: leads with this rounded score or more are worth passing on
	CapacityPerWeek *int                // leads that all reps together can take in a week; nil where it is not known
	Rules           map[string][]string // of each attribute that the model's rules name, the keys of these rules; see RulesOf
}

// Sample is one lead of the cohort.
type Sample struct {
	Lead      id.UUID
	Positive  bool    // the outcome that Cohort.Label asks for came within the horizon
	Total     float64 // points in the model's range, not rounded
	Score     int     // the same, rounded
	Band      lifecycle.Band
	Persona   Group
	Source    Group
	CreatedAt time.Time
	ScoredAt  time.Time // the decision
	Live      *Standing // under the published version, at the same instant; nil where there is none
	Late      []string  // attributes whose value became known only after ScoredAt, and was therefore not used
}

// Group is the persona or source of a lead; without an ID there is none.
type Group struct {
	ID   id.UUID
	Name string
}

// Standing is what a version makes of a lead.
type Standing struct {
	Score int
	Band  lifecycle.Band
}

// Run gathers samples. It serves one goroutine.
type Run struct {
	setup    Setup
	rows     []row
	personas groups
	sources  groups
	late     map[string]int
	print    uint64 // the sum of what is hashed of each lead and label, whatever their order
}

// row is what is kept of a sample.
type row struct {
	lead            id.UUID
	total           float64
	score, live     int32
	persona, source int32 // in groups
	week            int32 // of the decision, counted from the first Monday of 1970
	band, liveBand  int8  // in lifecycle.Bands; liveBand -1 without a live version
	fold            uint8
	positive        bool
}

// groups numbers personas or sources as they come.
type groups struct {
	index map[id.UUID]int32
	all   []Group
}

// New starts a back-test; it refuses a cohort that makes no sense.
func New(setup Setup) (*Run, error) {
	if err := setup.Cohort.Check(); err != nil {
		return nil, err
	}
	if c := setup.CapacityPerWeek; c != nil && (*c < 0 || *c > 1_000_000) {
		return nil, fault.Input("capacityPerWeek", "The capacity is 0 to 1000000 leads a week.")
	}
	return &Run{setup: setup, personas: groups{index: map[id.UUID]int32{}}, sources: groups{index: map[id.UUID]int32{}}, late: map[string]int{}}, nil
}

// Add takes one lead, each once. One lead over MaxSamples is a fault that asks for a shorter cohort; a total that is no number or a
// band that does not exist is an error of the caller.
func (r *Run) Add(s Sample) error {
	band, live := slices.Index(lifecycle.Bands, s.Band), -1
	if s.Live != nil {
		live = slices.Index(lifecycle.Bands, s.Live.Band)
	}
	switch {
	case len(r.rows) == MaxSamples:
		return fault.Input("cohort", "The cohort has over %d leads: choose a shorter time.", MaxSamples)
	case math.IsNaN(s.Total) || math.IsInf(s.Total, 0) || band < 0 || s.Live != nil && live < 0:
		return fmt.Errorf("lead %s has the total %v and the band %q", s.Lead, s.Total, s.Band)
	}
	sum := sha256.Sum256(append(s.Lead[:], outcomeByte(s.Positive)))
	r.print += binary.BigEndian.Uint64(sum[:8])
	w := row{
		lead: s.Lead, total: s.Total, score: int32(s.Score), persona: r.personas.number(s.Persona), source: r.sources.number(s.Source),
		week: week(s.ScoredAt), band: int8(band), liveBand: int8(live), fold: fold(s.Lead), positive: s.Positive,
	}
	if s.Live != nil {
		w.live = int32(s.Live.Score)
	}
	r.rows = append(r.rows, w)
	for _, attribute := range s.Late {
		r.late[attribute]++
	}
	return nil
}

// outcomeByte tells the two outcomes of a lead apart in a fingerprint.
func outcomeByte(positive bool) byte {
	if positive {
		return 1
	}
	return 0
}

// number is the place of a group among those seen.
func (g *groups) number(of Group) int32 {
	n, seen := g.index[of.ID]
	if !seen {
		n = int32(len(g.all))
		g.index[of.ID], g.all = n, append(g.all, of)
	}
	return n
}

// monday is the first one of 1970, where weeks are counted from.
const monday = 4 * 24 * 60 * 60

// weekSeconds is how long a week is: all weeks are UTC's.
const weekSeconds = 7 * 24 * 60 * 60

// week is the number of the week, in UTC and from Monday on, that an instant lies in.
func week(at time.Time) int32 {
	return int32(math.Floor(float64(at.Unix()-monday) / weekSeconds))
}

// weekStart is the Monday that a week begins with.
func weekStart(week int32) time.Time { return time.Unix(monday+int64(week)*weekSeconds, 0).UTC() }

// ordered are the rows by total, lowest first; of equal totals by lead, so that sums have one order however the leads came.
func (r *Run) ordered() []row {
	rows := slices.Clone(r.rows)
	slices.SortFunc(rows, func(a, b row) int {
		if c := cmp.Compare(a.total, b.total); c != 0 {
			return c
		}
		return slices.Compare(a.lead[:], b.lead[:])
	})
	return rows
}
