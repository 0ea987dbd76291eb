package demo

import (
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/followup"
)

// tried are the attempts of sales since an instant, oldest first.
func (w *world) tried(l *pursuit, since time.Time) (all []*db.Attempt) {
	for _, t := range l.touches {
		if t.MemberID == nil || t.Department == nil || *t.Department != auth.Sales || t.OccurredAt.Before(since) || followup.Answered(t.Kind, t.Direction) {
			continue
		}
		a := &db.Attempt{WorkspaceID: w.workspace.ID, ID: w.id(t.OccurredAt), LeadID: l.row.ID, TouchID: t.ID, MemberID: t.MemberID, Channel: t.Channel, Outcome: followup.Sent,
			At: t.OccurredAt, RecordedAt: t.OccurredAt}
		if t.Channel == "PHONE" {
			a.Outcome = followup.NoAnswer
		}
		all = append(all, a)
	}
	return all
}

// answered is when the person last answered since an instant; zero for not.
func (l *pursuit) answered(since time.Time) (last time.Time) {
	for _, t := range l.touches {
		if followup.Answered(t.Kind, t.Direction) && !t.OccurredAt.Before(since) {
			last = t.OccurredAt
		}
	}
	return last
}

func effort(tried []*db.Attempt, answered time.Time) (e followup.Effort) {
	e.LastAnswerAt = answered
	for _, a := range tried {
		e.Attempts = append(e.Attempts, followup.Attempt{ID: a.TouchID, At: a.At, Channel: &a.Channel, Outcome: &a.Outcome})
	}
	return e
}
