package definition

import (
	"fmt"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// The bounds of a definition.
const (
	maxCriteria = 50 // of each list
	maxFields   = 50
	maxName     = 100 // characters
	maxLabel    = 40
	maxMeaning  = 500
)

// Check refuses a definition that cannot be kept: a fault.List with the place of each fault, such as "criteria[1].when.any[0].attribute".
func (d *Definition) Check(reg *condition.Registry) error {
	c := checker{clause.Faults{Registry: reg}}
	seen := map[string]bool{}
	asks := c.criteria("criteria", d.Criteria, 1, seen, lifecycle.Qualified)
	asks = append(asks, c.fields(d.RequiredFields)...)
	for _, e := range c.criteria("exclusions", d.Exclusions, 0, seen, lifecycle.Qualified) {
		asks = append(asks, demand{e.path, e.key, e.when.Negation()})
	}
	c.together(asks, lifecycle.Qualified)
	c.together(c.criteria("salesQualified", d.SalesQualified, 0, seen, lifecycle.SalesQualified), lifecycle.SalesQualified)
	c.labels(d)
	return c.Err()
}

// checker gathers the faults of a definition.
type checker struct{ clause.Faults }

// criteria checks one list, and answers what it asks for.
func (c *checker) criteria(path string, list []Criterion, least int, seen map[string]bool, stage lifecycle.Stage) (asks []demand) {
	if !c.Count(path, len(list), least, maxCriteria) {
		return nil
	}
	for i := range list {
		k, at := &list[i], fmt.Sprintf("%s[%d]", path, i)
		c.Key(at+".key", k.Key, seen)
		c.Text(at+".name", k.Name, 1, maxName)
		if when := c.Condition(at+".when", &k.When); when != nil {
			asks = append(asks, demand{at + ".when", k.Key, when})
		}
		if place, names := k.When.Names()["lead.stage"]; names {
			c.Refuse(at+".when."+place, "A lead becomes %s by this rule, so the rule cannot rest on its stage: remove it.", stage)
		}
	}
	return asks
}

// fields checks what must be known, and answers what that asks for.
func (c *checker) fields(names []string) (asks []demand) {
	if !c.Count("requiredFields", len(names), 0, maxFields) {
		return nil
	}
	for i, name := range names {
		path := fmt.Sprintf("requiredFields[%d]", i)
		set := condition.Condition{Attribute: &condition.Attribute{Name: name, Op: condition.IsSet}}
		when, err := condition.Compile(&set, c.Registry)
		switch {
		case err != nil:
			c.Refuse(path, "There is no attribute %.70q: the query attributes lists all.", name)
		case name == "lead.stage":
			c.Refuse(path, "Every lead has a stage, so this asks for nothing: remove it.")
		case slices.Contains(names[:i], name):
			c.Refuse(path, "%s is there twice: name it once.", name)
		default:
			asks = append(asks, demand{path, name, when})
		}
	}
	return asks
}

// labels checks what stages are called, together with the default labels of the others.
func (c *checker) labels(d *Definition) {
	if !c.Count("labels", len(d.Labels), 0, len(lifecycle.Stages)) {
		return
	}
	stages := map[lifecycle.Stage]bool{}
	for i, l := range d.Labels {
		path := fmt.Sprintf("labels[%d]", i)
		switch {
		case !slices.Contains(lifecycle.Stages, l.Stage):
			c.Refuse(path+".stage", "The stage is one of %s.", enum.List(lifecycle.Stages))
		case stages[l.Stage]:
			c.Refuse(path+".stage", "%s has two labels: give it one.", l.Stage)
		}
		c.Text(path+".label", l.Label, 1, maxLabel)
		c.Text(path+".meaning", l.Meaning, 0, maxMeaning)
		stages[l.Stage] = true
		for _, other := range lifecycle.Stages {
			if other != l.Stage && strings.EqualFold(d.Label(other).Label, l.Label) {
				c.Refuse(path+".label", "%s is called %.70q too: nobody could tell the two apart.", other, l.Label)
			}
		}
	}
}
