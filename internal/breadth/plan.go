package breadth

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/level"
)

// plan is an operation made ready: fragments and aliases are merged, for each type that an object can have. It is immutable and
// shared by all requests for the operation.
type plan struct {
	root  *selection
	slots int32
	size  atomic.Int64 // of the last answer: the next one will be about as long
}

// selection is what is selected of one concrete type.
type selection struct {
	typ  *Type
	ops  []op
	work []*op // the ops with a slot
}

// op is one field of a selection.
type op struct {
	field     *Field // nil for __typename
	intro     string // `{"alias":` or `,"alias":`
	value     string // of __typename
	nonNull   bool
	slot      int32        // where its state is; negative without
	below     []*selection // by the type's place among field.Of
	collected graphql.CollectedField
	context   *graphql.FieldContext // with those of all ops above, without list indices
	wish      *level.Wish           // what is selected of the objects that a call answers
	offer     bool                  // the object may be promised
}

// planner makes a plan.
type planner struct {
	schema *Schema
	oc     *graphql.OperationContext
	slots  int32
}

// compile makes the plan of an operation for the variables of @skip and @include.
func (s *Schema) compile(oc *graphql.OperationContext) (*plan, error) {
	root := map[ast.Operation]int{ast.Query: s.Query, ast.Mutation: s.Mutation, ast.Subscription: s.Subscription}[oc.Operation.Operation]
	if root < 0 {
		return nil, fmt.Errorf("breadth: the schema has no %s", oc.Operation.Operation)
	}
	// A context of its own: gqlgen's cache of collected fields in the request's must not outlive the request.
	c := &planner{schema: s, oc: &graphql.OperationContext{Doc: oc.Doc, Variables: oc.Variables, Operation: oc.Operation}}
	sel, err := c.selection(s.Types[root], oc.Operation.SelectionSet, &graphql.FieldContext{Object: s.Types[root].Name})
	if err != nil {
		return nil, err
	}
	return &plan{root: sel, slots: c.slots}, nil
}

// selection plans a selection set on one type.
func (c *planner) selection(t *Type, set ast.SelectionSet, above *graphql.FieldContext) (*selection, error) {
	fields := graphql.CollectFields(c.oc, set, t.Satisfies)
	sel := &selection{typ: t, ops: make([]op, len(fields))}
	for i, f := range fields {
		o := &sel.ops[i]
		if err := c.op(o, t, f, above); err != nil {
			return nil, err
		}
		if o.intro = `,"` + f.Alias + `":`; i == 0 {
			o.intro = `{` + o.intro[1:]
		}
		if o.slot >= 0 {
			sel.work = append(sel.work, o)
		}
	}
	return sel, nil
}

// op plans one field.
func (c *planner) op(o *op, t *Type, f graphql.CollectedField, above *graphql.FieldContext) error {
	o.collected, o.slot = f, -1
	if len(f.Deferrables) > 0 {
		return fmt.Errorf("breadth: @defer is not served")
	}
	if f.Name == "__typename" {
		o.value = `"` + t.Name + `"`
		return nil
	}
	if o.field = t.Fields[f.Name]; o.field == nil {
		return fmt.Errorf("breadth: %s has no field %s", t.Name, f.Name)
	}
	o.nonNull = o.field.NonNull[0]
	o.context = &graphql.FieldContext{Parent: above, Object: t.Name, Field: f, IsMethod: o.field.Method, IsResolver: o.field.Resolver}
	if o.field.Write == nil && o.field.Stock == nil || o.field.Guard != nil {
		o.slot = c.slots
		c.slots++
	}
	for _, kind := range o.field.Of {
		sel, err := c.selection(c.schema.Types[kind], f.Selections, o.context)
		if err != nil {
			return err
		}
		o.below = append(o.below, sel)
	}
	// A verb reads its objects to judge them, not only to show them.
	if o.field.Call != nil && len(o.below) > 0 && (c.schema.Mutation < 0 || t != c.schema.Types[c.schema.Mutation]) {
		o.wish = &level.Wish{Fields: map[string][]level.Field{}}
		o.wanted(o.wish)
		o.offer = t == c.schema.Types[c.schema.Query] && len(o.below) == 1 && o.field.lists() == 0 && len(o.below[0].work) > 0
	}
	return nil
}

// wanted adds what is selected below an op, up to the next calls.
func (o *op) wanted(w *level.Wish) {
	for _, sel := range o.below {
		for i := range sel.ops {
			f := &sel.ops[i]
			if f.field == nil { // __typename
				continue
			}
			w.Fields[sel.typ.Name] = append(w.Fields[sel.typ.Name], level.Field{Name: f.collected.Name, Member: f.field.Member})
			if f.field.Read != nil {
				f.wanted(w)
			}
		}
		if w.Fields[sel.typ.Name] == nil {
			w.Fields[sel.typ.Name] = []level.Field{}
		}
	}
}

// maxPlans is how many plans one operation may keep: each combination of the variables in its conditions has its own.
const maxPlans = 64

// conditions are the variables that decide which fields an operation selects.
type conditions struct {
	names []string
	plans atomic.Int32
}

type conditionsKey struct{}

// plan finds the operation's plan among those kept with its document, or makes it.
func (s *Schema) plan(oc *graphql.OperationContext, kept *sync.Map) (*plan, error) {
	known, ok := kept.Load(conditionsKey{})
	if !ok {
		known, _ = kept.LoadOrStore(conditionsKey{}, conditionsOf(oc))
	}
	when := known.(*conditions)
	key := when.key(oc.Variables)
	if p, ok := kept.Load(key); ok {
		return p.(*plan), nil
	}
	p, err := s.compile(oc)
	if err != nil || when.plans.Add(1) > maxPlans {
		return p, err
	}
	shared, _ := kept.LoadOrStore(key, p)
	return shared.(*plan), nil
}

// key is the variables' values, in their order.
func (c *conditions) key(variables map[string]any) string {
	if len(c.names) == 0 {
		return ""
	}
	var b strings.Builder
	for _, n := range c.names {
		if v, _ := variables[n].(bool); v {
			b.WriteByte('1')
		} else {
			b.WriteByte('0')
		}
	}
	return b.String()
}

// conditionsOf finds the variables in an operation's conditions. All fragments of the document count: that costs at most a plan
// too many.
func conditionsOf(oc *graphql.OperationContext) *conditions {
	c, seen := &conditions{}, map[string]bool{}
	c.walk(oc.Operation.SelectionSet, seen)
	for _, f := range oc.Doc.Fragments {
		c.walk(f.SelectionSet, seen)
	}
	return c
}

func (c *conditions) walk(set ast.SelectionSet, seen map[string]bool) {
	for _, s := range set {
		var directives ast.DirectiveList
		switch s := s.(type) {
		case *ast.Field:
			directives = s.Directives
			c.walk(s.SelectionSet, seen)
		case *ast.InlineFragment:
			directives = s.Directives
			c.walk(s.SelectionSet, seen)
		case *ast.FragmentSpread:
			directives = s.Directives
		}
		for _, d := range directives {
			for _, a := range d.Arguments {
				if a.Value.Kind == ast.Variable && !seen[a.Value.Raw] {
					seen[a.Value.Raw] = true
					c.names = append(c.names, a.Value.Raw)
				}
			}
		}
	}
}
