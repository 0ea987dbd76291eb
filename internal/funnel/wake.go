package funnel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// asks are the touches by which a person who was left alone comes back.
var asks = []contact.TouchKind{contact.KindDemoRequested, contact.KindTrialStarted, contact.KindFormSubmitted, contact.KindEmailReplied, contact.KindMeeting, contact.KindReferred}

// wakes tells whether a lead may be qualified as far as its rest goes, and why it may now. Who was returned or lost rests until the day that was agreed, unless the
// person asks for something before it. Retargeting begins with such a day; without one it waits for the person.
func wakes(l *db.Lead, touches []condition.Touch, now time.Time) (awake bool, why *string) {
	if l.WakeAt == nil && l.Stage != lifecycle.Retargeting {
		return true, nil
	}
	if l.WakeAt != nil && !now.Before(*l.WakeAt) {
		return true, new("The day to try again has come.")
	}
	if slices.ContainsFunc(touches, func(t condition.Touch) bool {
		return t.Direction == contact.DirectionInbound && slices.Contains(asks, t.Kind) && t.At.After(l.StageSince)
	}) {
		return true, new("The person came back before the day to try again.")
	}
	return false, nil
}

// secondCracks gives leads that came back from retargeting the next cycle of their person.
func (t *tx) secondCracks(ctx context.Context, rules *rulebook, leads []*leadState) error {
	var back []*leadState
	var people []id.UUID
	for _, l := range leads {
		if l.secondCrack() {
			back, people = append(back, l), append(people, l.row.ContactID)
		}
	}
	if len(back) == 0 {
		return nil
	}
	rows, err := t.LastCycles(ctx, db.LastCyclesParams{WorkspaceID: t.Workspace, ContactIds: people})
	if err != nil {
		return fmt.Errorf("count earlier leads: %w", err)
	}
	last := make(map[id.UUID]int32, len(rows))
	for _, r := range rows {
		last[r.ContactID] = r.Cycle
	}
	changes := make([]*db.FactChange, len(back))
	for i, l := range back {
		changes[i] = db.CycleChange(rules.reg, l.row, l.row.Cycle, t.now)
		l.row.Cycle = max(last[l.row.ContactID], l.person.cycle) + 1 // an import may bring earlier leads of the person in this very transaction
		l.person.cycle = l.row.Cycle
		l.changes.note("cycle")
	}
	db.InsertLater(t.Tx, "fact_changes", changes, "")
	return nil
}

// secondCrack tells whether a judgement brought the lead back from retargeting.
func (l *leadState) secondCrack() bool {
	return slices.ContainsFunc(l.passed, func(p *passage) bool {
		return p.row.FromStage == lifecycle.Retargeting && p.row.ToStage == lifecycle.Qualified
	})
}
