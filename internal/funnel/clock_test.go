package funnel

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// monday is ten in the morning of a Monday, within the default's office hours of 9 to 17 in UTC.
var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// lead is the only lead of a workspace.
func (d *desk) lead(t *testing.T, ws id.UUID) *db.Lead {
	t.Helper()
	var which id.UUID
	require.NoError(t, d.owner.QueryRow(t.Context(), "select id from leads where workspace_id = $1", ws).Scan(&which))
	rows, err := d.DB.Read(ws).LeadsByID(t.Context(), db.LeadsByIDParams{WorkspaceID: ws, Ids: []id.UUID{which}})
	require.NoError(t, err)
	return rows[0]
}

// hire makes a member.
func (d *desk) hire(t *testing.T, ws id.UUID, name string, department auth.Department, role auth.Role) *auth.Viewer {
	t.Helper()
	v := &auth.Viewer{Kind: auth.ActorMember, Workspace: ws, Member: id.New(), Department: department, Role: role}
	require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		_, err := x.InsertMember(t.Context(), db.InsertMemberParams{WorkspaceID: ws, ID: v.Member, Email: v.Member.String() + "@desk.example", EmailKey: v.Member.String(), Name: name,
			Department: department, Role: role, TimeZone: "UTC"})
		return err
	}))
	return v
}

// move moves the only lead of a workspace, as the verbs do, and gives it an owner.
func (d *desk) move(t *testing.T, ws id.UUID, to lifecycle.Stage, by lifecycle.Actor, owner *auth.Viewer) {
	t.Helper()
	l := d.lead(t, ws)
	require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		l, err := x.LockLead(t.Context(), db.LockLeadParams{WorkspaceID: ws, ID: l.ID})
		if err != nil {
			return err
		}
		p, err := x.pass(db.Case{Lead: l}, to, by)
		if err != nil {
			return err
		}
		if l.OwnerID = nil; owner != nil {
			l.OwnerID = &owner.Member
		}
		if err := db.Update(t.Context(), x.Tx, "leads", []*db.Lead{l}); err != nil {
			return err
		}
		return x.passed(t.Context(), []*passage{p})
	}))
}

// clocks are the clocks of a workspace, each as stage, state and when it is due, in the order in which they start.
func (d *desk) clocks(t *testing.T, ws id.UUID) []string {
	t.Helper()
	return d.texts(t, `select concat_ws(' ', stage, step, state, to_char(due_at at time zone 'UTC', 'Dy HH24:MI'), case when elapsed_us > 0 then elapsed_us / 60000000 || 'm' end,
		case when overdue_us > 0 then '+' || overdue_us / 60000000 || 'm' end) from clocks where workspace_id = $1 order by starts_at, id`, ws)
}

// clockEvents are the events of the clocks of a workspace, without when they are due.
func (d *desk) clockEvents(t *testing.T, ws id.UUID) []string {
	t.Helper()
	return d.texts(t, `select concat_ws(' ', kind, data->>'name', data->>'detail') from events where workspace_id = $1 and kind like 'CLOCK_%' order by at, id`, ws)
}

func (d *desk) texts(t *testing.T, question string, args ...any) []string {
	t.Helper()
	rows, err := d.owner.Query(context.Background(), question, args...)
	require.NoError(t, err)
	all := []string{}
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s))
		all = append(all, s)
	}
	require.NoError(t, rows.Err())
	return all
}

// turn does what is due at an instant and answers how much that was.
func (d *desk) turn(t *testing.T, at time.Time) int {
	t.Helper()
	d.at(at)
	n, err := d.TurnClocks(t.Context())
	require.NoError(t, err)
	return n
}

func TestMarketingHasAnHourToPassAHotLeadOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(monday)
	ws, sources, _ := d.founded(t)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	require.Equal(t, []string{"PASS RUNNING Mon 11:00"}, d.clocks(t, ws))
	require.Zero(t, d.turn(t, monday.Add(45*time.Minute-time.Microsecond)), "nothing happens before its instant")
	require.Equal(t, 1, d.turn(t, monday.Add(45*time.Minute)))
	require.Equal(t, []string{"PASS WARNING Mon 11:00 45m"}, d.clocks(t, ws))
	require.Zero(t, d.turn(t, monday.Add(time.Hour-time.Microsecond)))
	require.Equal(t, 1, d.turn(t, monday.Add(time.Hour)))
	require.Zero(t, d.turn(t, monday.Add(48*time.Hour)), "a clock runs out once")
	d.move(t, ws, lifecycle.Offered, lifecycle.Marketing, nil)
	require.Equal(t, []string{"PASS BREACHED Mon 11:00 960m +900m", "ACCEPT RUNNING Wed 11:00"}, d.clocks(t, ws), "office hours from Monday 11:00 to Wednesday 10:00 are late")
	require.Equal(t, []string{"CLOCK_STARTED PASS", "CLOCK_WARNED PASS", "CLOCK_BREACHED PASS its owner; MANAGER Ada", "CLOCK_FULFILLED PASS late", "CLOCK_STARTED ACCEPT"}, d.clockEvents(t, ws))
}

