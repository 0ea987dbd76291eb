package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/id"
)

// ways are how objects that `node` does not find are reached.
var ways = map[string]struct{ path, document string }{
	"Attribution":          {"attribution", "attribution(dealId: $id) { %s }"},
	"AttributionReport":    {"attributionReport", allDeals + " { %s } deal: node(id: $id) { id }"},
	"AttributionReportRow": {"attributionReport rows nodes", allDeals + " { rows(first: 1) { nodes { %s } } } deal: node(id: $id) { id }"},
	"Measure":              {"scorecard total measures", "scorecard(metrics: [LEADS]) { total { measures { %s } } } deal: node(id: $id) { id }"},
	"FunnelStage":          {"funnel total stages", "funnel { total { stages { %s } } } deal: node(id: $id) { id }"},
	"StageTime":            {"funnel total stages time", "funnel { total { stages { time { %s } } } } deal: node(id: $id) { id }"},
	"SlaCompliance":        {"slaCompliance", "slaCompliance(by: DEPARTMENT) { %s } deal: node(id: $id) { id }"},
	"PersonaNumbers":       {"personaPerformance period", "personaPerformance { period { %s } } deal: node(id: $id) { id }"},
}

// allDeals is a report about the deals that the crowd has won.
const allDeals = `attributionReport(by: CAMPAIGN, models: [LINEAR], basis: RECOMPUTED, closedFrom: "2026-01-01T00:00:00Z", closedBefore: "2026-02-01T00:00:00Z")`

// list is one list of the schema in one order.
type list struct {
	name, document string
	path           []string // from the data to the connection
	vars           map[string]any
	short          bool // a person has one open lead at most
}

// place is where to read.
type place struct {
	first, last   int
	after, before string
}

// pageOf is a page as it is answered; items are ids, or whole rows where these have none.
type pageOf struct {
	items, cursors       []string
	hasNext, hasPrevious bool
	start, end           *string
	total                int
}

// lists are all lists of the schema: those of the root, and those of one object of each type.
func (w *world) lists(t *testing.T) (all []*list) {
	t.Helper()
	s := sdl()
	for _, d := range s.Types {
		for _, f := range d.Fields {
			c := s.Types[f.Type.Name()]
			if d.BuiltIn || d.Kind != ast.Object || !strings.HasSuffix(c.Name, "Connection") {
				continue
			}
			orders := []string{""}
			if by := f.Arguments.ForName("orderBy"); by != nil {
				orders = nil
				for _, v := range s.Types[by.Type.Name()].EnumValues {
					orders = append(orders, v.Name)
				}
			}
			for _, order := range orders {
				all = append(all, w.list(t, s, d, f, order))
			}
		}
	}
	slices.SortFunc(all, func(a, b *list) int { return strings.Compare(a.name, b.name) })
	return all
}

func (w *world) list(t *testing.T, s *ast.Schema, d *ast.Definition, f *ast.FieldDefinition, order string) *list {
	t.Helper()
	node := s.Types[s.Types[f.Type.Name()].Fields.ForName("nodes").Type.Name()]
	item := "line message"
	switch {
	case node.Name == "ScoreHistory":
		item = "at cause score"
	case node.Name == "CreditedTouch":
		item = "touch { id }"
	case node.Name == "AttributionReportRow":
		item = "key"
	case node.Kind == ast.Union:
		item = ""
		for _, p := range s.GetPossibleTypes(node) {
			item += "... on " + p.Name + " { id } "
		}
	case node.Fields.ForName("id") != nil:
		item = "id"
	}
	args := "first: $first, last: $last, after: $after, before: $before"
	if order != "" {
		args += ", orderBy: " + order
	}
	field := fmt.Sprintf("%s(%s) { totalCount nodes { %s } edges { cursor node { %[3]s } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }", f.Name, args, item)
	l := &list{name: strings.TrimSuffix(d.Name+"."+f.Name+" "+order, " "), path: []string{f.Name}, vars: map[string]any{}, short: d.Name == "Contact" && f.Name == "leads"}
	head := "query ($first: Int, $last: Int, $after: String, $before: String"
	if way, known := ways[d.Name]; known {
		l.path, l.vars["id"] = append(strings.Split(way.path, " "), f.Name), w.ids[id.Deal]
		head, field = head+", $id: ID!", fmt.Sprintf(way.document, field)
	} else if d.Name != "Query" {
		kind := id.Kind(strings.ToLower(strings.TrimPrefix(d.Name, "Api")))
		require.NotEmpty(t, w.ids[kind], "%s: the crowd has no %s to read it of", l.name, kind)
		l.path, l.vars["id"] = []string{"node", f.Name}, w.ids[kind]
		head, field = head+", $id: ID!", "node(id: $id) { ... on "+d.Name+" { "+field+" } }"
	}
	l.document = head + ") { " + field + " }"
	return l
}

// read asks for a page.
func (l *list) read(w *world, token string, p place) answer {
	vars := map[string]any{}
	for k, v := range l.vars {
		vars[k] = v
	}
	for k, n := range map[string]int{"first": p.first, "last": p.last} {
		if n > 0 {
			vars[k] = n
		}
	}
	for k, c := range map[string]string{"after": p.after, "before": p.before} {
		if c != "" {
			vars[k] = c
		}
	}
	return w.a.do(token, l.document, vars)
}

