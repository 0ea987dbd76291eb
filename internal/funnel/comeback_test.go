package funnel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// days after Monday, and hours after ten.
func days(n int, hours float64) time.Time {
	return monday.AddDate(0, 0, n).Add(time.Duration(hours * float64(time.Hour)))
}

// pursued is a workspace whose only lead sales has followed up to the last step, a minute behind ten on the second Thursday, when the person answered the phone.
func (d *desk) pursued(t *testing.T) (ws id.UUID, sam *auth.Viewer) {
	t.Helper()
	ws, _, sam = d.accepted(t)
	phone, email := contact.ChannelPhone, contact.ChannelEmail
	for _, x := range []struct {
		at time.Time
		by contact.Channel
	}{{days(0, 0), phone}, {days(0, 2), email}, {days(1, 0), phone}, {days(3, 0), email}, {days(7, 0), phone}, {days(10, 0), phone}} {
		came := followup.NoAnswer
		if x.by == email {
			came = followup.Sent
		} else if x.at.Equal(days(10, 0)) {
			came = followup.Reached
		}
		d.turn(t, x.at)
		d.at(x.at.Add(time.Minute))
		require.Empty(t, d.uncovered(t, ws))
		_, err := d.tries(t, ws, sam, x.by, came, x.at.Add(time.Minute))
		require.NoError(t, err)
	}
	require.Equal(t, []string{"MET"}, d.texts(t, "select distinct state from clocks where workspace_id = $1 and stage = 'STEP'", ws))
	return ws, sam
}

// uncovered are the stages of leads that have no clock.
func (d *desk) uncovered(t *testing.T, ws id.UUID) (stages []lifecycle.Stage) {
	t.Helper()
	r := d.DB.Read(ws)
	c, err := r.Coverage(t.Context(), d.Now())
	require.NoError(t, err)
	require.Equal(t, c.OpenLeads, c.Timed)
	rows, err := r.LeadsByID(t.Context(), db.LeadsByIDParams{WorkspaceID: ws, Ids: c.Missing})
	require.NoError(t, err)
	for _, l := range rows {
		stages = append(stages, l.Stage)
	}
	return stages
}

// returns are the clocks of the lead's return: when each begins and is due.
func (d *desk) returns(t *testing.T, ws id.UUID) []string {
	t.Helper()
	return d.texts(t, `select concat_ws(' ', state, to_char(starts_at at time zone 'UTC', 'Dy DD HH24:MI'), to_char(due_at at time zone 'UTC', 'Dy DD HH24:MI'), case when ended_at is not null then 'ended' end)
		from clocks where workspace_id = $1 and stage = 'RETURN' order by starts_at, id`, ws)
}

func TestWhoAnsweredIsNotForgottenBehindTheLastStep(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sam := d.pursued(t)
	require.Equal(t, []string{"PENDING Sun 15 10:01 Tue 17 17:00"}, d.returns(t, ws), "three days after the call, and two days at work for it")
	require.Empty(t, d.uncovered(t, ws))

	d.at(days(11, 0))
	d.answered(t, ws, days(11, 0))
	require.Equal(t, []string{"PENDING Mon 16 10:00 Wed 18 10:00"}, d.returns(t, ws), "an answer puts it off")
	d.answered(t, ws, days(9, 0))
	require.Equal(t, []string{"PENDING Mon 16 10:00 Wed 18 10:00"}, d.returns(t, ws), "one that becomes known late does not")
	require.Equal(t, 1, d.turn(t, days(14, 0)))
	require.Equal(t, []string{"RUNNING Mon 16 10:00 Wed 18 10:00"}, d.returns(t, ws))

	d.at(days(14, 2))
	_, err := d.tries(t, ws, sam, contact.ChannelEmail, followup.Sent, days(14, 2))
	require.NoError(t, err)
	require.Equal(t, []string{"CANCELLED Mon 16 10:00 Wed 18 10:00 ended", "PENDING Thu 19 12:00 Mon 23 12:00"}, d.returns(t, ws), "what was tried since begins the wait anew")

	d.turn(t, days(17, 2))
	d.turn(t, days(21, 2))
	require.Equal(t, "BREACHED Thu 19 12:00 Mon 23 12:00", d.returns(t, ws)[1])
	require.Empty(t, d.uncovered(t, ws))
	d.at(days(21, 3))
	d.answered(t, ws, days(21, 3))
	require.Equal(t, []string{"BREACHED Thu 19 12:00 Mon 23 12:00 ended", "PENDING Thu 26 13:00 Mon 30 13:00"}, d.returns(t, ws)[1:], "what was late stays so")

	d.at(days(21, 4))
	d.move(t, ws, lifecycle.SalesQualified, lifecycle.Sales, sam)
	require.Equal(t, "PENDING Thu 26 14:00 Mon 30 14:00", d.returns(t, ws)[2], "so does a decision")
	require.Empty(t, d.uncovered(t, ws))
	d.at(days(24, 5))
	d.move(t, ws, lifecycle.Returned, lifecycle.Sales, nil)
	require.Equal(t, "MET Thu 26 14:00 Mon 30 14:00", d.returns(t, ws)[2])
	require.Equal(t, []string{"CLOCK_BREACHED RETURN its owner; MANAGER", "CLOCK_CANCELLED RETURN", "CLOCK_CANCELLED RETURN", "CLOCK_FULFILLED RETURN in time", "CLOCK_STARTED RETURN", "CLOCK_STARTED RETURN",
		"CLOCK_STARTED RETURN", "CLOCK_WARNED RETURN"}, d.texts(t, `select concat_ws(' ', kind, data->>'name', data->>'detail') from events
		where workspace_id = $1 and kind like 'CLOCK_%' and data->>'name' = 'RETURN' order by 1`, ws))
}