func TestEachDepartmentHasItsClock(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(monday)
	ws, sources, _ := d.founded(t)
	sam := d.hire(t, ws, "Sam", auth.Sales, auth.Worker)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	d.at(monday.Add(10 * time.Minute))
	d.move(t, ws, lifecycle.Offered, lifecycle.Marketing, sam)
	d.at(monday.Add(30 * time.Minute))
	d.move(t, ws, lifecycle.Accepted, lifecycle.AssignedRep, sam)
	require.Equal(t, []string{"PASS MET Mon 11:00 10m", "ACCEPT MET Mon 11:10 20m", "ENGAGE RUNNING Mon 11:30"}, d.clocks(t, ws))
	d.at(monday.Add(40 * time.Minute))
	d.move(t, ws, lifecycle.Returned, lifecycle.Sales, nil)
	require.Equal(t, []string{"PASS MET Mon 11:00 10m", "ACCEPT MET Mon 11:10 20m", "ENGAGE MET Mon 11:30 10m", "TAKE_BACK RUNNING Tue 10:40"}, d.clocks(t, ws), "to give it back is a disposition")
	d.at(monday.Add(50 * time.Minute))
	d.move(t, ws, lifecycle.Nurturing, lifecycle.Marketing, nil)
	require.Equal(t, "TAKE_BACK MET Tue 10:40 10m", d.clocks(t, ws)[3])
	require.Equal(t, []string{"PASS MARKETING ", "ACCEPT SALES Sam", "ENGAGE SALES Sam", "TAKE_BACK MARKETING "},
		d.texts(t, "select c.stage || ' ' || c.department || ' ' || coalesce(m.name, '') from clocks c left join members m on m.id = c.member_id where c.workspace_id = $1 order by c.starts_at", ws))
}

func TestARejectionMeetsAcceptAndAsksForAnAnswer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(monday)
	ws, sources, _ := d.founded(t)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	d.move(t, ws, lifecycle.Offered, lifecycle.Marketing, nil)
	d.at(monday.Add(5 * time.Minute))
	d.move(t, ws, lifecycle.Disqualified, lifecycle.Sales, nil)
	require.Equal(t, []string{"PASS MET Mon 11:00", "ACCEPT MET Mon 11:00 5m", "REPLY RUNNING Wed 10:05"}, d.clocks(t, ws))
}

func TestALeadThatNoLongerQualifiesOwesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(monday)
	ws, sources, _ := d.founded(t)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	d.move(t, ws, lifecycle.Nurturing, lifecycle.System, nil)
	require.Equal(t, []string{"PASS CANCELLED Mon 11:00"}, d.clocks(t, ws))
	require.Zero(t, d.turn(t, monday.Add(48*time.Hour)))
}

func TestAPassageThroughTwoStagesAtOnceLeavesOneClock(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(monday)
	ws, sources, _ := d.founded(t)
	d.capture(t, ws, sources, &CaptureLeadInput{Source: new("a"), Contact: &CaptureContactInput{Email: new("ann@acme.example")}})
	l := d.lead(t, ws)
	require.Equal(t, lifecycle.New, l.Stage)
	require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		first, err := x.pass(db.Case{Lead: l}, lifecycle.Qualified, lifecycle.System)
		if err != nil {
			return err
		}
		second, err := x.pass(db.Case{Lead: l}, lifecycle.Offered, lifecycle.System)
		if err != nil {
			return err
		}
		if err := db.Update(t.Context(), x.Tx, "leads", []*db.Lead{l}); err != nil {
			return err
		}
		return x.passed(t.Context(), []*passage{first, second})
	}))
	require.Equal(t, []string{"PASS MET Tue 10:00", "ACCEPT RUNNING Tue 10:00"}, d.clocks(t, ws))
}

func TestManyClocksRunOutOnceAndNoneEarly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(monday)
	ws, sources, _ := d.founded(t)
	const leads = 700
	var all []*CaptureLeadInput
	for i := range leads {
		in := wants("a", fmt.Sprintf("p%d@acme.example", i))
		all = append(all, in)
	}
	d.capture(t, ws, sources, all...)
	require.Zero(t, d.turn(t, monday.Add(45*time.Minute-time.Microsecond)))
	d.at(monday.Add(2 * time.Hour))
	var servers sync.WaitGroup
	var turned atomic.Int64
	for range 3 { // servers share the work
		servers.Go(func() {
			for {
				n, err := d.TurnClocks(t.Context())
				turned.Add(int64(n))
				if err != nil || n == 0 {
					require.NoError(t, err)
					return
				}
			}
		})
	}
	servers.Wait()
	require.Equal(t, leads, int(turned.Load())+d.turn(t, monday.Add(2*time.Hour)))
	for _, kind := range []string{"CLOCK_STARTED", "CLOCK_WARNED", "CLOCK_BREACHED"} {
		var events, clocks int
		require.NoError(t, d.owner.QueryRow(t.Context(), "select count(*), count(distinct subject_id) from events where kind = $1", kind).Scan(&events, &clocks))
		require.Equal(t, []int{leads, leads}, []int{events, clocks}, kind)
	}
}

func TestWhatATransactionWroteIsRememberedByNobodyBeforeItEnds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(monday)
	ws, sources, _ := d.founded(t)
	undone := errors.New("undone")
	require.ErrorIs(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		for range 2 { // the second time the calendars are there already, but for this transaction alone
			if _, err := x.agreed(t.Context()); err != nil {
				return err
			}
		}
		return undone
	}), undone)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	require.Equal(t, []string{"PASS RUNNING Mon 11:00"}, d.clocks(t, ws))
}
