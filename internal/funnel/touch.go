package funnel

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// maxTouches is how many touches one request records.
const maxTouches = 500

// RecordTouchesInput is touches and who tells of them.
type RecordTouchesInput struct {
	Source         *string
	Touches        []*TouchInput
	IdempotencyKey *string
}

// TouchInput is one touch.
type TouchInput struct {
	Contact          *ContactKey
	Kind             contact.TouchKind
	Channel          contact.Channel
	Direction        *contact.Direction
	Department       *auth.Department
	Subject          *string
	ResourcePosition *contact.FunnelPosition
	Campaign         *string
	MemberEmail      *string
	ExternalID       *string
	OccurredAt       time.Time
}

// ContactKey finds one person; exactly one field is set.
type ContactKey struct {
	ID       *id.Global
	Email    *string
	Phone    *string
	External *ExternalKey
}

// ExternalKey is an id in the system of a source.
type ExternalKey struct{ Source, ID string }

// TouchOutcome says what became of a touch.
type TouchOutcome string

// The outcomes, as in the SDL.
const (
	Recorded  TouchOutcome = "RECORDED"
	Duplicate TouchOutcome = "DUPLICATE"
)

// TouchOutcomes lists every TouchOutcome.
var TouchOutcomes = []TouchOutcome{Recorded, Duplicate}

// MarshalGQL writes the enum's name.
func (o TouchOutcome) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no TouchOutcome.
func (o *TouchOutcome) UnmarshalGQL(v any) error { return enum.Read(v, o, TouchOutcomes) }

// TouchResult is what became of one touch.
type TouchResult struct {
	Outcome TouchOutcome
	TouchID id.Global
}

// RecordTouchesPayload is what became of the touches, in their order.
type RecordTouchesPayload struct {
	Mark
	Results              []*TouchResult
	Recorded, Duplicates int
}

// RecordTouches records what happened with people, all or nothing. Members who work leads may, and API keys with that scope.
func (f *Funnel) RecordTouches(ctx context.Context, in RecordTouchesInput) (*RecordTouchesPayload, error) {
	if n := len(in.Touches); n < 1 || n > maxTouches {
		return nil, fault.Input("input.touches", "Give 1 to %d touches at once.", maxTouches)
	}
	var sources []*db.Source
	var people []*db.ContactCompaniesRow
	var stamp id.UUID // of the rules in force
	open := func(o *db.Opening) {
		openSource(o, auth.From(ctx), in.Source, &sources)
		o.RulesStamp(&stamp)
		if ids := named(in.Touches); len(ids) > 0 {
			o.ContactCompanies(ids, &people)
		}
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*RecordTouchesPayload, error) {
		source, err := t.teller("input.source", in.Source, sources)
		if err != nil {
			return nil, err
		}
		r := &recording{t: t, in: in.Touches}
		if err := r.resolve(ctx, people); err != nil {
			return nil, err
		}
		rows, err := r.rows(source)
		if err != nil {
			return nil, err
		}
		fresh, err := t.recorded(ctx, rows, stamp)
		if err != nil {
			return nil, err
		}
		return t.touchResults(ctx, rows, fresh)
	}, open)
}

// named are the people whom touches name by their ids.
func named(touches []*TouchInput) []id.UUID {
	var ids []id.UUID
	for _, t := range touches {
		if t.Contact.ID != nil && t.Contact.ID.Kind == id.Contact {
			ids = append(ids, t.Contact.ID.UUID)
		}
	}
	return ids
}

// recorded writes touches under the rules with a stamp. It answers which were not known.
func (t *tx) recorded(ctx context.Context, rows []*db.Touch, stamp id.UUID) (map[id.UUID]bool, error) {
	rules, err := t.rulesOf(ctx, stamp)
	if err != nil {
		return nil, err
	}
	if rules.touches() {
		return t.recordJudged(ctx, rows, rules, stamp)
	}
	return t.record(ctx, rows)
}

