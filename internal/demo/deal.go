package demo

import (
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// deals are what became of the leads that came as far as an opportunity.
func (w *world) deals() (all []*db.Deal) {
	leads, companies := map[id.UUID]*db.Lead{}, map[id.UUID]*db.Account{}
	for _, l := range w.rows.leads {
		leads[l.ID] = l
	}
	for _, a := range w.rows.accounts {
		companies[a.ID] = a
	}
	open := map[id.UUID]*db.Deal{}
	for _, m := range w.rows.moves {
		l, d := leads[m.LeadID], open[m.LeadID]
		switch {
		case m.ToStage == lifecycle.Opportunity:
			d = &db.Deal{WorkspaceID: l.WorkspaceID, ID: id.New(), LeadID: &l.ID, ContactID: &l.ContactID, Attributes: db.None, AccountID: l.AccountID, OwnerID: m.ActorID, Name: "Robots", Currency: "EUR",
				AmountMinor: int64(3+len(all)*7%11) * 2_450_000, Outcome: lifecycle.DealOpen, OpenedAt: m.At, UpdatedAt: m.At, Version: 1}
			if l.AccountID != nil {
				d.Name = "Robots for " + companies[*l.AccountID].Name
			}
			all, open[l.ID] = append(all, d), d
		case d != nil && d.ClosedAt == nil && (m.ToStage == lifecycle.Won || m.ToStage == lifecycle.Lost || m.ToStage == lifecycle.Disqualified):
			d.Outcome, d.ClosedAt, d.UpdatedAt, d.Version = lifecycle.DealLost, &m.At, m.At, 2
			if m.ToStage == lifecycle.Won {
				d.Outcome = lifecycle.DealWon
			}
		}
	}
	return all
}

// rest lets leads that were lost wait for their day, which none has reached yet.
func (w *world) rest() {
	days := map[id.UUID]*time.Time{}
	for _, l := range w.rows.leads {
		if l.Stage == lifecycle.Retargeting {
			day := l.StageSince.AddDate(0, 0, 90)
			if soon := w.now.AddDate(0, 0, 7); day.Before(soon) {
				day = soon
			}
			l.WakeAt, days[l.ID] = &day, &day
		}
	}
	for _, s := range w.rows.scores {
		if day := days[s.LeadID]; day != nil && (s.NextAt == nil || day.Before(*s.NextAt)) {
			s.NextAt = day
		}
	}
}
