package main

import (
	"fmt"
	"testing"

	"github.com/leadgraph/leadgraph/internal/id"
)

// contents are arguments with which each root field about resources succeeds, for the world's founder.
func (w *world) contents() map[string]map[string]any {
	in := func(m map[string]any) map[string]any { return map[string]any{"input": m} }
	which := w.ids[id.Resource]
	labels := []any{map[string]any{"personaId": w.ids[id.Persona], "position": "TOP"}, map[string]any{"position": "MIDDLE"}}
	return map[string]map[string]any{
		"resource": {"id": which},
		"createResource": in(map[string]any{"key": w.name("guide"), "title": w.name("resource"), "description": w.name("description"), "format": "GUIDE",
			"url": "https://" + w.tag + ".example/" + w.name("guide"), "labels": labels, "ownerId": w.ids[id.Member]}),
		"updateResource":     in(map[string]any{"resourceId": which, "title": w.name("resource"), "ownerId": w.ids[id.Member]}),
		"labelResource":      in(map[string]any{"resourceId": which, "labels": []any{labels[0], map[string]any{"position": "BOTTOM"}}}),
		"addResourceVersion": in(map[string]any{"resourceId": which, "url": "https://" + w.tag + ".example/" + w.name("guide"), "note": w.name("note")}),
		"retireResource":     in(map[string]any{"resourceId": w.spare}),
		"shareResource":      in(map[string]any{"to": w.ids[id.Contact], "resourceId": which, "channel": "EMAIL", "source": "website"}),
	}
}

// stocked gives the crowd resources, many of which have the same title, were made together or expire together; one of them is sent to somebody again and again, and opened
// by all people of a company.
func (w *world) stocked(t *testing.T) {
	t.Helper()
	for i := range 12 {
		w.ids[id.Resource] = w.made(t, "createResource", "resource", map[string]any{"key": fmt.Sprintf("r%d", i), "title": fmt.Sprintf("Name %d", i/3), "format": "GUIDE", "url": "https://crowd.example/",
			"labels": []any{map[string]any{"position": "TOP"}}, "expiresAt": fmt.Sprintf("2199-01-0%dT00:00:00Z", 1+i/5)})
	}
	for range 12 {
		w.ids[id.Share] = w.made(t, "shareResource", "share", map[string]any{"to": w.ids[id.Contact], "resourceId": w.ids[id.Resource], "channel": "SMS", "source": "s0"})
	}
	w.does(`insert into touches (workspace_id, id, contact_id, source_id, resource_id, kind, channel, direction, occurred_at)
		select l.workspace_id, gen_random_uuid(), l.contact_id, l.source_id, $2, 'RESOURCE_VIEWED', 'WEB', 'INBOUND', now() - interval '1 second' from leads l where l.account_id = $1`,
		uuid(t, w.ids[id.Account]), uuid(t, w.ids[id.Resource]))
}
