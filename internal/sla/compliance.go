package sla

import (
	"math"
	"slices"
	"time"
)

// exact is how many elapsed times a Compliance keeps as they are. More are counted in classes, each 1 % wider than the one before: a
// percentile is then right to half a per cent, and the memory bounded.
const (
	exact = 4_096
	ratio = 1.01
)

// Compliance adds up what became of clocks. Its zero value is ready; one serves one goroutine at a time.
type Compliance struct {
	Met, Breached, Waived, Paused, Cancelled int
	Open                                     int // PENDING, RUNNING, WARNING

	elapsed []time.Duration // of fulfilled clocks, while they are few
	classes map[int]int     // afterwards: how many in each class
	sorted  bool
}

// Add takes a clock in. What it took is known of clocks that were fulfilled, in time or late.
func (k *Compliance) Add(c *Clock) {
	switch c.State {
	case Met:
		k.Met++
	case Breached:
		k.Breached++
	case Waived:
		k.Waived++
	case Paused:
		k.Paused++
	case Cancelled:
		k.Cancelled++
	case Pending, Running, Warning:
		k.Open++
	}
	if c.FulfilledAt != nil && (c.State == Met || c.State == Breached) {
		k.took(c.Elapsed)
	}
}

// Rate is met / (met + breached); nil where there is neither. Waived and paused clocks stand apart.
func (k *Compliance) Rate() *float64 {
	if k.Met+k.Breached == 0 {
		return nil
	}
	return new(float64(k.Met) / float64(k.Met+k.Breached))
}

// Percentile is the elapsed time that a share p of the fulfilled clocks, 0 to 1, does not exceed: of the n times in order the one at rank
// p*(n-1) counted from 0, and between two ranks on the straight line between them (type 7 of Hyndman and Fan 1996, percentile_cont of SQL).
// Nil where no clock was fulfilled.
func (k *Compliance) Percentile(p float64) *time.Duration {
	n := k.Fulfilled()
	if n == 0 || math.IsNaN(p) || p < 0 || p > 1 {
		return nil
	}
	rank := p * float64(n-1)
	below := int(rank)
	a, b := k.at(below), k.at(min(below+1, n-1))
	return new(a + time.Duration(math.Round((rank-float64(below))*float64(b-a))))
}

// Approximate tells that there were too many clocks to keep, so that percentiles are right to half a per cent only.
func (k *Compliance) Approximate() bool { return k.classes != nil }

// took takes an elapsed time in.
func (k *Compliance) took(d time.Duration) {
	if k.classes != nil {
		k.classes[class(d)]++
		return
	}
	k.elapsed, k.sorted = append(k.elapsed, d), false
	if len(k.elapsed) > exact {
		k.classes = map[int]int{}
		for _, d := range k.elapsed {
			k.classes[class(d)]++
		}
		k.elapsed = nil
	}
}

// Fulfilled is how many clocks were fulfilled, in time or late: those that the percentiles are of.
func (k *Compliance) Fulfilled() int {
	n := len(k.elapsed)
	for _, c := range k.classes {
		n += c
	}
	return n
}

// at is the elapsed time at a rank.
func (k *Compliance) at(rank int) time.Duration {
	if k.classes == nil {
		if !k.sorted {
			slices.Sort(k.elapsed)
			k.sorted = true
		}
		return k.elapsed[rank]
	}
	keys := make([]int, 0, len(k.classes))
	for c := range k.classes {
		keys = append(keys, c)
	}
	slices.Sort(keys)
	for _, c := range keys {
		if rank -= k.classes[c]; rank < 0 {
			return middle(c)
		}
	}
	return 0
}

// class is the class of an elapsed time: 0 below a second, then by the logarithm.
func class(d time.Duration) int {
	if d < time.Second {
		return 0
	}
	return 1 + int(math.Log(d.Seconds())/math.Log(ratio))
}

// middle stands for the times of a class.
func middle(class int) time.Duration {
	if class == 0 {
		return 0
	}
	return time.Duration(math.Pow(ratio, float64(class)-0.5) * float64(time.Second))
}
