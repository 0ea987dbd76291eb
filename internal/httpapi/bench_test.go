package httpapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// worstDocuments are texts of up to 256 KiB that keep each step as busy as the one before lets them.
func worstDocuments() map[string]string {
	var fields, literals, spreads, nested strings.Builder
	fields.WriteString("query A {")
	for i := range 399 {
		fmt.Fprintf(&fields, "field%d(a:1,b:[$x 2]) ", i)
	}
	fields.WriteString("}")
	literals.WriteString("{hello(note:[")
	for i := range 1980 {
		fmt.Fprintf(&literals, "%d -1", i)
	}
	literals.WriteString("])}")
	spreads.WriteString("{")
	for i := range 139 {
		fmt.Fprintf(&spreads, "...F%d ", i%50)
	}
	spreads.WriteString("}")
	for i := range 50 {
		fmt.Fprintf(&spreads, "fragment F%d on Query{hello must ...F%d} ", i, i+1)
	}
	nested.WriteString("{")
	for range 33 {
		nested.WriteString("viewer{member{leads{nodes{account{parent{parent{parent{parent{parent{id name}}}}}}}}}}")
	}
	nested.WriteString("}")
	comments := "{hello} #" + strings.Repeat("é", 120<<10)
	return map[string]string{
		"fields": fields.String(), "literals": literals.String(), "spreads": spreads.String(), "nested": nested.String(),
		"comments": comments, "text": `{hello(name:"` + strings.Repeat("x", 250<<10) + `")}`, "tokens": strings.Repeat("{a ", 80<<10),
		"names": "{" + strings.Repeat(" a", 120<<10) + "}", "introspection": introspectionQuery,
	}
}

// BenchmarkGuard measures, for each of the worst documents, the steps before validation.
func BenchmarkGuard(b *testing.B) {
	limits := DefaultLimits()
	for name, doc := range worstDocuments() {
		b.Run("scan/"+name, func(b *testing.B) {
			for b.Loop() {
				scan(doc, &limits)
			}
		})
		if _, refused := scan(doc, &limits); refused != nil {
			continue
		}
		b.Run("parse/"+name, func(b *testing.B) {
			for b.Loop() {
				_, _ = parser.ParseQueryWithTokenLimit(&ast.Source{Input: doc}, 4000)
			}
		})
		tree, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: doc}, 4000)
		if err != nil {
			continue
		}
		b.Run("check/"+name, func(b *testing.B) {
			for b.Loop() {
				check(tree, &limits)
			}
		})
	}
}
