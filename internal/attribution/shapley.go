package attribution

import "math/bits"

// maxPlayers is up to how many channel groups SHAPLEY is computed: 2^12 sets.
const maxPlayers = 12

// coalitions counts how journeys ended by the set of channel groups that they touched, a bit for each.
type coalitions struct {
	met  map[uint16]tally
	over bool // more than maxPlayers groups: nothing is counted any more
}

// add counts journeys that went the same path.
func (c *coalitions) add(path []int32, t tally) {
	var set uint16
	for _, group := range path {
		if c.over = c.over || group >= maxPlayers; c.over {
			return
		}
		set |= 1 << group
	}
	c.met[set] = c.met[set].plus(t)
}

// games are the worth of every set of n groups, by its bits: of journeys that touched none but groups of the set, how many or which
// part was won, and the same with amounts in place of deals.
func (c *coalitions) games(n int, worth Worth) (game, values []float64) {
	within := make([]tally, 1<<n)
	for set, t := range c.met {
		within[set] = t
	}
	for bit := 1; bit < len(within); bit <<= 1 { // sums over all subsets, one group at a time
		for set := range within {
			if set&bit != 0 {
				within[set] = within[set].plus(within[set^bit])
			}
		}
	}
	game, values = make([]float64, len(within)), make([]float64, len(within))
	for set, t := range within {
		game[set], values[set] = float64(t.won), t.value
		if worth == WorthConversionRate {
			game[set], values[set] = part(game[set], float64(t.won+t.lost)), part(t.value, float64(t.won+t.lost))
		}
	}
	return game, values
}

// shapley computes the Shapley values of a game of n players from the worth of its 2^n sets, by their bits: the value of a player
// is the sum over all sets S without it of |S|! (n-|S|-1)! / n! (v(S with it) - v(S)).
func shapley(game []float64) []float64 {
	n := bits.Len(uint(len(game))) - 1
	weight := make([]float64, n) // by |S|
	for size := range weight {
		weight[size] = 1 / float64(n)
		for i := 1; i <= size; i++ { // 1 over the binomial of n-1 over size
			weight[size] *= float64(i) / float64(n-i)
		}
	}
	values := make([]float64, n)
	for player := range values {
		bit := 1 << player
		for set, worth := range game {
			if set&bit == 0 {
				values[player] += weight[bits.OnesCount(uint(set))] * (game[set|bit] - worth) // not negative
			}
		}
	}
	return values
}
