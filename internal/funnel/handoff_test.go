package funnel

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/routing"
)

// reps are members of sales.
func (d *desk) reps(t testing.TB, ws id.UUID, n int) []*auth.Viewer {
	t.Helper()
	out := make([]*auth.Viewer, n)
	require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		for i := range out {
			out[i] = &auth.Viewer{Kind: auth.ActorMember, Workspace: ws, Member: id.New(), Department: auth.Sales, Role: auth.Worker}
			key := fmt.Sprintf("rep%d@%s.example", i, ws)
			if _, err := x.InsertMember(t.Context(), db.InsertMemberParams{WorkspaceID: ws, ID: out[i].Member, Email: key, EmailKey: key, Name: fmt.Sprintf("Rep %d", i),
				Department: auth.Sales, Role: auth.Worker, TimeZone: "UTC"}); err != nil {
				return err
			}
		}
		return nil
	}))
	return out
}

// offers are the hand-offs of a workspace that wait for an answer, with who was chosen.
func (d *desk) offers(t testing.TB, ws id.UUID) (all []id.Global, of map[id.UUID]*id.UUID) {
	t.Helper()
	of = map[id.UUID]*id.UUID{}
	rows, err := d.owner.Query(context.Background(), "select id, member_id from handoffs where workspace_id = $1 and state = 'OFFERED' order by offered_at, id", ws)
	require.NoError(t, err)
	for rows.Next() {
		var i id.UUID
		var m *id.UUID
		require.NoError(t, rows.Scan(&i, &m))
		all, of[i] = append(all, id.Global{Kind: id.Handoff, UUID: i}), m
	}
	require.NoError(t, rows.Err())
	return all, of
}

// because makes a reason for rejections.
func (d *desk) because(t testing.TB, ws id.UUID, key string, to lifecycle.Stage, credits bool) {
	t.Helper()
	_, err := d.owner.Exec(context.Background(), `insert into reasons (workspace_id, id, use, key, label, leads_to, credits, position, created_at, updated_at)
		values ($1, $2, 'REJECT', $3, $3, $4, $5, 1, now(), now()) on conflict (workspace_id, use, key) do update set leads_to = excluded.leads_to, credits = excluded.credits`, ws, id.New(), key, string(to), credits)
	require.NoError(t, err)
}

func TestOfSixteenWhoAcceptEachHandoffOneWins(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, _ := d.founded(t)
	d.routes(t, ws, func(p *routing.Policy) { always(p); p.DefaultPool = nil })
	reps := d.reps(t, ws, 16)
	for from := 0; from < 500; from += 100 {
		var all []*CaptureLeadInput
		for i := range 100 {
			all = append(all, numbered(from+i))
		}
		d.capture(t, ws, sources, all...)
	}
	offers, _ := d.offers(t, ws)
	require.Len(t, offers, 500)
	if testing.Short() {
		offers = offers[:100]
	}
	var won, lost [16]int
	var wg sync.WaitGroup
	for w, who := range reps {
		wg.Go(func() {
			ctx := auth.With(context.Background(), who)
			for i := range offers {
				h := offers[(i*7+w*31)%len(offers)]
				for {
					_, err := d.AcceptHandoff(ctx, AcceptHandoffInput{HandoffID: h})
					f := fault.As(err)
					if f != nil && f.Retryable {
						continue
					}
					switch {
					case err == nil:
						won[w]++
					case f != nil && f.Code == fault.Conflict && f.Extra["state"] == lifecycle.HandoffAccepted:
						lost[w]++
					default:
						t.Error(err)
					}
					break
				}
			}
		})
	}
	wg.Wait()
	sum := 0
	for w := range reps {
		require.Equal(t, len(offers), won[w]+lost[w])
		sum += won[w]
	}
	require.Equal(t, len(offers), sum)
	var owned int
	require.NoError(t, d.owner.QueryRow(context.Background(), `select count(*) from handoffs h join leads l on l.id = h.lead_id
		where h.workspace_id = $1 and h.state = 'ACCEPTED' and h.decided_by = l.owner_id and l.stage = 'ACCEPTED'`, ws).Scan(&owned))
	require.Equal(t, len(offers), owned)
}

func TestARejectedLeadNeverReturnsToTheSameRep(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, ada := d.founded(t)
	d.routes(t, ws, func(p *routing.Policy) { p.Gates.Available = routing.AnyTime })
	reps := d.reps(t, ws, 4)
	d.because(t, ws, "TIMING", lifecycle.Nurturing, true)
	byID := map[id.UUID]*auth.Viewer{}
	for _, r := range reps {
		byID[r.Member] = r
	}
	d.capture(t, ws, sources, numbered(1))
	lead := d.lead(t, ws).GlobalID()
	had := map[id.UUID]bool{}
	for range reps {
		out, err := d.OfferLead(auth.With(t.Context(), ada), OfferLeadInput{LeadID: lead})
		require.NoError(t, err)
		require.NotNil(t, out.Handoff.MemberID)
		who := *out.Handoff.MemberID
		require.False(t, had[who], "had it before")
		had[who] = true
		in := RejectHandoffInput{HandoffID: out.Handoff.GlobalID(), Reason: "TIMING", Feedback: "Not now."}
		_, err = d.RejectHandoff(auth.With(t.Context(), byID[who]), in)
		require.NoError(t, err)
		_, err = d.RejectHandoff(auth.With(t.Context(), byID[who]), in)
		require.True(t, fault.Is(err, fault.Conflict))
		require.Equal(t, [2]int{1, 1}, d.assigned(t, ws)[who], "the turn is given back once")
		d.capture(t, ws, sources, numbered(1)) // the person asks again
	}
	out, err := d.OfferLead(auth.With(t.Context(), ada), OfferLeadInput{LeadID: lead})
	require.NoError(t, err)
	require.Nil(t, out.Handoff.MemberID, "everybody had it")
	require.Equal(t, "sales", out.Handoff.Queue)
	require.True(t, out.Handoff.Routing.Alert)
	require.EqualValues(t, len(reps)+1, out.Handoff.Number)
}

