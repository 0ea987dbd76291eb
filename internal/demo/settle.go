package demo

import (
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/db"
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

// wish is what the person asked for, and the budget and timing that are known.
func (w *world) wish(p *person, l *pursuit) {
	custom := map[string]any{}
	known := 0.25
	if !early(l.row.Stage) {
		known = 0.85
	}
	if w.chance(known) && !p.negative() {
		size := 1.0
		if p.company != nil {
			size = math.Sqrt(float64(*p.company.row.Employees)) / 8
		}
		custom["budget"] = math.Round(w.between(20, 90)*size) * 1000
	}
	if w.chance(known) && !p.negative() {
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
