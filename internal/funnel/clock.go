package funnel

import (
	"context"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// clockState is a clock in hand: as it was, and its row as it is.
type clockState struct {
	row   *db.Clock
	was   sla.Clock // of a new one without a state
	table *sla.Timetable
	fresh bool
	keep  bool // the row changed beside what the rules made of it
}

// set takes what a rule made of the clock.
func (s *clockState) set(v sla.Clock) { s.row.Take(&v) }

// tick looks at the clock at an instant, so that what happened by then is told before the next thing happens to it.
func (s *clockState) tick(now time.Time) { s.set(s.value().Tick(s.table, now)) }

func (s *clockState) value() sla.Clock { return s.row.Value() }

// owed tells whether what the clock asks for is still to be done, overdue or not.
func (s *clockState) owed() bool {
	switch s.row.State {
	case sla.Met, sla.Cancelled, sla.Waived:
		return false
	}
	return s.row.FulfilledAt == nil && s.row.EndedAt == nil
}

// cancel ends a clock that is still owed.
func (s *clockState) cancel(at time.Time) error {
	v, err := s.value().Cancel(s.table, at)
	if err == nil {
		s.set(v)
	}
	return err
}

// clockBook is the clocks that a transaction has in hand. They are locked, changed by rules, and written in two statements, whatever their number.
type clockBook struct {
	t     *tx
	all   []*clockState
	heads []*db.Member // see escalate
	told  []*db.Escalation
}

// clocks takes locked clocks in hand.
func (t *tx) clocks(ctx context.Context, rows []*db.Clock) (*clockBook, error) {
	b := &clockBook{t: t}
	err := b.take(ctx, rows)
	return b, err
}

// take adds locked clocks.
func (b *clockBook) take(ctx context.Context, rows []*db.Clock) error {
	calendars := make([]*id.UUID, len(rows))
	for i, r := range rows {
		calendars[i] = r.CalendarID
	}
	tables, err := b.t.timetables(ctx, calendars)
	if err != nil {
		return err
	}
	for i, r := range rows {
		b.all = append(b.all, &clockState{row: r, was: r.Value(), table: tables[i]})
	}
	return nil
}

// start makes a clock.
func (b *clockBook) start(row *db.Clock, rule *sla.Rule, table *sla.Timetable, startsAt time.Time) *clockState {
	row.WorkspaceID, row.ID, row.Department, row.Version = b.t.Workspace, id.New(), rule.Stage.Department(), 1
	s := &clockState{row: row, table: table, fresh: true}
	s.set(sla.Start(rule, table, startsAt, b.t.now))
	b.all = append(b.all, s)
	return s
}

// settled are the columns of a clock that never change.
var settled = []string{"lead_id", "handoff_id", "step", "stage", "department", "policy_id", "rule", "target_us", "warn_us"}

// write stores what changed, and tells it. Whoever finds that nobody answered a hand-off in time sees to it that somebody else gets the lead: no clock is looked at for that again.
func (b *clockBook) write(ctx context.Context) error {
	var fresh, changed []*db.Clock
	for _, s := range b.all {
		told, err := b.tell(ctx, s)
		if err != nil {
			return err
		}
		now := s.value()
		switch {
		case s.fresh:
			fresh = append(fresh, s.row)
		case told || s.keep || s.was.State != now.State || !s.was.StartsAt.Equal(now.StartsAt) || !sameTime(s.was.DueAt, now.DueAt) || !sameTime(s.was.WarnAt, now.WarnAt):
			s.row.Version++
			changed = append(changed, s.row)
		}
	}
	db.UpdateLater(b.t.Tx, "clocks", changed, settled...) // before the new ones: of a stage one runs at a time
	db.InsertLater(b.t.Tx, "clocks", fresh, "")
	db.InsertLater(b.t.Tx, "escalations", b.told, "on conflict do nothing")
	_, err := b.t.expire(ctx, b.expired())
	return err
}

// expired are the hand-offs that nobody answered in time, as is found out just now.
func (b *clockBook) expired() (handoffs []id.UUID) {
	for _, s := range b.all {
		if s.row.Stage == sla.Accept && s.was.BreachedAt == nil && s.row.BreachedAt != nil && s.row.HandoffID != nil && s.owed() {
			handoffs = append(handoffs, *s.row.HandoffID)
		}
	}
	return handoffs
}

func sameTime(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// tell records what is new about a clock: each thing once, since it is new once. Only a breach can be taken back by what becomes known late, and come again: it is told the
// first time, and from then on whether the clock was fulfilled in time or late.
func (b *clockBook) tell(ctx context.Context, s *clockState) (told bool, err error) {
	t, was, now := b.t, &s.was, s.value()
	tell := func(kind event.Kind, to *time.Time, detail string) {
		e := logged{kind: kind, lead: s.row.LeadID, subject: s.row.ID, data: event.Data{Name: string(now.Stage), Detail: detail}}
		if to != nil {
			e.data.To = to.UTC().Format(time.RFC3339)
		}
		t.emit(e)
		told = true
	}
	waiting := func(state sla.State) bool { return state == "" || state == sla.Pending }
	if waiting(was.State) && !waiting(now.State) && now.State != sla.Cancelled && now.State != sla.Waived {
		tell(event.ClockStarted, now.DueAt, "")
	}
	if was.State == sla.Paused && now.State != sla.Paused && now.State != sla.Cancelled && now.State != sla.Waived {
		tell(event.ClockResumed, now.DueAt, "")
	}
	if was.WarnedAt == nil && now.WarnedAt != nil {
		tell(event.ClockWarned, now.DueAt, "")
	}
	if was.BreachedAt == nil && now.BreachedAt != nil && s.row.ToldAt == nil {
		s.row.ToldAt = &t.now
		to, err := b.escalate(ctx, s.row)
		if err != nil {
			return told, err
		}
		tell(event.ClockBreached, now.DueAt, to)
	}
	if now.State == sla.Paused && was.State != sla.Paused {
		tell(event.ClockPaused, nil, string(now.Pauses[len(now.Pauses)-1].Reason))
	}
	if now.FulfilledAt != nil && (!sameTime(was.FulfilledAt, now.FulfilledAt) || (was.State == sla.Met) != (now.State == sla.Met)) {
		tell(event.ClockFulfilled, nil, map[bool]string{true: "in time", false: "late"}[now.State == sla.Met])
	}
	if was.EndedAt == nil && now.EndedAt != nil && (now.State == sla.Waived || !waiting(was.State)) { // what never began ends in silence
		tell(map[bool]event.Kind{true: event.ClockWaived, false: event.ClockCancelled}[now.State == sla.Waived], nil, "")
	}
	return told, nil
}

// maxTicks is how many clocks one transaction looks at.
const maxTicks = 500

// tickClocks looks at clocks at which something happens by now, and answers how many there were.
func (t *tx) tickClocks(ctx context.Context) (int, error) {
	rows, err := t.LockDueClocks(ctx, db.LockDueClocksParams{WorkspaceID: t.Workspace, At: t.now, Rows: maxTicks})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	b, err := t.clocks(ctx, rows)
	if err != nil {
		return 0, err
	}
	for _, s := range b.all {
		s.tick(t.now)
		s.keep = true // to be looked at later, or not again
	}
	return len(rows), b.write(ctx)
}
