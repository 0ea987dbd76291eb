// Package clause puts the rules of agreements into words, so that two versions can be compared rule by rule, and checks what all
// bodies of agreements have in common.
package clause

import (
	"io"
	"strconv"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Clause is one rule of an agreement.
type Clause struct {
	Key  string // stays when the rule changes, such as "rules.webinar"
	Text string // what the rule says, as a sentence
}

// Change is what became of a clause from one version to another.
type Change string

// The changes, as in the SDL.
const (
	Added   Change = "ADDED"
	Removed Change = "REMOVED"
	Changed Change = "CHANGED"
)

// Changes lists every Change.
var Changes = []Change{Added, Removed, Changed}

// MarshalGQL writes the enum's name.
func (c Change) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL refuses what is no Change.
func (c *Change) UnmarshalGQL(v any) error { return enum.Read(v, c, Changes) }

// Difference is a clause that differs between two versions.
type Difference struct {
	Change        Change
	Key           string
	Before, After *string // nil where there was, or is, no such clause
}

// Diff compares two versions: what is gone or changed in the order of the first, then what came in the order of the second.
func Diff(before, after []Clause) []Difference {
	now := make(map[string]string, len(after))
	for _, c := range after {
		now[c.Key] = c.Text
	}
	was := make(map[string]bool, len(before))
	out := []Difference{}
	for _, c := range before {
		was[c.Key] = true
		text, still := now[c.Key]
		switch {
		case !still:
			out = append(out, Difference{Change: Removed, Key: c.Key, Before: &c.Text})
		case text != c.Text:
			out = append(out, Difference{Change: Changed, Key: c.Key, Before: &c.Text, After: &text})
		}
	}
	for _, c := range after {
		if !was[c.Key] {
			out = append(out, Difference{Change: Added, Key: c.Key, After: &c.Text})
		}
	}
	return out
}

// Number writes a number as people do: no exponent, no needless zeros.
func Number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
