package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/graph/generated"
)

// sdl is the schema.
func sdl() *ast.Schema { return generated.NewExecutableSchema(generated.Config{}).Schema() }

// roots are the fields of queries and mutations, without introspection.
func roots() []*ast.FieldDefinition {
	s := sdl()
	all := append(slices.Clone(s.Query.Fields), s.Mutation.Fields...)
	return slices.DeleteFunc(all, func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
}

// call is one call of a root field.
type call struct {
	a     *testAPI
	field *ast.FieldDefinition
	args  map[string]any

	within string // of a field of an object: how to reach it

	founder, instead string // who may make it, where the founder may not
}

// call is a call of a root field that succeeds for the world's founder.
func (w *world) call(t *testing.T, name string) *call {
	t.Helper()
	for _, f := range roots() {
		if f.Name == name {
			args := w.inputs()[name]
			if own := w.pursued(name); own != nil {
				args = own
			}
			require.True(t, args != nil || !needs(f), "%s is new: say in inputs how to call it", name)
			return &call{a: w.a, field: f, args: args, founder: w.token, instead: w.instead[name]}
		}
	}
	t.Fatalf("there is no field %s", name)
	return nil
}

// needs tells whether a field has arguments that must be given.
func needs(f *ast.FieldDefinition) bool {
	return slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil })
}

// document is the operation, every argument a variable. Without a selection it asks for what is next to hand.
func (c *call) document(selection string) string {
	s := sdl()
	kind, vars, args := "query", []string{}, []string{}
	if s.Mutation.Fields.ForName(c.field.Name) == c.field {
		kind = "mutation"
	}
	for _, a := range c.field.Arguments {
		if _, given := c.args[a.Name]; given {
			vars = append(vars, "$"+a.Name+": "+a.Type.String())
			args = append(args, a.Name+": $"+a.Name)
		}
	}
	if selection == "" {
		selection = near(s, c.field.Type, 2)
	}
	head, call := kind, c.field.Name
	if len(vars) > 0 {
		head, call = head+" ("+strings.Join(vars, ", ")+")", call+"("+strings.Join(args, ", ")+")"
	}
	if c.within != "" {
		return head + " { " + fmt.Sprintf(c.within, call+" "+selection) + " }"
	}
	return head + " { " + call + " " + selection + " }"
}

// send sends the call.
func (c *call) send(token, selection string) answer {
	c.a.t.Helper()
	if c.instead != "" && token == c.founder {
		token = c.instead
	}
	return c.a.do(token, c.document(selection), c.args)
}

// brief selects little of types that say much, where they stand beside others: the rest is read where they stand by themselves.
var brief = map[string]string{"Agreement": "{ id title }", "Clock": "{ id stage state rule }", "Move": "{ from to at reason }", "Handoff": "{ id state number offeredAt note feedback reply }",
	"Calendar": "{ timeZone }", "AllowedMove": "{ to mine }", "Deal": "{ id name }", "Reason": "{ id label }", "Member": "{ id name }", "Persona": "{ id name }", "Source": "{ id name }",
	"Campaign": "{ id name }", "Resource": "{ id title }", "Share": "{ id views }", "ResourceOutcomes": "{ views leads }",
	"CreditDispute": "{ id state grounds claimedShare }", "Precedent": "{ dispute { id } shared { channelGroups } }"}

// near selects the fields of a type that need no arguments, and those of their objects down to a depth; of lists the first three.
func near(s *ast.Schema, t *ast.Type, depth int) string {
	d := s.Types[t.Name()]
	switch {
	case d.IsLeafType():
		return ""
	case d.IsAbstractType():
		return "{ __typename }"
	}
	fields := []string{"__typename"}
	for _, f := range d.Fields {
		of := s.Types[f.Type.Name()]
		switch {
		case strings.HasPrefix(f.Name, "__") || f.Name == "edges" || f.Name == "totalCount" || needs(f):
		case of.IsLeafType():
			fields = append(fields, f.Name)
		case brief[of.Name] != "" && !strings.HasPrefix(d.Name, of.Name) && d.Kind == ast.Object && !strings.HasSuffix(d.Name, "Payload"):
			fields = append(fields, f.Name+" "+brief[of.Name])
		case of.Name == "ResourceRecommendation":
			fields = append(fields, f.Name+"(first: 1) { position }")
		case of.Name == "DealConnection":
			fields = append(fields, f.Name+"(first: 3) { nodes { id name } }")
		case depth > 0:
			name, deeper := f.Name, depth-1
			if f.Arguments.ForName("first") != nil {
				name += "(first: 3)"
			}
			if strings.HasSuffix(d.Name, "Connection") {
				deeper = depth // a connection is only the way to its nodes
			}
			fields = append(fields, name+" "+near(s, f.Type, deeper))
		}
	}
	return "{ " + strings.Join(fields, " ") + " }"
}

