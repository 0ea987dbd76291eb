package demo

import (
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// furnish makes what a workspace has before its first lead.
func (w *world) furnish(hash string) {
	at, h := w.ago(founded), w.house
	w.workspace = &db.Workspace{ID: w.id(at), Slug: h.Slug, Name: h.Name, DefaultRegion: h.Region, TimeZone: h.TimeZone, CreatedAt: at, UpdatedAt: at, Version: 1}
	for i, m := range h.Members {
		joined := at.Add(time.Duration(i) * 9 * time.Minute)
		seen := w.now.Add(-w.minutes(5, 3000))
		address, _ := matching.Email(m.Email) // written by us: a test reads it
		w.members = append(w.members, &db.Member{WorkspaceID: w.workspace.ID, ID: w.id(joined), Email: address.Display, EmailKey: address.Key, Name: m.Name, PasswordHash: &hash,
			Department: m.Department, Role: m.Role, Admin: m.Admin, Active: true, SessionVersion: 1, TimeZone: m.TimeZone, CreatedAt: joined, UpdatedAt: joined,
			LastSignInAt: &seen, Version: 1})
	}
	at = at.Add(3 * time.Hour)
	for _, a := range h.Attributes {
		at = at.Add(2 * time.Minute)
		w.attributes = append(w.attributes, &db.AttributeDefinition{WorkspaceID: w.workspace.ID, ID: w.id(at), Entity: a.Entity, Key: a.Key, Type: a.Type, Label: a.Label,
			Description: ptr(a.Description), CreatedAt: at})
	}
	for _, s := range h.Sources {
		at = at.Add(2 * time.Minute)
		row := &db.Source{WorkspaceID: w.workspace.ID, ID: w.id(at), Key: s.Key, Name: s.Name, Kind: s.Kind, Channel: s.Channel, CreatedAt: at, UpdatedAt: at, Version: 1}
		w.sources[s.Key] = row
		w.rows.sources = append(w.rows.sources, row)
	}
	for _, p := range w.material.personas {
		at = at.Add(4 * time.Minute)
		w.personas = append(w.personas, &db.Persona{WorkspaceID: w.workspace.ID, ID: w.id(at), Name: p.Name, Description: ptr(p.Description), Condition: p.Condition,
			AsksTouches: p.Condition.Asks(), Priority: p.Priority, Negative: p.Negative, Active: true, CreatedAt: at, UpdatedAt: at, Version: 1})
	}
	w.plan()
}

// plan makes the campaigns, each a week before it starts.
func (w *world) plan() {
	for _, c := range w.material.campaigns {
		starts := w.ago(float64(c.From)).Truncate(day)
		weekday := time.Duration(0)
		if c.Channel == contact.ChannelEvent { // fairs begin on Tuesdays
			weekday = time.Duration((starts.Weekday()-time.Tuesday+7)%7) * day
			starts = starts.Add(-weekday)
		}
		made := starts.Add(-7*day + 9*time.Hour)
		row := &db.Campaign{WorkspaceID: w.workspace.ID, ID: w.id(made), Key: c.Key, Name: c.Name, Kind: c.Kind, Channel: c.Channel, StartsAt: starts, CostMinor: c.Cost * 100,
			Currency: "EUR", CreatedAt: made, UpdatedAt: made, Version: 1}
		if c.To != nil {
			ends := w.ago(float64(*c.To)).Truncate(day).Add(-weekday)
			row.EndsAt = &ends
		}
		p := place{c.Kind, c.Channel}
		w.campaigns[p] = append(w.campaigns[p], row)
		w.rows.campaigns = append(w.rows.campaigns, row)
	}
}

// running finds a campaign of a place that ran at an instant; nil where none did.
func (w *world) running(p place, at time.Time) *db.Campaign {
	var open []*db.Campaign
	for _, c := range w.campaigns[p] {
		if !at.Before(c.StartsAt) && (c.EndsAt == nil || at.Before(*c.EndsAt)) {
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		return nil
	}
	return pick(w, open)
}

// rep is the member who takes leads of a country: nearly always the one whose territory it is.
func (w *world) rep(code string) *db.Member {
	var sellers []*db.Member
	for i, m := range w.house.Members {
		if m.Department != auth.Sales || len(m.Territory) == 0 {
			continue
		}
		sellers = append(sellers, w.members[i])
		for _, c := range m.Territory {
			if c == code && w.chance(0.9) {
				return w.members[i]
			}
		}
	}
	return pick(w, sellers)
}
