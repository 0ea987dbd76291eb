package backtest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/internal/id"
)

// Report is what the samples so far say.
func (r *Run) Report() *Report {
	rows := r.ordered()
	o := &Report{
		Cohort: r.setup.Cohort, Fingerprint: fmt.Sprintf("%016x", r.print), Verdict: Evidence, Reasons: []string{}, MinLeads: MinLeads, MinEach: MinEach,
		Leads: len(rows), Calibration: IsotonicOutOfFold, Reliability: []ReliabilityBin{}, Deciles: []Decile{},
	}
	for i := range rows {
		if rows[i].positive {
			o.Positives++
		}
	}
	o.BaseRate = share(o.Positives, o.Leads)
	if o.Reasons = reasons(o.Leads, o.Positives); len(o.Reasons) > 0 {
		o.Verdict = NotEnoughEvidence
	} else {
		o.judge(rows)
	}
	o.AtThreshold, o.Cuts = cuts(rows, o.Positives, r.setup.Threshold)
	o.Personas = r.breakdown(rows, &r.personas, id.Persona, func(w *row) int32 { return w.persona })
	o.Sources = r.breakdown(rows, &r.sources, id.Source, func(w *row) int32 { return w.source })
	o.Load, o.Flips, o.Leaks = r.load(rows), flips(rows), r.leaks(o.Leads)
	return o
}

// reasons say what is missing for a verdict.
func reasons(leads, positives int) []string {
	said := []string{}
	if leads < MinLeads {
		said = append(said, fmt.Sprintf("The cohort has %d leads with a known outcome; %d are needed.", leads, MinLeads))
	}
	if positives < MinEach {
		said = append(said, fmt.Sprintf("%d of them reached the label; %d are needed.", positives, MinEach))
	}
	if leads-positives < MinEach {
		said = append(said, fmt.Sprintf("%d of them did not reach the label; %d are needed.", leads-positives, MinEach))
	}
	return said
}

// judge fills in what rests on the order of the scores.
func (o *Report) judge(rows []row) {
	totals, positive := make([]float64, len(rows)), make([]bool, len(rows))
	for i := range rows {
		totals[i], positive[i] = rows[i].total, rows[i].positive
	}
	p := calibrated(rows)
	o.Auc, o.Brier = AUC(totals, positive), new(Brier(p, positive))
	o.Reliability = Reliability(p, positive)
	o.CalibrationError = new(CalibrationError(o.Reliability))
	best := slices.Clone(rows)
	slices.Reverse(best)
	for from, to := range tenths(len(best)) {
		d := Decile{Leads: to - from}
		for _, w := range best[from:to] {
			d.MeanScore += w.total
			if w.positive {
				d.Positives++
			}
		}
		d.MeanScore /= float64(d.Leads)
		d.Conversion = share(d.Positives, d.Leads)
		d.Lift = new(d.Conversion / o.BaseRate)
		o.Deciles = append(o.Deciles, d)
	}
}

// share is a part of a whole, 0 of nothing.
func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// shareOf is a part of a whole, nil of nothing.
func shareOf(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	return new(float64(part) / float64(whole))
}

// cuts are what passes at the model's threshold, and at the scores that the best 5, 10, 20, 30, 50 and 75 of a hundred leads have.
func cuts(rows []row, positives int, threshold float64) (own Cut, others []Cut) {
	best := slices.Clone(rows)
	slices.SortStableFunc(best, func(a, b row) int { return cmp.Compare(b.score, a.score) })
	others = []Cut{}
	for _, percent := range []int{5, 10, 20, 30, 50, 75} {
		if len(best) == 0 {
			break
		}
		t := float64(best[(len(best)*percent-1)/100].score)
		if t != threshold && (len(others) == 0 || others[len(others)-1].Threshold != t) {
			others = append(others, cut(best, positives, t))
		}
	}
	return cut(best, positives, threshold), others
}

// cut counts what passes at a threshold; the rows are in the order of their scores, highest first.
func cut(best []row, positives int, threshold float64) Cut {
	c := Cut{Threshold: threshold}
	for c.Leads < len(best) && float64(best[c.Leads].score) >= threshold {
		if best[c.Leads].positive {
			c.Positives++
		}
		c.Leads++
	}
	c.Share = share(c.Leads, len(best))
	c.Precision, c.Recall = shareOf(c.Positives, c.Leads), shareOf(c.Positives, positives)
	return c
}
