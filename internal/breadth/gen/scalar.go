package gen

import (
	"errors"
	"fmt"
	"go/types"
	"strings"

	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/vektah/gqlparser/v2/ast"
)

// ref names a Go type in the file.
func ref(t types.Type) string { return templates.CurrentImports.LookupType(t) }

// writer writes a function that writes scalars of a Go type.
func writer(t *config.TypeReference) (string, error) {
	if t.IsSlice() {
		element, err := writer(t.Elem())
		kind := "WriteNullableList"
		if t.GQL.NonNull {
			kind = "WriteList"
		}
		return fmt.Sprintf("%s(%v, %s)", in(kind), t.GQL.Elem.NonNull, element), err
	}
	text, err := statement(t, "v")
	return fmt.Sprintf("func(w *%s, v %s) {\n%s\n}", in("Writer"), ref(t.GO), text), err
}

// statement writes the statement that writes a scalar, which is no list.
func statement(t *config.TypeReference, v string) (string, error) {
	if t.GQL.Elem != nil || t.IsPtrToPtr() || t.IsPtrToSlice() && !t.IsMarshaler || t.HasEnumValues() {
		return "", fmt.Errorf("scalars as %s are not supported", t.GO)
	}
	if !t.IsNilable() {
		return plain(t, v)
	}
	value := "v"
	if t.IsPtr() {
		value = "*v"
	}
	text, err := plain(t, value)
	return fmt.Sprintf("if v := %s; v == nil {\nw.Null()\n} else {\n%s\n}", v, text), err
}

// plain writes the statement for a value that is not nil.
func plain(t *config.TypeReference, v string) (string, error) {
	typ := t.GO
	if p, ok := typ.(*types.Pointer); ok {
		typ = p.Elem()
	}
	switch {
	case t.IsContext && (t.Marshaler == nil || t.Marshaler.Name() != "MarshalFloatContext"):
		return "", errors.New("scalars that ask for a context are not supported")
	case t.IsMarshaler && appends(typ):
		return fmt.Sprintf("w.Buf = %s.AppendGQL(w.Buf)", receiver(v)), nil
	case t.IsMarshaler && t.Definition.Kind == ast.Enum && isString(typ):
		return fmt.Sprintf("w.String(string(%s))", v), nil
	case t.IsMarshaler:
		return fmt.Sprintf("%s.MarshalGQL(w)", receiver(v)), nil
	case t.Marshaler == nil || t.IsTargetNilable():
		return "", fmt.Errorf("scalars as %s are not supported", t.GO)
	case t.CastType != nil:
		v = fmt.Sprintf("%s(%s)", ref(t.CastType), v)
	}
	return function(t.Marshaler, v)
}

// receiver puts a value in front of a method.
func receiver(v string) string {
	if strings.HasPrefix(v, "*") {
		return "(" + v + ")"
	}
	return v
}

// function writes the statement for a scalar with a Marshal function.
func function(f *types.Func, v string) (string, error) {
	if f.Pkg().Path() == "github.com/99designs/gqlgen/graphql" {
		switch f.Name() {
		case "MarshalString", "MarshalID":
			return fmt.Sprintf("w.String(%s)", v), nil
		case "MarshalInt", "MarshalInt8", "MarshalInt16", "MarshalInt32", "MarshalInt64":
			return fmt.Sprintf("w.Int(int64(%s))", v), nil
		case "MarshalUint", "MarshalUint8", "MarshalUint16", "MarshalUint32", "MarshalUint64":
			return fmt.Sprintf("w.Uint(uint64(%s))", v), nil
		case "MarshalBoolean":
			return fmt.Sprintf("w.Bool(%s)", v), nil
		case "MarshalFloat", "MarshalFloatContext":
			return fmt.Sprintf("w.Float(%s)", v), nil
		}
	}
	name := lookup(f.Pkg().Path()) + "."
	appender := "Append" + strings.TrimPrefix(f.Name(), "Marshal")
	if a, ok := f.Pkg().Scope().Lookup(appender).(*types.Func); ok && a.Type().(*types.Signature).Params().Len() == 2 {
		return fmt.Sprintf("w.Buf = %s%s(w.Buf, %s)", name, appender, v), nil
	}
	return fmt.Sprintf("w.Marshal(%s%s(%s))", name, f.Name(), v), nil
}

// appends tells whether a type has the method AppendGQL.
func appends(t types.Type) bool {
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		if set.At(i).Obj().Name() == "AppendGQL" {
			return true
		}
	}
	return false
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.String
}
