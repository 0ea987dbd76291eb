package funnel

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// town is a workspace with the default rules, a marketer and a rep.
type town struct {
	*desk
	t        require.TestingT
	ws       id.UUID
	sources  map[string]*db.Source
	ada, sam *auth.Viewer // of marketing, of sales
	tom      *auth.Viewer // sam's manager
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// town makes a workspace at noon.
func (d *desk) town(t *testing.T) *town {
	t.Helper()
	d.at(noon)
	w := &town{desk: d, t: t}
	w.ws, w.sources, w.ada = d.founded(t)
	w.sam = &auth.Viewer{Kind: auth.ActorMember, Workspace: w.ws, Member: id.New(), Department: auth.Sales, Role: auth.Worker}
	require.NoError(t, d.as(t.Context(), auth.System(w.ws), func(x *tx) error {
		_, err := x.InsertMember(t.Context(), db.InsertMemberParams{WorkspaceID: w.ws, ID: w.sam.Member, Email: "sam@" + w.ws.String() + ".example", EmailKey: w.sam.Member.String(), Name: "Sam",
			Department: w.sam.Department, Role: w.sam.Role, TimeZone: "UTC"})
		return err
	}))
	w.tom = d.hire(t, w.ws, "Tom", auth.Sales, auth.Manager)
	return w
}

// excused lets sales give a lead up early.
func (w *town) excused(lead id.Global) {
	_, err := w.ExcuseFollowUp(w.by(w.tom), ExcuseFollowUpInput{LeadID: lead, Note: "Not this year."})
	require.NoError(w.t, err)
}

// by is a call of somebody.
func (w *town) by(who *auth.Viewer) context.Context { return auth.With(context.Background(), who) }

// captured is a lead of a person who looked at a page, which is not enough to qualify.
func (w *town) captured(email string) id.Global {
	w.capture(w.t, w.ws, w.sources, &CaptureLeadInput{Source: new("a"), Contact: &CaptureContactInput{Email: &email, Title: new("Head of Logistics")},
		Account: &CaptureAccountInput{Name: new("Acme"), Employees: new(int32(500))}, Touch: &CaptureTouchInput{Kind: contact.KindPageViewed}})
	var lead id.UUID
	require.NoError(w.t, w.owner.QueryRow(w.by(w.ada), "select l.id from leads l join contacts c on c.id = l.contact_id where l.workspace_id = $1 and c.email = $2 order by cycle desc limit 1", w.ws, email).Scan(&lead))
	return id.Global{Kind: id.Lead, UUID: lead}
}

// does records a touch of a person.
func (w *town) does(email string, kind contact.TouchKind) {
	w.capture(w.t, w.ws, w.sources, &CaptureLeadInput{Source: new("a"), Contact: &CaptureContactInput{Email: &email}, Touch: &CaptureTouchInput{Kind: kind}})
}

// row is the lead as it is stored.
func (w *town) row(lead id.Global) *db.Lead {
	rows, err := w.DB.Read(w.ws).LeadsByID(w.by(w.ada), db.LeadsByIDParams{WorkspaceID: w.ws, Ids: []id.UUID{lead.UUID}})
	require.NoError(w.t, err)
	return rows[0]
}

// works moves a lead to WORKING, as the first answer does.
func (w *town) works(lead id.Global) {
	require.NoError(w.t, w.as(w.by(w.ada), auth.System(w.ws), func(x *tx) error {
		s, err := x.subject(w.by(w.ada), "", lead.UUID)
		if err == nil {
			_, err = x.step(s, lifecycle.Working, lifecycle.System)
		}
		if err != nil {
			return err
		}
		return x.finish(w.by(w.ada), s)
	}))
}

// opportunity is a lead with an open deal.
func (w *town) opportunity(email string) (lead, deal id.Global) {
	ctx := w.by(w.sam)
	lead = w.captured(email)
	_, err := w.AcceptLead(ctx, AcceptLeadInput{LeadID: lead})
	require.NoError(w.t, err)
	w.works(lead)
	w.does(email, contact.KindCall)
	_, err = w.QualifyForSales(ctx, QualifyForSalesInput{LeadID: lead})
	require.NoError(w.t, err)
	p, err := w.OpenDeal(ctx, OpenDealInput{LeadID: lead, Name: "Trucks", AmountMinor: 1_250_000, Currency: "EUR"})
	require.NoError(w.t, err)
	return lead, p.Deal.GlobalID()
}

// refused expects a refusal with a code, and a part of its sentence.
func (w *town) refused(err error, code fault.Code, says string) { _ = w.refusal(err, code, says) }

// refusal is such a one, for those who ask for more.
func (w *town) refusal(err error, code fault.Code, says string) *fault.Error {
	f := fault.As(err)
	require.NotNil(w.t, f, "%v", err)
	require.Equal(w.t, code, f.Code, f.Message)
	require.Contains(w.t, f.Message, says)
	return f
}

// chain are the stored moves of a lead, oldest first.
func (w *town) chain(lead id.Global) (all []string) {
	rows, err := w.DB.Read(w.ws).MovesOf(w.by(w.ada), db.MovesOfParams{WorkspaceID: w.ws, LeadIds: []id.UUID{lead.UUID}})
	require.NoError(w.t, err)
	for i := len(rows) - 1; i >= 0; i-- {
		m := rows[i]
		all = append(all, strings.TrimSuffix(string(m.FromStage)+" > "+string(m.ToStage)+": "+text(m.Reason), ": "))
	}
	return all
}

func TestADealIsWon(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	lead := w.captured("ann@acme.example")
	ctx := w.by(w.sam)
	_, err := w.OpenDeal(ctx, OpenDealInput{LeadID: lead, Name: "Trucks", AmountMinor: 1, Currency: "EUR"})
	require.NotNil(t, w.refusal(err, fault.Conflict, "A lead in NEW cannot move to OPPORTUNITY.").Extra["allowed"])
	_, err = w.AcceptLead(ctx, AcceptLeadInput{LeadID: lead})
	require.NoError(t, err)
	w.works(lead)
	_, err = w.QualifyForSales(ctx, QualifyForSalesInput{LeadID: lead})
	require.Equal(t, []string{"talked"}, w.refusal(err, fault.Conflict, "It does not meet: Talked with us.").Extra["missing"])
	w.does("ann@acme.example", contact.KindCall)
	_, err = w.QualifyForSales(w.by(w.ada), QualifyForSalesInput{LeadID: lead})
	w.refused(err, fault.Forbidden, "by SALES, not by MARKETING")
	_, err = w.QualifyForSales(ctx, QualifyForSalesInput{LeadID: lead})
	require.NoError(t, err)
	opened, err := w.OpenDeal(ctx, OpenDealInput{LeadID: lead, Name: "Trucks", AmountMinor: 1_250_000, Currency: "EUR", Stage: new("Proposal")})
	require.NoError(t, err)
	d := opened.Deal
	require.Equal(t, lifecycle.DealOpen, d.Outcome)
	require.Equal(t, w.sam.Member, *d.OwnerID)
	require.Nil(t, d.HandoffID, "sales found the lead itself")
	_, err = w.OpenDeal(ctx, OpenDealInput{LeadID: lead, Name: "Again", AmountMinor: 1, Currency: "EUR"})
	w.refused(err, fault.Conflict, "A lead in OPPORTUNITY cannot move to OPPORTUNITY.")
	_, err = w.UpdateDeal(w.by(w.ada), UpdateDealInput{DealID: d.GlobalID(), AmountMinor: new(int64(2))})
	w.refused(err, fault.Forbidden, "Deals are the business of sales")
	changed, err := w.UpdateDeal(ctx, UpdateDealInput{DealID: d.GlobalID(), AmountMinor: new(int64(1_300_000)), ExpectedVersion: new(int32(1))})
	require.NoError(t, err)
	require.Equal(t, []any{int64(1_300_000), "Proposal", int32(2)}, []any{changed.Deal.AmountMinor, *changed.Deal.Stage, changed.Deal.Version})
	w.at(noon.Add(48 * time.Hour))
	won, err := w.WinDeal(ctx, WinDealInput{DealID: d.GlobalID(), Note: new("Signed on paper.")})
	require.NoError(t, err)
	require.Equal(t, lifecycle.DealWon, won.Deal.Outcome)
	require.Equal(t, noon.Add(48*time.Hour), *won.Deal.ClosedAt)
	require.Equal(t, lifecycle.Won, w.row(lead).Stage)
	people, err := w.DB.Read(w.ws).ContactsByID(t.Context(), db.ContactsByIDParams{WorkspaceID: w.ws, Ids: []id.UUID{*d.ContactID}})
	require.NoError(t, err)
	require.True(t, noon.Add(48*time.Hour).Equal(*people[0].CustomerSince), "who buys is a customer")
	_, err = w.WinDeal(ctx, WinDealInput{DealID: d.GlobalID()})
	w.refused(err, fault.Conflict, "This deal is closed: it is WON.")
	_, err = w.UpdateDeal(ctx, UpdateDealInput{DealID: d.GlobalID(), Name: new("Later")})
	w.refused(err, fault.Conflict, "This deal is closed: it is WON.")
	require.Equal(t, []string{"NEW > ACCEPTED", "ACCEPTED > WORKING", "WORKING > SALES_QUALIFIED", "SALES_QUALIFIED > OPPORTUNITY", "OPPORTUNITY > WON"}, w.chain(lead))
}

func TestALostLeadComesBackOnItsDayAsItsSecondCrack(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	ctx := w.by(w.sam)
	lead, deal := w.opportunity("ann@acme.example")
	w.does("ann@acme.example", contact.KindDemoRequested) // hot, but in the hands of sales
	day := noon.AddDate(0, 0, 3)
	_, err := w.LoseDeal(ctx, LoseDealInput{DealID: deal, Reason: "BAD_DATA"})
	w.refused(err, fault.NotFound, "There is no reason with the key \"BAD_DATA\" to LOSE: `reasons` lists them.")
	_, err = w.LoseDeal(ctx, LoseDealInput{DealID: deal, Reason: "NOT_A_FIT", WakeAt: &day})
	w.refused(err, fault.BadUserInput, "This reason ends the pursuit")
	lost, err := w.LoseDeal(ctx, LoseDealInput{DealID: deal, Reason: "TIMING", WakeAt: &day, Note: new("In spring.")})
	require.NoError(t, err)
	require.Equal(t, lifecycle.DealLost, lost.Deal.Outcome)
	l := w.row(lead)
	require.Equal(t, lifecycle.Retargeting, l.Stage)
	require.Nil(t, l.OwnerID)
	require.Equal(t, []any{"marketing", int32(1)}, []any{l.Queue, l.Cycle})
	w.at(day.Add(-time.Microsecond))
	_, err = w.JudgeDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, lifecycle.Retargeting, w.row(lead).Stage, "its day has not come")
	w.at(day)
	n, err := w.JudgeDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
	l = w.row(lead)
	require.Equal(t, lifecycle.Qualified, l.Stage)
	require.Equal(t, int32(2), l.Cycle, "its second crack")
	require.Nil(t, l.WakeAt)
	chain := w.chain(lead)
	require.Equal(t, []string{"OPPORTUNITY > LOST: Not now", "LOST > RETARGETING: Not now", "RETARGETING > QUALIFIED: The day to try again has come."}, chain[len(chain)-3:])
	var remembered string
	require.NoError(t, w.owner.QueryRow(t.Context(), "select was::text from fact_changes where subject_id = $1 and attribute = 'lead.cycle'", lead.UUID).Scan(&remembered))
	require.Equal(t, "1", remembered, "a score of last week still sees the first cycle")
}

