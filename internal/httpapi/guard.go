package httpapi

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// problem is a fault and where in the document it is; pos may be nil.
type problem struct {
	fault *fault.Error
	pos   *ast.Position
}

// guard walks a parsed document once and refuses what the scan could not see to be too big. Both stand before validation, whose
// time grows with the square of a document and which hears of no deadline. Fragments are measured once and their measure used wherever they are spread.
type guard struct {
	limits    *Limits
	fragments map[string]*fragment
	keys      map[string]int // how often each response key stands in the document
	pairs     int            // comparisons of spreads with each other
	problem   *problem
}

// fragment is a fragment's definition and, once walked, its measure.
type fragment struct {
	def   *ast.FragmentDefinition
	state int
	measure
}

// States of a fragment's walk: one that is met while it is being walked contains itself.
const (
	unseen = iota
	walking
	walked
)

// measure is the extent of a selection set with everything spread into it.
type measure struct {
	height int // nesting of fields
	meta   int // nesting below __schema or __type, counted apart
	roots  int // fields of the set itself
}

// check returns why a document is refused; nil lets it pass.
func check(doc *ast.QueryDocument, limits *Limits) *problem {
	g := &guard{limits: limits, keys: make(map[string]int, 64), fragments: make(map[string]*fragment, len(doc.Fragments))}
	if n := len(doc.Operations); n > limits.Operations {
		return refuse(doc.Operations[limits.Operations].Position, fault.OperationLimit,
			"The document has %d operations, and %d are the most allowed: send them apart.", n, limits.Operations)
	}
	if n := len(doc.Fragments); n > limits.Fragments {
		return refuse(doc.Fragments[limits.Fragments].Position, fault.FragmentLimit,
			"The document has %d fragments, and %d are the most allowed: select fields directly.", n, limits.Fragments)
	}
	for _, f := range doc.Fragments {
		if _, twice := g.fragments[f.Name]; !twice { // validation refuses the second
			g.fragments[f.Name] = &fragment{def: f}
		}
	}
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			g.typeDepth(v)
			g.literal(v.DefaultValue, 0)
			g.annotate(v.Directives)
		}
		g.annotate(op.Directives)
		m := g.selection(op.SelectionSet, nil, new(int))
		if m.roots > limits.Roots {
			g.refuse(op.Position, fault.AliasLimit, "The operation has %d root fields, and %d are the most allowed: send several operations.", m.roots, limits.Roots)
		}
		g.tooDeep(m, op.Position)
	}
	for _, f := range doc.Fragments {
		if len(f.VariableDefinition) > 0 {
			g.refuse(f.Position, fault.ParseFailed, "Fragments take no variables of their own: use the operation's.")
		}
		g.annotate(f.Directives)
		if m := g.spread(f.Name, f.Position); m.height > limits.Introspection {
			g.refuse(f.Position, fault.DepthLimit, "Fields are nested more than %d deep: ask for less at a time.", limits.Introspection)
		}
	}
	g.compare(doc)
	return g.problem
}

func refuse(pos *ast.Position, code fault.Code, format string, args ...any) *problem {
	return &problem{fault.New(code, format, args...), pos}
}

// refuse keeps the first refusal: the walk goes on, but it is bounded by the tokens.
func (g *guard) refuse(pos *ast.Position, code fault.Code, format string, args ...any) {
	if g.problem == nil {
		g.problem = refuse(pos, code, format, args...)
	}
}

// tooDeep refuses an operation's nesting.
func (g *guard) tooDeep(m measure, pos *ast.Position) {
	if m.height > g.limits.Depth {
		g.refuse(pos, fault.DepthLimit, "Fields are nested %d deep, and %d is the most allowed: start from a node further down.", m.height, g.limits.Depth)
	}
	if m.meta > g.limits.Introspection {
		g.refuse(pos, fault.DepthLimit, "Introspection is nested %d deep, and %d is the most allowed.", m.meta, g.limits.Introspection)
	}
}