func TestALeadThatComesBackToSalesIsGivenBackOnceMore(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sam := d.pursued(t)
	d.at(days(11, 0))
	d.move(t, ws, lifecycle.Disqualified, lifecycle.Sales, nil)
	require.Equal(t, []string{"CANCELLED Sun 15 10:01 Tue 17 17:00 ended"}, d.returns(t, ws))
	d.at(days(14, 0))
	d.move(t, ws, lifecycle.Working, lifecycle.Sales, sam)
	require.Equal(t, "PENDING Thu 19 10:00 Mon 23 10:00", d.returns(t, ws)[1])
	require.Empty(t, d.uncovered(t, ws))
}

func TestWhatIsLetGoLeavesNoLeadWithoutAClock(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sam := d.pursued(t)
	mia := d.hire(t, ws, "Mia", auth.Marketing, auth.Director)
	d.at(days(14, 0))
	d.letsGo(t, ws, sam, mia, "RETURN", 0)
	require.Equal(t, []string{"WAIVED Sun 15 10:01 Tue 17 17:00 ended"}, d.returns(t, ws))
	d.answered(t, ws, days(9, 0))
	require.Equal(t, []string{"WAIVED Sun 15 10:01 Tue 17 17:00 ended"}, d.returns(t, ws), "news of the past do not ask for it again")
	d.answered(t, ws, days(14, 0))
	require.Equal(t, "PENDING Thu 19 10:00 Mon 23 10:00", d.returns(t, ws)[1])

	d = newDesk(t)
	ws, _, sam = d.accepted(t)
	mia = d.hire(t, ws, "Mia", auth.Marketing, auth.Director)
	d.at(days(0, 1))
	d.answered(t, ws, days(0, 1))
	for step := range 6 {
		require.Empty(t, d.returns(t, ws), "steps are left")
		d.letsGo(t, ws, sam, mia, "STEP", step+1)
	}
	require.Equal(t, []string{"PENDING Thu 05 11:00 Mon 09 11:00"}, d.returns(t, ws))
}

// silent makes six attempts on a day, whatever comes of them: the plan comes to its end three days after the last.
func (d *desk) silent(t *testing.T, ws id.UUID, sam *auth.Viewer) {
	t.Helper()
	for i := range 6 {
		at := monday.Add(time.Duration(i*60+1) * time.Minute)
		d.at(at)
		_, err := d.tries(t, ws, sam, []contact.Channel{contact.ChannelPhone, contact.ChannelEmail}[i%2], []followup.Outcome{followup.NoAnswer, followup.Sent}[i%2], at)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"PENDING Thu 05 15:01 Mon 09 15:01"}, d.returns(t, ws))
}

// letsGo waives a clock of the only lead.
func (d *desk) letsGo(t *testing.T, ws id.UUID, sam, mia *auth.Viewer, stage string, step int) {
	t.Helper()
	asked, err := d.AskWaiver(auth.With(t.Context(), sam), AskWaiverInput{ClockID: d.clockOf(t, ws, stage, step), Note: "They move house."})
	require.NoError(t, err)
	_, err = d.SignWaiver(auth.With(t.Context(), mia), AnswerWaiverInput{WaiverID: asked.Waiver.GlobalID()})
	require.NoError(t, err)
	require.Empty(t, d.uncovered(t, ws))
}

func TestAReturnIsLateOnce(t *testing.T) {
	t.Parallel()
	t.Run("though it was put off within closed time", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		ws, _ := d.pursued(t)
		d.at(days(10, 2))
		d.answered(t, ws, days(10, 2))
		require.Equal(t, []string{"PENDING Sun 15 12:00 Tue 17 17:00"}, d.returns(t, ws))
		d.turn(t, days(14, 0))
		d.turn(t, days(16, 0))
		d.answered(t, ws, days(9, 0))
		require.Equal(t, []string{"BREACHED Sun 15 12:00 Tue 17 17:00"}, d.returns(t, ws))
		require.Equal(t, []string{"1"}, d.texts(t, "select count(*)::text from events where workspace_id = $1 and kind = 'CLOCK_BREACHED' and data->>'name' = 'RETURN'", ws))
	})
	t.Run("though nobody looked at it until something happened", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		ws, _ := d.pursued(t)
		d.at(days(18, 0))
		d.answered(t, ws, days(18, 0))
		require.Equal(t, []string{"BREACHED Sun 15 10:01 Tue 17 17:00 ended", "PENDING Mon 23 10:00 Wed 25 10:00"}, d.returns(t, ws))
	})
}

