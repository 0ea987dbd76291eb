package funnel

import (
	"errors"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// checks gathers everything that is wrong with an input, so that a caller can mend it in one go. Each check answers the cleaned value.
type checks struct{ list fault.List }

// maxChecks is how many faults one answer names.
const maxChecks = 10

// add takes the fault of a rule, if there is one. Any other error ends up as the first of the list's cause.
func (c *checks) add(err error) {
	var l fault.List
	switch {
	case err == nil || len(c.list) >= maxChecks:
	case errors.As(err, &l):
		c.list = append(c.list, l...)
	default:
		f := fault.As(err)
		if f == nil {
			f = &fault.Error{Code: fault.Internal, Message: err.Error()}
		}
		c.list = append(c.list, f)
	}
}

func (c *checks) err() error { return c.list.OrNil() }

// under takes the faults of a rule and places them below a field.
func (c *checks) under(field string, err error) {
	list, ok := err.(fault.List)
	if !ok {
		c.add(under(err, field))
		return
	}
	for _, f := range list {
		c.add(f.Under(field))
	}
}

// at takes the fault of a rule and places it.
func at[T any](c *checks, field string, v T, err error) T {
	if err != nil {
		c.add(under(err, field))
	}
	return v
}

// line is a text of one line that must be there.
func (c *checks) line(field, s string, max int) string {
	s, err := matching.Line(s, max)
	if err == nil && s == "" {
		err = fault.Input("", "Give at least one character.")
	}
	return at(c, field, s, err)
}

// another is another name for what has to have one; nil leaves it.
func (c *checks) another(field string, s *string, max int) *string {
	if s == nil {
		return nil
	}
	return new(c.line(field, *s, max))
}

// opt is a text of one line that may be absent; an empty one counts as absent.
func (c *checks) opt(field string, s *string, max int) *string {
	if s == nil {
		return nil
	}
	v, err := matching.Line(*s, max)
	return nonempty(at(c, field, v, err))
}

// prose is a text of several lines that may be absent.
func (c *checks) prose(field string, s *string, max int) *string {
	if s == nil {
		return nil
	}
	v, err := matching.Text(*s, max)
	return nonempty(at(c, field, v, err))
}

func nonempty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (c *checks) email(field, s string) matching.Address {
	v, err := matching.Email(s)
	return at(c, field, v, err)
}

// by runs a rule of matching on a text that may be absent or empty.
func (c *checks) by(rule func(string) (string, error), field string, s *string) *string {
	if s == nil || *s == "" {
		return nil
	}
	v, err := rule(*s)
	return nonempty(at(c, field, v, err))
}

func (c *checks) region(field string, s *string, otherwise string) string {
	if v := c.by(matching.Country, field, s); v != nil {
		return *v
	}
	return otherwise
}

func (c *checks) zone(field string, s *string, otherwise string) string {
	if v := c.by(matching.TimeZone, field, s); v != nil {
		return *v
	}
	return otherwise
}

// upTo refuses numbers outside of a range.
func (c *checks) upTo(field string, n, least, most int64) {
	if n < least || n > most {
		c.add(fault.Input(field, "Give a number from %d to %d.", least, most))
	}
}

// currency is an ISO 4217 code.
func (c *checks) currency(field, s string) string {
	v, err := matching.Currency(s)
	return at(c, field, v, err)
}
