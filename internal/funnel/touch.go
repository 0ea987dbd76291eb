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
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*RecordTouchesPayload, error) {
		source, err := t.source(ctx, "input.source", in.Source)
		if err != nil {
			return nil, err
		}
		r := &recording{t: t, in: in.Touches}
		if err := r.resolve(ctx); err != nil {
			return nil, err
		}
		rows, err := r.rows(source)
		if err != nil {
			return nil, err
		}
		fresh, moved, err := db.RecordTouches(ctx, t.Tx, rows)
		if err != nil {
			return nil, err
		}
		if err := t.follow(ctx, rows, fresh, moved); err != nil {
			return nil, err
		}
		return t.touchResults(ctx, rows, fresh)
	})
}

// follow records one event for each person of new touches, and matches the leads that moved again where some persona asks about touches.
func (t *tx) follow(ctx context.Context, rows []*db.Touch, fresh map[id.UUID]bool, moved []db.Moved) error {
	lead, count := make(map[id.UUID]id.UUID, len(moved)), make(map[id.UUID]int, len(rows))
	var judge []id.UUID
	for _, m := range moved {
		lead[m.Contact] = m.Lead
		if m.Asks {
			judge = append(judge, m.Lead)
		}
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
	if len(judge) == 0 {
		return nil
	}
	leads, err := t.LeadsByID(ctx, db.LeadsByIDParams{WorkspaceID: t.Workspace, Ids: judge}) // locked: this transaction has just changed them
	if err != nil {
		return fmt.Errorf("read leads: %w", err)
	}
	rules, err := t.rulebook(ctx)
	if err != nil {
		return err
	}
	_, err = t.judgeAll(ctx, rules, leads, db.CauseTouches)
	return err
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
