package funnel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// accepted is a workspace whose only lead was accepted by Sam on Monday at ten.
func (d *desk) accepted(t *testing.T) (ws id.UUID, sources map[string]*db.Source, sam *auth.Viewer) {
	t.Helper()
	d.at(monday)
	ws, sources, _ = d.founded(t)
	sam = d.hire(t, ws, "Sam", auth.Sales, auth.Worker)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	d.move(t, ws, lifecycle.Offered, lifecycle.Marketing, sam)
	d.move(t, ws, lifecycle.Accepted, lifecycle.AssignedRep, sam)
	return ws, sources, sam
}

// tries records an attempt.
func (d *desk) tries(t *testing.T, ws id.UUID, who *auth.Viewer, by contact.Channel, came followup.Outcome, at time.Time) (*RecordAttemptPayload, error) {
	t.Helper()
	return d.RecordAttempt(auth.With(t.Context(), who), RecordAttemptInput{LeadID: d.lead(t, ws).GlobalID(), Channel: by, Outcome: came, At: &at})
}

// answered records that the person wrote.
func (d *desk) answered(t *testing.T, ws id.UUID, at time.Time) {
	t.Helper()
	who := id.Global{Kind: id.Contact, UUID: d.lead(t, ws).ContactID}
	_, err := d.RecordTouches(auth.With(t.Context(), auth.System(ws)), RecordTouchesInput{Source: new("a"), Touches: []*TouchInput{{Contact: &ContactKey{ID: &who}, Kind: contact.KindEmailReplied,
		Channel: contact.ChannelEmail, OccurredAt: at}}})
	require.NoError(t, err)
}

func TestTheFirstAttemptMovesALeadToWorking(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, _, sam := d.accepted(t)
	d.at(monday.Add(20 * time.Minute))
	p, err := d.tries(t, ws, sam, contact.ChannelPhone, followup.NoAnswer, monday.Add(15*time.Minute))
	require.NoError(t, err)
	require.Equal(t, lifecycle.Working, p.Lead.Stage)
	require.Equal(t, []any{1, 6, "hot"}, []any{p.Certificate.Done, p.Certificate.Required, p.Certificate.Rule})
	require.Equal(t, []string{"5 attempts are missing: 1 of 6 are done. The next one counts from 2026-03-02T11:15:00Z on, 60 minutes after the last.", "1 more channel is missing: so far only PHONE."}, p.Certificate.Missing)
	require.Equal(t, []string{"PASS MET Mon 11:00", "ACCEPT MET Mon 11:00", "ENGAGE MET Mon 11:00 15m", "STEP 1 MET Tue 10:00 15m", "STEP 2 PENDING Tue 12:00", "STEP 3 PENDING Wed 10:00",
		"STEP 4 PENDING Fri 10:00", "STEP 5 PENDING Tue 10:00", "STEP 6 PENDING Fri 10:00"}, d.clocks(t, ws))
	require.Equal(t, []string{"CALL"}, d.texts(t, "select 'CALL' from touches where kind = 'OTHER' and direction = 'OUTBOUND' and department = 'SALES'"))

	t.Run("a reply that came before, but became known later, met ENGAGE first", func(t *testing.T) {
		d.answered(t, ws, monday.Add(5*time.Minute))
		require.Equal(t, "ENGAGE MET Mon 11:00 5m", d.clocks(t, ws)[2])
	})
	t.Run("the next step begins by itself and is done by the next attempt", func(t *testing.T) {
		require.Equal(t, 1, d.turn(t, monday.Add(2*time.Hour)))
		require.Equal(t, "STEP 2 RUNNING Tue 12:00", d.clocks(t, ws)[4])
		d.at(monday.Add(3 * time.Hour))
		_, err := d.tries(t, ws, sam, contact.ChannelEmail, followup.Sent, monday.Add(3*time.Hour))
		require.NoError(t, err)
		require.Equal(t, "STEP 2 MET Tue 12:00 60m", d.clocks(t, ws)[4])
	})
	t.Run("what sales no longer has it does not follow up", func(t *testing.T) {
		d.move(t, ws, lifecycle.Returned, lifecycle.Sales, nil)
		require.Equal(t, []string{"CANCELLED"}, d.texts(t, "select distinct state from clocks where stage = 'STEP' and step > 2"))
		_, err := d.tries(t, ws, sam, contact.ChannelEmail, followup.Sent, monday.Add(3*time.Hour))
		require.Equal(t, "This lead is RETURNED: sales follows up what it has accepted.", fault.As(err).Message)
		c, err := d.EffortCertificate(auth.With(t.Context(), sam), d.lead(t, ws).GlobalID())
		require.NoError(t, err)
		require.NotNil(t, c.EndedAt)
	})
}

