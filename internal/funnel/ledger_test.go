package funnel

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// counter is a desk at which people are written to: noon of a Monday, and a person whom sales may write to.
type counter struct {
	*desk
	t    *testing.T
	ctx  context.Context
	ws   id.UUID
	noon time.Time
	who  id.Global
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{desk: newDesk(t), t: t, noon: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	c.at(c.noon)
	var sources map[string]*db.Source
	c.ws, sources, _ = c.founded(t)
	c.ctx = auth.With(t.Context(), auth.System(c.ws))
	c.capture(t, c.ws, sources, wants("a", "ann@acme.example"))
	c.who.Kind = id.Contact
	require.NoError(t, c.owner.QueryRow(t.Context(), "select id from contacts where workspace_id = $1", c.ws).Scan(&c.who.UUID))
	return c
}

// reserve asks for a slot for a mail of sales.
func (c *counter) reserve(at *time.Time, ttl int) *ReserveContactPayload {
	c.t.Helper()
	p, err := c.ReserveContact(c.ctx, ReserveContactInput{ContactID: c.who, Channel: contact.ChannelEmail, Purpose: contact.PurposeSales, Department: auth.Sales, At: at, TTLSeconds: ttl})
	require.NoError(c.t, err)
	return p
}

// may asks about a mail of a department at an instant.
func (c *counter) may(d auth.Department, at time.Time) *ContactDecision {
	c.t.Helper()
	p, err := c.MayContact(c.ctx, ContactQuestion{ContactID: c.who, Channel: contact.ChannelEmail, Purpose: contact.PurposeSales, Department: d, At: &at})
	require.NoError(c.t, err)
	return p
}

func (c *counter) confirm(m *db.Message, at *time.Time) (*db.Message, error) {
	p, err := c.ConfirmContact(c.ctx, ConfirmContactInput{MessageID: m.GlobalID(), At: at})
	if err != nil {
		return nil, err
	}
	return p.Message, nil
}

func TestAReservationThatExpiredGivesTheSlotBack(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	first := c.reserve(nil, 60)
	require.Equal(t, contactpolicy.Allowed, first.Decision.Outcome)
	require.Nil(t, c.reserve(nil, 60).Reservation)
	next := c.may(auth.Sales, c.noon).NextAllowedAt
	require.Equal(t, time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC), *next, "it may still be sent, so that it is another day's turn")
	require.Equal(t, next, c.reserve(new(c.noon.Add(time.Minute)), 60).Decision.NextAllowedAt, "also when it will have expired")
	c.at(c.noon.Add(time.Minute))
	second := c.reserve(nil, 60)
	require.NotNil(t, second.Reservation)
	_, err := c.confirm(first.Reservation, nil)
	f := fault.As(err)
	require.Equal(t, fault.Conflict, f.Code, "somebody else has the slot")
	require.Equal(t, next.Format(time.RFC3339Nano), f.Extra["nextAllowedAt"])
	_, err = c.CancelContact(c.ctx, CancelContactInput{MessageID: second.Reservation.GlobalID()})
	require.NoError(t, err)
	m, err := c.confirm(first.Reservation, nil)
	require.NoError(t, err, "late, but nobody took it")
	require.Equal(t, db.MessageSent, m.State)
	require.Equal(t, c.noon.Add(time.Minute), m.At.UTC())
}

func TestAReservationAheadIsKeptForItsInstant(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	tomorrow := c.noon.AddDate(0, 0, 1)
	slot := c.reserve(&tomorrow, 900).Reservation
	require.Equal(t, tomorrow.Add(15*time.Minute), *slot.ExpiresAt)
	for name, at := range map[string]time.Time{"just before": tomorrow.Add(-time.Hour), "just behind": tomorrow.Add(time.Minute),
		"when it will have expired or been sent": tomorrow.Add(time.Hour)} {
		require.Nil(t, c.reserve(&at, 900).Reservation, name)
	}
	far := tomorrow.Add(13 * time.Hour).Truncate(24 * time.Hour).Add(36 * time.Hour) // noon of the day after
	require.NotNil(t, c.reserve(&far, 900).Reservation)
	_, err := c.confirm(slot, nil)
	require.NoError(t, err, "who sends it today is asked about today")
	c.at(tomorrow.Add(time.Minute))
	require.NotNil(t, c.reserve(nil, 900).Reservation, "tomorrow's slot is free again")
}

