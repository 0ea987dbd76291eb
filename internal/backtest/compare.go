package backtest

import (
	"github.com/leadgraph/leadgraph/internal/fault"
)

// Comparison is two reports over one cohort, side by side. The same struct is the type BackTestComparison of the SDL.
type Comparison struct {
	Leads            int         `json:"leads"`
	Positives        int         `json:"positives"`
	Auc              Difference  `json:"auc"`
	Brier            Difference  `json:"brier"` // less is better, as with the calibration error
	CalibrationError Difference  `json:"calibrationError"`
	TopDecileLift    Difference  `json:"topDecileLift"`
	Precision        Difference  `json:"precision"` // at each model's own threshold, as with the recall, volume and load
	Recall           Difference  `json:"recall"`
	Volume           Difference  `json:"volume"`
	MeanPerWeek      Difference  `json:"meanPerWeek"`
	FlipsUp          Difference  `json:"flipsUp"` // against the version that was live at each back-test
	FlipsDown        Difference  `json:"flipsDown"`
	SameVolume       []VolumeRow `json:"sameVolume"`
}

// Difference is one figure of both reports.
type Difference struct {
	First  *float64 `json:"first"` // nil where the report does not have it
	Second *float64 `json:"second"`
	Change *float64 `json:"change"` // second - first; nil where one is missing
}

// VolumeRow compares the positives among the best so many leads of both models: the deciles, added up.
type VolumeRow struct {
	Leads  int `json:"leads"`
	First  int `json:"first"`
	Second int `json:"second"`
}

// Compare puts two reports side by side. Reports over other leads, outcomes or instants are a fault: their figures do not compare.
func Compare(first, second *Report) (*Comparison, error) {
	a, b := first.Cohort, second.Cohort
	same := a.From.Equal(b.From) && a.To.Equal(b.To) && a.Label == b.Label && a.HorizonDays == b.HorizonDays && a.Decision == b.Decision && a.AfterDays == b.AfterDays
	if !same {
		return nil, fault.Input("", "The back-tests ask about different cohorts: run both over the same time, label, horizon and decision.")
	}
	if first.Fingerprint != second.Fingerprint || first.Leads != second.Leads {
		return nil, fault.Input("", "Outcomes were recorded between the two back-tests, so that they judge different leads: run the older one again.")
	}
	c := &Comparison{
		Leads: first.Leads, Positives: first.Positives,
		Auc: differ(first.Auc, second.Auc), Brier: differ(first.Brier, second.Brier), CalibrationError: differ(first.CalibrationError, second.CalibrationError),
		TopDecileLift: differ(first.topLift(), second.topLift()),
		Precision:     differ(first.AtThreshold.Precision, second.AtThreshold.Precision), Recall: differ(first.AtThreshold.Recall, second.AtThreshold.Recall),
		Volume: differ(count(first.AtThreshold.Leads), count(second.AtThreshold.Leads)), MeanPerWeek: differ(&first.Load.MeanPerWeek, &second.Load.MeanPerWeek),
		FlipsUp: differ(count(first.Flips.Up), count(second.Flips.Up)), FlipsDown: differ(count(first.Flips.Down), count(second.Flips.Down)), SameVolume: []VolumeRow{},
	}
	sum := VolumeRow{}
	for i := range min(len(first.Deciles), len(second.Deciles)) {
		sum.Leads += first.Deciles[i].Leads
		sum.First += first.Deciles[i].Positives
		sum.Second += second.Deciles[i].Positives
		c.SameVolume = append(c.SameVolume, sum)
	}
	return c, nil
}

// topLift is the lift of the best tenth.
func (o *Report) topLift() *float64 {
	if len(o.Deciles) == 0 {
		return nil
	}
	return o.Deciles[0].Lift
}

// count makes a figure of a number of leads.
func count(n int) *float64 { return new(float64(n)) }

// differ puts one figure side by side.
func differ(first, second *float64) Difference {
	d := Difference{First: first, Second: second}
	if first != nil && second != nil {
		d.Change = new(*second - *first)
	}
	return d
}
