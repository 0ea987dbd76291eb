package httpapi

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// What fields cost where the SDL says nothing else by @cost(weight:). Scalars and enums are free; what wraps a connection's items
// (edges, pageInfo) is paid with the connection. A plain list is charged once, unless each of its items reads pages.
const (
	objectCost     = 1
	mutationCost   = 10
	connectionCost = 2
	schemaCost     = 500 // the whole of __schema, whatever is selected of it
	typeCost       = 20  // one __type
	pageDefault    = 25  // items of a connection, where neither first nor last is given
	listAssumed    = 10  // items of a plain list, where pages are read below each
)

// bill is the cost of one selection set, still without the request's variables. It is an upper bound: a field that is selected
// twice is charged twice, although the executor answers it once.
type bill struct {
	memo  int  // a fragment's place in the request's memo; -1 for other sets
	pages bool // a connection is among the items, or below an object that is
	items []item
}

// item is one part of a bill: a field, or a fragment's bill.
type item struct {
	when   []condition
	branch string // the concrete type it holds for, in a set whose type is abstract
	field  *price
	bill   *bill
}

// condition is a @skip or @include that depends on a variable.
type condition struct {
	variable string
	wanted   bool
}

// price is the cost of one field.
type price struct {
	name  string // as in "Query.leads"
	own   int
	each  bool // it stands once for each item of the connection around it
	size  *sizing
	parts *bill // nil for scalars
	pos   *ast.Position
}

// sizing tells how many items a field may answer.
type sizing struct {
	first, last, ids *ast.Value // the arguments as written; nil where absent
	normal           int        // items without first and last
	connection       bool       // the items are in edges and nodes; else the field itself is the list
	assumed          bool       // the field does not say; of that many it is the normal number
}

// pricing compiles bills; each fragment once, however often it is spread.
type pricing struct {
	schema    *ast.Schema
	fragments map[string]*bill
}

// compile makes the bill of a selection set.
func (c *pricing) compile(set ast.SelectionSet) *bill {
	b := &bill{memo: -1}
	c.add(b, set, nil, "")
	return b
}

// add appends a set's items. Those of inline fragments join the set around them, with its conditions and branch.
func (c *pricing) add(b *bill, set ast.SelectionSet, when []condition, branch string) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if when, ok := given(when, sel.Directives); ok {
				if p := c.price(sel); p != nil {
					b.items, b.pages = append(b.items, item{when: when, branch: branch, field: p}), b.pages || p.pages()
				}
			}
		case *ast.InlineFragment:
			if when, ok := given(when, sel.Directives); ok {
				c.add(b, sel.SelectionSet, when, c.narrow(branch, sel.ObjectDefinition, sel.TypeCondition))
			}
		case *ast.FragmentSpread:
			if when, ok := given(when, sel.Directives); ok {
				branch := c.narrow(branch, sel.ObjectDefinition, sel.Definition.TypeCondition)
				part := c.fragment(sel.Definition)
				b.items, b.pages = append(b.items, item{when: when, branch: branch, bill: part}), b.pages || part.pages
			}
		}
	}
}

// fragment makes a fragment's bill, or finds it.
func (c *pricing) fragment(def *ast.FragmentDefinition) *bill {
	b := c.fragments[def.Name]
	if b == nil {
		b = &bill{memo: len(c.fragments)}
		c.fragments[def.Name] = b
		c.add(b, def.SelectionSet, nil, "")
	}
	return b
}

// narrow returns the branch of what stands under a type condition: of several concrete types only one will hold.
func (c *pricing) narrow(branch string, around *ast.Definition, condition string) string {
	if branch == "" && condition != "" && around.IsAbstractType() && c.schema.Types[condition].Kind == ast.Object {
		return condition
	}
	return branch
}

// given adds a selection's own conditions; ok is false where a literal leaves it out for good.
func given(when []condition, directives ast.DirectiveList) (_ []condition, ok bool) {
	for _, d := range directives {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		wanted := d.Name == "include"
		switch v := d.Arguments.ForName("if").Value; {
		case v.Kind == ast.Variable:
			when = append(when[:len(when):len(when)], condition{v.Raw, wanted})
		case (v.Raw == "true") != wanted:
			return nil, false
		}
	}
	return when, true
}

// price makes a field's price; nil for what is free.
func (c *pricing) price(f *ast.Field) *price {
	p := &price{name: f.ObjectDefinition.Name + "." + f.Name, pos: f.Position}
	switch f.Name {
	case "__typename":
		return nil
	case "__schema":
		p.own = schemaCost
		return p
	case "__type":
		p.own = typeCost
		return p
	}
	returns := c.schema.Types[f.Definition.Type.Name()]
	weight, weighted := weightOf(f.Definition)
	if !returns.IsCompositeType() {
		p.own = weight
		return some(p, weighted)
	}
	inPage := isConnection(f.ObjectDefinition)
	switch {
	case weighted:
		p.own = weight
	case f.ObjectDefinition == c.schema.Mutation:
		p.own = mutationCost
	case isConnection(returns):
		p.own = connectionCost
	case inPage && f.Name != "nodes":
	default:
		p.own = objectCost
	}
	p.each = inPage && (f.Name == "nodes" || f.Name == "edges")
	p.size = sizeOf(f, returns)
	p.parts = c.compile(f.SelectionSet)
	if p.size == nil && !inPage && p.parts.pages && f.Definition.Type.Elem != nil { // each of its items reads pages
		p.size = &sizing{normal: listAssumed, assumed: true}
	}
	return p
}

// pages tells whether the field reads a page wherever it is answered.
func (p *price) pages() bool {
	if p.size != nil {
		return p.size.connection
	}
	return p.parts != nil && p.parts.pages
}

func some(p *price, wanted bool) *price {
	if wanted {
		return p
	}
	return nil
}

// isConnection recognises Relay's connections.
func isConnection(t *ast.Definition) bool {
	return t.Kind == ast.Object && strings.HasSuffix(t.Name, "Connection") && t.Fields.ForName("pageInfo") != nil
}

// weightOf reads @cost(weight:).
func weightOf(def *ast.FieldDefinition) (weight int, ok bool) {
	if d := def.Directives.ForName("cost"); d != nil {
		if w := d.Arguments.ForName("weight"); w != nil {
			n, err := strconv.Atoi(w.Value.Raw)
			return n, err == nil
		}
	}
	return 0, false
}

// sizeOf tells how a field's items are counted; nil for a field that is charged once.
func sizeOf(f *ast.Field, returns *ast.Definition) *sizing {
	argument := func(name string) *ast.Value {
		if f.Definition.Arguments.ForName(name) == nil {
			return nil
		}
		if a := f.Arguments.ForName(name); a != nil {
			return a.Value
		}
		return nil
	}
	s := &sizing{first: argument("first"), last: argument("last"), normal: pageDefault, connection: isConnection(returns)}
	if first := f.Definition.Arguments.ForName("first"); first != nil && first.DefaultValue != nil {
		if n, err := strconv.Atoi(first.DefaultValue.Raw); err == nil {
			s.normal = n
		}
	}
	isList := f.Definition.Type.Elem != nil
	switch {
	case s.connection, isList && f.Definition.Arguments.ForName("first") != nil:
		return s
	case isList && argument("ids") != nil:
		s.ids = argument("ids")
		return s
	}
	return nil
}