// record writes touches where no rule asks about them. It answers which were not known.
func (t *tx) record(ctx context.Context, rows []*db.Touch) (map[id.UUID]bool, error) {
	fresh, moved, err := db.RecordTouches(ctx, t.Tx, rows)
	if err != nil {
		return nil, err
	}
	t.tellTouches(rows, fresh, moved)
	return fresh, t.answered(ctx, rows, func(i id.UUID) bool { return fresh[i] })
}

// recordJudged writes touches and judges the open leads of their people under the rules in force. The leads are locked first, in the order of their ids,
// and written once, with their last activity and what became of them.
func (t *tx) recordJudged(ctx context.Context, rows []*db.Touch, rules *rulebook, stamp id.UUID) (map[id.UUID]bool, error) {
	var people, companies, written []id.UUID
	for _, r := range rows {
		people = append(people, r.ContactID)
		if r.AccountID != nil {
			companies = append(companies, *r.AccountID)
		}
	}
	people = unique(people)
	var leads []*db.Lead
	var contacts []*db.Contact
	var accounts []*db.Account
	var touches []*db.TouchesOfRow
	var now id.UUID
	if err := t.Together(ctx, func(o *db.Opening) {
		o.OpenLeads(people, &leads)
		o.InsertTouches(rows, &written)
		o.ContactsByID(people, &contacts)
		o.AccountsByID(unique(companies), &accounts)
		o.TouchesOf(people, db.TouchedIn(rules.reach, t.now), &touches)
		o.RulesStamp(&now)
	}); err != nil {
		return nil, fmt.Errorf("record touches: %w", err)
	}
	if now != stamp { // the rules became others while we waited for the leads
		return nil, db.ErrRace
	}
	t.settle()
	fresh, last := newest(rows, written)
	leads = slices.DeleteFunc(leads, func(l *db.Lead) bool { return last[l.ContactID].IsZero() })
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
	all := states(leads, contacts)
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
	in := &grounds{companies: make(map[id.UUID]*db.Account, len(accounts)), touches: db.ByContact(touches, people)}
	for _, a := range accounts {
		in.companies[a.ID] = a
	}
	if _, err := t.judgeKnown(ctx, rules, all, in, db.CauseTouches); err != nil {
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

// tellTouches records one event for each person of new touches.
func (t *tx) tellTouches(rows []*db.Touch, fresh map[id.UUID]bool, moved []db.Moved) {
	lead, count := make(map[id.UUID]id.UUID, len(moved)), make(map[id.UUID]int, len(rows))
	for _, m := range moved {
		lead[m.Contact] = m.Lead
	}
	for _, r := range rows {
		if fresh[r.ID] {
			count[r.ContactID]++
		}
	}
	for _, r := range rows {
		if n := count[r.ContactID]; n > 0 {
			t.emit(logged{kind: event.TouchesRecorded, contact: r.ContactID, lead: lead[r.ContactID], data: event.Data{Count: n}})
			count[r.ContactID] = 0
		}
	}
}

// touchResults names each touch: of one that was known, the touch written first.
func (t *tx) touchResults(ctx context.Context, rows []*db.Touch, fresh map[id.UUID]bool) (*RecordTouchesPayload, error) {
	out := &RecordTouchesPayload{Results: make([]*TouchResult, len(rows)), Recorded: len(fresh), Duplicates: len(rows) - len(fresh)}
	first := map[string]id.UUID{}
	if out.Duplicates > 0 {
		p := db.TouchKeysParams{WorkspaceID: t.Workspace}
		for _, r := range rows {
			if !fresh[r.ID] {
				p.SourceIds, p.ExternalIds = append(p.SourceIds, r.SourceID), append(p.ExternalIds, *r.ExternalID)
			}
		}
		known, err := t.TouchKeys(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("read known touches: %w", err)
		}
		for _, k := range known {
			first[k.ExternalID] = k.TouchID
		}
	}
	for i, r := range rows {
		out.Results[i] = &TouchResult{Outcome: Recorded, TouchID: r.GlobalID()}
		if !fresh[r.ID] {
			out.Results[i] = &TouchResult{Outcome: Duplicate, TouchID: id.Global{Kind: id.Touch, UUID: first[*r.ExternalID]}}
		}
	}
	return out, nil
}
