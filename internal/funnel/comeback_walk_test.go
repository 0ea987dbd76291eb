package funnel

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// walker does anything that can happen with a lead in the hands of sales.
type walker struct {
	*desk
	t        *testing.T
	r        *rand.Rand
	now      time.Time
	sam, mia *auth.Viewer
	restore  lifecycle.Stage // where it was when it was disqualified
	done     []string
}

func TestPropertyNoLeadInTheHandsOfSalesIsWithoutAClock(t *testing.T) {
	t.Parallel()
	for seed := range uint64(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := &walker{desk: newDesk(t), t: t, r: rand.New(rand.NewPCG(seed, 0)), now: monday}
			ws := w.begins()
			for range 50 {
				w.now = w.now.Add(time.Duration(1+w.r.IntN([]int{30, 120, 600, 4000}[w.r.IntN(4)])) * time.Minute)
				w.at(w.now)
				w.happens()
				require.Empty(t, w.uncovered(t, ws), strings.Join(w.done, "\n"))
				require.Equal(t, []string{"1 0"}, w.texts(t, `select (count(*) filter (where fulfilled_at is null and ended_at is null) <= 1)::int || ' ' || count(due_at) filter (where state = 'BREACHED') - count(distinct due_at)
					filter (where state = 'BREACHED') from clocks where workspace_id = $1 and stage = 'RETURN'`, ws), strings.Join(w.done, "\n"))
				require.Empty(t, w.mistold(t, ws), strings.Join(w.done, "\n"))
			}
		})
	}
}

// begins makes the people and gives Sam the lead.
func (w *walker) begins() (ws id.UUID) {
	ws, _, w.sam = w.accepted(w.t)
	w.mia = w.hire(w.t, ws, "Mia", auth.Marketing, auth.Director)
	w.hire(w.t, ws, "Mara", auth.Sales, auth.Manager)
	return ws
}

func TestPropertyABreachIsToldOnceWhateverBecomesKnownLate(t *testing.T) {
	t.Parallel()
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := &walker{desk: newDesk(t), t: t, r: rand.New(rand.NewPCG(seed, 1)), now: monday}
			ws := w.begins()
			for range 60 {
				w.now = w.now.Add(time.Duration(1+w.r.IntN(300)) * time.Minute)
				w.at(w.now)
				what := w.r.IntN(4)
				w.done = append(w.done, fmt.Sprint(w.now.Format("Mon 02 15:04 "), what))
				switch what {
				case 0:
					w.attempts(w.matters())
				case 1:
					w.answered(w.t, ws, w.matters())
				case 2:
					w.halts()
				default:
					w.turn(w.t, w.now)
				}
				w.again()
				require.Empty(t, w.mistold(t, ws), strings.Join(w.done, "\n"))
			}
		})
	}
}

// mistold are the clocks whose breach was not told once, or to nobody, or of which it was told last that they came to another end than they did.
func (d *desk) mistold(t *testing.T, ws id.UUID) []string {
	t.Helper()
	return d.texts(t, `select concat_ws(' ', c.stage, c.step, c.state, e.breaches, 'told to', x.people, e.last) from clocks c
		cross join lateral (select count(*) filter (where kind = 'CLOCK_BREACHED') as breaches, (array_agg(data->>'detail' order by seq desc) filter (where kind = 'CLOCK_FULFILLED'))[1] as last
			from events e where e.workspace_id = $1 and e.subject_id = c.id) e
		cross join lateral (select count(*) as people from escalations x where x.workspace_id = $1 and x.clock_id = c.id) x
		where c.workspace_id = $1 and (e.breaches > 1 or c.state = 'BREACHED' and e.breaches = 0 or x.people <> e.breaches or e.last <> case when c.state = 'MET' then 'in time' else 'late' end)`, ws)
}

// before is now, or at times an instant of the last two days.
func (w *walker) before() time.Time {
	return w.now.Add(-time.Duration(w.r.IntN(3000)*w.r.IntN(2)) * time.Minute)
}

// matters is an instant at which something that becomes known late makes a difference: about when a step began, was due or paused.
func (w *walker) matters() time.Time {
	all := w.texts(w.t, `select to_char(at at time zone 'UTC' + minute * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') from clocks c
		cross join unnest(array[starts_at, due_at, (pauses->-1->>'from')::timestamptz, (pauses->-1->>'to')::timestamptz]) at cross join unnest(array[-1, 0, 1]) minute
		where workspace_id = $1 and stage = 'STEP' and at + minute * interval '1 minute' between $2 and $3 order by 1`, w.sam.Workspace, w.now.AddDate(0, 0, -4), w.now)
	if len(all) == 0 {
		return w.now
	}
	at, err := time.Parse(time.RFC3339, all[w.r.IntN(len(all))])
	require.NoError(w.t, err)
	w.done = append(w.done, at.Format("about Mon 02 15:04"))
	return at
}

