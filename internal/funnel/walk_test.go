package funnel

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// onward are verbs by which leads get on.
var onward = map[lifecycle.Stage][]string{lifecycle.New: {"accept"}, lifecycle.Nurturing: {"touch", "time"}, lifecycle.Accepted: {"work"}, lifecycle.Working: {"touch", "qualify"},
	lifecycle.SalesQualified: {"open"}, lifecycle.Opportunity: {"win", "lose"}, lifecycle.Returned: {"take"}, lifecycle.Retargeting: {"time", "touch"}, lifecycle.Disqualified: {"object"}}

// tries draws a verb by somebody on a lead; whether it is allowed is the table's business.
func (w *town) tries(rt *rapid.T, lead id.Global, email string) error {
	who := rapid.SampledFrom([]*auth.Viewer{w.ada, w.sam}).Draw(rt, "who")
	ctx := w.by(who)
	reason := func(keys ...string) string { return rapid.SampledFrom(keys).Draw(rt, "reason") }
	deal := func() id.Global {
		rows, err := w.DB.Read(w.ws).LatestDeals(ctx, db.LatestDealsParams{WorkspaceID: w.ws, LeadIds: []id.UUID{lead.UUID}})
		require.NoError(rt, err)
		if len(rows) == 0 {
			return id.Global{Kind: id.Deal}
		}
		return rows[0].GlobalID()
	}
	day := w.Now().AddDate(0, 0, rapid.IntRange(1, 40).Draw(rt, "rest"))
	var err error
	what := rapid.SampledFrom([]string{"accept", "nurture", "work", "qualify", "open", "win", "lose", "return", "take", "disqualify", "object", "touch", "time"}).Draw(rt, "what")
	if next := onward[w.row(lead).Stage]; next != nil && rapid.IntRange(0, 2).Draw(rt, "onward") > 0 { // or few leads would get far
		what = rapid.SampledFrom(next).Draw(rt, "next")
		if what != "object" {
			ctx = w.by(map[bool]*auth.Viewer{true: w.ada, false: w.sam}[what == "take"])
		}
	}
	switch what {
	case "accept":
		_, err = w.AcceptLead(ctx, AcceptLeadInput{LeadID: lead})
	case "nurture":
		_, err = w.NurtureLead(ctx, NurtureLeadInput{LeadID: lead})
	case "work":
		if w.row(lead).Stage == lifecycle.Accepted {
			w.works(lead)
		}
	case "qualify":
		_, err = w.QualifyForSales(ctx, QualifyForSalesInput{LeadID: lead})
	case "open":
		_, err = w.OpenDeal(ctx, OpenDealInput{LeadID: lead, Name: "Trucks", AmountMinor: 100, Currency: "EUR"})
	case "win":
		_, err = w.WinDeal(ctx, WinDealInput{DealID: deal()})
	case "lose":
		_, err = w.LoseDeal(ctx, LoseDealInput{DealID: deal(), Reason: reason("TIMING", "NO_BUDGET", "NOT_A_FIT")})
	case "return":
		_, _ = w.ExcuseFollowUp(w.by(w.tom), ExcuseFollowUpInput{LeadID: lead, Note: "Not this year."}) // where there is something to excuse
		_, err = w.ReturnLead(ctx, ReturnLeadInput{LeadID: lead, Reason: reason("TIMING", "NO_RESPONSE"), WakeAt: day})
	case "take":
		_, err = w.TakeBackLead(ctx, TakeBackLeadInput{LeadID: lead})
	case "disqualify":
		_, err = w.DisqualifyLead(ctx, DisqualifyLeadInput{LeadID: lead, Reason: reason("NOT_A_FIT", "BAD_DATA")})
	case "object":
		_, err = w.ObjectToDisqualification(ctx, ObjectToDisqualificationInput{LeadID: lead, Note: "No."})
	case "touch":
		w.does(email, rapid.SampledFrom([]contact.TouchKind{contact.KindCall, contact.KindCall, contact.KindPageViewed, contact.KindDemoRequested}).Draw(rt, "kind"))
	case "time":
		w.at(w.Now().AddDate(0, 0, rapid.IntRange(1, 60).Draw(rt, "days")))
		_, err = w.JudgeDue(ctx)
	}
	return err
}