func TestAPersonWhoAsksComesBackBeforeTheDay(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	lead, deal := w.opportunity("ann@acme.example")
	_, err := w.LoseDeal(w.by(w.sam), LoseDealInput{DealID: deal, Reason: "TIMING"})
	require.NoError(t, err)
	require.Equal(t, noon.AddDate(0, 0, 90), w.row(lead).WakeAt.UTC(), "90 days where nobody says")
	w.at(noon.AddDate(0, 0, 10))
	w.does("ann@acme.example", contact.KindPageViewed)
	require.Equal(t, lifecycle.Retargeting, w.row(lead).Stage)
	w.does("ann@acme.example", contact.KindDemoRequested)
	l := w.row(lead)
	require.Equal(t, lifecycle.Qualified, l.Stage)
	require.Equal(t, int32(2), l.Cycle)
}

func TestALossThatEndsThePursuit(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	lead, deal := w.opportunity("ann@acme.example")
	_, err := w.LoseDeal(w.by(w.sam), LoseDealInput{DealID: deal, Reason: "NOT_A_FIT"})
	require.NoError(t, err)
	require.Equal(t, lifecycle.Disqualified, w.row(lead).Stage)
	_, err = w.ObjectToDisqualification(w.by(w.ada), ObjectToDisqualificationInput{LeadID: lead, Note: "No."})
	w.refused(err, fault.Conflict, "Nobody may object")
	again := w.captured("ann@acme.example")
	require.NotEqual(t, lead, again, "the person may come again")
	require.Equal(t, int32(2), w.row(again).Cycle)
}