func TestAnAttemptIsOneWhicheverWayItIsRecorded(t *testing.T) {
	t.Parallel()
	type made struct {
		by   contact.Channel
		came followup.Outcome
		at   time.Duration
	}
	calls := []made{{contact.ChannelPhone, followup.NoAnswer, 15 * time.Minute}, {contact.ChannelEmail, followup.Sent, 3 * time.Hour}, {contact.ChannelPhone, followup.LeftMessage, 2*time.Hour + 30*time.Minute},
		{contact.ChannelPhone, followup.Reached, 27 * time.Hour}}
	tell := func(record func(d *desk, ws id.UUID, sam *auth.Viewer, m made)) ([]string, followup.Certificate) {
		d := newDesk(t)
		ws, _, sam := d.accepted(t)
		for _, m := range calls {
			d.at(monday.Add(28 * time.Hour))
			record(d, ws, sam, m)
		}
		c, err := d.EffortCertificate(auth.With(t.Context(), sam), d.lead(t, ws).GlobalID())
		require.NoError(t, err)
		for i := range c.Attempts {
			c.Attempts[i].ID = id.UUID{}
		}
		return d.clocks(t, ws), c.Certificate
	}
	clocks, certificate := tell(func(d *desk, ws id.UUID, sam *auth.Viewer, m made) {
		_, err := d.tries(t, ws, sam, m.by, m.came, monday.Add(m.at))
		require.NoError(t, err)
	})
	others, other := tell(func(d *desk, ws id.UUID, sam *auth.Viewer, m made) {
		who := id.Global{Kind: id.Contact, UUID: d.lead(t, ws).ContactID}
		_, err := d.RecordTouches(auth.With(t.Context(), sam), RecordTouchesInput{Source: new("a"), Touches: []*TouchInput{{Contact: &ContactKey{ID: &who}, Kind: m.came.Touch(m.by), Channel: m.by,
			Outcome: &m.came, OccurredAt: monday.Add(m.at)}}})
		require.NoError(t, err)
	})
	require.Equal(t, clocks, others)
	require.Equal(t, certificate, other)
	require.Equal(t, 3, certificate.Done, "of two within an hour one counts")
}

func TestAttemptsAreMadeByThoseWhoHaveTheLeadWhileTheyHaveIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, _, sam := d.accepted(t)
	mia := d.hire(t, ws, "Mia", auth.Marketing, auth.Worker)
	d.at(monday.Add(time.Hour))
	for _, x := range []struct {
		who  *auth.Viewer
		at   time.Time
		want string
	}{
		{mia, monday.Add(time.Minute), "Sales follows leads up: only its members record attempts."},
		{sam, monday.Add(-time.Minute), "Sales has this lead since 2026-03-02T10:00:00Z: an attempt before that is none."},
		{sam, monday.Add(2 * time.Hour), "This is still to come: record an attempt once it was made."},
	} {
		_, err := d.tries(t, ws, x.who, contact.ChannelPhone, followup.NoAnswer, x.at)
		require.ErrorContains(t, err, x.want)
	}
	require.Equal(t, lifecycle.Accepted, d.lead(t, ws).Stage)
}

