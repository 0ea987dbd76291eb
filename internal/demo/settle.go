package demo

import (
	"math"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// settle gives everybody an id, now that it is known when we met them, and gathers the rows.
func (w *world) settle() {
	for _, p := range w.people {
		at := p.pursuits[0].row.CreatedAt
		if c := p.company; c != nil && (c.first.IsZero() || at.Before(c.first)) {
			c.first = at
		}
	}
	slices.SortStableFunc(w.people, func(a, b *person) int { return a.pursuits[0].row.CreatedAt.Compare(b.pursuits[0].row.CreatedAt) })
	for _, c := range w.companies {
		if c.first.IsZero() {
			c.first = w.ago(w.between(10, 200))
		}
		c.row.ID, c.row.CreatedAt, c.row.UpdatedAt = w.id(c.first), c.first, c.first
		w.rows.accounts = append(w.rows.accounts, c.row)
	}
	for _, p := range w.people {
		w.settlePerson(p)
	}
}

func (w *world) settlePerson(p *person) {
	r := p.row
	r.CreatedAt = p.pursuits[0].row.CreatedAt
	r.UpdatedAt, r.ID = r.CreatedAt, w.id(r.CreatedAt)
	if p.company != nil {
		r.AccountID = &p.company.row.ID
	}
	if p.showroom {
		r.Attributes = attributes(map[string]any{"saw_showroom": true})
	}
	erased := false
	for _, l := range p.pursuits {
		w.settleLead(p, l)
		w.visit(p, l)
		erased = erased || l.row.Stage == lifecycle.Erased
	}
	if erased {
		erase(p)
	} else {
		w.identify(p)
		w.consent(p)
	}
	w.rows.contacts = append(w.rows.contacts, r)
}

func (w *world) settleLead(p *person, l *pursuit) {
	r := l.row
	r.ID, r.ContactID, r.AccountID = w.id(r.CreatedAt), p.row.ID, p.row.AccountID
	for _, t := range l.touches {
		t.ContactID, t.AccountID = p.row.ID, p.row.AccountID
	}
	w.wish(p, l)
	if r.Stage == lifecycle.Won && p.row.CustomerSince == nil {
		since := r.StageSince
		p.row.CustomerSince = &since
		p.row.UpdatedAt = since
	}
	w.rows.leads = append(w.rows.leads, r)
	w.rows.touches = append(w.rows.touches, l.touches...)
}

// visit notes when the person saw the showroom: it was not known before.
func (w *world) visit(p *person, l *pursuit) {
	for _, t := range l.touches {
		if t.Kind == contact.KindMeeting && t.ResourcePosition != nil && *t.ResourcePosition == contact.PositionBottom {
			w.learn(l, p.row.ID, "contact.custom.saw_showroom", t.OccurredAt)
			return
		}
	}
}

// learn notes that a fact was first known at an instant.
func (w *world) learn(l *pursuit, subject id.UUID, attribute string, at time.Time) {
	l.changes = append(l.changes, &db.FactChange{WorkspaceID: w.workspace.ID, ID: w.id(at), SubjectID: subject, Attribute: attribute, At: at})
	w.rows.changes = append(w.rows.changes, l.changes[len(l.changes)-1])
}

// wish is what the person asked for, and the budget and timing: told at once by some, asked by reps of most.
func (w *world) wish(p *person, l *pursuit) {
	custom := map[string]any{}
	told := func(attribute string) bool {
		if p.negative() || w.chance(0.2) {
			return !p.negative()
		}
		for _, m := range l.moves {
			if m.to == lifecycle.SalesQualified && w.chance(0.95) || m.to == lifecycle.Working && w.chance(0.2) {
				w.learn(l, l.row.ID, attribute, m.at.Add(-time.Minute))
				return true
			}
		}
		return false
	}
	if told("lead.custom.budget") {
		size := 1.0
		if p.company != nil {
			size = math.Sqrt(float64(*p.company.row.Employees)) / 8
		}
		custom["budget"] = math.Round(w.between(20, 90)*size) * 1000
	}
	if told("lead.custom.timeline") {
		custom["timeline"] = pick(w, []string{"this quarter", "before the next peak", "within a year", "no date yet"})
	}
	l.row.Attributes = attributes(custom)
	switch l.source {
	case "website", "paid-search", "palletworks", "referrals", "trade-fairs":
		if w.chance(0.45) {
			l.row.Interest = ptr(pick(w, w.interests))
		}
	}
}

// erase empties what is known of a person. What was counted stays.
func erase(p *person) {
	r := p.row
	*r = db.Contact{WorkspaceID: r.WorkspaceID, ID: r.ID, AccountID: r.AccountID, Attributes: db.None, CreatedAt: r.CreatedAt, UpdatedAt: p.pursuits[0].row.StageSince, Version: 2}
	for _, l := range p.pursuits {
		l.row.Interest, l.row.Attributes = nil, db.None
		for _, t := range l.touches {
			t.Subject, t.ExternalID = nil, nil
		}
	}
}
