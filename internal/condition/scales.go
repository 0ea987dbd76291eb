package condition

// The work that weighing may take. A step is about a test of a short value, some nanoseconds.
const (
	maxWork = 8_000_000 // of one body of rules: well under a tenth of a second
	letters = 32        // that are looked through in a step
)

// Scales weigh conditions against each other: all those of one body of rules, within so much work that no body keeps a server busy. The zero
// value is ready.
type Scales struct{ spent int }

// take takes steps of the work that is left. Where those are too few none are left, and what they were for must not begin.
func (s *Scales) take(steps int) bool {
	if steps > maxWork-s.spent {
		s.spent = maxWork
		return false
	}
	s.spent += steps
	return true
}

// effort is how many steps it takes to ask the test of an attribute about a value.
func (n *node) effort(c *cell) int { return 1 + len(n.tokens)*(1+len(c.text)/letters) }