func TestAnAnswerMovesALeadToWorkingToo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, _, _ := d.accepted(t)
	d.at(monday.Add(30 * time.Minute))
	d.answered(t, ws, monday.Add(10*time.Minute))
	require.Equal(t, lifecycle.Working, d.lead(t, ws).Stage)
	require.Equal(t, []string{"ENGAGE MET Mon 11:00 10m", "STEP 1 RUNNING Tue 10:00 30m"}, d.clocks(t, ws)[2:4])
}

func TestAReplyEndsTheWaitForIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, _, sam := d.accepted(t)
	d.at(monday.Add(10 * time.Minute))
	_, err := d.tries(t, ws, sam, contact.ChannelPhone, followup.NoAnswer, monday.Add(10*time.Minute))
	require.NoError(t, err)
	require.Equal(t, 1, d.turn(t, monday.Add(2*time.Hour)))
	ctx := auth.With(t.Context(), sam)
	step := d.clockOf(t, ws, "STEP", 2)
	_, err = d.PauseClock(ctx, PauseClockInput{ClockID: step, Reason: sla.WaitingForLead})
	require.NoError(t, err)
	require.Equal(t, "STEP 2 PAUSED", d.clocks(t, ws)[4])
	d.at(monday.Add(5 * time.Hour))
	d.answered(t, ws, monday.Add(3*time.Hour))
	require.Equal(t, "STEP 2 RUNNING Tue 13:00 120m", d.clocks(t, ws)[4], "an hour was waited; the two since the reply count")
}

// clockOf is the clock of a stage of the only lead.
func (d *desk) clockOf(t *testing.T, ws id.UUID, stage string, step int) id.Global {
	t.Helper()
	var which id.UUID
	require.NoError(t, d.owner.QueryRow(t.Context(), "select id from clocks where workspace_id = $1 and stage = $2 and coalesce(step, 0) = $3 order by starts_at desc limit 1", ws, stage, step).Scan(&which))
	return id.Global{Kind: id.Clock, UUID: which}
}

func TestALeadThatDoesNotAnswerIsGivenBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, _, sam := d.accepted(t)
	at := monday
	for i := range 6 {
		at = monday.Add(time.Duration(i*90+1) * time.Minute)
		d.at(at)
		_, err := d.tries(t, ws, sam, []contact.Channel{contact.ChannelPhone, contact.ChannelEmail}[i%2], []followup.Outcome{followup.NoAnswer, followup.Sent}[i%2], at)
		require.NoError(t, err)
	}
	c, err := d.EffortCertificate(auth.With(t.Context(), sam), d.lead(t, ws).GlobalID())
	require.NoError(t, err)
	require.True(t, c.Complete)
	end := at.Add(3 * 24 * time.Hour)
	require.Equal(t, end, c.ExhaustedAt.UTC())
	d.turn(t, end.Add(-time.Microsecond))
	require.Equal(t, lifecycle.Working, d.lead(t, ws).Stage)
	d.turn(t, end)
	l := d.lead(t, ws)
	require.Equal(t, lifecycle.Returned, l.Stage)
	require.Nil(t, l.OwnerID)
	require.Equal(t, "marketing", l.Queue)
	require.Equal(t, []string{"No response"}, d.texts(t, "select reason from moves where to_stage = 'RETURNED'"))
	require.Equal(t, []string{"RETURN MET Mon 17:00", "TAKE_BACK RUNNING Fri 17:00"}, d.texts(t, `select stage || ' ' || state || ' ' || to_char(due_at at time zone 'UTC', 'Dy HH24:MI') from clocks
		where stage in ('RETURN', 'TAKE_BACK') order by stage`))
	require.Zero(t, d.turn(t, end))
	require.Equal(t, []string{"1"}, d.texts(t, "select count(*)::text from events where kind = 'FOLLOW_UP_EXHAUSTED'"))
}

