package condition

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Asks tells whether the condition asks about touches, so that callers read them only where they are needed.
func (c *Condition) Asks() bool {
	if c.Behaviour != nil || c.Not != nil && c.Not.Asks() {
		return true
	}
	for _, group := range [][]Condition{c.All, c.Any} {
		for i := range group {
			if group[i].Asks() {
				return true
			}
		}
	}
	return false
}

// Names lists the attributes that the condition names, each once, with the place where it stands first.
func (c *Condition) Names() map[string]string {
	names := map[string]string{}
	c.walk("", func(path string, leaf *Condition) {
		if leaf.Attribute != nil && names[leaf.Attribute.Name] == "" {
			names[leaf.Attribute.Name] = below(path, "attribute.name")
		}
	})
	return names
}

// Attributes are the tests of attributes, in their order.
func (c *Condition) Attributes() iter.Seq[*Attribute] {
	return func(yield func(*Attribute) bool) {
		more := true
		c.walk("", func(_ string, leaf *Condition) {
			if leaf.Attribute != nil && more {
				more = yield(leaf.Attribute)
			}
		})
	}
}

// walk visits the leaves in their order.
func (c *Condition) walk(path string, visit func(path string, leaf *Condition)) {
	switch {
	case c.Attribute != nil || c.Behaviour != nil:
		visit(path, c)
	case c.Not != nil:
		c.Not.walk(below(path, "not"), visit)
	}
	for i := range c.All {
		c.All[i].walk(fmt.Sprintf("%s[%d]", below(path, "all"), i), visit)
	}
	for i := range c.Any {
		c.Any[i].walk(fmt.Sprintf("%s[%d]", below(path, "any"), i), visit)
	}
}

// Derived is the first place where the condition names an attribute that leadgraph makes of the facts (Registry.Made), and its name;
// empty where it names none.
func (c *Condition) Derived(reg *Registry) (path, name string) {
	c.walk("", func(at string, leaf *Condition) {
		if leaf.Attribute == nil || name != "" {
			return
		}
		if slot, ok := reg.Slot(leaf.Attribute.Name); ok && reg.Made(slot) {
			path, name = below(at, "attribute.name"), leaf.Attribute.Name
		}
	})
	return path, name
}

// String is the condition as a sentence: contact.title contains "director" and (account.employees is more than 50 or ...).
func (c *Condition) String() string {
	switch {
	case c.Attribute != nil:
		return c.Attribute.String()
	case c.Behaviour != nil:
		return c.Behaviour.String()
	case c.Not != nil:
		return "not (" + c.Not.String() + ")"
	case len(c.All) > 0:
		return joined(c.All, " and ")
	}
	return joined(c.Any, " or ")
}

// joined puts members into one sentence; groups of several within it are bracketed.
func joined(members []Condition, and string) string {
	said := make([]string, len(members))
	for i := range members {
		m := &members[i]
		said[i] = m.String()
		if len(members) > 1 && len(m.All)+len(m.Any) > 1 {
			said[i] = "(" + said[i] + ")"
		}
	}
	return strings.Join(said, and)
}

// Clone is a copy that shares nothing with the condition.
func (c *Condition) Clone() Condition {
	n := Condition{All: clones(c.All), Any: clones(c.Any)}
	if c.Not != nil {
		not := c.Not.Clone()
		n.Not = &not
	}
	if a := c.Attribute; a != nil {
		n.Attribute = &Attribute{Name: a.Name, Op: a.Op, Values: slices.Clone(a.Values)}
		if a.Value != nil {
			v := *a.Value
			n.Attribute.Value = &v
		}
	}
	if c.Behaviour != nil {
		b := c.Behaviour.matcher().source
		n.Behaviour = &b
	}
	return n
}

// clones copies members; none stay none.
func clones(members []Condition) []Condition {
	if members == nil {
		return nil
	}
	out := make([]Condition, len(members))
	for i := range members {
		out[i] = members[i].Clone()
	}
	return out
}
