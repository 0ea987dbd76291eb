package funnel

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/followup"
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
	Resource         *string
	ResourcePosition *contact.FunnelPosition
	Campaign         *string
	MemberEmail      *string
	ExternalID       *string
	Outcome          *followup.Outcome
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
	var content []*db.Resource
	var stamp id.UUID // of the rules in force
	open := func(o *db.Opening) {
		openSource(o, auth.From(ctx), in.Source, &sources)
		o.RulesStamp(&stamp)
		if keys := shown(in.Touches); len(keys) > 0 {
			o.ResourcesByKey(keys, &content)
		}
		if ids := named(in.Touches); len(ids) > 0 {
			o.ContactCompanies(ids, &people)
		}
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*RecordTouchesPayload, error) {
		source, err := t.teller("input.source", in.Source, sources)
		if err != nil {
			return nil, err
		}
		r := &recording{t: t, in: in.Touches, resources: byKey(content)}
		if err := r.resolve(ctx, people); err != nil {
			return nil, err
		}
		rows, err := r.rows(source)
		if err != nil {
			return nil, err
		}
		tries, err := r.tries(rows)
		if err != nil {
			return nil, err
		}
		fresh, err := t.recorded(ctx, rows, stamp, tries...)
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

// shown are the keys of the resources that touches name.
func shown(touches []*TouchInput) []string {
	var keys []string
	for _, t := range touches {
		if t.Resource != nil {
			keys = append(keys, *t.Resource)
		}
	}
	return keys
}

// recorded writes touches under the rules with a stamp, and what of them are attempts. It answers which were not known.
func (t *tx) recorded(ctx context.Context, rows []*db.Touch, stamp id.UUID, tries ...*try) (map[id.UUID]bool, error) {
	if err := t.observe(ctx, rows); err != nil {
		return nil, err
	}
	rules, err := t.rulesOf(ctx, stamp)
	if err != nil {
		return nil, err
	}
	if rules.touches() || len(tries) > 0 {
		return t.recordJudged(ctx, rows, rules, stamp, tries)
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
