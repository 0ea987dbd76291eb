package demo

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// robots are what the company sells.
var robots = []string{"Carrier", "Lifter", "Picker"}

// deals are what became of the leads that came as far as an opportunity, each with the hand-off that it came from.
func (w *world) deals(handoffs []*db.Handoff) (all []*db.Deal) {
	leads, companies := map[id.UUID]*db.Lead{}, map[id.UUID]*db.Account{}
	for _, l := range w.rows.leads {
		leads[l.ID] = l
	}
	for _, a := range w.rows.accounts {
		companies[a.ID] = a
	}
	from := map[id.UUID][]*db.Handoff{}
	for _, h := range handoffs {
		if h.Direction == lifecycle.MarketingToSales && h.State == lifecycle.HandoffAccepted {
			from[h.LeadID] = append(from[h.LeadID], h)
		}
	}
	open := map[id.UUID]*db.Deal{}
	for _, m := range w.rows.moves {
		l, d := leads[m.LeadID], open[m.LeadID]
		switch {
		case m.ToStage == lifecycle.Opportunity:
			d = w.opens(l, m, len(all))
			if l.AccountID != nil {
				d.Name += " for " + companies[*l.AccountID].Name
			}
			for _, h := range from[l.ID] {
				if !h.DecidedAt.After(m.At) {
					d.HandoffID = &h.ID
				}
			}
			all, open[l.ID] = append(all, d), d
		case d != nil && d.ClosedAt == nil && (m.ToStage == lifecycle.Won || m.ToStage == lifecycle.Lost || m.ToStage == lifecycle.Disqualified):
			w.closes(d, m, w.lost(l.Stage, len(all)))
		}
	}
	return all
}

// opens is the n-th deal as it was opened.
func (w *world) opens(l *db.Lead, m *db.Move, n int) *db.Deal {
	product := robots[n%len(robots)]
	attributes, _ := json.Marshal(map[string]string{"product": product}) // a text
	expected := m.At.AddDate(0, 0, 60)
	return &db.Deal{WorkspaceID: l.WorkspaceID, ID: w.id(m.At), LeadID: &l.ID, ContactID: &l.ContactID, AccountID: l.AccountID, OwnerID: m.ActorID, Name: product + " robots", Currency: "EUR",
		AmountMinor: int64(3+n*7%11) * 2_450_000, Stage: new("Offer"), Outcome: lifecycle.DealOpen, ExpectedAt: &expected, OpenedAt: m.At, UpdatedAt: m.At, Version: 1, Attributes: attributes}
}

// closes ends a deal by the move that its lead made.
func (w *world) closes(d *db.Deal, m *db.Move, lost *id.UUID) {
	d.Outcome, d.ClosedAt, d.UpdatedAt, d.Version, d.Stage = lifecycle.DealLost, &m.At, m.At, 2, new("Closed")
	if m.ToStage == lifecycle.Won {
		d.Outcome = lifecycle.DealWon
		return
	}
	d.ReasonID = cmp.Or(m.ReasonID, lost)
}

// lost is a reason that leads to where the lead went, or to another try where it went nowhere; each in its turn.
func (w *world) lost(to lifecycle.Stage, n int) *id.UUID {
	if to != lifecycle.Disqualified {
		to = lifecycle.Retargeting
	}
	var why []*id.UUID
	for _, r := range w.reasons {
		if r.Use == lifecycle.ToLose && *r.LeadsTo == to {
			why = append(why, &r.ID)
		}
	}
	return why[n%len(why)]
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