// selection measures a selection set. Inline fragments belong to the set around them: seen counts its response keys (each type
// condition begins anew, since only one of them will hold), spreads its spreads.
func (g *guard) selection(set ast.SelectionSet, seen map[string]int, spreads *int) (m measure) {
	if seen == nil {
		seen = make(map[string]int, len(set))
	}
	for _, sel := range set {
		if g.problem != nil {
			return m
		}
		var in measure
		switch sel := sel.(type) {
		case *ast.Field:
			in = g.field(sel, seen)
		case *ast.InlineFragment:
			g.annotate(sel.Directives)
			inner := seen
			if sel.TypeCondition != "" {
				inner = nil
			}
			in = g.selection(sel.SelectionSet, inner, spreads)
		case *ast.FragmentSpread:
			g.annotate(sel.Directives)
			g.pairs += *spreads
			*spreads++
			in = g.spread(sel.Name, sel.Position)
		}
		m = measure{max(m.height, in.height), max(m.meta, in.meta), m.roots + in.roots}
		if m.roots > g.limits.Fields { // fragments that spread fragments multiply
			g.refuse(sel.GetPosition(), fault.FieldLimit, "One selection comes to more than %d fields with its fragments: ask for less at a time.", g.limits.Fields)
		}
	}
	return m
}

// field takes one field and measures what is below it.
func (g *guard) field(f *ast.Field, seen map[string]int) measure {
	g.keys[f.Alias]++
	if seen[f.Alias]++; seen[f.Alias] > g.limits.SameKey {
		g.refuse(f.Position, fault.AliasLimit, "The response key %s stands more than %d times in one selection: select it once.", f.Alias, g.limits.SameKey)
	}
	g.annotate(f.Directives)
	for _, arg := range f.Arguments {
		g.literal(arg.Value, 0)
	}
	in := measure{}
	if len(f.SelectionSet) > 0 {
		in = g.selection(f.SelectionSet, nil, new(int))
	}
	if f.Name == "__schema" || f.Name == "__type" {
		return measure{height: 1, meta: 1 + max(in.height, in.meta), roots: 1}
	}
	return measure{height: 1 + in.height, meta: in.meta, roots: 1}
}

// spread measures a fragment. Unknown names are validation's to refuse.
func (g *guard) spread(name string, pos *ast.Position) measure {
	f := g.fragments[name]
	switch {
	case f == nil:
		return measure{}
	case f.state == walking:
		g.refuse(pos, fault.FragmentLimit, "The fragment %s contains itself: cut the circle.", name)
	case f.state == unseen:
		f.state = walking
		f.measure = g.selection(f.def.SelectionSet, nil, new(int))
		f.state = walked
	}
	return f.measure
}

// annotate looks into directives and refuses the two that stream.
func (g *guard) annotate(list ast.DirectiveList) {
	for _, d := range list {
		if d.Name == "defer" || d.Name == "stream" {
			g.refuse(d.Position, fault.DirectiveLimit, "@%s is not served here: leave it out, and ask for slow parts in a request of their own.", d.Name)
		}
		for _, arg := range d.Arguments {
			g.literal(arg.Value, 0)
		}
	}
}

// literal refuses deep literals, and numbers that no Go number holds: the executor would panic over them.
func (g *guard) literal(v *ast.Value, depth int) {
	if v == nil || g.problem != nil {
		return
	}
	switch v.Kind {
	case ast.ListValue, ast.ObjectValue:
		if depth++; depth > g.limits.Literal {
			g.refuse(v.Position, fault.DepthLimit, "A literal is nested more than %d deep: send it as a variable.", g.limits.Literal)
		}
	case ast.IntValue:
		if _, err := strconv.ParseInt(v.Raw, 10, 64); err != nil {
			g.refuse(v.Position, fault.ValidationFailed, "The number %s does not fit in 64 bits.", v.Raw)
		}
	case ast.FloatValue:
		if _, err := strconv.ParseFloat(v.Raw, 64); err != nil {
			g.refuse(v.Position, fault.ValidationFailed, "The number %s does not fit in 64 bits.", v.Raw)
		}
	}
	for _, child := range v.Children {
		g.literal(child.Value, depth)
	}
}

// typeDepth refuses variables of lists of lists of lists and so on.
func (g *guard) typeDepth(v *ast.VariableDefinition) {
	depth := 0
	for t := v.Type; t != nil && t.Elem != nil; t = t.Elem {
		depth++
	}
	if depth > g.limits.Literal {
		g.refuse(v.Position, fault.DepthLimit, "The type of $%s is nested more than %d deep.", v.Variable, g.limits.Literal)
	}
}

// compare refuses what would keep validation comparing: it compares fields of one response key with each other wherever they
// may meet, and spreads of one set. Both are bounded from above by assuming that all of them meet.
func (g *guard) compare(doc *ast.QueryDocument) {
	pairs := g.pairs
	for _, n := range g.keys {
		pairs += n * (n - 1) / 2
	}
	if pairs > g.limits.Comparisons {
		g.refuse(doc.Position, fault.FieldLimit,
			"Too many fields share a response key, or too many fragments are spread in one place, to compare them all: ask for less at a time.")
	}
}
