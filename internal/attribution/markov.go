package attribution

import (
	"cmp"
	"slices"
)

// The bounds of a chain. The second makes order 3 possible over 12 channel groups, where 1 + 12 + 144 + 1728 states can occur.
const (
	maxOrder  = 3
	maxStates = 2_000
)

// chain counts what follows on what. A state is the last touches of a journey, as many as the order says or as there were yet, by
// their channel groups; state 0 is the beginning.
type chain struct {
	order  int
	full   bool // more than maxStates: nothing is counted any more
	states map[[maxOrder]int32]int32
	recent [][maxOrder]int32 // of a state: its groups plus one, the newest first
	ends   []tally           // of a state: the journeys that ended there
	moves  []move
	known  map[uint64]int32 // the place of a move by its state and the next touch's group
}

// move is a step from one state to another.
type move struct {
	from, to int32
	count    int64
}

// newChain is a chain of an order that has seen nothing.
func newChain(order int) chain {
	return chain{order: order, states: map[[maxOrder]int32]int32{{}: 0}, recent: make([][maxOrder]int32, 1), ends: make([]tally, 1), known: map[uint64]int32{}}
}

// add counts journeys that went the same path.
func (c *chain) add(path []int32, t tally) {
	at := int32(0)
	for _, group := range path {
		if c.full {
			return
		}
		step := c.move(at, group)
		c.moves[step].count += t.won + t.lost
		at = c.moves[step].to
	}
	c.ends[at] = c.ends[at].plus(t)
}

// move finds or makes the move from a state by a touch.
func (c *chain) move(from, group int32) int32 {
	key := uint64(from)<<32 | uint64(group) // neither is negative
	at, known := c.known[key]
	if !known {
		at = int32(len(c.moves)) // bounded by maxStates
		c.known[key] = at
		c.moves = append(c.moves, move{from: from, to: c.state(from, group)})
	}
	return at
}

// state finds or makes the state that a touch leads to.
func (c *chain) state(from, group int32) int32 {
	next := [maxOrder]int32{group + 1}
	copy(next[1:c.order], c.recent[from][:])
	at, known := c.states[next]
	if !known {
		at = int32(len(c.recent)) // bounded by maxStates
		c.states[next] = at
		c.recent = append(c.recent, next)
		c.ends = append(c.ends, tally{})
		c.full = len(c.recent) > maxStates+1
	}
	return at
}

// effects solves the chain: the probability that a journey is won, and each group's removal effect on it and on the mean value.
//
// With Q the probabilities of going from state to state and N = (I - Q)^-1, the expected visits, the probability of winning from a
// state is B = N w, w being the probability of winning right there, and P = s B, s being where journeys begin. Removing a group ends
// each journey that enters one of its states. What is lost by it is what would have been won from there on: with h the probabilities
// of entering the group's states C for the first time, h = (s N)_C (N_CC)^-1, the effect is h B_C / P. It is the same as
// 1 - P without / P, but nothing is subtracted, so that small effects are as exact as great ones. For values, w is the mean value
// seen after each state in place of 1 for a win. Staying in a state changes neither, so that it is left out of Q.
func (c *chain) effects(groups int) (base float64, effects, values []float64) {
	n := len(c.recent) - 1 // without the beginning
	out := make([]int64, n+1)
	for i, e := range c.ends {
		out[i] = e.won + e.lost
	}
	for _, m := range c.moves {
		if m.from != m.to {
			out[m.from] += m.count
		}
	}
	visits, begin := make([]float64, n*n), make([]float64, n)
	for i := range n {
		visits[i*n+i] = 1
	}
	for _, m := range c.moves {
		switch p := float64(m.count) / float64(out[m.from]); {
		case m.from == 0:
			begin[m.to-1] = p
		case m.from != m.to:
			visits[int(m.from-1)*n+int(m.to-1)] = -p
		}
	}
	invert(visits, n)
	won, value, visited := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		for j, v := range visits[i*n : (i+1)*n] {
			won[i] += v * float64(c.ends[j+1].won) / float64(out[j+1])
			value[i] += v * c.ends[j+1].value / float64(out[j+1])
			visited[j] += begin[i] * v
		}
	}
	base = dot(begin, won)
	worth := dot(begin, value)
	effects, values = make([]float64, groups), make([]float64, groups)
	for g := range groups {
		of := c.statesOf(int32(g)) // an index of groups
		first := entries(visits, visited, of, n)
		for i, s := range of {
			effects[g] += part(first[i]*won[s], base)
			values[g] += part(first[i]*value[s], worth)
		}
	}
	return base, effects, values
}

// statesOf lists the states that a group's touch leads to, the beginning not counted.
func (c *chain) statesOf(group int32) []int {
	var of []int
	for i, r := range c.recent[1:] {
		if r[0] == group+1 {
			of = append(of, i)
		}
	}
	return of
}

// entries are the probabilities that some states are the first of them that a journey comes to.
func entries(visits, visited []float64, of []int, n int) []float64 {
	k := len(of)
	among, first := make([]float64, k*k), make([]float64, k)
	for i, s := range of {
		for j, t := range of {
			among[i*k+j] = visits[s*n+t]
		}
	}
	invert(among, k)
	for i, s := range of {
		for j := range of {
			first[j] += visited[s] * among[i*k+j]
		}
	}
	return first
}

// invert replaces an n by n matrix by its inverse: Gauss and Jordan's elimination in place. It takes pivots as they come, which is
// stable for I - Q of an absorbing chain, whose rows are diagonally dominant, and for parts of its inverse.
func invert(m []float64, n int) {
	for k := range n {
		row := m[k*n : (k+1)*n]
		pivot := row[k]
		row[k] = 1
		for j := range row {
			row[j] /= pivot
		}
		for i := range n {
			other := m[i*n:][:len(row)] // as long as row, which spares the compiler its checks
			f := other[k]
			if i == k || f == 0 {
				continue
			}
			other[k] = 0
			for j, x := range row {
				other[j] -= f * x
			}
		}
	}
}

// dot is the inner product.
func dot(x, y []float64) float64 {
	sum := 0.0
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}

// transitions lists the counts of a chain of order 1.
func (c *chain) transitions(groups []string) []Transition {
	name := func(state int32) string {
		if state == 0 {
			return ""
		}
		return groups[c.recent[state][0]-1]
	}
	var all []Transition
	for _, m := range c.moves {
		all = append(all, Transition{From: name(m.from), To: name(m.to), Count: m.count})
	}
	for i, e := range c.ends {
		from := name(int32(i)) // bounded by maxStates
		if e.won > 0 {
			all = append(all, Transition{From: from, Won: true, Count: e.won})
		}
		if e.lost > 0 {
			all = append(all, Transition{From: from, Count: e.lost})
		}
	}
	slices.SortStableFunc(all, func(x, y Transition) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To)) })
	return all
}
