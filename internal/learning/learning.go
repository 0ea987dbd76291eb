// Package learning makes a scoring model of what became of leads: a logistic regression on closed outcomes, judged on leads that it
// did not see, and written down as points that people can read, dispute and sign.
//
// Learn is the whole way; Fit ends with the probabilities. Both answer the same for the same leads in the same order. Which leads are
// kept for judging depends on their keys alone.
package learning

import (
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// The least that something can be learned from.
const (
	MinLeads = 200 // for training, and a tenth of it for judging
	MinEach  = 30  // of either outcome, for training and for judging
)

// Options say how to learn.
type Options struct {
	C         float64  // how little slopes are held back: the penalty is 1/(2C) times the sum of their squares
	RareMin   int      // a text with fewer leads for training is a rare one
	Missing   []string // texts that mean that nothing is known, such as "Select"
	TestFolds []uint8  // the folds, of 0 to 9, that are kept for judging
	Choose    bool     // leave out what is not worth using, and take logarithms of what is skewed
}

// DefaultOptions are those that a workspace begins with: a penalty of 1/2, thirty leads for a level, three folds of ten for judging.
func DefaultOptions() Options {
	return Options{C: 1, RareMin: 30, TestFolds: []uint8{0, 1, 2}, Choose: true}
}

// Check refuses options that make no sense.
func (o *Options) Check() error {
	var faults fault.List
	if !(o.C >= 1e-4 && o.C <= 1e4) { // also not a number
		faults = append(faults, fault.Input("c", "c is 0.0001 to 10000."))
	}
	if o.RareMin < 1 || o.RareMin > 100_000 {
		faults = append(faults, fault.Input("rareMin", "rareMin is 1 to 100000."))
	}
	if len(o.Missing) > 100 {
		faults = append(faults, fault.Input("missing", "Name at most 100 texts."))
	}
	if len(o.TestFolds) < 1 || len(o.TestFolds) > 5 {
		faults = append(faults, fault.Input("testFolds", "Keep 1 to 5 of the folds 0 to 9 for judging."))
	}
	return faults.OrNil()
}

// Learn makes a draft of a scoring model, and a report on it. With too little to learn from, the report says what is missing and there
// is no draft. Errors are faults of the options, or of features with too many levels together.
func Learn(reg *condition.Registry, t *Table, o Options) (*scoring.Model, *Report, error) {
	m, report, err := Fit(t, o)
	if err != nil || report.Outcome == Insufficient {
		return nil, report, err
	}
	card, err := m.scorecard()
	if err != nil {
		return nil, nil, err
	}
	if card.model == nil {
		report.Outcome, report.Reasons = Insufficient, []string{"Nothing that is known of these leads tells their outcomes apart."}
		return nil, report, nil
	}
	if err := card.model.Check(reg); err != nil {
		return nil, nil, fmt.Errorf("check a learned model: %w", err)
	}
	report.Points = card.judge(report.HeldOut.Auc)
	return card.model, report, nil
}

// Model is a fitted regression.
type Model struct {
	table       *Table
	options     Options
	used        []int // features
	train, test []int32
	design      *design
	fitted
}

// Fit fits the regression and judges it. With too little to learn from there is no model, and the report says what is missing.
func Fit(t *Table, o Options) (*Model, *Report, error) {
	if err := o.Check(); err != nil {
		return nil, nil, err
	}
	t = &Table{features: slices.Clone(t.features), columns: t.columns, labels: t.labels, folds: t.folds} // logarithms are chosen for this fit
	m := &Model{table: t, options: o}
	m.train, m.test = t.split(o.TestFolds)
	report := &Report{MinLeads: MinLeads, MinEach: MinEach, Train: t.part(m.train), Test: t.part(m.test), Terms: []Term{}}
	m.used, report.Features = t.choose(m.train, &m.options)
	if report.Reasons = report.lacking(len(m.used)); len(report.Reasons) > 0 {
		report.Outcome = Insufficient
		return nil, report, nil
	}
	var err error
	if m.design, err = encode(m.table, m.used, m.train, &m.options); err != nil {
		return nil, nil, err
	}
	if m.fitted, err = m.design.fit(m.train, t.labels, o.C); err != nil {
		return nil, nil, err
	}
	report.Outcome = Fitted
	report.HeldOut = m.judge(report.Train.rate())
	for i, name := range m.design.columns[1:] {
		report.Terms = append(report.Terms, Term{Name: name, Weight: m.weights[i+1]})
	}
	report.Intercept = m.weights[0]
	return m, report, nil
}

// split divides the rows by their folds.
func (t *Table) split(testFolds []uint8) (train, test []int32) {
	var kept [256]bool
	for _, f := range testFolds {
		kept[f] = true
	}
	for r, f := range t.folds {
		if kept[f] {
			test = append(test, int32(r))
		} else {
			train = append(train, int32(r))
		}
	}
	return train, test
}

// Probabilities are what the model gives the leads kept for judging, with their rows.
func (m *Model) Probabilities() (rows []int32, p []float64) {
	p = m.design.scores(m.weights, m.test)
	for i, z := range p {
		p[i] = logistic(z)
	}
	return m.test, p
}

// judge measures the model on the leads kept for it, against a model that gives all the share of positives that training showed.
func (m *Model) judge(rate float64) *HeldOut {
	_, p := m.Probabilities()
	labels, constant := m.table.labelsOf(m.test), make([]float64, len(p))
	for i := range constant {
		constant[i] = rate
	}
	h := &HeldOut{
		Auc: *backtest.AUC(p, labels), LogLoss: backtest.LogLoss(p, labels), ConstantLogLoss: backtest.LogLoss(constant, labels),
		Brier: backtest.Brier(p, labels), Reliability: backtest.Reliability(p, labels),
	}
	h.CalibrationError = backtest.CalibrationError(h.Reliability)
	for _, b := range h.Reliability {
		h.BaseRate += b.Observed * float64(b.Leads) / float64(len(p))
	}
	h.TopDecileLift = h.Reliability[len(h.Reliability)-1].Observed / h.BaseRate
	return h
}

// labelsOf are the outcomes of some rows.
func (t *Table) labelsOf(rows []int32) []bool {
	labels := make([]bool, len(rows))
	for i, r := range rows {
		labels[i] = t.labels[r]
	}
	return labels
}
