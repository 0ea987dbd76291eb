package attribution

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
)

// shares divides the deal of the journey that was walked last among its touches: none is negative, and together they are 1.
// They stay until the next call.
func (a *Attributor) shares(m Model, j *Journey) []float64 {
	w := resized(&a.weights, len(a.steps))
	last := len(w) - 1
	if last < 0 {
		return w
	}
	switch m {
	case First:
		w[0] = 1
	case Last:
		w[last] = 1
	case LastNonDirect:
		w[a.lastNonDirect()] = 1
	case Position:
		p := a.policy.Position
		fill(w, p.Middle/float64(last-1))
		w[0], w[last] = 0, 0
		w[0] += p.First
		w[last] += p.Last
	case WShaped:
		a.milestoneWeights(w, a.policy.WShaped, j)
	case FullPath:
		a.milestoneWeights(w, a.policy.FullPath, j)
	case TimeDecay:
		a.decay(w)
	case Markov, Shapley:
		a.byEffect(w, a.effects[m])
	} // LINEAR has no weights: all share alike
	normalise(w)
	return w
}

// lastNonDirect is the place of the last touch that did not come by itself; of the last where all did.
func (a *Attributor) lastNonDirect() int {
	for i := len(a.steps) - 1; i >= 0; i-- {
		if a.steps[i].touch.Channel != contact.ChannelDirect {
			return i
		}
	}
	return len(a.steps) - 1
}

// milestoneWeights fills in weights as MilestoneWeights says.
func (a *Attributor) milestoneWeights(w []float64, weights MilestoneWeights, j *Journey) {
	each := [...]float64{weights.First, weights.LeadCreated, weights.OpportunityCreated, weights.Close}
	holders := a.holders(j)
	middle := len(w)
	for i, at := range holders {
		if each[i] == 0 {
			holders[i] = -1
		} else if at >= 0 && !slices.Contains(holders[:i], at) {
			middle--
		}
	}
	fill(w, weights.Middle/float64(middle))
	for _, at := range holders {
		if at >= 0 {
			w[at] = 0
		}
	}
	for i, at := range holders {
		if at >= 0 {
			w[at] += each[i]
		}
	}
}

// holders are the places of the touches that hold the milestones, in the order of Milestones; -1 where none does.
func (a *Attributor) holders(j *Journey) [4]int {
	return [4]int{0, a.lastUntil(j.LeadCreatedAt), a.lastUntil(j.OpportunityCreatedAt), len(a.steps) - 1}
}

// lastUntil is the place of the last touch up to an instant; -1 without such a touch or instant.
func (a *Attributor) lastUntil(at time.Time) int {
	if at.IsZero() {
		return -1
	}
	return sort.Search(len(a.steps), func(i int) bool { return a.steps[i].touch.At.After(at) }) - 1
}

// decay weighs each touch by its age. Ages are taken from the newest touch on, which changes no share, because the age of that
// one is a factor of all weights, and keeps very old journeys from weighing nothing at all.
func (a *Attributor) decay(w []float64) {
	newest := a.steps[len(w)-1].touch.At
	perDay := 1 / (a.policy.HalfLifeDays * float64(day))
	for i := range w {
		w[i] = math.Exp2(-float64(newest.Sub(a.steps[i].touch.At)) * perDay)
	}
}

// byEffect weighs each channel group of the journey by its share among all, divided among the group's touches. Where none of them
// has any, the groups share alike.
func (a *Attributor) byEffect(w []float64, effects []float64) {
	clear(a.inGroup)
	known := 0.0
	for _, s := range a.steps {
		a.inGroup[s.group]++
		known += share(effects, s.group)
	}
	for i, s := range a.steps {
		w[i] = share(effects, s.group) / a.inGroup[s.group]
		if known == 0 {
			w[i] = 1 / a.inGroup[s.group]
		}
	}
}

// share is a group's share; a group that the model has not seen has none.
func share(effects []float64, group int32) float64 {
	if int(group) < len(effects) {
		return effects[group]
	}
	return 0
}

// normalise makes weights add up to 1. What is no weight counts as 0, and where nothing weighs anything all share alike.
func normalise(w []float64) {
	sum := 0.0
	for i, x := range w {
		if !(x > 0) || math.IsInf(x, 1) { // also where it is not a number
			w[i] = 0
		}
		sum += w[i]
	}
	if sum == 0 || math.IsInf(sum, 1) {
		fill(w, 1)
		sum = float64(len(w))
	}
	for i := range w {
		w[i] /= sum
	}
}

// fill sets every element.
func fill(w []float64, x float64) {
	for i := range w {
		w[i] = x
	}
}

// resized makes a buffer n long, all zero.
func resized[T any](buffer *[]T, n int) []T {
	*buffer = slices.Grow((*buffer)[:0], n)[:n]
	clear(*buffer)
	return *buffer
}
