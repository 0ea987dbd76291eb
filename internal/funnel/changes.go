package funnel

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
)

// changes are the names of the fields that a verb changed, as events tell them.
type changes []string

func (c *changes) note(field string) {
	if !slices.Contains(*c, field) {
		*c = append(*c, field)
	}
}

// set lays a new value over an old one; nil keeps.
func set[T comparable](c *changes, field string, old *T, to *T) {
	if to != nil && *old != *to {
		*old = *to
		c.note(field)
	}
}

// fill lays a new value over one that may be missing; nil keeps.
func fill[T comparable](c *changes, field string, old **T, to *T) {
	if to != nil && (*old == nil || **old != *to) {
		*old = to
		c.note(field)
	}
}

// lay is fill, or keeps what is known.
func lay[T comparable](keep bool, c *changes, field string, old **T, to *T) {
	if !keep || *old == nil {
		fill(c, field, old, to)
	}
}

// patch lays an input over a value that may be missing: absent keeps, null clears. The rule cleans what was given.
func patch[I any, T comparable](c *changes, field string, old **T, in graphql.Omittable[*I], rule func(*I) *T) {
	given, ok := in.ValueOK()
	if !ok {
		return
	}
	if given == nil {
		if *old != nil {
			*old = nil
			c.note(field)
		}
		return
	}
	fill(c, field, old, rule(given))
}

// same is the rule of values that need no cleaning.
func same[T any](v *T) *T { return v }
