package sheet

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// customTypes are what a workspace can give its own attributes.
var customTypes = []condition.Type{condition.TypeText, condition.TypeNumber, condition.TypeBoolean, condition.TypeTime}

// The bounds of a mapping.
const (
	maxValues     = 1000 // of one column
	maxEmptyWords = 50
)

// Ignore is the target of a column that is left out on purpose. Columns that a mapping does not name are left out too.
const Ignore = "ignore"

// Mapping says how columns become facts. Its JSON is the SDL's ImportMappingInput.
type Mapping struct {
	Columns       []ColumnMapping `json:"columns"`
	Defaults      []FieldDefault  `json:"defaults,omitempty"`
	EmptyWords    []string        `json:"emptyWords,omitempty"`    // that mean no value in every column, such as N/A, whatever their case; empty cells always do
	DefaultRegion *string         `json:"defaultRegion,omitempty"` // ISO 3166-1 alpha-2, of telephones without a country code
}

// ColumnMapping says what one column becomes. A column can become several facts, by one ColumnMapping each.
type ColumnMapping struct {
	Column string          `json:"column"`
	To     string          `json:"to"`               // the target: email, company, lead.custom.budget ...
	Type   *condition.Type `json:"type,omitempty"`   // of a custom target; TEXT where nil
	Values []ValueMapping  `json:"values,omitempty"` // values to put in place of others
	Scale  *float64        `json:"scale,omitempty"`  // multiplies numbers: 1000000 for a column in millions
	Dates  *DateOrder      `json:"dates,omitempty"`  // of times: what comes first in 3/2/2026
	// From when on the values were known; CAPTURE where nil. It matters for rows with an outcome.
	KnownFrom *KnownFrom `json:"knownFrom,omitempty"`
}

// AnyOther is, in a value map, every value that the map does not name; empty cells and empty words stay empty.
const AnyOther = "*"

// ValueMapping puts one value in place of another, before it is read as the target's type.
type ValueMapping struct {
	From string  `json:"from"` // whatever its case and outer spaces, or AnyOther
	To   *string `json:"to"`   // nil for no value
}

// FieldDefault is a fact for each row that does not bring its own.
type FieldDefault struct {
	To    string `json:"to"`
	Value string `json:"value"`
}

