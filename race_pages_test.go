package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

func TestPagesWhileRowsComeIn(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs, s.Conns = false, 8 })
	w := &world{a: a, tag: "busy", token: a.signUp("busy"), ids: map[id.Kind]string{}}
	a.source(w.token, "web")
	add := func(n int) {
		res := a.do(w.token, captureRace, map[string]any{"in": map[string]any{"source": "web", "contact": map[string]any{"email": fmt.Sprintf("p%d@firm%d.example", n, n%40),
			"fullName": fmt.Sprintf("%c Person", 'A'+n*7%26)}, "account": map[string]any{"name": fmt.Sprintf("%c Company", 'A'+n*11%26)}, "touch": map[string]any{"kind": "CHAT"}}})
		require.Empty(t, res.Errors)
	}
	n := 0
	for ; n < 60; n++ {
		add(n)
	}
	s := sdl()
	for _, name := range []string{"leads", "contacts", "accounts", "touches"} {
		f := s.Query.Fields.ForName(name)
		orders := []string{""}
		if by := f.Arguments.ForName("orderBy"); by != nil {
			orders = nil
			for _, v := range s.Types[by.Type.Name()].EnumValues {
				orders = append(orders, v.Name)
			}
		}
		for _, order := range orders {
			l := w.list(t, s, s.Query, f, order)
			for _, back := range []bool{false, true} {
				before := l.page(t, w, place{first: 250}).items
				got := l.busy(t, w, back, func() { add(n); n++ })
				require.Len(t, slices.Compact(slices.Sorted(slices.Values(got))), len(got), "%s repeats a row", l.name)
				there := slices.DeleteFunc(slices.Clone(got), func(x string) bool { return !slices.Contains(before, x) })
				require.Equal(t, before, there, "%s skips a row, or changes their order", l.name)
			}
		}
	}
}

// busy reads all pages, in either direction, and lets a row in behind each of the first six.
func (l *list) busy(t *testing.T, w *world, back bool, between func()) (got []string) {
	t.Helper()
	at := place{first: 9}
	if back {
		at = place{last: 9}
	}
	for n := range 100 {
		p := l.page(t, w, at)
		if n < 6 {
			between()
		}
		switch {
		case back && p.hasPrevious:
			got, at.before = append(slices.Clone(p.items), got...), *p.start
		case back:
			return append(slices.Clone(p.items), got...)
		case p.hasNext:
			got, at.after = append(got, p.items...), *p.end
		default:
			return append(got, p.items...)
		}
	}
	t.Fatalf("%s has no end: %s", l.name, strings.Join(got, " "))
	return nil
}
