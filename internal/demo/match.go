package demo

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// matcher finds the personas of leads as the verbs do, so that matching the leads again changes nothing.
type matcher struct {
	w        *world
	reg      *condition.Registry
	personas []*db.Persona
	programs []*condition.Program
	facts    *condition.Facts
	why      scoring.Explanation              // of the lead in hand; kept for its memory
	kinds    map[id.UUID]contact.CampaignKind // of campaigns
}

func (w *world) matcher() (*matcher, error) {
	reg := w.registry()
	m := &matcher{w: w, reg: reg, personas: slices.Clone(w.personas), facts: reg.NewFacts(w.now), kinds: map[id.UUID]contact.CampaignKind{}}
	slices.SortFunc(m.personas, func(a, b *db.Persona) int {
		if a.Negative != b.Negative {
			return map[bool]int{true: -1, false: 1}[a.Negative]
		}
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), slices.Compare(a.ID[:], b.ID[:]))
	})
	for _, p := range m.personas {
		program, err := condition.Compile(&p.Condition, reg)
		if err != nil {
			return nil, fmt.Errorf("compile the persona %s: %w", p.Name, err)
		}
		m.programs = append(m.programs, program)
	}
	for _, c := range w.rows.campaigns {
		m.kinds[c.ID] = c.Kind
	}
	return m, nil
}

// match gives every lead the persona it fits, and judges it.
func (w *world) match() error {
	m, err := w.matcher()
	if err != nil {
		return err
	}
	for _, p := range w.people {
		touches := m.touches(p)
		for _, l := range p.pursuits {
			c := db.Case{Lead: l.row, Contact: p.row, Source: w.sources[l.source], Touches: touches}
			if p.company != nil {
				c.Account = p.company.row
			}
			m.facts.Reset(w.now)
			if err := c.Fill(m.facts); err != nil {
				return err
			}
			c.Persona = m.fit(l.row)
			if err := m.judge(c, l); err != nil {
				return err
			}
		}
	}
	w.show()
	return nil
}

// show gives the id that examples name to the warm lead that is nearest to hot, of those that wait to be offered.
func (w *world) show() {
	var best *pursuit
	for _, p := range w.people {
		l := p.pursuits[len(p.pursuits)-1]
		if l.row.Stage == lifecycle.Qualified && *l.row.Band == lifecycle.Warm && (best == nil || l.score.Total > best.score.Total) {
			best = l
		}
	}
	if best == nil {
		return
	}
	for _, c := range best.changes {
		if c.SubjectID == best.row.ID {
			c.SubjectID = w.house.Showcase
		}
	}
	for _, s := range best.steps {
		s.LeadID = w.house.Showcase
	}
	for _, h := range best.history {
		h.LeadID = w.house.Showcase
	}
	for _, h := range best.handoffs {
		h.LeadID = w.house.Showcase
	}
	for _, k := range best.clocks {
		k.LeadID = w.house.Showcase
	}
	best.row.ID, best.score.LeadID = w.house.Showcase, w.house.Showcase
}

// fit sets the first persona that fits; nil where none does.
func (m *matcher) fit(l *db.Lead) *db.Persona {
	for i, program := range m.programs {
		if program.Match(m.facts) {
			r := program.Explain(m.facts)
			l.PersonaID, l.PersonaConfidence, l.PersonaReasons = &m.personas[i].ID, &r.Strength, db.ListOf(db.ReasonsOf(r.Leaves))
			return m.personas[i]
		}
	}
	return nil
}

// touches are a person's touches as conditions see them, newest first.
func (m *matcher) touches(p *person) []condition.Touch {
	var out []condition.Touch
	for _, l := range p.pursuits {
		for _, t := range l.touches {
			c := condition.Touch{ID: t.ID, Kind: t.Kind, Channel: t.Channel, Direction: t.Direction, At: t.OccurredAt}
			if t.ResourcePosition != nil {
				c.Position = *t.ResourcePosition
			}
			if t.CampaignID != nil {
				c.CampaignKind = m.kinds[*t.CampaignID]
			}
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b condition.Touch) int { return cmp.Or(b.At.Compare(a.At), slices.Compare(b.ID[:], a.ID[:])) })
	return out
}
