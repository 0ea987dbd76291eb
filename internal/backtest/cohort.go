package backtest

import (
	"io"
	"time"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// Cohort says which leads a back-test looks at and what counts as success.
type Cohort struct {
	From        time.Time `json:"from"` // leads created from here
	To          time.Time `json:"to"`   // to before here
	Label       Label     `json:"label"`
	HorizonDays int       `json:"horizonDays"` // the label counts within so many days of 24 hours after the decision
	Decision    Decision  `json:"decision"`
	AfterDays   int       `json:"afterDays"` // with CREATION: the decision is so many days of 24 hours after it
}

// maxDays bounds the times of a cohort.
const maxDays = 3_650

// Check refuses a cohort that no lead can be in, or whose times are out of bounds.
func (c Cohort) Check() error {
	var faults fault.List
	if !c.From.Before(c.To) || c.To.Sub(c.From) > maxDays*24*time.Hour {
		faults = append(faults, fault.Input("cohort.to", "The cohort ends after it begins, and at most %d days later.", maxDays))
	}
	if enum.Read(string(c.Label), new(Label), Labels) != nil {
		faults = append(faults, fault.Input("cohort.label", "The label is one of %s.", enum.List(Labels)))
	}
	if c.HorizonDays < 1 || c.HorizonDays > maxDays {
		faults = append(faults, fault.Input("cohort.horizonDays", "The horizon is 1 to %d days.", maxDays))
	}
	switch {
	case enum.Read(string(c.Decision), new(Decision), Decisions) != nil:
		faults = append(faults, fault.Input("cohort.decision", "The decision is one of %s.", enum.List(Decisions)))
	case c.AfterDays < 0 || c.AfterDays > maxDays || c.AfterDays > 0 && c.Decision != DecisionCreation:
		faults = append(faults, fault.Input("cohort.afterDays", "afterDays is 0 to %d, and above 0 only with CREATION.", maxDays))
	}
	return faults.OrNil()
}

// Label is the outcome that a lead is judged by.
type Label string

// The labels, as in the SDL.
const (
	LabelWon            Label = "WON"
	LabelAccepted       Label = "ACCEPTED"
	LabelSalesQualified Label = "SALES_QUALIFIED"
)

// Labels lists every Label.
var Labels = []Label{LabelWon, LabelAccepted, LabelSalesQualified}

// MarshalGQL writes the enum's name.
func (l Label) MarshalGQL(w io.Writer) { enum.Write(w, l) }

// UnmarshalGQL refuses what is no Label.
func (l *Label) UnmarshalGQL(v any) error { return enum.Read(v, l, Labels) }

// Decision is the instant as of which leads are scored.
type Decision string

// The decisions, as in the SDL.
const (
	DecisionHandoff  Decision = "HANDOFF"  // the first offer to sales
	DecisionCreation Decision = "CREATION" // the lead's creation, and AfterDays more
)

// Decisions lists every Decision.
var Decisions = []Decision{DecisionHandoff, DecisionCreation}

// MarshalGQL writes the enum's name.
func (d Decision) MarshalGQL(w io.Writer) { enum.Write(w, d) }

// UnmarshalGQL refuses what is no Decision.
func (d *Decision) UnmarshalGQL(v any) error { return enum.Read(v, d, Decisions) }

// Verdict tells whether a report says anything.
type Verdict string

// The verdicts, as in the SDL.
const (
	Evidence          Verdict = "EVIDENCE"
	NotEnoughEvidence Verdict = "NOT_ENOUGH_EVIDENCE" // never a pass
)

// Verdicts lists every Verdict.
var Verdicts = []Verdict{Evidence, NotEnoughEvidence}

// MarshalGQL writes the enum's name.
func (v Verdict) MarshalGQL(w io.Writer) { enum.Write(w, v) }

// UnmarshalGQL refuses what is no Verdict.
func (v *Verdict) UnmarshalGQL(x any) error { return enum.Read(x, v, Verdicts) }

// Calibration says how scores became probabilities.
type Calibration string

// IsotonicOutOfFold is: of five folds by a hash of the lead, each has the probabilities that an isotonic regression on the other four gives it.
const IsotonicOutOfFold Calibration = "ISOTONIC_OUT_OF_FOLD"

// Calibrations lists every Calibration.
var Calibrations = []Calibration{IsotonicOutOfFold}

// MarshalGQL writes the enum's name.
func (c Calibration) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL refuses what is no Calibration.
func (c *Calibration) UnmarshalGQL(v any) error { return enum.Read(v, c, Calibrations) }