func TestAReturnedLeadRestsUntilItsDay(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	lead := w.captured("ann@acme.example")
	_, err := w.AcceptLead(w.by(w.sam), AcceptLeadInput{LeadID: lead})
	require.NoError(t, err)
	w.does("ann@acme.example", contact.KindDemoRequested)
	day := noon.AddDate(0, 0, 5)
	w.excused(lead)
	_, err = w.ReturnLead(w.by(w.sam), ReturnLeadInput{LeadID: lead, Reason: "TIMING", WakeAt: day, Note: new("After the fair.")})
	require.NoError(t, err)
	require.Equal(t, "SALES_TO_MARKETING OFFERED 1 After the fair.", w.handoff(lead))
	_, err = w.TakeBackLead(w.by(w.ada), TakeBackLeadInput{LeadID: lead})
	require.NoError(t, err)
	require.Equal(t, "SALES_TO_MARKETING ACCEPTED 2 After the fair.", w.handoff(lead))
	require.Equal(t, lifecycle.Nurturing, w.row(lead).Stage, "it would qualify, but rests")
	w.at(day)
	_, err = w.JudgeDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, lifecycle.Qualified, w.row(lead).Stage)
	require.Equal(t, int32(1), w.row(lead).Cycle, "the same pursuit goes on")
}

