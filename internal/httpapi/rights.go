package httpapi

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// rights is what it takes to run an operation, read from the SDL once per document: every permission that @can asks on a selected
// field or on the type of a selected object. What only the objects themselves can tell (whose they are, @pii) is not here.
type rights struct {
	needs  []need        // one per permission, first place in the document first
	open   bool          // every root field is @anyone or __typename
	schema *ast.Position // where it reads the schema; nil where it does not
	own    bool          // it depends on who asks, beside what they may see
}

// need is a permission and the field that asks it.
type need struct {
	permission auth.Permission
	field      string // as in "Query.apiKeys"
	pos        *ast.Position
}

// refused returns why the viewer may not run the operation; nil where nothing stands against it.
func (r *rights) refused(v *auth.Viewer, introspection func(*auth.Viewer) bool) *problem {
	signed := v.Signed()
	if !signed && !r.open {
		return refuse(nil, fault.Unauthenticated, "Sign in first: send a token or an API key in the Authorization header.")
	}
	if r.schema != nil && !introspection(v) {
		code := fault.Forbidden
		if !signed {
			code = fault.Unauthenticated
		}
		return refuse(r.schema, code, "Sign in to read the schema.")
	}
	for _, n := range r.needs {
		switch {
		case v.May(n.permission):
		case !signed:
			return refuse(n.pos, fault.Unauthenticated,
				"%s is for callers who have signed in: send a token or an API key in the Authorization header.", n.field)
		default:
			p := refuse(n.pos, fault.Forbidden,
				"%s takes the permission %s, which you do not hold. Ask an administrator, or leave the field out.", n.field, n.permission)
			p.fault.Field = n.field
			p.fault = p.fault.With("permission", string(n.permission))
			return p
		}
	}
	return nil
}

// rightsWalk collects an operation's rights.
type rightsWalk struct {
	schema *ast.Schema
	rights rights
	held   map[auth.Permission]bool
	done   map[visit]bool
}

// visit is a fragment met at a distance from an @anyone root field.
type visit struct {
	name  string
	reach int
}

// How far a selection is below a root field that is open to anyone. What such a field answers (the session just begun, the viewer)
// and the objects directly in it are the caller's own: their types ask for nothing. Below them the types count again.
const (
	own    = 2 // the root field's answer
	direct = 1 // the objects in it
	common = 0
)

// readRights walks an operation.
func readRights(schema *ast.Schema, op *ast.OperationDefinition) rights {
	w := &rightsWalk{schema: schema, held: map[auth.Permission]bool{}, done: map[visit]bool{}, rights: rights{open: true}}
	w.root(op.SelectionSet)
	return w.rights
}

// root takes the root fields of an operation, fragments resolved.
func (w *rightsWalk) root(set ast.SelectionSet) {
	eachField(set, func(f *ast.Field) {
		switch {
		case f.Name == "__typename":
		case strings.HasPrefix(f.Name, "__"):
			if w.rights.schema == nil {
				w.rights.schema = f.Position
			}
		case f.Definition.Directives.ForName("anyone") != nil:
			w.field(f, own)
		default:
			w.rights.open = false
			w.field(f, common)
		}
	})
}

// selection takes fields below the root; their types were validated.
func (w *rightsWalk) selection(set ast.SelectionSet, reach int) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if !strings.HasPrefix(sel.Name, "__") {
				w.field(sel, reach)
			}
		case *ast.InlineFragment:
			w.narrowed(sel.ObjectDefinition, sel.TypeCondition, sel.Position)
			w.selection(sel.SelectionSet, reach)
		case *ast.FragmentSpread:
			w.narrowed(sel.ObjectDefinition, sel.Definition.TypeCondition, sel.Position)
			if key := (visit{sel.Name, reach}); !w.done[key] {
				w.done[key] = true
				w.selection(sel.Definition.SelectionSet, reach)
			}
		}
	}
}

// field takes one field: its own @can, its type's, and what is below.
func (w *rightsWalk) field(f *ast.Field, reach int) {
	name := f.ObjectDefinition.Name + "." + f.Name
	w.ask(f.Definition.Directives, name, f.Position)
	w.rights.own = w.rights.own || personal(f)
	if f.ObjectDefinition.Kind == ast.Interface && f.Name != "id" { // an object of any of its types may answer
		for _, t := range w.schema.GetPossibleTypes(f.ObjectDefinition) {
			w.ask(t.Directives, name, f.Position)
		}
	}
	if t := w.schema.Types[f.Definition.Type.Name()]; t.IsCompositeType() {
		if reach == common {
			w.ask(t.Directives, name, f.Position)
		}
		w.selection(f.SelectionSet, max(reach-1, common))
	}
}

// personal tells whether a field, or an argument that it is given, depends on who asks.
func personal(f *ast.Field) bool {
	if f.Definition.Directives.ForName("own") != nil {
		return true
	}
	return slices.ContainsFunc(f.Arguments, func(a *ast.Argument) bool {
		d := f.Definition.Arguments.ForName(a.Name)
		return d != nil && d.Directives.ForName("own") != nil
	})
}

// narrowed takes the type of a fragment's condition, where it is another than the one around it, which was taken already.
func (w *rightsWalk) narrowed(around *ast.Definition, condition string, pos *ast.Position) {
	if t := w.schema.Types[condition]; t != nil && t != around {
		w.ask(t.Directives, t.Name, pos)
	}
}

// ask notes the permissions of a @can.
func (w *rightsWalk) ask(directives ast.DirectiveList, name string, pos *ast.Position) {
	for _, p := range permissions(directives) {
		if !w.held[p] {
			w.held[p] = true
			w.rights.needs = append(w.rights.needs, need{p, name, pos})
		}
	}
}

// permissions reads @can(do: [...]).
func permissions(directives ast.DirectiveList) (list []auth.Permission) {
	can := directives.ForName("can")
	if can == nil {
		return nil
	}
	if do := can.Arguments.ForName("do"); do != nil {
		for _, child := range do.Value.Children {
			list = append(list, auth.Permission(child.Value.Raw))
		}
	}
	return list
}

// eachField calls do for the fields of one selection set, those of its fragments among them.
func eachField(set ast.SelectionSet, do func(*ast.Field)) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			do(sel)
		case *ast.InlineFragment:
			eachField(sel.SelectionSet, do)
		case *ast.FragmentSpread:
			eachField(sel.Definition.SelectionSet, do)
		}
	}
}
