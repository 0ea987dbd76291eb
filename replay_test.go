package main

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

// repeatable are the mutations that take an idempotency key in their input.
func (w *world) repeatable(t *testing.T) (all []*call) {
	t.Helper()
	s := sdl()
	for _, f := range s.Mutation.Fields {
		if in := f.Arguments.ForName("input"); in != nil && s.Types[in.Type.Name()].Fields.ForName("idempotencyKey") != nil {
			all = append(all, w.call(t, f.Name))
		}
	}
	// What ends something comes last.
	slices.SortStableFunc(all, func(a, b *call) int { return rank(a.field.Name) - rank(b.field.Name) })
	return all
}

func rank(verb string) int {
	return slices.Index([]string{"rotateApiKey", "cancelImport", "revokeApiKey"}, verb)
}

func TestEveryMutationAnswersARepeatAsTheFirstTime(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs = false })
	w := furnish(t, a, "brightwater")
	conn := owner(t, a.owner)
	for _, c := range w.repeatable(t) {
		verb := c.field.Name
		in, _ := c.args["input"].(map[string]any)
		in["idempotencyKey"] = "repeat-" + verb
		before := digest(t, conn, uuid(t, w.ids[id.Workspace]))
		first := c.send(w.token, "")
		require.Empty(t, first.Errors, verb)
		after := digest(t, conn, uuid(t, w.ids[id.Workspace]))
		require.NotEqual(t, before, after, "%s does nothing", verb)

		again := c.send(w.token, "")
		require.Empty(t, again.Errors, verb)
		require.JSONEq(t, less(first.Data, verb, "secret"), less(again.Data, verb, "secret"), verb)
		require.Equal(t, after, digest(t, conn, uuid(t, w.ids[id.Workspace])), "a repeat of %s does something", verb)

	}
}

// less is an answer without a field of its payload.
func less(data json.RawMessage, verb, field string) string {
	var all map[string]map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		return err.Error()
	}
	delete(all[verb], field)
	b, _ := json.Marshal(all)
	return string(b)
}
