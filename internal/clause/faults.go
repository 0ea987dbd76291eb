package clause

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// maxFaults is how many faults of a body are told at once.
const maxFaults = 10

// Faults gathers what is wrong with a body, each with its path, such as "rules[2].when.all[0].attribute".
type Faults struct {
	Registry *condition.Registry
	list     fault.List
	scales   condition.Scales
}

// Err is what was gathered; nil where nothing was.
func (f *Faults) Err() error { return f.list.OrNil() }

// Refuse notes a fault.
func (f *Faults) Refuse(path, format string, args ...any) {
	if len(f.list) < maxFaults {
		f.list = append(f.list, fault.Input(path, format, args...))
	}
}

// key is what the key of a rule looks like.
var key = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// Key checks the key of a rule; seen holds those before it and takes this one.
func (f *Faults) Key(path, k string, seen map[string]bool) {
	switch {
	case !key.MatchString(k):
		f.Refuse(path, "A key is 1 to 63 of a-z, 0-9, hyphen and underscore, and begins with a letter or digit.")
	case seen[k]:
		f.Refuse(path, "The key %q is used twice: each rule needs its own.", k)
	}
	seen[k] = true
}

// Text checks a text of people, in characters. Line breaks apart it has no control characters: a document cannot hold a NUL, and nobody sees
// the others.
func (f *Faults) Text(path, s string, least, most int) {
	if n := utf8.RuneCountInString(s); n < least || n > most || !utf8.ValidString(s) {
		f.Refuse(path, "Give %d to %d characters.", least, most)
	} else if least > 0 && strings.TrimSpace(s) == "" {
		f.Refuse(path, "Blanks alone say nothing: give it a text.")
	} else if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		f.Refuse(path, "The text has a control character: remove it.")
	}
}

// Range checks a number.
func (f *Faults) Range(path string, n, least, most float64) {
	if math.IsNaN(n) || n < least || n > most {
		f.Refuse(path, "Give a number from %s to %s.", Number(least), Number(most))
	}
}

// Count checks how many items a list has, and tells whether the list is worth reading on.
func (f *Faults) Count(path string, n, least, most int) bool {
	switch {
	case n < least:
		f.Refuse(path, "Give at least %d.", least)
	case n > most:
		f.Refuse(path, "Give at most %d; these are %d.", most, n)
	}
	return n <= most
}

// Condition checks a condition that may name every attribute, and answers it ready to be read; nil where it is refused.
func (f *Faults) Condition(path string, c *condition.Condition) *condition.Program {
	p, err := condition.Compile(c, f.Registry)
	f.add(path, err)
	if err == nil && f.Never(p) {
		f.Refuse(path, "This asks for things that contradict each other, so it never holds: remove one of them.")
		return nil
	}
	return p
}

// Never tells whether conditions of the body never hold of one lead at once, within the work that there is for a whole body.
func (f *Faults) Never(all ...*condition.Program) bool { return f.scales.Never(all...) }

// Facts checks, as Condition does, a condition that may name facts only, not what leadgraph makes of them: personas and scores cannot
// rest on scores.
func (f *Faults) Facts(path string, c *condition.Condition) *condition.Program {
	p := f.Condition(path, c)
	if at, name := c.Derived(f.Registry); name != "" {
		f.Refuse(fmt.Sprintf("%s.%s", path, at), "%s is made of the facts by leadgraph, so this rule cannot rest on it: name the facts themselves.", name)
	}
	return p
}

// Behaviour checks a behaviour by itself, and answers its normal form; empty where it is refused.
func (f *Faults) Behaviour(path string, b *condition.Behaviour) string {
	m, err := b.Matcher()
	f.add(path, err)
	if err != nil {
		return ""
	}
	return m.Normal()
}

// add takes the faults of a part and places them.
func (f *Faults) add(path string, err error) {
	list, ok := err.(fault.List)
	if err == nil || !ok {
		return
	}
	for _, e := range list {
		if len(f.list) < maxFaults {
			f.list = append(f.list, e.Under(path))
		}
	}
}
