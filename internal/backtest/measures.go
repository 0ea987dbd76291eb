package backtest

import (
	"math"
	"slices"
)

// AUC is the chance that a positive has a higher score than a negative, equal scores counting half: the Mann-Whitney statistic
// U / (positives x negatives). It is nil without a positive or without a negative.
func AUC(scores []float64, positive []bool) *float64 {
	order := ascending(scores)
	var below, pairs, positives float64 // negatives below the tie at hand; twice the pairs won
	for from := 0; from < len(order); {
		to, won := from, 0.0
		for ; to < len(order) && scores[order[to]] == scores[order[from]]; to++ {
			if positive[order[to]] {
				won++
			}
		}
		lost := float64(to-from) - won
		pairs += won * (2*below + lost)
		below, positives, from = below+lost, positives+won, to
	}
	if positives == 0 || below == 0 {
		return nil
	}
	return new(pairs / (2 * positives * below))
}

// ascending are the places of scores from the lowest on; equal ones keep their order.
func ascending(scores []float64) []int {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case scores[a] < scores[b]:
			return -1
		case scores[a] > scores[b]:
			return 1
		}
		return a - b
	})
	return order
}

// LogLoss is the mean of -ln of the probability that was given to what happened; probabilities are kept 1e-15 away from 0 and 1.
func LogLoss(probabilities []float64, positive []bool) float64 {
	sum := 0.0
	for i, p := range probabilities {
		p = min(max(p, 1e-15), 1-1e-15)
		if !positive[i] {
			p = 1 - p
		}
		sum -= math.Log(p)
	}
	return sum / float64(len(positive))
}

// Brier is the mean of (probability - outcome) squared.
func Brier(probabilities []float64, positive []bool) float64 {
	sum := 0.0
	for i, p := range probabilities {
		if positive[i] {
			p--
		}
		sum += p * p
	}
	return sum / float64(len(positive))
}

// Reliability compares probabilities with what happened in ten bins of equally many, lowest first; where the number is no multiple
// of ten, the first bins have one more.
func Reliability(probabilities []float64, positive []bool) []ReliabilityBin {
	order := ascending(probabilities)
	bins := []ReliabilityBin{}
	for from, to := range tenths(len(order)) {
		b := ReliabilityBin{Leads: to - from}
		for _, i := range order[from:to] {
			b.Predicted += probabilities[i]
			if positive[i] {
				b.Observed++
			}
		}
		b.Predicted /= float64(b.Leads)
		b.Observed /= float64(b.Leads)
		bins = append(bins, b)
	}
	return bins
}

// CalibrationError is the mean distance between predicted and observed over bins, each with the weight of its leads (ECE).
func CalibrationError(bins []ReliabilityBin) float64 {
	sum, n := 0.0, 0
	for _, b := range bins {
		sum += float64(b.Leads) * math.Abs(b.Predicted-b.Observed)
		n += b.Leads
	}
	return sum / float64(max(n, 1))
}

// tenths yields the bounds of ten parts of n, those that are not empty.
func tenths(n int) func(yield func(from, to int) bool) {
	return func(yield func(from, to int) bool) {
		from := 0
		for i := range 10 {
			to := from + n/10
			if i < n%10 {
				to++
			}
			if to > from && !yield(from, to) {
				return
			}
			from = to
		}
	}
}
