package breadthtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Document makes up an operation over the whole schema, and its variables. Most are valid; validation tells which.
func Document(schema *ast.Schema, seed uint64, mutation bool) (text string, variables map[string]any) {
	d := &documents{schema: schema, Rand: rand.New(rand.NewPCG(seed, 3)), variables: map[string]any{}, left: 60}
	root, word := schema.Query, "query"
	if mutation {
		root, word = schema.Mutation, "mutation"
	}
	body := d.set(root, 0)
	head := ""
	if len(d.declared) > 0 {
		head = "(" + strings.Join(d.declared, ", ") + ")"
	}
	return word + head + body + strings.Join(d.fragments, ""), d.variables
}

type documents struct {
	*rand.Rand
	schema    *ast.Schema
	declared  []string
	variables map[string]any
	fragments []string
	left      int // fields that may still be selected
	aliases   int
}

// chance is true one time in n.
func (d *documents) chance(n int) bool { return d.IntN(n) == 0 }

// set makes a selection set on a type.
func (d *documents) set(t *ast.Definition, depth int) string {
	var b strings.Builder
	b.WriteString(" {")
	for range 1 + d.IntN(5) {
		b.WriteByte(' ')
		b.WriteString(d.selection(t, depth))
	}
	b.WriteString(" }")
	return b.String()
}

func (d *documents) selection(t *ast.Definition, depth int) string {
	switch {
	case depth > 8 || d.left < -40:
		return "__typename"
	case d.chance(8):
		if d.chance(3) {
			return "alias" + fmt.Sprint(d.IntN(3)) + ": __typename" // a name that may stand twice
		}
		return "__typename" + d.condition()
	case d.chance(6), t.Kind == ast.Union, t.Kind == ast.Interface && !d.chance(3):
		return d.fragment(t, depth)
	}
	return d.field(t, depth)
}

// fragment spreads a fragment on the type, or on one that may be the same object.
func (d *documents) fragment(t *ast.Definition, depth int) string {
	on := t
	d.left--
	depth++
	if possible := d.schema.GetPossibleTypes(t); len(possible) > 0 && d.chance(2) || t.Kind == ast.Union {
		on = possible[d.IntN(len(possible))]
	} else if of := d.schema.GetImplements(t); len(of) > 0 && d.chance(2) {
		on = d.schema.Types[of[d.IntN(len(of))].Name]
	}
	switch d.IntN(4) {
	case 0:
		at := len(d.fragments)
		name := fmt.Sprintf("F%d", at)
		d.fragments = append(d.fragments, "")
		text := "\nfragment " + name + " on " + on.Name + d.set(on, depth)
		d.fragments[at] = text
		return "..." + name + d.condition() + " ..." + name
	case 1:
		if on == t {
			return "..." + d.condition() + d.set(t, depth)
		}
	}
	return "... on " + on.Name + d.condition() + d.set(on, depth)
}

// field selects a field with its arguments and what is below it.
func (d *documents) field(t *ast.Definition, depth int) string {
	fields := slices.DeleteFunc(slices.Clone(t.Fields), func(f *ast.FieldDefinition) bool {
		leaf := d.schema.Types[f.Type.Name()].IsLeafType()
		return strings.HasPrefix(f.Name, "__") || !leaf && (depth > 6 || d.left < 0)
	})
	if len(fields) == 0 {
		return "__typename"
	}
	f := fields[d.IntN(len(fields))]
	d.left--
	text := f.Name
	if d.chance(4) || len(f.Arguments) > 0 && !d.chance(4) {
		d.aliases++
		text = fmt.Sprintf("a%d: %s", d.aliases, f.Name)
	}
	text += d.arguments(f) + d.condition()
	if below := d.schema.Types[f.Type.Name()]; !below.IsLeafType() {
		text += d.set(below, depth+1)
	}
	return text
}

func (d *documents) arguments(f *ast.FieldDefinition) string {
	var given []string
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil || d.chance(3) {
			given = append(given, a.Name+": "+d.argument(a.Type))
		}
	}
	if len(given) == 0 {
		return ""
	}
	return "(" + strings.Join(given, ", ") + ")"
}

// argument is a literal or a variable.
func (d *documents) argument(t *ast.Type) string {
	literal := d.literal(t, 0)
	if !d.chance(3) {
		return literal
	}
	name := fmt.Sprintf("v%d", len(d.declared))
	if literal != "null" && d.chance(3) {
		d.declared = append(d.declared, "$"+name+": "+t.String()+" = "+literal)
		return "$" + name
	}
	d.declared = append(d.declared, "$"+name+": "+t.String())
	d.variables[name] = d.value(t, 0)
	return "$" + name
}

// condition is nothing most of the time, or @skip or @include.
func (d *documents) condition() string {
	if !d.chance(8) {
		return ""
	}
	word, value := [2]string{"@skip", "@include"}[d.IntN(2)], [2]string{"true", "false"}[d.IntN(2)]
	if d.chance(2) {
		name := fmt.Sprintf("v%d", len(d.declared))
		d.declared = append(d.declared, "$"+name+": Boolean!")
		d.variables[name] = value == "true"
		value = "$" + name
	}
	return " " + word + "(if: " + value + ")"
}

// literal is an input value as a document writes it.
func (d *documents) literal(t *ast.Type, depth int) string {
	return d.text(d.value(t, depth), d.schema.Types[t.Name()].Kind == ast.Enum)
}

func (d *documents) text(v any, enum bool) string {
	switch v := v.(type) {
	case word:
		return string(v)
	case []any:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = d.text(one, enum)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for k, one := range v {
			parts = append(parts, k+": "+d.text(one, false))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	b, _ := json.Marshal(v) // texts and numbers
	return string(b)
}

// word is an enum's value: without quotes in a document, a string in variables.
type word string

// value is an input value as variables hold it, sometimes one that its scalar refuses.
func (d *documents) value(t *ast.Type, depth int) any {
	if !t.NonNull && d.chance(8) {
		return nil
	}
	if t.Elem != nil {
		out := make([]any, d.IntN(3))
		for i := range out {
			out[i] = d.value(t.Elem, depth+1)
		}
		return out
	}
	def := d.schema.Types[t.NamedType]
	switch def.Kind {
	case ast.Enum:
		return word(def.EnumValues[d.IntN(len(def.EnumValues))].Name)
	case ast.InputObject:
		return d.object(def, depth)
	}
	switch def.Name {
	case "Int", "Int64":
		return d.IntN(60)
	case "Float":
		return 1.5
	case "Boolean":
		return d.chance(2)
	case "ID":
		return d.either("lead_01j00000000000000000000000", "no id")
	case "Time":
		return d.either("2026-03-02T09:30:00Z", "yesterday")
	case "Attributes":
		return map[string]any{"budget": 5}
	}
	return "text"
}

// either is the first nearly always.
func (d *documents) either(right, wrong string) string {
	if d.chance(20) {
		return wrong
	}
	return right
}

func (d *documents) object(def *ast.Definition, depth int) any {
	out := map[string]any{}
	if def.Directives.ForName("oneOf") != nil {
		f := def.Fields[d.IntN(len(def.Fields))]
		t := *f.Type
		t.NonNull = true
		out[f.Name] = d.value(&t, depth+1)
		return out
	}
	for _, f := range def.Fields {
		if f.Type.NonNull && f.DefaultValue == nil || depth < 3 && d.chance(4) {
			out[f.Name] = d.value(f.Type, depth+1)
		}
	}
	return out
}