func TestNoVerbLeavesTheTableOfALeadsLife(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	person := 0
	reached := map[lifecycle.Stage]int{}
	rapid.Check(t, func(rt *rapid.T) {
		person++
		email := fmt.Sprintf("person%d@acme%d.example", person, person)
		lead := w.captured(email)
		for range rapid.IntRange(10, 30).Draw(rt, "steps") {
			before := w.row(lead)
			err := w.tries(rt, lead, email)
			w.at(w.Now().Add(time.Minute))
			if err != nil {
				f := fault.As(err)
				require.NotNil(rt, f, "%v", err)
				require.NotEqual(rt, fault.Internal, f.Code)
				require.Equal(rt, before, w.row(lead), "what is refused changes nothing: %s", f.Message)
			}
		}
		w.follows(rt, lead, reached)
	})
	t.Log(reached)
	for _, s := range []lifecycle.Stage{lifecycle.Won, lifecycle.Retargeting, lifecycle.Returned, lifecycle.Nurturing, lifecycle.Qualified, lifecycle.Disqualified} {
		require.NotZero(t, reached[s], s)
	}
}

// follows checks what is stored of a lead's life.
func (w *town) follows(rt *rapid.T, lead id.Global, reached map[lifecycle.Stage]int) {
	ctx := w.by(w.ada)
	rows, err := w.DB.Read(w.ws).MovesOf(ctx, db.MovesOfParams{WorkspaceID: w.ws, LeadIds: []id.UUID{lead.UUID}})
	require.NoError(rt, err)
	at, cycle := lifecycle.New, int32(1)
	for i := len(rows) - 1; i >= 0; i-- {
		m := rows[i]
		require.Equal(rt, at, m.FromStage, "each move begins where the one before ended")
		_, allowed := lifecycle.Find(m.FromStage, m.ToStage, actorOf(m))
		require.True(rt, allowed, "%s to %s by %s", m.FromStage, m.ToStage, actorOf(m))
		if at = m.ToStage; m.FromStage == lifecycle.Retargeting && at == lifecycle.Qualified {
			cycle++
		}
		if m.FromStage == lifecycle.Disqualified {
			require.Equal(rt, m.ToStage, rows[i+1].FromStage, "an objection brings the lead back to where it was")
			require.NotEqual(rt, *rows[i+1].Department, *m.Department)
			require.True(rt, m.At.Before(*rows[i+1].ObjectUntil))
		}
		reached[at]++
	}
	l := w.row(lead)
	require.Equal(rt, at, l.Stage)
	require.Equal(rt, cycle, l.Cycle)
	require.False(rt, l.OwnerID == nil && l.Queue == "", "somebody always answers for it")
	var deals, handoffs int
	require.NoError(rt, w.owner.QueryRow(ctx, "select count(*) from deals where lead_id = $1 and outcome = 'OPEN'", lead.UUID).Scan(&deals))
	require.NoError(rt, w.owner.QueryRow(ctx, "select count(*) from handoffs where lead_id = $1 and state = 'OFFERED'", lead.UUID).Scan(&handoffs))
	require.Equal(rt, at == lifecycle.Opportunity, deals == 1, "a deal is open exactly in OPPORTUNITY")
	require.Equal(rt, at == lifecycle.Returned, handoffs == 1, "marketing owes an answer exactly in RETURNED")
}

// actorOf is who made a stored move.
func actorOf(m *db.Move) lifecycle.Actor {
	switch {
	case m.ActorKind == auth.ActorSystem:
		return lifecycle.System
	case *m.Department == auth.Marketing:
		return lifecycle.Marketing
	}
	return lifecycle.Sales
}
