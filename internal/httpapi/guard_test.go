package httpapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"pgregory.net/rapid"
)

// nest writes a field n deep.
func nest(field, leaf string, n int) string {
	return "{lead(id:1){account" + strings.Repeat("{"+field, n-3) + "{" + leaf + "}" + strings.Repeat("}", n-3) + "}}"
}

func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestTheGuardRefusesWhatIsTooBig(t *testing.T) {
	t.Parallel()
	e := newEngine(testConfig())
	for name, c := range map[string]struct{ fits, tooBig, code string }{
		"tokens":                                    {"{hello(ids:[" + strings.Repeat("1 ", 3990) + "])}", "{hello(ids:[" + strings.Repeat("1 ", 3992) + "])}", "TOKEN_LIMIT"},
		"nesting of fields":                         {nest("parent", "id", 12), nest("parent", "id", 13), "DEPTH_LIMIT"},
		"nesting through fragments":                 {"{lead(id:1){account{...A}}} fragment A on Account" + strings.Repeat("{parent", 9) + "{id}" + strings.Repeat("}", 9), "{lead(id:1){account{...A}}} fragment A on Account" + strings.Repeat("{parent", 10) + "{id}" + strings.Repeat("}", 10), "DEPTH_LIMIT"},
		"nesting of introspection":                  {"{__type(name:\"Lead\")" + strings.Repeat("{ofType", 18) + "{name}" + strings.Repeat("}", 19), "{__type(name:\"Lead\")" + strings.Repeat("{ofType", 19) + "{name}" + strings.Repeat("}", 20), "DEPTH_LIMIT"},
		"nesting of literals":                       {"{hello(note:" + strings.Repeat("{text:\"\" inner:", 7) + "{text:\"\"}" + strings.Repeat("}", 7) + ")}", "{hello(note:" + strings.Repeat("{text:\"\" inner:", 8) + "{text:\"\"}" + strings.Repeat("}", 8) + ")}", "DEPTH_LIMIT"},
		"nesting of variables' types":               {"", "query($x:[[[[[[[[[Int]]]]]]]]]){hello}", "DEPTH_LIMIT"},
		"brackets of any kind":                      {"", strings.Repeat("{...", 65), "DEPTH_LIMIT"},
		"aliases":                                   {"{" + many(30, "a%d:hello ") + "}", "{" + many(31, "a%d:hello ") + "}", "ALIAS_LIMIT"},
		"root fields by fragments":                  {"{...A ...B} fragment A on Query{" + many(15, "a%d:hello ") + "} fragment B on Query{" + many(15, "b%d:hello ") + "}", "{...A ...B hello} fragment A on Query{" + many(15, "a%d:hello ") + "} fragment B on Query{" + many(15, "b%d:hello ") + "}", "ALIAS_LIMIT"},
		"one response key":                          {"{hello hello hello}", "{hello hello hello hello}", "ALIAS_LIMIT"},
		"one key by inline fragments":               {"{hello ...{hello} ...@include(if:true){hello}}", "{hello ...{hello} ...{hello} ...{hello}}", "ALIAS_LIMIT"},
		"fields":                                    {"", "{lead(id:1){" + many(401, "f%d ") + "}}", "FIELD_LIMIT"},
		"fields of one set by fragments":            {"", "{lead(id:1){...A}} fragment A on Lead{...B ...B ...B} fragment B on Lead{...C ...C ...C} fragment C on Lead{...D ...D ...D} fragment D on Lead{" + many(16, "f%d ") + "}", "FIELD_LIMIT"},
		"fragments":                                 {"", "{hello}" + many(51, "fragment F%d on Query{hello} "), "FRAGMENT_LIMIT"},
		"fragments in a circle":                     {"", "{...A} fragment A on Query{...B} fragment B on Query{...A}", "FRAGMENT_LIMIT"},
		"fragments in a circle that nobody spreads": {"", "{hello} fragment A on Query{...A}", "FRAGMENT_LIMIT"},
		"operations":                                {many(5, "query Q%d{hello} "), many(6, "query Q%d{hello} "), "OPERATION_LIMIT"},
		"directives":                                {"{" + many(20, "a%d:hello@skip(if:false) ") + "}", "{" + many(21, "a%d:hello@skip(if:false) ") + "}", "DIRECTIVE_LIMIT"},
		"spreads to compare":                        {"", "{lead(id:1){" + strings.Repeat("...A ", 150) + "}} fragment A on Lead{id}", "FIELD_LIMIT"},
		"keys to compare":                           {"", "{lead(id:1){" + strings.Repeat("account{id} ...on Lead{", 30) + "id" + strings.Repeat("}", 30) + strings.Repeat("... on Lead{account{id}} ", 120) + "}}", "FIELD_LIMIT"},
		"numbers of 64 bits":                        {"{hello(ratio:1e308)}", "{hello(ratio:1e309)}", "GRAPHQL_VALIDATION_FAILED"},
		"streams":                                   {"", "{hello @stream}", "DIRECTIVE_LIMIT"},
		"variables of fragments":                    {"", "{...A} fragment A($x:Int) on Query{hello}", "GRAPHQL_PARSE_FAILED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.fits != "" {
				_, problems := e.load(c.fits)
				require.Empty(t, problems, "%s", c.fits)
			}
			_, problems := e.load(c.tooBig)
			require.NotEmpty(t, problems)
			require.Equal(t, c.code, string(problems[0].fault.Code), problems[0].fault.Message)
		})
	}
}