// page asks for a page and takes it apart.
func (l *list) page(t *testing.T, w *world, p place) (out pageOf) {
	t.Helper()
	res := l.read(w, w.token, p)
	require.Empty(t, res.Errors, l.name)
	raw := res.Data
	for _, name := range l.path {
		if raw[0] == '[' { // of a list the first
			var all []json.RawMessage
			require.NoError(t, json.Unmarshal(raw, &all))
			raw = all[0]
		}
		var o map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(raw, &o))
		raw = o[name]
	}
	var c struct {
		TotalCount int
		Nodes      []json.RawMessage
		Edges      []struct {
			Cursor string
			Node   json.RawMessage
		}
		PageInfo struct {
			HasNextPage, HasPreviousPage bool
			StartCursor, EndCursor       *string
		}
	}
	require.NoError(t, json.Unmarshal(raw, &c), l.name)
	require.Len(t, c.Edges, len(c.Nodes), l.name)
	for i, e := range c.Edges {
		require.JSONEq(t, string(c.Nodes[i]), string(e.Node), l.name)
		out.items, out.cursors = append(out.items, string(e.Node)), append(out.cursors, e.Cursor)
	}
	out.total, out.hasNext, out.hasPrevious, out.start, out.end = c.TotalCount, c.PageInfo.HasNextPage, c.PageInfo.HasPreviousPage, c.PageInfo.StartCursor, c.PageInfo.EndCursor
	if len(out.items) > 0 {
		require.Equal(t, []string{out.cursors[0], out.cursors[len(out.cursors)-1]}, []string{*out.start, *out.end}, l.name)
	} else {
		require.Nil(t, out.start)
		require.Nil(t, out.end)
	}
	return out
}

func TestLists(t *testing.T) {
	t.Parallel()
	w := crowd(t)
	lists := w.lists(t)
	whole := map[*list]pageOf{}
	for _, l := range lists {
		all := l.page(t, w, place{first: 200})
		whole[l] = all
		require.Len(t, all.items, all.total, "%s counts what it lists", l.name)
		require.False(t, all.hasNext || all.hasPrevious, l.name)
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(all.items))), all.total, "%s lists everything once", l.name)
		require.True(t, l.short || all.total > 10, "%s: the crowd has only %d", l.name, all.total)
	}
	t.Run("pages in either direction make up the whole list, whatever their size", func(t *testing.T) {
		for _, l := range lists {
			for _, size := range []int{1, 4, 7, len(whole[l].items)} {
				l.forwards(t, w, whole[l], size)
				l.backwards(t, w, whole[l], size)
			}
		}
	})
	t.Run("every cursor stands between what comes before it and after it", func(t *testing.T) {
		for _, l := range lists {
			all := whole[l]
			for i, c := range all.cursors {
				require.Equal(t, all.items[i+1:], append([]string{}, l.page(t, w, place{first: 200, after: c}).items...), l.name)
				require.Equal(t, all.items[:i], append([]string{}, l.page(t, w, place{last: 200, before: c}).items...), l.name)
			}
		}
	})
	t.Run("an order and its opposite are each other's mirror", func(t *testing.T) {
		for _, l := range lists {
			for _, other := range lists {
				if back, found := strings.CutSuffix(l.name, "_ASC"); found && other.name == back+"_DESC" {
					mirrored := slices.Clone(whole[other].items)
					slices.Reverse(mirrored)
					require.Equal(t, whole[l].items, mirrored, l.name)
				}
			}
		}
	})
	t.Run("a cursor of one list is refused by all others", func(t *testing.T) { w.strange(t, lists, whole) })
}

// forwards reads page after page.
func (l *list) forwards(t *testing.T, w *world, whole pageOf, size int) {
	t.Helper()
	var got []string
	at := place{first: size}
	for {
		p := l.page(t, w, at)
		got = append(got, p.items...)
		require.Equal(t, whole.total, p.total, l.name)
		require.Equal(t, len(got) < whole.total, p.hasNext, l.name)
		require.Equal(t, at.after != "", p.hasPrevious, l.name)
		if !p.hasNext {
			require.Equal(t, whole.items, got, "%s by %d", l.name, size)
			return
		}
		require.Len(t, p.items, size)
		at.after = *p.end
	}
}

// backwards reads page after page from the end.
func (l *list) backwards(t *testing.T, w *world, whole pageOf, size int) {
	t.Helper()
	var got []string
	at := place{last: size}
	for {
		p := l.page(t, w, at)
		got = append(slices.Clone(p.items), got...)
		require.Equal(t, len(got) < whole.total, p.hasPrevious, l.name)
		require.Equal(t, at.before != "", p.hasNext, l.name)
		if !p.hasPrevious {
			require.Equal(t, whole.items, got, "%s by %d, backwards", l.name, size)
			return
		}
		require.Len(t, p.items, size)
		at.before = *p.start
	}
}

// strange shows each list a cursor of every other one.
func (w *world) strange(t *testing.T, lists []*list, whole map[*list]pageOf) {
	t.Helper()
	same := func(a, b *list) bool { // what happened with a lead is what happened with its person
		return a == b || strings.HasSuffix(a.name, ".touches") && strings.HasSuffix(b.name, ".touches") && slices.Equal(whole[a].items, whole[b].items)
	}
	eve := w.a.signUp("rival")
	for _, of := range lists {
		cursor := whole[of].cursors[0]
		for _, l := range lists {
			if same(of, l) {
				continue
			}
			for _, p := range []place{{after: cursor}, {last: 3, before: cursor}} {
				require.Equal(t, "CURSOR_MISMATCH", l.read(w, w.token, p).code(), "a cursor of %s in %s", of.name, l.name)
			}
		}
		owner, _, _ := strings.Cut(of.name, ".")
		if of.path[0] != "node" && !slices.Contains([]string{"Attribution", "AttributionReportRow", "PersonaNumbers", "SlaCompliance", "StageTime"}, owner) { // objects of another workspace, and rows of nothing, are not there at all
			require.Equal(t, "CURSOR_MISMATCH", of.read(w, eve, place{after: cursor}).code(), "a cursor of %s in another workspace", of.name)
		}
	}
}