// moved moves the only lead of a workspace to another stage, as other verbs do.
func (d *desk) moved(t *testing.T, who *auth.Viewer, to lifecycle.Stage) {
	t.Helper()
	lead := d.lead(t, who.Workspace).GlobalID()
	require.NoError(t, d.as(t.Context(), who, func(x *tx) error {
		l, err := x.LockLead(t.Context(), db.LockLeadParams{WorkspaceID: who.Workspace, ID: lead.UUID})
		if err != nil {
			return err
		}
		cases, err := x.cases(t.Context(), []*db.Lead{l})
		if err != nil {
			return err
		}
		p, err := x.pass(cases[0], to, x.actor(l))
		if err != nil {
			return err
		}
		if err := db.Update(t.Context(), x.Tx, "leads", []*db.Lead{l}, "created_at"); err != nil {
			return err
		}
		return x.passed(t.Context(), []*passage{p})
	}))
}

func TestALeadThatGoesElsewhereTakesItsHandoffAlongAndBringsItBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, ada := d.founded(t)
	d.routes(t, ws, always)
	reps := d.reps(t, ws, 1)
	d.because(t, ws, "BAD_DATA", lifecycle.Disqualified, true)
	d.capture(t, ws, sources, numbered(1))
	d.moved(t, ada, lifecycle.Disqualified)
	offers, _ := d.offers(t, ws)
	require.Empty(t, offers, "there is nothing left to answer")
	d.moved(t, reps[0], lifecycle.Offered)
	offers, of := d.offers(t, ws)
	require.Len(t, offers, 1)
	require.Equal(t, reps[0].Member, *of[offers[0].UUID], "the rep had not answered")
	_, err := d.RejectHandoff(auth.With(t.Context(), reps[0]), RejectHandoffInput{HandoffID: offers[0], Reason: "BAD_DATA", Feedback: "A bakery."})
	require.NoError(t, err)
	d.moved(t, ada, lifecycle.Offered)
	offers, of = d.offers(t, ws)
	require.Len(t, offers, 1)
	require.Nil(t, of[offers[0].UUID], "who rejected it does not get it back")
}

func TestWhatSalesRejectedIsOfferedAgainByPeopleOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, ada := d.founded(t)
	d.routes(t, ws, always)
	reps := d.reps(t, ws, 2)
	d.because(t, ws, "TIMING", lifecycle.Nurturing, false)
	d.capture(t, ws, sources, numbered(1))
	offers, of := d.offers(t, ws)
	who := reps[0]
	if *of[offers[0].UUID] != who.Member {
		who = reps[1]
	}
	_, err := d.RejectHandoff(auth.With(t.Context(), who), RejectHandoffInput{HandoffID: offers[0], Reason: "TIMING", Feedback: "In autumn."})
	require.NoError(t, err)
	d.capture(t, ws, sources, numbered(1)) // the person asks again
	require.Equal(t, "QUALIFIED", d.standing(t, ws).Stage)
	offers, _ = d.offers(t, ws)
	require.Empty(t, offers)
	out, err := d.OfferLead(auth.With(t.Context(), ada), OfferLeadInput{LeadID: d.lead(t, ws).GlobalID()})
	require.NoError(t, err)
	require.NotEqual(t, who.Member, *out.Handoff.MemberID)
}

func TestWhoIsGivenAnOfferedLeadAnswersForIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, ada := d.founded(t)
	d.routes(t, ws, always)
	reps := d.reps(t, ws, 2)
	d.capture(t, ws, sources, numbered(1))
	offers, of := d.offers(t, ws)
	first, second := reps[0], reps[1]
	if *of[offers[0].UUID] != first.Member {
		first, second = second, first
	}
	_, err := d.AssignLead(auth.With(t.Context(), ada), AssignLeadInput{LeadID: d.lead(t, ws).GlobalID(), OwnerID: &id.Global{Kind: id.Member, UUID: second.Member}})
	require.NoError(t, err)
	_, err = d.AcceptHandoff(auth.With(t.Context(), first), AcceptHandoffInput{HandoffID: offers[0]})
	require.True(t, fault.Is(err, fault.Forbidden))
	out, err := d.AcceptHandoff(auth.With(t.Context(), second), AcceptHandoffInput{HandoffID: offers[0]})
	require.NoError(t, err)
	require.Equal(t, second.Member, *out.Handoff.MemberID)
	_, err = d.owner.Exec(t.Context(), "update leads set stage = 'SALES_QUALIFIED' where workspace_id = $1 and id = $2", ws, out.Handoff.LeadID)
	require.NoError(t, err)
	opened, err := d.OpenDeal(auth.With(t.Context(), second), OpenDealInput{LeadID: d.lead(t, ws).GlobalID(), Name: "Trucks", AmountMinor: 1, Currency: "EUR"})
	require.NoError(t, err)
	require.Equal(t, out.Handoff.ID, *opened.Deal.HandoffID, "the hand-off that it came from")
}
