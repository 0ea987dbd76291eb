package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// keepDiary writes the event log: what made and moved everything, in the order of time.
func (w *world) keepDiary() {
	w.diaryOfHouse()
	for _, a := range w.rows.accounts {
		w.note(a.CreatedAt, event.AccountCreated, nil, &db.Event{AccountID: &a.ID, Data: event.Data{Name: a.Name}})
	}
	personas := map[id.UUID]string{}
	for _, p := range w.personas {
		personas[p.ID] = p.Name
	}
	for _, p := range w.people {
		for _, l := range p.pursuits {
			w.diaryOfLead(l, personas)
		}
		if p.gone {
			at := p.pursuits[len(p.pursuits)-1].row.LastActivityAt
			w.note(at, event.ConsentRecorded, nil, &db.Event{ContactID: &p.row.ID, Data: event.Data{Detail: "WITHDRAWN for MARKETING by EMAIL"}})
		}
	}
	slices.SortStableFunc(w.rows.events, func(a, b *db.Event) int { return a.At.Compare(b.At) })
}

// note writes an event down; without an actor the system did it.
func (w *world) note(at time.Time, kind event.Kind, actor *db.Member, e *db.Event) {
	e.WorkspaceID, e.ID, e.At, e.Kind, e.ActorKind = w.workspace.ID, w.id(at), at, kind, auth.ActorSystem
	if actor != nil {
		e.ActorKind, e.ActorID = auth.ActorMember, &actor.ID
	}
	w.rows.events = append(w.rows.events, e)
}

// diaryOfHouse is what the workspace's founder and marketing's manager set up.
func (w *world) diaryOfHouse() {
	founder, manager := w.members[0], w.members[1]
	w.note(w.workspace.CreatedAt, event.WorkspaceCreated, nil, &db.Event{Data: event.Data{Name: w.workspace.Name}})
	for i, m := range w.members {
		by := founder
		if i == 0 {
			by = nil
		}
		w.note(m.CreatedAt, event.MemberCreated, by, &db.Event{SubjectID: &m.ID, Data: event.Data{Name: m.Name}})
	}
	for _, a := range w.attributes {
		w.note(a.CreatedAt, event.AttributeDefined, founder, &db.Event{SubjectID: &a.ID, Data: event.Data{Name: a.Custom().Definition().Name}})
	}
	for _, s := range w.rows.sources {
		w.note(s.CreatedAt, event.SourceCreated, manager, &db.Event{SubjectID: &s.ID, Data: event.Data{Name: s.Name}})
	}
	for _, p := range w.personas {
		w.note(p.CreatedAt, event.PersonaCreated, manager, &db.Event{SubjectID: &p.ID, Data: event.Data{Name: p.Name}})
	}
	for _, r := range w.content.resources {
		w.note(r.CreatedAt, event.ResourceCreated, manager, &db.Event{SubjectID: &r.ID, Data: event.Data{Name: r.Title}})
	}
	for _, c := range w.rows.campaigns {
		w.note(c.CreatedAt, event.CampaignCreated, manager, &db.Event{SubjectID: &c.ID, Data: event.Data{Name: c.Name}})
	}
}

// diaryOfLead is how a lead came, whom it was taken for, and who took it.
func (w *world) diaryOfLead(l *pursuit, personas map[id.UUID]string) {
	r := l.row
	var by *db.Member
	if l.source == "sales" {
		by = l.owner
	}
	came := event.Data{Name: w.sources[l.source].Name}
	if len(l.history) > 0 {
		came.To = string(l.history[0].Band)
	}
	w.note(r.CreatedAt, event.LeadCaptured, by, &db.Event{LeadID: &r.ID, ContactID: &r.ContactID, AccountID: r.AccountID, Data: came})
	if r.PersonaID != nil && r.LastActivityAt.After(r.CreatedAt) { // facts about the company come a little later
		at := r.CreatedAt.Add(min(w.minutes(2, 60), r.LastActivityAt.Sub(r.CreatedAt)))
		w.note(at, event.LeadMatched, nil, &db.Event{LeadID: &r.ID, ContactID: &r.ContactID, Data: event.Data{To: personas[*r.PersonaID]}})
	}
	for i, h := range l.history {
		if i > 0 && h.Band != l.history[i-1].Band {
			w.note(h.At, event.LeadScored, nil, &db.Event{LeadID: &r.ID, ContactID: &r.ContactID,
				Data: event.Data{From: string(l.history[i-1].Band), To: string(h.Band), Detail: fmt.Sprintf("%d points", h.Score)}})
		}
	}
	w.diaryOfMoves(l)
	w.diaryOfDesks(l)
	if l.owner == nil {
		return
	}
	for _, m := range l.moves {
		switch m.to {
		case lifecycle.Accepted:
			w.note(m.at, event.LeadAssigned, l.owner, &db.Event{LeadID: &r.ID, ContactID: &r.ContactID, Data: event.Data{To: l.owner.Name}})
		case lifecycle.Returned, lifecycle.Retargeting:
			w.note(m.at, event.LeadAssigned, l.owner, &db.Event{LeadID: &r.ID, ContactID: &r.ContactID, Data: event.Data{From: l.owner.Name}})
		}
	}
}

// diaryOfMoves is how a lead went from stage to stage.
func (w *world) diaryOfMoves(l *pursuit) {
	for _, m := range l.steps {
		data := event.Data{From: string(m.FromStage), To: string(m.ToStage)}
		switch {
		case m.Reason != nil:
			data.Detail = *m.Reason + "."
		case m.ToStage == lifecycle.Qualified:
			data.Detail = "It meets the lead definition."
		}
		e := &db.Event{WorkspaceID: w.workspace.ID, ID: w.id(m.At), At: m.At, Kind: event.LeadMoved, ActorKind: m.ActorKind, ActorID: m.ActorID, LeadID: &l.row.ID, ContactID: &l.row.ContactID, Data: data}
		w.rows.events = append(w.rows.events, e)
	}
}
