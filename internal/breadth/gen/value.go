package gen

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
)

// value writes how a field gets its value.
func (f *file) value(field *codegen.Field) error {
	switch {
	case field.Stream:
		return f.call(field, "Stream", "Events", "<-chan ")
	case field.IsRoot():
		return f.call(field, "Call", "Root", "")
	case field.IsBatch():
		return f.call(field, "Call", "Batch", "[]")
	case field.IsResolver, field.MethodHasContext, field.IsMethod() && (!field.NoErr || len(field.Args) > 0):
		return f.call(field, "Call", "Each", "")
	}
	return f.direct(field)
}

// call writes a field that is resolved before the answer is written.
func (f *file) call(field *codegen.Field, slot, kind, many string) error {
	as, err := f.as(field.TypeReference)
	if err != nil {
		return err
	}
	parent := ""
	if !field.IsRoot() {
		parent = ", of " + ref(field.Object.Reference())
		if kind == "Batch" {
			parent = ", of []" + ref(field.Object.Reference())
		}
	}
	f.printf("%s: %s(func(x any, ctx %s.Context%s, args map[string]any) (%s, error) {", slot, in(kind), lookup("context"), parent,
		many+templates.CurrentImports.LookupType(field.TypeReference.GO))
	resolver := fmt.Sprintf("x.(*executionContext).Resolvers.%s().%s", strings.ToUpper(field.Object.Name[:1])+field.Object.Name[1:], field.GoFieldName)
	text := ""
	switch {
	case field.IsRoot():
		text = resolver + "(" + field.BatchCallArgs("", "") + ")"
	case field.IsResolver:
		text = resolver + "(" + field.BatchCallArgs("of", "") + ")"
	case field.NoErr:
		text = "of." + field.GoFieldName + "(" + field.CallArgs() + "), nil"
	default:
		text = "of." + field.GoFieldName + "(" + field.CallArgs() + ")"
	}
	f.printf("return %s\n}, %s),", strings.ReplaceAll(text, "fc.Args[", "args["), as)
	return nil
}

// direct writes a field that is read from its parent, and needs nothing else.
func (f *file) direct(field *codegen.Field) error {
	t, parent := field.TypeReference, ref(field.Object.Reference())
	member := field.GoFieldName
	if field.IsMethod() {
		member += "()"
	} else {
		f.printf("Member: %q,", member)
	}
	switch {
	case composite(t):
		put, err := f.put(t)
		if err != nil {
			return err
		}
		f.printf("Read: %s(func(o %s) %s { return o.%s }, %s),", in("Read"), parent, ref(t.GO), member, put)
	case t.IsSlice():
		write, err := writer(t)
		if err != nil {
			return err
		}
		f.printf("Write: %s(func(o %s) %s { return o.%s }, %s),", in("Get"), parent, ref(t.GO), member, write)
	default:
		text, err := statement(t, "o.("+parent+")."+member)
		if err != nil {
			return err
		}
		f.printf("Write: func(w *%s, o any) {\n%s\n},", in("Writer"), text)
	}
	return nil
}

// as writes how answers of a Go type are taken.
func (f *file) as(t *config.TypeReference) (string, error) {
	if composite(t) {
		put, err := f.put(t)
		return in("Objects") + "(" + put + ")", err
	}
	write, err := writer(t)
	return in("Scalars") + "(" + write + ")", err
}

// put writes the function that takes objects of a Go type.
func (f *file) put(t *config.TypeReference) (string, error) {
	switch {
	case t.IsSlice():
		put, err := f.put(t.Elem())
		if t.GQL.NonNull {
			return in("List") + "(" + put + ")", err
		}
		return in("NullableList") + "(" + put + ")", err
	case t.GQL.Elem != nil, t.IsPtrToSlice(), t.IsPtrToIntf(), t.IsPtrToPtr():
		return "", fmt.Errorf("objects as %s are not supported", t.GO)
	case abstract(t):
		return "put" + t.Definition.Name, nil
	case t.IsPtr() && t.Elem().IsStruct():
		return in("Pointer") + "[" + ref(t.Elem().GO) + "]", nil
	case t.IsStruct():
		return in("Value") + "[" + ref(t.GO) + "]", nil
	}
	return "", fmt.Errorf("objects as %s are not supported", t.GO)
}

// kinds are the places of the types that a field's objects can have.
func (f *file) kinds(field *codegen.Field) (kinds []string) {
	t := field.TypeReference
	switch {
	case abstract(t):
		for _, name := range possible(f.data.Interfaces[t.Definition.Name]) {
			kinds = append(kinds, strconv.Itoa(f.place(name)))
		}
	case composite(t):
		kinds = []string{strconv.Itoa(f.place(t.Definition.Name))}
	}
	return kinds
}

// possible are the names of an abstract type's object types.
func possible(i *codegen.Interface) (names []string) {
	for _, one := range i.Implementors {
		if len(names) == 0 || names[len(names)-1] != one.Name { // one that is bound by value and by pointer stands here twice
			names = append(names, one.Name)
		}
	}
	return names
}

// abstracts are the names of the abstract types that fields answer.
func (f *file) abstracts() (names []string) {
	seen := map[string]bool{}
	for _, o := range f.objects {
		for _, field := range o.Fields {
			if t := field.TypeReference; abstract(t) && !seen[t.Definition.Name] {
				seen[t.Definition.Name] = true
				names = append(names, t.Definition.Name)
			}
		}
	}
	sort.Strings(names)
	return names
}

// abstract writes the function that takes objects of an abstract type.
func (f *file) abstract(i *codegen.Interface) {
	kinds := map[string]int{}
	for n, name := range possible(i) {
		kinds[name] = n
	}
	f.printf("\n// put%s takes objects by their types.", i.Name)
	f.printf("func put%s(c *%s, v %s) {", i.Name, in("Column"), ref(i.Type))
	f.printf("switch v := v.(type) {\ncase nil:\nc.Null()")
	for _, one := range i.Implementors {
		f.printf("case %s:", ref(one.Type))
		switch {
		case one.CanBeNil():
			f.printf("if v == nil {\nc.Null()\nreturn\n}\nc.Object(%d, v)", kinds[one.Name])
		default:
			f.printf("c.Object(%d, &v)", kinds[one.Name])
		}
	}
	f.printf("default:\nc.Unknown(v)\n}\n}")
}