func TestFragmentsThatMultiplyTakeNoTime(t *testing.T) {
	t.Parallel()
	e := newEngine(testConfig())
	// Each fragment selects the next one three times: written out this is 3^9 objects.
	var b strings.Builder
	b.WriteString("{lead(id:1){account{...F0}}}")
	for i := range 9 {
		fmt.Fprintf(&b, "fragment F%d on Account{parent{...F%d} p:parent{...F%d} q:parent{...F%d}}", i, i+1, i+1, i+1)
	}
	b.WriteString("fragment F9 on Account{id}")
	doc, problems := e.load(b.String())
	require.Empty(t, problems)
	limits := DefaultLimits()
	total, refused := doc.operations[0].requested(nil, &limits)
	require.Greater(t, total, 19683)
	require.Equal(t, "COST_LIMIT", string(refused.fault.Code))
}

func TestTheStandardIntrospectionQueryPasses(t *testing.T) {
	t.Parallel()
	g := ask(t, New(testConfig()), "", introspectionQuery, nil)
	require.Equal(t, 200, g.Status, g.Body)
	require.Empty(t, g.Errors)
	require.Contains(t, g.Body, "LeadConnection")
}

func TestTheScanCountsWhatTheParserFinds(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{"hello ", "a:hello ", "on:on ", "...F ", "...on Query{hello}", "...@skip(if:$x){b:must}", "hello@include(if:true) ", `hello(name:"{a:b}\"")`, `hello(note:{text:"""x { y: z } """, tags:["#"]}) `, "# x: y { z\n", "viewer{member{id x:name}}"})
	rapid.Check(t, func(t *rapid.T) {
		doc := "query Q($x: Boolean = true) @a(b: {c: 1}) {" + strings.Join(rapid.SliceOfN(pieces, 1, 20).Draw(t, "pieces"), "") + "must}"
		limits := DefaultLimits()
		s := scanner{doc: doc, limits: &limits}
		for i := 0; i < len(doc); {
			if class[doc[i]] == blank {
				i++
				continue
			}
			i, _ = s.token(i)
		}
		fields, aliases, directives := counted(t, doc)
		require.Equal(t, []int{fields, aliases, directives}, []int{s.fields, s.aliases, s.directives}, doc)
		require.Zero(t, s.parens+s.braces)
	})
}

// counted counts a document's fields, aliases and directives in its tree.
func counted(t require.TestingT, doc string) (fields, aliases, directives int) {
	tree, err := parser.ParseQuery(&ast.Source{Input: doc})
	require.NoError(t, err)
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				fields++
				if sel.Alias != sel.Name || sel.Name == "on" { // "on:on" is an alias all the same
					aliases++
				}
				directives += len(sel.Directives)
				walk(sel.SelectionSet)
			case *ast.InlineFragment:
				directives += len(sel.Directives)
				walk(sel.SelectionSet)
			case *ast.FragmentSpread:
				directives += len(sel.Directives)
			}
		}
	}
	for _, op := range tree.Operations {
		directives += len(op.Directives)
		walk(op.SelectionSet)
	}
	return fields, aliases, directives
}
