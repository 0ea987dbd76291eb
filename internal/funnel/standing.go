package funnel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// StandingPayload is the person with what stands about them.
type StandingPayload struct {
	Mark
	Contact *db.Contact
}

// stand changes what stands about a person, under the lock for which those who reserve queue up. The change answers its event; one of no kind says
// that nothing changed.
func (f *Funnel) stand(ctx context.Context, key *string, request any, person id.Global, change func(*tx, *db.Standing) logged) (*StandingPayload, error) {
	who, err := kind("input.contactId", person, id.Contact)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, key, request, func(t *tx) (*StandingPayload, error) {
		rows, err := t.ContactsByID(ctx, db.ContactsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{who}})
		if err != nil || len(rows) == 0 {
			return nil, either(err, fault.Missing("input.contactId", "person"))
		}
		s, err := t.LockStanding(ctx, db.LockStandingParams{WorkspaceID: t.Workspace, ContactID: who, At: t.now})
		if err != nil {
			return nil, fmt.Errorf("lock what stands about the person: %w", err)
		}
		t.settle()
		e := change(t, s)
		if e.kind == "" {
			return &StandingPayload{Contact: rows[0]}, nil
		}
		e.contact = who
		t.emit(e)
		return &StandingPayload{Contact: rows[0]}, t.UpdateStanding(ctx, db.UpdateStandingParams{WorkspaceID: t.Workspace, ContactID: who, SuppressedAt: s.SuppressedAt,
			SuppressedNote: s.SuppressedNote, Bounced: s.Bounced, NotBefore: s.NotBefore, At: t.now})
	})
}

// SuppressContactInput is a person who is never to be contacted.
type SuppressContactInput struct {
	ContactID      id.Global
	Note           *string
	IdempotencyKey *string
}

// SuppressContact puts a person on the list of those who are never contacted. Members of both departments who record consents may: a person who says no is
// heard by all.
func (f *Funnel) SuppressContact(ctx context.Context, in SuppressContactInput) (*StandingPayload, error) {
	var c checks
	note := c.prose("input.note", in.Note, 2000)
	if err := c.err(); err != nil {
		return nil, err
	}
	return f.stand(ctx, in.IdempotencyKey, in, in.ContactID, func(t *tx, s *db.Standing) logged {
		if s.SuppressedAt != nil && equal(s.SuppressedNote, note) {
			return logged{}
		}
		if s.SuppressedAt == nil {
			s.SuppressedAt = &t.now
		}
		s.SuppressedNote = note
		return logged{kind: event.ContactSuppressed}
	})
}

// UnsuppressContactInput is a person who may be contacted again.
type UnsuppressContactInput struct {
	ContactID      id.Global
	IdempotencyKey *string
}

// UnsuppressContact takes a person off the list of those who are never contacted. Members who record consents may.
func (f *Funnel) UnsuppressContact(ctx context.Context, in UnsuppressContactInput) (*StandingPayload, error) {
	return f.stand(ctx, in.IdempotencyKey, in, in.ContactID, func(_ *tx, s *db.Standing) logged {
		if s.SuppressedAt == nil {
			return logged{}
		}
		s.SuppressedAt, s.SuppressedNote = nil, nil
		return logged{kind: event.ContactUnsuppressed}
	})
}

// RecordBounceInput is an address that takes no messages.
type RecordBounceInput struct {
	ContactID      id.Global
	Channel        contact.Channel
	IdempotencyKey *string
}

// RecordBounce says that a person's address for a channel takes no messages. Members who work leads may, and API keys with that scope.
func (f *Funnel) RecordBounce(ctx context.Context, in RecordBounceInput) (*StandingPayload, error) {
	return f.stand(ctx, in.IdempotencyKey, in, in.ContactID, func(_ *tx, s *db.Standing) logged {
		if slices.Contains(s.Bounced, in.Channel) {
			return logged{}
		}
		s.Bounced = append(s.Bounced, in.Channel)
		return logged{kind: event.ContactBounced, data: event.Data{Name: string(in.Channel)}}
	})
}

// ClearBounceInput is an address that takes messages again.
type ClearBounceInput struct {
	ContactID      id.Global
	Channel        contact.Channel
	IdempotencyKey *string
}

// ClearBounce says that a person's address for a channel takes messages again. Members who work leads may, and API keys with that scope.
func (f *Funnel) ClearBounce(ctx context.Context, in ClearBounceInput) (*StandingPayload, error) {
	return f.stand(ctx, in.IdempotencyKey, in, in.ContactID, func(_ *tx, s *db.Standing) logged {
		if !slices.Contains(s.Bounced, in.Channel) {
			return logged{}
		}
		s.Bounced = slices.DeleteFunc(s.Bounced, func(c contact.Channel) bool { return c == in.Channel })
		return logged{kind: event.ContactBounceCleared, data: event.Data{Name: string(in.Channel)}}
	})
}

// PostponeContactInput is the day from which on a person wants to hear of us again.
type PostponeContactInput struct {
	ContactID      id.Global
	Until          *time.Time
	IdempotencyKey *string
}

// PostponeContact says from when on a person wants to hear of us again; nil drops the day. Members who work leads may, and API keys with that scope.
func (f *Funnel) PostponeContact(ctx context.Context, in PostponeContactInput) (*StandingPayload, error) {
	var until *time.Time
	if in.Until != nil {
		until = new(in.Until.UTC().Truncate(time.Microsecond))
		if until.Before(earliest) || until.After(f.Now().AddDate(5, 0, 0)) {
			return nil, fault.Input("input.until", "Give a day at most five years ahead.")
		}
	}
	return f.stand(ctx, in.IdempotencyKey, in, in.ContactID, func(_ *tx, s *db.Standing) logged {
		if was := s.NotBefore; was == nil && until == nil || was != nil && until != nil && was.Equal(*until) {
			return logged{}
		}
		e := logged{kind: event.ContactPostponed, data: event.Data{From: day(s.NotBefore), To: day(until)}}
		s.NotBefore = until
		return e
	})
}

// day is an instant that may be missing, in a sentence.
func day(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