// handoff is the latest hand-off of a lead.
func (w *town) handoff(lead id.Global) (s string) {
	require.NoError(w.t, w.owner.QueryRow(w.by(w.ada), "select direction || ' ' || state || ' ' || version || ' ' || coalesce(feedback, '-') from handoffs where lead_id = $1 order by number desc limit 1", lead.UUID).Scan(&s))
	return s
}

func TestAnObjectionBringsBackWhatEndedWithTheLead(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	lead, deal := w.opportunity("ann@acme.example")
	_, err := w.DisqualifyLead(w.by(w.ada), DisqualifyLeadInput{LeadID: lead, Reason: "COMPETITOR"})
	require.NoError(t, err)
	d := w.deal(deal)
	require.Equal(t, lifecycle.DealLost, d.Outcome, "no deal stays open without its lead")
	_, err = w.ObjectToDisqualification(w.by(w.ada), ObjectToDisqualificationInput{LeadID: lead, Note: "Wait."})
	w.refused(err, fault.Forbidden, "only SALES can object")
	w.at(noon.Add(objectionWindow - time.Second))
	_, err = w.ObjectToDisqualification(w.by(w.sam), ObjectToDisqualificationInput{LeadID: lead, Note: "They left that company."})
	require.NoError(t, err)
	require.Equal(t, lifecycle.Opportunity, w.row(lead).Stage)
	d = w.deal(deal)
	require.Equal(t, lifecycle.DealOpen, d.Outcome)
	require.Nil(t, d.ClosedAt)

	other := w.captured("bob@acme.example")
	_, err = w.AcceptLead(w.by(w.sam), AcceptLeadInput{LeadID: other})
	require.NoError(t, err)
	w.excused(other)
	_, err = w.ReturnLead(w.by(w.sam), ReturnLeadInput{LeadID: other, Reason: "TIMING", WakeAt: noon.AddDate(1, 0, 0)})
	require.NoError(t, err)
	_, err = w.DisqualifyLead(w.by(w.ada), DisqualifyLeadInput{LeadID: other, Reason: "BAD_DATA"})
	require.NoError(t, err)
	require.Equal(t, "SALES_TO_MARKETING WITHDRAWN 2 -", w.handoff(other))
	_, err = w.ObjectToDisqualification(w.by(w.sam), ObjectToDisqualificationInput{LeadID: other, Note: "The number is right."})
	require.NoError(t, err)
	require.Equal(t, "SALES_TO_MARKETING OFFERED 3 -", w.handoff(other))
	require.Equal(t, lifecycle.Returned, w.row(other).Stage)

	_, err = w.DisqualifyLead(w.by(w.ada), DisqualifyLeadInput{LeadID: other, Reason: "BAD_DATA"})
	require.NoError(t, err)
	w.at(w.Now().Add(objectionWindow))
	_, err = w.ObjectToDisqualification(w.by(w.sam), ObjectToDisqualificationInput{LeadID: other, Note: "The number is right."})
	w.refused(err, fault.Conflict, "The window for objections ended at 2026-03-16T11:59:59Z.")
}