func TestAConfirmedMessageCountsFromWhenItWent(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	slot := c.reserve(nil, 900).Reservation
	c.at(c.noon.Add(10 * time.Minute))
	went := c.noon.Add(4 * time.Minute)
	m, err := c.confirm(slot, &went)
	require.NoError(t, err)
	require.Equal(t, went, m.At.UTC())
	evening := c.noon.Add(8 * time.Hour)
	require.Equal(t, c.noon.Add(20*time.Hour), *c.may(auth.Sales, evening).NextAllowedAt, "12 hours on it is night: at eight in the morning")
	behind := c.noon.Add(-10 * time.Minute)
	_, err = c.confirm(c.reserve(new(evening.AddDate(0, 0, 2)), 900).Reservation, &behind)
	require.Equal(t, fault.Conflict, fault.As(err).Code, "ten minutes before, it was too near to the first")
	require.Contains(t, fault.As(err).Message, "The reservation does not hold at this instant, and the contact policy allows no message then: ")
}

func TestMovesGiveTheConversationToADepartment(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	lead := func(x *tx) *db.Lead {
		rows, err := x.OpenLeads(c.ctx, db.OpenLeadsParams{WorkspaceID: c.ws, ContactIds: []id.UUID{c.who.UUID}})
		require.NoError(t, err)
		return rows[0]
	}
	move := func(to lifecycle.Stage, by lifecycle.Actor) {
		t.Helper()
		require.NoError(t, c.as(c.ctx, auth.System(c.ws), func(x *tx) error {
			p, err := x.pass(db.Case{Lead: lead(x)}, to, by)
			require.NoError(t, err)
			require.NoError(t, db.Update(c.ctx, x.Tx, "leads", []*db.Lead{p.Lead}))
			return x.passed(c.ctx, []*passage{p})
		}))
	}
	holder := func() string {
		t.Helper()
		var held string
		require.NoError(t, c.owner.QueryRow(c.ctx, "select coalesce((select floor_department || ' by ' || floor_event from standings where workspace_id = $1), 'nobody')", c.ws).Scan(&held))
		return held
	}
	require.Equal(t, "nobody", holder())
	move(lifecycle.Offered, lifecycle.Marketing)
	require.Equal(t, "nobody", holder(), "the default policy waits for the acceptance")
	move(lifecycle.Accepted, lifecycle.AssignedRep)
	require.Equal(t, "SALES by HANDOFF_ACCEPTED", holder())
	require.Equal(t, c.noon.Add(14*24*time.Hour), *c.may(auth.Marketing, c.noon).NextAllowedAt)
	require.Equal(t, contactpolicy.Allowed, c.may(auth.Sales, c.noon).Outcome)
	c.at(c.noon.Add(time.Hour))
	move(lifecycle.Returned, lifecycle.Sales)
	require.Equal(t, "MARKETING by LEAD_RETURNED", holder())
	require.Equal(t, contactpolicy.Allowed, c.may(auth.Marketing, c.noon.Add(2*time.Hour)).Outcome)
}

func TestOfSeveralTurnsTheLastCounts(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	turn := func(turns ...floorTurn) string {
		t.Helper()
		require.NoError(t, c.as(c.ctx, auth.System(c.ws), func(x *tx) error { return x.giveFloor(c.ctx, turns) }))
		var held string
		require.NoError(t, c.owner.QueryRow(c.ctx, "select floor_event from standings where workspace_id = $1", c.ws).Scan(&held))
		return held
	}
	on := func(e contactpolicy.FloorEvent, minutes int) floorTurn {
		return floorTurn{c.who.UUID, e, c.noon.Add(time.Duration(minutes) * time.Minute)}
	}
	require.Equal(t, "MEETING_HELD", turn(on(contactpolicy.RepliedToSales, 1), on(contactpolicy.MeetingHeld, 3), on(contactpolicy.RepliedToMarketing, 2)))
	require.Equal(t, "MEETING_HELD", turn(on(contactpolicy.RepliedToMarketing, 2)), "what happened before changes nothing")
	require.Equal(t, "MEETING_HELD", turn(on(contactpolicy.DealLost, 5)), "the policy gives nobody the floor for it")
	require.Equal(t, "REPLIED_TO_SALES", turn(on(contactpolicy.RepliedToMarketing, 6), on(contactpolicy.RepliedToSales, 6)), "at one instant, the later in the list")
}
