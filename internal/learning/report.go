package learning

import (
	"fmt"
	"io"

	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// Report says what was learned and how well. The same struct is the jsonb body and the type LearnedModelReport of the SDL. Shares and
// probabilities are 0 to 1.
type Report struct {
	Outcome   Outcome  `json:"outcome"`
	Reasons   []string `json:"reasons"` // sentences: what is missing
	MinLeads  int      `json:"minLeads"`
	MinEach   int      `json:"minEach"`
	Train     Part     `json:"train"`
	Test      Part     `json:"test"`
	Features  []Choice `json:"features"` // in the order in which they were given
	HeldOut   *HeldOut `json:"heldOut"`  // nil without a model
	Points    *Points  `json:"points"`   // nil without a draft
	Intercept float64  `json:"intercept"`
	Terms     []Term   `json:"terms"` // of the regression
}

// Part is the leads for training, or those kept for judging.
type Part struct {
	Leads     int `json:"leads"`
	Positives int `json:"positives"`
}

// rate is the share of positives.
func (p Part) rate() float64 { return float64(p.Positives) / float64(p.Leads) }

// part counts some rows.
func (t *Table) part(rows []int32) Part {
	p := Part{Leads: len(rows)}
	for _, r := range rows {
		if t.labels[r] {
			p.Positives++
		}
	}
	return p
}

// Choice is what became of a feature.
type Choice struct {
	Feature string  `json:"feature"` // an attribute's name, or a behaviour as a sentence
	Reason  Reason  `json:"reason"`
	Missing float64 `json:"missing"` // share of leads for training without a value
	Levels  int     `json:"levels"`  // of a text, the rare ones together; 0 of a number
	Log     bool    `json:"log"`     // the logarithm was fitted
}

// HeldOut is how the regression does on leads that it did not see.
type HeldOut struct {
	Auc              float64                   `json:"auc"`
	LogLoss          float64                   `json:"logLoss"`         // mean of -ln of the probability of what happened
	ConstantLogLoss  float64                   `json:"constantLogLoss"` // of giving all leads training's share of positives
	Brier            float64                   `json:"brier"`
	CalibrationError float64                   `json:"calibrationError"` // mean of |predicted - observed| over the bins
	Reliability      []backtest.ReliabilityBin `json:"reliability"`
	BaseRate         float64                   `json:"baseRate"`
	TopDecileLift    float64                   `json:"topDecileLift"` // conversion of the best tenth / base rate
}

// Points is how the draft does on the same leads: what writing the regression as points costs.
type Points struct {
	Rules         int     `json:"rules"`
	Step          float64 `json:"step"`          // points are multiples of this: 1, or 0.1 where whole points lose too much
	PointsPerOdds float64 `json:"pointsPerOdds"` // so many points double the odds
	Auc           float64 `json:"auc"`
	AucLoss       float64 `json:"aucLoss"` // of the regression - of the points; below 0 where the points do better
}

// Term is one weight of the regression, in log-odds: for a number, of one standard deviation.
type Term struct {
	Name   string  `json:"name"` // a feature, "feature=level", or "feature#missing"
	Weight float64 `json:"weight"`
}

// lacking says what is missing to learn from.
func (r *Report) lacking(features int) []string {
	said := []string{}
	for _, p := range []struct {
		Part
		least int
		what  string
	}{{r.Train, MinLeads, "to learn from"}, {r.Test, MinLeads / 10, "to judge by"}} {
		if p.Leads < p.least {
			said = append(said, fmt.Sprintf("There are %d leads with a known outcome %s; %d are needed.", p.Leads, p.what, p.least))
		}
		if p.Positives < MinEach || p.Leads-p.Positives < MinEach {
			said = append(said, fmt.Sprintf("Of those %s, %d reached the outcome and %d did not; %d of each are needed.", p.what, p.Positives, p.Leads-p.Positives, MinEach))
		}
	}
	if features == 0 {
		said = append(said, "No feature is worth using.")
	}
	return said
}

// Outcome says whether there is a model.
type Outcome string

// The outcomes, as in the SDL.
const (
	Fitted       Outcome = "FITTED"
	Insufficient Outcome = "INSUFFICIENT_DATA"
)

// Outcomes lists every Outcome.
var Outcomes = []Outcome{Fitted, Insufficient}

// MarshalGQL writes the enum's name.
func (o Outcome) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no Outcome.
func (o *Outcome) UnmarshalGQL(v any) error { return enum.Read(v, o, Outcomes) }

// Reason says why a feature was used or left out.
type Reason string

// The reasons, as in the SDL.
const (
	Used     Reason = "USED"
	NoValues Reason = "NO_VALUES" // no lead has one
	Constant Reason = "CONSTANT"  // all leads have the same
	TooMany  Reason = "TOO_MANY_VALUES"
)

// Reasons lists every Reason.
var Reasons = []Reason{Used, NoValues, Constant, TooMany}

// MarshalGQL writes the enum's name.
func (r Reason) MarshalGQL(w io.Writer) { enum.Write(w, r) }

// UnmarshalGQL refuses what is no Reason.
func (r *Reason) UnmarshalGQL(v any) error { return enum.Read(v, r, Reasons) }