func (w *town) deal(deal id.Global) *db.Deal {
	rows, err := w.DB.Read(w.ws).DealsByID(w.by(w.ada), db.DealsByIDParams{WorkspaceID: w.ws, Ids: []id.UUID{deal.UUID}})
	require.NoError(w.t, err)
	return rows[0]
}

func TestOfTwoWhoTakeALeadAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	lead := w.captured("ann@acme.example")
	const reps = 8
	errs := make(chan error, reps)
	for range reps {
		go func() {
			_, err := w.AcceptLead(w.by(w.sam), AcceptLeadInput{LeadID: lead})
			errs <- err
		}()
	}
	won := 0
	for range reps {
		if err := <-errs; err == nil {
			won++
		} else {
			w.refused(err, fault.Conflict, "A lead in ACCEPTED cannot move to ACCEPTED.")
		}
	}
	require.Equal(t, 1, won)
	require.Equal(t, []string{"NEW > ACCEPTED"}, w.chain(lead))
}

func TestOnlyWhoCanAndMayBeReachedIsNurtured(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	lead := w.captured("ann@acme.example")
	nurture := func(lead id.Global) error {
		_, err := w.NurtureLead(w.by(w.ada), NurtureLeadInput{LeadID: lead})
		return err
	}
	_, err := w.NurtureLead(w.by(w.sam), NurtureLeadInput{LeadID: lead})
	w.refused(err, fault.Forbidden, "by SYSTEM, MARKETING, not by SALES")
	_, err = w.RecordConsent(w.by(w.ada), RecordConsentInput{ContactID: id.Global{Kind: id.Contact, UUID: w.row(lead).ContactID}, Channel: contact.ChannelEmail, Purpose: contact.PurposeMarketing,
		State: contact.ConsentWithdrawn, Basis: contact.BasisConsent})
	require.NoError(t, err)
	w.refused(nurture(lead), fault.Conflict, "does not want to hear from marketing")
	w.capture(t, w.ws, w.sources, &CaptureLeadInput{Source: new("a"), Contact: &CaptureContactInput{Email: new("ann@acme.example"), Phone: new("+12025550143")}})
	require.NoError(t, nurture(lead), "she may be called")
	require.Equal(t, lifecycle.Nurturing, w.row(lead).Stage)
	w.refused(nurture(lead), fault.Conflict, "A lead in NURTURING cannot move to NURTURING.")
}
