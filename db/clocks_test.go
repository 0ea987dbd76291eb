package db

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/sla"
)

func TestAClockIsInItsRowWhatItIsToTheRules(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	table := sla.Always()
	rapid.Check(t, func(t *rapid.T) {
		rule := &sla.Rule{Key: "r", Stage: rapid.SampledFrom(sla.Stages).Draw(t, "stage"), Minutes: rapid.IntRange(1, 600).Draw(t, "minutes"), Unit: clause.WallMinutes}
		if rapid.Bool().Draw(t, "warns") {
			rule.WarnAt = new(rapid.Float64Range(0, 1).Draw(t, "warnAt"))
		}
		now := start
		v, row := sla.Start(rule, table, start.Add(time.Duration(rapid.IntRange(-60, 60).Draw(t, "starts"))*time.Minute), now), &Clock{}
		for range rapid.IntRange(0, 8).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "wait")) * time.Minute)
			var next sla.Clock
			var err error
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0:
				next, err = v.Pause(table, now, sla.WaitingForLead)
			case 1:
				next, err = v.Resume(table, now)
			case 2:
				next = v.Replied(table, now.Add(-time.Minute), now)
			case 3:
				next = v.Fulfil(table, now)
			case 4:
				next, err = v.Cancel(table, now)
			case 5:
				next, err = v.Waive(table, now)
			default:
				next = v.Tick(table, now)
			}
			if err == nil {
				v = next
			}
			row.Take(&v)
			is, err := json.Marshal(row.Value())
			require.NoError(t, err)
			shall := v
			if shall.Pauses == nil {
				shall.Pauses = []sla.Pause{}
			}
			want, err := json.Marshal(shall)
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(is))
			require.Equal(t, v.WakeAt() == nil, row.WakeAt == nil)
		}
	})
}
