package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

// Only the columns are read that an answer shows. A field that takes a column nobody else asked for must have it all the same.
func TestAFieldAloneIsWhatItIsAmongAllOthers(t *testing.T) {
	t.Parallel()
	w := furnish(t, startAPI(t), "columns")
	s := sdl()
	for kind, one := range w.ids {
		if kind == id.Upload || kind == id.Absence { // which `node` does not find
			continue
		}
		t.Run(string(kind), func(t *testing.T) {
			var is struct{ Node struct{ Typename string } }
			w.a.do(w.token, `query ($id: ID!) { node(id: $id) { Typename: __typename } }`, map[string]any{"id": one}).into(t, &is)
			var fields []string
			for _, f := range s.Types[is.Node.Typename].Fields {
				switch selection := near(s, f.Type, 1); {
				case strings.HasPrefix(f.Name, "__") || needs(f):
				case f.Arguments.ForName("first") != nil && strings.HasSuffix(f.Type.Name(), "Connection"):
					fields = append(fields, f.Name+"(first: 3) { totalCount "+strings.TrimPrefix(selection, "{"))
				case f.Arguments.ForName("to") != nil: // by itself the period would end with each call
					fields = append(fields, f.Name+`(from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z") `+selection)
				default:
					fields = append(fields, f.Name+" "+selection)
				}
			}
			roots := []string{"node(id: $id) { ... on " + is.Node.Typename + " { %s } }"}
			if kind == id.Lead {
				roots = append(roots, "node: lead(by: {id: $id}) { %s }") // which is promised before it is read
			}
			ask := func(root, selection string) (out map[string]json.RawMessage) {
				var data struct{ Node map[string]json.RawMessage }
				w.a.do(w.token, "query ($id: ID!) { "+strings.Replace(root, "%s", selection, 1)+" }", map[string]any{"id": one}).into(t, &data)
				return data.Node
			}
			all := map[string]json.RawMessage{}
			for some := range slices.Chunk(fields, 2) { // all at once are more than a document may select
				maps.Copy(all, ask(roots[0], strings.Join(some, " ")))
			}
			require.Len(t, all, len(fields))
			for _, root := range roots {
				for _, f := range fields {
					name, _, _ := strings.Cut(strings.TrimSpace(f), " ")
					name, _, _ = strings.Cut(name, "(")
					require.JSONEq(t, string(all[name]), string(ask(root, f)[name]), f)
				}
			}
		})
	}
}

// A cursor belongs to the list of one parent, which a promised row does not name yet.
func TestAPageBelowALeadByItsIDGoesOnAtItsCursor(t *testing.T) {
	t.Parallel()
	w := furnish(t, startAPI(t), "pages")
	w.a.source(w.token, "beacon")
	type page struct {
		Lead struct {
			Contact struct{ Touches idPage }
			Touches idPage
		}
	}
	read := func(args string) (p page) {
		w.a.do(w.token, `query ($id: ID!) { lead(by: {id: $id}) { contact { touches(first: 9) { nodes { id } } }
			touches(first: 1`+args+`) { nodes { id } pageInfo { endCursor hasNextPage } } } }`, map[string]any{"id": w.ids[id.Lead]}).into(t, &p)
		return p
	}
	w.a.do(w.token, `mutation ($id: ID!) { recordTouches(input: {source: "beacon", touches: [{contact: {id: $id}, kind: PAGE_VIEWED, channel: WEB, occurredAt: "2026-01-02T03:04:05Z"}]}) { recorded } }`,
		map[string]any{"id": w.ids[id.Contact]})
	first := read("")
	require.True(t, first.Lead.Touches.PageInfo.HasNextPage)
	second := read(`, after: "` + first.Lead.Touches.PageInfo.EndCursor + `"`)
	require.Equal(t, first.Lead.Contact.Touches.Nodes[:2], append(first.Lead.Touches.Nodes, second.Lead.Touches.Nodes...))
}

// idPage is a page of objects with ids.
type idPage struct {
	Nodes    []struct{ ID string }
	PageInfo struct {
		EndCursor   string
		HasNextPage bool
	}
}
