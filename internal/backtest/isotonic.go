package backtest

import (
	"crypto/sha256"

	"github.com/leadgraph/leadgraph/internal/id"
)

// folds is how many parts a cohort is cut into for its calibration.
const folds = 5

// fold is the part that a lead belongs to, the same in every back-test.
func fold(lead id.UUID) uint8 {
	sum := sha256.Sum256(lead[:])
	return sum[0] % folds
}

// calibrated gives each row the probability that the other folds have for its total. The rows are in the order of their totals.
func calibrated(rows []row) []float64 {
	p := make([]float64, len(rows))
	for f := range uint8(folds) {
		steps := isotonic(rows, f)
		at := 0
		for i := range rows {
			if rows[i].fold != f || len(steps) == 0 {
				continue
			}
			for at+1 < len(steps) && steps[at+1].from <= rows[i].total {
				at++
			}
			p[i] = steps[at].rate()
		}
	}
	return p
}

// step is a stretch of totals with one probability.
type step struct {
	from          float64 // the lowest total of the stretch
	leads, gained float64
}

func (s step) rate() float64 { return s.gained / s.leads }

// isotonic fits the step function that rises with the total and has the least squared error on all folds but one, by pooling
// neighbours that are out of order (Ayer et al. 1955).
func isotonic(rows []row, but uint8) []step {
	var steps []step
	for from := 0; from < len(rows); {
		next, to := step{from: rows[from].total}, from
		for ; to < len(rows) && rows[to].total == next.from; to++ { // equal totals have one probability
			if rows[to].fold == but {
				continue
			}
			next.leads++
			if rows[to].positive {
				next.gained++
			}
		}
		from = to
		if next.leads == 0 {
			continue
		}
		for len(steps) > 0 && steps[len(steps)-1].rate() >= next.rate() {
			last := steps[len(steps)-1]
			next = step{from: last.from, leads: last.leads + next.leads, gained: last.gained + next.gained}
			steps = steps[:len(steps)-1]
		}
		steps = append(steps, next)
	}
	return steps
}
