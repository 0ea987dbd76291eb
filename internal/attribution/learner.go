package attribution

import (
	"fmt"
	"slices"
	"strings"
)

// Learned is a model that was fitted to journeys, or the reason why it was not.
type Learned struct {
	Model       Model         `json:"model"`
	Outcome     Outcome       `json:"outcome"`
	Reason      string        `json:"reason,omitempty"` // a sentence with the numbers; empty where the model answered
	Evidence    Evidence      `json:"evidence"`
	Groups      []GroupEffect `json:"groups"`                // by name; empty where the model did not answer
	Base        float64       `json:"base"`                  // of MARKOV: the probability that a journey is won; of SHAPLEY: the worth of all groups together
	Transitions []Transition  `json:"transitions,omitempty"` // of MARKOV of order 1: what follows on what, by name
}

// Evidence is what a model was fitted to, and what it needs.
type Evidence struct {
	Journeys   int64   `json:"journeys"` // with a touch that counts
	Won        int64   `json:"won"`
	Lost       int64   `json:"lost"`
	Over       int64   `json:"over"`   // journeys with more than MaxTouches, which are left out
	Groups     int     `json:"groups"` // channel groups
	Needs      Minimum `json:"needs"`
	MostGroups int     `json:"mostGroups,omitempty"` // of SHAPLEY
}

// GroupEffect is what a model makes of a channel group.
type GroupEffect struct {
	Group string `json:"group"`
	// Effect is, in MARKOV, the removal effect: the part of all wins that would be lost if every journey ended where it comes to
	// this group. In SHAPLEY it is the Shapley value: what the group adds, on average over all orders of joining; it can be negative.
	Effect      float64 `json:"effect"`
	Won         float64 `json:"won"`         // of all deals won, the part in proportion to Effect
	ValueEffect float64 `json:"valueEffect"` // Effect with amounts in place of deals
	ValueMinor  float64 `json:"valueMinor"`  // of all amounts, the part in proportion to ValueEffect
	Share       float64 `json:"share"`       // Effect over the sum of all, a negative one taken as 0: what credits of deals are weighed by
}

// Transition is how often one channel group followed on another, or on nothing, or was the last.
type Transition struct {
	From  string `json:"from,omitempty"` // empty for the beginning
	To    string `json:"to,omitempty"`   // empty for an end
	Won   bool   `json:"won,omitempty"`  // of an end: whether the journey was won
	Count int64  `json:"count"`
}

// Fit is what the models that learn made of the journeys of a time.
type Fit struct {
	Markov  Learned `json:"markov"`
	Shapley Learned `json:"shapley"`
}

// Learned tells that a model learned anything: with a fit in which none did, deals are not credited.
func (f *Fit) Learned() bool { return f.Markov.Outcome == Answered || f.Shapley.Outcome == Answered }

// Fit fits both models.
func (l *Learner) Fit() *Fit { return &Fit{Markov: l.Markov(), Shapley: l.Shapley()} }

// Learner gathers from a stream of journeys what MARKOV and SHAPLEY need. Its size depends on how many channel groups there are,
// and not on how many journeys.
type Learner struct {
	a          *Attributor
	evidence   Evidence
	value      float64
	path       []int32
	chain      chain
	coalitions coalitions
}

// NewLearner begins to learn under a policy that passed Check.
func NewLearner(p *Policy) *Learner {
	return &Learner{
		a: New(p), evidence: Evidence{Needs: p.Minimum},
		chain: newChain(min(max(p.Markov.Order, 1), maxOrder)), coalitions: coalitions{met: map[uint16]tally{}},
	}
}

// Add takes in a journey, won or not; one without a touch that counts tells nothing, and one with more than MaxTouches is left out. Errors: faults of the journey.
func (l *Learner) Add(j *Journey) error {
	if err := l.a.walk(j); err != nil {
		return err
	}
	if l.a.over {
		l.evidence.Over++
	}
	l.path = l.path[:0]
	for _, s := range l.a.steps {
		l.path = append(l.path, s.group)
	}
	if j.Won {
		l.observe(tally{won: 1, value: float64(j.AmountMinor)})
	} else {
		l.observe(tally{lost: 1})
	}
	return nil
}

// tally is how journeys ended.
type tally struct {
	won, lost int64
	value     float64 // of those won
}

// plus adds two tallies.
func (t tally) plus(o tally) tally { return tally{t.won + o.won, t.lost + o.lost, t.value + o.value} }

