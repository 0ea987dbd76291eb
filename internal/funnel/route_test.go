package funnel

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/routing"
)

// routes changes the routing policy in force behind everybody's back.
func (d *desk) routes(t testing.TB, ws id.UUID, change func(*routing.Policy)) {
	t.Helper()
	p := routing.Default()
	change(&p)
	body := agreement.Body{RoutingPolicy: &p}
	require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		if _, err := x.SupersedeAgreement(t.Context(), db.SupersedeAgreementParams{WorkspaceID: ws, Kind: agreement.RoutingPolicy, At: x.now}); err != nil {
			return err
		}
		_, err := x.InsertAgreement(t.Context(), db.InsertAgreementParams{WorkspaceID: ws, ID: id.New(), Kind: agreement.RoutingPolicy, Title: "Test", State: agreement.Published, Body: body,
			Hash: body.Hash(), At: x.now, PublishedAt: &x.now})
		return err
	}))
}

// assigned is what the members of a pool were given and credited, by the ledger.
func (d *desk) assigned(t testing.TB, ws id.UUID) map[id.UUID][2]int {
	t.Helper()
	out := map[id.UUID][2]int{}
	rows, err := d.owner.Query(context.Background(), "select member_id, assigned, credits from routing_entries where workspace_id = $1", ws)
	require.NoError(t, err)
	for rows.Next() {
		var m id.UUID
		var n [2]int
		require.NoError(t, rows.Scan(&m, &n[0], &n[1]))
		out[m] = n
	}
	require.NoError(t, rows.Err())
	return out
}

func always(p *routing.Policy) { p.Gates.Available, p.AutoOffer = routing.AnyTime, true }

func numbered(i int) *CaptureLeadInput {
	in := wants("a", fmt.Sprintf("p%d@company%d.example", i, i))
	in.Account.Name = new(fmt.Sprintf("Company %d", i))
	return in
}

func TestLeadsThatQualifyTogetherAreSharedFairly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, _ := d.founded(t)
	d.routes(t, ws, always)
	reps := d.reps(t, ws, 4)
	var all []*CaptureLeadInput
	for i := range 10 {
		all = append(all, numbered(i))
	}
	d.capture(t, ws, sources, all...)
	require.Len(t, d.assigned(t, ws), len(reps))
	least, most := spread(d.assigned(t, ws))
	require.Equal(t, 2, least)
	require.Equal(t, 3, most)
	offers, _ := d.offers(t, ws)
	require.Len(t, offers, 10)
}

// spread is the least and the most that somebody was given.
func spread(of map[id.UUID][2]int) (least, most int) {
	least = math.MaxInt
	for _, n := range of {
		least, most = min(least, n[0]), max(most, n[0])
	}
	return least, most
}

func TestSixteenWritersShareLeadsFairly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, _ := d.founded(t)
	d.routes(t, ws, always)
	reps := d.reps(t, ws, 5)
	each := 7
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range each {
				in := numbered(w*1000 + i)
				for {
					var c checks
					a := c.arrival("input", in, "US", d.Now())
					a.source = sources["a"]
					err := d.as(context.Background(), auth.System(ws), func(t *tx) error {
						_, err := t.capture(context.Background(), []*arrival{a})
						return err
					})
					if f := fault.As(err); f != nil && f.Retryable {
						continue
					}
					if err != nil {
						t.Error(err)
					}
					break
				}
			}
		})
	}
	wg.Wait()
	given := d.assigned(t, ws)
	require.Len(t, given, len(reps))
	sum := 0
	for _, n := range given {
		sum += n[0]
	}
	require.Equal(t, 16*each, sum, "every lead was counted once")
	least, most := spread(given)
	require.LessOrEqual(t, most-least, 1, given)
	var differ int
	require.NoError(t, d.owner.QueryRow(context.Background(), `select count(*) from routing_entries e where workspace_id = $1
		and assigned <> (select count(*) from handoffs h where h.workspace_id = e.workspace_id and h.member_id = e.member_id)`, ws).Scan(&differ))
	require.Zero(t, differ, "the ledger says what the hand-offs say")
}

func TestNobodyAnswersSoOthersAreAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, _ := d.founded(t)
	d.routes(t, ws, always)
	reps := d.reps(t, ws, 3)
	var all []*CaptureLeadInput
	for i := range 6 {
		all = append(all, numbered(i))
	}
	d.capture(t, ws, sources, all...)
	had := map[id.UUID][]id.UUID{} // who had which lead
	for round := range reps {
		offers, _ := d.offers(t, ws)
		require.Len(t, offers, 6)
		var ids []id.UUID
		for _, o := range offers {
			ids = append(ids, o.UUID)
		}
		rows, err := d.DB.Read(ws).HandoffsByID(t.Context(), db.HandoffsByIDParams{WorkspaceID: ws, Ids: ids})
		require.NoError(t, err)
		for _, h := range rows {
			require.EqualValues(t, round+1, h.Number)
			require.NotNil(t, h.MemberID)
			require.NotContains(t, had[h.LeadID], *h.MemberID)
			had[h.LeadID] = append(had[h.LeadID], *h.MemberID)
		}
		n, err := d.ExpireHandoffs(t.Context(), ws, ids)
		require.NoError(t, err)
		require.Equal(t, 6, n)
		n, err = d.ExpireHandoffs(t.Context(), ws, ids)
		require.NoError(t, err)
		require.Zero(t, n, "once is enough")
	}
	_, of := d.offers(t, ws)
	require.Len(t, of, 6)
	for _, m := range of {
		require.Nil(t, m, "everybody had it: it waits in the queue")
	}
	var moves int
	require.NoError(t, d.owner.QueryRow(context.Background(), "select count(*) from moves where workspace_id = $1 and from_stage = 'OFFERED' and to_stage = 'OFFERED'", ws).Scan(&moves))
	require.Equal(t, 18, moves)
}

func TestWhoWorksBeforeTheGoalIsAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	friday := time.Date(2026, 3, 6, 16, 0, 0, 0, time.UTC)
	d.at(friday)
	ws, sources, ada := d.founded(t)
	reps := d.reps(t, ws, 2)
	_, err := d.owner.Exec(t.Context(), `insert into absences (workspace_id, id, member_id, starts_at, ends_at, created_at) values ($1, $2, $3, $4, $5, $4)`,
		ws, id.New(), reps[0].Member, friday.Add(-time.Hour), friday.AddDate(0, 0, 14))
	require.NoError(t, err)
	d.capture(t, ws, sources, numbered(1))
	out, err := d.OfferLead(auth.With(t.Context(), ada), OfferLeadInput{LeadID: d.lead(t, ws).GlobalID()})
	require.NoError(t, err)
	require.Equal(t, reps[1].Member, *out.Handoff.MemberID)
	for _, v := range out.Handoff.Routing.Candidates {
		if v.Member == reps[0].Member {
			require.Equal(t, routing.GateAvailable, *v.Gate)
		}
	}
}

var errStop = errors.New("stop")

func TestAnOfferThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, _ := d.founded(t)
	d.routes(t, ws, always)
	d.reps(t, ws, 2)
	var c checks
	a := c.arrival("input", numbered(1), "US", d.Now())
	a.source = sources["a"]
	require.ErrorIs(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		if _, err := x.capture(t.Context(), []*arrival{a}); err != nil {
			return err
		}
		return errStop
	}), errStop)
	require.Empty(t, d.assigned(t, ws))
	offers, _ := d.offers(t, ws)
	require.Empty(t, offers)
}

// counted counts statements.
type counted struct{ n atomic.Int64 }

func (c *counted) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}

func (c *counted) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestOfferingManyLeadsTakesNoMoreStatementsThanOfferingOne(t *testing.T) {
	t.Parallel()
	c := &counted{}
	d := newDesk(t, c)
	ws, sources, _ := d.founded(t)
	d.routes(t, ws, always)
	d.reps(t, ws, 3)
	d.capture(t, ws, sources, numbered(42)) // writes the calendars of the rules, and seats the newcomers
	d.capture(t, ws, sources, numbered(0))  // compiles them
	statements := func(from, to int) int64 {
		var all []*CaptureLeadInput
		for i := from; i < to; i++ {
			all = append(all, numbered(i))
		}
		before := c.n.Load()
		d.capture(t, ws, sources, all...)
		return c.n.Load() - before
	}
	one := statements(1, 2)
	require.Equal(t, one, statements(2, 42))
	offers, of := d.offers(t, ws)
	require.Len(t, offers, 43)
	ids := make([]id.UUID, 0, len(of))
	for i := range of {
		ids = append(ids, i)
	}
	expire := func(some []id.UUID) int64 {
		before := c.n.Load()
		n, err := d.ExpireHandoffs(t.Context(), ws, some)
		require.NoError(t, err)
		require.Equal(t, len(some), n)
		return c.n.Load() - before
	}
	one = expire(ids[:1])
	require.Equal(t, one, expire(ids[1:]))
}

// TestRoutingKnowsTheSource asks for rules and gates about the source of a lead, which is read only where somebody asks about it: by the policy in force, and by a version that is only tried.
func TestRoutingKnowsTheSource(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, ada := d.founded(t)
	d.reps(t, ws, 2)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	lead := d.lead(t, ws).GlobalID()
	from := condition.Text("a")
	rule := func(p *routing.Policy) {
		p.Gates.Available = routing.AnyTime
		p.Rules = []routing.Rule{{Key: "a", Name: "From A", When: condition.Condition{Attribute: &condition.Attribute{Name: "source.key", Op: condition.EQ, Value: &from}}, To: routing.Target{Queue: new("from-a")}}}
	}
	gate := func(p *routing.Policy) {
		p.Gates.Available, p.Gates.Territory, p.Fallback.Queue = routing.AnyTime, new("source.key"), "nobody"
		p.Pools[0].Territories = []string{"elsewhere"}
	}
	goes := func(version *id.Global) string {
		out, err := d.RoutingSimulate(auth.With(t.Context(), ada), RoutingSimulateInput{LeadID: &lead, AgreementID: version})
		require.NoError(t, err)
		return out.Routing.Queue
	}
	drafted := func(change func(*routing.Policy)) *id.Global {
		p := routing.Default()
		change(&p)
		which := id.New()
		body := agreement.Body{RoutingPolicy: &p}
		require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
			_, err := x.InsertAgreement(t.Context(), db.InsertAgreementParams{WorkspaceID: ws, ID: which, Kind: agreement.RoutingPolicy, Title: "Test", State: agreement.Draft, Body: body, Hash: body.Hash(), At: x.now})
			return err
		}))
		return &id.Global{Kind: id.Agreement, UUID: which}
	}
	d.routes(t, ws, always)
	require.Equal(t, "from-a", goes(drafted(rule)))
	require.Equal(t, "nobody", goes(drafted(gate)))
	require.Empty(t, goes(nil), "who asks about no source is not touched by what others tried")
	d.routes(t, ws, rule)
	require.Equal(t, "from-a", goes(nil))
	d.routes(t, ws, gate)
	require.Equal(t, "nobody", goes(nil))
}
