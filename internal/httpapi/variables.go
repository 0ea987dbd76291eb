package httpapi

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// variables coerces a request's variables to the types of the operation's. gqlparser's own coercion stops at the first fault,
// takes enum values in any case and numbers for texts; this one names every fault by its path and takes what the specification
// takes. Custom scalars are left to their own readers. Values change in place; numbers stay json.Number.
func (e *engine) variables(op *operation, given map[string]any) (map[string]any, []*problem) {
	if len(op.def.VariableDefinitions) == 0 {
		return nil, nil
	}
	c := coercion{schema: e.schema, most: e.config.Limits.Errors}
	coerced := make(map[string]any, len(op.def.VariableDefinitions))
	for _, def := range op.def.VariableDefinitions {
		path := "variables." + def.Variable
		value, present := given[def.Variable]
		switch {
		case present && value == nil && op.strict[def.Variable]: // nullable by its type, but used where null is not
			c.refuse(path, "%s must not be null where it is used: leave it out for its default.", path)
		case present:
			coerced[def.Variable] = c.value(path, def.Type, value)
		case def.DefaultValue != nil:
			value, err := def.DefaultValue.Value(nil)
			if err != nil {
				c.refuse(path, "%s has a default that is no %s.", path, def.Type)
			}
			coerced[def.Variable] = value
		case def.Type.NonNull:
			c.refuse(path, "%s is missing: it must be a %s.", path, def.Type)
		}
	}
	return coerced, c.problems
}

// coercion collects the faults of one request's variables.
type coercion struct {
	schema   *ast.Schema
	most     int
	problems []*problem
}

func (c *coercion) refuse(path, format string, args ...any) {
	if len(c.problems) < c.most {
		c.problems = append(c.problems, &problem{fault: fault.Input(path, format, args...)})
	}
}

// value coerces one value to a type.
func (c *coercion) value(path string, t *ast.Type, v any) any {
	switch {
	case v == nil:
		if t.NonNull {
			c.refuse(path, "%s must not be null: it must be a %s.", path, t)
		}
		return nil
	case t.Elem != nil:
		list, ok := v.([]any)
		if !ok { // a value stands for the list of it alone
			return []any{c.value(path, t.Elem, v)}
		}
		for i := range list {
			list[i] = c.value(path+"["+strconv.Itoa(i)+"]", t.Elem, list[i])
		}
		return list
	}
	switch def := c.schema.Types[t.NamedType]; def.Kind {
	case ast.Enum:
		if s, ok := v.(string); !ok || def.EnumValues.ForName(s) == nil {
			c.refuse(path, "%s must be one of the values of %s.", path, def.Name)
		}
	case ast.InputObject:
		c.object(path, def, v)
	default:
		return c.scalar(path, def, v)
	}
	return v
}

// object coerces an input object's fields.
func (c *coercion) object(path string, def *ast.Definition, v any) {
	fields, ok := v.(map[string]any)
	if !ok {
		c.refuse(path, "%s must be an object: %s.", path, def.Name)
		return
	}
	for name := range fields {
		if def.Fields.ForName(name) == nil {
			c.refuse(path+"."+name, "%s has no field %s: leave it out, or check its spelling.", def.Name, name)
		}
	}
	oneOf := def.Directives.ForName("oneOf") != nil
	if oneOf && len(fields) != 1 {
		c.refuse(path, "%s must have exactly one of the fields of %s.", path, def.Name)
	}
	for _, f := range def.Fields {
		value, present := fields[f.Name]
		switch {
		case present && value == nil && oneOf:
			c.refuse(path+"."+f.Name, "%s.%s must not be null: it is the one field that is given.", path, f.Name)
		case present:
			fields[f.Name] = c.value(path+"."+f.Name, f.Type, value)
		case f.Type.NonNull && f.DefaultValue == nil:
			c.refuse(path+"."+f.Name, "%s.%s is missing: it must be a %s.", path, f.Name, f.Type)
		}
	}
}

// scalar checks the five scalars of the specification.
func (c *coercion) scalar(path string, def *ast.Definition, v any) any {
	number, isNumber := v.(json.Number)
	text, isText := v.(string)
	switch def.Name {
	case "Int":
		if n, ok := wholeNumber(number); isNumber && ok && n >= math.MinInt32 && n <= math.MaxInt32 {
			return json.Number(strconv.FormatInt(n, 10))
		}
		c.refuse(path, "%s must be a whole number of 32 bits.", path)
	case "Float":
		if _, err := number.Float64(); !isNumber || err != nil {
			c.refuse(path, "%s must be a number of 64 bits.", path)
		}
	case "String":
		if !isText {
			c.refuse(path, "%s must be a text.", path)
		}
	case "Boolean":
		if _, ok := v.(bool); !ok {
			c.refuse(path, "%s must be true or false.", path)
		}
	case "ID":
		if n, ok := wholeNumber(number); isNumber && ok {
			return strconv.FormatInt(n, 10)
		}
		if !isText {
			c.refuse(path, "%s must be an id: a text.", path)
		}
		return text
	}
	return v
}

// wholeNumber reads a JSON number without a fraction, however it is written: 3, 3.0 and 3e0 are one number.
func wholeNumber(n json.Number) (int64, bool) {
	if i, err := n.Int64(); err == nil {
		return i, true
	}
	f, err := n.Float64()
	return int64(f), err == nil && f == math.Trunc(f) && math.Abs(f) <= 1<<53
}
