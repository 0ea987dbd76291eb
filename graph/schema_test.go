package graph

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/generated"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// typeOf is the row of each type that `node` finds.
var typeOf = map[id.Kind]model.Node{
	id.Workspace: &db.Workspace{}, id.Member: &db.Member{}, id.APIKey: &db.APIKey{}, id.Account: &db.Account{}, id.Contact: &db.Contact{}, id.Lead: &db.Lead{},
	id.Source: &db.Source{}, id.Touch: &db.Touch{}, id.Campaign: &db.Campaign{}, id.Persona: &db.Persona{}, id.Event: &db.Event{}, id.Import: &db.Import{},
	id.Agreement: &db.Agreement{}, id.Rescore: &db.Rescore{}, id.BackTest: &db.BackTest{}, id.ModelFit: &db.ModelFit{}, id.Clock: &db.Clock{}, id.Waiver: &db.Waiver{},
	id.Handoff: &db.Handoff{}, id.Message: &db.Message{}, id.Reason: &db.Reason{}, id.Deal: &db.Deal{}, id.Goal: &db.Goal{},
	id.AttributionRun: &db.AttributionRun{}, id.AttributionFit: &db.AttributionFit{}, id.Dispute: &db.CreditDispute{}, id.Resource: &db.Resource{}, id.Share: &db.Share{},
}

// schema is the executor's own.
func schema(t *testing.T) *ast.Schema {
	t.Helper()
	return generated.NewExecutableSchema(generated.Config{}).Schema()
}

// isNode tells whether `node` can answer the type.
func isNode(d *ast.Definition) bool { return slices.Contains(d.Interfaces, "Node") }

func TestNodeAsksForWhatTheTypeAsks(t *testing.T) {
	t.Parallel()
	var kinds []id.Kind
	for _, d := range schema(t).Types {
		if !isNode(d) {
			continue
		}
		kind := kindOf(d.Name)
		kinds = append(kinds, kind)
		need, known := readers[kind]
		require.True(t, known, "node cannot load %s", d.Name)
		can := d.Directives.ForName("can")
		if kind == id.Workspace {
			require.Nil(t, can, "everybody may see their own workspace")
			require.Empty(t, need)
			continue
		}
		require.NotNil(t, can, "%s says who may read it", d.Name)
		asked := can.Arguments.ForName("do").Value.Children
		require.Len(t, asked, 1, d.Name)
		require.Equal(t, need, auth.Permission(asked[0].Value.Raw), d.Name)
	}
	require.Len(t, readers, len(kinds), "readers has types that the schema has not")
	t.Run("and each row tells its own type", func(t *testing.T) {
		t.Parallel()
		for kind := range readers {
			row, known := typeOf[kind].(row)
			require.True(t, known, kind)
			require.Equal(t, kind, row.GlobalID().Kind)
		}
	})
}

// kindOf is the kind of the row that answers a type.
func kindOf(name string) id.Kind {
	for kind, row := range typeOf {
		if strings.EqualFold(reflect.TypeOf(row).Elem().Name(), name) {
			return kind
		}
	}
	return id.Kind(name)
}

func TestEveryRelationIsResolvedForAllParentsAtOnce(t *testing.T) {
	t.Parallel()
	s := schema(t)
	root := reflect.TypeFor[generated.ResolverRoot]()
	for _, d := range s.Types {
		if !isNode(d) && d.Name != "Viewer" {
			continue
		}
		for _, f := range d.Fields {
			to := s.Types[f.Type.Name()]
			list := f.Type.Elem != nil && to.Kind == ast.Object && !value(to)
			if !isNode(to) && !strings.HasSuffix(to.Name, "Connection") && !list {
				continue
			}
			of, ok := root.MethodByName(d.Name)
			require.True(t, ok, "%s has relations but no resolver", d.Name)
			m := method(of.Type.Out(0), f.Name)
			require.NotNil(t, m, "gqlgen.yml: %s.%s needs {resolver: true}: a relation is not a column", d.Name, f.Name)
			require.Equal(t, reflect.Slice, m.Type.In(1).Kind(), "%s.%s takes all parents at once", d.Name, f.Name)
			require.Equal(t, reflect.Slice, m.Type.Out(0).Kind(), "%s.%s answers all parents at once", d.Name, f.Name)
		}
	}
}

// value tells that a type is part of its parent's row: a value, kept as JSON.
func value(d *ast.Definition) bool {
	return strings.HasPrefix(d.Name, "Import") || strings.HasSuffix(d.Name, "Condition") || d.Name == "AgreementClause"
}

// method finds a method whatever capitals gqlgen gave its initialisms.
func method(of reflect.Type, name string) *reflect.Method {
	for i := range of.NumMethod() {
		if m := of.Method(i); strings.EqualFold(m.Name, name) {
			return &m
		}
	}
	return nil
}

func TestPersonalDataCanBeNull(t *testing.T) {
	t.Parallel()
	var personal []string
	for _, d := range schema(t).Types {
		for _, f := range d.Fields {
			if f.Directives.ForName("pii") != nil {
				personal = append(personal, d.Name+"."+f.Name)
				require.False(t, f.Type.NonNull, "%s.%s reads null for those without pii:read", d.Name, f.Name)
			}
		}
	}
	t.Run("and what names or reaches a person is personal", func(t *testing.T) {
		t.Parallel()
		for _, f := range []string{"givenName", "familyName", "fullName", "email", "phone"} {
			require.Contains(t, personal, "Contact."+f)
		}
		require.Contains(t, personal, "ContactIdentity.value")
		require.Contains(t, personal, "ImportRefusal.value")
	})
}