func TestAnAnswerKeepsALeadFromBeingGivenBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, _, sam := d.accepted(t)
	at := monday
	for i := range 6 {
		at = monday.Add(time.Duration(i*90+1) * time.Minute)
		d.at(at)
		_, err := d.tries(t, ws, sam, []contact.Channel{contact.ChannelPhone, contact.ChannelEmail}[i%2], followup.NoAnswer, at)
		require.NoError(t, err)
	}
	d.at(at.Add(time.Hour))
	d.answered(t, ws, at.Add(time.Hour))
	d.turn(t, at.Add(30*24*time.Hour))
	require.Equal(t, lifecycle.Working, d.lead(t, ws).Stage)
}

func TestGivingUpEarlyTakesAnExcuse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, _, sam := d.accepted(t)
	mara, mia := d.hire(t, ws, "Mara", auth.Sales, auth.Manager), d.hire(t, ws, "Mia", auth.Marketing, auth.Director)
	d.at(monday.Add(time.Hour))
	may := func() error {
		return d.as(t.Context(), sam, func(x *tx) error { return x.mayGiveUp(t.Context(), d.lead(t, ws)) })
	}
	require.ErrorContains(t, may(), "It is too early to give up. 6 attempts are missing: 0 of 6 are done.")
	excuse := func(who *auth.Viewer) error {
		_, err := d.ExcuseFollowUp(auth.With(t.Context(), who), ExcuseFollowUpInput{LeadID: d.lead(t, ws).GlobalID(), Note: "Left the company."})
		return err
	}
	require.ErrorContains(t, excuse(sam), "By the follow-up policy in sales DIRECTOR, MANAGER may excuse it.")
	require.ErrorContains(t, excuse(mia), "may excuse it")
	require.NoError(t, excuse(mara))
	require.ErrorContains(t, excuse(mara), "This follow-up is excused already.")
	require.NoError(t, may())
}

func TestABreachThatIsTakenBackAndComesAgainIsToldOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, _, sam := d.accepted(t)
	d.hire(t, ws, "Mara", auth.Sales, auth.Manager)
	_, err := d.tries(t, ws, sam, contact.ChannelPhone, followup.NoAnswer, monday)
	require.NoError(t, err)
	d.turn(t, days(0, 2))
	step, ctx := d.clockOf(t, ws, "STEP", 2), auth.With(t.Context(), sam)
	d.at(days(0, 2.5))
	_, err = d.PauseClock(ctx, PauseClockInput{ClockID: step, Reason: sla.WaitingForLead})
	require.NoError(t, err)
	d.at(days(0, 5.5))
	_, err = d.ResumeClock(ctx, ResumeClockInput{ClockID: step})
	require.NoError(t, err)
	d.turn(t, days(1, 5).Add(time.Minute))
	require.Equal(t, "STEP 2 BREACHED Tue 15:00 481m +1m", d.clocks(t, ws)[4])
	d.at(days(1, 5.5))
	_, err = d.tries(t, ws, sam, contact.ChannelEmail, followup.Sent, days(1, 4))
	require.NoError(t, err)
	require.Equal(t, "STEP 2 MET Tue 15:00 420m", d.clocks(t, ws)[4], "the mail went in time")
	d.answered(t, ws, days(0, 2.75))
	require.Equal(t, "STEP 2 BREACHED Tue 12:15 585m +105m", d.clocks(t, ws)[4], "but they had answered: nobody waited for them")
	events := "select concat_ws(' ', kind, data->>'detail') from events where workspace_id = $1 and subject_id = $2 and kind in ('CLOCK_BREACHED', 'CLOCK_FULFILLED') order by at, id"
	require.Equal(t, []string{"CLOCK_BREACHED its owner; MANAGER Mara", "CLOCK_FULFILLED in time", "CLOCK_FULFILLED late"}, d.texts(t, events, ws, step.UUID))
	require.Equal(t, []string{"Mara"}, d.texts(t, "select m.name from escalations e join members m on m.id = e.member_id where e.workspace_id = $1 and e.clock_id = $2", ws, step.UUID))
}
