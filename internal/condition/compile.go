package condition

import (
	"fmt"
	"strings"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// Check refuses a condition that cannot be kept: a fault.List of at most ten faults, each with its place in the condition, such as
// "all[2].attribute.value".
func Check(c *Condition, reg *Registry) error {
	_, err := Compile(c, reg)
	return err
}

// Compile checks a condition and makes it ready to be read. The program keeps nothing of the condition, never changes and serves
// any number of goroutines.
func Compile(c *Condition, reg *Registry) (*Program, error) {
	if c == nil {
		c = &Condition{}
	}
	b := compiler{reg: reg}
	root := b.node(c, "", 1)
	if err := b.faults.OrNil(); err != nil {
		return nil, err
	}
	return &Program{root: root}, nil
}

// compiler turns conditions into nodes and gathers faults.
type compiler struct {
	reg    *Registry
	faults fault.List
	leaves int
}

// refuse notes a fault.
func (b *compiler) refuse(path, format string, args ...any) {
	if len(b.faults) < maxFaults {
		b.faults = append(b.faults, fault.Input(path, format, args...))
	}
}

// node compiles one level of the tree. With too many faults or leaves the rest is not read.
func (b *compiler) node(c *Condition, path string, depth int) node {
	n := node{path: path}
	set := c.fields()
	switch {
	case len(b.faults) >= maxFaults || b.leaves > maxLeaves:
	case depth > maxDepth:
		b.refuse(path, "A condition has at most %d levels: move this part further up.", maxDepth)
	case len(set) == 0:
		b.refuse(path, "A condition sets one of all, any, not, attribute and behaviour; this one sets none.")
	case len(set) > 1:
		b.refuse(path, "A condition sets one of all, any, not, attribute and behaviour; this one sets %s: put them into a group.", strings.Join(set, " and "))
	case c.All != nil:
		n.test, n.kids = testAll, b.group(c.All, below(path, "all"), depth)
	case c.Any != nil:
		n.test, n.kids = testAny, b.group(c.Any, below(path, "any"), depth)
	case c.Not != nil:
		n.test, n.kids = testNot, []node{b.node(c.Not, below(path, "not"), depth+1)}
	default:
		b.leaf(c, path, &n)
	}
	return n
}

// fields names what a condition sets.
func (c *Condition) fields() []string {
	var set []string
	for i, is := range [...]bool{c.All != nil, c.Any != nil, c.Not != nil, c.Attribute != nil, c.Behaviour != nil} {
		if is {
			set = append(set, [...]string{"all", "any", "not", "attribute", "behaviour"}[i])
		}
	}
	return set
}

// below is the path of a field.
func below(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// group compiles the members of all or any.
func (b *compiler) group(members []Condition, path string, depth int) []node {
	if len(members) == 0 {
		b.refuse(path, "A group without conditions says nothing: add one or remove the group.")
	}
	var kids []node
	for i := range members {
		if len(b.faults) >= maxFaults || b.leaves > maxLeaves {
			break
		}
		kids = append(kids, b.node(&members[i], fmt.Sprintf("%s[%d]", path, i), depth+1))
	}
	return kids
}

// leaf compiles a test.
func (b *compiler) leaf(c *Condition, path string, n *node) {
	if b.leaves++; b.leaves > maxLeaves {
		b.refuse(path, "A condition has at most %d tests: remove some.", maxLeaves)
		return
	}
	if c.Attribute != nil {
		n.path, n.reg = below(path, "attribute"), b.reg
		b.attribute(c.Attribute, n)
		n.text = c.Attribute.String()
		return
	}
	n.path, n.test, n.strength = below(path, "behaviour"), testTouches, 1
	for _, f := range c.Behaviour.faults() {
		b.refuse(below(n.path, f.Field), "%s", f.Message)
	}
	n.matcher, n.text = c.Behaviour.matcher(), c.Behaviour.String()
}
