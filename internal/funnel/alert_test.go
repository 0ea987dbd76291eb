package funnel

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/routing"
)

// staffed hires who could hear of something: of sales a rep, an analyst, two heads and one who has gone, and a manager of marketing.
func (d *desk) staffed(t *testing.T, ws id.UUID) {
	t.Helper()
	d.hire(t, ws, "Sam", auth.Sales, auth.Worker)
	d.hire(t, ws, "Rita", auth.Sales, auth.Analyst)
	d.hire(t, ws, "Mara", auth.Sales, auth.Manager)
	d.hire(t, ws, "Dora", auth.Sales, auth.Director)
	d.leaves(t, ws, d.hire(t, ws, "Gone", auth.Sales, auth.Manager))
	maxi := d.hire(t, ws, "Max", auth.Marketing, auth.Manager)
	_, err := d.owner.Exec(t.Context(), "update members set email = 'max@desk.example', email_key = 'max@desk.example' where workspace_id = $1 and id = $2", ws, maxi.Member)
	require.NoError(t, err)
}

// leaves makes a member one who was here.
func (d *desk) leaves(t *testing.T, ws id.UUID, who *auth.Viewer) {
	t.Helper()
	_, err := d.owner.Exec(t.Context(), "update members set active = false where workspace_id = $1 and id = $2", ws, who.Member)
	require.NoError(t, err)
}

// alerts are who was told of each offer that nobody was eligible for.
func (d *desk) alerts(t *testing.T, ws id.UUID) []string {
	t.Helper()
	return d.texts(t, "select m.name from alerts a join members m on m.id = a.member_id join handoffs h on h.id = a.handoff_id where a.workspace_id = $1 order by h.number, m.name", ws)
}

// noPool is a policy by which nobody is eligible.
func noPool(told ...string) func(*routing.Policy) {
	return func(p *routing.Policy) { always(p); p.DefaultPool, p.Fallback.Alert = nil, told }
}

func TestTheHeadsOfSalesAreToldThatNobodyCouldTakeALead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, _ := d.founded(t)
	d.staffed(t, ws)
	d.routes(t, ws, noPool())
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	require.Equal(t, []string{"Dora", "Mara"}, d.alerts(t, ws))
}

func TestWhomThePolicyNamesIsToldInstead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, _ := d.founded(t)
	d.staffed(t, ws)
	d.routes(t, ws, noPool("Max@Desk.example", "nobody@desk.example"))
	d.capture(t, ws, sources, numbered(1), numbered(2))
	require.Equal(t, []string{"Max", "Max"}, d.alerts(t, ws), "of each lead")
}

func TestWhereAllWhomThePolicyNamesHaveGoneTheHeadsOfSalesAreTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, _ := d.founded(t)
	d.staffed(t, ws)
	_, err := d.owner.Exec(t.Context(), "update members set active = false where workspace_id = $1 and name = 'Max'", ws)
	require.NoError(t, err)
	d.routes(t, ws, noPool("max@desk.example"))
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	require.Equal(t, []string{"Dora", "Mara"}, d.alerts(t, ws))
}

func TestNobodyIsToldOfALeadThatSomebodyGetsOrThatARuleSendsToAQueue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, _ := d.founded(t)
	d.staffed(t, ws)
	d.routes(t, ws, always)
	d.capture(t, ws, sources, numbered(1))
	d.routes(t, ws, func(p *routing.Policy) {
		noPool()(p)
		p.Bands = []routing.Band{{Band: lifecycle.Hot, To: routing.Target{Queue: new("hot")}}, {Band: lifecycle.Warm, To: routing.Target{Queue: new("warm")}}}
	})
	d.capture(t, ws, sources, numbered(2))
	require.Len(t, d.texts(t, "select queue from handoffs where workspace_id = $1", ws), 2)
	require.Empty(t, d.alerts(t, ws))
}

func TestTheQueueIsToldWhatRanOutThere(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		owned bool
		words string
	}{
		"it waits there":        {false, "CLOCK_BREACHED ACCEPT its owner; MANAGER Mara; QUEUE"},
		"it is on a rep's desk": {true, "CLOCK_BREACHED ACCEPT its owner; MANAGER Mara"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.at(monday)
			ws, sources, _ := d.founded(t)
			d.staffed(t, ws)
			d.capture(t, ws, sources, wants("a", "ann@acme.example"))
			var owner *auth.Viewer
			if x.owned {
				owner = d.hire(t, ws, "Tom", auth.Sales, auth.Worker)
			}
			d.move(t, ws, lifecycle.Offered, lifecycle.Marketing, owner)
			d.turn(t, monday.Add(time.Hour))
			require.Equal(t, []string{"Mara"}, d.texts(t, `select m.name from escalations e join members m on m.id = e.member_id join clocks c on c.id = e.clock_id
				where e.workspace_id = $1 and c.stage = 'ACCEPT' order by m.name`, ws), "who takes from a queue has no row")
			require.Equal(t, []string{strconv.FormatBool(!x.owned)}, d.texts(t, "select escalated_to_queue::text from clocks where workspace_id = $1 and stage = 'ACCEPT' and breached_at is not null", ws))
			require.Contains(t, d.clockEvents(t, ws), x.words)
		})
	}
}

func TestHeadsHearOfEverythingHoweverManyWorkThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(monday)
	ws, sources, _ := d.founded(t)
	d.hire(t, ws, "Zoe", auth.Sales, auth.Manager)
	_, err := d.owner.Exec(t.Context(), `insert into members (workspace_id, id, email, email_key, name, department, role, time_zone)
		select $1, gen_random_uuid(), 'r' || i || '@desk.example', 'r' || i || '@desk.example', 'Rep ' || i, 'SALES', 'MEMBER', 'UTC' from generate_series(1, 5500) i`, ws)
	require.NoError(t, err)
	d.routes(t, ws, noPool())
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	require.Equal(t, []string{"Zoe"}, d.alerts(t, ws))
	d.turn(t, monday.Add(time.Hour))
	require.Equal(t, []string{"Zoe"}, d.texts(t, "select m.name from escalations e join members m on m.id = e.member_id where e.workspace_id = $1", ws))
}