// CheckMapping finds what cannot work, all of it; the paths of its faults begin at the mapping.
func CheckMapping(m Mapping, headers []string) fault.List {
	c := checker{headers: headers, taken: map[string]string{}, types: m.types()}
	if len(m.Columns) > 2*MaxColumns || len(m.Defaults) > MaxColumns {
		return fault.List{fault.Input("columns", "A mapping has at most %d columns and %d defaults.", 2*MaxColumns, MaxColumns)}
	}
	for i, column := range m.Columns {
		c.column(fmt.Sprintf("columns[%d]", i), column)
	}
	if !slices.ContainsFunc([]string{"email", "phone", "externalId", "company", "companyDomain", "deal.externalId"}, func(to string) bool { return c.taken[to] != "" }) {
		c.refuse("columns", "No column tells whom a row is about. Map one to email, phone or externalId, or, for companies alone, to company or companyDomain.")
	}
	for i, d := range m.Defaults {
		c.fallback(fmt.Sprintf("defaults[%d]", i), d)
	}
	c.touch(m)
	c.past()
	c.deal(m)
	if len(m.EmptyWords) > maxEmptyWords {
		c.refuse("emptyWords", "At most %d words can mean no value.", maxEmptyWords)
	}
	if r := m.DefaultRegion; r != nil && (len(*r) != 2 || strings.Trim(*r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		c.refuse("defaultRegion", "A region is two capitals of ISO 3166-1, such as DE.")
	}
	return c.faults
}

// types are the types of the custom targets by name.
func (m Mapping) types() map[string]condition.Type {
	types := map[string]condition.Type{}
	for _, c := range m.Columns {
		if c.Type != nil {
			types[c.To] = *c.Type
		}
	}
	return types
}

// checker gathers the faults of a mapping.
type checker struct {
	headers []string
	taken   map[string]string // the paths of the targets that something fills
	types   map[string]condition.Type
	faults  fault.List
}

func (c *checker) refuse(path, format string, args ...any) {
	c.faults = append(c.faults, fault.Input(path, format, args...))
}

func (c *checker) column(path string, m ColumnMapping) {
	if !slices.Contains(c.headers, m.Column) {
		c.refuse(path+".column", "The file has no column %q. Its columns are %s.", excerpt(m.Column), someNames(c.headers))
	}
	if len(m.Values) > maxValues {
		c.refuse(path+".values", "A column maps at most %d values.", maxValues)
		return
	}
	if m.To == Ignore {
		return
	}
	t := c.target(path, m.To)
	if t == nil {
		return
	}
	c.known(path, m)
	if first := c.taken[m.To]; first != "" {
		c.refuse(path+".to", "The target %s is filled by %s already. Give each target one column.", m.To, first)
	}
	c.taken[m.To] = path
	if m.Type != nil && !strings.Contains(m.To, ".custom.") {
		c.refuse(path+".type", "Only custom targets are given a type; %s has its own. Leave the type out.", m.To)
	} else if m.Type != nil && !slices.Contains(customTypes, *m.Type) {
		c.refuse(path+".type", "A custom attribute is one of %s.", enum.List(customTypes))
	}
	if s := m.Scale; s != nil && !t.numeric {
		c.refuse(path+".scale", "Only numbers are scaled; %s is none. Leave the scale out, or set the type NUMBER.", m.To)
	} else if s != nil && (!(*s > 0) || math.IsInf(*s, 0)) {
		c.refuse(path+".scale", "A scale is a number over 0, such as 1000000.")
	}
	if m.Dates != nil && !t.timed {
		c.refuse(path+".dates", "Only times are written with a day and a month; %s is none. Leave dates out.", m.To)
	} else if m.Dates != nil && !slices.Contains(DateOrders, *m.Dates) {
		c.refuse(path+".dates", "dates is one of %s.", enum.List(DateOrders))
	}
	c.values(path, m, *t)
}

// target finds a target or says that there is none.
func (c *checker) target(path, name string) *target {
	t, words := findTarget(name, c.types[name])
	if words != "" {
		c.refuse(path+".to", "The target %q %s", excerpt(name), words)
		return nil
	}
	return &t
}

// values checks that each value is mapped once, to one that the target takes.
func (c *checker) values(path string, m ColumnMapping, t target) {
	seen := map[string]bool{}
	for i, v := range m.Values {
		from := fold(v.From)
		if seen[from] {
			c.refuse(fmt.Sprintf("%s.values[%d].from", path, i), "The value %q is mapped twice. Case and outer spaces make no difference.", excerpt(v.From))
		}
		seen[from] = true
		if v.To == nil || strings.TrimSpace(*v.To) == "" {
			continue
		}
		if bad := t.put(&Record{}, strings.TrimSpace(*v.To), nil); bad != nil {
			c.refuse(fmt.Sprintf("%s.values[%d].to", path, i), "%s", bad.sentence(t.name))
		}
	}
}

// fallback checks a default.
func (c *checker) fallback(path string, d FieldDefault) {
	t := c.target(path, d.To)
	if t == nil {
		return
	}
	switch d.To {
	case "email", "phone", "externalId", "company", "companyDomain", "touch.externalId", "deal.externalId":
		c.refuse(path+".to", "A default for %s would make all rows the same one. Map a column to it.", d.To)
		return
	}
	if first := c.taken[d.To]; strings.HasPrefix(first, "defaults") {
		c.refuse(path+".to", "The target %s has a default already.", d.To)
	} else if first == "" {
		c.taken[d.To] = path
	}
	if text := strings.TrimSpace(d.Value); text == "" {
		c.refuse(path+".value", "A default is a value. Leave it out where there is none.")
	} else if bad := t.put(&Record{}, text, nil); bad != nil {
		c.refuse(path+".value", "%s", bad.sentence(d.To))
	}
}

// touch checks that what is said of a touch is said with its kind.
func (c *checker) touch(m Mapping) {
	if c.taken["touch.kind"] != "" {
		return
	}
	if path, to := c.first(m, func(to string) bool { return strings.HasPrefix(to, "touch.") }); path != "" {
		c.refuse(path, "The target %s needs touch.kind beside it. Map a column to touch.kind, or give it a default.", to)
	}
}

// sentence says why a target does not take a value.
func (r *refusal) sentence(target string) string { return "The target " + target + " " + r.words }

// fold is a text as values are compared.
func fold(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// someNames lists columns for a message.
func someNames(names []string) string {
	const most = 20
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