// may refuses errors that no verb should answer.
func (w *walker) may(err error) {
	if f := fault.As(err); err != nil && (f == nil || f.Code == fault.Internal) {
		require.NoError(w.t, err, strings.Join(w.done, "\n"))
	}
}

// happens does one thing.
func (w *walker) happens() {
	ws := w.sam.Workspace
	stage := w.lead(w.t, ws).Stage
	what := w.r.IntN(9)
	w.done = append(w.done, fmt.Sprint(w.now.Format("Mon 02 15:04 "), stage, " ", what))
	switch {
	case what < 2:
		w.attempts(w.before())
	case what == 2:
		w.answered(w.t, ws, w.before())
	case what < 5:
		w.holds()
	case what == 5 && stage == lifecycle.Working:
		w.move(w.t, ws, lifecycle.SalesQualified, lifecycle.Sales, w.sam)
	case what == 6 && stage == lifecycle.Disqualified:
		w.move(w.t, ws, w.restore, lifecycle.Sales, w.sam)
	case what == 6 && w.r.IntN(2) == 0:
		w.restore = stage
		w.move(w.t, ws, lifecycle.Disqualified, lifecycle.Marketing, nil)
	case what == 7 && stage != lifecycle.Disqualified && w.r.IntN(2) == 0:
		w.move(w.t, ws, lifecycle.Returned, lifecycle.Sales, nil)
	default:
		w.turn(w.t, w.now)
	}
	w.again()
}

// attempts is an attempt of Sam's.
func (w *walker) attempts(at time.Time) {
	_, err := w.tries(w.t, w.sam.Workspace, w.sam, []contact.Channel{contact.ChannelPhone, contact.ChannelEmail}[w.r.IntN(2)], []followup.Outcome{followup.NoAnswer, followup.Sent, followup.Reached}[w.r.IntN(3)], at)
	w.may(err)
}

// owed draws a clock on sales in one of some states.
func (w *walker) owed(states ...sla.State) (which id.Global, found bool) {
	all := w.texts(w.t, `select stage || ' ' || coalesce(step, 0) from clocks where workspace_id = $1 and stage in ('STEP', 'RETURN') and state = any($2) and fulfilled_at is null and ended_at is null
		order by stage, step`, w.sam.Workspace, states)
	if len(all) == 0 {
		return which, false
	}
	var name string
	var step int
	one := all[w.r.IntN(len(all))]
	_, err := fmt.Sscan(one, &name, &step)
	require.NoError(w.t, err)
	w.done = append(w.done, one)
	return w.clockOf(w.t, w.sam.Workspace, name, step), true
}

// halts lets a clock wait for the person, or wait no longer.
func (w *walker) halts() {
	ctx := auth.With(w.t.Context(), w.sam)
	if which, found := w.owed(sla.Paused); found {
		_, err := w.ResumeClock(ctx, ResumeClockInput{ClockID: which})
		w.may(err)
	} else if which, found := w.owed(sla.Running, sla.Warning); found {
		_, err := w.PauseClock(ctx, PauseClockInput{ClockID: which, Reason: sla.WaitingForLead})
		w.may(err)
	}
}

// holds pauses, resumes or lets go what sales owes.
func (w *walker) holds() {
	if w.r.IntN(4) == 0 {
		w.halts()
		return
	}
	which, found := w.owed(sla.States...)
	if !found {
		return
	}
	asked, err := w.AskWaiver(auth.With(w.t.Context(), w.sam), AskWaiverInput{ClockID: which, Note: "They move house."})
	w.may(err)
	if err == nil {
		_, err = w.SignWaiver(auth.With(w.t.Context(), w.mia), AnswerWaiverInput{WaiverID: asked.Waiver.GlobalID()})
		w.may(err)
	}
}

// again brings a lead that sales gave back into its hands once more.
func (w *walker) again() {
	ws := w.sam.Workspace
	for {
		switch w.lead(w.t, ws).Stage {
		case lifecycle.Returned:
			w.move(w.t, ws, lifecycle.Nurturing, lifecycle.Marketing, nil)
		case lifecycle.Nurturing:
			w.move(w.t, ws, lifecycle.Qualified, lifecycle.System, nil)
		case lifecycle.Qualified:
			w.move(w.t, ws, lifecycle.Offered, lifecycle.Marketing, w.sam)
		case lifecycle.Offered:
			w.move(w.t, ws, lifecycle.Accepted, lifecycle.AssignedRep, w.sam)
		default:
			return
		}
	}
}
