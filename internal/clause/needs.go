package clause

import (
	"errors"
	"fmt"
)

// MaxMinutes is how long anything that rules wait for can be, ten years: instants stay within what can be written.
const MaxMinutes = 10 * 366 * 24 * 60

// Needs gathers what a body lacks so that it could be run: errors of ours, for whoever compiles what is in force, and no faults for callers.
// A body that passed its Check was fit to be run by the rules of its day. Since checks become stricter and a version in force stays, compiling
// asks for nothing but this.
type Needs struct{ lacks []error }

// That asks for something.
func (n *Needs) That(is bool, format string, args ...any) {
	if !is {
		n.Took(fmt.Errorf(format, args...))
	}
}

// Number asks for a number within bounds, which NaN is not.
func (n *Needs) Number(what string, v, least, most float64) {
	n.That(least <= v && v <= most, "%s is %v, not from %v to %v", what, v, least, most)
}

// Took takes what making a part ready came to.
func (n *Needs) Took(err error) {
	if err != nil && len(n.lacks) < maxFaults {
		n.lacks = append(n.lacks, err)
	}
}

// Err is what was gathered; nil where nothing was.
func (n *Needs) Err() error { return errors.Join(n.lacks...) }