func TestAReturnBeginsOnceItIsKnown(t *testing.T) {
	t.Parallel()
	t.Run("of a lead whose last step is let go long after the last that happened", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		ws, _, sam := d.accepted(t)
		mia := d.hire(t, ws, "Mia", auth.Marketing, auth.Director)
		d.at(days(0, 1))
		d.answered(t, ws, days(0, 1))
		d.turn(t, days(8, 0))
		for step := range 6 {
			d.letsGo(t, ws, sam, mia, "STEP", step+1)
		}
		require.Equal(t, []string{"RUNNING Tue 10 10:00 Thu 12 10:00"}, d.returns(t, ws))
	})
	t.Run("of a lead that comes back when its plan has come to its end", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		ws, _, sam := d.accepted(t)
		d.silent(t, ws, sam)
		d.at(days(1, 0))
		d.move(t, ws, lifecycle.Disqualified, lifecycle.Marketing, nil)
		d.at(days(8, 0))
		d.move(t, ws, lifecycle.Working, lifecycle.Sales, sam)
		require.Equal(t, "RUNNING Tue 10 10:00 Thu 12 10:00", d.returns(t, ws)[1])
	})
}

func TestWhoAnsweredWhileDisqualifiedIsNoSilentLead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, _, sam := d.accepted(t)
	d.silent(t, ws, sam)
	d.at(days(1, 0))
	d.move(t, ws, lifecycle.Disqualified, lifecycle.Marketing, nil)
	d.at(days(2, 0))
	d.answered(t, ws, days(2, 0))
	d.at(days(4, 0))
	d.move(t, ws, lifecycle.Working, lifecycle.Sales, sam)
	require.Equal(t, []string{"CANCELLED Thu 05 15:01 Mon 09 15:01 ended"}, d.returns(t, ws), "steps are left")
	d.turn(t, days(4, 1))
	require.Equal(t, lifecycle.Working, d.lead(t, ws).Stage)
}

func TestAReturnThatWasLetGo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, _, sam := d.accepted(t)
	mia := d.hire(t, ws, "Mia", auth.Marketing, auth.Director)
	d.silent(t, ws, sam)
	for _, step := range []int{3, 4, 5, 6} {
		d.letsGo(t, ws, sam, mia, "STEP", step)
	}
	d.letsGo(t, ws, sam, mia, "RETURN", 0)
	d.at(days(0, 6))
	d.move(t, ws, lifecycle.SalesQualified, lifecycle.Sales, sam)
	require.Equal(t, []string{"WAIVED Thu 05 15:01 Mon 09 15:01 ended"}, d.returns(t, ws), "a decision does not ask for it again at the same instant")
	require.Empty(t, d.uncovered(t, ws))
	d.at(days(2, 6))
	d.answered(t, ws, days(2, 6))
	require.Equal(t, []string{"WAIVED Thu 05 15:01 Mon 09 15:01 ended", "PENDING Sat 07 16:00 Tue 10 17:00"}, d.returns(t, ws), "an answer does")
	d.answered(t, ws, days(1, 6))
	require.Len(t, d.returns(t, ws), 2)

	t.Run("says nothing about the next pursuit", func(t *testing.T) {
		d.letsGo(t, ws, sam, mia, "RETURN", 0)
		d.move(t, ws, lifecycle.Returned, lifecycle.Sales, nil)
		d.move(t, ws, lifecycle.Nurturing, lifecycle.Marketing, nil)
		_, err := d.owner.Exec(t.Context(), `update agreements set body = jsonb_set(body, '{followUpPolicy,rules,0,giveUp,days}', '1') where workspace_id = $1 and kind = 'FOLLOW_UP_POLICY'`, ws)
		require.NoError(t, err)
		d.rules.Purge()
		d.at(days(2, 6.5))
		d.move(t, ws, lifecycle.Qualified, lifecycle.System, nil)
		d.move(t, ws, lifecycle.Offered, lifecycle.Marketing, sam)
		d.move(t, ws, lifecycle.Accepted, lifecycle.AssignedRep, sam)
		d.at(days(2, 7))
		d.answered(t, ws, days(2, 7))
		for step := range 6 {
			d.letsGo(t, ws, sam, mia, "STEP", step+1)
		}
		require.Equal(t, []string{"PENDING Thu 05 17:00 Mon 09 17:00"}, d.texts(t, `select concat_ws(' ', state, to_char(starts_at at time zone 'UTC', 'Dy DD HH24:MI'), to_char(due_at at time zone 'UTC', 'Dy DD HH24:MI'))
			from clocks where workspace_id = $1 and stage = 'RETURN' and state <> 'WAIVED'`, ws))
	})
}
