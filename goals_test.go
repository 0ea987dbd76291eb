package main

import (
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
)

// aimed is a goal that is not over.
func (w *world) aimed() id.Global {
	goal := id.New()
	w.does(`insert into goals (workspace_id, id, metric, department, member_id, target, starts_at, ends_at, note, created_by, created_at, updated_at)
		select m.workspace_id, $2, 'PASSED', m.department, m.id, 5, now() - interval '1 day' - random() * interval '1 day', now() + interval '9 days', $3, m.id, now(), now() from members m
		where m.workspace_id = $1 and m.department = 'MARKETING' order by m.created_at, m.id limit 1`, uuid(w.a.t, w.ids[id.Workspace]), goal, w.name("note"))
	return id.Global{Kind: id.Goal, UUID: goal}
}

// aims are arguments of the fields about shared numbers and goals on them.
func (w *world) aims() map[string]map[string]any {
	return map[string]map[string]any{
		"funnel":  {"from": "2026-06-01T00:00:00Z", "to": "2026-12-31T00:00:00Z", "filter": map[string]any{"sourceIds": []any{w.ids[id.Source]}}},
		"setGoal": {"input": map[string]any{"metric": "ACCEPTANCE_RATE", "target": 0.8, "endsAt": "2029-01-01T00:00:00Z", "memberId": w.ids[id.Member], "note": w.name("note"), "startsAt": time.Date(2026, 1, 1, 0, 0, int(w.fresh.Add(1)), 0, time.UTC).Format(time.RFC3339)}},
	}
}