// observe takes in journeys that went the same path.
func (l *Learner) observe(t tally) {
	if len(l.path) == 0 {
		return
	}
	l.evidence.Journeys += t.won + t.lost
	l.evidence.Won += t.won
	l.evidence.Lost += t.lost
	l.value += t.value
	l.coalitions.add(l.path, t)
	if !l.a.policy.Markov.Lost {
		t.lost = 0
	}
	if t.won+t.lost > 0 {
		l.chain.add(l.path, t)
	}
}

// Markov fits an absorbing Markov chain to the journeys: beginning, channel groups, won or lost, with the observed frequencies as
// probabilities, where each next touch depends on as many before it as the order says. It is solved exactly. Removing a group ends
// each journey that comes to it; see chain.effects.
func (l *Learner) Markov() Learned {
	m := l.begin(Markov)
	if l.lacks(&m, l.a.policy.Markov.Lost) {
		return m
	}
	if l.chain.full {
		m.Outcome = TooManyGroups
		m.Reason = fmt.Sprintf("A chain of order %d over %d channel groups has over %d states: put channels into fewer groups or take a lower order.",
			l.chain.order, m.Evidence.Groups, maxStates)
		return m
	}
	base, effects, values := l.chain.effects(len(l.a.groups))
	m.Base = base
	l.conclude(&m, effects, values)
	if l.chain.order == 1 {
		m.Transitions = l.chain.transitions(l.a.groups)
	}
	return m
}

// Shapley computes the Shapley value of every channel group in the game whose worth the policy names: exactly, over all sets of
// groups, which is feasible for up to 12.
func (l *Learner) Shapley() Learned {
	m := l.begin(Shapley)
	m.Evidence.MostGroups = maxPlayers
	worth := l.a.policy.Shapley.Worth
	if l.lacks(&m, worth == WorthConversionRate) {
		return m
	}
	if m.Evidence.Groups > maxPlayers {
		m.Outcome = TooManyGroups
		m.Reason = fmt.Sprintf("SHAPLEY is exact for up to %d channel groups; these journeys have %d: put channels into fewer groups.", maxPlayers, m.Evidence.Groups)
		return m
	}
	game, values := l.coalitions.games(m.Evidence.Groups, worth)
	m.Base = game[len(game)-1]
	l.conclude(&m, shapley(game), shapley(values))
	return m
}

// begin is the answer before anything is known.
func (l *Learner) begin(m Model) Learned {
	e := l.evidence
	e.Groups = len(l.a.groups)
	return Learned{Model: m, Outcome: Answered, Evidence: e, Groups: []GroupEffect{}}
}

// lacks answers INSUFFICIENT_DATA, with the numbers, where there is less than the policy asks for.
func (l *Learner) lacks(m *Learned, lost bool) bool {
	e := &m.Evidence
	var short []string
	need := func(what string, have int64, least int) {
		if have < int64(least) {
			short = append(short, fmt.Sprintf("%d %s, not %d", least, what, have))
		}
	}
	need("journeys", e.Journeys, e.Needs.Journeys)
	need("that were won", e.Won, max(e.Needs.Won, 1))
	if lost {
		need("that were not won", e.Lost, e.Needs.Lost)
	}
	if short == nil {
		return false
	}
	m.Outcome = InsufficientData
	m.Reason = fmt.Sprintf("%s needs %s.", m.Model, strings.Join(short, ", and "))
	return true
}

// conclude divides what was won by the effects of the groups.
func (l *Learner) conclude(m *Learned, effects, values []float64) {
	sum, valueSum, positive := 0.0, 0.0, 0.0
	for i, x := range effects {
		sum, valueSum, positive = sum+x, valueSum+values[i], positive+max(x, 0)
	}
	for i, x := range effects {
		m.Groups = append(m.Groups, GroupEffect{
			Group: l.a.groups[i], Effect: x, Won: part(x, sum) * float64(l.evidence.Won), ValueEffect: values[i], ValueMinor: part(values[i], valueSum) * l.value,
			Share: part(max(x, 0), positive),
		})
	}
	slices.SortFunc(m.Groups, func(x, y GroupEffect) int { return strings.Compare(x.Group, y.Group) })
}

// part is x over a sum; 0 of nothing.
func part(x, sum float64) float64 {
	if sum == 0 {
		return 0
	}
	return x / sum
}