// leaf is a place in a field's arguments.
type leaf struct {
	path []string // names; of a list the first item is meant
	of   string   // the type's name
}

func (l leaf) String() string { return strings.Join(l.path, ".") }

// leaves are the places in a field's arguments that hold one of these types.
func leaves(f *ast.FieldDefinition, types ...string) (all []leaf) {
	s := sdl()
	var walk func(at []string, of string, seen []string)
	walk = func(at []string, of string, seen []string) {
		if slices.Contains(types, of) {
			all = append(all, leaf{at, of})
		}
		d := s.Types[of]
		if d.Kind != ast.InputObject || slices.Contains(seen, of) {
			return
		}
		for _, x := range d.Fields {
			walk(append(slices.Clone(at), x.Name), x.Type.Name(), append(slices.Clone(seen), of))
		}
	}
	for _, a := range f.Arguments {
		walk([]string{a.Name}, a.Type.Name(), nil)
	}
	return all
}

// with is the call with another value at a place. What must stand beside it is made up.
func (c *call) with(l leaf, value any) *call {
	s := sdl()
	arg := c.field.Arguments.ForName(l.path[0])
	args := maps.Clone(c.args)
	if args == nil {
		args = map[string]any{}
	}
	args[arg.Name] = put(s, arg.Type, copied(args[arg.Name]), l.path[1:], value)
	return &call{c.a, c.field, args, c.within, c.founder, c.instead}
}

// put is a value of a type with another value at a path below it.
func put(s *ast.Schema, t *ast.Type, have any, path []string, value any) any {
	if t.Elem != nil {
		if list, ok := have.([]any); ok && len(list) > 0 {
			have = list[0]
		}
		if list, ok := value.([]any); ok && len(path) == 0 {
			return list
		}
		return []any{put(s, t.Elem, have, path, value)}
	}
	if len(path) == 0 {
		return value
	}
	d := s.Types[t.Name()]
	object, _ := have.(map[string]any)
	if object == nil {
		object = required(s, d)
	}
	f := d.Fields.ForName(path[0])
	made := put(s, f.Type, object[f.Name], path[1:], value)
	if d.Directives.ForName("oneOf") != nil {
		return map[string]any{f.Name: made}
	}
	object[f.Name] = made
	if f.Name == "uploadId" {
		delete(object, "text") // either, not both
	}
	if f.Name == "touchIds" {
		delete(object, "share")
	}
	return object
}

// required is an object with the fields that must be there.
func required(s *ast.Schema, d *ast.Definition) map[string]any {
	object := map[string]any{}
	for _, f := range d.Fields {
		if !f.Type.NonNull || f.DefaultValue != nil {
			continue
		}
		switch of := s.Types[f.Type.Name()]; of.Kind {
		case ast.Enum:
			object[f.Name] = of.EnumValues[0].Name
		case ast.InputObject:
			object[f.Name] = required(s, of)
		default:
			object[f.Name] = map[string]any{"Time": "2026-01-01T00:00:00Z", "Int": 1}[of.Name]
			if object[f.Name] == nil {
				object[f.Name] = "x"
			}
		}
		if f.Type.Elem != nil {
			object[f.Name] = []any{object[f.Name]}
		}
	}
	return object
}

// copied is a deep copy of what JSON can hold.
func copied(v any) (out any) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		panic(fmt.Sprintf("copy %v: %v", v, err)) // arguments are JSON
	}
	return out
}

func TestEveryRootFieldCanBeCalled(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	w := furnish(t, a, "brightwater")
	for _, f := range roots() {
		if f.Name == "signOut" || f.Name == "changePassword" || f.Name == "refreshSession" || f.Name == "cancelImport" { // end what the others need
			continue
		}
		res := w.call(t, f.Name).send(w.token, "")
		require.Empty(t, res.Errors, f.Name)
		require.NotContains(t, string(res.Data), `"`+f.Name+`":null`)
	}
}
