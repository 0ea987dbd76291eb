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
	letGo := func(stage string, step int) {
		t.Helper()
		asked, err := d.AskWaiver(auth.With(t.Context(), sam), AskWaiverInput{ClockID: d.clockOf(t, ws, stage, step), Note: "They move house."})
		require.NoError(t, err)
		_, err = d.SignWaiver(auth.With(t.Context(), mia), AnswerWaiverInput{WaiverID: asked.Waiver.GlobalID()})
		require.NoError(t, err)
		require.Empty(t, d.uncovered(t, ws))
	}
	d.at(days(14, 0))
	letGo("RETURN", 0)
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
		letGo("STEP", step+1)
	}
	require.Equal(t, []string{"PENDING Thu 05 11:00 Mon 09 11:00"}, d.returns(t, ws))
}
