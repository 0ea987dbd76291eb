package backtest

import (
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// The least that a report needs to say anything.
const (
	MinLeads = 200 // with a known outcome
	MinEach  = 30  // of either outcome
)

// Report is what a back-test found. The same struct is the jsonb body and the type BackTestReport of the SDL. Shares and rates are 0
// to 1. What rests on the order of the scores (AUC, Brier, reliability, deciles) is left out under the minimum.
type Report struct {
	Cohort           Cohort           `json:"cohort"`
	Fingerprint      string           `json:"fingerprint"` // the same leads with the same outcomes have the same
	Verdict          Verdict          `json:"verdict"`
	Reasons          []string         `json:"reasons"` // sentences: what is missing for a verdict
	MinLeads         int              `json:"minLeads"`
	MinEach          int              `json:"minEach"`
	Leads            int              `json:"leads"`
	Positives        int              `json:"positives"`
	BaseRate         float64          `json:"baseRate"` // positives / leads; 0 without leads
	Auc              *float64         `json:"auc"`      // the chance that a positive has more points than a negative, ties half
	Brier            *float64         `json:"brier"`    // mean of (probability - outcome) squared
	Calibration      Calibration      `json:"calibration"`
	CalibrationError *float64         `json:"calibrationError"` // mean of |predicted - observed| over the bins, by leads
	Reliability      []ReliabilityBin `json:"reliability"`      // ten, lowest probability first
	Deciles          []Decile         `json:"deciles"`          // ten, highest scores first
	AtThreshold      Cut              `json:"atThreshold"`      // the model's own
	Cuts             []Cut            `json:"cuts"`             // others, highest threshold first
	Personas         Breakdown        `json:"personas"`
	Sources          Breakdown        `json:"sources"`
	Load             Load             `json:"load"`
	Flips            Flips            `json:"flips"`
	Leaks            []Leak           `json:"leaks"` // those that rules use first, then by leads; at most 100
}

// ReliabilityBin is a tenth of the leads, by probability.
type ReliabilityBin struct {
	Leads     int     `json:"leads"`
	Predicted float64 `json:"predicted"` // mean probability
	Observed  float64 `json:"observed"`  // share of positives
}

// Decile is a tenth of the leads, by score; of equal scores, the leads' ids decide.
type Decile struct {
	Leads      int      `json:"leads"`
	Positives  int      `json:"positives"`
	MeanScore  float64  `json:"meanScore"` // points, not rounded
	Conversion float64  `json:"conversion"`
	Lift       *float64 `json:"lift"` // conversion / base rate
}

// Cut is what happens when leads from a score on are passed.
type Cut struct {
	Threshold float64  `json:"threshold"` // points, on the rounded score
	Leads     int      `json:"leads"`     // volume: leads with so many points or more
	Share     float64  `json:"share"`     // of all leads
	Positives int      `json:"positives"`
	Precision *float64 `json:"precision"` // positives / leads; nil without leads
	Recall    *float64 `json:"recall"`    // positives / all positives; nil without any
}

// maxGroups is how many personas or sources are told apart.
const maxGroups = 50

// Breakdown is a report by persona or source: the largest, and the rest together.
type Breakdown struct {
	Groups []Segment `json:"groups"` // at most 50, most leads first
	Others *Segment  `json:"others"` // nil where the groups are all
	Count  int       `json:"count"`  // of groups that there are
}

// Segment is the part of the cohort that has one persona or source.
type Segment struct {
	ID            *id.Global `json:"id"`   // nil for leads without any, and for the rest
	Name          string     `json:"name"` // empty for leads without any, and for the rest
	Leads         int        `json:"leads"`
	Positives     int        `json:"positives"`
	Conversion    float64    `json:"conversion"`
	MeanScore     float64    `json:"meanScore"`
	OverThreshold int        `json:"overThreshold"` // leads
	Precision     *float64   `json:"precision"`     // of those over the threshold
	Recall        *float64   `json:"recall"`
	Auc           *float64   `json:"auc"` // nil with fewer than ten of either outcome
}

// maxWeeks is how many weeks are listed.
const maxWeeks = 260

// Load is how many leads the threshold would send to sales, by week of the decision. Weeks are UTC's, from Monday on.
type Load struct {
	CapacityPerWeek   *int    `json:"capacityPerWeek"`
	MeanPerWeek       float64 `json:"meanPerWeek"` // leads over the threshold, from the first week to the last
	MostPerWeek       int     `json:"mostPerWeek"`
	WeekCount         int     `json:"weekCount"`         // from the first to the last, also empty ones
	WeeksOverCapacity *int    `json:"weeksOverCapacity"` // nil where the capacity is not known
	Weeks             []Week  `json:"weeks"`             // with any lead, the latest 260
}

// Week is one week's leads.
type Week struct {
	Start         time.Time `json:"start"`
	Leads         int       `json:"leads"`
	OverThreshold int       `json:"overThreshold"`
}

// maxFlips is how many flips are listed.
const maxFlips = 1_000

// Flips are leads that another band would come to than under the published version.
type Flips struct {
	Compared int    `json:"compared"` // leads that have a live score
	Up       int    `json:"up"`       // to a warmer band
	Down     int    `json:"down"`
	Leads    []Flip `json:"leads"` // at most 1,000: most bands first, then most points, then by id
}

// Flip is one lead that changes its band.
type Flip struct {
	LeadID     id.Global      `json:"leadId"`
	Before     int            `json:"before"` // score under the published version
	After      int            `json:"after"`
	BandBefore lifecycle.Band `json:"bandBefore"`
	BandAfter  lifecycle.Band `json:"bandAfter"`
}

// maxLeaks is how many attributes are listed.
const maxLeaks = 100

// Leak is an attribute that was first known after the decision for some leads. These values were not used; live scores will have
// them, so that the back-test says less about rules on this attribute.
type Leak struct {
	Attribute string   `json:"attribute"`
	Leads     int      `json:"leads"` // for which it came late
	Share     float64  `json:"share"` // of all leads
	Rules     []string `json:"rules"` // keys of the rules that name it
}
