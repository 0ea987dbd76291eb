package funnel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/id"
)

// touched are the open leads of people who did something, with what they are judged by.
type touched struct {
	rules    *rulebook
	leads    []*db.Lead
	contacts []*db.Contact
	written  []id.UUID // touches that were not known
	*grounds
}

// touched locks the open leads of people, in the order of their ids, writes their touches and reads what the leads are judged by, in one round trip.
func (t *tx) touched(ctx context.Context, rows []*db.Touch, rules *rulebook, stamp id.UUID) (*touched, error) {
	var people, companies []id.UUID
	for _, r := range rows {
		people = append(people, r.ContactID)
		if r.AccountID != nil {
			companies = append(companies, *r.AccountID)
		}
	}
	people = unique(people)
	p := &touched{rules: rules, grounds: newGrounds()}
	var accounts []*db.Account
	var touches []*db.TouchesOfRow
	var now id.UUID
	if err := t.Together(ctx, func(o *db.Opening) {
		o.OpenLeads(people, &p.leads)
		o.InsertTouches(rows, &p.written)
		o.ContactsByID(people, &p.contacts)
		o.AccountsByID(unique(companies), &accounts)
		o.TouchesOf(people, db.TouchedIn(rules.reach, t.now), &touches)
		o.RulesStamp(&now)
	}); err != nil {
		return nil, fmt.Errorf("record touches: %w", err)
	}
	t.settle()
	p.touches = db.ByContact(touches, people)
	for _, a := range accounts {
		p.companies[a.ID] = a
	}
	if now == stamp {
		return p, nil
	}
	// The rules became others while we waited for the leads: those that hold now may ask for other touches.
	t.force, t.reg = nil, nil
	clear(p.touches)
	var err error
	p.rules, err = t.rulesOf(ctx, now)
	return p, err
}

// recordJudged writes touches and judges the open leads of their people under the rules in force. The leads are written once, with their last activity and
// what became of them. Attempts among the touches are written before, for they are asked for.
func (t *tx) recordJudged(ctx context.Context, rows []*db.Touch, rules *rulebook, stamp id.UUID, tries []*try) (map[id.UUID]bool, error) {
	p, err := t.touched(ctx, rows, rules, stamp)
	if err != nil {
		return nil, err
	}
	fresh, last := newest(rows, p.written)
	if err := t.attempted(ctx, p.leads, fresh, tries); err != nil {
		return nil, err
	}
	leads := slices.DeleteFunc(p.leads, func(l *db.Lead) bool { return last[l.ContactID].IsZero() })
	moved := make([]db.Moved, len(leads))
	for i, l := range leads {
		moved[i] = db.Moved{Lead: l.ID, Contact: l.ContactID}
	}
	t.tellTouches(rows, fresh, moved)
	if err := t.answered(ctx, rows, func(i id.UUID) bool { return fresh[i] }); err != nil {
		return nil, err
	}
	if len(leads) == 0 {
		return fresh, nil
	}
	all := states(leads, p.contacts)
	var news []*db.Touch
	for _, r := range rows {
		if fresh[r.ID] {
			news = append(news, r)
		}
	}
	for _, l := range all {
		l.engaged = engaged(l.row, news)
		if at := last[l.row.ContactID]; at.After(l.row.LastActivityAt) {
			l.row.LastActivityAt = at
			l.changes.note("touches")
		}
	}
	if _, err := t.judgeKnown(ctx, p.rules, all, p.grounds, db.CauseTouches); err != nil {
		return nil, err
	}
	return fresh, t.pursue(ctx, leads, news)
}

// newest tells which touches were written, and when each person did the last of them.
func newest(rows []*db.Touch, written []id.UUID) (fresh map[id.UUID]bool, last map[id.UUID]time.Time) {
	fresh, last = make(map[id.UUID]bool, len(written)), map[id.UUID]time.Time{}
	for _, i := range written {
		fresh[i] = true
	}
	for _, r := range rows {
		if fresh[r.ID] && r.OccurredAt.After(last[r.ContactID]) {
			last[r.ContactID] = r.OccurredAt
		}
	}
	return fresh, last
}
